"""Virtual environments with the newest releases of a framework, for `measure --newest`."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from collections.abc import Iterable
from pathlib import Path

from deconvcli.frameworks.releases import Need

INSTALLED = {"mlx": ("mlx[cpu]",), "keras": ("keras", "scipy")}
"""What pip installs for a distribution that alone computes nothing.

MLX has its CPU library on Linux as an extra, and Keras on OpenVINO imports SciPy undeclared.
"""


class NotInstalled(Exception):
    """pip cannot install the releases; the message is its last error."""


def has_newest(needs: Iterable[Need]) -> bool:
    """Return whether pip can install all of these beside each other."""
    return all(need.installer == "pip" and not need.variable for need in needs)


def describe_drift(needs: Iterable[Need], versions: dict[str, str]) -> str:
    """Return the measured and the newest release of each need, as `torch 2.13.0 -> 2.14.1`.

    versions: release of each distribution; a part after `+` names a build and does not count.
    """
    texts = []
    for need in needs:
        measured = need.release or need.version
        newest = versions[need.distribution].partition("+")[0]
        arrow = "" if newest == measured else f" -> {newest}"
        texts.append(f"{need.title or need.module} {measured}{arrow}")
    return ", ".join(texts)


class Environment:
    """A new virtual environment of the running Python."""

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        self.python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self._report = folder / "report.json"

    def find_newest(self, needs: Iterable[Need]) -> dict[str, str]:
        """Return the newest release of each distribution that pip would install now.

        Raises:
            NotInstalled: pip finds none.
        """
        needs = list(needs)
        self._install(needs, "--dry-run", "--ignore-installed", "--report", str(self._report))
        found = json.loads(self._report.read_bytes())["install"]
        releases = {
            _normal_name(one["metadata"]["name"]): str(one["metadata"]["version"]) for one in found
        }
        return {need.distribution: releases[_normal_name(need.distribution)] for need in needs}

    def install(self, needs: Iterable[Need]) -> None:
        """Install the newest releases, and NumPy, which the drivers import.

        Raises:
            NotInstalled: pip fails.
        """
        self._install(needs)

    def _install(self, needs: Iterable[Need], *options: str) -> None:
        names = ["numpy"]
        for need in needs:
            names += INSTALLED.get(need.distribution, (need.distribution,))
        done = subprocess.run(
            [self.python, "-m", "pip", "install", "--quiet", "--upgrade", *options, *names],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
        )
        if done.returncode:
            lines = done.stderr.splitlines()
            errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
            raise NotInstalled(errors[-1] if errors else f"pip ended with {done.returncode}")


def _normal_name(distribution: str) -> str:
    return distribution.lower().replace("_", "-").replace(".", "-")
