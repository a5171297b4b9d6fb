"""TensorFlow 1, whose layers are those of Keras 2."""

from __future__ import annotations

from deconvcli.frameworks.pasted.borrowed._call import INITIALIZERS, KERAS, TF_LAYER, Borrowed

CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "TensorFlow 1",
        ("tf.layers.conv{n}d_transpose", "tf.compat.v1.layers.conv{n}d_transpose"),
        ("inputs", *TF_LAYER, *INITIALIZERS, "reuse"),
        3,
        "tf_keras.layers.Conv{n}DTranspose",
        KERAS,
    ),
    Borrowed(
        "TensorFlow 1",
        ("tf.layers.Conv{n}DTranspose", "tf.compat.v1.layers.Conv{n}DTranspose"),
        (*TF_LAYER, *INITIALIZERS),
        2,
        "tf_keras.layers.Conv{n}DTranspose",
        KERAS,
    ),
)
