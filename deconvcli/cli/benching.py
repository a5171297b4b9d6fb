"""The layers that `deconv bench` times: named ones, the user's own, or those of a suite."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.bench.contest.benchmark import NamedLayer, check_timeable
from deconvcli.bench.suites import DEFAULT_SUITE, select_layers
from deconvcli.cli.output import say
from deconvcli.cli.request import NAMES
from deconvcli.cli.rows import layer_rows
from deconvcli.common.errors import UsageError
from deconvcli.frameworks.request import LayerRequest

OWN = "this layer"
NOTHING = LayerRequest(names=NAMES)


def choose_layers(
    names: Sequence[str], suite: str | None, own: LayerRequest
) -> tuple[list[NamedLayer], list[tuple[str, str]]]:
    """Return the layers to time, and rows that describe the user's own.

    Raises:
        UsageError: an unknown name, or two ways of choosing that exclude each other.
        Refused: the framework refuses the user's layer, or has no values for it.
        NotExpressible: the user's layer is circular.
    """
    if suite is not None and (names or own != NOTHING):
        raise UsageError("both layers and --suite were given", help="leave one of them out.")
    if names and own != NOTHING and own.call is None:
        raise UsageError(
            "the options of a layer were given with names of a suite, whose layers are fixed",
            help="leave the options out, or paste the layer that they belong to.",
        )
    if own == NOTHING:
        selected = select_layers(names, suite or DEFAULT_SUITE)
        return [(layer.name, layer.reading()) for layer in selected], []
    understood = own.understand().assume_minimum(NAMES)
    check_timeable(understood.reading)
    if understood.assumed:
        say(f"assumed: the minimum of channels; give {', '.join(understood.assumed)} for more")
    layers = [(layer.name, layer.reading()) for layer in (select_layers(names) if names else [])]
    rows = [*layer_rows(understood), ("input", understood.input_text)]
    return [*layers, (OWN, understood.reading)], rows
