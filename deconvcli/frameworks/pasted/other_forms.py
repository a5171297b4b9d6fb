"""Forms of a layer that are not Python code: what frameworks and viewers print and store.

A line of a printed model; a Keras configuration; an ONNX node, printed or in a panel; a layer of a
Caffe network.
"""

from __future__ import annotations

import ast
import re
from base64 import b64decode
from collections.abc import Mapping
from textwrap import dedent
from typing import Any

from deconvcli.frameworks.pasted.layer import Name
from deconvcli.frameworks.pasted.misread import explain_text, explain_unknown_call
from deconvcli.frameworks.pasted.properties import read_properties
from deconvcli.frameworks.pasted.prototext import Message, read_message
from deconvcli.frameworks.pasted.python_call import PythonCall, ValueReader
from deconvcli.frameworks.pasted.python_code import (
    CAFFE_LAYER,
    ONNX_NODE,
    SIGNS,
    find_call,
    make_node,
    parse_lines,
)
from deconvcli.frameworks.pasted.refusals import refuse_network, unclear

_PROTOTEXT = re.compile(
    r"\s*(layers?|node|convolution_param|attribute)\s*\{"
    r"|[^(]*(?:\bop_type\s*:|\bconvolution_param\s*\{)"
)
# A node's list of attributes, as Python prints it.
_ATTRIBUTES = re.compile(r"\[name\s*:\s*[\"']")
# `%y = ConvTranspose[strides = [2, 2]](%x, %w)` of printable_node and of exported TorchScript, and
# `y = ConvTranspose <strides: ints = [2, 2]> (x, w)` of onnx.printer.
_PRINTED_NODE = re.compile(
    r"=\s*(?:onnx::)?(?P<type>Conv\w*)\s*(?:\[(?P<square>.*?)\]|<(?P<angle>.*?)>)"
    r"\s*\((?P<inputs>\s*[%\w][^)]*)",
    re.DOTALL,
)
_ATTRIBUTE_TYPE = re.compile(r"(\b\w+)\s*:\s*(?:ints?|strings?|floats?)\s*=")
_PROMPT = re.compile(r"(?:>>>|\.\.\.|In \[\d+\]:| +\.\.\.:)(?: |$)")
# A child of a printed model, an entry of a mapping, what print(name, module) gives: `(up): ...`,
# `'up': ...`, `0: ...`, `up.0 ...`.
_LABEL = re.compile(
    r"(?:[-*] )?(?:(?:\([\w.]+\)|'[\w.]*'|\"[\w.]*\"|\d+)\s*:\s*|\w[\w.]*\.\d[\w.]*\s*:?\s+)?"
)
# Of a variable in JavaScript, where WebNN's calls are.
_DECLARATION = re.compile(r"\A\s*(?:const|let|var) ")
# Signs around code in a page or a chat; a fence of Markdown may name the language.
_QUOTES = ("```", "`", '"', "'")
_LANGUAGE = re.compile(r"\w*\n")
# Children of one printed module, such as the parametrizations of a weight.
_PRINTED_CHILDREN = re.compile(r"\n\s*\((?:parametrizations|\w*norm)\): .*\Z", re.DOTALL)
# Flax's nnx prints functions, the number of parameters, and the parameters themselves.
_NNX = re.compile(r"\w+\(\s*# Param: ")
_NNX_PARAMETERS = re.compile(r"\n\s*(?:kernel_shape|kernel|bias)=.*\Z", re.DOTALL)
_FLAX_ATTRIBUTES = re.compile(r"\s*\w+\(\s*# attributes\n")
# A module of a printed model, `(up): Upsample(` or `(0-3): 4 x Block(`, that is not a part of a
# layer's weights.
_MODULE = (
    r"(?<![\w)\]])\((?!parametrizations|weight|bias)[\w.-]+\):[ \t]*(?:\d+ x )?"
    r"(?!_?(?:Weight|Spectral)Norm|_Orthogonal)\w+\("
)
_PRINTED_NETWORK = re.compile(rf"\w+\(\s*{_MODULE}|{_MODULE}.*?{_MODULE}", re.DOTALL)
_TRANSPOSED = re.compile(r"\([\w.-]+\):\s*\w*(?:Transpose|Deconv)\w*\([^\n]{0,60}")
# `Conv2DTranspose(32 -> 64, kernel_size=(4, 4), stride=(2, 2), Activation(relu))`.
_GLUON = re.compile(
    r"(?P<name>Conv\dDTranspose)\((?P<out>\w+) -> (?P<in>\w+), (?P<words>.*?)"
    r"(?:, Activation\(\w+\))?\)$",
    re.DOTALL,
)
# Attributes of ONNX, which a bare mapping of them is recognized by.
_ONNX_KEYS = ("kernel_shape", "auto_pad", "pads")
# Of all ONNX attributes, a panel shows these as one number where they have one axis.
_ONNX_LISTS = ("kernel_shape", "strides", "dilations", "output_padding", "output_shape", "pads")
# A list of properties is one of a layer if it has one of these.
_PROPERTIES = ("kernel_shape", "kernel_size", "filters", "strides", "stride", "pads", "auto_pad")
# What a panel shows of a node beside its attributes.
_PANEL = ("type", "op_type", "class_name", "name", "module", "domain", "version", "description")
# Keys of a Keras configuration that no layer takes as arguments.
_KERAS_EXTRAS = ("rank", "build_config", "module", "registered_name", "compile_config")


def read_other_form(text: str, reader: ValueReader) -> tuple[PythonCall, str]:
    """Return the layer in a text that is not plain Python code, and the word for its form.

    Raises:
        UsageError: there is none or more than one, or the text has no known form.
        SyntaxError: it has no known form, and is not Python code either.
    """
    text = text.translate(SIGNS)
    stripped = text.strip()
    # First, since a class in it may have the name of another framework's layer.
    if _PRINTED_NETWORK.search(stripped):
        raise refuse_network("it has modules within modules", _TRANSPOSED.findall(stripped))
    if error := explain_text(text):
        raise error
    if _ATTRIBUTES.match(stripped):
        listed = re.split(r",?\s*(?=\bname\s*:)", stripped.strip("[]"))
        stripped = " ".join(f"attribute {{ {attribute} }}" for attribute in listed if attribute)
    if _PROTOTEXT.match(stripped):
        return _read_prototext(stripped)
    if node := _PRINTED_NODE.search(stripped):
        return _read_printed_node(node, stripped, reader), "node"
    if stripped.startswith("{"):
        return _read_configuration(reader.read(ast.parse(stripped, mode="eval").body))
    is_code = re.match(r".*\w\s*\(", stripped)
    properties = None if is_code else read_properties(stripped)
    if properties and not properties.keys().isdisjoint(_PROPERTIES):
        return _read_properties(properties)
    call = find_call(parse_lines(_clean(text)), reader)
    if call is None:
        raise unclear("there is no single call in it")
    return call, "call"


def leave_out_prompts(text: str) -> str:
    """Return what was typed in an interpreter; or its answers, if only those have a layer."""
    if not _PROMPT.match(text):
        return text
    lines = text.splitlines()
    typed = [line[found.end() :] for line in lines if (found := _PROMPT.match(line))]
    is_typed = any(re.search("conv", line, re.IGNORECASE) for line in typed)
    return "\n".join(typed if is_typed else (line for line in lines if not _PROMPT.match(line)))


def _clean(text: str) -> str:
    """Return the Python code of a text, without what printing and copying put around it."""
    text = dedent(text).strip().rstrip(",;")
    for quote in _QUOTES:
        if text.startswith(quote) and text.endswith(quote) and "(" in text:
            text = text.removeprefix(quote).removesuffix(quote)
            language = _LANGUAGE.match(text)
            text = dedent(text[language.end() :] if language else text).strip().rstrip(",;")
            break
    # The last brackets of a line may be those of calls around the layer.
    for _ in range(text.count(")") - text.count("(")):
        text = text.removesuffix(")").rstrip()
    text = _DECLARATION.sub("", leave_out_prompts(text))
    text = text[_LABEL.match(text).end() :]  # type: ignore[union-attr]
    if _FLAX_ATTRIBUTES.match(text):
        text = re.sub(r"^(\s*\w+ = .*)$", r"\1,", text, flags=re.MULTILINE)
    if _NNX.match(text):
        text = re.sub(r"<[^<>\n]*>", "None", _NNX_PARAMETERS.sub("\n)", text))
    text = _PRINTED_CHILDREN.sub(")", text)
    return _GLUON.sub(_write_gluon, text)


def _write_gluon(found: re.Match[str]) -> str:
    """Return the call of a layer as Gluon prints it, whose weights are (in, out / groups, ...)."""
    words = found["words"].replace("stride=", "strides=").replace("bias=", "use_bias=")
    groups = re.search(r"groups=(\d+)", words)
    channels = f"{found['out']} * {groups[1]}" if groups else found["out"]
    known = f"in_channels={found['in']}, " if found["in"] not in ("0", "None") else ""
    return f"mx.gluon.nn.{found['name']}(channels={channels}, {known}{words})"


def _read_printed_node(node: re.Match[str], text: str, reader: ValueReader) -> PythonCall:
    """Return a node as onnx prints it."""
    if len(_PRINTED_NODE.findall(text)) > 1:
        raise unclear("there is more than one node in it", "paste one of them at a time.")
    if node["type"] != "ConvTranspose":
        raise explain_unknown_call(node["type"], None, ())
    attributes = node["square"] if node["angle"] is None else node["angle"]
    plain = _ATTRIBUTE_TYPE.sub(r"\1 =", attributes)
    body = ast.parse(f"f({plain})", mode="eval").body
    if not isinstance(body, ast.Call):
        raise unclear("its attributes are no list of names and values")
    inputs = [name.strip() for name in node["inputs"].split(",")]
    words = reader.read_call(body).keywords
    # An exporter of PyTorch adds the node's name to its attributes.
    return make_node({n: given for n, given in words.items() if n != "onnx_name"}, inputs)


def read_made_layer(call: PythonCall) -> tuple[PythonCall, str]:
    """Return the layer that Keras makes of a configuration: Conv2DTranspose.from_config({...})."""
    values = [*call.positional, *call.keywords.values()]
    given = values[0] if values else None
    if isinstance(given, Name):
        raise unclear(
            f"the configuration {given.text} is only in your program",
            "paste the configuration itself, as layer.get_config() returns it.",
        )
    maker, _, function = call.name.rpartition(".")
    if function == "from_config":
        given = {"class_name": maker, "config": given}
    return _read_configuration(given)


def _read_configuration(given: Any) -> tuple[PythonCall, str]:
    """Return the layer of a configuration, in JSON or as Python prints it."""
    if not isinstance(given, dict):
        raise unclear("it is no mapping of names to values")
    if isinstance(given.get("attribute"), list):
        return _read_node([_unpack_json(given)]), "node"
    kind = given.get("class_name")
    inner = given.get("config") if kind is not None else given
    if not isinstance(inner, dict) or not isinstance(kind, str | None):
        raise unclear("its class_name and config are not those of a layer")
    if isinstance(inner.get("layers"), list):
        raise unclear("it is a whole network", "paste one of the layers in its configuration.")
    built = given.get("build_config")
    words = {name: value for name, value in inner.items() if name not in _KERAS_EXTRAS}
    if any(name in words for name in _ONNX_KEYS):
        # helper.get_attribute_value returns a word as bytes.
        words = {
            n: v.decode(errors="replace") if isinstance(v, bytes) else v for n, v in words.items()
        }
        return PythonCall(ONNX_NODE, (), words), "node"
    if words.get("groups") in (1, None):
        words.pop("groups", None)
    if isinstance(built, dict) and isinstance(built.get("input_shape"), list):
        words.setdefault("batch_shape", built["input_shape"])
    if kind is None:
        kind = _guess_class(words)
    return PythonCall(kind.rpartition(">")[2], (), words), "configuration"


def _read_properties(given: Mapping[str, Any]) -> tuple[PythonCall, str]:
    """Return the layer that a viewer shows."""
    kind = next((given[name] for name in _PANEL[:3] if isinstance(given.get(name), str)), None)
    words = {name: value for name, value in given.items() if name not in _PANEL}
    if kind == "Deconvolution":
        return PythonCall(CAFFE_LAYER, (), words), "layer"
    is_node = not words.keys().isdisjoint(_ONNX_KEYS)
    if is_node and kind not in (None, "ConvTranspose"):
        raise explain_unknown_call(str(kind), None, ())
    if is_node or kind == "ConvTranspose":
        lists = {name: [value] for name, value in words.items() if type(value) is int}
        lists = {name: value for name, value in lists.items() if name in _ONNX_LISTS}
        return PythonCall(ONNX_NODE, (), {**words, **lists}), "node"
    return _read_configuration({"class_name": kind, "config": words} if kind else words)


def _guess_class(words: Mapping[str, Any]) -> str:
    """Return the class that has these words, by its number of axes."""
    kernel = words.get("kernel_size")
    rank = len(kernel) if isinstance(kernel, list) else 2
    if "filters" in words:
        return f"keras.layers.Conv{rank}DTranspose"
    if "kernel_size" in words:
        return f"ConvTranspose{rank}d"
    raise unclear(
        "it has no class_name, and neither kernel_size nor kernel_shape",
        "paste the whole configuration, as keras.layers.serialize(layer) gives it.",
    )


def _read_prototext(text: str) -> tuple[PythonCall, str]:
    """Return a layer of a Caffe network, or a node of an ONNX graph."""
    message = read_message(text)
    if "op_type" in message or "attribute" in message or "node" in message:
        return _read_node([*message.get("node", ()), message]), "node"
    layers = [*message.get("layer", ()), *message.get("layers", ())]
    named = [layer for layer in layers if isinstance(layer, dict)]
    found = [layer for layer in named if _has_type(layer, "deconvolution")]
    if not layers and "convolution_param" in message:
        found = [message]
    if len(found) != 1:
        kinds = ", ".join(str(layer.get("type", ["?"])[0]) for layer in named[:4])
        raise unclear(
            f'it has {len(found)} layers of type "Deconvolution" (its types: {kinds})',
            "paste one such layer.",
        )
    [fields] = found[0].get("convolution_param", [{}])[:1]
    if not isinstance(fields, dict):
        raise unclear("its convolution_param is no message")
    return PythonCall(CAFFE_LAYER, (), _unlist(fields)), "layer"


def _has_type(layer: Message, kind: str) -> bool:
    return [str(value).lower() for value in layer.get("type", ())] == [kind]


def _read_node(messages: list[Any]) -> PythonCall:
    """Return the one ConvTranspose of these nodes."""
    nodes = [node for node in messages if isinstance(node, dict) and "attribute" in node]
    kinds = [str(node.get("op_type", ["ConvTranspose"])[0]) for node in nodes]
    if kinds.count("ConvTranspose") != 1:
        raise unclear(
            f"it has {kinds.count('ConvTranspose')} nodes ConvTranspose with attributes",
            "paste one such node.",
        )
    words, node = {}, nodes[kinds.index("ConvTranspose")]
    for attribute in node["attribute"]:
        if not isinstance(attribute, dict) or len(attribute.get("name", ())) != 1:
            raise unclear("it has an attribute without a name")
        name = str(attribute["name"][0])
        single = [*attribute.get("i", ()), *attribute.get("s", ()), *attribute.get("f", ())]
        words[name] = attribute["ints"] if "ints" in attribute else next(iter(single), None)
    return make_node(words, node.get("input"))


def _unpack_json(message: Any) -> Any:
    """Return a node of protocol buffers' JSON as their text form has it: each field in a list."""
    if not isinstance(message, dict):
        return message
    fields: Message = {}
    for name, given in message.items():
        values = given if isinstance(given, list) else [given]
        # In this JSON integers of 64 bits are strings, and bytes are in base 64.
        if name in ("i", "ints"):
            values = [int(v) if str(v).lstrip("-").isdecimal() else v for v in values]
        elif name == "s":
            values = [b64decode(str(v)).decode(errors="replace") for v in values]
        fields["op_type" if name == "opType" else name] = [_unpack_json(v) for v in values]
    return fields


def _unlist(fields: Message) -> dict[str, Any]:
    """Return fields with one value as that value, without messages such as weight_filler."""
    plain = {
        name: values
        for name, values in fields.items()
        if not any(isinstance(value, dict) for value in values)
    }
    return {name: values[0] if len(values) == 1 else values for name, values in plain.items()}
