"""The rows of a comparison, as a Python user gets them."""

from __future__ import annotations

from typing import Any

import deconvcli
from deconvcli.frameworks.request import LayerRequest
from deconvcli.views.comparison.dialects import compare_dialects, has_same_values

ROLES = {"kernel": (3,), "stride": (2,), "padding": "same"}
REQUEST = LayerRequest(input_size=(5, 5), roles=ROLES)


def test_a_row_has_the_reading_and_the_parameters() -> None:
    reference, [row] = compare_dialects(REQUEST, ["onnx"])
    assert reference.reading.spelling.dialect == "keras"
    assert (row.output, row.crop, row.same_values) == ((10, 10), ((0, 1), (0, 1)), True)
    assert row.words == "kernel_shape=3, strides=2, pads=(0, 0, 1, 1)"
    assert (row.refusal, row.why_not) == (None, None)


def test_a_refusal_has_a_reason_and_no_size() -> None:
    _, [row] = compare_dialects(REQUEST, ["torch"])
    assert (row.output, row.crop, row.same_values, row.words) == (None, None, None, None)
    assert row.refusal is not None
    assert row.why_not is not None


def test_documents_are_no_measurement() -> None:
    _, rows = compare_dialects(REQUEST, ["keras", "cudnn"])
    assert [row.verified for row in rows] == [True, False]


def test_a_call_is_read_by_its_own_dialect_alone() -> None:
    request = LayerRequest("nn.ConvTranspose2d(1, 1, 3, 2, 1)", input_size=(5, 5))
    _, [own, other] = compare_dialects(request, ["torch", "onnx"])
    assert own.output == (9, 9)
    assert other.output is None
    assert other.words == "kernel_shape=3, strides=2, pads=1"


def test_a_reversed_kernel_gives_other_values() -> None:
    shapes: dict[str, Any] = {"input_shape": (1, 5, 1), "weight_shape": (3, 1, 1)}
    jax = deconvcli.layer("jax", **shapes, strides=[2], padding="SAME")
    turned = deconvcli.layer("jax", **shapes, strides=[2], padding="SAME", transpose_kernel=True)
    assert has_same_values(jax, jax)
    assert not has_same_values(jax, turned)
