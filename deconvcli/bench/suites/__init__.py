"""The shelf of suites: layers to be timed, each under a name that users type."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.bench.suites._suite import Suite, SuiteLayer
from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import Shelf, suggestion

__all__ = ["DEFAULT_SUITE", "SUITES", "Suite", "SuiteLayer", "find_layer", "select_layers"]

SUITES: Shelf[Suite] = Shelf("deconvcli.bench.suites", "SUITE", "suite")
DEFAULT_SUITE = "study"


def select_layers(names: Sequence[str] = (), suite: str = DEFAULT_SUITE) -> list[SuiteLayer]:
    """Return the layers of these names, each once; without names, those of the suite.

    Raises:
        UsageError: a name or the suite is not known.
    """
    if not names:
        return [*SUITES.take(suite)]
    return [find_layer(name) for name in dict.fromkeys(names)]


def find_layer(name: str) -> SuiteLayer:
    """Return the layer of this name, in any suite.

    Raises:
        UsageError: no suite contains the name.
    """
    known = {layer.name: layer for suite in SUITES.names for layer in SUITES.take(suite)}
    if name not in known:
        raise UsageError(
            f"no suite has a layer {name!r}",
            help=f"{suggestion(name, list(known))} `deconv bench --list` lists them all.".lstrip(),
            code="unknown-layer",
        )
    return known[name]
