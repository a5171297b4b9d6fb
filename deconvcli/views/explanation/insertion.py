"""The layer as an ordinary convolution of its input with zeros inserted, kernel reversed.

Source: Dumoulin & Visin 2016 (arXiv 1603.07285), section 4.6.
"""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.layers.axis import Axis, Size


class Insertion(NamedTuple):
    """A convolution of stride 1 that computes the same values along one axis.

    between: zeros between neighbouring inputs, giving `spread` elements. before, behind: zeros at
    the start and at the end; a negative number removes elements. output_size: of the convolution.
    The names are the keys of the JSON, which stay as they are.
    """

    between: int
    spread: Size
    before: Size
    behind: Size
    output_size: Size


def find_insertion(axis: Axis, n: Size) -> Insertion:
    """Return the zeros to insert along one axis with n inputs."""
    spread = (n - 1) * axis.stride + 1
    # The reversed kernel reaches span - 1 elements before the first input; the crop takes some off.
    before, behind = axis.span - 1 - axis.crop_begin, axis.span - 1 - axis.crop_end
    out = before + spread + behind - axis.span + 1
    return Insertion(axis.stride - 1, spread, before, behind, out)


def describe_insertion(axis: Axis, n: Size, kernel: str) -> str:
    """Return the recipe with the numbers filled in; kernel: how to take the kernel."""
    found = find_insertion(axis, n)
    zeros = "zero" if found.between == 1 else "zeros"
    become = "becomes" if n == 1 else "become"
    around = f"{_zeros(found.before, 'at the start')}, {_zeros(found.behind, 'at the end')}"
    dilated = f" and dilation {axis.dilation}" if axis.dilation != 1 else ""
    size = f"{found.before} + {found.spread} + {found.behind} - {axis.span} + 1"
    return (
        f"insert s - 1 = {found.between} {zeros} between the inputs ({n} {become} {found.spread}),"
        f" pad them with span - 1 - crop zeros ({around}), and convolve with {kernel} at stride"
        f" 1{dilated}: {size} = {found.output_size}."
    )


def _zeros(count: Size, where: str) -> str:
    return f"{-count} removed {where}" if count < 0 else f"{count} {where}"
