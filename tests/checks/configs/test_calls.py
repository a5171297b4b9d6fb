"""Pasted calls: which keys their arguments are, and words that another framework has."""

from __future__ import annotations

from typing import Any

import pytest

from deconvcli.checks.configs._calls import call
from deconvcli.common.errors import UsageError


@pytest.mark.parametrize(
    ("text", "operation", "parameters"),
    [
        ("UpSampling2D(size=2)", "upsample", {"scale": 2}),
        ("UpSampling2D((2, 3), data_format='channels_last')", "upsample", {"scale": [2, 3]}),
        ("nn.Upsample(size=64)", "upsample", {"size": 64}),
        (
            "nn.Upsample(scale_factor=2, mode='nearest')",
            "upsample",
            {"scale_factor": 2, "mode": "nearest"},
        ),
        ("MaxPooling2D(pool_size=2)", "max_pool", {"pool_size": 2}),
        ("Conv2D(8, 3, kernel_initializer='he_normal')", "conv", {"filters": 8, "kernel_size": 3}),
        ("nn.Conv2d(3, 8, 3)", "conv", {"in_channels": 3, "out_channels": 8, "kernel_size": 3}),
    ],
)
def test_the_keys_of_a_call(text: str, operation: str, parameters: dict[str, Any]) -> None:
    read = call(text, "torch")
    assert read.operation == operation
    assert read.parameters == parameters


@pytest.mark.parametrize(
    ("text", "word", "own"),
    [
        ("nn.Conv2d(filters=3, in_channels=3, kernel_size=3)", "filters", "out_channels"),
        ("nn.Conv2d(3, 8, kernel=3)", "kernel", "kernel_size"),
        ("Conv2D(out_channels=8, kernel_size=3)", "out_channels", "filters"),
        ("nn.ConvTranspose2d(3, 4, 4, strides=2)", "strides", "stride"),
        ("Conv2DTranspose(4, 3, stride=2)", "stride", "strides"),
        ("UpSampling2D(scale_factor=2)", "scale_factor", "size"),
    ],
)
def test_a_call_has_its_own_words(text: str, word: str, own: str) -> None:
    with pytest.raises(UsageError, match=f"has no argument '{word}'") as caught:
        call(text, "torch")
    assert caught.value.help == f"write {own}, as its framework does."
