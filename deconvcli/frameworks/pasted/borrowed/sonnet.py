"""Sonnet, whose layers take the largest of the output sizes that are possible."""

from __future__ import annotations

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.pasted.borrowed._call import Borrowed, Words, lower_words, name_layout


def _change(given: Words, rank: int) -> Words:
    """Return the parameters for the largest of the output sizes that are possible, as in Sonnet."""
    if given.get("output_shape") is not None:
        raise UsageError(
            "output_shape of Sonnet is not read",
            help="write tf.nn.conv2d_transpose(x, w, output_shape, stride, padding) and the kernel"
            " as an option.",
            code="pasted-call",
        )
    stride = given.get("stride", 1)
    if given.get("padding") == "VALID" and type(stride) in (int, list):
        # Measured: dm-sonnet 2.0.2 gives the values of Keras 2 with output_padding stride - 1.
        each = stride if isinstance(stride, list) else [stride] * rank
        given = {**given, "output_padding": [n - 1 if type(n) is int else n for n in each]}
    return lower_words({**given, "data_format": name_layout(given.get("data_format"))})


CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "Sonnet",
        ("snt.Conv{n}DTranspose", "sonnet.Conv{n}DTranspose"),
        (
            *("output_channels", "kernel_shape", "output_shape", "stride", "rate", "padding"),
            *("with_bias", "w_init", "b_init", "data_format"),
        ),
        2,
        "tf_keras.layers.Conv{n}DTranspose",
        {
            **{name: name for name in ("padding", "output_padding", "data_format")},
            "output_channels": "filters",
            "kernel_shape": "kernel_size",
            "stride": "strides",
            "rate": "dilation_rate",
            "with_bias": "use_bias",
        },
        {"padding": "SAME"},
        _change,
    ),
)
