"""Every recipe fits its machine."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deconvcli.compute.kernels.machine import Machine
from deconvcli.compute.kernels.tiled.recipe import MAX_MASK_BITS, recipes
from tests.compute.kernels.tiled.test_plan import Drawn, layers

MACHINES = [Machine(512, 32), Machine(256, 16), Machine(128, 32), Machine(0, 16)]


@given(layers(), st.sampled_from(MACHINES))
def test_every_recipe_fits_the_machine(drawn: Drawn, machine: Machine) -> None:
    for recipe in recipes(drawn.sizes, drawn.spatial, drawn.axes, machine, 4):
        tile = recipe.plan(drawn.sizes, drawn.spatial, drawn.axes).way.tile
        # One register for a load, and one for a weight where they are not multiplied in place.
        assert tile.rows * tile.vectors < machine.registers
        assert tile.rows <= recipe.rows
        assert tile.masks.bit_length() <= MAX_MASK_BITS
        assert tile.planes == 1 or tile.rows == recipe.rows
