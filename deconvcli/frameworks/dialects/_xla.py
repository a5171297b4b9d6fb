"""XLA on the CPU: the layers on which it aborts the process, and those that it computes wrongly.

JAX, Flax and Keras's jax backend come here; the answer stays the rule's, with a finding.
"""

from __future__ import annotations

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.releases import JAX
from deconvcli.layers.axis import Axis, Linear, Size
from deconvcli.layers.layer import Reading, product

ABORT = Diagnostic(
    "xla-abort",
    Severity.WARNING,
    "XLA on the CPU aborts the process here: one axis has kernel 2, stride 2 and no padding around"
    " the input, and the other axes' kernels hold more elements than their inputs",
    "give a larger input, or pad that axis by 1 and slice the output.",
    f"measured with {JAX}, CPU: algebraic_simplifier.cc, Window dimensions do not match RHS shape",
    differs=True,
)


SHIFTED = Diagnostic(
    "xla-shifted-padding",
    Severity.WARNING,
    "XLA on the CPU was seen to compute wrong values in layers like this one: an axis is padded by"
    " a negative number in front and by as many elements behind, and nothing is strided or dilated",
    "slice the start off the input and pad only behind.",
    f"measured with {JAX}, CPU: 24 of 72 such layers of 1 and 2 axes; none of 338 others with"
    " negative padding",
    differs=True,
)


ACCIDENTS = (ABORT, SHIFTED)


def with_accidents(reading: Reading) -> Reading:
    """The reading, with all findings about what XLA makes of it."""
    reading = with_abort(reading)
    if not is_shifted(reading):
        return reading
    return reading._replace(findings=(*reading.findings, SHIFTED))


def with_abort(reading: Reading, finding: Diagnostic = ABORT) -> Reading:
    """The reading, with the finding where XLA does not survive it."""
    if not aborts(reading):
        return reading
    return reading._replace(findings=(*reading.findings, finding))


def aborts(reading: Reading) -> bool:
    """Whether XLA's simplifier on the CPU ends the process on this layer at this input size.

    It exchanges input and kernel where the kernel is the larger one, and then takes an axis of
    kernel 2, stride 2 and no zeros around for a batch of two, whatever its size is.
    """
    layer = reading.layer
    axes = list(zip(layer.axes, reading.spatial, strict=True))
    if layer.groups > 1 or layer.circular or 0 in reading.output_shape:
        return False
    if not any(_is_twofold(axis) and n > 2 for axis, n in axes):
        return False
    counted = [(axis, n) for axis, n in axes if not _is_twofold(axis) and not _is_outer(axis, n)]
    sizes = [n for _, n in counted if not isinstance(n, Linear)]
    # A symbol stands for a large size, which no kernel exceeds.
    return len(sizes) == len(counted) and product(a.kernel for a, _ in counted) > product(sizes)


def _is_twofold(axis: Axis) -> bool:
    return axis == Axis(2, 2, 1, 1, 1)


def _is_outer(axis: Axis, n: Size) -> bool:
    return n == axis.dilation == 1 and axis.crop_begin == axis.crop_end == 0


def is_shifted(reading: Reading) -> bool:
    """Whether an axis takes from its front what it adds behind, in a layer that only slides."""
    layer = reading.layer
    if layer.circular or len(layer.axes) > 2 or 0 in reading.output_shape:
        return False
    is_plain = all(axis.stride == axis.dilation == 1 for axis in layer.axes)
    return is_plain and any(_shifts(axis) for axis in layer.axes)


def _shifts(axis: Axis) -> bool:
    reach = axis.span - 1
    return axis.crop_begin > reach and axis.crop_begin + axis.crop_end == 2 * reach
