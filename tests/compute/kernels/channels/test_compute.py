"""The sums do not depend on tile, blocks, units, or the memory around them."""

from __future__ import annotations

from math import prod

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from deconvcli.compute.kernels import reference, scatter
from deconvcli.compute.kernels.channels import work
from deconvcli.compute.kernels.channels.plan import (
    CHUNK_CHANNELS,
    BlockSize,
    ChannelDivision,
    ChannelTile,
)
from deconvcli.compute.kernels.machine import config, machine
from tests.compute.kernels.channels.driving import TILES, compute_layer, cut
from tests.compute.kernels.test_engines import Layer, layers

FLAT = Layer(3, 9, 29, 1, (3, 5), ((4, 2, 1, 1, 1), (5, 3, 1, 0, -2)), seed=1)
GROUPED = Layer(2, 3, 11, 3, (6,), ((3, 1, 2, 1, 1),), seed=2)
DEEP = Layer(1, 2 * CHUNK_CHANNELS + 5, 17, 1, (2, 2), ((3, 2, 1, 1, 0),) * 2, seed=3)
POINT = Layer(2, 4, 24, 1, (1, 1), ((4, 2, 1, 1, 1),) * 2, seed=4)
NOWHERE = Layer(2, 4, 9, 1, (1,), ((2, 2, 1, 5, -7),), seed=5)
FLAGS = st.tuples(st.booleans(), st.booleans())
LAYERS = [FLAT, GROUPED, DEEP, POINT, NOWHERE]


@pytest.mark.parametrize("layer", LAYERS)
def test_every_tile_makes_the_same_sums(layer: Layer) -> None:
    integers, floats = layer.arrays("float32"), layer.arrays("float32", "floats")
    expected = scatter.transposed_convolution(*integers, layer.axes, layer.groups)
    bits = set()
    for tile in TILES[:2] if config.DISABLE_JIT else TILES:
        np.testing.assert_array_equal(compute_layer(layer, tile, integers), expected, strict=True)
        bits.add(compute_layer(layer, tile, floats).tobytes())
    assert len(bits) == 1


@settings(max_examples=60)
@given(
    layers(),
    st.integers(1, 3),
    st.integers(1, 40),
    st.integers(1, 5),
    st.tuples(st.booleans(), st.booleans()),
)
@example(FLAT, 1, 7, 3, (False, True))  # several units use the panel of one group
def test_any_division_makes_the_sums_of_the_definition(
    layer: Layer, images: int, outputs: int, units: int, has: tuple[bool, bool]
) -> None:
    arrays = layer.arrays("float32")
    expected = reference.transposed_convolution(*arrays, layer.axes, layer.groups)
    assume(expected.size > 0)
    whole = prod(expected.shape[2:])
    block_size = BlockSize(images, whole) if images > 1 else BlockSize(1, min(outputs, whole))
    division = ChannelDivision(block_size, units)
    front, has_panel = has
    y = compute_layer(layer, TILES[0], arrays, division, front=front, has_panel=has_panel)
    np.testing.assert_array_equal(y, expected, strict=True)


@pytest.mark.parametrize("most", [0, 1 << 20])
def test_a_panel_that_is_too_large_is_not_made(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "MAX_PANEL_BYTES", most)
    monkeypatch.setattr(work, "MAX_IN_PLACE_INPUTS", 0)
    tables = cut(FLAT, TILES[0])._tables.values()
    assert all(bool(table.filled) == bool(most) for table in tables)


def test_float64_has_a_kernel_of_its_own() -> None:
    arrays = FLAT.arrays("float64", "floats")
    tile = ChannelTile(*TILES[0][:2], machine().lanes(8))
    expected = scatter.transposed_convolution(*arrays, FLAT.axes, 1)
    np.testing.assert_allclose(compute_layer(FLAT, tile, arrays), expected, rtol=1e-12, atol=1e-12)


def test_nan_and_inf_go_where_the_definition_takes_them() -> None:
    x, w, bias = FLAT.arrays("float32")
    x[0, 3, 1, 2], x[2, 5, 0, 0] = np.nan, np.inf
    expected = scatter.transposed_convolution(x, w, bias, FLAT.axes, 1)
    np.testing.assert_array_equal(
        compute_layer(FLAT, TILES[0], (x, w, bias)), expected, strict=True
    )
