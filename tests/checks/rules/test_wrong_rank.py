"""A layer that is for another number of axes than its input has."""

from __future__ import annotations

import pytest

from deconvcli.checks.checking import Settings, check_bytes


def found_in(layers: str, size: str, dialect: str = "torch") -> list[str]:
    """Return what the rule finds in a network of these layers."""
    text = (
        f"networks: {{n: {{dialect: {dialect}, input: {{channels: 4, size: {size}}},"
        f" layers: [{layers}]}}}}"
    )
    settings = Settings(select=("DCV112",))
    return [found.message for found in check_bytes("a", text.encode(), "yaml", settings).findings]


@pytest.mark.parametrize(
    ("layer", "size", "axes"),
    [
        ("'nn.Conv1d(4, 8, 3)'", "16x16", "1 axis"),
        ("'nn.Conv3d(4, 8, 3)'", "16x16", "3 axes"),
        ("'nn.ConvTranspose2d(4, 8, 3)'", "16", "2 axes"),
        ("'nn.ConvTranspose1d(4, 8, 3)'", "16x16x16", "1 axis"),
        ("'nn.MaxPool2d(2)'", "16", "2 axes"),
        ("'nn.AdaptiveAvgPool2d(2)'", "16x16x16", "2 axes"),
        ("'nn.BatchNorm1d(4)'", "16x16", "1 axis"),
        ("'layers.Conv2D(8, 3)'", "16", "2 axes"),
        ("'Conv2DTranspose(8, 3)'", "16x16x16", "2 axes"),
        ("'layers.GlobalAveragePooling1D()'", "16x16", "1 axis"),
        ("{op: conv1d, out_channels: 8, kernel: 3}", "HxW", "1 axis"),
        ("{op: conv_transpose3d, out_channels: 8, kernel: 3}", "16x16", "3 axes"),
        ("relu, 'nn.Conv1d(4, 8, 3)', 'nn.Conv1d(8, 8, 3)'", "16x16", "1 axis"),
    ],
)
def test_a_layer_for_another_number_of_axes_is_found_once(layer: str, size: str, axes: str) -> None:
    [message] = found_in(layer, size)
    assert f": the layer is for {axes}, and its input [4, " in message


@pytest.mark.parametrize(
    ("layers", "size"),
    [
        ("'nn.Conv2d(4, 8, 3)', 'nn.ConvTranspose2d(8, 8, 3)', 'nn.MaxPool2d(2)'", "16x16"),
        ("'nn.Conv1d(4, 8, 3)', 'nn.BatchNorm1d(8)'", "T"),
        ("'nn.Dropout2d()', 'nn.ZeroPad2d(1)'", "16x16x16"),
        ("{op: conv, out_channels: 8, kernel: 3}, {op: max_pool, kernel: 2}, relu", "16x16x16"),
        ("flatten, 'nn.Linear(64, 10)', 'nn.BatchNorm1d(10)'", "16"),
        ("{op: reshape, shape: [1, 8, 8]}, 'nn.Conv2d(1, 8, 3)'", "16"),
    ],
)
def test_layers_for_this_number_of_axes_or_for_any_are_not(layers: str, size: str) -> None:
    assert found_in(layers, size) == []
