"""The rows of a tile that take part in each step."""

from __future__ import annotations

from deconvcli.compute.kernels.tiled.tile import Tile


def test_a_step_serves_the_planes_of_its_mask_in_every_channel() -> None:
    tile = Tile(channels=2, planes=3, steps=2, masks=0b101_010, vectors=2, lanes=8)
    assert tile.rows == 6
    assert [tile.planes_of(step) for step in range(2)] == [[1], [0, 2]]
    assert [tile.rows_of(step) for step in range(2)] == [[1, 4], [0, 2, 3, 5]]
