"""TF-Slim, whose layers pad SAME unless they state it."""

from __future__ import annotations

from deconvcli.frameworks.pasted.borrowed._call import (
    KERAS,
    Borrowed,
    Words,
    lower_words,
    name_layout,
)

_SLIM = (
    *("inputs", "num_outputs", "kernel_size", "stride", "padding", "data_format", "activation_fn"),
    *("normalizer_fn", "normalizer_params", "weights_initializer", "weights_regularizer"),
    *("biases_initializer", "biases_regularizer", "reuse", "variables_collections"),
    *("outputs_collections", "trainable", "scope"),
)


def _change(given: Words, rank: int) -> Words:
    return lower_words({**given, "data_format": name_layout(given.get("data_format"))})


CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "TF-Slim",
        (
            *("slim.conv{n}d_transpose", "slim.convolution{n}d_transpose"),
            *("tf.contrib.layers.conv{n}d_transpose", "tf_slim.conv{n}d_transpose"),
            *("tf.contrib.layers.convolution{n}d_transpose", "tf.contrib.slim.conv{n}d_transpose"),
        ),
        _SLIM,
        3,
        "tf_keras.layers.Conv{n}DTranspose",
        {
            **KERAS,
            "num_outputs": "filters",
            "stride": "strides",
        },
        {"padding": "same"},
        _change,
    ),
)
