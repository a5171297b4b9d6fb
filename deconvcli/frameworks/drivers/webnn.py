"""WebNN's graph builder in Chromium, which checks layers and infers shapes for every backend."""

from __future__ import annotations

import json
from functools import cache
from random import Random
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Case, Framework, Trace, format_literal
from deconvcli.frameworks.drivers._chromium import Chromium
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import CHROMIUM

DESCRIBE = """
const describe = (shape) => ({dataType: 'float32', shape});
const make = async (given) => {
  const context = await navigator.ml.createContext();
  const builder = new MLGraphBuilder(context);
  const x = builder.input('x', describe(given.input_shape));
  const w = builder.constant(describe(given.weight_shape), new Float32Array(given.w));
  return {context, builder, x, y: builder.convTranspose2d(x, w, given.params)};
};
"""
"""Defines a function that makes the operand of a layer."""


class WebNN(Framework):
    """MLGraphBuilder.convTranspose2d, without a graph."""

    dialect = "webnn"
    needs = (CHROMIUM,)
    has_values: ClassVar[bool] = False

    def versions(self) -> dict[str, str]:
        """Return the version of the browser."""
        return {CHROMIUM.module: find_browser().version()}

    def draw(self, random: Random) -> Case:
        """Return a layer with any padding, and outputPadding, outputSizes or neither."""
        dice = Dice(random)
        geometry, groups = dice.geometry(2, dilated=0.1), dice.groups() if dice.chance(0.2) else 1
        into, out = dice.channels(groups)
        axes = list(zip(geometry.n, geometry.s, geometry.k, geometry.full, strict=True))
        params: dict[str, Any] = {"strides": dice.spoil(geometry.s, 0.02, 0)}
        kind = dice.choose("none", "none", "same", "same", "any")
        padding = [0, 0, 0, 0]
        if kind == "same":
            lost = [max(0, k - s) for _, s, k, _ in axes]
            padding = [end for crop in lost for end in (crop // 2, crop - crop // 2)]
        elif kind == "any":
            padding = [dice.between(0, span // 2 + 1) for span in geometry.span for _ in range(2)]
        if any(padding) or dice.chance(0.2):
            params["padding"] = padding
        more = dice.up_to([s - 1 for s in geometry.s]) if dice.chance(0.4) else [0, 0]
        more = dice.spoil(more, 0.04, geometry.s[0])
        if any(more) and dice.chance(0.5):
            lost = [padding[0] + padding[1], padding[2] + padding[3]]
            params["outputSizes"] = [
                max(1, full - crop + extra)
                for full, crop, extra in zip(geometry.full, lost, more, strict=True)
            ]
        elif any(more):
            params["outputPadding"] = more
        if max(geometry.d) > 1:
            params["dilations"] = geometry.d
        if groups > 1:
            params["groups"] = groups
        batch, seen = max(1, dice.batch()), into + (1 if dice.chance(0.03) else 0)
        layout = dice.choose("iohw", "iohw", "hwoi", "ohwi")
        if layout != "iohw":
            params["filterLayout"] = layout
        if last := dice.chance(0.3):
            params["inputLayout"] = "nhwc"
        weight = {
            "iohw": (into, out // groups, *geometry.k),
            "hwoi": (*geometry.k, out // groups, into),
            "ohwi": (out // groups, *geometry.k, into),
        }[layout]
        shape = (batch, *geometry.n, seen) if last else (batch, seen, *geometry.n)
        return Case(params, shape, weight, 2)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the shape of the operand."""
        trace.stage = "construct"
        return evaluate("return (await make(given)).y.shape;", case, x, w)

    def code(self, case: Case) -> str:
        """Return a call of `compute`, since Python has no WebNN."""
        params = ", ".join(f'"{name}": {format_literal(v)}' for name, v in case.params.items())
        return f"from {self.module} import compute; y = compute({{{params}}}, x, w)"


@cache
def find_browser() -> Chromium:
    """Return the browser of this process."""
    return Chromium()


def evaluate(body: str, case: Case, x: Any, w: Any) -> Any:
    """Return what the body of an async function returns, with the layer as `given`."""
    given = {
        "params": {name: plain(value) for name, value in case.params.items()},
        "input_shape": list(x.shape),
        "weight_shape": list(w.shape),
        "x": x.ravel().tolist(),
        "w": w.ravel().tolist(),
    }
    return find_browser().evaluate(
        f"(async () => {{ const given = {json.dumps(given)}; {DESCRIBE} {body} }})()"
    )


def plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    return list(value) if isinstance(value, tuple) else value


def compute(params: Any, x: Any, w: Any) -> Any:
    """Return an empty array of the shape of one layer's output."""
    import numpy

    case = Case(params, x.shape, w.shape, 2)
    return numpy.empty(FRAMEWORK.run(case, x, w, Trace()))


FRAMEWORK: Framework = WebNN()
