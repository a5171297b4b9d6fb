"""The layers that a backend gets wrong, one for each thing that goes wrong, in canonical form."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer


class Edge(NamedTuple):
    """A layer, and the input on which it is computed; name: what it stresses."""

    name: str
    layer: Layer
    spatial: tuple[int, ...]
    batch: int = 2


# Sizes, channels and batch differ from each other: a mistaken axis changes a shape.
_SPATIAL = (5, 4, 3)
_AXIS = Axis(4, 3, 1, 0, 0)
_SIGNS = {-1: "append", 0: "keep", 1: "crop"}


def _make(
    name: str,
    *axes: Axis,
    channels: tuple[int, int] = (3, 2),
    groups: int = 1,
    bias: bool = True,
    spatial: tuple[int, ...] = _SPATIAL,
    batch: int = 2,
) -> Edge:
    layer = Layer(axes, *channels, groups, bias)
    return Edge(name, layer, spatial[: len(axes)], batch)


def list_edges() -> list[Edge]:
    """Return the layers of the suite, each under a name of its own."""
    return [*_list_crops(), *_list_kernels(), *_list_channels(), *_list_sizes()]


def _list_crops() -> Iterator[Edge]:
    """Yield every sign of both crops in 1-D to 3-D, and crops of different sizes."""
    for rank, (begin, end) in product((1, 2, 3), product(_SIGNS, repeat=2)):
        name = f"crop_{rank}d_begin_{_SIGNS[begin]}_end_{_SIGNS[end]}"
        yield _make(name, *[_AXIS._replace(crop_begin=begin, crop_end=end)] * rank)
    for name, begin, end in (
        ("crop_begin_larger", 2, 1),
        ("crop_end_larger", 1, 2),
        ("crop_beyond_kernel", 5, 5),
        ("append_a_stride", 0, -3),
        ("crop_begin_append_end_unequal", 3, -1),
    ):
        yield _make(name, *[_AXIS._replace(crop_begin=begin, crop_end=end)] * 2)
    yield _make("crop_per_axis", Axis(3, 2, 1, 1, 0), Axis(3, 2, 1, 0, 1))


def _list_kernels() -> Iterator[Edge]:
    """Yield kernels, strides and dilations in all their relations."""
    for name, axis in (
        ("kernel_1", Axis(1, 1, 1, 0, 0)),
        ("kernel_1_stride_3", Axis(1, 3, 1, 0, 0)),
        ("kernel_below_stride", Axis(2, 3, 1, 0, 0)),
        ("kernel_below_stride_appended", Axis(2, 5, 1, 0, -3)),
        ("kernel_equals_stride", Axis(3, 3, 1, 0, 0)),
        ("kernel_multiple_of_stride", Axis(4, 2, 1, 1, 1)),
        ("kernel_not_multiple_of_stride", Axis(5, 3, 1, 1, 1)),
        ("kernel_beyond_input", Axis(7, 1, 1, 3, 3)),
        ("same_even_kernel", Axis(4, 1, 1, 1, 2)),
        ("same_odd_kernel", Axis(3, 2, 1, 0, 1)),
        ("dilation", Axis(3, 1, 2, 0, 0)),
        ("dilation_cropped", Axis(3, 1, 2, 2, 2)),
        ("dilation_equals_stride", Axis(3, 2, 2, 1, 1)),
        ("dilation_coprime_to_stride", Axis(3, 2, 3, 1, 1)),
        ("dilation_appended", Axis(2, 2, 3, 0, -1)),
    ):
        yield from (_make(f"{name}_{rank}d", *[axis] * rank) for rank in (1, 2, 3))
    yield _make("kernel_per_axis", Axis(3, 2, 1, 0, 0), Axis(5, 2, 1, 0, 0))
    yield _make("stride_per_axis", Axis(3, 2, 1, 0, 0), Axis(3, 1, 1, 0, 0))
    yield _make("dilation_per_axis", Axis(3, 1, 1, 0, 0), Axis(3, 1, 2, 0, 0))
    axes = (Axis(3, 1, 2, 1, 1), Axis(4, 2, 1, 1, 1), Axis(2, 3, 1, 0, 0))
    yield _make("everything_per_axis", *axes)


def _list_channels() -> Iterator[Edge]:
    """Yield groups, and numbers of channels that fill no vector."""
    axis = Axis(4, 2, 1, 1, 1)
    for rank in (1, 2, 3):
        yield _make(f"groups_2_{rank}d", *[axis] * rank, channels=(4, 6), groups=2)
        yield _make(f"depthwise_{rank}d", *[axis] * rank, channels=(3, 3), groups=3)
    axes = [axis] * 2
    yield _make("depthwise_multiplier", *axes, channels=(3, 6), groups=3)
    yield _make("groups_of_inputs", *axes, channels=(6, 2), groups=2)
    dilated = [Axis(3, 2, 3, 1, 1)] * 2
    yield _make("groups_dilation", *dilated, channels=(4, 6), groups=2)
    yield _make("one_channel", *axes, channels=(1, 1))
    yield _make("odd_channels", *axes, channels=(17, 9))
    yield _make("no_bias", *axes, bias=False)


def _list_sizes() -> Iterator[Edge]:
    """Yield inputs of one element, of one line, and one without other images."""
    axes = [Axis(4, 2, 1, 1, 1)] * 2
    yield _make("one_input", *axes, spatial=(1, 1))
    yield _make("one_line", *axes, spatial=(1, 7))
    yield _make("one_image", *axes, batch=1)
    yield _make("long_line", axes[0], spatial=(67,))
