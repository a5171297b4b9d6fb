"""A mix of the channels, then a resize (nearest or bilinear): for the kernel of that resize alone.

The kernel of each pair of channels has to be one number times that of the resize. Zeros around the
data stand for the inputs beyond the edge, which a resize repeats.

Source: Odena et al. 2016 (Distill, 10.23915/distill.00003), and for the bilinear kernel Long,
Shelhamer & Darrell 2015 (arXiv 1411.4038), section 3.3.
"""

from __future__ import annotations

from math import prod
from typing import Any

from deconvcli.common.errors import NotExpressible, UsageError
from deconvcli.conversion.equivalent import Core, Steps
from deconvcli.conversion.operations import Convolve, Resize, move_ends
from deconvcli.conversion.recipe import Recipe, Step, list_axes, write_recipe
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import size_text

NEAREST, BILINEAR = "nearest", "bilinear"
# With as many taps as the stride, those of nearest are ones, with every crop.
MAKERS = {NEAREST: "ones", BILINEAR: "bilinear"}
"""The kind of `deconv weights` that makes the kernel of each resize."""


def resize(core: Core) -> Steps:
    """Return a convolution of one tap, zeros around it, a resize, and cuts to the layer's crop."""
    layer, axes = core.source.layer, core.axes
    kind = _find_kind(core)
    strides = tuple([axis.stride for axis in axes])
    points = tuple([Axis(1) for _ in axes])
    given = core.source._replace(
        layer=layer._replace(axes=points, circular=False),
        sizes=core.source.sizes._replace(weight=None),
    )
    target = core.as_layer(points, core.writer.form.kernel)
    recipe = write_recipe(given, target)
    steps = (_take_numbers(core.source, strides, kind), *recipe.steps)
    # Along an axis of stride 1 no output is between inputs.
    edges = [int(kind == BILINEAR and stride > 1) for stride in strides]
    after = move_ends(core.spatial, [(one, one) for one in edges])
    spatial = tuple([n + 2 * one for n, one in zip(core.spatial, edges, strict=True)])
    if max(strides) > 1:
        after.append(Resize(layer.out_channels, spatial, strides, kind))
    wide = tuple([n * stride for n, stride in zip(spatial, strides, strict=True)])
    ends = []
    for axis, one, size, out in zip(axes, edges, wide, core.output_sizes, strict=True):
        first = axis.crop_begin - (axis.kernel - axis.stride) // 2 + one * axis.stride
        ends.append((-first, out + first - size))
    after += move_ends(wide, ends)
    products = layer.in_channels // layer.groups * layer.out_channels
    return Steps(
        (),
        Convolve((1,) * len(axes), (1,) * len(axes), layer.groups, core.is_last),
        tuple(after),
        Recipe(steps, None, ()),
        target.weight_shape,
        (products, *core.spatial),
        kind,
    )


def _find_kind(core: Core) -> str:
    """Return the resize whose kernel has the taps of all axes.

    Raises:
        NotExpressible: there is none.
    """
    kernel = core.source.layer.kernel
    is_dense = all(axis.dilation == 1 or axis.kernel == 1 for axis in core.source.layer.axes)
    for kind in (NEAREST, BILINEAR):
        wanted = tuple([_count_taps(axis.stride, kind) for axis in core.axes])
        if is_dense and kernel == wanted:
            return kind
    by = size_text([axis.stride for axis in core.axes])
    sizes = [
        f"{size_text([_count_taps(axis.stride, kind) for axis in core.axes])} ({kind})"
        for kind in (NEAREST, BILINEAR)
    ]
    apart = "" if is_dense else ", with their dilation,"
    raise NotExpressible(
        f"a kernel of {size_text(kernel)} taps{apart} is not that of a resize by {by}",
        help=f"use a kernel of {' or '.join(sizes)} without a dilation, or another way.",
    )


def _count_taps(stride: int, kind: str) -> int:
    """Return the number of taps of a resize by a factor, on one axis."""
    return stride if kind == NEAREST else 2 * stride - stride % 2


def _take_numbers(source: Reading, strides: tuple[int, ...], kind: str) -> Step:
    """Return the step to one number for each pair of channels, which checks all others."""
    places = _find_spatial(source)
    # The taps on one output.
    phase = dict(zip(places, strides, strict=True))
    starts = [(phase.get(place, 1) - 1, phase.get(place)) for place in range(max(places) + 1)]
    index = tuple([slice(start, None, step) if step else slice(None) for start, step in starts])
    written = ", ".join([f"{start}::{step}" if step else ":" for start, step in starts])
    axes = [(f"t{stride}", stride, _count_after(source, place)) for place, stride in phase.items()]
    factors = [
        f"{name}.reshape({', '.join(['-1', *'1' * after])})" if after else name
        for name, _, after in axes
    ]
    message = f"the weights are no {kind} kernel for each pair of channels"
    lines = (
        *dict.fromkeys([f"{name} = {_write_taps(stride, kind)}" for name, stride, _ in axes]),
        f"m = w[{written}].sum({places}, keepdims=True, dtype=w.dtype)",
        f"kernel = m * {' * '.join(factors)}",
        'near = 4 * np.finfo(w.dtype).eps if w.dtype.kind == "f" else 1e-12',
        "if not np.allclose(w, kernel, near, near * abs(w).max()):",
        f'    raise ValueError("{message}")',
        "w = m",
    )

    def apply(w: Any) -> Any:
        import numpy as np

        m = w[index].sum(places, keepdims=True, dtype=w.dtype)
        near = 4 * np.finfo(w.dtype).eps if w.dtype.kind == "f" else 1e-12
        if not np.allclose(w, m * _spread_taps(source, kind), near, near * abs(w).max()):
            raise UsageError(
                message,
                help=f"use another way: only kernels of `deconv weights {MAKERS[kind]}`, times one"
                " number for each pair of channels, are a resize.",
                code="no-resize",
            )
        return m

    return Step(lines, apply)


def make_kernels(source: Reading, kind: str, weight: Any) -> Any:
    """Return integer weights that a resize can compute, times the first tap of others."""
    index = [0 if place in _find_spatial(source) else slice(None) for place in range(weight.ndim)]
    first = tuple([slice(1) if one == 0 else one for one in index])
    scale = prod([2 * axis.stride for axis in source.layer.axes])
    return weight[first] * (_spread_taps(source, kind) * scale).round().astype(weight.dtype)


def _find_spatial(source: Reading) -> tuple[int, ...]:
    """Return the spatial axes of the weights, in the order of the layer's."""
    rank = len(source.layer.axes)
    axes = list_axes(source.weight_layout, rank, 0)
    return tuple([axes.index((str(axis),)) for axis in range(rank)])


def _count_after(source: Reading, place: int) -> int:
    """Return the axes of the weights after one of them."""
    return len(source.layer.weight_shape(source.weight_layout)) - 1 - place


def _write_taps(stride: int, kind: str) -> str:
    size = _count_taps(stride, kind)
    if kind == NEAREST:
        return f"np.ones({size})"
    return f"1 - abs(np.arange({size}) - {(size - 1) / 2}) / {stride}"


def _spread_taps(source: Reading, kind: str) -> Any:
    """Return the kernel of a resize, which is broadcast to the weights of a layer.

    It is symmetric, and its taps on one output sum to 1.
    """
    import numpy as np

    product: Any = 1
    for axis, place in zip(source.layer.axes, _find_spatial(source), strict=True):
        size = axis.kernel
        taps = np.ones(size)
        if kind == BILINEAR:
            taps -= abs(np.arange(size) - (size - 1) / 2) / axis.stride
        product = product * taps.reshape(-1, *[1] * _count_after(source, place))
    return product


WAY = resize
