"""Random layers of every dialect, said in every other one: the steps give exactly their values."""

from __future__ import annotations

from math import prod
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from deconvcli.common.errors import NotExpressible, Refused
from deconvcli.conversion.plan import Plan, find_plan
from deconvcli.conversion.proof import prove
from deconvcli.frameworks.dialects import DIALECTS, in_order
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import Reading, Sizes, Spelling
from tests.conversion.drawn import SOURCES, draw_layers

IMPLEMENTATIONS = [
    f"{name}@{one}" for name in in_order() for one in DIALECTS.take(name).implementations
]
VALUELESS = ("onnx@shape_inference", "mxnet@native", "onnx@opencv4")
"""The first computes sizes alone, the others garbage for some dilations, and no 3-D."""
DRAWN = 6


def find(reading: Reading, name: str) -> Plan | None:
    try:
        return find_plan(reading, name)
    except (NotExpressible, Refused):
        return None


@pytest.mark.parametrize("driver", SOURCES)
def test_every_plan_gives_the_values_of_its_layer(driver: str) -> None:
    asked = said = 0
    for reading in draw_layers(driver, DRAWN, seed=1):
        for name in [*in_order(), *IMPLEMENTATIONS]:
            plan = find(reading, name)
            asked += 1
            if plan is None:
                # Nothing remains but what has no values: no images, or no outputs.
                is_empty = 0 in (*reading.input_shape, *reading.output_shape)
                assert is_empty or name in VALUELESS, (reading, name)
                continue
            said += 1
            proof = prove(plan)
            assert proof.holds, (reading, name, plan)
            weight = np.arange(np.prod(reading.weight_shape)).reshape(reading.weight_shape)
            scope: dict[str, Any] = {"w": weight, "np": np}
            exec("\n".join(plan.recipe.lines), scope)
            assert np.array_equal(scope["w"], plan.recipe.apply(weight)), plan.recipe.lines
    assert said >= 0.9 * asked, (said, asked)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_weights_are_moved_bit_by_bit(dtype: str) -> None:
    """Every pattern is carried as it is: payloads of NaN, -0.0, infinity beside zeros."""
    number = np.dtype(getattr(ml_dtypes, dtype, dtype))
    kinds = {"block": 0, "split": 0, "folded": 0, "stuffed": 0}
    readings = [one for driver in SOURCES for one in draw_layers(driver, DRAWN, seed=2)]
    words = {"kernel_size": 3, "stride": 2, "groups": 18}
    readings.append(read_layer("torch", words, (1, 36, 5, 5), (36, 2, 3, 3)))
    for reading in readings:
        patterns = np.random.default_rng(0).bytes(number.itemsize * prod(reading.weight_shape))
        bits = np.frombuffer(bytearray(patterns), f"u{number.itemsize}")
        # -0.0, infinity, and NaN that signals.
        signs = np.array([-0.0, np.inf], number).view(bits.dtype)
        bits[:3] = [signs[0], signs[1], signs[1] + 1][: bits.size]
        bits = bits.reshape(reading.weight_shape)
        for name in in_order():
            plan = find(reading, name)
            if plan is None or 0 in plan.stuffing or reading.layer.axes[0].dilation == 0:
                continue
            kinds["block"] += plan.grouping.is_block
            kinds["split"] += plan.grouping.parts > 1
            kinds["folded"] += plan.folded is not None
            kinds["stuffed"] += any(step > 1 for step in plan.stuffing)
            moved = plan.recipe.apply(bits.view(number))
            assert moved.dtype == number
            np.testing.assert_array_equal(
                moved.view(bits.dtype), plan.recipe.apply(bits), err_msg=f"{reading} {name}"
            )
    assert min(kinds.values()) > 3, kinds


def test_a_wrong_plan_is_found_out() -> None:
    reading = read_layer("keras", {"strides": 2, "padding": "same"}, (1, 5, 5, 3), (3, 3, 2, 3))
    plan = find_plan(reading, "torch")
    assert plan.cuts == ((0, 1), (0, 1))
    shifted = plan._replace(cuts=((1, 0), (1, 0)))
    proof = prove(shifted)
    assert not proof.holds
    assert str(proof).endswith("of 200 values equal")


def test_a_large_layer_is_proven_smaller_by_a_plan_of_its_own_kind() -> None:
    words = {"kernel_size": 4, "stride": 2, "padding": 1, "groups": 512}
    reading = read_layer("torch", words, (8, 512, 4096, 4096), (512, 1, 4, 4))
    plan = find_plan(reading, "keras")
    assert plan.grouping.is_block
    proof = prove(plan)
    assert proof.holds
    assert (proof.channels, proof.spatial) == ((17, 17), (32, 32))
    assert str(proof).endswith("with 17 and 17 channels, for 32x32")


def test_letters_are_proven_for_a_number() -> None:
    spelling = Spelling("keras", {"strides": 2, "padding": "same"})
    sizes = Sizes((Linear("H"), Linear("W")), (1,), 3, (3, 3, 2, 3))
    reading = DIALECTS.take("keras").read(spelling, sizes)
    proof = prove(find_plan(reading, "torch"))
    assert proof.holds
    assert proof.spatial == (9, 9)


def test_a_layer_that_every_backend_computes_is_preferred() -> None:
    words = {"padding": "same", "output_padding": (2, 0), "strides": 3}
    reading = read_layer("keras@torch", words, (1, 1, 5, 3), (2, 2, 3, 3))
    assert find_plan(reading, "keras@torch").is_exact
    plan = find_plan(reading, "keras")
    assert not plan.target.findings
    assert plan.cuts != ((0, 0), (0, 0))
    assert prove(plan).holds


@pytest.mark.parametrize(
    ("pads", "cuts", "zeros"),
    [
        (((-3, 4),), (3, 0), (0, 0)),
        (((4, -3),), (0, 3), (0, 0)),
        (((-4, 9),), (3, 0), (0, 4)),
        (((9, -4),), (0, 3), (4, 0)),
        (((-1, 4),), (3, 0), (0, 2)),
        (((-4, 6),), (3, 0), (0, 1)),
    ],
)
def test_no_more_is_cut_than_there_is(pads: Any, cuts: Any, zeros: Any) -> None:
    words = {"api": "conv_general_dilated", "window_strides": [1], "padding": pads}
    words |= {"lhs_dilation": [2], "dimension_numbers": ["NHC", "HIO", "NHC"]}
    reading = read_layer("jax", words, (1, 1, 2), (3, 2, 2))
    plan = find_plan(reading, "torch")
    assert (plan.cuts, plan.zeros) == ((cuts,), (zeros,))
    assert prove(plan).holds
