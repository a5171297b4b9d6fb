"""The shelf of suites: layers to be timed, each under a name that users type."""

from __future__ import annotations

from deconvcli.bench.suites._lines import Named, Suite
from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import Shelf, suggestion

SUITES: Shelf[Suite] = Shelf("deconvcli.bench.suites", "SUITE", "suite")


def find(name: str) -> Named:
    """The layer of this name, in whichever suite.

    Raises:
        UsageError: no suite has it.
    """
    known = {layer.name: layer for suite in SUITES.names for layer in SUITES.take(suite)}
    if name not in known:
        raise UsageError(
            f"no suite has a layer {name!r}",
            help=f"{suggestion(name, list(known))} `deconv bench --list` names them all.".lstrip(),
            code="unknown-layer",
        )
    return known[name]
