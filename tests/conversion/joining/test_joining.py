"""Sub-pixel blocks as transposed convolutions: exact values, in their frameworks too."""

from __future__ import annotations

import os
import subprocess
import sys
from random import Random
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import UsageError
from deconvcli.conversion.equivalents import find_equivalent
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.drivers import FRAMEWORKS
from tests.conversion.joining.executed import BLOCKS, CASES

TORCH: dict[str, Any] = {"input_shape": (1, 8, 5, 5), "weight_shape": (16, 8, 3, 3), "upscale": 2}
DRIVERS = {FRAMEWORKS.take(name).dialect: name for name in FRAMEWORKS.names}


@pytest.mark.parametrize("name", ["torch", "keras", "tensorflow", "jax"])
def test_random_blocks_are_layers_with_their_values(name: str) -> None:
    random = Random(name)
    for _ in range(25):
        mode: Any = random.choice(["CRD", "DCR"])
        rank = random.randint(1, 3)
        factors = [random.randint(1, 3) for _ in range(rank)]
        taps = [random.randint(1, 4) for _ in range(rank)]
        groups = random.choice([1, 2]) if mode == "CRD" else 1
        into, wide = random.randint(1, 2), 2 * int(np.prod(factors))
        spatial = [random.randint(4, 6) for _ in range(rank)]
        zeros = [(random.randint(0, 5), random.randint(0, 5)) for _ in range(rank)]
        is_torch = name == "torch"
        shape = (2, into * groups, *spatial) if is_torch else (2, *spatial, into * groups)
        weight_shape = (wide, into, *taps) if is_torch else (*taps, into, wide)
        found = deconvcli.from_subpixel(
            name,
            input_shape=shape,
            weight_shape=weight_shape,
            upscale=factors,
            zeros=zeros,
            groups=groups,
            mode=mode,
        )
        assert found.prove().holds, (found, zeros)
        weight = np.arange(np.prod(weight_shape)).reshape(weight_shape)
        scope: dict[str, Any] = {"w": weight, "np": np}
        exec(found.weight_code, scope)
        np.testing.assert_array_equal(scope["w"], found.weights(weight))


def test_the_way_there_and_back_gives_the_same_weights() -> None:
    layer = deconvcli.layer(
        "torch", input_shape=(1, 8, 5, 5), weight_shape=(8, 4, 4, 4), stride=2, padding=1
    )
    there = find_equivalent(layer, "torch", "subpixel")
    assert there.before == ["F.pad(x, (1, 1, 1, 1))"]
    back = deconvcli.from_subpixel(
        "torch", input_shape=(1, 8, 5, 5), weight_shape=there.weight_shape, upscale=2, zeros=1
    )
    weight = np.arange(512).reshape(8, 4, 4, 4)
    np.testing.assert_array_equal(back.weights(there.steps.recipe.apply(weight)), weight)
    # The block has the outputs at both edges too, which the layer cropped.
    assert str(back) == "nn.ConvTranspose2d(8, 4, 4, stride=2)"


def test_a_centered_block_is_one_layer() -> None:
    found = deconvcli.from_subpixel("torch", **TORCH, zeros="same")
    assert found.call == "nn.ConvTranspose2d(8, 4, 6, stride=2, padding=2)"
    assert (found.before, found.after) == ([], [])
    assert found.layer.output_shape == (1, 4, 10, 10)
    assert repr(found) == f"<sub-pixel block in torch: {found.call}>"


def test_a_wrong_recipe_is_found_out() -> None:
    found = deconvcli.from_subpixel("torch", **TORCH, zeros=1)
    recipe = found._plan.recipe
    wrong = recipe._replace(steps=(*recipe.steps[:2], *recipe.steps[3:]))
    found._plan = found._plan._replace(recipe=wrong)
    assert not found.prove().holds


def test_a_large_block_is_proven_smaller() -> None:
    found = deconvcli.from_subpixel(
        "torch", input_shape=(1, 512, 64, 64), weight_shape=(1024, 512, 3, 3), upscale=2, zeros=5
    )
    proof = found.prove()
    assert (proof.holds, proof.channels, proof.spatial) == (True, (3, 2), (32, 32))


@pytest.mark.parametrize("mode", ["CRD", "DCR"])
def test_a_bias_is_taken_over_where_its_positions_are_equal(mode: Any) -> None:
    found = deconvcli.from_subpixel("torch", **TORCH, mode=mode)
    repeated = np.repeat(np.arange(4), 4) if mode == "CRD" else np.tile(np.arange(4), 4)
    np.testing.assert_array_equal(found.bias(repeated), np.arange(4))
    with pytest.raises(UsageError, match="other numbers at the 4 positions of one output channel"):
        found.bias(np.arange(16))
    with pytest.raises(UsageError, match=r"bias has the shape \(4,\), the convolution \(16,\)"):
        found.bias(np.arange(4))
    with pytest.raises(UsageError, match="weight has the shape"):
        found.weights(np.arange(4))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"upscale": 3}, "16 channels cannot be divided into 9 positions"),
        ({"input_shape": (1, 4, 5, 5)}, "the input has 4 channels, and the weights are for 8"),
        ({"input_shape": (1, 8, 5)}, "weight_shape has 4 numbers and input_shape 3"),
        ({"input_shape": 5}, "is no shape"),
        ({"input_shape": (1, 8, 2, 2)}, "the output has no elements"),
        ({"weight_shape": (16, 4, 3, 3), "groups": 2, "mode": "DCR"}, "not those of the shuffled"),
        ({"mode": "depth"}, "mode is 'depth'"),
        ({"zeros": -1}, "zeros are -1"),
        ({"zeros": "full"}, "zeros are 'full'"),
        ({"zeros": [1]}, r"zeros are \[1\]"),
        ({"upscale": 0}, "less than 1"),
    ],
)
def test_a_block_that_is_none_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        deconvcli.from_subpixel("torch", **(TORCH | change))


@pytest.mark.parametrize("name", BLOCKS)
def test_modules_give_the_values_of_the_block_in_its_framework(name: str) -> None:
    driver = FRAMEWORKS.take("keras_tensorflow" if name == "keras" else DRIVERS[name])
    if driver.find_missing():
        assert not (driver.in_extra and os.environ.get("DECONV_REQUIRE_FRAMEWORKS"))
        pytest.skip(f"{take(name)[0].title} is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.conversion.joining.executed", name],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
        env={**os.environ, **driver.environment},
    )
    assert done.stdout.splitlines() == [str(len(CASES))]
