"""Equinox, whose layers have PyTorch's sizes and keep the taps of a forward convolution."""

from __future__ import annotations

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.pasted.borrowed._call import TORCH, Borrowed, Words, join_ends

_EQUINOX_START = ("in_channels", "out_channels", "kernel_size", "stride")
_EQUINOX_END = ("dilation", "groups", "use_bias", "padding_mode", "dtype", "key")


def _change(given: Words, rank: int) -> Words:
    """Return the parameters with one number per axis for the crop of both its ends."""
    padding, mode = given.get("padding"), given.get("padding_mode")
    if isinstance(padding, str) and padding.upper() == "VALID":
        return {**given, "padding": 0}
    odd = padding if isinstance(padding, str) and padding.upper() != "SAME" else None
    if odd or (isinstance(mode, str) and mode.upper() != "ZEROS"):
        raise UsageError(
            f"padding {odd or mode!r} of Equinox is not read",
            help="write 'SAME', 'VALID' or numbers.",
            code="pasted-call",
        )
    pairs = padding if isinstance(padding, list) else []
    is_paired = all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)
    return join_ends(given, pairs if is_paired else [], "Equinox")


CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "Equinox",
        ("eqx.nn.ConvTranspose", "equinox.nn.ConvTranspose"),
        ("num_spatial_dims", *_EQUINOX_START, "padding", "output_padding", *_EQUINOX_END),
        4,
        "torch.nn.ConvTranspose{n}d",
        {**TORCH, "use_bias": "bias"},
        change=_change,
        # Equinox convolves the dilated input forward, which meets the taps in reverse.
        remark="the same layer, with the taps reversed",
        padding="padding",
        flips=True,
    ),
    Borrowed(
        "Equinox",
        ("eqx.nn.ConvTranspose{n}d", "equinox.nn.ConvTranspose{n}d"),
        # Unlike the class of any number of axes, these have output_padding before padding.
        (*_EQUINOX_START, "output_padding", "padding", *_EQUINOX_END),
        3,
        "torch.nn.ConvTranspose{n}d",
        {**TORCH, "use_bias": "bias"},
        change=_change,
        remark="the same layer, with the taps reversed",
        padding="padding",
        flips=True,
    ),
)
