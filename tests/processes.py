"""Processes that tests start and that must load nothing of their own accord."""

from __future__ import annotations

import os


def unmeasured() -> dict[str, str]:
    """Return our environment without what makes a process measure its coverage.

    Coverage loads modules before the first line of a program, which would hide what we load.
    """
    return {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}
