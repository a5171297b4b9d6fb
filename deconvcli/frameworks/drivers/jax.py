"""JAX on the CPU: the transposed convolution, and the general one that implements it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import (
    Case,
    Framework,
    Packing,
    Step,
    TimedFramework,
    Trace,
    format_call,
    to_tuples,
)
from deconvcli.frameworks.drivers._dice import Dice, Geometry
from deconvcli.frameworks.releases import JAX

LETTERS = {1: "H", 2: "HW", 3: "HWD"}
MAX_PAD = 6


class Jax(TimedFramework):
    """jax.lax.conv_transpose and jax.lax.conv_general_dilated."""

    dialect = "jax"
    needs = (JAX,)
    # Without it JAX takes an accelerator where it finds one; the CPU is what was measured.
    environment: ClassVar[Mapping[str, str]] = {"JAX_PLATFORMS": "cpu"}
    in_extra = True
    packing = Packing.EVERY_CALL

    def draw(self, random: Random) -> Case:
        """Return a layer with padding in words, in any case, or as pads, also negative ones."""
        dice = Dice(random)
        geometry = dice.geometry()
        if dice.chance(0.15):
            return self._draw_general(dice, geometry)
        into, out = dice.channels()
        swapped = dice.chance(0.3)
        data, kernel, params = self._layouts(dice, geometry.rank)
        params |= {
            "api": "conv_transpose",
            "strides": dice.spoil(geometry.s, 0.05, 0),
            "padding": self._padding(dice, geometry),
            "rhs_dilation": None if max(geometry.d) == 1 and dice.chance(0.5) else geometry.d,
            "transpose_kernel": swapped,
        }
        if dice.chance(0.3):
            params["use_consistent_padding"] = dice.chance(0.5)
        seen = into + 1 if dice.chance(0.1) else into
        sizes = {"N": dice.batch(), "C": seen, "I": into, "O": out}
        sizes |= {"I": out, "O": into} if swapped else {}
        x, w = _shape(data, sizes, geometry.n), _shape(kernel, sizes, geometry.k)
        return Case(params, x, w, geometry.rank)

    def _draw_general(self, dice: Dice, geometry: Geometry) -> Case:
        groups = dice.groups()
        into, out = dice.channels(groups)
        letters = LETTERS[geometry.rank]
        data, kernel = f"N{letters}C", f"{letters}IO"
        params = {
            "api": "conv_general_dilated",
            "window_strides": [1] * geometry.rank,
            "padding": self._pads(dice, geometry),
            "lhs_dilation": dice.spoil(geometry.s, 0.05, 0),
            "rhs_dilation": geometry.d,
            "dimension_numbers": [data, kernel, data],
            "feature_group_count": groups,
        }
        seen = into + groups if dice.chance(0.15) else into
        sizes = {"N": dice.batch(), "C": seen, "I": into // groups, "O": out}
        x, w = _shape(data, sizes, geometry.n), _shape(kernel, sizes, geometry.k)
        return Case(params, x, w, geometry.rank)

    def _layouts(self, dice: Dice, rank: int) -> tuple[str, str, dict[str, Any]]:
        letters = LETTERS[rank]
        data, kernel = f"N{letters}C", f"{letters}IO"
        if dice.chance(0.75):
            return data, kernel, {"dimension_numbers": None}
        if dice.chance(0.6):
            data, kernel = f"NC{letters}", dice.choose("OI", "IO") + letters
        return data, kernel, {"dimension_numbers": [data, kernel, data]}

    def _padding(self, dice: Dice, geometry: Geometry) -> Any:
        if dice.chance(0.5):
            return dice.choose(*["VALID", "SAME"] * 6, "FULL", "same", "valid", "SAME_LOWER")
        return self._pads(dice, geometry)

    def _pads(self, dice: Dice, geometry: Geometry) -> list[list[int]]:
        lowest = -2 if dice.chance(0.3) else 0
        pads = [
            [dice.between(lowest, min(span + 1, MAX_PAD)) for _ in range(2)]
            for span in geometry.span
        ]
        if dice.chance(0.08):
            return [*pads, [0, 0]]
        if dice.chance(0.12):
            pads[0][0] = -geometry.full[0]
        return pads

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        return self._function(case)(x, w)

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return the compiled function.

        threads: unused, since XLA reads their number from the environment.
        """
        import jax

        # Without this, JAX computes float64 as float32.
        jax.config.update("jax_enable_x64", x.dtype == "float64")
        # The weights are an argument, as in a model in training, so that every call packs them.
        compiled = jax.jit(self._function(case))
        given, weight = jax.device_put(x), jax.device_put(w)
        # JAX returns before the result is computed.
        return lambda: compiled(given, weight).block_until_ready()

    def _function(self, case: Case) -> Callable[..., Any]:
        from jax import lax

        params = {name: to_tuples(value) for name, value in case.params.items()}
        # Parameters from a conversion name no function: `api` exists in drawn cases only.
        likely = "conv_general_dilated" if "window_strides" in params else "conv_transpose"
        return partial(getattr(lax, params.pop("api", likely)), **params)

    def code(self, case: Case) -> str:
        """Return one call."""
        params = dict(case.params)
        function = params.pop("api", "conv_transpose")
        return f"from jax import lax; y = {format_call(f'lax.{function}', 'x', 'w', **params)}"


def _shape(layout: str, sizes: dict[str, int], spatial: list[int]) -> tuple[int, ...]:
    """Return the sizes in a layout's order; letters without a size are the axes in turn."""
    axes = iter(spatial)
    return tuple(sizes[letter] if letter in sizes else next(axes) for letter in layout)


FRAMEWORK: Framework = Jax()
