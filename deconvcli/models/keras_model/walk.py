"""The walk over a graph of Keras: the shape of each tensor, its layers, and what is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from graphlib import TopologicalSorter
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.models.expressions import Size
from deconvcli.models.keras_model.connections import Connections, name_tensors, number_call
from deconvcli.models.keras_model.functions import Arguments, Tensor
from deconvcli.models.keras_model.graph import Call, Graph, Layer, Reference, StoredShape
from deconvcli.models.keras_model.layers import Made, compute_layer, put_time
from deconvcli.models.keras_model.sizes import Shape
from deconvcli.models.keras_model.stored import refuse
from deconvcli.models.model import ModelLayer, Sizes, write_sizes

MAX_DEPTH = 20
"""How deep models may stand inside models."""
MAX_CALLS = 100_000
"""How many calls of layers are computed, with those inside models that are called again."""
MAX_OUTPUTS = 1000
MAX_FORMULA = 1000
"""The longest formula of a size, in characters; a longer one is an unknown size."""


class Place(NamedTuple):
    """A tensor: one output of one call of a layer."""

    layer: str
    call: int
    tensor: int


class Walk:
    """What is known of a model after the walk.

    dialect: that of its transposed convolutions. tensors: the sizes of each, under
    `layer:call:tensor`, for a model inside the model `outer/inner:call:tensor`. unknown: the kinds
    of layers that have no rule. connections: across the borders of models inside models.
    """

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.tensors: dict[str, Sizes] = {}
        self.layers: list[ModelLayer] = []
        self.findings: list[Diagnostic] = []
        self.unknown: dict[str, None] = {}
        self.connections = Connections()
        self._calls = 0

    def run(
        self,
        graph: Graph,
        inputs: Sequence[Shape | None],
        prefix: str = "",
        round: int = 0,
        stored: Mapping[int, StoredShape] = MappingProxyType({}),
    ) -> list[Shape | None]:
        """Return the shapes of a graph's outputs.

        inputs: in the order of the graph's own. stored: the outputs' shapes in the file, as far as
        they are there.
        """
        made = _Graph(self, graph, prefix, round)
        for number, shape in stored.items():
            made.expect(number, shape)
        return made.run(inputs)

    def count_call(self) -> None:
        """Count one more call of a layer.

        Raises:
            Unreadable: there are too many, as where models are called again at many levels.
        """
        self._calls += 1
        if self._calls > MAX_CALLS:
            raise refuse(f"calls its layers more than {MAX_CALLS} times")


class _Graph:
    """One graph of the model, called once."""

    def __init__(self, walk: Walk, graph: Graph, prefix: str, round: int) -> None:
        self._walk = walk
        self._graph = graph
        self._prefix = prefix
        self._round = round
        self._layers = {layer.name: layer for layer in graph.layers}
        self._shapes: dict[Place, Shape | None] = {}
        self._stored = _collect_stored(graph)
        self._follows_file = True

    def expect(self, number: int, shape: StoredShape) -> None:
        """Take the shape of one of the outputs from the graph around this one."""
        if number < len(self._graph.outputs):
            one = self._graph.outputs[number]
            self._stored.setdefault((one.layer, one.call), {}).setdefault(one.tensor, shape)

    def run(self, inputs: Sequence[Shape | None]) -> list[Shape | None]:
        """Return the shapes of the outputs."""
        for reference, shape in zip(self._graph.inputs, inputs, strict=False):
            layer = self._layers.get(reference.layer)
            if layer is None:
                continue
            stored = read_input_shape(layer)
            self._follows_file &= shape is not None and stored is not None and _fits(shape, stored)
            self._keep(layer, 0, Made([shape], parameters=0))
        for layer, number, call in self._order_calls():
            self._compute(layer, number, call)
        return [self._shapes.get(_place(one)) for one in self._graph.outputs]

    def _order_calls(self) -> list[tuple[Layer, int, Call]]:
        """Return the calls in an order in which each has its inputs.

        Raises:
            ValueError: the calls go round in a circle.
        """
        calls = [
            (layer, number, call)
            for layer in self._graph.layers
            for number, call in enumerate(layer.calls)
        ]
        numbers = {(layer.name, number): at for at, (layer, number, _) in enumerate(calls)}
        needed = {
            at: [numbers[key] for one in call.inputs if (key := (one.layer, one.call)) in numbers]
            for at, (_, _, call) in enumerate(calls)
        }
        return [calls[at] for at in TopologicalSorter(needed).static_order()]

    def _compute(self, layer: Layer, number: int, call: Call) -> None:
        self._walk.count_call()
        shapes = [self._shapes.get(_place(one)) for one in call.inputs]
        if layer.graph is not None:
            self._compute_model(layer, layer.graph, number, shapes)
            return
        given = Arguments(
            layer.config, self._fill(call.args), {k: self._fill(v) for k, v in call.kwargs.items()}
        )
        made = compute_layer(layer, given, shapes, self._walk.dialect)
        if not made.is_known:
            self._walk.unknown[layer.kind] = None
        batch = next((shape[0] for shape in shapes if shape), None)
        takes = self._name_tensors(call.inputs)
        self._keep(layer, number, self._complete(layer, number, made, batch), takes)

    def _compute_model(
        self, layer: Layer, graph: Graph, number: int, shapes: list[Shape | None]
    ) -> None:
        name = self._prefix + layer.name
        given = shapes
        if layer.kind == "TimeDistributed":
            given = [None if one is None else (one[0], *one[2:]) for one in shapes]
        outputs: list[Shape | None] = []
        self._connect(layer, graph, number)
        if name.count("/") < MAX_DEPTH:
            stored = self._find_stored(layer, number)
            outputs = self._walk.run(graph, given, f"{name}/", number, stored)
        if layer.kind == "TimeDistributed" and shapes and shapes[0] is not None:
            outputs = [put_time(one, shapes[0]) for one in outputs]
        self._keep(layer, number, Made(outputs or [None]), is_model=True)

    def _connect(self, layer: Layer, graph: Graph, number: int) -> None:
        """Connect the tensors around a model with those inside it."""
        layers = {one.name: one for one in graph.layers}
        name_inner = partial(name_tensors, layers, f"{self._prefix}{layer.name}/", number)
        given = self._name_tensors(layer.calls[number].inputs)
        self._walk.connections.enter(name_inner(graph.inputs), given)
        outputs = [Reference(layer.name, number, at) for at in range(len(graph.outputs))]
        self._walk.connections.leave(self._name_tensors(outputs), name_inner(graph.outputs))

    def _name_tensors(self, references: Iterable[Reference]) -> list[str]:
        return name_tensors(self._layers, self._prefix, self._round, references)

    def _fill(self, value: Any) -> Any:
        """Return arguments with the shapes of tensors in place of references."""
        if isinstance(value, Reference):
            return Tensor(self._shapes.get(_place(value)) or ())
        if isinstance(value, (list, tuple)):
            return [self._fill(one) for one in value]
        return value

    def _complete(self, layer: Layer, number: int, made: Made, batch: Size | None) -> Made:
        """Return what a layer makes, with sizes from the file where it has no rule.

        A finding says where the file stores other sizes than ours.
        """
        outputs = list(made.outputs)
        stored = self._find_stored(layer, number)
        outputs += [None] * (min(max(stored, default=0), MAX_OUTPUTS) + 1 - len(outputs))
        for at, own in enumerate(outputs):
            shape = stored.get(at)
            if shape is None:
                continue
            if own is None:
                outputs[at] = (
                    (batch if shape[:1] == (None,) else shape[0], *shape[1:]) if shape else ()
                )
            elif not _fits(own, shape):
                self._walk.findings.append(_differ(self._prefix + layer.name, own, shape))
        return made._replace(outputs=outputs)

    def _find_stored(self, layer: Layer, number: int) -> dict[int, StoredShape]:
        """Return the shapes that the file has for the outputs of a call, where it is followed."""
        if not self._follows_file:
            return {}
        return dict(self._stored.get((layer.name, number), {}))

    def _keep(
        self,
        layer: Layer,
        number: int,
        made: Made,
        takes: Sequence[str] = (),
        *,
        is_model: bool = False,
    ) -> None:
        name = self._prefix + layer.name
        own = number_call(layer, self._round, number)
        outputs = [None if shape is None else _limit(shape) for shape in made.outputs]
        gives = [f"{name}:{own}:{at}" for at in range(len(outputs))]
        for at, shape in enumerate(outputs):
            self._shapes[Place(layer.name, number, at)] = shape
            if shape is not None:
                self._walk.tensors[gives[at]] = to_sizes(shape)
        for error in made.errors:
            message = f"{name}: {error.message}"
            found = Diagnostic(error.code, Severity.ERROR, message, error.help)
            self._walk.findings.append(found)
        if not is_model:
            output = outputs[0]
            # A layer that is called again has its weights once.
            count = made.parameters if own == 0 or made.parameters is None else 0
            sizes = None if output is None else to_sizes(output)
            self._walk.layers.append(
                ModelLayer(
                    name,
                    layer.kind,
                    sizes,
                    count,
                    made.reading,
                    takes=tuple(takes),
                    gives=tuple(gives),
                )
            )


def _limit(shape: Shape) -> Shape:
    """Return a shape without formulas that are too long to read, which would grow at each layer."""
    return tuple(
        [size if isinstance(size, int) or len(str(size)) <= MAX_FORMULA else None for size in shape]
    )


def to_sizes(shape: Shape) -> Sizes:
    """Return a shape as numbers, text and None."""
    return tuple([size if size is None or isinstance(size, int) else str(size) for size in shape])


def read_input_shape(layer: Layer) -> StoredShape | None:
    """Return the shape of an InputLayer, with the batch."""
    for key in ("batch_shape", "batch_input_shape"):
        if isinstance(stored := layer.config.get(key), (list, tuple)):
            return tuple(stored)
    return None


def list_input_shapes(graph: Graph) -> list[StoredShape | None]:
    """Return the stored shapes of a graph's inputs, in its own order."""
    layers = {layer.name: layer for layer in graph.layers}
    ends = [layers.get(one.layer) for one in graph.inputs]
    return [None if layer is None else read_input_shape(layer) for layer in ends]


def _place(reference: Reference) -> Place:
    return Place(reference.layer, reference.call, reference.tensor)


def _fits(shape: Shape, stored: StoredShape) -> bool:
    """Return whether no number of a shape is another one in the file."""
    return len(shape) == len(stored) and all(
        one == other
        for one, other in zip(shape, stored, strict=True)
        if isinstance(one, int) and other is not None
    )


def _differ(name: str, own: Shape, stored: StoredShape) -> Diagnostic:
    shown = [write_sizes(one) for one in (stored, own)]
    return Diagnostic(
        "expect",
        Severity.ERROR,
        f"{name}: the file stores {shown[0]}, the layer gives {shown[1]}",
        "save the model again; its sizes and its parameters do not agree.",
    )


def _collect_stored(graph: Graph) -> dict[tuple[str, int], dict[int, StoredShape]]:
    """Return the shapes of tensors that the file stores where they are used.

    They stand under the layer and the call that make them, and the number of the output.
    """
    found: dict[tuple[str, int], dict[int, StoredShape]] = {}

    def keep(one: Reference, shape: StoredShape | None) -> None:
        if shape is not None:
            found.setdefault((one.layer, one.call), {}).setdefault(one.tensor, shape)

    for layer in graph.layers:
        for number, call in enumerate(layer.calls):
            inputs = call.inputs
            for one in inputs:
                keep(one, one.shape)
            if number == 0 and len(inputs) == 1:
                keep(inputs[0], layer.stored_input)
            if layer.graph is not None and layer.kind != "TimeDistributed":
                for one, shape in zip(inputs, list_input_shapes(layer.graph), strict=False):
                    keep(one, shape)
    return found
