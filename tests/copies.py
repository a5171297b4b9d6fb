"""A copy of the package in a temporary folder, to which a test adds files as a newcomer would.

@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> PackageCopy:
    copied = PackageCopy(tmp_path_factory.mktemp("copy"))
    copied.add_variant("cli/commands/schema.py", "cli/commands/scheme.py")
    return copied

def test_help_lists_it(copy: PackageCopy) -> None:
    assert "scheme" in copy.run("--help").stdout
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import deconvcli

PACKAGE = Path(deconvcli.__file__).parent
_START = "from deconvcli.cli.main import main; main()"


class PackageCopy:
    """The whole package below `folder`, and an empty folder `work` in which commands run."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "root"
        self.package = self.root / PACKAGE.name
        self.work = folder / "work"
        self.work.mkdir()
        # Modification times are kept, so that the compiled files that come along stay valid.
        shutil.copytree(PACKAGE, self.package)

    def add(self, path: str, text: str) -> None:
        """Write a new source file; `path` is relative to the package."""
        file = self.package / path
        assert not file.exists(), f"{path} is there already"
        file.write_text(text, encoding="utf-8")

    def add_variant(
        self, source: str, target: str, replaced: Mapping[str, str] | None = None
    ) -> None:
        """Copy a source file under another name, each text in `replaced` replaced by another."""
        text = (self.package / source).read_text(encoding="utf-8")
        for old, new in (replaced or {}).items():
            assert old in text, f"{source} does not contain {old!r}"
            text = text.replace(old, new)
        self.add(target, text)

    def write(self, name: str, text: str) -> Path:
        """Write a file into the folder in which commands run."""
        file = self.work / name
        file.write_text(text, encoding="utf-8")
        return file

    def run(
        self, *arguments: str, code: int = 0, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run `deconv` from the copy, and check that it exits with `code`."""
        return self._start("-c", _START, *arguments, code=code, environment=environment)

    def run_python(self, source: str) -> str:
        """Run Python source that imports the copy; return what it prints."""
        return self._start("-c", source, code=0).stdout

    def _start(
        self, *arguments: str, code: int, environment: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-P", *arguments],
            cwd=self.work,
            env={**os.environ, "PYTHONPATH": str(self.root), **(environment or {})},
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code, (
            f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
        )
        return done
