"""Haiku, whose layers are those of Flax."""

from __future__ import annotations

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.pasted.borrowed._call import Borrowed, Words

_HAIKU = (
    *("output_channels", "kernel_shape", "stride", "output_shape", "padding", "with_bias"),
    *("w_init", "b_init", "data_format", "mask"),
)
_HAIKU_MEANS = {
    "output_channels": "features",
    "kernel_shape": "kernel_size",
    "stride": "strides",
    "padding": "padding",
    "with_bias": "use_bias",
}


def _change(given: Words, rank: int) -> Words:
    data_format = given.get("data_format")
    if isinstance(data_format, str) and (
        data_format == "channels_first" or data_format.startswith("NC")
    ):
        raise UsageError(
            f"Haiku with data_format {data_format!r} is not read",
            help="write it with channels last: the sizes are the same.",
            code="pasted-call",
        )
    if given.get("output_shape") is not None:
        raise UsageError(
            "output_shape of Haiku is not read", help="leave it out.", code="pasted-call"
        )
    kernel = given.get("kernel_shape")
    if type(kernel) is int:  # Flax takes one number for one axis only
        given = {**given, "kernel_shape": [kernel] * rank}
    return given


CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "Haiku",
        ("hk.Conv{n}DTranspose", "haiku.Conv{n}DTranspose"),
        _HAIKU,
        2,
        "flax.linen.ConvTranspose",
        _HAIKU_MEANS,
        change=_change,
    ),
    Borrowed(
        "Haiku",
        ("hk.ConvNDTranspose", "haiku.ConvNDTranspose"),
        ("num_spatial_dims", *_HAIKU),
        3,
        "flax.linen.ConvTranspose",
        _HAIKU_MEANS,
        change=_change,
    ),
)
