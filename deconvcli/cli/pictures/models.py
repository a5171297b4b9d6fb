"""A model file as the data of a picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deconvcli.cli.pictures.calls import describe_call
from deconvcli.cli.pictures.extents import find_extent
from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.models.model import GivenSizes, Model, ModelLayer, Sizes
from deconvcli.models.reading import find_reader, read_model
from deconvcli.views.drawing.network.graph import DrawnLayer, DrawnNetwork, Problem

# The formats whose tensors have the channels last.
CHANNELS_LAST = ("keras", "tflite")
_INPUTS = ("InputLayer", "Parameter", "Input")


def picture_model(path: str, name: str, sizes: GivenSizes, reader: str | None) -> DrawnNetwork:
    """Return what is drawn of a model file. reader: by default as the file's name ends.

    Raises:
        Unreadable: the file cannot be read, or is no such model.
        UsageError: the model has no connections, or an input or a number of axes does not exist.
    """
    model = read_model(path, sizes, reader)
    if not any(layer.takes for layer in model.layers):
        raise UsageError(
            f"{name}: its layers have no connections that could be drawn ({model.title})",
            help="draw a model that has its graph, such as .onnx, .pt2 or .keras, or a config.",
            code="no-graph",
        )
    return make_picture(name, model, is_last=(reader or find_reader(path)) in CHANNELS_LAST)


def make_picture(name: str, model: Model, *, is_last: bool) -> DrawnNetwork:
    """Return what is drawn of a model. is_last: whether its tensors have the channels last."""
    given = {tensor for layer in model.layers for tensor in layer.gives}
    taken = dict.fromkeys(tensor for layer in model.layers for tensor in layer.takes)
    inputs = [tensor for tensor in taken if tensor not in given]
    drawn = [
        DrawnLayer(
            tensor, "input", *_write_sizes(model.tensors.get(tensor), is_last), is_input=True
        )
        for tensor in inputs
    ]
    numbers = {tensor: number for number, tensor in enumerate(inputs)}
    for layer in _order(model.layers):
        takes = [numbers[tensor] for tensor in layer.takes if tensor in numbers]
        numbers |= dict.fromkeys(layer.gives, len(drawn))
        drawn.append(_draw_layer(layer, tuple(dict.fromkeys(takes)), is_last))
    # Of several layers with one name, the first.
    by_name = {layer.name: number for number, layer in reversed([*enumerate(drawn)])}
    problems = [_place(finding, by_name) for finding in model.findings]
    return DrawnNetwork(f"{name}: {model.title}", drawn, problems, model.notes)


def _order(layers: Sequence[ModelLayer]) -> list[ModelLayer]:
    """Return the layers, each after those that it takes from; as in the file where that is so."""
    makers = {tensor: at for at, layer in enumerate(layers) for tensor in layer.gives}
    ordered: dict[int, None] = {}
    for at in range(len(layers)):
        _visit(at, layers, makers, ordered)
    return [layers[at] for at in ordered]


def _visit(
    at: int, layers: Sequence[ModelLayer], makers: Mapping[str, int], ordered: dict[int, None]
) -> None:
    """Add a layer after all that it needs; of a circle, one connection is not drawn."""
    waiting, seen = [at], set[int]()
    while waiting:
        one = waiting[-1]
        needs = [makers[name] for name in layers[one].takes if name in makers]
        missing = [need for need in needs if need not in ordered and need not in seen]
        seen.add(one)
        if missing:
            waiting.extend(reversed(missing))
        else:
            ordered[waiting.pop()] = None


def _draw_layer(layer: ModelLayer, takes: tuple[int, ...], is_last: bool) -> DrawnLayer:
    return DrawnLayer(
        layer.name,
        layer.kind,
        *_write_sizes(layer.output, is_last),
        takes,
        is_input=layer.kind in _INPUTS and not takes,
        call=describe_call(layer.reading) if layer.reading else "",
        strides=tuple([axis.stride for axis in layer.reading.layer.axes]) if layer.reading else (),
    )


def _write_sizes(
    sizes: Sizes | None, is_last: bool
) -> tuple[Sizes | None, Sizes, tuple[int, ...] | None]:
    """Return the sizes without the batch, the spatial ones, and these as numbers."""
    if sizes is None:
        return None, (), None
    if len(sizes) < 3:
        return sizes, (), ()
    spatial = sizes[1:-1] if is_last else sizes[2:]
    return sizes[1:], spatial, find_extent(spatial)


def _place(finding: Diagnostic, numbers: Mapping[str, int]) -> Problem:
    """Return a finding with the layer whose name it begins with. numbers: of layers, by name."""
    message = finding.message
    starts = [message.partition(sign)[0] for sign in (": ", " (")]
    number = next((numbers[start] for start in starts if start in numbers), None)
    return Problem(number, f"{message}; {finding.help}" if finding.help else message)
