"""Random layers of every dialect in every way: other operations give exactly their values."""

from __future__ import annotations

from math import prod
from typing import Any

import numpy as np
import pytest

from deconvcli.common.errors import NotExpressible, NotLinear
from deconvcli.conversion.equivalent import Equivalent
from deconvcli.conversion.equivalents import FOR_ANY_WEIGHTS, find_cheapest, find_equivalent
from deconvcli.conversion.operations import Cut, Pad, move_ends
from deconvcli.conversion.proof import prove_equivalent
from deconvcli.conversion.writers import WRITERS
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import Sizes, Spelling
from tests.conversion.drawn import SOURCES, draw_layers

DRAWN = 12


@pytest.mark.parametrize("way", FOR_ANY_WEIGHTS)
@pytest.mark.parametrize("driver", SOURCES)
def test_every_way_gives_the_values_of_its_layer(driver: str, way: str) -> None:
    done = 0
    for reading in draw_layers(driver, DRAWN, seed=1):
        for name in ("torch", "jax"):
            if 0 in (*reading.output_sizes, *reading.sizes.batch):
                with pytest.raises(NotExpressible, match="the output has no elements"):
                    find_equivalent(reading, name, way)
                continue
            found = find_equivalent(reading, name, way)
            assert prove_equivalent(found).holds, (reading, name, found.steps)
            weight = np.arange(prod(reading.weight_shape)).reshape(reading.weight_shape)
            scope: dict[str, Any] = {"w": weight, "np": np}
            exec("\n".join(found.steps.recipe.lines), scope)
            assert np.array_equal(scope["w"], found.steps.recipe.apply(weight))
            assert scope["w"].shape == found.weight_shape
            done += 1
    assert done > DRAWN


def test_a_wrong_equivalent_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read_layer("torch", {"padding": 1, "stride": 2}, (1, 3, 5, 5), (3, 2, 3, 3))
    found = find_equivalent(reading, "torch", "zeros")
    *first, pads = found.steps.before
    assert pads == Pad(((1, 0), (1, 0)))
    shifted = found.steps._replace(before=(*first, Pad(((0, 1), (0, 1)))))
    wrong = found._replace(steps=shifted)

    def find_wrong(*given: Any) -> Equivalent:
        return wrong

    monkeypatch.setattr("deconvcli.conversion.proof.find_equivalent", find_wrong)
    assert not prove_equivalent(found).holds


def test_letters_are_written_as_variables_and_proven_for_a_number() -> None:
    sizes = Sizes((Linear("H"), Linear("W")), (1,), 3, (3, 3, 2, 3))
    reading = DIALECTS.take("keras").read(Spelling("keras", {"strides": 2}), sizes)
    found = find_equivalent(reading, "tensorflow", "zeros")
    assert found.before[0] == "tf.reshape(x, (-1, H, 1, W, 1, 3))"
    assert found.before[2] == "tf.reshape(x, (-1, 2*H, 2*W, 3))"
    proof = prove_equivalent(found)
    assert (proof.holds, proof.spatial) == (True, (9, 9))


def test_a_crop_that_depends_on_a_letter_is_refused() -> None:
    words = {"output_shape": (8, 8), "auto_pad": "SAME_UPPER", "strides": (2, 2)}
    sizes = Sizes((Linear("H"), Linear("W")), (1,), 3, (3, 2, 3, 3))
    reading = DIALECTS.take("onnx").read(Spelling("onnx", words), sizes)
    with pytest.raises(NotLinear):
        find_equivalent(reading, "torch", "zeros")


def test_a_large_layer_is_proven_smaller() -> None:
    reading = read_layer("torch", {"stride": 2}, (8, 512, 512, 512), (512, 512, 4, 4))
    proof = prove_equivalent(find_cheapest(reading, "torch"))
    assert proof.holds
    assert (proof.channels, proof.spatial) == ((3, 2), (32, 32))


def test_the_cheapest_way_has_the_fewest_multiplications() -> None:
    reading = read_layer("torch", {"stride": 2}, (1, 8, 5, 5), (8, 4, 4, 4))
    counts = [
        find_equivalent(reading, "torch", way).count_multiplications() for way in FOR_ANY_WEIGHTS
    ]
    assert find_cheapest(reading, "torch").multiplications == min(counts)
    # A kernel of one stride has as many in two ways, and without a stride all have as many.
    for words, shape, way in (
        ({"stride": 4}, (8, 4, 4, 4), "subpixel"),
        ({"padding": 3}, (8, 4, 1, 1), "zeros"),
    ):
        reading = read_layer("torch", words, (1, 8, 9, 9), shape)
        assert find_cheapest(reading, "torch").way == way


def test_a_framework_without_code_says_which_have_it() -> None:
    reading = read_layer("torch", {"stride": 2}, (1, 8, 5, 5), (8, 4, 4, 4))
    with pytest.raises(NotExpressible, match=f"choose from: {', '.join(WRITERS.names)}"):
        find_equivalent(reading, "caffe", "zeros")


def test_more_axes_than_a_convolution_has_are_refused() -> None:
    words = {"strides": (1, 1, 1, 1), "padding": "VALID"}
    words |= {"dimension_numbers": ("NABDEC", "ABDEIO", "NABDEC")}
    reading = read_layer("jax", words, (1, 3, 3, 3, 3, 2), (2, 2, 2, 2, 2, 2))
    with pytest.raises(NotExpressible, match="PyTorch has no convolution of 4 axes"):
        find_equivalent(reading, "torch", "zeros")
    assert prove_equivalent(find_equivalent(reading, "jax", "zeros")).holds


@pytest.mark.parametrize(
    ("ends", "cut", "zeros"),
    [
        ((-3, 4), (3, 0), (0, 4)),
        ((4, -7), (0, 5), (2, 0)),
        ((-7, 4), (5, 0), (0, 2)),
        ((-1, -1), (1, 1), (0, 0)),
    ],
)
def test_no_more_is_cut_than_there_is(
    ends: tuple[int, int], cut: tuple[int, int], zeros: tuple[int, int]
) -> None:
    found = move_ends((5,), (ends,))
    assert found == [one for one in (Cut((cut,)), Pad((zeros,))) if one.pairs != ((0, 0),)]
