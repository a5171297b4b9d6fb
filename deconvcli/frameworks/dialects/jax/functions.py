"""The parameters of the two functions of jax.lax."""

from __future__ import annotations

# Parameters that only one of the functions has.
OWN = {
    "conv_transpose": {"strides", "transpose_kernel", "use_consistent_padding"},
    "conv_general_dilated": {
        "window_strides",
        "lhs_dilation",
        "feature_group_count",
        "batch_group_count",
        "out_sharding",
    },
}
_COMMON = ("rhs_dilation", "dimension_numbers")
PARAMETERS = {
    "conv_transpose": (
        *("lhs", "rhs", "strides", "padding", *_COMMON, "transpose_kernel"),
        *("precision", "preferred_element_type", "use_consistent_padding"),
    ),
    "conv_general_dilated": (
        *("lhs", "rhs", "window_strides", "padding", "lhs_dilation", *_COMMON),
        *("feature_group_count", "batch_group_count", "precision", "preferred_element_type"),
        "out_sharding",
    ),
}
NEEDS = {
    "conv_transpose": ("strides", "padding"),
    "conv_general_dilated": ("window_strides", "padding"),
}

# One of its parameters is no stride, though it is called so.
EXAMPLES = {"conv_general_dilated": "x, w, (1, 1), padding=((2, 2), (2, 2)), lhs_dilation=(2, 2)"}
