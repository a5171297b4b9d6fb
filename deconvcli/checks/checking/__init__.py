"""Checks of config files: which files, under which settings, and what the rules find."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.checks.checking._configs import (
    ReadModel,
    find_path,
    read_configs,
    read_configs_and_models,
    read_one_network,
)
from deconvcli.checks.checking._file_check import check_bytes, check_file
from deconvcli.checks.checking._files import STDIN, SourceFile, find_files
from deconvcli.checks.checking._rounds import merge_rounds
from deconvcli.checks.checking._settings import (
    Settings,
    discover_settings,
    read_codes,
    read_settings,
)
from deconvcli.checks.checking._verdict import CheckedFile, Lock, Verdict

__all__ = [
    "CheckedFile",
    "Lock",
    "ReadModel",
    "Settings",
    "SourceFile",
    "Verdict",
    "check",
    "check_bytes",
    "check_file",
    "check_files",
    "discover_settings",
    "find_files",
    "find_path",
    "read_codes",
    "read_configs",
    "read_configs_and_models",
    "read_one_network",
    "read_settings",
]


def check_files(files: Sequence[SourceFile], settings: Settings) -> list[CheckedFile | None]:
    """Return what is found in each file, after edits if they are requested; nothing is written."""
    if not settings.edits:
        return [check_file(file, settings) for file in files]
    # Most checks edit nothing, and should not pay for these imports.
    from deconvcli.checks.checking._fixing import fix_data

    return [check_file(file, settings, fix_data) for file in files]


def check(paths: Sequence[str], settings: Settings | None = None, jobs: int = 1) -> Verdict:
    """Return what the rules find in files, folders and globs.

    jobs: the number of processes. Settings may request edits; `rewriting` writes them.

    Raises:
        UsageError: a path does not exist, or there is no YAML or JSON file.
    """
    chosen = settings or Settings()
    files = find_files(paths, chosen.exclude)
    # Other processes have other standard inputs.
    others = [file for file in files if file.path != STDIN]
    if jobs > 1 and len(others) > 1:
        # The imports that start processes take longer than the check of a small file.
        from deconvcli.checks.checking._processes import check_in_processes

        checked = check_in_processes(others, chosen, jobs)
        for number, file in enumerate(files):
            if file.path == STDIN:
                checked[number:number] = check_files([file], chosen)
    else:
        checked = check_files(files, chosen)
    return Verdict(tuple(merge_rounds(file) for file in checked if file is not None))
