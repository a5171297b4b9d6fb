"""Environments of the newest releases: pip itself installs wheels that the tests write."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

from deconvcli.frameworks.releases import MXNET, TFJS, Need
from tests.conformance.newest import Environment, NotInstalled, describe_drift, has_newest

SMALL = Need("small_one", "small.one", "1.0")


def write_wheel(folder: Path, name: str, version: str) -> None:
    """Write a wheel of one module, which has the distribution's name and knows its version."""
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{name}.py", f"__version__ = {version!r}\n")
        wheel.writestr(f"{info}/METADATA", metadata)
        wheel.writestr(f"{info}/WHEEL", tags)
        wheel.writestr(f"{info}/RECORD", "")


def test_pip_installs_the_newest(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name, version in (("small_one", "1.0"), ("small_one", "1.10"), ("numpy", "9.9")):
        write_wheel(tmp_path, name, version)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    environment = Environment(tmp_path / "environment")
    versions = environment.find_newest([SMALL])
    assert versions == {"small.one": "1.10"}
    assert describe_drift([SMALL], versions) == "small_one 1.0 -> 1.10"
    environment.install([SMALL])
    program = "import numpy, small_one; print(small_one.__version__, numpy.__version__)"
    done = subprocess.run([environment.python, "-c", program], capture_output=True, text=True)
    assert done.stdout == "1.10 9.9\n", done.stderr
    with pytest.raises(NotInstalled, match=r"^No matching distribution found for absent$"):
        environment.find_newest([SMALL, Need("absent", "absent", "1")])


def test_a_build_is_no_other_release() -> None:
    needs = Need("cv2", "opencv", "5.0.0", "OpenCV", "5.0.0.93"), Need("torch", "torch", "2.13.0")
    same = {"opencv": "5.0.0.93", "torch": "2.13.0+cpu"}
    assert describe_drift(needs, same) == "OpenCV 5.0.0.93, torch 2.13.0"
    newer = {**same, "torch": "2.14.0+cpu"}
    assert describe_drift(needs, newer) == "OpenCV 5.0.0.93, torch 2.13.0 -> 2.14.0"


def test_what_has_a_place_of_its_own_is_not_for_pip() -> None:
    assert has_newest([SMALL])
    assert not has_newest([SMALL, MXNET])
    assert not has_newest([TFJS._replace(variable="")])
