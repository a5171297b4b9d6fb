"""Keras on OpenVINO: the answers of the other backends, and a word about empty outputs."""

from __future__ import annotations

import pytest

import deconvcli


@pytest.mark.parametrize(("batch", "kernel", "found"), [(1, 4, True), (1, 3, False), (0, 3, False)])
def test_an_empty_output_is_a_finding(batch: int, kernel: int, found: bool) -> None:
    layer = deconvcli.layer(
        "keras@openvino",
        input_shape=(batch, 1, 2),
        weight_shape=(kernel, 1, 2),
        padding="same",
        output_padding=0,
    )
    assert ("keras-openvino-empty-output" in [each.code for each in layer.findings]) == found
