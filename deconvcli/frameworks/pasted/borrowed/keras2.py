"""Names that Keras 2 kept from Keras 1, with parameters of its own."""

from __future__ import annotations

from deconvcli.frameworks.pasted.borrowed._call import INITIALIZERS, KERAS, TF_LAYER, Borrowed

CALLS: tuple[Borrowed, ...] = (
    *(
        Borrowed(
            "Keras 2",
            tuple(f"{home}.{name}" for home in ("keras.layers", "keras.layers.convolutional")),
            (*TF_LAYER[:4], "output_padding", *TF_LAYER[4:], *INITIALIZERS, "input_shape"),
            2,
            f"tf_keras.layers.Conv{rank}DTranspose",
            {**KERAS, "output_padding": "output_padding", "input_shape": "input_shape"},
        )
        for rank, name in (
            *((2, "Deconvolution2D"), (2, "Deconv2D")),
            *((3, "Deconvolution3D"), (3, "Deconv3D")),
        )
    ),
)
