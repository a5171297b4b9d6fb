"""Resizes in place of a layer: equal for the kernels of a resize, and refused for all others."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np
import pytest

from deconvcli.common.errors import NotExpressible, UsageError
from deconvcli.compute.initial_weights import make_weights
from deconvcli.conversion.equivalents import find_equivalent, list_equivalents
from deconvcli.conversion.equivalents.resize import MAKERS, make_kernels
from deconvcli.conversion.proof import prove_equivalent
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import Reading, Sizes, Spelling
from tests.conversion.equivalents.resized import list_layers

FORMS = {"nearest": lambda stride: stride, "bilinear": lambda stride: 2 * stride - stride % 2}


def bilinear() -> Reading:
    return read_layer("torch", {"padding": 1, "stride": 2}, (1, 3, 5, 5), (3, 2, 4, 4))


@pytest.mark.parametrize("name", ["torch", "jax", "keras"])
def test_the_kernels_of_a_resize_give_its_values(name: str) -> None:
    for source in list_layers():
        assert prove_equivalent(find_equivalent(source, name, "resize")).holds, source


@pytest.mark.parametrize("kind", FORMS)
def test_random_layers_of_every_layout_are_resizes(kind: str) -> None:
    random = Random(kind)
    for dialect in ("keras", "jax", "mlx", "onnx"):
        for _ in range(10):
            stride = random.randint(2, 5)
            kernel = FORMS[kind](stride)
            words: dict[str, Any] = {"stride": stride}
            shape, weight_shape = (1, 6, 7, 3), (2, kernel, kernel, 3)
            if dialect == "keras":
                padding = random.choice(["same", "valid"])
                words, weight_shape = (
                    {"strides": stride, "padding": padding},
                    (kernel, kernel, 2, 3),
                )
            if dialect == "jax":
                ends = [(random.randint(0, 9), random.randint(0, 9)) for _ in range(2)]
                words = {"strides": (stride, stride), "padding": ends}
                weight_shape = (kernel, kernel, 3, 2)
            if dialect == "onnx":
                words = {"strides": [stride, stride], "pads": [random.randint(0, 1)] * 4}
                shape, weight_shape = (1, 3, 6, 7), (3, 2, kernel, kernel)
            source = read_layer(dialect, words, shape, weight_shape)
            found = find_equivalent(source, "torch", "resize")
            assert found.steps.kernel == kind
            assert prove_equivalent(found).holds, source


@pytest.mark.parametrize("kind", FORMS)
def test_the_lines_take_the_weights_that_deconv_makes(kind: str) -> None:
    for stride in (2, 3, 4):
        kernel = FORMS[kind](stride)
        words = {"stride": stride, "padding": (kernel - stride) // 2}
        source = read_layer("torch", words, (1, 3, 5, 5), (3, 3, kernel, kernel))
        recipe = find_equivalent(source, "tensorflow", "resize").steps.recipe
        for dtype in ("float16", "float32", "float64"):
            weight = make_weights(source, kind, dtype=dtype).array
            scope: dict[str, Any] = {"w": weight, "np": np}
            exec("\n".join(recipe.lines), scope)
            np.testing.assert_array_equal(scope["w"], recipe.apply(weight))
            np.testing.assert_allclose(scope["w"][0, 0], np.eye(3), 1e-3)


@pytest.mark.parametrize(("kind", "kernel"), [("nearest", 3), ("bilinear", 5)])
@pytest.mark.parametrize("crop", [0, 1, 2])
def test_the_command_that_is_named_makes_the_kernel(kind: str, kernel: int, crop: int) -> None:
    words = {"stride": 3, "padding": crop}
    source = read_layer("torch", words, (1, 2, 5, 5), (2, 2, kernel, kernel))
    found = find_equivalent(source, "torch", "resize")
    assert found.steps.kernel == kind
    weight = make_weights(source, MAKERS[kind]).array
    np.testing.assert_allclose(found.steps.recipe.apply(weight)[:, :, 0, 0], np.eye(2), 1e-6)


def test_other_weights_are_refused() -> None:
    source = bilinear()
    recipe = find_equivalent(source, "torch", "resize").steps.recipe
    weight = make_kernels(source, "bilinear", np.ones((3, 2, 4, 4), np.int64))
    assert recipe.apply(weight).shape == (2, 3, 1, 1)
    for place in np.ndindex(*weight.shape):
        other = weight.copy()
        other[place] += 1
        with pytest.raises(UsageError, match="no bilinear kernel for each pair of channels"):
            recipe.apply(other)
        with pytest.raises(ValueError, match="no bilinear kernel for each pair of channels"):
            exec("\n".join(recipe.lines), {"w": other, "np": np})


@pytest.mark.parametrize(
    ("words", "kernel", "message"),
    [
        ({"stride": 2}, 3, "a kernel of 3x3 taps is not that of a resize by 2x2"),
        ({"stride": 3}, 6, "a kernel of 6x6 taps is not that of a resize by 3x3"),
        ({"stride": 2, "dilation": 2}, 2, "2x2 taps, with their dilation, is not"),
        ({"stride": (1, 2)}, 2, "a kernel of 2x2 taps is not that of a resize by 1x2"),
    ],
)
def test_a_geometry_without_such_a_kernel_has_a_reason(
    words: dict[str, Any], kernel: int, message: str
) -> None:
    source = read_layer("torch", words, (1, 3, 5, 5), (3, 2, kernel, kernel))
    with pytest.raises(NotExpressible, match=message):
        find_equivalent(source, "torch", "resize")


def test_it_is_none_of_the_ways_for_any_weights() -> None:
    assert "resize" not in [one.way for one in list_equivalents(bilinear(), "torch")]
    assert all(one.steps.kernel is None for one in list_equivalents(bilinear(), "torch"))


def test_letters_are_written_as_variables() -> None:
    sizes = Sizes((Linear("H"), Linear("W")), (1,), 3, (4, 4, 2, 3))
    reading = DIALECTS.take("keras").read(Spelling("keras", {"strides": 2}), sizes)
    for name, call in (
        ("tensorflow", 'tf.image.resize(y, (2*H + 4, 2*W + 4), "bilinear")'),
        ("jax", 'jax.image.resize(y, (y.shape[0], 2*H + 4, 2*W + 4, 2), "linear")'),
    ):
        found = find_equivalent(reading, name, "resize")
        assert found.after[1] == call
        assert prove_equivalent(found).holds
