"""The backend of Keras 2, whose functions are TensorFlow's."""

from __future__ import annotations

from deconvcli.frameworks.pasted.borrowed._call import Borrowed, Words

_BACKENDS = (
    "K",
    "keras.backend",
    "tf.keras.backend",
    "tensorflow.keras.backend",
    "tf_keras.backend",
)


def _change(given: Words, rank: int) -> Words:
    """Return the words as tf.nn writes them."""
    layouts = {"channels_last": "N{}C", "channels_first": "NC{}"}
    layout, padding = layouts.get(str(given.get("data_format"))), given["padding"]
    axes = {1: "W", 2: "HW", 3: "DHW"}[rank]
    return {
        **given,
        "padding": padding.upper() if isinstance(padding, str) else padding,
        "data_format": layout.format(axes) if layout else None,
    }


CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "Keras 2 (backend)",
        tuple(f"{home}.conv{{n}}d_transpose" for home in _BACKENDS),
        ("x", "kernel", "output_shape", "strides", "padding", "data_format", "dilation_rate"),
        3,
        "tf.nn.conv{n}d_transpose",
        {
            "x": "input",
            "kernel": "filters",
            "output_shape": "output_shape",
            "strides": "strides",
            "padding": "padding",
            "data_format": "data_format",
            "dilation_rate": "dilations",
        },
        {"strides": 1, "padding": "valid"},
        _change,
        "the same function, whose default is SAME",
    ),
)
