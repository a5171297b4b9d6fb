"""Keras 1, whose layers have the shape of their output as a parameter."""

from __future__ import annotations

from deconvcli.frameworks.pasted.borrowed._call import Borrowed, Words


def _change(given: Words, rank: int) -> Words:
    """Return one kernel size for rows and columns; drop the output's shape, which follows."""
    given = {**given, "kernel_size": [given.get("nb_row"), given.get("nb_col")]}
    # The orders of Theano and of TensorFlow.
    layouts = {"th": "channels_first", "tf": "channels_last"}
    ordering = given.get("dim_ordering")
    given["data_format"] = layouts.get(ordering) if isinstance(ordering, str) else None
    return given


CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "Keras 1",
        ("keras.layers.Deconvolution2D", "keras.layers.convolutional.Deconvolution2D"),
        (
            *("nb_filter", "nb_row", "nb_col", "output_shape", "init", "activation", "weights"),
            *("border_mode", "subsample", "dim_ordering", "W_regularizer", "b_regularizer"),
            *("activity_regularizer", "W_constraint", "b_constraint", "bias", "input_shape"),
            *("batch_input_shape",),
        ),
        3,
        "tf_keras.layers.Conv2DTranspose",
        {
            "nb_filter": "filters",
            "kernel_size": "kernel_size",
            "subsample": "strides",
            "border_mode": "padding",
            "data_format": "data_format",
            "bias": "use_bias",
            "input_shape": "input_shape",
            "batch_input_shape": "batch_input_shape",
        },
        change=_change,
        remark="the same layer where output_shape agrees with the other parameters",
    ),
)
