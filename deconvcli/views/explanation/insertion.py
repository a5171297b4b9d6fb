"""The layer as a plain convolution: zeros between the inputs and around them, kernel reversed.

Source: Dumoulin & Visin 2016 (arXiv 1603.07285), section 4.6.
"""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.layers.axis import Axis, Size


class Insertion(NamedTuple):
    """The same values along one axis by a convolution of stride 1.

    between: zeros from one input to the next, which make `spread` elements. before, behind: zeros
    around these; negative ones take elements away. output_size: what the convolution leaves.
    """

    between: int
    spread: Size
    before: Size
    behind: Size
    output_size: Size


def find_insertion(axis: Axis, n: Size) -> Insertion:
    """Of one axis with n inputs."""
    spread = (n - 1) * axis.stride + 1
    before, behind = axis.span - 1 - axis.crop_begin, axis.span - 1 - axis.crop_end
    out = before + spread + behind - axis.span + 1
    return Insertion(axis.stride - 1, spread, before, behind, out)


def describe_insertion(axis: Axis, n: Size, order: str) -> str:
    """What to do, with the numbers put in; order: of the kernel's taps."""
    found = find_insertion(axis, n)
    zeros = "zero" if found.between == 1 else "zeros"
    become = "becomes" if n == 1 else "become"
    around = f"{_zeros(found.before, 'in front')}, {_zeros(found.behind, 'behind')}"
    dilated = f" and dilation {axis.dilation}" if axis.dilation != 1 else ""
    size = f"{found.before} + {found.spread} + {found.behind} - {axis.span} + 1"
    return (
        f"put s - 1 = {found.between} {zeros} between the inputs ({n} {become} {found.spread}) and"
        f" span - 1 - crop around them: {around}; convolve with the kernel {order} at stride"
        f" 1{dilated}: {size} = {found.output_size}."
    )


def _zeros(count: Size, where: str) -> str:
    return f"{-count} taken away {where}" if count < 0 else f"{count} {where}"
