"""ONNX ConvTranspose: a model of one node, for any implementation to run."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Case, Framework, format_call
from deconvcli.frameworks.drivers._dice import Dice, Geometry

IR_VERSION = 10
"""A version that older runtimes can read too; the default is that of the installed package."""


class Onnx(Framework):
    """A model of one node; attributes that a case does not have are absent from it.

    has_ranked_output: whether the model states the number of axes of its output, which some need.
    """

    environment: ClassVar[Mapping[str, str]] = {"OMP_NUM_THREADS": "1"}
    in_extra = True
    has_ranked_output: ClassVar[bool] = False

    def draw(self, random: Random) -> Case:
        """Return a layer with some attributes absent, and sometimes contradictory ones."""
        dice = Dice(random)
        geometry = dice.geometry()
        groups = dice.groups()
        into, out = dice.channels(groups)
        # From 11 on pads beside auto_pad are refused; 22 is the newest.
        params: dict[str, Any] = {"opset": dice.choose(1, 11, 11, 11, 22, 22, 22)}
        modes = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
        attributes: dict[str, Any] = {
            "auto_pad": dice.choose(*modes),
            "dilations": dice.spoil(geometry.d, 0.01, 0),
            "group": groups,
            "kernel_shape": geometry.k,
            "output_padding": self._output_padding(dice, geometry),
            "strides": dice.spoil(geometry.s, 0.01, 0),
        }
        defaults = {"auto_pad": "NOTSET", "dilations": [1] * geometry.rank, "group": 1}
        defaults |= {"kernel_shape": geometry.k, "strides": [1] * geometry.rank}
        defaults |= {"output_padding": [0] * geometry.rank}
        needed = {name for name, value in attributes.items() if value != defaults[name]}
        params |= {
            name: attributes[name] for name in attributes if name in needed or dice.chance(0.3)
        }
        self._add_pads(dice, geometry, params)
        # Still a multiple of the groups, so that only the weights disagree.
        seen = into + groups if dice.chance(0.02) else into
        weight = (into, out // groups, *geometry.k)
        return Case(params, (dice.batch(), seen, *geometry.n), weight, geometry.rank)

    def _output_padding(self, dice: Dice, geometry: Geometry) -> list[int]:
        if dice.chance(0.7):
            return [0] * geometry.rank
        return dice.spoil(dice.up_to([s - 1 for s in geometry.s]), 0.15, geometry.s[0], 5)

    def _add_pads(self, dice: Dice, geometry: Geometry, params: dict[str, Any]) -> None:
        """Add pads or an output shape, mostly where the specification allows them."""
        explicit = params.get("auto_pad", "NOTSET") == "NOTSET"
        if dice.chance(0.8 if explicit else 0.02):
            most = [(full - 1) // 2 for full in geometry.full] * 2
            params["pads"] = dice.spoil(dice.up_to(most), 0.05, -1, 9)
            if dice.chance(0.02):
                params["pads"] = params["pads"][:-1]
        elif dice.chance(0.35):
            slack = [max(0, s - 1) for s in geometry.s]
            axes = zip(geometry.full, slack, strict=True)
            sizes = [max(1, full + dice.between(-2, more)) for full, more in axes]
            params["output_shape"] = sizes if dice.chance(0.96) else [1, 1, *sizes]

    def model(self, case: Case, weight: Any = None) -> Any:
        """Return the model, with an output of unknown shape. weight: an array to store in it."""
        from onnx import TensorProto, helper, numpy_helper

        attributes = dict(case.params)
        opset = helper.make_opsetid("", attributes.pop("opset", 22))
        node = helper.make_node("ConvTranspose", ["X", "W"], ["Y"], **attributes)
        stored = [] if weight is None else [numpy_helper.from_array(weight, "W")]
        kind = stored[0].data_type if stored else TensorProto.FLOAT
        shapes = {"X": case.input_shape} | ({} if stored else {"W": case.weight_shape})
        given = [helper.make_tensor_value_info(name, kind, shapes[name]) for name in shapes]
        sizes = [None] * len(case.input_shape) if self.has_ranked_output else None
        y = helper.make_tensor_value_info("Y", kind, sizes)
        graph = helper.make_graph([node], "layer", given, [y], stored)
        return helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)

    def model_code(self, case: Case) -> str:
        """Return Python statements that build the same `model`."""
        attributes = dict(case.params)
        opset = attributes.pop("opset", 22)
        node = format_call("h.make_node", '"ConvTranspose"', '["X", "W"]', '["Y"]', **attributes)
        sizes = "[None] * x.ndim" if self.has_ranked_output else "None"
        shapes = f'("X", x.shape), ("W", w.shape), ("Y", {sizes})'
        return (
            "from onnx import helper as h;"
            f" v = [h.make_tensor_value_info(n, 1, s) for n, s in ({shapes})];"
            f' graph = h.make_graph([{node}], "layer", v[:2], v[2:]);'
            f' model = h.make_model(graph, opset_imports=[h.make_opsetid("", {opset})],'
            f" ir_version={IR_VERSION})"
        )
