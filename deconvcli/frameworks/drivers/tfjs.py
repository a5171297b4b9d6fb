"""TensorFlow.js on its cpu backend, in Node.js."""

from __future__ import annotations

from random import Random
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from deconvcli.frameworks.drivers._dice import Dice, Geometry
from deconvcli.frameworks.drivers._node import OnNode, write_array
from deconvcli.frameworks.drivers._tfjs import SCRIPT
from deconvcli.frameworks.releases import TFJS


class TensorFlowJs(OnNode):
    """tf.layers.conv{2,3}dTranspose, and the functions tf.conv{2,3}dTranspose."""

    dialect = "tfjs"
    needs = (TFJS,)
    package = TFJS
    script = SCRIPT
    arguments: ClassVar[tuple[str, ...]] = ("cpu",)

    def draw(self, random: Random) -> Case:
        """Return a layer by a word, or a function with a size that its padding mostly gives."""
        dice = Dice(random)
        rank = dice.choose(2, 2, 2, 3)
        geometry = dice.geometry(rank, dilated=0)
        into, out = dice.channels()
        weight = (*geometry.k, out, into)
        batch = max(1, dice.batch())
        if dice.chance(0.5):
            params, first = self._draw_layer(dice, geometry, out)
            shape = (batch, into, *geometry.n) if first else (batch, *geometry.n, into)
            return Case(params, shape, weight, rank)
        params = self._draw_function(dice, geometry, (batch, out))
        return Case(params, (batch, *geometry.n, into), weight, rank)

    def _draw_layer(self, dice: Dice, geometry: Geometry, out: int) -> tuple[dict[str, Any], bool]:
        params: dict[str, Any] = {
            "api": "layer",
            "filters": out,
            "kernelSize": geometry.k,
            "strides": dice.form(geometry.s),
            "padding": dice.choose(*["valid", "same"] * 9, "causal", "causal"),
        }
        if first := geometry.rank == 2 and dice.chance(0.2):
            params["dataFormat"] = "channelsFirst"
        if dice.chance(0.25):
            params["dilationRate"] = [dice.between(1, 3) for _ in geometry.n]
        return params, first

    def _draw_function(
        self, dice: Dice, geometry: Geometry, ends: tuple[int, int]
    ) -> dict[str, Any]:
        rank, kind = geometry.rank, dice.choose("valid", "valid", "same", "same", "pairs", "number")
        crop = [dice.between(0, k // 2) for k in geometry.k for _ in range(2)]
        pad: Any = kind
        if kind == "number":
            pad = crop[0]
            crop = [pad] * (2 * rank)
        elif kind == "pairs":
            pad = [[0, 0], *([crop[2 * i], crop[2 * i + 1]] for i in range(rank)), [0, 0]]
        axes = zip(geometry.n, geometry.k, geometry.s, crop[::2], crop[1::2], strict=True)
        sizes = [
            n * s - dice.between(0, s - 1)
            if kind == "same"
            else (n - 1) * s + k + dice.between(0, s - 1) - (begin + end if kind != "valid" else 0)
            for n, k, s, begin, end in axes
        ]
        sizes = dice.spoil(sizes, 0.08, sizes[0] + 1, 1)
        batch, out = ends
        return {
            "api": "op",
            "outputShape": [batch, *sizes, out],
            "strides": geometry.s,
            "pad": pad,
        }

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        arrays = {"x": write_array(x), "w": write_array(w)}
        return self.compute({"params": case.params, "rank": case.rank, **arrays})


FRAMEWORK: Framework = TensorFlowJs()
