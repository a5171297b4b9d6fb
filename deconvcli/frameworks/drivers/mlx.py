"""MLX on the CPU."""

from __future__ import annotations

from importlib.metadata import version
from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import (
    Case,
    Framework,
    Trace,
    format_call,
    function_parameters,
    to_tuples,
)
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import MLX


class Mlx(Framework):
    """mlx.core.conv_transpose{1,2,3}d."""

    dialect = "mlx"
    needs = (MLX,)

    def versions(self) -> dict[str, str]:
        """Return the core's version; the package `mlx` itself has none."""
        import mlx.core

        return {"mlx": getattr(mlx.core, "__version__", None) or version("mlx")}

    def draw(self, random: Random) -> Case:
        """Return a layer with crops beyond the kernel and any output_padding, negative included."""
        dice = Dice(random)
        geometry = dice.geometry()
        groups = dice.groups() if geometry.rank < 3 or dice.chance(0.1) else 1
        into, out = dice.channels(groups)
        crops = dice.up_to([(full - 1) // 2 for full in geometry.full])
        extra = dice.up_to([3] * geometry.rank)

        def form(values: list[int]) -> Any:
            # MLX refuses a list of one number.
            return values[0] if len(values) == 1 else dice.form(values)

        params = {
            "stride": form(dice.spoil(geometry.s, 0.03, 0)),
            "padding": form(dice.spoil(crops, 0.1, 5, 9)),
            "dilation": form(dice.spoil(geometry.d, 0.03, 0)),
            "output_padding": form(dice.spoil(extra, 0.1, -1)) if dice.chance(0.5) else 0,
            "groups": groups,
        }
        seen = into + groups if dice.chance(0.05) else into
        weight = (out, *geometry.k, into // groups)
        return Case(params, (dice.batch(), *geometry.n, seen), weight, geometry.rank)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        import mlx.core
        import numpy

        params = {
            name: to_tuples(value) for name, value in function_parameters(case.params).items()
        }
        function = getattr(mlx.core, f"conv_transpose{case.rank}d")
        return numpy.array(function(mlx.core.array(x), mlx.core.array(w), **params))

    def code(self, case: Case) -> str:
        """Return one call."""
        function = f"mx.conv_transpose{case.rank}d"
        return (
            "import mlx.core as mx; x, w = mx.array(x), mx.array(w);"
            f" y = {format_call(function, 'x', 'w', **case.params)}"
        )


FRAMEWORK: Framework = Mlx()
