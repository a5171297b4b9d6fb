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


@pytest.mark.parametrize(("layer", "code", "edited"), CALLS)
def test_the_edit_is_told(layer: str, code: str, edited: str) -> None:
    assert after(layer, code) == edited


def after(layer: str, code: str) -> str:
    """The layer with the edits of the finding of this rule made."""
    text = network("relu", layer)
    one = checked(text)
    [edits] = [edits for found, edits in one.edits.items() if found.code == code]
    before, _, rest = text.partition(layer)
    return applied(text, edits).removeprefix(before).removesuffix(rest)
