"""Every rule that has an exact edit tells it: a layer, the finding, the layer as it becomes."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

import pytest

from deconvcli.hints import applied
from tests.hints.edits import checked, network

# A layer, the rule, the layer with the edit made; input: 4 channels, 8x8.
CALLS = [
    ("nn.Conv2d(5, 8, 3)", "DCV107", "nn.Conv2d(4, 8, 3)"),
    ("nn.Conv2d(out_channels=8, kernel_size=3, in_channels=5)", "DCV107", "nn.Conv2d(out_channels=8, kernel_size=3, in_channels=4)"),
    ("nn.ConvTranspose2d(4, 4, 4, 2, 1, 0)", "DCV205", "nn.ConvTranspose2d(4, 4, 4, 2, 1, output_padding=0)"),
    ("nn.ConvTranspose2d(4, 4, (4, 4), 2, 1, 0, 2, bias=True)", "DCV205", "nn.ConvTranspose2d(4, 4, (4, 4), 2, 1, output_padding=0, groups=2, bias=True)"),
    ("nn.ConvTranspose2d(4, 4, 4, 2, 1, 3)", "DCV104", "nn.ConvTranspose2d(4, 4, 4, 2, 1, 1)"),
]  # fmt: skip
UP = "{op: conv_transpose, out_channels: 4, "
KERNELS = [
    (UP + "kernel: 3, stride: 2, padding: 1, output_padding: 1}", "DCV201", UP + "kernel: 4, stride: 2, padding: 1, output_padding: 0}"),
    (UP + "kernel: 3, stride: 2, padding: 1, output_padding: 1}", "DCV203", UP + "kernel: 4, stride: 2, padding: 1, output_padding: 0}"),
    (UP + "kernel: [3, 4], stride: 2, padding: 1, output_padding: [1, 0]}", "DCV201", UP + "kernel: 4, stride: 2, padding: 1, output_padding: 0}"),
    (UP + "kernel: 5, stride: 3, padding: 1}", "DCV201", UP + "kernel: 3, stride: 3, padding: 0}"),
    (UP + "kernel: 1, stride: 2, output_padding: 1}", "DCV202", UP + "kernel: 2, stride: 2, output_padding: 0}"),
    (UP + "kernel: 2, stride: 2, dilation: 2, padding: 1, output_padding: 1}", "DCV202", UP + "kernel: 2, stride: 2, dilation: 1, padding: 0, output_padding: 0}"),
    (UP + "kernel: 10, stride: 5, padding: 3, output_padding: 1}", "DCV203", UP + "kernel: 15, stride: 5, padding: 5, output_padding: 0}"),
    (UP + "kernel: 3, stride: 2, padding: same, dialect: keras}", "DCV201", UP + "kernel: 4, stride: 2, padding: same, dialect: keras}"),
    (UP + "kernel: 1, stride: 2, dialect: keras}", "DCV202", UP + "kernel: 2, stride: 2, dialect: keras}"),
    ("nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, output_padding=1)", "DCV201", "nn.ConvTranspose2d(4, 4, 4, stride=2, padding=1, output_padding=0)"),
    ("Conv2DTranspose(4, 3, strides=2, padding='same')", "DCV203", "Conv2DTranspose(4, 4, strides=2, padding='same')"),
]  # fmt: skip
VALUES = [
    (UP + "kernel: 4, stride: 2, padding: 1, output_padding: 3}", "DCV104", UP + "kernel: 4, stride: 2, padding: 1, output_padding: 1}"),
    (UP + "kernel: 4, stride: 2, output_padding: [0, 2]}", "DCV104", UP + "kernel: 4, stride: 2, output_padding: [0, 1]}"),
    (UP + "kernel: 4, stride: 2, output_size: 33}", "DCV104", UP + "kernel: 4, stride: 2, output_size: 19}"),
    (UP + "kernel: 4, stride: 2, output_size: [9, 18]}", "DCV104", UP + "kernel: 4, stride: 2, output_size: 18}"),
    (UP + "kernel: 4, stride: 2, padding: same}", "DCV104", UP + "kernel: 4, stride: 2, padding: 1}"),
    (UP + "kernel: 4, stride: 2, padding: valid}", "DCV104", UP + "kernel: 4, stride: 2, padding: 0}"),
    (UP + "kernel: 4, stride: 2, padding: 1, dialect: keras}", "DCV104", UP + "kernel: 4, stride: 2, padding: same, dialect: keras}"),
    ("{op: conv, out_channels: 4, kernel: 5, stride: 2, padding: same}", "DCV104", "{op: conv, out_channels: 4, kernel: 5, stride: 2, padding: 2}"),
    ("{op: conv, out_channels: 4, kernel: 3, padding: 0, dialect: keras}", "DCV104", "{op: conv, out_channels: 4, kernel: 3, padding: valid, dialect: keras}"),
    ("{op: conv, out_channels: 4, kernel: 3, padding: smae}", "DCV104", "{op: conv, out_channels: 4, kernel: 3, padding: same}"),
    ("{op: conv, out_channels: 6, kernel: 3, groups: 3}", "DCV108", "{op: conv, out_channels: 6, kernel: 3, groups: 2}"),
    (UP + "kernel: 4, stride: 2, groups: 64}", "DCV108", UP + "kernel: 4, stride: 2, groups: 4}"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "code", "edited"), CALLS + KERNELS + VALUES)
def test_the_edit_is_told(layer: str, code: str, edited: str) -> None:
    assert after(layer, code) == edited


def after(layer: str, code: str) -> str:
    """The layer with the edits of the finding of this rule made."""
    text = network("relu", layer)
    one = checked(text)
    [edits] = [edits for found, edits in one.edits.items() if found.code == code]
    before, _, rest = text.partition(layer)
    return applied(text, edits).removeprefix(before).removesuffix(rest)


def test_a_layer_that_a_target_cannot_say_is_evened() -> None:
    layer = UP + "kernel: 3, stride: 2, padding: 1, output_padding: 1}"
    one = checked(network(layer, head="targets: [keras]\n"))
    told = {found.code: edits for found, edits in one.edits.items()}
    assert [edit.new for edit in told["DCV204"]] == ["4", "0"]
    assert set(told) == {"DCV201", "DCV203", "DCV204"}


def test_nothing_is_told_where_every_kernel_has_another_fault() -> None:
    """An odd size of stride 2: with an even kernel one end is cropped more than the other."""
    one = checked(network(UP + "kernel: 3, stride: 2, padding: 1}"))
    assert [found.code for found in one.findings] == ["DCV201"]
    assert not one.edits


@pytest.mark.parametrize(
    "layer",
    [
        # keras' `same` crops the end, torch the start: the values would move by one.
        UP + "kernel: 3, stride: 2, padding: same}",
        UP + "kernel: 3, stride: 2, padding: 1, output_padding: 1, dialect: keras}",
        "{op: conv, out_channels: 4, kernel: [3, 3, 3], padding: 1, dialect: keras}",
        "{op: conv, out_channels: 4, kernel: 4, stride: 2, padding: [[1, 2], [0, 1]]}",
    ],
)
def test_what_another_word_would_change_is_left_alone(layer: str) -> None:
    one = checked(network(layer))
    assert [found.code for found in one.findings] == ["DCV104"]
    assert not one.edits
