"""JAX: letters for the axes, two functions, words by their case, and where XLA gives up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import Refused
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Axis, Linear
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling


def read(shape: tuple[int, ...], weight: tuple[int, ...], **words: Any) -> Reading:
    """A call with strides 1 and VALID unless told otherwise."""
    rank = len(shape) - 2
    words = {"strides": [1] * rank, "padding": "VALID", **words}
    return deconvcli.layer("jax", input_shape=shape, weight_shape=weight, **words)


def general(weight: tuple[int, ...], **words: Any) -> Reading:
    """conv_general_dilated on an input of 1x2x4."""
    words = {"api": "conv_general_dilated", "window_strides": [1], "padding": [[1, 1]], **words}
    return deconvcli.layer("jax", input_shape=(1, 2, 4), weight_shape=weight, **words)


def codes(reading: Reading) -> list[str]:
    """The findings by code."""
    return [finding.code for finding in reading.findings]


def test_padding_surrounds_the_input_so_more_of_it_gives_more() -> None:
    one = read((1, 4, 1), (3, 1, 1), strides=[2], padding=[[1, 1]])
    three = read((1, 4, 1), (3, 1, 1), strides=[2], padding=[[3, 3]])
    assert (one.output_sizes, one.crop) == ((7,), ((1, 1),))
    assert (three.output_sizes, three.crop) == ((11,), ((-1, -1),))


def test_consistent_padding_crops_as_in_torch() -> None:
    words: dict[str, Any] = {"strides": [2], "padding": [[1, 0]], "use_consistent_padding": True}
    assert read((1, 4, 1), (3, 1, 1), **words).crop == ((1, 0),)
    # A pair too many is not looked at.
    assert read((1, 4, 1), (3, 1, 1), **{**words, "padding": [[1, 0], [5, 5]]}).crop == ((1, 0),)


@pytest.mark.parametrize(
    ("word", "size"), [("VALID", 7), ("valid", 3), ("SAME", 5), ("same", 5), ("SAME_LOWER", 5)]
)
def test_words_in_other_letters_are_a_forward_layers(word: str, size: int) -> None:
    assert read((1, 5, 1), (3, 1, 1), padding=word).output_sizes == (size,)


@pytest.mark.parametrize("words", [{"strides": [2]}, {"use_consistent_padding": True}])
def test_forward_words_are_taken_only_plainly(words: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="does not take padding 'valid'") as error:
        read((1, 5, 1), (3, 1, 1), padding="valid", **words)
    assert "'VALID'" in error.value.help


def test_the_kernel_is_reversed_unless_transposed() -> None:
    x, w = np.ones((1, 1, 1)), np.array([1.0, 2.0, 3.0]).reshape(3, 1, 1)
    plain = read((1, 1, 1), (3, 1, 1))
    transposed = read((1, 1, 1), (3, 1, 1), transpose_kernel=True)
    np.testing.assert_array_equal(deconvcli.run(plain, x, w).ravel(), [3, 2, 1])
    np.testing.assert_array_equal(deconvcli.run(transposed, x, w).ravel(), [1, 2, 3])


def test_transpose_kernel_exchanges_input_and_output_channels() -> None:
    reading = read((1, 5, 2), (3, 4, 2), transpose_kernel=True)
    assert reading.output_shape == (1, 7, 4)
    assert read((1, 5, 2), (3, 2, 4)).output_shape == (1, 7, 4)


def test_spatial_letters_go_by_the_kernels_order() -> None:
    specs = ("HNWC", "WHIO", "CWNH")
    words: dict[str, Any] = {"strides": [2, 1], "dimension_numbers": specs}
    reading = read((4, 1, 5, 2), (3, 1, 2, 3), **words)
    assert reading.spatial == (5, 4)  # W first: strides are W's, then H's
    assert reading.output_shape == (3, 11, 1, 4)
    y = deconvcli.run(reading, np.ones((4, 1, 5, 2)), np.ones((3, 1, 2, 3)))
    plain = read((1, 5, 4, 2), (3, 1, 2, 3), strides=[2, 1])
    expected = deconvcli.run(plain, np.ones((1, 5, 4, 2)), np.ones((3, 1, 2, 3)))
    np.testing.assert_array_equal(y, expected.transpose(3, 1, 0, 2))


@pytest.mark.parametrize(
    "specs",
    ["NHC", ["NHC", "HIO"], ["NHC", "HIO", "NWC"], ["NHH", "HIO", "NHC"], ["NH", "HIO", "NHC"]],
)
def test_letters_that_do_not_fit_are_refused(specs: Any) -> None:
    with pytest.raises(Refused, match="dimension_numbers is") as error:
        read((1, 5, 1), (3, 1, 1), dimension_numbers=specs)
    assert "('NHC', 'HIO', 'NHC')" in error.value.help


def test_groups_belong_to_the_general_function() -> None:
    reading = general((4, 1, 3), lhs_dilation=[2], feature_group_count=2)
    assert (reading.layer.groups, reading.layer.out_channels) == (2, 4)
    assert reading.output_shape == (1, 4, 7)
    with pytest.raises(Refused, match="conv_general_dilated has no parameter strides"):
        read((1, 4, 2), (3, 1, 4), padding=[[1, 1]], feature_group_count=2)


@pytest.mark.parametrize("words", [{"window_strides": [2]}, {"batch_group_count": 2}])
def test_what_is_no_transposed_convolution_is_refused(words: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="are not a transposed convolution"):
        general((4, 2, 3), **words)


def test_the_general_functions_words_are_a_forward_layers() -> None:
    assert general((4, 2, 3), padding="VALID").output_sizes == (2,)
    with pytest.raises(Refused, match="does not take padding 'VALID' with stride"):
        general((4, 2, 3), padding="VALID", lhs_dilation=[2])


def test_groups_are_said_with_the_general_function() -> None:
    layer = Layer((Axis(3, 2, 1, 1, 1),), 4, 6, 2)
    jax = take("jax")[0]
    spelling = jax.spell(layer, Sizes((5,)))
    assert spelling.arguments["feature_group_count"] == 2
    assert jax.read(spelling, jax.sizes_for(layer, Sizes((5,)))).weight_shape == (3, 2, 6)


def test_nothing_left_is_an_empty_array_until_padding_takes_more_than_there_is() -> None:
    empty = read((1, 2, 1), (3, 1, 1), padding=[[-1, 0]])
    assert empty.output_sizes == (0,)
    assert codes(empty) == ["empty-output"]
    with pytest.raises(Refused, match="removes more than the 2 elements"):
        read((1, 2, 1), (3, 1, 1), padding=[[-2, -1]])


def test_an_empty_input_is_refused_and_said_to_be_taken() -> None:
    with pytest.raises(Refused, match="has no elements") as error:
        read((1, 0, 1), (3, 1, 1))
    assert [finding.differs for finding in error.value.findings] == [True]


ABORTS: dict[str, Any] = {"strides": [1, 2], "padding": [[1, 1], [0, 0]]}


@pytest.mark.parametrize(
    ("spatial", "kernel", "aborts"),
    [
        ((2, 3), (3, 2), True),
        ((2, 32), (3, 2), True),
        ((3, 3), (3, 2), False),  # no kernel is larger than its input
        ((2, 2), (3, 2), False),  # an axis of two is one
        ((2, 3), (3, 3), False),
    ],
)
def test_xla_aborts_where_it_takes_a_long_axis_for_two(
    spatial: tuple[int, int], kernel: tuple[int, int], *, aborts: bool
) -> None:
    reading = read((1, *spatial, 1), (*kernel, 1, 1), **ABORTS)
    assert ("xla-abort" in codes(reading)) == aborts


def test_xla_does_not_abort_on_other_axes_without_padding_or_with_groups() -> None:
    outer = read((1, 1, 3, 1), (3, 2, 1, 1), strides=[1, 2], padding=[[2, 2], [0, 0]])
    padded = read((1, 2, 3, 1), (3, 2, 1, 1), strides=[1, 2], padding=[[1, 1], [0, 1]])
    assert codes(outer) == codes(padded) == []
    sizes = Sizes((Linear("N"), Linear("M")), channels=1, weight=(3, 2, 1, 1))
    assert codes(take("jax")[0].read(Spelling("jax", ABORTS), sizes)) == []


def test_the_row_on_which_the_abort_was_found_has_the_finding() -> None:
    padding = [[1, 1], [2, 2], [0, 0]]
    words: dict[str, Any] = {"strides": [1, 3, 2], "padding": padding, "transpose_kernel": True}
    reading = read((1, 2, 1, 3, 1), (3, 3, 2, 2, 1), **words)
    assert reading.output_shape == (1, 2, 3, 4, 2)
    assert [finding.differs for finding in reading.findings] == [True]


def test_a_shift_by_padding_is_said_to_be_computed_wrongly_at_times() -> None:
    assert codes(read((1, 9, 2), (4, 2, 1), padding=[[-1, 1]])) == ["xla-shifted-padding"]
    assert codes(read((1, 9, 2), (4, 2, 1), padding=[[-1, 2]])) == []
    assert codes(read((1, 9, 2), (4, 2, 1), padding=[[1, -1]])) == []
    assert codes(read((1, 9, 2), (4, 2, 1), padding=[[-1, 1]], strides=[2])) == []


@pytest.mark.parametrize(
    ("dialect", "aborts"), [("keras", True), ("keras@jax", True), ("keras@torch", False)]
)
def test_keras_says_it_for_its_jax_backend(dialect: str, *, aborts: bool) -> None:
    reading = deconvcli.layer(
        dialect,
        input_shape=(1, 1, 2, 1, 3),
        filters=2,
        kernel_size=(3, 3, 2),
        strides=(1, 3, 2),
        padding="same",
        output_padding=(0, 2, 0),
        data_format="channels_first",
    )
    said = [finding.message for finding in reading.findings if finding.code == "xla-abort"]
    assert ([text.partition(",")[0] for text in said] == ["on the jax backend"]) == aborts
