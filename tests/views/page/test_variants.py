"""Every variant of the page's form answers what the command line answers."""

from __future__ import annotations

from typing import Any

import pytest

from deconvcli.common.errors import DeconvError
from deconvcli.views.page.variants import Variant, compute_crop, read_fields
from tests.views.page.variants import all_variants, draw_fields, exact_variants

RANKS = (1, 2, 3)


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize("seed", range(2))
def test_a_variant_answers_as_the_command_line(rank: int, seed: int) -> None:
    for variant in exact_variants(rank):
        for fields in draw_fields(rank, seed, 40):
            try:
                expected: Any = read_fields(variant, fields).crop
            except DeconvError as refused:
                expected = refused.message
            assert compute_crop(variant, fields) == expected, (variant, fields)


def identify(variant: Variant) -> tuple[str, str, bool]:
    return variant.dialect, variant.padding.label, variant.has_output_padding


def test_most_dialects_are_reached() -> None:
    reached = {variant.dialect for variant in exact_variants(2)}
    assert len(reached) == 32
    assert {"torch", "keras@tensorflow", "onnx@reference", "jax", "webnn"} <= reached
    assert reached.isdisjoint({"tensorflow", "tflite", "cudnn", "onednn"})


def test_a_dialect_that_mixes_its_axes_is_left_out() -> None:
    left_out = [identify(variant) for variant in all_variants(2) if not variant.is_exact]
    assert ("keras2", "same", True) in left_out
    assert len(left_out) < 12


@pytest.mark.parametrize(
    "variant",
    [
        ("torch", "number", True),
        ("keras", "same", False),
        ("keras", "valid", True),
        ("onnx@onnxruntime", "same_lower", True),
        ("flax", "circular", False),
        ("jax", "begin:end", False),
    ],
)
def test_common_variants_are_on_the_page(variant: tuple[str, str, bool]) -> None:
    assert variant in [identify(found) for found in exact_variants(2)]
