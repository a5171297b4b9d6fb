"""The one transposed convolution in Python code, alone or inside containers and other calls."""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import dropwhile
from typing import Any

from deconvcli.frameworks.pasted.bindings import list_bound
from deconvcli.frameworks.pasted.layer import Name
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor, ValueReader
from deconvcli.frameworks.pasted.refusals import refuse_network

# Functions of Keras that make a layer of its configuration.
MAKERS = (
    *("from_config", "deserialize", "deserialize_keras_object", "layer_from_config"),
    "deserialize_layer",
)
# What torch.export prints after a function's name: torch.ops.aten.conv_transpose2d.input(...).
_OVERLOADS = ("default", "input")
ONNX_NODE = "onnx.ConvTranspose"
CAFFE_LAYER = "caffe.layers.Deconvolution"
# Parts of the names of layers that change sizes, so that a container of them is not one layer.
_RESIZING = (
    *("conv", "pool", "upsampl", "pad", "crop", "shuffle", "resize", "interpolate", "linear"),
    *("dense", "flatten", "reshape", "fold"),
)
_NODE_MAKERS = ("make_node", "Node", "op")
# Calls in JavaScript, whose last argument is an object of parameters.
_OBJECT_TAKERS = ("convTranspose2d", "conv2dTranspose", "conv3dTranspose")
# What other keyboards, word processors and web pages put in place of Python's signs, and the marks
# without a width that they put between them.
SIGNS = str.maketrans(
    "，；：．（）［］＝＊＋－−–×“”‘’\u00a0\u3000０１２３４５６７８９",  # noqa: RUF001
    ",;:.()[]=*+---*\"\"''  0123456789",
    "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff",
)
# TensorRT's method takes none of them: they are set on the layer that it returns.
_LAYER_ATTRIBUTES = (
    *("stride_nd", "padding_nd", "dilation_nd", "pre_padding", "post_padding", "padding_mode"),
    "num_groups",
)
# Arguments of a node that are not its attributes.
_NODE_WORDS = ("inputs", "outputs", "name", "doc_string", "domain", "op", "op_type", "overload")


def parse_lines(text: str) -> ast.Module:
    """Return the code of lines that may stand in a list, each with an indentation of its own.

    Raises:
        SyntaxError: it is not Python code.
    """
    try:
        return ast.parse(text)
    except SyntaxError:
        plain = text.translate(SIGNS)
        for form in (plain, f"[\n{plain}\n]"):
            with suppress(SyntaxError):
                return ast.parse(form)
        raise


def find_call(tree: ast.Module, reader: ValueReader) -> PythonCall | None:
    """Return the one transposed convolution in Python code, else the only call, if there is one.

    Raises:
        UsageError: there is more than one, or another layer changes the size as well.
    """
    # `deconv(x)` makes no layer where `deconv` is one.
    made = {name for name, value in _list_assigned(tree) if isinstance(value, ast.Call)}
    calls = [call for call in _list_calls(tree) if ast.unparse(call.func) not in made]
    found = [call for call in calls if _is_layer(call)]
    if len(found) > 1:
        count = f"there are {len(found)} transposed convolutions in it"
        raise refuse_network(count, [_shorten(call) for call in found])
    inner = {id(call) for layer in found for call in _list_calls(layer)}
    others = [call for call in calls if id(call) not in inner and _changes_size(call)]
    if not found:
        if len(others) > 1:
            raise refuse_network("there are several layers in it", ())
        statement = tree.body[0] if len(tree.body) == 1 else None
        node = getattr(statement, "value", None)
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Call):
            node = node.func
        return reader.read_call(node) if isinstance(node, ast.Call) else None
    [node] = found
    if others:
        why = f"{ast.unparse(others[0].func)}(...) changes the size as well"
        raise refuse_network(why, [_shorten(node)])
    around = _list_around(tree, node)
    _learn_before(tree.body, around, reader)
    call = _find_made_layer(reader.read_call(node))
    for line in dropwhile(lambda line: line not in around, tree.body):
        reader.learn(line)
    call = _apply(call, node, tree, reader)
    return _set_attributes(call, node, tree, reader) if _is_tensorrt(call) else call


def _list_around(tree: ast.Module, node: ast.Call) -> set[ast.AST]:
    """Return a call and all parts of the code that it is in."""
    outer = {inner: each for each in ast.walk(tree) for inner in ast.iter_child_nodes(each)}
    found: set[ast.AST] = {node}
    place: ast.AST = node
    while place in outer:
        place = outer[place]
        found.add(place)
    return found


def _learn_before(lines: Sequence[ast.stmt], around: set[ast.AST], reader: ValueReader) -> None:
    """Remember the variables as they are at a call, in whose function they may be others."""
    for line in lines:
        if line not in around:
            reader.learn(line)
            continue
        is_class = isinstance(line, ast.ClassDef)
        if not is_class:
            # An assignment changes its variable only after its value, which may have loops.
            reader.forget(list_bound(getattr(line, "value", None) or line, around))
        if isinstance(line, ast.FunctionDef | ast.AsyncFunctionDef):
            reader.learn_defaults(line)
        for block in ("body", "orelse", "handlers", "finalbody"):
            inner: list[ast.stmt] = getattr(line, block, [])
            for holder in (each for each in inner if each in around):
                # Methods do not see the variables of their class.
                is_method = is_class and hasattr(holder, "args")
                _learn_before([holder] if is_method else inner, around, reader)
        return


def _apply(call: PythonCall, layer: ast.Call, tree: ast.Module, reader: ValueReader) -> PythonCall:
    """Return the call with the input and the output size of `up(x, output_size=[9, 9])`.

    layer: the call that made `up`; it may be applied where it stands.
    """
    assigned = _list_assigned(tree)
    names = {name for name, value in assigned if any(node is layer for node in ast.walk(value))}
    for applied in ast.walk(tree):
        if not isinstance(applied, ast.Call) or not applied.args:
            continue
        if applied.func is not layer and ast.unparse(applied.func) not in names:
            continue
        words = dict(call.keywords)
        for keyword in applied.keywords:
            if keyword.arg == "output_size":
                words["output_size"] = reader.read(keyword.value)
        if isinstance(second := reader.read(applied.args[-1]), list) and len(applied.args) == 2:
            words["output_size"] = second
        data, variable = reader.read(applied.args[0]), ast.unparse(applied.args[0])
        # A variable may have been assigned another shape since.
        is_known = isinstance(data, Tensor) and all(
            reader.read(value) == data for name, value in assigned if name == variable
        )
        return call._replace(keywords=words, data=data if is_known else None)
    return call


def _is_tensorrt(call: PythonCall) -> bool:
    return call.name.rpartition(".")[2].startswith("add_deconvolution")


def _set_attributes(
    call: PythonCall, layer: ast.Call, tree: ast.Module, reader: ValueReader
) -> PythonCall:
    """Return the call with what `layer.stride_nd = (2, 2)` sets after it: TensorRT's parameters."""
    assigned = _list_assigned(tree)
    names = {name for name, value in assigned if value is layer}
    words = dict(call.keywords)
    for target, node in assigned:
        name, _, attribute = target.rpartition(".")
        if name not in names or attribute not in _LAYER_ATTRIBUTES:
            continue
        value = reader.read(node)
        is_word = isinstance(value, Name) and "PaddingMode." in value.text
        words[attribute] = value.text.rpartition(".")[2] if is_word else value
    return call._replace(keywords=words)


def _list_assigned(tree: ast.Module) -> list[tuple[str, ast.expr]]:
    """Return the targets of all assignments, as text, with their values."""
    return [
        (ast.unparse(target), statement.value)
        for statement in ast.walk(tree)
        if isinstance(statement, ast.Assign)
        for target in statement.targets
    ]


def _is_layer(node: ast.Call) -> bool:
    name = _last_name(node.func)
    if name in _NODE_MAKERS:
        return any(
            isinstance(value, ast.Constant) and value.value == "ConvTranspose"
            for value in (*node.args, *(keyword.value for keyword in node.keywords))
        )
    if name == "from_config" and isinstance(node.func, ast.Attribute):
        name = _last_name(node.func.value)
    elif name in MAKERS:
        return True
    lowered = name.lower()
    return "deconv" in lowered or ("conv" in lowered and "transpose" in lowered)


def _last_name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute) and node.attr in _OVERLOADS:
        return _last_name(node.value)
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _changes_size(call: ast.Call) -> bool:
    name = _last_name(call.func).lower()
    return any(part in name for part in _RESIZING)


def _list_calls(node: ast.AST) -> list[ast.Call]:
    """Return the calls in a part of the code, in the order of the text."""
    found = [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))


def _shorten(node: ast.Call) -> str:
    """Return a call as text, in at most a line."""
    text = ast.unparse(node)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _find_made_layer(call: PythonCall) -> PythonCall:
    """Return the layer that a helper makes: the node of make_node, the layer of Caffe's NetSpec."""
    head, _, last = call.name.rpartition(".")
    if last in _OVERLOADS and head.startswith("torch.ops.aten."):
        return PythonCall(head.replace("torch.ops.aten", "torch"), call.positional, call.keywords)
    if last in _NODE_MAKERS:
        # onnx-graphsurgeon's Node has them in one mapping.
        attributes = call.keywords.get("attrs", call.keywords)
        if isinstance(attributes, Mapping):
            # g.op(...) of torch.onnx has the type of an attribute at the end of its name.
            words = {
                name.removesuffix("_i").removesuffix("_s"): given
                for name, given in attributes.items()
                if name not in _NODE_WORDS
            }
            tensors = list(call.positional[1:])
            if tensors and isinstance(tensors[0], list):
                [tensors, *_] = tensors
            return make_node(words, call.keywords.get("inputs", tensors))
    options = call.positional[-1:]
    if last in _OBJECT_TAKERS and options and isinstance(options[0], Mapping):
        return PythonCall(call.name, call.positional[:-1], {**call.keywords, **options[0]})
    fields = call.keywords.get("convolution_param")
    if last == "Deconvolution" and (isinstance(fields, Mapping) or head in ("caffe.layers", "L")):
        fields = fields if isinstance(fields, Mapping) else call.keywords
        return PythonCall(CAFFE_LAYER, (), fields)
    return call


def make_node(attributes: Mapping[str, Any], inputs: Any) -> PythonCall:
    """Return a node ConvTranspose with these attributes; its third input is the bias."""
    # ONNX writes an empty name for an optional input that is left out.
    has_bias = isinstance(inputs, list) and len(inputs) > 2 and inputs[2] not in ("", None)
    return PythonCall(ONNX_NODE, (), {**attributes, **({"B": True} if has_bias else {})})
