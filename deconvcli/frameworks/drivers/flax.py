"""Flax on the CPU: the layers of linen and of nnx."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Case, Framework, Trace, format_call, to_tuples
from deconvcli.frameworks.drivers._dice import Dice, Geometry
from deconvcli.frameworks.releases import FLAX, JAX


class Flax(Framework):
    """flax.linen.ConvTranspose and flax.nnx.ConvTranspose."""

    dialect = "flax"
    needs = (FLAX, JAX)
    # Without it JAX takes an accelerator where it finds one; the CPU is what was measured.
    environment: ClassVar[Mapping[str, str]] = {"JAX_PLATFORMS": "cpu"}
    in_extra = True

    def draw(self, random: Random) -> Case:
        """Return a layer with any form of padding, and none, one or two batch axes."""
        dice = Dice(random)
        geometry = dice.geometry()
        into, out = dice.channels()
        swapped = dice.chance(0.3)
        params = {
            "api": dice.choose("linen", "nnx"),
            "features": out,
            "kernel_size": geometry.k,
            "strides": None if max(geometry.s) == 1 else dice.form(geometry.s),
            "padding": self._padding(dice, geometry),
            "kernel_dilation": None if max(geometry.d) == 1 else dice.form(geometry.d),
            "transpose_kernel": swapped,
        }
        batch = dice.choose([dice.batch()], [dice.batch()], [dice.batch()], [], [2, 1])
        channels = (out, into) if swapped else (into, out)
        return Case(params, (*batch, *geometry.n, into), (*geometry.k, *channels), geometry.rank)

    def _padding(self, dice: Dice, geometry: Geometry) -> Any:
        rank = geometry.rank
        if dice.chance(0.6):
            return dice.choose(*["VALID", "SAME", "CIRCULAR"] * 4, *["CAUSAL"] * 5)
        if dice.chance(0.3):
            return [[0, 0]] * (rank + 1)
        pads = [[dice.between(0, 3), dice.between(0, 3)] for _ in range(rank)]
        return dice.choose(pads[0][0], [low for low, _ in pads], pads)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        params = {name: to_tuples(value) for name, value in case.params.items()}
        if params.pop("api", "linen") == "nnx":
            return self._nnx(params, x, w)
        from flax import linen

        layer = linen.ConvTranspose(**params, use_bias=False)
        return layer.apply({"params": {"kernel": w}}, x)

    def _nnx(self, params: dict[str, Any], x: Any, w: Any) -> Any:
        from flax import nnx

        features = params.pop("features")
        layer = nnx.ConvTranspose(x.shape[-1], features, **params, use_bias=False, rngs=nnx.Rngs(0))
        layer.kernel[...] = w
        return layer(x)

    def code(self, case: Case) -> str:
        """Return a layer whose kernel is set."""
        params = dict(case.params)
        if params.pop("api", "linen") == "linen":
            layer = format_call("linen.ConvTranspose", **params, use_bias=False)
            return f'from flax import linen; y = {layer}.apply({{"params": {{"kernel": w}}}}, x)'
        sizes = "x.shape[-1]", str(params.pop("features"))
        layer = format_call("nnx.ConvTranspose", *sizes, **params, use_bias=False)
        layer = f"{layer[:-1]}, rngs=nnx.Rngs(0))"
        return f"from flax import nnx; layer = {layer}; layer.kernel[...] = w; y = layer(x)"


FRAMEWORK: Framework = Flax()
