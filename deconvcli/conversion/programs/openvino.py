"""OpenVINO's nodes, in a compiled model."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program, list_slices
from deconvcli.layers.axis import Size


class OpenVino(Program):
    """A model of functions of an opset, from a parameter to the output."""

    imports = ("import openvino", "from openvino import opset13 as opset")
    tensor = "opset.constant({})"

    def write_setup(self, plan: Plan) -> list[str]:
        """Return the lines that make the nodes and compile them."""
        sizes = ", ".join(map(str, (plan.source.layer.in_channels, *plan.source.spatial)))
        return [
            "kind = w.dtype",
            *super().write_setup(plan),
            f"x = data = opset.parameter([-1, {sizes}], kind)",
            *self.write_steps(plan),
            "model = openvino.Model([y], [data])",
            # Processors that have bfloat16 would compute in it.
            'precision = {"INFERENCE_PRECISION_HINT": "f32"}',
            'compiled = openvino.compile_model(model, "CPU", precision)',
        ]

    def write_apply(self, plan: Plan) -> list[str]:
        """Return the run of the model."""
        return ["return compiled([np.asarray(x, kind)])[0]"]

    def write_ending(self) -> list[str]:
        """Return the lines after `apply`, by which a user has the model too."""
        return ["apply.model = model"]

    def write_cuts(self, name: str, plan: Plan) -> list[str]:
        """Return a call of slice."""
        starts, ends, axes = list_slices(plan)
        steps = [1] * len(axes)
        return [f"opset.slice({name}, {starts}, {ends}, {steps}, {axes})"] if axes else []

    def split(self, name: str, parts: int, axis: int) -> str:
        """Return the outputs of a split."""
        return f"opset.split({name}, {axis}, {parts}).outputs()"

    def join(self, parts: str, axis: int) -> str:
        """Return a call of concat."""
        return f"opset.concat({parts}, {axis})"

    def pad(self, name: str, pairs: Sequence[tuple[int, int]]) -> str:
        """Return a call of pad."""
        begins, ends = ([pair[end] for pair in pairs] for end in range(2))
        return f'opset.pad({name}, {begins}, {ends}, "constant")'

    def reshape(self, name: str, shape: Sequence[Size]) -> str:
        """Return a call of reshape, for which 0 is a size like any other."""
        return f"opset.reshape({name}, [{', '.join(map(str, shape))}], False)"

    def transpose(self, name: str, order: Sequence[int]) -> str:
        """Return a call of transpose."""
        return f"opset.transpose({name}, {list(order)})"

    def repeat(self, name: str, axis: int, before: int, after: int, size: Size) -> str:
        """Return a selection of indices that go around."""
        return f"opset.gather({name}, np.arange({-before}, {size + after}) % {size}, {axis})"


PROGRAM: Program = OpenVino()
