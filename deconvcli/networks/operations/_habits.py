"""How each framework pads a sliding window: the words, numbers and pairs that can be said.

Taken from the frameworks' documents. Sizes were held against torch 2.13.0 and Keras 3.15.1 on
random layers; ONNX Runtime leaves the text where `same` meets a dilation or a kernel below the
stride.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, NamedTuple


class Habits(NamedTuple):
    """What a framework lets one say about the ends of a sliding window.

    words: instead of numbers. numbers, pairs: whether one number for both ends, and two of them,
    can be said. default: where nothing is said. rounds_up: whether there is a ceil_mode.
    """

    words: tuple[str, ...] = ()
    numbers: bool = True
    pairs: bool = True
    default: Any = 0
    rounds_up: bool = True


_ONNX = Habits(("valid", "same_upper", "same_lower"))
_XLA = Habits(("valid", "same"), numbers=False, default="valid", rounds_up=False)
_KERAS = _XLA._replace(words=("valid", "same", "causal"), pairs=False)
_PLAIN = Habits(pairs=False)
HABITS = MappingProxyType(
    {
        "torch": _PLAIN._replace(words=("valid", "same")),
        "paddle": Habits(("valid", "same")),
        "tinygrad": Habits(),
        "mlx": _PLAIN._replace(rounds_up=False),
        "keras": _KERAS,
        "keras2": _KERAS,
        "tensorflow": _XLA,
        "tflite": _XLA._replace(pairs=False),
        "coreml": _XLA._replace(rounds_up=True),
        "jax": _XLA,
        "flax": _XLA._replace(numbers=True, default="same"),
        "onnx": _ONNX,
        "openvino": _ONNX,
        "tensorrt": _ONNX,
        "webnn": Habits(),
        "caffe": _PLAIN,
        "mxnet": _PLAIN,
        "onednn": Habits(rounds_up=False),
        "cudnn": _PLAIN._replace(rounds_up=False),
    }
)
