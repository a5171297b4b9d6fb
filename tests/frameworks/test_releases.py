"""The measured releases stand in one file, and everything that names one takes it from there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import deconvcli
from deconvcli.frameworks import releases
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.drivers import FRAMEWORKS

FRAMEWORKS_FOLDER = Path(deconvcli.__file__).parent / "frameworks"
VERSION = re.compile(r"\b\d+\.\d+\.\d+\b")
FROM_DOCUMENTS = {"onednn.py"}


@pytest.mark.parametrize("folder", ["dialects", "drivers"])
def test_no_other_file_writes_a_version(folder: str) -> None:
    found = {
        file.name
        for file in (FRAMEWORKS_FOLDER / folder).rglob("*.py")
        if VERSION.search(file.read_text(encoding="utf-8"))
    }
    assert found - FROM_DOCUMENTS == set()


def test_the_readme_shows_these_releases() -> None:
    text = (FRAMEWORKS_FOLDER / "dialects" / "README.md").read_text(encoding="utf-8")
    measured = {
        need.module: need.version
        for need in vars(releases).values()
        if isinstance(need, releases.Need)
    }
    shown = re.findall(r"\b(\w+) (\d+\.\d+\.\d+(?:\.post\d+)?)", text)
    assert len(shown) > 10
    for module, version in shown:
        assert measured.get(module.lower(), version) == version


@pytest.mark.parametrize("name", FRAMEWORKS.names)
def test_a_dialect_cites_the_release_that_its_driver_requires(name: str) -> None:
    framework = FRAMEWORKS.take(name)
    dialect, implementation = take(framework.dialect)
    evidence = dialect.implementations.get(implementation, dialect.evidence)
    assert evidence.is_measured
    assert str(framework.needs[0]) in evidence.what
