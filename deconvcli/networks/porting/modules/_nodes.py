"""What the module of ONNX is made of: the class of its graph, and calls that add nodes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from deconvcli.conversion.programs.onnx import IR_VERSION, OPSET, Around
from deconvcli.networks.porting.modules._code import Apply, Code, Raw, write_call
from deconvcli.networks.porting.step import Pairs, Step

_LAYER = re.compile(r'helper\.make_node\("(\w+)", \["X".*?\], \["Y"\]')
GRAPH = (
    "class Graph:",
    '    """The nodes of a model, and the arrays that they take."""',
    "",
    "    def __init__(self, dtype):",
    "        self.dtype = np.dtype(dtype)",
    "        self.kind = helper.np_dtype_to_tensor_dtype(self.dtype)",
    "        self.nodes, self.arrays, self.inputs, self.outputs = [], [], [], []",
    "        self.own = {}",
    "",
    "    def store(self, layer, **arrays):",
    '        """Add the arrays of a layer, whose names are then those in `own`."""',
    "        given = {key: array for key, array in arrays.items() if array is not None}",
    '        names = [self.add(f"{layer}.{key}", array) for key, array in given.items()]',
    "        self.own[layer] = names",
    "",
    "    def add(self, name, value):",
    '        """Add an array, or a list of integers, and return its name."""',
    '        array = np.asarray(value, "int64" if isinstance(value, list) else self.dtype)',
    "        self.arrays.append(numpy_helper.from_array(array, name))",
    "        return name",
    "",
    "    def node(self, kind, inputs, name=None, output=None, **attributes):",
    '        """Add a node, and return the name of its output; numbers become constants."""',
    '        name = name or f"{kind}:{len(self.nodes)}"',
    "        given = [",
    '            one if isinstance(one, str) else self.add(f"{name}:{place}", one)',
    "            for place, one in enumerate(inputs)",
    "        ]",
    "        made = output or name",
    "        self.nodes.append(helper.make_node(kind, given, [made], name, **attributes))",
    "        return made",
    "",
    "    def take(self, name, *sizes):",
    '        """Add an input of any number of images, and return its name."""',
    '        shape = ["N", *sizes]',
    "        self.inputs.append(helper.make_tensor_value_info(name, self.kind, shape))",
    "        return name",
    "",
    "    def give(self, name, *sizes):",
    '        """Add an output."""',
    '        shape = ["N", *sizes]',
    "        self.outputs.append(helper.make_tensor_value_info(name, self.kind, shape))",
    "",
    "    def make_model(self, name):",
    '        """Return the model."""',
    "        made = helper.make_graph(",
    "            self.nodes, name, self.inputs, self.outputs, self.arrays",
    "        )",
    f'        opsets = [helper.make_opsetid("", {OPSET})]',
    f"        return helper.make_model(made, opset_imports=opsets, ir_version={IR_VERSION})",
)


def write_node(kind: str, x: str, *more: Any, **named: Any) -> str:
    """Return the call that adds a node of a tensor, with more inputs and with attributes."""
    inputs = ", ".join([x, *[one if isinstance(one, str) and one else _write(one) for one in more]])
    attributes = {key: Raw(_write(value)) for key, value in named.items() if value is not None}
    return write_call("graph.node", kind, Raw(f"[{inputs}]"), **attributes)


def _write(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return f'float("{value}")'
    return repr(value)


def write_own(kind: str, part: str = "", **named: Any) -> Code:
    """Return a node that takes the arrays of its layer."""
    attributes = {key: Raw(_write(value)) for key, value in named.items() if value is not None}
    given, made = Raw('["X", "W", "B"]'), Raw('["Y"]')
    call = write_call("helper.make_node", kind, given, made, **attributes)
    return Code(call, apply_layer(call), part)


def apply_layer(call: str) -> Apply:
    """Return what gives the node of a layer a tensor, and its own arrays."""

    def apply(own: str, x: str) -> str:
        return _LAYER.sub(lambda found: f'graph.node("{found[1]}", [{x}, {own}]', call)

    return apply


def write_around(node: Around) -> Code:
    """Return a node before or after a transposed convolution."""
    more = [Raw(code) for code in node.constants.values()]
    return Code("", lambda x: write_node(node.kind, x, *more, axis=node.axis), node.kind.lower())


def write_log_sigmoid(x: str) -> str:
    return write_node("Neg", write_node("Softplus", write_node("Neg", x)))


def write_rms(step: Step) -> Code:
    """Return the division by the root of the mean of the squares of the last axis."""

    def divide(x: str) -> str:
        mean = write_node("ReduceMean", write_node("Mul", x, x), [-1])
        root = write_node("Sqrt", write_node("Add", mean, step.keys["eps"]))
        return write_node("Div", x, root)

    if not step.keys["scale"]:
        return Code("", divide)
    call = 'helper.make_node("Mul", ["X", "W"], ["Y"])'
    return Code(call, lambda own, x: write_node("Mul", divide(x), own))


def list_window(step: Step) -> dict[str, Any]:
    """Return the attributes of a window that are not the default."""
    keys = step.keys
    given = keys["padding"]
    sides: Sequence[Any] = given if isinstance(given, tuple) else (given,) * step.rank
    pairs: Pairs = tuple([one if isinstance(one, tuple) else (one, one) for one in sides])
    return {
        "kernel_shape": list(keys["kernel"]),
        "strides": _unless_all(keys["stride"], 1),
        "pads": _unless_all(flatten(pairs), 0),
        "dilations": _unless_all(keys["dilation"], 1),
    }


def _unless_all(values: Sequence[int], default: int) -> list[int] | None:
    return None if set(values) == {default} else list(values)


def flatten(pairs: Pairs) -> list[int]:
    """Return all starts, and then all ends."""
    return [pair[end] for end in range(2) for pair in pairs]


def write_port(method: str, name: str, sizes: Sequence[int]) -> str:
    return f"graph.{method}({', '.join([name, *map(str, sizes)])})"


def quote(name: str) -> str:
    text = name.replace("\\", "/").replace('"', "'")
    return f'"{text}"'
