"""The resolution of each layer, as a share of the input's: layers of one share are one column.

Sizes alone do not decide, since convolutions without padding at their ends lose a few elements.
Along the path each layer multiplies the resolution by a whole number or divides it by one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from math import prod
from typing import NamedTuple, TypeAlias

from deconvcli.views.drawing.network.graph import DrawnLayer

Scale: TypeAlias = tuple[Fraction, ...]
"""The resolution along each axis; 1 is that of the first input. Empty for flat tensors."""
MAX_COLUMNS = 16
"""The most columns of a picture; of more resolutions, those of about the same size share one."""
# They change the last axis alone, whatever axis that is.
_MATRICES = re.compile(r"matmul|gemm|(?<!bi)(?<!tri)linear|dense|fully_?connected|addmm")
# What they add lies at the edges, or is cut off there.
_EDGES = re.compile(r"pad|crop|slice")
# They make nothing larger but by their edges, except those that undo others.
_WINDOWS = re.compile(r"pad|crop|slice|pool|conv")
_UNDO = re.compile(r"transpos|deconv|backprop|unpool")


class _State(NamedTuple):
    """The resolution that a layer has, and the extent that stands for it."""

    scale: Scale
    extent: tuple[int, ...]


_NOWHERE = _State((), ())


def find_scales(layers: Sequence[DrawnLayer], drawn: Collection[int]) -> list[Scale]:
    """Return the resolution of each layer that is drawn; of others none."""
    states: list[_State] = []
    # By the number of axes: an image is no share of a signal.
    first: dict[int, _State] = {}
    for number, layer in enumerate(layers):
        if number not in drawn:
            states.append(_NOWHERE)
            continue
        takes = [one for one in layer.takes if one in drawn]
        state = _find_state(layer._replace(takes=tuple(takes)), layers, states, first)
        if state.extent:
            first.setdefault(len(state.extent), state)
        states.append(state)
    scales = [
        () if layer.extent == () else state.scale
        for layer, state in zip(layers, states, strict=True)
    ]
    return _share_columns(scales)


def _find_state(
    layer: DrawnLayer,
    layers: Sequence[DrawnLayer],
    states: Sequence[_State],
    first: Mapping[int, _State],
) -> _State:
    for number in layer.takes:
        if _has_sizes(layers[number], layer):
            return states[number]
    before = [states[number] for number in layer.takes if states[number].extent]
    if not layer.extent:
        return _find_unknown(layer, before[0]) if before else next(iter(first.values()), _NOWHERE)
    if before and _keeps_resolution(layer, before[0]):
        return before[0]
    whole = _State((Fraction(1),) * len(layer.extent), layer.extent)
    same = [state for state in before if len(state.extent) == len(layer.extent)]
    # Of several inputs, the one that has the resolution of the output.
    equal = [state for state in same if state.extent == layer.extent]
    start = (*equal, *same, first.get(len(layer.extent), whole))[0]
    pairs = zip(start.extent, layer.extent, strict=True)
    factors = [_find_factor(old, new) for old, new in pairs]
    if _moves_edges(layer, factors, start):
        return _State(start.scale, layer.extent)
    scale = [own * factor for own, factor in zip(start.scale, factors, strict=True)]
    return _State(tuple(scale), layer.extent)


def _moves_edges(layer: DrawnLayer, factors: Sequence[Fraction], before: _State) -> bool:
    """Return whether a layer cuts or pads its input, however much, at the same resolution."""
    kind = layer.kind.lower()
    if layer.call or _UNDO.search(kind) or not _WINDOWS.search(kind):
        return False
    if any(factor > 1 for factor in factors):
        return True
    # A slice of every second element has another resolution.
    pairs = zip(before.extent, layer.extent or (), strict=True)
    return _EDGES.search(kind) is not None and any(old % max(1, new) for old, new in pairs)


def _find_unknown(layer: DrawnLayer, before: _State) -> _State:
    """Return the state of a layer whose sizes are not known, from its strides if it has any."""
    if layer.extent is not None or len(layer.strides) != len(before.extent):
        return before
    scale = [own * stride for own, stride in zip(before.scale, layer.strides, strict=True)]
    extent = [own * stride for own, stride in zip(before.extent, layer.strides, strict=True)]
    return _State(tuple(scale), tuple(extent))


def _keeps_resolution(layer: DrawnLayer, before: _State) -> bool:
    """Return whether a layer changes no spatial size, though its sizes are others."""
    # An axis more or less is no other resolution.
    is_reshaped = len(before.extent) != len(layer.extent or ())
    return is_reshaped or _MATRICES.search(layer.kind.lower()) is not None


def _has_sizes(one: DrawnLayer, other: DrawnLayer) -> bool:
    """Return whether two tensors have the same sizes, perhaps along other axes."""
    if one.sizes is None or other.sizes is None:
        return False
    return sorted(map(str, one.sizes)) == sorted(map(str, other.sizes))


def _find_factor(old: int, new: int) -> Fraction:
    """Return the whole number, or one part of it, by which a size is another one."""
    if old < 1 or new < 1:
        return Fraction(1)
    if new >= old:
        return Fraction((2 * new + old) // (2 * old))
    return Fraction(1, (2 * old + new) // (2 * new))


def order_scales(scales: Sequence[Scale]) -> list[Scale]:
    """Return each resolution once: the largest first, flat tensors last."""
    return sorted(set(scales), key=lambda scale: (not scale, -prod(scale), scale))


def _share_columns(scales: list[Scale]) -> list[Scale]:
    """Return the resolutions; where they are too many, about the same ones become one."""
    step = 1
    shared = scales
    while len(set(shared)) > MAX_COLUMNS:
        first: dict[int | None, Scale] = {}
        shared = [
            first.setdefault(_find_power(scale) // step if scale else None, scale)
            for scale in scales
        ]
        step *= 2
    return shared


def _find_power(scale: Scale) -> int:
    """Return about the power of 2 that a resolution is."""
    whole = prod(scale)
    return whole.numerator.bit_length() - whole.denominator.bit_length()


def write_scale(scale: Scale) -> str:
    """Return a resolution as `1/4`, or `1/2x1` where the axes differ; empty if it says little."""
    if not scale or any(max(part.numerator, part.denominator) > 4096 for part in scale):
        return ""
    texts = [str(part) for part in scale]
    return texts[0] if len(set(texts)) == 1 else "x".join(texts)
