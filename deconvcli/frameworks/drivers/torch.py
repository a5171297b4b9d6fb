"""PyTorch on the CPU: its modules and its functions, on one thread unless timed."""

from __future__ import annotations

from collections.abc import Mapping
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
    function_parameters,
    to_tuples,
)
from deconvcli.frameworks.drivers._dice import Dice, Geometry
from deconvcli.frameworks.releases import TORCH


class Torch(TimedFramework):
    """torch.nn.functional.conv_transpose{1,2,3}d and torch.nn.ConvTranspose{1,2,3}d."""

    dialect = "torch"
    needs = (TORCH,)
    # The number of threads decides which kernel runs, and with it which layers are refused.
    environment: ClassVar[Mapping[str, str]] = {"OMP_NUM_THREADS": "1"}
    in_extra = True
    packing = Packing.EVERY_CALL
    direct: ClassVar[Mapping[str, Any]] = {"api": "functional"}

    def draw(self, random: Random) -> Case:
        """Return a layer with crops up to half the output, and output sizes near their limits."""
        dice = Dice(random)
        geometry = dice.geometry()
        groups = dice.groups()
        into, out = dice.channels(groups)
        crops = dice.up_to([(full - 1) // 2 for full in geometry.full])
        steps = [max(pair) for pair in zip(geometry.s, geometry.d, strict=True)]
        extra = dice.up_to([step - 1 for step in steps]) if dice.chance(0.4) else [0] * len(steps)
        params: dict[str, Any] = {
            "stride": dice.form(dice.spoil(geometry.s, 0.03, 0, -1)),
            "padding": dice.form(dice.spoil(crops, 0.05, -1, 9)),
            "output_padding": dice.form(dice.spoil(extra, 0.12, -1, steps[0], steps[0] + 1)),
            "groups": groups,
            "dilation": dice.form(dice.spoil(geometry.d, 0.03, 0, -1)),
        }
        if dice.chance(0.3):
            params |= {"in_channels": into, "out_channels": out}
            params["kernel_size"] = dice.form(geometry.k)
            params["api"] = "module"
        else:
            params["api"] = "functional"
        batch = [dice.batch()] if dice.chance(0.85) else []
        if params["api"] == "module" and dice.chance(0.6):
            params["output_size"] = self._output_size(dice, geometry, crops, batch, out)
        # Still a multiple of the groups, so that only the weights disagree.
        seen = into + groups if dice.chance(0.03) else into
        weight = (into, out // groups, *geometry.k)
        return Case(params, (*batch, seen, *geometry.n), weight, geometry.rank)

    def _output_size(
        self, dice: Dice, geometry: Geometry, crops: list[int], batch: list[int], out: int
    ) -> list[int]:
        """Return sizes near the interval of each axis, sometimes with batch and channels."""
        axes = zip(geometry.full, crops, geometry.s, strict=True)
        sizes = [full - 2 * p + dice.between(0, s - 1) for full, p, s in axes]
        sizes = dice.spoil(sizes, 0.2, sizes[0] + geometry.s[0], sizes[0] - geometry.s[0])
        leading = [*batch, out] if dice.chance(0.2) else []
        return [*leading, *sizes] if dice.chance(0.95) else [*sizes, 1]

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return a function or a module, called without gradients."""
        import torch

        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        output_size = case.params.get("output_size")
        params = {name: to_tuples(value) for name, value in case.params.items()}
        given, weight = torch.from_numpy(x), torch.from_numpy(w)
        if params.pop("api", "module") == "functional":
            function = getattr(torch.nn.functional, f"conv_transpose{case.rank}d")
            return partial(function, given, weight, **function_parameters(params))
        params.pop("output_size", None)
        trace.stage = "construct"
        layer = getattr(torch.nn, f"ConvTranspose{case.rank}d")(**params, bias=False)
        layer.weight = torch.nn.Parameter(weight)
        trace.stage = "call"
        return partial(layer, given, output_size)

    def code(self, case: Case) -> str:
        """Return a call of the function, or a module whose weights are set."""
        params = dict(case.params)
        threads = "import torch; torch.set_num_threads(1); x, w = map(torch.tensor, (x, w)); "
        if params.pop("api", "module") == "functional":
            function = f"torch.nn.functional.conv_transpose{case.rank}d"
            return f"{threads}y = {format_call(function, 'x', 'w', **params)}"
        sizes = {"output_size": params.pop("output_size", None)}
        layer = format_call(f"torch.nn.ConvTranspose{case.rank}d", **params, bias=False)
        weights = "layer.weight = torch.nn.Parameter(w)"
        return f"{threads}layer = {layer}; {weights}; y = {format_call('layer', 'x', **sizes)}"


FRAMEWORK: Framework = Torch()
