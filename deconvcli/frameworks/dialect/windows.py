"""How a framework pads the sliding window of a convolution or a pooling.

Each dialect states its own, from its framework's documents. Sizes were compared with torch and
Keras on random layers; ONNX Runtime departs from the text where `same` meets a dilation, or a
kernel smaller than the stride.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from deconvcli.layers.layout import Layout

FORWARD_WEIGHT = Layout(("GO", "I", "*"))
"""The axes of a convolution's weights in most frameworks."""
LAST_FORWARD_WEIGHT = Layout(("GO", "*", "I"))
"""Those of the runtimes whose channels are last."""


class Windows(NamedTuple):
    """What a framework accepts as the padding of a sliding window, and how it rounds.

    The defaults are what any framework with numbers has: one number for both ends of each axis.

    words: accepted in place of numbers: valid, same, same_upper, same_lower, causal. numbers,
    pairs: whether one number for both ends, and one for each end, are accepted. default: the
    padding where none is given. rounds_up: whether there is a ceil_mode. same_has_strides: whether
    a convolution with strides takes the word `same`. at_most_half_kernel: whether a pooling
    refuses more padding than half its kernel. any_case: whether it takes its words in capitals too.
    weights: the axes of a convolution's weights.
    """

    words: tuple[str, ...] = ()
    numbers: bool = True
    pairs: bool = False
    default: Any = 0
    rounds_up: bool = False
    same_has_strides: bool = True
    at_most_half_kernel: bool = False
    any_case: bool = True
    weights: Layout = FORWARD_WEIGHT


XLA_WINDOWS = Windows(
    ("valid", "same"),
    numbers=False,
    pairs=True,
    default="valid",
    weights=Layout(("*", "I", "GO")),
)
ONNX_WINDOWS = Windows(("valid", "same_upper", "same_lower"), pairs=True, rounds_up=True)
