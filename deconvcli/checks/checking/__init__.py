"""Files held against the rules: which files, under which settings, and what was found."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.checks.checking._configs import readable
from deconvcli.checks.checking._files import Source, sources
from deconvcli.checks.checking._lock import against_lock, lock_text
from deconvcli.checks.checking._one import check_source
from deconvcli.checks.checking._settings import Settings, discover, settings_from
from deconvcli.checks.checking._verdict import Checked, LayerRow, NetworkTable, Verdict

__all__ = [
    "Checked",
    "LayerRow",
    "NetworkTable",
    "Settings",
    "Source",
    "Verdict",
    "against_lock",
    "check",
    "check_source",
    "discover",
    "lock_text",
    "readable",
    "settings_from",
    "sources",
]


def check(paths: Sequence[str], settings: Settings | None = None, jobs: int = 1) -> Verdict:
    """What the rules find in files, folders and globs.

    Raises:
        UsageError: a path does not exist, or nothing in it is a config.
    """
    found = sources(paths)
    chosen = settings or Settings()
    if jobs > 1 and len(found) > 1:
        # Only who asks for processes pays for importing what starts them.
        from deconvcli.checks.checking._processes import in_processes

        checked = in_processes(found, chosen, jobs)
    else:
        checked = [check_source(source, chosen) for source in found]
    return Verdict(tuple(one for one in checked if one is not None))
