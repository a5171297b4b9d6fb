"""PaddlePaddle on the CPU."""

from __future__ import annotations

from functools import partial
from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import (
    Case,
    Framework,
    Packing,
    Step,
    TimedFramework,
    Trace,
    format_call,
    function_parameters,
)
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import PADDLE

FORMATS = {1: ("NCL", "NLC"), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}


class Paddle(TimedFramework):
    """paddle.nn.functional.conv{1,2,3}d_transpose."""

    dialect = "paddle"
    needs = (PADDLE,)
    packing = Packing.EVERY_CALL

    def draw(self, random: Random) -> Case:
        """Return a layer with any form of padding and output size, in both data formats."""
        dice = Dice(random)
        geometry = dice.geometry()
        groups = dice.groups()
        into, out = dice.channels(groups)
        last = dice.chance(0.2)
        crops = dice.up_to([min(2, (full - 1) // 2) for full in geometry.full])
        params: dict[str, Any] = {
            "stride": dice.form(geometry.s),
            "padding": self._padding(dice, crops, last),
            "groups": groups,
            "dilation": dice.form(geometry.d),
            "data_format": FORMATS[geometry.rank][last],
        }
        if dice.chance(0.4):
            extra = dice.up_to([s - 1 for s in geometry.s])
            params["output_padding"] = dice.form(dice.spoil(extra, 0.3, geometry.s[0], 4))
        elif dice.chance(0.35):
            axes = zip(geometry.full, crops, geometry.s, strict=True)
            sizes = [full - 2 * p + dice.between(0, s - 1) for full, p, s in axes]
            params["output_size"] = dice.form(dice.spoil(sizes, 0.15, sizes[0] + 4, 1))
        if dice.chance(0.01):
            params |= {"output_padding": 1, "output_size": geometry.full}
        seen = into + groups if dice.chance(0.04) else into
        batch, weight = dice.batch(), (into, out // groups, *geometry.k)
        shape = (batch, *geometry.n, seen) if last else (batch, seen, *geometry.n)
        return Case(params, shape, weight, geometry.rank)

    def _padding(self, dice: Dice, crops: list[int], last: bool) -> Any:
        both = [[crop, crop] for crop in crops]
        uneven = [[dice.between(0, crop), crop] for crop in crops]
        flat = [side for pair in uneven for side in pair]
        full = [[0, 0], *uneven, [0, 0]] if last else [[0, 0], [0, 0], *uneven]
        same = dice.form(crops) if len(set(crops)) == 1 else crops
        negative = dice.spoil(crops, 1, -1)
        forms = (same, same, crops, flat, full, [side for pair in both for side in pair])
        return dice.choose(*forms, "SAME", "SAME", "VALID", "VALID", negative)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        y = super().run(case, x, w, trace)
        # Reading a tensor with a negative size ends the process.
        if any(size < 0 for size in y.shape):
            raise ValueError(f"the output has shape {list(y.shape)}")
        return y.numpy()

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return the function, called without gradients.

        threads: unused, since Paddle reads their number from the environment.
        """
        import paddle

        paddle.set_grad_enabled(False)
        function = getattr(paddle.nn.functional, f"conv{case.rank}d_transpose")
        return partial(
            function, paddle.to_tensor(x), paddle.to_tensor(w), **function_parameters(case.params)
        )

    def code(self, case: Case) -> str:
        """Return one call."""
        function = f"paddle.nn.functional.conv{case.rank}d_transpose"
        y = format_call(function, "x", "w", **case.params)
        return f"import paddle; x, w = map(paddle.to_tensor, (x, w)); y = {y}"


FRAMEWORK: Framework = Paddle()
