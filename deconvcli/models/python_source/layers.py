"""A call of a source file as a layer: what its framework makes of it, at sizes in letters."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError, NotLinear
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.pasted.forms import LayerText
from deconvcli.frameworks.pasted.layer import MissingValue, Pasted
from deconvcli.frameworks.pasted.python_call import PythonCall
from deconvcli.frameworks.pasted.understand import understand_layer
from deconvcli.frameworks.request import LayerRequest
from deconvcli.frameworks.request.understood import Understood
from deconvcli.layers.axis import Size, linear
from deconvcli.models.python_source.unknown_kernel import find_refusal
from deconvcli.networks.operation import Shape

_CHANNELS = {"in_channels", "out_channels"}
_LETTERS: Mapping[int, tuple[Size, ...]] = {
    rank: tuple([linear(letter, 1, 0) for letter in letters])
    for rank, letters in enumerate(("L", "HW", "DHW"), 1)
}
# Any text stands for the call: it has been read.
_REQUEST = LayerRequest("call")
# Where a layer has no formula, its size at this one is as good as any.
_SAMPLE = 64


class SourceLayer(NamedTuple):
    """A layer of a framework in a file, at one input.

    understood: None where the framework refuses it, with the reason in `error`, and where only the
    program has its weights. pasted: its
    parameters, None where they are not the framework's. variables: those of its arguments that
    have a value here.
    """

    call: PythonCall
    understood: Understood | None
    pasted: Pasted | None = None
    error: DeconvError | None = None
    variables: Mapping[str, Any] = MappingProxyType({})

    @property
    def kind(self) -> Hashable:
        """What findings depend on: layers that only differ in their channels are one kind."""
        if self.understood is None:
            return str(self.error), self.pasted and str(self.pasted.words)
        reading = self.understood.reading
        return reading.layer.axes, reading.layer.groups, reading.findings


def read_layer(
    call: PythonCall, dialect: str, given: Shape | Sequence[Size] | None = None
) -> SourceLayer | None:
    """Return the layer that a call makes; None where a number is only in the program.

    given: the input, or its size as people write it; by default letters.
    """
    pasted = None
    try:
        pasted = understand_layer(LayerText(call, "call", frozenset()), dialect)
        if _has_open_output(pasted, given):
            return SourceLayer(call, None, pasted)
        return SourceLayer(call, _understand(pasted, given), pasted)
    except MissingValue:
        return None
    except DeconvError as error:
        if pasted is not None and error.code == "no-kernel":
            return SourceLayer(call, None, pasted, find_refusal(pasted, _REQUEST, _LETTERS))
        return SourceLayer(call, None, pasted, error)


def _has_open_output(pasted: Pasted, given: Shape | Sequence[Size] | None) -> bool:
    """Return whether a call asks for a size of its output, and the size of its input is not known.

    What it may ask for depends on that.
    """
    roles = {argument.name: argument.role for argument in pasted.dialect.arguments}
    asks = any(
        roles.get(name) == "output_size" and value is not None
        for name, value in pasted.words.items()
    )
    return asks and given is None and pasted.data is None


def _understand(pasted: Pasted, given: Shape | Sequence[Size] | None) -> Understood:
    # One number as a kernel of Flax, whose classes have any number of axes, is one of one axis.
    rank = pasted.rank or 1
    request = _REQUEST._replace(rank=rank)
    if isinstance(given, Shape):
        layout = pasted.dialect.data_layout(pasted.words, rank)
        # Channels may be a letter, which the request takes as well.
        parts = {"N": (1,), "C": (given.channels,)}
        whole = layout.shape(parts, given.spatial)  # type: ignore[arg-type]
        return request._replace(input_size=whole).read(pasted)
    if given is not None:
        return request._replace(input_size=tuple(given)).read(pasted)
    if pasted.data is not None:
        return request.read(pasted)
    try:
        return request._replace(input_size=_LETTERS[rank]).read(pasted)
    except NotLinear:
        return request._replace(input_size=(_SAMPLE,) * rank).read(pasted)


def _list_words(dialect: Dialect, name: str) -> tuple[str, ...]:
    """Return the words for a parameter: its name and its role."""
    return (name, *(a.role for a in dialect.arguments if a.name == name))


def find_place(node: ast.Call, layer: SourceLayer) -> ast.expr:
    """Return the argument that an error is about, if it stands in the first line of the call."""
    if layer.error is None:
        return node
    code = layer.error.code.replace("-", "_")
    for name, value in _list_arguments(node, layer):
        words = _list_words(layer.pasted.dialect, name) if layer.pasted else (name,)
        if code in words and value.lineno == node.lineno:
            return value
    return node


def find_variables(node: ast.Call, layer: SourceLayer) -> dict[str, Any]:
    """Return the variables of a layer that its geometry depends on."""
    parts = [
        ast.unparse(part)
        for name, value in _list_arguments(node, layer)
        if not (layer.pasted and _CHANNELS & {*_list_words(layer.pasted.dialect, name)})
        for part in ast.walk(value)
        if isinstance(part, ast.Name | ast.Attribute)
    ]
    return {name: value for name, value in layer.variables.items() if name in parts}


def _list_arguments(node: ast.Call, layer: SourceLayer) -> list[tuple[str, ast.expr]]:
    """Return the arguments of a call with the names of their parameters, as far as known."""
    order = layer.pasted.order if layer.pasted else ()
    # Not strict: the call may have fewer arguments, or more than its framework takes.
    named = [*zip(order, node.args, strict=False)]
    return named + [(keyword.arg or "", keyword.value) for keyword in node.keywords]
