"""The graph of a stored model: its layers, and what each of their calls is given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from deconvcli.models.keras_model.stored import refuse

Config: TypeAlias = Mapping[str, Any]
StoredShape: TypeAlias = tuple[int | None, ...]


class Reference(NamedTuple):
    """One output of one call of a layer. shape: as the file stores it beside the reference."""

    layer: str
    call: int
    tensor: int
    shape: StoredShape | None = None


class Call(NamedTuple):
    """One call of a layer. args, kwargs: as given, with a Reference for each tensor."""

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any]

    @property
    def inputs(self) -> list[Reference]:
        """The tensors that are given, in order."""
        return list(_find_references([*self.args, *self.kwargs.values()]))


class Layer(NamedTuple):
    """A layer of a graph.

    graph: that of a model inside the model. stored_input: the shape of the input with which the
    layer was built, as far as the file has it.
    """

    name: str
    kind: str
    module: str
    config: Config
    calls: tuple[Call, ...]
    graph: Graph | None = None
    stored_input: StoredShape | None = None


class Graph(NamedTuple):
    """A model: layers in the order of the file, and the tensors that go in and out."""

    name: str
    layers: tuple[Layer, ...]
    inputs: tuple[Reference, ...]
    outputs: tuple[Reference, ...]
    is_second: bool
    """Whether Keras 2 wrote it."""


MODELS = ("Functional", "Model", "Sequential")


def read_graph(config: Config, version: str) -> Graph:
    """Return the graph of a model's config.

    Raises:
        Unreadable: the class of the model is the author's own, so that its graph is code.
    """
    kind = str(config.get("class_name", "Functional"))
    if kind not in MODELS:
        raise refuse(f"holds the class {kind!r}, whose graph is in the code of its author")
    body = config["config"]
    is_second = version.startswith(("1.", "2.")) or (not version and not _has_third(body))
    return _read_model(kind, body, is_second)


def _has_third(body: Any) -> bool:
    """Return whether a config has what only Keras 3 writes."""
    layers = body["layers"] if isinstance(body, dict) else body
    return any("batch_shape" in layer["config"] or "args" in str(layer) for layer in layers[:1])


def _read_model(kind: str, body: Any, is_second: bool) -> Graph:
    # Keras 1 and the first versions of 2 store a Sequential as the list of its layers.
    layers = body if isinstance(body, list) else body["layers"]
    name = "sequential" if isinstance(body, list) else str(body.get("name", kind.lower()))
    read = [_read_layer(layer, is_second) for layer in layers]
    if kind == "Sequential":
        given = body.get("build_input_shape") if isinstance(body, dict) else None
        return _chain(name, read, given, is_second)
    inputs, outputs = [list(_list_ends(body.get(f"{end}_layers"))) for end in ("input", "output")]
    if is_second:
        late = _find_late(read, [*inputs, *outputs])
        outputs = _shift(outputs, late)
        read = [layer._replace(calls=_shift(layer.calls, late)) for layer in read]
    return Graph(name, tuple(read), tuple(inputs), tuple(outputs), is_second)


def _read_layer(stored: Config, is_second: bool) -> Layer:
    kind, config = str(stored["class_name"]), stored["config"]
    name = stored.get("name") or (config.get("name") if isinstance(config, dict) else None)
    graph = _read_model(kind, config, is_second) if kind in MODELS else None
    built = stored.get("build_config") or {}
    return Layer(
        str(name or kind.lower()),
        kind.rpartition(">")[2],
        str(stored.get("module") or ""),
        config if isinstance(config, dict) else {},
        tuple([_read_call(node) for node in stored.get("inbound_nodes", ())]),
        graph,
        _read_shape(built.get("input_shape")),
    )


def _read_call(node: Any) -> Call:
    if isinstance(node, dict):
        args = tuple(_read_value(value) for value in node.get("args", ()))
        kwargs = {name: _read_value(value) for name, value in node.get("kwargs", {}).items()}
        return Call(args, kwargs)
    # Keras 2: [name, call, tensor, keyword arguments] of each input.
    entries = node if node and isinstance(node[0], list) else [node]
    references = [Reference(str(one[0]), int(one[1]), int(one[2])) for one in entries]
    given = entries[0][3] if entries and len(entries[0]) > 3 else {}
    kwargs = {name: _read_second_value(value) for name, value in (given or {}).items()}
    # A list of tensors is one argument of layers such as Add.
    return Call((references[0] if len(references) == 1 else references,), kwargs)


def _read_value(value: Any) -> Any:
    """Return an argument of Keras 3 with references, slices and plain values."""
    if isinstance(value, list):
        return [_read_value(one) for one in value]
    if not isinstance(value, dict):
        return value
    match value.get("class_name"):
        case "__keras_tensor__":
            config = value["config"]
            layer, call, tensor = config["keras_history"]
            return Reference(str(layer), int(call), int(tensor), _read_shape(config.get("shape")))
        case "__slice__":
            config = value["config"]
            return slice(*[_read_value(config.get(key)) for key in ("start", "stop", "step")])
        case "__tuple__" | "__numpy__":
            return _read_value(value["config"].get("value"))
        case "__ellipsis__":
            return Ellipsis
    return {name: _read_value(one) for name, one in value.items()}


def _read_second_value(value: Any) -> Any:
    """Return an argument of Keras 2, where a tensor is [layer, call, tensor]."""
    match value:
        case [str(layer), int(call), int(tensor)]:
            return Reference(layer, call, tensor)
        case list():
            return [_read_second_value(one) for one in value]
        case {"start": start, "stop": stop, "step": step}:
            return slice(start, stop, step)
        case dict():
            return {name: _read_second_value(one) for name, one in value.items()}
    return value


def _read_shape(value: Any) -> StoredShape | None:
    """Return a shape of numbers and None; None for several shapes, or another form."""
    if isinstance(value, list) and all(one is None or type(one) is int for one in value):
        return tuple(value)
    return None


def _list_ends(ends: Any) -> Iterator[Reference]:
    """Yield the inputs or outputs of a model: one, a list or a dict of them."""
    match ends:
        case [str(layer), int(call), int(tensor)]:
            yield Reference(layer, call, tensor)
        case list() | tuple():
            for end in ends:
                yield from _list_ends(end)
        case dict():
            for end in ends.values():
                yield from _list_ends(end)


def _find_references(value: Any) -> Iterator[Reference]:
    if isinstance(value, Reference):
        yield value
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _find_references(one)
    elif isinstance(value, dict):
        for one in value.values():
            yield from _find_references(one)


def _chain(name: str, layers: Sequence[Layer], given: Any, is_second: bool) -> Graph:
    """Return the graph of a Sequential, whose layers are called one after the other."""
    first = layers[0] if layers else None
    if first is None or first.kind != "InputLayer":
        shape = _find_first_shape(layers, given)
        config = {"batch_shape": None if shape is None else list(shape)}
        first = Layer(f"{name}_input", "InputLayer", "", config, ())
        layers = [first, *layers]
    linked = [first]
    for layer in layers[1:]:
        before = Reference(linked[-1].name, 0, 0)
        linked.append(layer._replace(calls=(Call((before,), {}),)))
    ends = Reference(first.name, 0, 0), Reference(linked[-1].name, 0, 0)
    return Graph(name, tuple(linked), ends[:1], ends[1:], is_second)


def _find_first_shape(layers: Sequence[Layer], given: Any) -> StoredShape | None:
    """Return the shape of a Sequential's input: its own, or that of its first layer."""
    if (shape := _read_shape(given)) is not None:
        return shape
    for layer in layers[:1]:
        for key in ("batch_input_shape", "batch_shape"):
            if (shape := _read_shape(layer.config.get(key))) is not None:
                return shape
        return layer.stored_input
    return None


def _find_late(layers: Sequence[Layer], ends: Sequence[Reference]) -> set[str]:
    """Return the models inside a model of Keras 2 whose calls are numbered from 1.

    There 0 is the making of the model itself, and the first call in the graph around it is 1.
    """
    nested = {layer.name for layer in layers if layer.graph is not None}
    used = [*ends, *[one for layer in layers for call in layer.calls for one in call.inputs]]
    return nested - {one.layer for one in used if one.call == 0}


def _shift(value: Any, late: set[str]) -> Any:
    """Return a value in which the calls of these models count from 0."""
    match value:
        case Reference():
            return value._replace(call=value.call - (value.layer in late))
        case Call():
            return Call(_shift(value.args, late), _shift(value.kwargs, late))
        case list():
            return [_shift(one, late) for one in value]
        case tuple():
            return tuple(_shift(one, late) for one in value)
        case dict():
            return {name: _shift(one, late) for name, one in value.items()}
    return value
