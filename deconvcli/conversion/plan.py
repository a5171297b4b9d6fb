"""How a layer is said in another framework: a layer there, and what is done before and after it.

Candidates are tried in the order of what they cost, and each is a layer that the framework's own
reader accepts. A wider output than wanted is sliced, a shorter one is continued with zeros, as
everything beyond the full scatter is zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import product
from math import prod
from typing import NamedTuple, TypeAlias

from deconvcli.common.errors import DeconvError, NotExpressible, Refused
from deconvcli.common.findings import Severity
from deconvcli.conversion.recipe import WHOLE, Grouping, Recipe, fold_weights, write_recipe
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Axis, Size
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling, require_numbers
from deconvcli.layers.layout import CANONICAL_WEIGHT

Pair: TypeAlias = tuple[int, int]
MOST_PARTS = 16
"""The largest number of groups that become layers side by side; more become one wide kernel."""


class Plan(NamedTuple):
    """A layer of the source, said in the target framework.

    target: the layer there; with several parts that of one. repeats: (before, after) of each axis,
    the inputs that are copied from the opposite end. lifted: the spatial axes of size 1 that are
    put before the source's. cuts, zeros: (begin, end) of each axis, which are cut off the layer's
    output and appended to it. has_late_bias: whether a bias is added last, and not by the layer.
    stuffing: as in `write_recipe`. folded: the sizes of the first axis of the input and the output,
    where that axis is a part of the channels, as the target has too few axes; `cuts` and `zeros`
    are those of the other axes then.
    """

    source: Reading
    target: Reading
    recipe: Recipe
    grouping: Grouping
    stuffing: tuple[int, ...]
    lifted: int
    repeats: tuple[Pair, ...]
    cuts: tuple[Pair, ...]
    zeros: tuple[Pair, ...]
    has_late_bias: bool
    folded: Pair | None = None

    @property
    def rank(self) -> int:
        """The number of the source's spatial axes."""
        return len(self.repeats)

    @property
    def is_exact(self) -> bool:
        """Whether the target's layer alone is the source's, with nothing before and after it."""
        return self.bridges == 0 and not self.lifted and self.folded is None

    @property
    def bridges(self) -> int:
        """The number of things that are done besides the layer."""
        moved = [pair for pair in (*self.repeats, *self.cuts, *self.zeros) if pair != (0, 0)]
        return len(moved) + (self.grouping.parts > 1)


class _Core(NamedTuple):
    """A layer whose crop is still open, and how the source becomes it."""

    layer: Layer
    sizes: Sizes
    grouping: Grouping
    stuffing: tuple[int, ...]
    lifted: int


def find_plan(source: Reading, name: str) -> Plan:
    """Return the plan with the fewest steps for a dialect or an implementation of one.

    Raises:
        NotExpressible: nothing that is known here says the layer there; the message says why.
    """
    writer, implementation = take(name)
    if source.no_values or source.answered is not None:
        raise writer.not_expressible_error(
            f"{source.spelling.name} gives it no values: {source.no_values}",
            "convert a layer that the framework computes.",
        )
    layer, sizes, repeats = source.layer, source.sizes, ((0, 0),) * len(source.layer.axes)
    if layer.circular and not writer.circular:
        pairs = zip(layer.axes, require_numbers(sizes.spatial), strict=True)
        unrolled = [axis.unroll(n) for axis, n in pairs]
        repeats = tuple([(before, after) for _, before, after in unrolled])
        longer = zip(require_numbers(sizes.spatial), repeats, strict=True)
        sizes = sizes._replace(spatial=tuple([n + sum(pair) for n, pair in longer]))
        layer = layer._replace(axes=tuple([axis for axis, _, _ in unrolled]), circular=False)
    if len(layer.axes) > writer.spatial_axes[-1]:
        return _fold(source, layer, sizes, name)._replace(repeats=repeats)
    # Some frameworks take more batch axes than one only in other words.
    batches = dict.fromkeys([sizes.batch, (prod(sizes.batch),)])
    for batch in batches:
        for core in _list_cores(layer, sizes._replace(batch=batch), writer):
            # A layer that only some backends compute is better than several layers.
            known = _find_cautions(writer, implementation, core)
            for accepts in (partial(_is_sure, known), _has_values):
                fit = partial(_fit_crop, writer, implementation, accepts)
                plan = _plan(source, core, fit, repeats)
                if plan is not None:
                    return plan
    raise _explain(source, layer, sizes, writer, implementation)


def _explain(
    source: Reading, layer: Layer, sizes: Sizes, writer: Dialect, implementation: str
) -> DeconvError:
    """Return why nothing says a layer: what the framework has against the whole scatter."""
    core = next(_list_cores(layer, sizes, writer))
    with suppress(NotExpressible):
        for arguments in writer.propose(_uncrop(core.layer), core.sizes):
            try:
                writer.read(Spelling(writer.name, arguments, implementation), core.sizes)
            except Refused as error:
                return writer.not_expressible_error(
                    error.message.removeprefix(f"{writer.name}: "), error.help
                )
    return writer.not_expressible_error(*writer.why_not(source.layer))


def _fold(source: Reading, layer: Layer, sizes: Sizes, name: str) -> Plan:
    """Return the plan of a layer whose first axis becomes a part of the channels.

    Each pair of an input and an output position along that axis is a pair of channels, and their
    weights are those of the tap that joins them, or zeros.
    """
    first, *axes = layer.axes
    [into, *spatial] = require_numbers(sizes.spatial)
    [out] = require_numbers([first.output_size(into)])
    folded = layer._replace(
        axes=tuple(axes),
        in_channels=layer.in_channels * into,
        out_channels=layer.out_channels * out,
        # One number for all positions of the axis, so that it is added when they are apart again.
        has_bias=False,
    )
    inner = source._replace(
        layer=folded,
        sizes=Sizes(tuple(spatial), sizes.batch, folded.in_channels),
        weight_layout=CANONICAL_WEIGHT,
    )
    plan = find_plan(inner, name)
    step = fold_weights(source, first, into, out)
    recipe = plan.recipe._replace(steps=(*step, *plan.recipe.steps), permute=None)
    return plan._replace(source=source, recipe=recipe, folded=(into, out), has_late_bias=True)


def _list_cores(layer: Layer, sizes: Sizes, writer: Dialect) -> Iterator[_Core]:
    """Yield the layers that compute this one before the crop, the cheapest first."""
    groupings = [WHOLE] if layer.groups == 1 or writer.groups else []
    if layer.groups > 1:
        ways = [Grouping(layer.groups), Grouping(is_block=True)]
        groupings += ways if layer.groups <= MOST_PARTS else reversed(ways)
    # Zeros on some axes may be enough where a framework takes no stride beside a dilation.
    dilations = sorted(product(*map(_list_dilations, layer.axes)), key=_count_stuffed)
    lifted = max(0, writer.spatial_axes[0] - len(layer.axes))
    spatial = (*[1] * lifted, *sizes.spatial)
    for grouping, dilated in product(groupings, dilations):
        axes = (*[Axis(1)] * lifted, *[axis for axis, _ in dilated])
        core = layer._replace(axes=axes)
        if grouping != WHOLE:
            core = core._replace(groups=1)
        if grouping.parts > 1:
            into, out = layer.in_channels // layer.groups, layer.out_channels // layer.groups
            core = core._replace(in_channels=into, out_channels=out)
        own = writer.sizes_for(core, sizes._replace(spatial=spatial))
        yield _Core(core, own, grouping, tuple([step for _, step in dilated]), lifted)


def _list_dilations(axis: Axis) -> list[tuple[Axis, int]]:
    """Return the axis, and what computes the same without a dilation, with its `stuffing`."""
    if axis.dilation == 1:
        return [(axis, 1)]
    if axis.kernel == 1:
        return [(axis, 1), (axis._replace(dilation=1), 1)]
    return [(axis, 1), (axis._replace(kernel=axis.span, dilation=1), axis.dilation)]


def _count_stuffed(dilated: Sequence[tuple[Axis, int]]) -> int:
    return sum(step != 1 for _, step in dilated)


def _has_values(reading: Reading) -> bool:
    """Return whether the framework computes a layer."""
    # Not every framework looks at a size that no tensor can have.
    is_real = not any(size < 0 for size in reading.output_sizes)
    return is_real and not reading.no_values and reading.answered is None


def _is_sure(known: frozenset[str], reading: Reading) -> bool:
    """Return whether all backends and builds compute a layer, but for what is known anyway."""
    return _has_values(reading) and _list_cautions(reading) <= known


def _list_cautions(reading: Reading) -> frozenset[str]:
    codes = [found.code for found in reading.findings if found.severity is not Severity.NOTE]
    return frozenset(codes)


def _find_cautions(writer: Dialect, implementation: str, core: _Core) -> frozenset[str]:
    """Return the codes of what is found in a layer whatever its crop is, as in its groups."""
    with suppress(NotExpressible):
        for found in writer.find_readings(_uncrop(core.layer), core.sizes, implementation):
            return _list_cautions(found)
    return frozenset()


def _uncrop(layer: Layer) -> Layer:
    axes = [axis._replace(crop_begin=0, crop_end=0) for axis in layer.axes]
    return layer._replace(axes=tuple(axes))


def _fit_crop(
    writer: Dialect, implementation: str, accepts: Callable[[Reading], bool], core: _Core
) -> Reading | None:
    """Return the framework's layer whose crop is the nearest to the core's, if it has any."""
    choices = [_list_crops(axis) for axis in core.layer.axes]

    def spell(kinds: Sequence[int]) -> Reading | None:
        crops = [found[kind] for found, kind in zip(choices, kinds, strict=True)]
        pairs = zip(core.layer.axes, crops, strict=True)
        axes = tuple([axis._replace(crop_begin=a, crop_end=b) for axis, (a, b) in pairs])
        layer = core.layer._replace(axes=axes)
        with suppress(NotExpressible):
            for found in writer.find_readings(layer, core.sizes, implementation):
                if accepts(found):
                    return found
        return None

    # Most frameworks share their words over all axes.
    rank = len(choices)
    for kind in range(len(choices[0])):
        kinds = [kind] * rank
        found = spell(kinds)
        if found is None:
            continue
        for axis in range(rank) if rank > 1 else ():
            for nearer in range(kind):
                other = [*kinds[:axis], nearer, *kinds[axis + 1 :]]
                if (better := spell(other)) is not None:
                    found, kinds = better, other
                    break
        return found
    return None


def _list_crops(axis: Axis) -> list[tuple[Size, Size]]:
    """Return the crops from which this one can be made, the nearest first."""
    begin, end = axis.crop_begin, axis.crop_end
    both = max(0, min(begin, end))
    return [
        (begin, end),
        (max(0, begin), max(0, end)),
        (both, both),
        (0, min(0, end)),
        (0, 0),
        # `valid` of a kernel that is shorter than the stride appends zeros.
        (0, min(0, axis.span - axis.stride)),
    ]


def _plan(
    source: Reading,
    core: _Core,
    fit: Callable[[_Core], Reading | None],
    repeats: tuple[Pair, ...],
) -> Plan | None:
    """Return the plan with this core, if the framework has a layer for it."""
    target = fit(core)
    if target is None:
        return None
    cuts, zeros = [], []
    pairs = zip(core.layer.axes, target.crop, target.output_sizes, strict=True)
    for wanted, (begin, end), size in list(pairs)[core.lifted :]:
        more = require_numbers((wanted.crop_begin - begin, wanted.crop_end - end))
        # No more can be cut than there is; what is then too much would be zeros.
        gone = [max(0, one - size) if isinstance(size, int) else 0 for one in more]
        more = [more[0] - gone[0] + gone[1], more[1] - gone[1] + gone[0]]
        cuts.append((max(0, more[0]), max(0, more[1])))
        zeros.append((max(0, -more[0]), max(0, -more[1])))
    # The layer's own bias would be missing in the zeros, and each part has only some of it.
    has_late_bias = core.grouping.parts > 1 or any(pair != (0, 0) for pair in zeros)
    has_late_bias = has_late_bias or take(target.spelling.dialect)[0].has_wrong_bias(target)
    if has_late_bias and core.layer.has_bias:
        core = core._replace(layer=core.layer._replace(has_bias=False))
        return _plan(source, core, fit, repeats)
    recipe = write_recipe(source, target, core.grouping, core.stuffing, core.lifted)
    return Plan(
        source,
        target,
        recipe,
        core.grouping,
        core.stuffing,
        core.lifted,
        repeats,
        tuple(cuts),
        tuple(zeros),
        has_late_bias,
    )
