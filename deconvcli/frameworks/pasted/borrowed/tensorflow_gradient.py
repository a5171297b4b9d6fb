"""TensorFlow's gradient of a convolution, which is a transposed convolution."""

from __future__ import annotations

from deconvcli.frameworks.pasted.borrowed._call import Borrowed

CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "TensorFlow's gradient",
        ("tf.raw_ops.Conv2DBackpropInput", "tf.nn.conv2d_backprop_input"),
        (
            *("input_sizes", "filter", "out_backprop", "strides", "padding", "use_cudnn_on_gpu"),
            *("explicit_paddings", "data_format", "dilations"),
        ),
        5,
        "tf.nn.conv2d_transpose",
        {
            "input_sizes": "output_shape",
            "filter": "filters",
            "out_backprop": "input",
            **{name: name for name in ("strides", "padding", "data_format", "dilations")},
        },
    ),
)
