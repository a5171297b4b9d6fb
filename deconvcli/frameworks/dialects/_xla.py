"""Layers on which XLA on the CPU aborts the process, and layers that it computes wrongly.

They concern JAX, Flax and Keras's jax backend. The answer follows the rule; a finding is added.
"""

from __future__ import annotations

from math import prod

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.releases import JAX
from deconvcli.layers.axis import Axis, Linear, Size
from deconvcli.layers.layer import Reading

ABORT = Diagnostic(
    "xla-abort",
    Severity.WARNING,
    "XLA on the CPU aborts the process here: one axis has kernel 2, stride 2 and no padding around"
    " the input, and the kernels of the other axes have more elements than their inputs",
    "give a larger input, or pad that axis by 1 and slice the output.",
    f"measured with {JAX}, CPU: algebraic_simplifier.cc, Window dimensions do not match RHS shape",
    differs=True,
)


SHIFTED = Diagnostic(
    "xla-shifted-padding",
    Severity.WARNING,
    "XLA on the CPU was seen to compute wrong values in layers like this one: an axis has"
    " negative padding at the start and as much padding at the end, without stride or dilation",
    "slice the start off the input, and pad only at the end.",
    f"measured with {JAX}, CPU: 24 of 72 such layers of 1 and 2 axes; none of 338 others with"
    " negative padding",
    differs=True,
)


ACCIDENTS = (ABORT, SHIFTED)


def add_accidents(reading: Reading) -> Reading:
    """Return the reading with a finding for each known fault of XLA that it meets."""
    reading = add_abort(reading)
    if not is_shifted(reading):
        return reading
    return reading._replace(findings=(*reading.findings, SHIFTED))


def add_abort(reading: Reading, finding: Diagnostic = ABORT) -> Reading:
    """Return the reading, with the finding if XLA aborts on it."""
    if not aborts(reading):
        return reading
    return reading._replace(findings=(*reading.findings, finding))


def aborts(reading: Reading) -> bool:
    """Return whether XLA's simplifier on the CPU aborts on this layer at this input size.

    It exchanges input and kernel if the kernel is larger, and then treats an axis with kernel 2,
    stride 2 and no zeros around it as a batch of two, whatever its size.
    """
    layer = reading.layer
    axes = list(zip(layer.axes, reading.spatial, strict=True))
    # The layer that aborts with one group is computed with two.
    if layer.groups > 1 or layer.circular or 0 in reading.output_shape:
        return False
    # With 2 inputs such an axis has 2 outputs, and a batch of two is right: it does not abort.
    if not any(_is_twofold(axis) and n > 2 for axis, n in axes):
        return False
    counted = [(axis, n) for axis, n in axes if not _is_twofold(axis) and not _is_outer(axis, n)]
    sizes = [n for _, n in counted if not isinstance(n, Linear)]
    # A symbol stands for a large size, which no kernel exceeds.
    return len(sizes) == len(counted) and prod(a.kernel for a, _ in counted) > prod(sizes)


def _is_twofold(axis: Axis) -> bool:
    return axis == Axis(2, 2, 1, 1, 1)


def _is_outer(axis: Axis, n: Size) -> bool:
    return n == axis.dilation == 1 and axis.crop_begin == axis.crop_end == 0


def is_shifted(reading: Reading) -> bool:
    """Return whether an axis removes at its start as much as it pads at its end, stride 1."""
    layer = reading.layer
    if layer.circular or len(layer.axes) > 2 or 0 in reading.output_shape:
        return False
    is_plain = all(axis.stride == axis.dilation == 1 for axis in layer.axes)
    return is_plain and any(_shifts(axis) for axis in layer.axes)


def _shifts(axis: Axis) -> bool:
    reach = axis.span - 1
    return axis.crop_begin > reach and axis.crop_begin + axis.crop_end == 2 * reach
