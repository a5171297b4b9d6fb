"""OpenVINO's CPU plugin."""

from __future__ import annotations

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
)
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import OPENVINO

GROUPED = "GroupConvolutionBackpropData"
FUNCTIONS = {
    "ConvolutionBackpropData": "convolution_backprop_data",
    GROUPED: "group_convolution_backprop_data",
}


class OpenVino(TimedFramework):
    """opset1's ConvolutionBackpropData and GroupConvolutionBackpropData."""

    dialect = "openvino"
    needs = (OPENVINO,)
    packing = Packing.BEFOREHAND

    def draw(self, random: Random) -> Case:
        """Return a layer with any combination of pads, auto_pad and an output shape."""
        dice = Dice(random)
        geometry = dice.geometry()
        groups = dice.groups() if dice.chance(0.3) else 0
        into, out = dice.channels(max(1, groups))
        rank = geometry.rank
        crops = [dice.up_to([(full - 1) // 2 for full in geometry.full]) for _ in range(2)]
        params: dict[str, Any] = {
            "op": GROUPED if groups else "ConvolutionBackpropData",
            "strides": dice.spoil(geometry.s, 0.03, 0),
            "pads_begin": dice.spoil(crops[0], 0.1, -1, 9),
            "pads_end": dice.spoil(crops[1], 0.1, 9),
            "dilations": dice.spoil(geometry.d, 0.03, 0),
            "auto_pad": dice.choose("explicit", "explicit", "valid", "same_upper", "same_lower"),
            "output_padding": dice.up_to([3] * rank) if dice.chance(0.3) else [0] * rank,
        }
        if dice.chance(0.5):
            params["output_shape"] = [max(1, full + dice.between(-3, 2)) for full in geometry.full]
        weight = (into, out, *geometry.k)
        if groups:
            weight = (groups, into // groups, out // groups, *geometry.k)
        seen = into + 1 if dice.chance(0.04) else into
        return Case(params, (dice.batch(), seen, *geometry.n), weight, rank)

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return a compiled model; the node's inferred shape is a detail of the answer."""
        import openvino

        if x.dtype != "float32":
            # The CPU plugin converts silently, and the times would be those of float32.
            raise TypeError(f"{x.dtype} is computed as float32")
        trace.stage = "construct"
        data = openvino.opset1.parameter(list(x.shape), x.dtype)
        node = self._node(case, data, w)
        trace.details["inferred_shape"] = [
            axis.get_length() if axis.is_static else None for axis in node.output(0).partial_shape
        ]
        trace.stage = "build"
        model = openvino.Model([node], [data])
        # Without the hint the plugin computes in bfloat16 on processors that have it.
        settings = {"INFERENCE_NUM_THREADS": threads, "INFERENCE_PRECISION_HINT": "f32"}
        compiled = openvino.Core().compile_model(model, "CPU", settings)
        trace.stage = "call"
        # Without sharing, the wrapper copies the arrays in and out, which is not the layer's time.
        return lambda: compiled([x], share_inputs=True, share_outputs=True)[0]

    def _node(self, case: Case, data: Any, w: Any) -> Any:
        import numpy
        from openvino import opset1

        params = dict(case.params)
        function = getattr(opset1, FUNCTIONS[params.pop("op")])
        strides = params.pop("strides")
        shape = params.pop("output_shape", None)
        output_shape = None if shape is None else opset1.constant(numpy.array(shape, "int64"))
        return function(data, opset1.constant(w), strides, output_shape, **params)

    def code(self, case: Case) -> str:
        """Return a model of one node."""
        params = dict(case.params)
        function, shape = FUNCTIONS[params.pop("op")], params.pop("output_shape", None)
        size = "None" if shape is None else f'o.constant(np.array({shape}, "int64"))'
        strides = str(params.pop("strides"))
        node = format_call(f"o.{function}", "d", "o.constant(w)", strides, size, **params)
        return (
            "import openvino as v; from openvino import opset1 as o;"
            f" d = o.parameter(list(x.shape), x.dtype); node = {node};"
            ' y = v.Core().compile_model(v.Model([node], [d]), "CPU")([x])[0]'
        )


FRAMEWORK: Framework = OpenVino()
