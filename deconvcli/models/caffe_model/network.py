"""The layers of a network of Caffe in the phase TEST, and its inputs.

Source: BVLC Caffe 9b89154 (2020-02-13): src/caffe/proto/caffe.proto, src/caffe/net.cpp,
src/caffe/util/upgrade_proto.cpp.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from deconvcli.common.errors import Unreadable
from deconvcli.common.files import describe_os_error, open_regular_file
from deconvcli.models.caffe_model.text import Message, read_text
from deconvcli.models.model import OTHER_FILE
from deconvcli.models.onnx_model.graph import Node

MAX_BYTES = 16 << 20
MAX_LAYERS = 20_000
MAX_BLOBS = 4096
PARAMETERS = ""
"""The name of the attribute that holds the fields of a layer."""
# Types of the old form `layers { type: CONVOLUTION }` whose new names are not theirs without "_".
_RENAMED = {"softmaxloss": "softmaxwithloss"}
_LOSSES = ("loss", "accuracy", "silence")

InputSizes = tuple[int | str | None, ...] | None


class Network(NamedTuple):
    """A network: its layers, each blob under a name of its own, and the sizes of its inputs."""

    text: str
    nodes: tuple[Node, ...]
    inputs: Mapping[str, InputSizes]


def refuse(reason: str, code: str | None = None) -> Unreadable:
    """Return the error for a file that is no such network."""
    return Unreadable(
        f"the file {reason}", help="give the text of a network, deploy.prototxt.", code=code
    )


def read_network(path: str) -> Network:
    """Return the network of a file.

    Raises:
        Unreadable: the file cannot be read, or is no network.
    """
    try:
        with open_regular_file(path) as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = describe_os_error(error) if isinstance(error, OSError) else str(error)
        raise refuse(f"cannot be read: {reason}") from error
    if b"layer" not in data:
        raise refuse("has no layers, as networks of Caffe have", OTHER_FILE)
    if len(data) > MAX_BYTES:
        raise refuse(f"has more than {MAX_BYTES >> 20} MiB")
    text = data.decode("utf-8", "replace")
    net = read_text(text)
    layers = [
        one for one in [*net.take_all("layer"), *net.take_all("layers")] if isinstance(one, Message)
    ]
    if not layers:
        raise refuse("has no layers, as networks of Caffe have", OTHER_FILE)
    if len(layers) > MAX_LAYERS:
        raise refuse(f"has {len(layers):,} layers; at most {MAX_LAYERS:,} are read")
    builder = _Builder(dict(_list_inputs(net)))
    phase = _find_phase(layers)
    for layer in layers:
        if _is_kept(layer, phase):
            builder.add(layer)
    return Network(text, tuple(builder.nodes), builder.find_inputs())


def _find_phase(layers: Sequence[Message]) -> tuple[object, int]:
    """Return the phase to read: that of training only where no layer is for tests alone."""
    named = {one.get("phase") for layer in layers for one in _list_messages(layer, "include")}
    is_trained = named & {"TRAIN", 0} and not named & {"TEST", 1}
    return ("TRAIN", 0) if is_trained else ("TEST", 1)


def _is_kept(layer: Message, phase: tuple[object, int]) -> bool:
    """Return whether a layer stands in the network of a phase."""
    included = [one.get("phase", phase[0]) for one in _list_messages(layer, "include")]
    excluded = [one.get("phase") for one in _list_messages(layer, "exclude")]
    is_included = not included or any(one in phase for one in included)
    return is_included and not any(one in phase for one in excluded)


def _list_messages(layer: Message, name: str) -> list[Message]:
    return [one for one in layer.take_all(name) if isinstance(one, Message)]


def _list_inputs(net: Message) -> Iterator[tuple[str, InputSizes]]:
    """Yield the inputs that the network names outside of layers."""
    shapes = [one.numbers("dim") for one in _list_messages(net, "input_shape")]
    if not shapes:
        dims = net.numbers("input_dim")
        shapes = [dims[at : at + 4] for at in range(0, len(dims), 4)]
    for place, name in enumerate(net.take_all("input")):
        yield str(name), tuple(shapes[place]) if place < len(shapes) else None


def find_kind(layer: str) -> str:
    """Return the type of a layer without case and underscores, as old and new files have it."""
    kind = layer.replace("_", "").lower()
    return _RENAMED.get(kind, kind)


def is_loss(kind: str) -> bool:
    """Return whether a layer compares the network's output with labels."""
    return any(word in find_kind(kind) for word in _LOSSES)


class _Builder:
    """Puts layers together; a blob that a layer changes in place becomes one of its own."""

    def __init__(self, inputs: dict[str, InputSizes]) -> None:
        self.nodes: list[Node] = []
        self._inputs = inputs
        self._names = {name: name for name in inputs}

    def add(self, layer: Message) -> None:
        """Add a layer, or the inputs that one without blobs before it stands for.

        Raises:
            Unreadable: it takes a blob that no layer makes.
        """
        name, kind = str(layer.get("name", "")), str(layer.get("type", ""))
        taken = [str(one) for one in layer.take_all("bottom")]
        made = [str(one) for one in layer.take_all("top")]
        if len(taken) + len(made) > MAX_BLOBS:
            raise refuse(f"has a layer of more than {MAX_BLOBS} blobs in line {layer.line}")
        if not taken and find_kind(kind) not in ("parameter", "dummydata"):
            for place, blob in enumerate(made):
                self._inputs[blob] = _find_size(layer, place)
                self._names[blob] = blob
            return
        for blob in taken:
            if blob not in self._names:
                raise refuse(f"takes the blob {blob[:60]!r} in line {layer.line}, which none makes")
        inputs = tuple([self._names[blob] for blob in taken])
        outputs = tuple([f"{blob}:{name}" if blob in self._names else blob for blob in made])
        self._names.update(zip(made, outputs, strict=True))
        fields = {PARAMETERS: layer}
        self.nodes.append(Node(name, kind, "", inputs, outputs, fields, {"line": str(layer.line)}))

    def find_inputs(self) -> dict[str, InputSizes]:
        """Return the inputs that some layer needs, without those that are labels alone."""
        used = {blob for node in self.nodes if not is_loss(node.operation) for blob in node.inputs}
        images = {
            blob
            for node in self.nodes
            if find_kind(node.operation) in ("convolution", "pooling")
            for blob in node.inputs
        }
        return {
            name: ("batch", "channels", "H", "W") if shape is None and name in images else shape
            for name, shape in self._inputs.items()
            if name in used
        }


def _find_size(layer: Message, place: int) -> InputSizes:
    """Return the size of a blob that a layer of data makes, as far as it states it."""
    shapes = layer.message("input_param").take_all("shape")
    if shapes:
        shape = shapes[min(place, len(shapes) - 1)]
        return tuple(shape.numbers("dim")) if isinstance(shape, Message) else None
    data = layer.message("memory_data_param")
    sizes = tuple([data.number(key, 0) for key in ("batch_size", "channels", "height", "width")])
    if all(sizes) and place == 0:
        return sizes
    cut = layer.message("transform_param").number("crop_size", 0)
    stored = next((one for one in map(_find_batch, layer.fields.values()) if one), None)
    return (stored or "batch", "channels", cut, cut) if cut and place == 0 else None


def _find_batch(values: list[object]) -> int | None:
    found = values[-1]
    return found.number("batch_size", 0) if isinstance(found, Message) else None
