"""Keras on OpenVINO: the answers of the other backends, and a word about empty outputs."""

from __future__ import annotations

import pytest

import deconvcli

CODE = "keras-openvino-empty-output"


@pytest.mark.parametrize(("batch", "kernel", "found"), [(1, 4, [CODE]), (1, 3, []), (0, 3, [])])
def test_an_empty_output_is_a_finding(batch: int, kernel: int, found: list[str]) -> None:
    layer = deconvcli.layer(
        "keras@openvino",
        input_shape=(batch, 1, 2),
        weight_shape=(kernel, 1, 2),
        padding="same",
        output_padding=0,
    )
    assert [finding.code for finding in layer.findings] == found
