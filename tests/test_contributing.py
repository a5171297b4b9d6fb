"""CONTRIBUTING.md, followed word by word in a copy of the repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from tests import readme

PAGE = (readme.ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^### ([^\n]*)\n(.*?)(?=^### |\Z)", PAGE, re.MULTILINE | re.DOTALL))
FILE = re.compile(
    r"(?:Write|Its test,)\s`((?:deconvcli|tests)/[\w/]+\.py)`.*?```python\n(.*?)```", re.DOTALL
)
PROGRAMS = {
    "deconv": [sys.executable, "-P", "-c", "from deconvcli.cli.main import main; main()"],
    "pytest": [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A copy of all that the examples need; measured answers and compiled code stay behind."""
    left_out = shutil.ignore_patterns("__pycache__", "*.xz")
    for folder in ("deconvcli", "tests"):
        shutil.copytree(readme.ROOT / folder, tmp_path / folder, ignore=left_out)
    shutil.copy(readme.ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("title", SECTIONS)
def test_the_example_works_as_written(title: str, repository: Path) -> None:
    files = FILE.findall(SECTIONS[title])
    assert [path.split("/")[0] for path, _ in files] == ["deconvcli", "tests"]
    for path, text in files:
        assert not (repository / path).exists()
        (repository / path).write_text(text, encoding="utf-8")
    commands = readme.shown(SECTIONS[title])
    assert any(command.startswith("pytest ") for command, _ in commands)
    for command, output in commands:
        printed = run(command, repository)
        if command.startswith("pytest "):
            assert printed.splitlines()[-1].startswith(output.strip()), printed
        else:
            expected, is_cut, _ = output.partition("...\n")
            assert printed.startswith(expected) if is_cut else printed == expected


def run(command: str, folder: Path) -> str:
    program, *arguments = shlex.split(command)
    done = subprocess.run(
        [*PROGRAMS[program], *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == (1 if " check " in command else 0), done.stdout + done.stderr
    return done.stdout


def test_there_are_six_kinds() -> None:
    assert len(SECTIONS) == 6


def test_the_examples_are_in_our_style(repository: Path) -> None:
    written = [file for section in SECTIONS.values() for file in FILE.findall(section)]
    for path, text in written:
        (repository / path).write_text(text, encoding="utf-8")
    for arguments in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, *(path for path, _ in written)],
            cwd=repository,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_pre_commit_has_the_versions_of_the_extra() -> None:
    hooks = yaml.safe_load((readme.ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    pinned = {
        requirement
        for repository in hooks["repos"]
        for hook in repository["hooks"]
        for requirement in hook["additional_dependencies"]
    }
    project = tomllib.loads((readme.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert pinned <= set(project["optional-dependencies"]["test"])
    assert pinned
