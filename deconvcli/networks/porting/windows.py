"""Layers with a window as steps: convolutions, poolings, and transposed convolutions."""

from __future__ import annotations

from typing import Any

from deconvcli.conversion import convert
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations.conv_transpose import TransposedConvolution
from deconvcli.networks.porting.padding import PAD_WORDS, make_pad
from deconvcli.networks.porting.source import Source
from deconvcli.networks.porting.step import Step

# The frameworks whose mean by default counts the zeros around the input.
_COUNTS_ZEROS = ("torch", "mxnet", "flax")


def make_conv(source: Source) -> list[Step]:
    """Return a convolution, after the elements that surround its input if they are no zeros."""
    return _surround(source, source.keys["out_channels"], source.keys["groups"])


def make_depthwise(source: Source) -> list[Step]:
    """Return a convolution with a group for each channel."""
    [*before, step] = _surround(source, *_count_groups(source, source.output))
    return [*before, step._replace(keys={**step.keys, "is_depthwise": True})]


def make_separable(source: Source) -> list[Step]:
    """Return the convolution of each channel alone, and that of kernel 1 after it."""
    middle = source.output._replace(channels=source.given.channels * source.keys["multiplier"])
    [*before, first] = _surround(source, *_count_groups(source, middle))
    keys = {**first.keys, "bias": False, "is_depthwise": True}
    one = (1,) * source.rank
    mixing = {
        "out_channels": source.keys["out_channels"],
        "kernel": one,
        "stride": one,
        "dilation": one,
        "pads": ((0, 0),) * source.rank,
        "groups": 1,
        "bias": source.keys["bias"],
    }
    return [
        *before,
        first._replace(keys=keys, output=middle, part="depthwise"),
        Step("conv", mixing, (middle,), source.output, "pointwise"),
    ]


def _count_groups(source: Source, output: Shape) -> tuple[int, int]:
    """Return the output channels, and a group for each input channel."""
    out, into = require_numbers([output.channels, source.given.channels])
    return out, into


def _surround(source: Source, out_channels: int, groups: int) -> list[Step]:
    keys = {
        "out_channels": out_channels,
        **_read_window(source),
        "groups": groups,
        "bias": source.keys["bias"],
    }
    mode = source.argument("padding_mode", -1)
    if mode in (None, "zeros"):
        return [Step("conv", keys, (source.given,), source.output)]
    if mode not in PAD_WORDS:
        source.refuse(f"padding_mode is {mode}", f"choose from: {', '.join(PAD_WORDS)}.")
    before = make_pad(source.given, keys["pads"], PAD_WORDS[mode])
    keys["pads"] = ((0, 0),) * source.rank
    return [before, Step("conv", keys, (before.output,), source.output)]


def make_max_pool(source: Source) -> list[Step]:
    """Return a max pooling."""
    if source.argument("return_indices", -1) is True:
        source.refuse("it returns the places of the maxima too", "use a pooling without indices.")
    return [Step("max_pool", _read_window(source), (source.given,), source.output)]


def make_average_pool(source: Source) -> list[Step]:
    """Return an average pooling."""
    keys = _read_window(source)
    counts = source.keys["count_include_pad"]
    counts = source.argument("count_include_pad", -1, counts)
    if counts is None:
        counts = source.family in _COUNTS_ZEROS
    if source.argument("divisor_override", -1) is not None:
        source.refuse("it has a divisor of its own", "use a pooling without divisor_override.")
    if source.keys["ceil_mode"] and any(end > begin for begin, end in keys["pads"]):
        source.refuse(
            "ceil_mode takes the mean of fewer elements at the end", "pad the input before it."
        )
    keys["counts_zeros"] = bool(counts) or not any(map(any, keys["pads"]))
    return [Step("avg_pool", keys, (source.given,), source.output)]


def _read_window(source: Source) -> dict[str, Any]:
    """Return the window of each axis, with the elements added around the input as numbers."""
    parameters = source.node.parameters
    # The scatter that mirrors the window: what it crops is what the window adds.
    axes = source.operation.adjoint(parameters, source.inputs, source.dialect)
    pads = []
    for axis in axes:
        begin, least = require_numbers([axis.crop_begin, axis.crop_end])
        # Of all ends that give as many positions, the one that is equal to the start.
        end = begin if least <= begin < least + axis.stride else max(0, least)
        pads.append((begin, end))
    return {
        "kernel": tuple([axis.kernel for axis in axes]),
        "stride": tuple([axis.stride for axis in axes]),
        "dilation": tuple([axis.dilation for axis in axes]),
        "pads": tuple(pads),
    }


def make_transposed(source: Source) -> list[Step]:
    """Return a transposed convolution, as `conversion` says it."""
    operation = source.operation
    assert isinstance(operation, TransposedConvolution)
    reading = operation.read(source.node.parameters, source.inputs, source.dialect)
    conversion = convert(reading, source.target)
    plan = conversion.plan
    if plan.lifted or plan.folded is not None:
        source.refuse(
            f"{source.target} takes {len(plan.target.spatial)} spatial axes, and not {source.rank}",
            "convert this layer alone, which shows how it is done there.",
        )
    return [Step("conv_transpose", {}, (source.given,), source.output, "", conversion)]
