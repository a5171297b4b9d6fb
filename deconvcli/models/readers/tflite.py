"""Files of TensorFlow Lite.

Suffixes: .tflite, .lite.

Recognised by the letters TFL3 after the first four bytes. The sizes are those that the file stores;
ours of each transposed convolution are compared with them, also of MediaPipe's own operator.
Weights are not read.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Any

from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import size_text
from deconvcli.models.inputs import SAMPLE, require_stored_sizes
from deconvcli.models.model import (
    GivenSizes,
    Model,
    ModelLayer,
    Reader,
    Sizes,
    keep_connected,
    write_sizes,
)
from deconvcli.models.tflite_model.file import Operator, Subgraph, Tensor, read_tflite, refuse

TRANSPOSED = "TRANSPOSE_CONV"
MEDIAPIPE = ("Convolution2DTransposeBias", "Convolution2DTranspose")
"""Operators of MediaPipe, whose parameters are three integers."""


class TensorFlowLite(Reader):
    """Files of TensorFlow Lite, of which the first graph is the model."""

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the model at the sizes that it stores; it is not computed at others."""
        file = read_tflite(path)
        if not file.subgraphs:
            raise refuse("holds no graph")
        graph = file.subgraphs[0]
        inputs = [graph.tensors[number] for number in graph.inputs]
        require_stored_sizes(sizes, {one.name: one.sizes for one in inputs}, "TensorFlow Lite")
        layers, findings = [], []
        for operator in graph.operators:
            layer, found = _read_operator(graph, operator)
            layers.append(layer)
            findings += found
        notes = []
        if len(file.subgraphs) > 1:
            notes.append(f"{len(file.subgraphs) - 1} more graphs are in the file")
        return Model(
            f"TensorFlow Lite, schema {file.version}",
            {tensor.name: tensor.sizes for tensor in graph.tensors if tensor.sizes is not None},
            keep_connected(layers, [one.name for one in inputs]),
            tuple(findings),
            tuple(notes),
        )


def _read_operator(graph: Subgraph, operator: Operator) -> tuple[ModelLayer, list[Diagnostic]]:
    output = graph.tensors[operator.outputs[0]] if operator.outputs else Tensor("", None)
    name, findings = output.name or operator.kind, list[Diagnostic]()
    reading = None
    words = _read_words(operator)
    if words is not None:
        try:
            reading = _read_transposed(graph, operator, words, output.sizes)
        except DeconvError as error:
            message = f"{name}: {error.message}"
            findings.append(Diagnostic(error.code, Severity.ERROR, message, error.help))
        else:
            findings += _compare(graph, operator, name, output)
    takes, gives = [
        tuple([graph.tensors[number].name for number in numbers if number >= 0])
        for numbers in (operator.inputs, operator.outputs)
    ]
    layer = ModelLayer(name, operator.kind, output.sizes, None, reading, takes=takes, gives=gives)
    return layer, findings


def _read_words(operator: Operator) -> dict[str, Any] | None:
    """Return the parameters of a transposed convolution; None for another operator."""
    if operator.kind == TRANSPOSED and not operator.is_custom:
        # The stride along the width is stored before that along the height.
        code, width, height = operator.options or (0, 0, 0)
        names = _WORDS[1:]
    elif operator.is_custom and operator.kind in MEDIAPIPE and len(operator.custom_options) >= 12:
        code, width, height = struct.unpack_from("<3i", operator.custom_options)
        names = _WORDS
    else:
        return None
    word = names[code] if 0 <= code < len(names) else str(code)
    return {"stride_h": height, "stride_w": width, "padding": word}


_WORDS: tuple[str, ...] = ("", "SAME", "VALID")


def _read_transposed(
    graph: Subgraph, operator: Operator, words: dict[str, Any], output: Sizes | None
) -> Reading | None:
    given, weight = [graph.tensors[operator.inputs[at]].sizes for at in _list_places(operator)]
    if given is None or weight is None or len(given) != 4 or None in weight:
        return None
    sizes = [1 if size is None and at == 0 else size for at, size in enumerate(given)]
    shape = [SAMPLE if size is None else size for size in sizes]
    kernel = [size for size in weight if size is not None]
    if output is None or None in output[1:] or len(output) != 4:
        # Computed where the model runs; converters of Keras ask for this size.
        strides = (words["stride_h"], words["stride_w"])
        triples = zip(shape[1:3], strides, kernel[1:3], strict=True)
        is_same = words["padding"] == "SAME"
        wanted = [n * s if is_same else (n - 1) * s + k for n, s, k in triples]
    else:
        wanted = [int(str(size)) for size in output[1:3]]
    words = {**words, "output_shape": [shape[0], *wanted, kernel[0]]}
    return read_layer("tflite", words, shape, kernel)


def _list_places(operator: Operator) -> tuple[int, int]:
    """Return the places of the input and the weights among the inputs."""
    places = (0, 1) if operator.is_custom else (2, 1)
    if max(places) >= len(operator.inputs) or -1 in [operator.inputs[at] for at in places]:
        raise refuse(f"has {operator.kind} without its inputs")
    return places


def _compare(
    graph: Subgraph, operator: Operator, name: str, output: Tensor
) -> Iterator[Diagnostic]:
    """Yield a finding where the size that is asked for is not that of the stored output."""
    asked = None if operator.is_custom else graph.tensors[operator.inputs[0]].values
    if asked is None or output.sizes is None or len(asked) != len(output.sizes):
        return
    if any(own not in (None, size) for own, size in zip(output.sizes, asked, strict=True)):
        yield Diagnostic(
            "expect",
            Severity.ERROR,
            f"{name}: the file stores {write_sizes(output.sizes)}, and the layer is asked for"
            f" {size_text(asked)}",
            "convert the model again; its sizes do not agree.",
        )


READER: Reader = TensorFlowLite()
