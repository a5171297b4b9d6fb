"""Core ML's converter: the shape inference of its intermediate language, without a runtime."""

from __future__ import annotations

from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace, format_call
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import COREMLTOOLS


class CoreMl(Framework):
    """coremltools' mb.conv_transpose."""

    dialect = "coreml"
    needs = (COREMLTOOLS,)
    has_values = False

    def draw(self, random: Random) -> Case:
        """Return a layer with any pad_type, two unknown ones included, and any output_shape."""
        dice = Dice(random)
        geometry = dice.geometry()
        groups, rank = dice.groups(), geometry.rank
        into, out = dice.channels(groups)
        pad_types = ("valid", "same", "custom", "custom")
        params: dict[str, Any] = {
            "pad_type": dice.choose(*pad_types * 2, "same_lower", "explicit"),
            "strides": geometry.s,
            "dilations": geometry.d,
            "groups": groups,
        }
        if params["pad_type"] == "custom":
            params["pad"] = [dice.between(0, (full - 1) // 2) for full in geometry.full * 2][::-1]
            params["pad"] = [0] * (2 * rank) if dice.chance(0.2) else params["pad"]
            if rank > 1:
                params["pad"] = [min(1, side) for side in params["pad"]]
        if dice.chance(0.2):
            params["output_shape"] = [1, out, *geometry.full]
        return Case(params, (1, into, *geometry.n), (into, out // groups, *geometry.k), rank)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the inferred shape."""
        from coremltools.converters.mil import mil

        specs = [mil.Builder.TensorSpec(shape=x.shape)]

        def program(data: Any) -> Any:
            return mil.Builder.conv_transpose(x=data, weight=w, **case.params)

        function = mil.Builder.program(input_specs=specs)(program).functions["main"]
        return [int(size) for size in function.outputs[0].shape]

    def code(self, case: Case) -> str:
        """Return a program of one operation; `y` has the inferred shape."""
        node = format_call("B.conv_transpose", x="", weight="", **case.params)
        node = node.replace('x="", weight=""', "x=d, weight=w")
        program = f"B.program(input_specs=[B.TensorSpec(shape=x.shape)])(lambda d: {node})"
        return (
            "from coremltools.converters.mil.mil import Builder as B;"
            f' p = {program}; y = np.empty(p.functions["main"].outputs[0].shape)'
        )


FRAMEWORK: Framework = CoreMl()
