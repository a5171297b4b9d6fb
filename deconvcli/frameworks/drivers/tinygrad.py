"""tinygrad on its PYTHON device, which needs no compiler."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from random import Random
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Case, Framework, Trace, format_call, to_tuples
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import TINYGRAD


class TinyGrad(Framework):
    """tinygrad.Tensor.conv_transpose2d, which takes any number of axes."""

    dialect = "tinygrad"
    needs = (TINYGRAD,)
    environment: ClassVar[Mapping[str, str]] = {"DEV": "PYTHON"}

    def versions(self) -> dict[str, str]:
        """Return the version of the distribution; the module has none."""
        return {"tinygrad": version("tinygrad")}

    def draw(self, random: Random) -> Case:
        """Return a layer with any of the three forms of padding, and any output_padding."""
        dice = Dice(random)
        geometry = dice.geometry()
        groups, rank = dice.groups(), geometry.rank
        into, out = dice.channels(groups)
        crops = dice.spoil(dice.up_to([full // 2 for full in geometry.full]), 0.2, -1, 9)
        sides = [side for crop in crops[::-1] for side in (crop, dice.between(0, 1))]
        params = {
            "groups": groups,
            "stride": dice.form(geometry.s),
            "dilation": dice.form(geometry.d),
            "padding": dice.choose(dice.form(crops), dice.form(crops), sides),
            "output_padding": dice.form(dice.up_to([3] * rank)) if dice.chance(0.4) else 0,
        }
        if dice.chance(0.05):
            params["padding"] = [1] * (rank + 1)
        seen = into + groups if dice.chance(0.05) else into
        weight = (into, out // groups, *geometry.k)
        return Case(params, (dice.between(1, 2), seen, *geometry.n), weight, rank)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        from tinygrad import Tensor

        params = {name: to_tuples(value) for name, value in case.params.items()}
        return Tensor(x).conv_transpose2d(Tensor(w), **params).numpy()

    def code(self, case: Case) -> str:
        """Return one call."""
        y = format_call("Tensor(x).conv_transpose2d", "Tensor(w)", **case.params)
        return f"from tinygrad import Tensor; y = {y}.numpy()"


FRAMEWORK: Framework = TinyGrad()
