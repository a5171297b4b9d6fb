"""A config of another program that states layers, as a network of ours and then as a model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError, NotLinear, Refused, UsageError
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.layers.axis import Linear, linear
from deconvcli.layers.layer import Reading
from deconvcli.models.inputs import match_inputs
from deconvcli.models.model import (
    GivenSizes,
    Model,
    ModelLayer,
    ModelStep,
    ModelSteps,
    OpenAxis,
    Sizes,
    Step,
)
from deconvcli.networks.graph import Network, NodeOutcome, find_axis_sizes, walk
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take


class StatedNetwork(NamedTuple):
    """The network that a config states. places: the key of each layer. notes: what is assumed."""

    title: str
    network: Network
    places: Mapping[str, Where]
    text: str
    notes: tuple[str, ...] = ()


def take_sizes(name: str, channels: int, stored: Sequence[int | None], sizes: GivenSizes) -> Shape:
    """Return the shape of the one input: given, stored, or in letters.

    stored: the spatial sizes, None for an open one.

    Raises:
        UsageError: another input is named, or another number of axes or channels is given.
    """
    letters = "DHW"[-len(stored) :]
    own: tuple[Any, ...] = (
        1,
        channels,
        *[linear(one, 1, 0) if n is None else n for one, n in zip(letters, stored, strict=True)],
    )
    given = match_inputs(sizes, {name: own}).get(name, own)
    if given[1] != channels:
        raise UsageError(
            f"--size gives {name} {given[1]} channels; the first layer takes {channels}",
            help=f"give {name} with {channels} channels after the batch.",
            code="channels",
        )
    return Shape(channels, tuple(given[2:]))


def make_model(stated: StatedNetwork) -> Model:
    """Return the model with the size of each layer, and what is wrong with it."""
    network = stated.network
    outcomes = walk(network)
    tensors: dict[str, Sizes | None] = {
        name: _write(shape) for name, shape in network.inputs.items()
    }
    tensors |= {one.node.name: _write(one.shape) for one in outcomes}
    open_axes = tuple(_list_open_axes(network))
    notes = [
        f"{axis.letter}, axis {axis.axis} of {axis.input}, is open; it works for"
        f" {axis.working.text(axis.letter)}"
        for axis in open_axes
        if axis.working is not None
    ]
    return Model(
        stated.title,
        tensors,
        tuple([_make_layer(stated, one) for one in outcomes]),
        tuple(_find_errors(stated, outcomes)),
        (*stated.notes, *notes),
        stated.text,
        open_axes,
    )


def make_steps(stated: StatedNetwork) -> ModelSteps:
    """Return the network as steps, which it has already."""
    steps = [
        ModelStep(
            one.node.name,
            one.node.operation,
            one.node.inputs,
            (one.node.name,),
            _write(one.shape),
            Step(one.node.operation, one.node.parameters),
        )
        for one in walk(stated.network)
    ]
    inputs = {name: _write(shape) for name, shape in stated.network.inputs.items()}
    return ModelSteps(stated.network.dialect, inputs, tuple(steps))


def _write(shape: Shape | None) -> Sizes | None:
    if shape is None:
        return None
    return (1, *[size if isinstance(size, int) else str(size) for size in shape.sizes])


def _list_open_axes(network: Network) -> Iterator[OpenAxis]:
    """Yield the axes whose sizes are letters, with the sizes that work."""
    if not any(isinstance(n, Linear) for shape in network.inputs.values() for n in shape.spatial):
        return
    # Two letters that meet, or sizes that do not repeat: then no rule is known.
    with suppress(NotLinear, Refused):
        axes = iter(find_axis_sizes(network))
        for name, shape in network.inputs.items():
            for place, size in enumerate(shape.spatial, 2):
                found = next(axes)
                if isinstance(size, Linear):
                    yield OpenAxis(name, place, size.letter, found.working, True)


def _make_layer(stated: StatedNetwork, outcome: NodeOutcome) -> ModelLayer:
    node = outcome.node
    operation, dialect = take(node.operation), stated.network.dialect_of(node)
    count = None
    # Of an input that is not known nothing can be counted.
    if outcome.shape is not None:
        with suppress(DeconvError):
            count = operation.parameter_count(node.parameters, outcome.inputs, dialect)
    return ModelLayer(
        node.name,
        node.operation,
        _write(outcome.shape),
        count,
        _read(stated, outcome),
        where=stated.places[node.name],
        dialect=dialect,
        takes=node.inputs,
        gives=(node.name,),
    )


def _read(stated: StatedNetwork, outcome: NodeOutcome) -> Reading | None:
    """Return a transposed convolution; None for all others."""
    operation, node = take(outcome.node.operation), outcome.node
    read = getattr(operation, "read", None)
    if read is None or not outcome.inputs or outcome.shape is None:
        return None
    with suppress(DeconvError):
        found: Reading = read(node.parameters, outcome.inputs, stated.network.dialect_of(node))
        return found
    return None


def _find_errors(stated: StatedNetwork, outcomes: Sequence[NodeOutcome]) -> Iterator[Diagnostic]:
    for one in outcomes:
        if (error := one.error) is not None:
            yield Diagnostic(
                error.code,
                Severity.ERROR,
                f"{one.node.name}: {error.message}",
                error.help,
                error.source,
                stated.places[one.node.name],
            )
