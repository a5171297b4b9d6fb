"""`deconv run --against` with fake frameworks."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import deconvcli
from deconvcli.common.errors import DeconvError
from deconvcli.common.shelf import Shelf
from deconvcli.compute.runner import (
    canonical_weight,
    own_input,
    own_weight,
    plain_input,
    random_array,
)
from deconvcli.frameworks import installed
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.spelling import respell
from tests.cli.commandline import deconv, refused, rows

pytestmark = pytest.mark.usefixtures("fakes_can_be_found")
LAYER = "-k 3 -s 2 -p 1 --in-channels 2 --engine numpy"


@pytest.fixture
def only(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put one fake on the shelf in place of the frameworks."""

    def put(name: str) -> None:
        fakes: Shelf[Framework] = Shelf("tests.fakes", "FRAMEWORK", "framework")
        fakes.names = [name]
        monkeypatch.setattr(installed, "FRAMEWORKS", fakes)

    return put


def test_its_values_are_checked_like_ours(only: Any) -> None:
    only("agreeable")
    done = deconv(f"run --in 7 {LAYER} --against torch")
    assert done.code == 0
    assert rows(done.out)["torch"].startswith("all 13 within the proven bound")
    data = json.loads(deconv(f"run --in 7 {LAYER} --against torch --format json").out)
    assert data["against"]["torch"]["agrees"] is True
    assert data["against"]["torch"]["check"]["outputs"] == 13
    assert data["against"]["torch"]["reversed"] is False


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (1, "another shape: [1, 1, 0]"),
        (2, "NOT within the proven bound"),
        (3, "ValueError: three is too many"),
    ],
)
def test_a_difference_is_a_mismatch(only: Any, size: int, text: str) -> None:
    only("wrong")
    done = deconv(f"run --in {size} {LAYER} --against torch")
    assert done.code == 1
    assert text in done.out


def test_a_framework_that_dies_is_reported(only: Any) -> None:
    only("frail")
    done = deconv(f"run --in 1 {LAYER} --against torch")
    assert done.code == 1
    assert "process ended with 7" in rows(done.out)["torch"]


def test_a_layer_that_it_cannot_express_is_no_mismatch(only: Any) -> None:
    only("agreeable")
    done = deconv("run --in 5 -k 3 -s 2 -p same --engine numpy --against torch")
    assert done.code == 0
    assert rows(done.out)["torch"].startswith("cannot express this layer: it crops 0 at the start")


def test_a_missing_framework_is_refused_before_any_work(only: Any) -> None:
    only("absent")
    refused(
        deconv(f"run --in 5 {LAYER} --against tensorflow"), "not installed", "no-such-module==1.2"
    )
    refused(deconv(f"run --in 5 {LAYER} --against nix"), "dialect 'nix' is not known")


@pytest.mark.parametrize("name", DIALECTS.names)
@given(groups=st.sampled_from([1, 2]), rank=st.integers(1, 3))
def test_arrays_go_to_every_layout_and_back(name: str, groups: int, rank: int) -> None:
    torch = deconvcli.layer(
        "torch",
        input_shape=(2, 2 * groups, *range(3, 3 + rank)),
        weight_shape=(2 * groups, 3, *range(2, 2 + rank)),
        groups=groups,
    )
    try:
        other = respell(torch, name)
    except DeconvError:
        return
    x = random_array([2, 2 * groups, *range(3, 3 + rank)], "float32", 1, 0)
    weight = random_array(torch.weight_shape, "float32", 1, 1)
    theirs, weights = own_input(other, x), own_weight(other, weight)
    assert (theirs.shape, weights.shape) == (other.input_shape, other.weight_shape)
    np.testing.assert_array_equal(plain_input(other, theirs), x)
    np.testing.assert_array_equal(canonical_weight(other, weights), weight)


@pytest.mark.parametrize(("kernel", "is_reversed"), [(3, True), (4, True), (1, False)])
@pytest.mark.parametrize("dialect", ["jax", "flax"])
def test_reversed_taps_are_reported(
    dialect: str, kernel: int, is_reversed: bool, only: Any
) -> None:
    """The fake is a framework of torch, which stores the taps of jax and flax in reverse."""
    only("agreeable")
    line = f"run --in 5 -k {kernel} -s 2 -p VALID -D {dialect} --engine numpy --against torch"
    assert rows(deconv(line).out)["torch"].endswith(", with the taps reversed") is is_reversed
    data = json.loads(deconv(f"{line} --format json").out)["against"]["torch"]
    assert (data["agrees"], data["reversed"]) == (True, is_reversed)
