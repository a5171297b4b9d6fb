"""ONNX' nodes, in one model that any implementation runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program, list_pads, list_slices, write_function
from deconvcli.conversion.wrapping import TAB
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size

# The newest format that runtimes of several years read; the default is the newest of all.
OPSET, IR_VERSION = 22, 10
_NOTHING = (0, 0)
_RUNS = {
    "onnxruntime": (
        "session = onnxruntime.InferenceSession(model.SerializeToString())",
        "return session.run(None, {{{name}: np.asarray(x, w.dtype)}})[0]",
    ),
    "reference": (
        "evaluator = ReferenceEvaluator(model)",
        "return evaluator.run(None, {{{name}: np.asarray(x, w.dtype)}})[0]",
    ),
}


class Around(NamedTuple):
    """A node before or after a layer. constants: the code of its inputs after the first."""

    kind: str
    constants: Mapping[str, str]
    axis: int | None = None


class Onnx(Program):
    """A model of nodes from X to Y, with the weights in it.

    The steps are nodes too: those before it end in X, and those after it begin with Y.
    """

    imports = (
        "import onnx",
        "import onnxruntime",
        "from onnx import helper",
        "from onnx.reference import ReferenceEvaluator",
    )
    statement = "{expression}"

    @property
    def outline(self) -> Program:
        """NumPy's indices, as nodes with their constants are too long for a line."""
        return Program()

    def write(self, plan: Plan) -> str:
        """Return the module as Python source.

        Raises:
            NotExpressible: the implementation computes no values.
        """
        if (name := plan.target.spelling.implementation) not in ("", *_RUNS):
            raise take("onnx")[0].not_expressible_error(
                f"onnx@{name} computes no values", "write a module with --to onnx."
            )
        return super().write(plan)

    def takes_bias(self, plan: Plan) -> bool:
        """Return true: it is the third input of the node."""
        return True

    def write_setup(self, plan: Plan) -> list[str]:
        """Return the lines that make a model, and what runs it."""
        layer = plan.source.layer
        shape = _write_shape(layer.in_channels, plan.source.spatial)
        out = _write_shape(layer.out_channels, plan.source.output_sizes)
        given = f"helper.make_tensor_value_info({_name_input(plan)}, kind, {shape})"
        made = f"helper.make_tensor_value_info(nodes[-1].output[0], kind, {out})"
        return [
            *self._store(plan),
            f"nodes = [{', '.join(self._list_nodes(plan))}]",
            *self._add_late(plan),
            "kind = helper.np_dtype_to_tensor_dtype(w.dtype)",
            "stored = [onnx.numpy_helper.from_array(own, name) for name, own in arrays.items()]",
            f"given = [{given}]",
            f"made = [{made}]",
            'graph = helper.make_graph(nodes, "layer", given, made, stored)',
            f'opsets = [helper.make_opsetid("", {OPSET})]',
            f"model = helper.make_model(graph, opset_imports=opsets, ir_version={IR_VERSION})",
            _find_run(plan)[0],
        ]

    def write_ending(self) -> list[str]:
        """Return the lines after `apply`, by which a user has the model too."""
        return ["apply.model = model"]

    def write_apply(self, plan: Plan) -> list[str]:
        """Return the run of the model."""
        return [_find_run(plan)[1].format(name=_name_input(plan))]

    def _store(self, plan: Plan) -> list[str]:
        """Return the lines that name the arrays of the model."""
        own = '{"W": w}'
        if plan.grouping.parts > 1:
            own = '{f"w{g}": part for g, part in enumerate(w)}'
        lines = [f"arrays = {own}", "if bias is not None:", f'{TAB}arrays["B"] = bias']
        return lines if plan.has_late_bias else [*lines, 'inputs = ["X", *arrays]']

    def _list_nodes(self, plan: Plan) -> list[str]:
        """Return the nodes from the model's input to its output, without a bias that comes late."""
        parts = plan.grouping.parts
        call = write_function(plan.target)
        if parts > 1:
            own = call.replace('["X", "W"], ["Y"]', '[f"x{g}", f"w{g}"], [f"y{g}"]')
            x, y = (f'[f"{name}{{g}}" for g in range({parts})]' for name in "xy")
            layer = [
                f'helper.make_node("Split", ["X"], {x}, axis=1, num_outputs={parts})',
                f"*[{own} for g in range({parts})]",
                f'helper.make_node("Concat", {y}, ["Y"], axis=1)',
            ]
        elif plan.has_late_bias:
            layer = [call]
        else:
            layer = [call.replace('["X", "W"]', "inputs")]
        return [*self.write_before(plan), *layer, *self.write_after(plan)]

    def _add_late(self, plan: Plan) -> list[str]:
        """Return the lines that add the nodes of a bias that comes late."""
        if not plan.has_late_bias:
            return []
        nodes = ", ".join(self.write_addition(plan))
        return ["if bias is not None:", f"{TAB}nodes += [{nodes}]"]

    def write_before(self, plan: Plan, x: str = "X") -> list[str]:
        """Return Gather nodes from `input` to X."""
        lines, given = [], "input"
        nodes = list_before(plan)
        for place, node in enumerate(nodes, 1):
            made = x if place == len(nodes) else f"wrapped_{place}"
            constants = {f"indices_{place}": node.constants["indices"]}
            lines += _write_nodes(node.kind, given, made, constants, f", axis={node.axis}")
            given = made
        return lines

    def write_after(self, plan: Plan, y: str = "Y") -> list[str]:
        """Return Slice and Pad nodes from Y."""
        lines, given = [], y
        for node in list_after(plan):
            made = {"Slice": "cut", "Pad": "padded"}[node.kind]
            lines += _write_nodes(node.kind, given, made, node.constants)
            given = made
        return lines

    def write_addition(self, plan: Plan) -> list[str]:
        """Return the nodes that add B, with an axis for each of the output's."""
        given = "Y"
        for name, pairs in (("cut", plan.cuts), ("padded", plan.zeros)):
            given = name if any(pair != _NOTHING for pair in pairs) else given
        shape = str([-1, *[1] * plan.rank])
        return [
            *_write_nodes("Reshape", "B", "bias", {"bias_shape": shape}),
            f'helper.make_node("Add", ["{given}", "bias"], ["biased"])',
        ]


def list_before(plan: Plan) -> list[Around]:
    """Return the nodes between the input and the layer, which repeat its ends."""
    nodes = []
    for axis, (before, after) in enumerate(plan.repeats):
        if (before, after) != _NOTHING:
            size = plan.source.spatial[axis]
            indices = f"[i % {size} for i in range({-before}, {size + after})]"
            nodes.append(Around("Gather", {"indices": indices}, axis + 2))
    return nodes


def list_after(plan: Plan) -> list[Around]:
    """Return the nodes between the layer and the output, without a bias."""
    nodes = []
    starts, ends, axes = list_slices(plan)
    if axes:
        constants = {"starts": str(starts), "ends": ends, "axes": str(axes)}
        nodes.append(Around("Slice", constants))
    if any(pair != _NOTHING for pair in plan.zeros):
        pads = [pair[end] for end in range(2) for pair in list_pads(plan)]
        nodes.append(Around("Pad", {"pads": str(pads)}))
    return nodes


def _write_nodes(
    kind: str, given: str, made: str, constants: Mapping[str, str], attributes: str = ""
) -> list[str]:
    """Return a node with the nodes of its constants before it."""
    lines = [
        f'helper.make_node("Constant", [], ["{name}"], value_ints={numbers})'
        for name, numbers in constants.items()
    ]
    inputs = ", ".join([f'"{name}"' for name in (given, *constants)])
    return [*lines, f'helper.make_node("{kind}", [{inputs}], ["{made}"]{attributes})']


def _find_run(plan: Plan) -> tuple[str, str]:
    return _RUNS[plan.target.spelling.implementation or "onnxruntime"]


def _name_input(plan: Plan) -> str:
    """Return the name of the model's input: that of the node, or of what comes before it."""
    return '"X"' if all(pair == _NOTHING for pair in plan.repeats) else '"input"'


def _write_shape(channels: int, spatial: Sequence[Size]) -> str:
    return f'["N", {channels}, {", ".join(map(str, spatial))}]'


PROGRAM: Program = Onnx()
