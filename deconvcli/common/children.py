"""Python processes that run this very package, and no code of the current folder.

A process started with `-m` or `-c` looks for every module in the current folder first, so a
`signal.py` in an untrusted checkout would run. `-P` keeps that folder out. The package is then
loaded from its own folder, which puts no folder before the standard library.
"""

from __future__ import annotations

import os
import sys

_START = """
import sys
from importlib.machinery import PathFinder
from importlib.util import module_from_spec
from runpy import run_module

name, folder, module = sys.argv[1:4]
del sys.argv[1:4]
spec = PathFinder.find_spec(name, [folder])
sys.modules[name] = module_from_spec(spec)
spec.loader.exec_module(sys.modules[name])
if folder not in sys.path:
    sys.path.append(folder)
run_module(module, run_name="__main__", alter_sys=True)
"""
"""Arguments: the package's name, the folder that it lies in, the module to run, its arguments."""


def command(module: str, *arguments: str, python: str = "") -> list[str]:
    """Return the command line that runs a module of this package in a Python process.

    python: another interpreter than ours, of Python 3.11 or later.
    """
    name = __name__.partition(".")[0]
    return [
        python or sys.executable,
        "-P",
        "-c",
        _START,
        name,
        package_folder(),
        module,
        *arguments,
    ]


def package_folder() -> str:
    """Return the folder that this package lies in."""
    package = sys.modules[__name__.partition(".")[0]]
    return os.path.dirname(os.path.abspath(package.__path__[0]))
