"""MindSpore, whose padding by a word is that of Keras and by numbers that of PyTorch."""

from __future__ import annotations

from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.frameworks.pasted.borrowed._call import TORCH, Borrowed, Words, is_all, join_ends
from deconvcli.frameworks.pasted.layer import Name

# Each number of axes has an order of its own for what follows.
_MINDSPORE_START = ("in_channels", "out_channels", "kernel_size", "stride", "pad_mode", "padding")
_MINDSPORE_END = ("data_format", "dtype")


def _change(given: Words, rank: int) -> Words:
    """Return the parameters with one number per axis for the crop of both its ends."""
    word, padding = given.get("pad_mode"), given.get("padding")
    if word == "pad":
        return join_ends(given, _pair_up(padding, 2 * rank), "MindSpore")
    if word not in ("same", "valid"):
        shown = word.text if isinstance(word, Name) else shorten(word)
        raise UsageError(
            f"pad_mode of MindSpore is {shown}",
            help="write 'same', 'valid' or 'pad'.",
            code="pasted-call",
        )
    if not is_all(padding, 0):
        raise UsageError(
            "MindSpore, whose name this is, takes a padding only with pad_mode='pad'",
            help="write nn.ConvTransposeNd for PyTorch's layer, with N for the number of axes, or"
            " add pad_mode='pad'.",
            code="pasted-call",
        )
    return given


def _pair_up(numbers: Any, count: int) -> list[Any]:
    """Return (begin, end) per axis for a list of `count` numbers."""
    if not isinstance(numbers, list) or len(numbers) != count:
        return []
    return list(zip(numbers[::2], numbers[1::2], strict=True))


CALLS: tuple[Borrowed, ...] = (
    *(
        Borrowed(
            "MindSpore",
            # Nobody else writes Conv2dTranspose with this small d, so a bare nn is enough.
            tuple(f"{home}.Conv{rank}dTranspose" for home in ("mindspore.nn", "ms.nn", "nn")),
            (*_MINDSPORE_START, *order, "has_bias", "weight_init", "bias_init", *_MINDSPORE_END),
            3,
            f"torch.nn.ConvTranspose{rank}d",
            {**TORCH, "group": "groups", "has_bias": "bias"},
            {"has_bias": False, "pad_mode": "same"},
            _change,
            padding="pad_mode",
        )
        for rank, order in (
            (1, ("dilation", "group")),
            (2, ("output_padding", "dilation", "group")),
            (3, ("dilation", "group", "output_padding")),
        )
    ),
)
