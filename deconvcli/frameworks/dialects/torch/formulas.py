"""The steps of both ways to give the end of the crop: output_padding, or an output_size.

Source: torch/nn/modules/conv.py and aten/src/ATen/native/Convolution.cpp of the release that was
measured.
"""

from __future__ import annotations

from deconvcli.frameworks.dialect.limits import INPUT_EXISTS, OUTPUT_EXISTS, not_negative, positive
from deconvcli.frameworks.releases import TORCH
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step

_ONEDNN = (
    "PyTorch's oneDNN kernels (float32, and several images, groups or a kernel larger than 3x3)"
)
_ONEDNN_SOURCE = f"measured with {TORCH}, CPU, one thread"
_DILATION = positive("d", "dilation")
# no_batch: without an image in the batch PyTorch checks less and returns an empty tensor.
_EMPTY_BATCH = "PyTorch accepts inputs of size 0 in an empty batch, though not with every crop"
# Rules that an empty batch evades stand twice: a plain refusal, and one with a note for that batch.
_HEAD = (
    INPUT_EXISTS._replace(condition="n >= 1 or no_batch"),
    INPUT_EXISTS._replace(otherwise=_EMPTY_BATCH, source=_ONEDNN_SOURCE),
    positive("k", "kernel_size"),
    positive("s", "stride"),
    _DILATION._replace(condition="d >= 0"),
    _DILATION._replace(
        condition="d >= 1 or no_batch",
        otherwise=f"{_ONEDNN} were seen to accept dilation 0",
        source=_ONEDNN_SOURCE,
    ),
    not_negative("p", "padding"),
)
_OUTPUT_PADDING = Limit(
    # PyTorch's message, "smaller than either stride or dilation", means the larger of the two.
    "op < max(s, d) or no_batch",
    "output-padding",
    "output_padding {op} is not smaller than stride {s} or dilation {d}",
    "use {max(s, d) - 1} or less: it only chooses among the sizes that one forward convolution"
    " maps to the same {n}.",
)
_CROP = (
    Step("crop_begin", "p", "padding crops the start"),
    Step("crop_end", "p - op", "and the end, where output_padding adds elements back"),
    OUT,
    OUTPUT_EXISTS._replace(condition="out >= 0"),
    OUTPUT_EXISTS._replace(
        condition="out >= 1 or no_batch",
        otherwise=f"{_ONEDNN} return an empty tensor instead if no other size is negative",
        source=_ONEDNN_SOURCE,
    ),
    Limit(
        "out >= 1 and d >= 1 and op < max(s, d)",
        "torch-empty-batch",
        "PyTorch refuses this layer as soon as the batch has an image",
        "use a smaller output_padding than stride or dilation, dilation 1 or more, and crop less.",
        finding=True,
        source=_ONEDNN_SOURCE,
    ),
)
BY_OUTPUT_PADDING = Arithmetic(
    *_HEAD, not_negative("op", "output_padding"), _OUTPUT_PADDING, SPAN, FULL, *_CROP
)
BY_OUTPUT_SIZE = Arithmetic(
    *_HEAD,
    SPAN,
    FULL,
    Step("smallest", "full - 2*p", "the size without output_padding"),
    Limit(
        # By the stride alone: no output_size stands for an output_padding of the stride or more.
        "smallest <= size <= smallest + s - 1",
        "output-size",
        "output_size {size} is outside {smallest} to {smallest + s - 1}",
        "use {smallest} to {smallest + s - 1}, or change the kernel, stride or padding.",
    ),
    Step("op", "size - smallest", "the output_padding that output_size implies"),
    *_CROP,
)
