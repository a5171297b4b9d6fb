"""Models of OpenVINO, as an XML file with the graph.

Suffixes: .xml.

Recognised by the root element `net`. The sizes are those that the file stores for every port, open
ones included; ours of each transposed convolution are compared with them. The weights, which stand
in another file, are never opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias
from xml.etree import ElementTree

from deconvcli.common.errors import DeconvError, Unreadable
from deconvcli.common.files import describe_os_error
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import shorten
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading
from deconvcli.models.inputs import SAMPLE, require_stored_sizes
from deconvcli.models.model import (
    OTHER_FILE,
    GivenSizes,
    Model,
    ModelLayer,
    Reader,
    Sizes,
    keep_connected,
    write_sizes,
)

TRANSPOSED = ("ConvolutionBackpropData", "GroupConvolutionBackpropData")
MAX_BYTES = 64 << 20
MAX_TAGS = 400_000
"""The most tags and the most attributes: about ten of each are those of one layer."""
_ROOT, MARKED_BYTES = b"<net", 1 << 16
_LISTS = ("strides", "dilations", "pads_begin", "pads_end", "output_padding")


class Port(NamedTuple):
    """A tensor that a layer takes or makes. names: those of its author, if any."""

    number: str
    names: tuple[str, ...]
    sizes: Sizes


class Layer(NamedTuple):
    """A layer of the file. data: its parameters, as text."""

    number: str
    name: str
    kind: str
    data: Mapping[str, str]
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]

    def name_outputs(self) -> list[tuple[str, ...]]:
        """Return the names of each output: its author's, or one by the name of the layer."""
        own = [
            f"{self.name}.{number}" if number else self.name for number in range(len(self.outputs))
        ]
        return [port.names or (name,) for port, name in zip(self.outputs, own, strict=True)]


Edges: TypeAlias = Mapping[tuple[str, str], tuple[str, str]]
"""The output that an input takes; both by the numbers of their layer and of their port."""


class OpenVino(Reader):
    """Models of OpenVINO, of version 10 and 11."""

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the model at the sizes that it stores; it is not computed at others."""
        version, layers, edges = _read_file(path)
        inputs = [one for one in layers if one.kind == "Parameter" and one.outputs]
        require_stored_sizes(sizes, {one.name: one.outputs[0].sizes for one in inputs}, "OpenVINO")
        rows, findings, tensors = [], list[Diagnostic](), dict[str, Sizes]()
        made = _name_tensors(layers, edges)
        for layer in layers:
            for port, names in zip(layer.outputs, layer.name_outputs(), strict=True):
                tensors |= dict.fromkeys(names, port.sizes)
            if layer.kind in ("Const", "Result"):
                continue
            reading = None
            if layer.kind in TRANSPOSED:
                try:
                    reading = _read_transposed(layer)
                except DeconvError as error:
                    message = f"{layer.name}: {error.message}"
                    findings.append(Diagnostic(error.code, Severity.ERROR, message, error.help))
            if reading is not None:
                findings += _compare(layer, reading)
            output = layer.outputs[0].sizes if layer.outputs else None
            takes = [made.get((layer.number, port.number), "") for port in layer.inputs]
            gives = [names[0] for names in layer.name_outputs()]
            rows.append(
                ModelLayer(
                    layer.name,
                    layer.kind,
                    output,
                    None,
                    reading,
                    takes=tuple(takes),
                    gives=tuple(gives),
                )
            )
        connected = keep_connected(rows, ())
        return Model(f"OpenVINO, version {version}", tensors, connected, tuple(findings))


def _name_tensors(layers: Sequence[Layer], edges: Edges) -> dict[tuple[str, str], str]:
    """Return the name of the tensor at each input that has one."""
    made = {
        (layer.number, port.number): names[0]
        for layer in layers
        for port, names in zip(layer.outputs, layer.name_outputs(), strict=True)
    }
    return {end: made[start] for end, start in edges.items() if start in made}


class _Builder(ElementTree.TreeBuilder):
    """A builder that refuses what entities are declared in."""

    def doctype(self, *parts: Any) -> None:
        """Refuse the document before anything of it is expanded."""
        raise refuse("declares a document type, which models do not have")


def refuse(reason: str, code: str | None = None) -> Unreadable:
    """Return the error for a file that is no such model."""
    return Unreadable(
        f"the file {reason}",
        help="save the model again, with openvino.save_model(model, path).",
        code=code,
    )


def _read_file(path: str) -> tuple[str, list[Layer], Edges]:
    """Return the version of the format, the layers, and what connects them."""
    try:
        with open(path, "rb") as file:
            text = file.read(MAX_BYTES + 1)
        if _ROOT not in text[:MARKED_BYTES]:
            raise refuse("has no layers of a net, as models of OpenVINO have", OTHER_FILE)
        if len(text) > MAX_BYTES:
            raise refuse(f"has more than {MAX_BYTES >> 20} MiB")
        if text.count(b"<") > MAX_TAGS or text.count(b"=") > MAX_TAGS:
            raise refuse(f"has more than {MAX_TAGS:,} tags or attributes")
        root = ElementTree.fromstring(text, ElementTree.XMLParser(target=_Builder()))
    except OSError as error:
        raise refuse(f"cannot be read: {describe_os_error(error)}") from error
    # ValueError: an encoding that is not known.
    except (ElementTree.ParseError, ValueError) as error:
        raise refuse(f"is no XML: {error}") from error
    if root.tag != "net":
        raise refuse("has no layers of a net, as models of OpenVINO have", OTHER_FILE)
    try:
        layers = [_read_layer(one) for one in root.iterfind("layers/layer")]
    except ValueError as error:
        raise refuse(f"has a size that is no number: {error}") from error
    edges = [one.attrib.get for one in root.iterfind("edges/edge")]
    origins = {
        (get("to-layer", ""), get("to-port", "")): (get("from-layer", ""), get("from-port", ""))
        for get in edges
    }
    return root.get("version", "?"), layers, origins


def _read_layer(element: ElementTree.Element) -> Layer:
    data = element.find("data")
    return Layer(
        element.get("id", ""),
        element.get("name", ""),
        element.get("type", ""),
        {} if data is None else data.attrib,
        tuple([_read_port(port) for port in element.iterfind("input/port")]),
        tuple([_read_port(port) for port in element.iterfind("output/port")]),
    )


def _read_port(port: ElementTree.Element) -> Port:
    numbers = [int(size.text or "") for size in port.iterfind("dim")]
    names = tuple(name for name in port.get("names", "").split(",") if name)
    return Port(port.get("id", ""), names, tuple([None if size < 0 else size for size in numbers]))


def _read_transposed(layer: Layer) -> Reading | None:
    """Return a transposed convolution; open sizes of its input are those of an example."""
    if len(layer.inputs) < 2 or len(layer.inputs[0].sizes) < 3:
        raise refuse(f"has {layer.kind} {layer.name} without its inputs")
    given, weight = layer.inputs[0].sizes, layer.inputs[1].sizes
    if None in weight or given[1] is None:
        return None
    words: dict[str, Any] = {"op": layer.kind, "auto_pad": layer.data.get("auto_pad", "explicit")}
    for name in _LISTS:
        if name in layer.data:
            words[name] = _read_numbers(layer, layer.data[name])
    if len(layer.inputs) > 2:
        # The third input asks for a size, which the file has as that of the output alone.
        asked = layer.outputs[0].sizes[2:] if layer.outputs else (None,)
        if None in asked:
            return None
        words["output_shape"] = list(asked)
    shape = [SAMPLE if size is None else int(size) for size in given]
    shape[0] = 1 if given[0] is None else shape[0]
    return read_layer("openvino", words, shape, [int(str(size)) for size in weight])


def _read_numbers(layer: Layer, text: str) -> list[int]:
    try:
        return [int(one) for one in text.split(",")]
    except ValueError:
        reason = f"has {layer.name} with {shorten(repr(text), 40)} in place of numbers"
        raise refuse(reason) from None


def _compare(layer: Layer, reading: Reading) -> Iterator[Diagnostic]:
    """Yield a finding where a stored size is not ours."""
    if not layer.outputs or None in layer.inputs[0].sizes:
        return
    stored = layer.outputs[0].sizes
    own = reading.output_shape
    if len(stored) != len(own) or any(
        size not in (None, one) for size, one in zip(stored, own, strict=True)
    ):
        yield Diagnostic(
            "expect",
            Severity.ERROR,
            f"{layer.name}: the file stores {write_sizes(stored)}, the layer gives"
            f" {write_sizes(reading.output_shape)}",
            "save the model again; its sizes and its parameters do not agree.",
        )


READER: Reader = OpenVino()
"""The reader of OpenVINO's XML."""
