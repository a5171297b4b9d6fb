"""Another output_padding, for as few of the transposed convolutions above as possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, islice, product, takewhile
from typing import NamedTuple

from deconvcli.frameworks.dialects import take as take_dialect
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph.edits import SetParameter, apply_edits
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.repairs._probe import Missing, Probe, make_probe
from deconvcli.networks.graph.repairs._proof import Edits, Failure
from deconvcli.networks.graph.repairs.kernels import propose_even_kernels
from deconvcli.networks.graph.repairs.layers import collapse, find_transposed

# With each layer above the combinations double, and a fix that changes many is no small one.
MAX_LAYERS, MAX_CHANGED = 6, 4
# Values of output_padding tried on one axis; no published layer has a stride beyond 32.
MAX_PADDINGS = 32
# Combinations of values tried for one choice of layers on one axis, all but the last of them.
MAX_COMBINATIONS = 2**9


class Adjustable(NamedTuple):
    """A layer, how many values it takes on each axis, and what the first two of them change.

    at_zero: the change at the failing node, for each axis, with 0 in place of the present value.
    each: the change for each further element.
    """

    name: str
    limits: Sequence[int]
    at_zero: Missing
    each: Missing

    def choices(self, axis: int) -> range:
        """Return the values that are tried on an axis."""
        return range(min(self.limits[axis], MAX_PADDINGS))


def change_output_padding(failure: Failure) -> Iterator[tuple[SetParameter, ...]]:
    """Propose values that give the missing elements: few layers first, then the first cause."""
    layers = _find_adjustable(failure)
    probe = make_probe(failure, [name for name, _ in layers])
    missing = probe.measure() if probe else None
    if probe is None or missing is None:
        return
    found = [_measure(probe, name, limits, missing) for name, limits in layers]
    adjustable = [layer for layer in found if layer is not None]
    for count in range(1, MAX_CHANGED + 1):
        for chosen in combinations(adjustable, count):
            tried = (_solve(chosen, axis, excess) for axis, excess in enumerate(missing))
            solved = [*takewhile(bool, tried)]
            if len(solved) == len(missing):
                yield tuple(
                    [
                        SetParameter(layer.name, "output_padding", collapse(values))
                        for layer, *values in zip(chosen, *solved, strict=True)
                    ]
                )


def _find_adjustable(failure: Failure) -> list[tuple[str, list[int]]]:
    """Return the layers with such a parameter, from the top, and the limit of each axis."""
    found = []
    for outcome, reading in reversed(find_transposed(failure)):
        dialect, _ = take_dialect(failure.network.dialect_of(outcome.node))
        # Every framework takes less than the stride, or than the dilation if that is larger.
        limits = [max(axis.stride, axis.dilation) for axis in reading.layer.axes]
        if dialect.argument("output_padding") is not None:
            found.append((outcome.node.name, limits))
    return found[-MAX_LAYERS:]


def _measure(probe: Probe, name: str, limits: list[int], missing: Missing) -> Adjustable | None:
    """Return the layer with its influence; None where its framework refuses the parameter."""
    # Sizes grow evenly with an output_padding, unless a floor lies in between: such a proposal
    # fails its proof.
    values = ([0 for _ in limits], [min(1, limit - 1) for limit in limits])
    zero, one = [probe.measure([SetParameter(name, "output_padding", each)]) for each in values]
    if zero is None or one is None or len(zero) != len(limits):
        return None
    return Adjustable(name, limits, _subtract(zero, missing), _subtract(one, zero))


def _subtract(after: Missing, before: Missing) -> Missing:
    pairs = zip(after, before, strict=True)
    return tuple([tuple([n - m for n, m in zip(*axis, strict=True)]) for axis in pairs])


def _solve(layers: Sequence[Adjustable], axis: int, excess: tuple[Size, ...]) -> tuple[int, ...]:
    """Return the smallest values for these layers that leave nothing missing on one axis.

    Empty where there are none.
    """
    *others, last = layers
    start = [
        sum(column) for column in zip(excess, *(one.at_zero[axis] for one in layers), strict=True)
    ]
    found = []
    for values in islice(product(*(one.choices(axis) for one in others)), MAX_COMBINATIONS):
        left = list(start)
        for layer, value in zip(others, values, strict=True):
            left = [size + step * value for size, step in zip(left, layer.each[axis], strict=True)]
        # The value of the last layer follows from the others.
        completing = _complete(left, last.each[axis])
        if completing in last.choices(axis):
            found.append((*values, completing))
    return min(found, key=sum, default=())


def _complete(left: Sequence[Size], each: Sequence[Size]) -> int:
    """Return how many times `each` makes up for what is left; -1 if no number of times does."""
    times = set()
    for size, step in zip(left, each, strict=True):
        if isinstance(size, Linear) or isinstance(step, Linear):
            return -1
        if step and size % step == 0:
            times.add(-size // step)
        elif size or step:
            return -1
    return times.pop() if len(times) == 1 else -len(times)


def use_even_kernel(failure: Failure) -> Iterator[Edits]:
    """Propose, in place of another output_padding, a kernel that is even and cropped equally."""
    for edits in change_output_padding(failure):
        if len(edits) > 1:
            return
        [setting] = edits
        changed = apply_edits(failure.network, edits)
        outcomes = walk(changed)
        outcome = next(outcome for outcome in outcomes if outcome.node.name == setting.node)
        before = failure.network.node(setting.node).parameters
        for others in propose_even_kernels(Failure(changed, outcomes, outcome)):
            every = (setting, *others)
            settings = {edit.key: edit for edit in every if isinstance(edit, SetParameter)}
            # What remains of the output_padding would crop the ends unequally.
            if settings["output_padding"].value == 0:
                if before.get("output_padding", 0) == 0:
                    del settings["output_padding"]
                yield tuple(settings.values())
