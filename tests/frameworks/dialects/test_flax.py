"""Flax: any number of batch axes, None for 1, a crop that comes back, names of two APIs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import NotExpressible, Refused
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Reading, Sizes


def read(shape: tuple[int, ...], **words: Any) -> Reading:
    """A layer with one feature and a kernel of 3."""
    words = {"features": 1, "kernel_size": [3], **words}
    return deconvcli.layer("flax", input_shape=shape, **words)


@pytest.mark.parametrize("batch", [(), (1,), (2, 3), (0,)])
def test_any_number_of_batch_axes_goes_before_the_kernels(batch: tuple[int, ...]) -> None:
    reading = read((*batch, 5, 2), strides=2)
    assert reading.sizes.batch == batch
    assert reading.output_shape == (*batch, 10, 1)


def test_same_is_the_default_and_none_means_one() -> None:
    reading = read((1, 5, 1), strides=None, kernel_dilation=None)
    assert (reading.output_sizes, reading.crop) == ((5,), ((1, 1),))
    assert reading.layer.has_bias


def test_padding_is_a_number_or_numbers_and_pairs() -> None:
    both = read((1, 5, 5, 1), kernel_size=[3, 3], padding=[1, [0, 3]])
    assert both.crop == ((1, 1), (2, -1))
    assert read((1, 5, 1), padding=4).crop == ((-2, -2),)
    with pytest.raises(Refused, match="padding is") as error:
        read((1, 5, 1), padding=[[1, 1], [1, 1]])
    assert "CIRCULAR" in error.value.help


def test_causal_is_never_taken() -> None:
    for strides in (1, 2):
        with pytest.raises(Refused, match="'CAUSAL' is not accepted") as error:
            read((1, 5, 1), padding="CAUSAL", strides=strides)
        assert "slice" in error.value.help


def test_one_number_is_a_kernel_of_one_axis() -> None:
    assert read((5, 1), kernel_size=3).output_shape == (5, 1)
    with pytest.raises(Refused, match="kernel of one axis") as error:
        read((1, 5, 5, 1), kernel_size=3, rank=2)
    assert "(3, 3)" in error.value.help


def test_transpose_kernel_exchanges_features() -> None:
    plain = read((1, 5, 2), features=4)
    transposed = read((1, 5, 2), features=4, transpose_kernel=True)
    assert (plain.weight_shape, transposed.weight_shape) == ((3, 2, 4), (3, 4, 2))
    assert (plain.flipped, transposed.flipped) == (True, False)


def test_nnx_names_its_features() -> None:
    reading = read((1, 5, 2), features=None, in_features=2, out_features=4)
    assert reading.output_shape == (1, 5, 4)
    with pytest.raises(Refused, match="layer takes 3"):
        read((1, 5, 2), features=None, in_features=3, out_features=4)
    with pytest.raises(Refused, match="both given"):
        read((1, 5, 2), out_features=4)


@pytest.mark.parametrize(("transposed", "crop"), [(False, (1, 2)), (True, (2, 1))])
def test_circular_adds_at_the_other_end_what_it_cuts_off(
    crop: tuple[int, int], *, transposed: bool
) -> None:
    words: dict[str, Any] = {"kernel_size": [5], "strides": 2, "transpose_kernel": transposed}
    circular = read((1, 4, 1), padding="CIRCULAR", **words)
    valid = read((1, 4, 1), padding="VALID", **words)
    assert (circular.output_sizes, circular.crop) == ((8,), (crop,))
    x, w = np.arange(1.0, 5).reshape(1, 4, 1), np.arange(1.0, 6).reshape(5, 1, 1)
    whole = deconvcli.run(valid, x, w).ravel()
    expected = [whole[crop[0] :][:8], np.zeros(8)]
    expected[1][8 - crop[0] :] += whole[: crop[0]]
    expected[1][: crop[1]] += whole[crop[0] + 8 :]
    np.testing.assert_array_equal(deconvcli.run(circular, x, w).ravel(), sum(expected))


@pytest.mark.parametrize("batch", [(0,), (2, 0)])
def test_circular_takes_no_empty_batch(batch: tuple[int, ...]) -> None:
    with pytest.raises(Refused, match="CIRCULAR does not take a batch"):
        read((*batch, 5, 1), padding="CIRCULAR")


@pytest.mark.parametrize("begin", [1, 2, 0])
def test_circular_layers_are_said_where_the_crop_is_in_the_middle(begin: int) -> None:
    layer = Layer((Axis(5, 2, 1, begin, 3 - begin),), 2, 3, circular=True)
    flax, sizes = take("flax")[0], Sizes((4,))
    if begin == 0:
        with pytest.raises(NotExpressible, match="CIRCULAR crops both ends alike"):
            flax.spell(layer, sizes)
        return
    spelling = flax.spell(layer, sizes)
    assert spelling.arguments.get("transpose_kernel", False) == (begin == 2)
    assert flax.read(spelling, flax.sizes_for(layer, sizes)).layer == layer


def test_plain_layers_are_not_said_circularly_nor_with_groups() -> None:
    flax, sizes = take("flax")[0], Sizes((4,))
    plain = Layer((Axis(5, 2, 1, 1, 2),), 2, 3)
    assert flax.spell(plain, sizes).arguments["padding"] == "SAME"
    with pytest.raises(NotExpressible, match="2 groups"):
        flax.spell(plain._replace(in_channels=2, out_channels=2, groups=2), sizes)
