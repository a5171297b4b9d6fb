"""Functions in Python source, which take their weights: F.conv_transpose2d and its relatives."""

from __future__ import annotations

from pathlib import Path

import pytest

from deconvcli.models.model import Model
from deconvcli.models.reading import read_model
from tests.cli.commandline import deconv

HEAD = """\
import torch, paddle, tf_keras, keras
import tensorflow as tf
import torch.nn.functional as F
import mlx.core as mx
import jax.numpy as jnp
import numpy as np
import paddle.nn.functional as P
from jax import lax
from torch import nn
from tinygrad import Tensor
"""


def read(tmp_path: Path, text: str) -> Model:
    path = tmp_path / "a.py"
    path.write_text(f"{HEAD}{text}\n", encoding="utf-8")
    return read_model(str(path), {})


SIZED = {
    "F.conv_transpose2d(x, torch.randn(3, 8, 4, 4), None, 2, 1)": (1, 8, "2H", "2W"),
    "F.conv_transpose1d(x, torch.zeros((3, 8, 4)), stride=2)": (1, 8, "2L+2"),
    # The seventh argument is groups, the eighth dilation.
    "F.conv_transpose2d(x, torch.zeros(4, 8, 3, 3), None, 2, 1, 0, 2, 2)": (
        *(1, 16, "2H+1", "2W+1"),
    ),
    # In MLX dilation comes before output_padding.
    "mx.conv_transpose2d(x, mx.zeros((8, 4, 4, 3)), 2, 1, 1, 1)": (1, "2H+1", "2W+1", 8),
    "P.conv2d_transpose(x, paddle.zeros([3, 8, 4, 4]), stride=2)": (1, 8, "2H+2", "2W+2"),
    "Tensor.conv_transpose2d(x, Tensor.randn(3, 8, 4, 4), stride=2)": (1, 8, "2H+2", "2W+2"),
    "keras.ops.conv_transpose(x, jnp.ones((4, 4, 8, 3)), 2, 'same')": (1, "2H", "2W", 8),
    "lax.conv_transpose(x, jnp.zeros((3, 3, 8, 4)), (2, 2), 'SAME')": (1, "2H", "2W", 4),
    "lax.conv_general_dilated(x, jnp.zeros((8, 4, 3, 3)), (1, 1), ((1, 1), (1, 1)), (2, 2))": (
        *(1, 8, "2H-1", "2W-1"),
    ),
    "tf.nn.conv2d_transpose(tf.zeros([1, 4, 4, 8]), tf.ones([4, 4, 3, 8]), [1, 8, 8, 3], 2)": (
        *(1, 8, 8, 3),
    ),
    "tf_keras.backend.conv2d_transpose(tf.zeros([1, 4, 4, 8]), tf.ones([4, 4, 3, 8]),"
    " (1, 8, 8, 3), (2, 2), 'same')": (1, 8, 8, 3),
    "F.conv_transpose2d(torch.ones(2, 3, 5, 7), torch.zeros(3, 8, 4, 4))": (2, 8, 8, 10),
    "F.conv_transpose1d(x, nn.Parameter(torch.from_numpy(np.random.rand(3, 8, 4)).cuda()))": (
        *(1, 8, "L+3"),
    ),
}


@pytest.mark.parametrize("call", SIZED, ids=range(len(SIZED)))
def test_weights_that_the_file_makes_give_the_size(call: str, tmp_path: Path) -> None:
    found = read(tmp_path, f"y = {call}")
    assert [layer.output for layer in found.layers] == [SIZED[call]]
    assert found.notes == ()


def test_weights_are_found_under_their_names(tmp_path: Path) -> None:
    text = (
        "class Up(nn.Module):\n    def __init__(self):\n"
        "        self.weight = nn.Parameter(torch.empty(3, 8, 4, 4))\n"
        "    def forward(self, x):\n        x = F.relu(x)\n"
        "        return F.conv_transpose2d(x, self.weight, stride=2)"
    )
    [layer] = read(tmp_path, text).layers
    assert (layer.name, layer.output) == ("Up.forward.conv_transpose2d", (1, 8, "2H+2", "2W+2"))
    assert layer.parameters == 3 * 8 * 4 * 4


REFUSED = {
    "F.conv_transpose2d(x, w, None, 2, 1, 2)": "output_padding 2 is not smaller than stride 2",
    "torch.conv_transpose2d(x, w, stride=0)": "stride 0 is not positive",
    "F.conv_transpose2d(x, w, strides=2)": "no parameter 'strides'",
    "P.conv2d_transpose(x, w, None, 2, 1, 2)": "output_padding 2 is not smaller than stride 2",
    "lax.conv_general_dilated(x, w, (1, 1), 'SAME', lhs_dilation=(2, 2))": "padding 'SAME'",
    "F.conv_transpose2d(x, torch.zeros(3, 4, 4))": "have 3 axes, the layer's 4",
    "tf.nn.conv2d_transpose(tf.zeros([1, 4, 4, 8]), w, [1, 9, 8, 3], 2)": "it is 7 to 8",
    "def f(x: Tensor): return x.conv_transpose2d(w, padding=1, pad=2)": "no parameter 'pad'",
}


@pytest.mark.parametrize("call", REFUSED)
def test_what_is_refused_with_every_kernel_is_an_error(call: str, tmp_path: Path) -> None:
    [found] = read(tmp_path, call).findings
    assert REFUSED[call] in found.message


UNKNOWN = [
    "F.conv_transpose2d(x, w, None, 2, 1, 1)",
    "F.conv_transpose2d(x, bilinear_kernel(3, 3, 4), stride=2)",
    "def f(k): return F.conv_transpose2d(x, torch.zeros(3, 3, k, k), stride=2)",
    # Refused with some kernels only.
    "F.conv_transpose2d(x, w, padding=5)",
    "lax.conv_transpose(x, w, (2, 2), 'SAME')",
    "tf.nn.conv2d_transpose(x, w, [1, 8, 8, 3], 2)",
    "tf.nn.conv2d_transpose(x, tf.zeros([4, 4, 3, 8]), [1, 8, 8, 3], 2)",
    "w = np.random.normal(0, 1)\nF.conv_transpose2d(x, w)",
    "def f(x: Tensor): return x.conv_transpose2d(w, stride=2)",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_a_kernel_that_is_not_known_gives_no_size_and_no_error(text: str, tmp_path: Path) -> None:
    found = read(tmp_path, text)
    assert [layer.output for layer in found.layers] == [None]
    assert found.findings == ()
    assert "1 layer with numbers that only the program has" in found.notes[0]


OTHERS = [
    "lax.conv_general_dilated(x, w, (1, 1), 'SAME')",
    "lax.conv_general_dilated(x, w, (1, 1), 'SAME', lhs_dilation=(1, 1))",
    "lax.conv_general_dilated(x, w, (1, 1), 'SAME', lhs_dilation=d)",
    "lax.conv_general_dilated(x, w, (2, 1), 'SAME', lhs_dilation=(2, 2))",
    "lax.conv_general_dilated(x, w, (1, 1), 'SAME', (2, 2), batch_group_count=2)",
    "from own import F\nF.conv_transpose2d(x, w, foo=1)",
    "def f(x): return x.conv_transpose2d(w, foo=1)",
    "class A:\n    def f(self): return self.conv_transpose2d(w, foo=1)",
]


@pytest.mark.parametrize("text", OTHERS)
def test_other_functions_are_none_of_a_framework(text: str, tmp_path: Path) -> None:
    found = read(tmp_path, text)
    assert (found.layers, found.findings, found.notes) == ((), (), ())


def test_the_order_of_conv2d_is_reported_for_functions(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(f"{HEAD}y = F.conv_transpose2d(x, w, None, 2, 1, 1)\n", encoding="utf-8")
    done = deconv(f"check {path} --isolated --table")
    assert "DCV205" in done.out
    assert "y (line 11)  conv_transpose2d  -" in done.out
