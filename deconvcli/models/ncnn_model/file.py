"""The text of a model of ncnn: a magic number, two counts, and a layer in each line.

Source: Net::load_param and ParamDict::load_param of ncnn 1.0.20261020.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from deconvcli.common.errors import Unreadable
from deconvcli.common.files import describe_os_error, open_regular_file
from deconvcli.common.values import shorten
from deconvcli.models.model import OTHER_FILE
from deconvcli.models.onnx_model.graph import Node

MAGIC = "7767517"
MAX_BYTES = 16 << 20
MAX_LAYERS = 100_000
MAX_BLOBS = 256
"""The most blobs of one layer; caches of language models are one layer of 100."""
MAX_KEY = 256
_ARRAYS = -23300
"""Keys from here down are those of arrays, written with their length first."""
_INTEGER = re.compile(r"[-+]?[0-9]{1,10}")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_FIELD = re.compile(r'(-?[0-9]{1,6})=("[^"]*"|\S*)')


def refuse(reason: str, code: str | None = None) -> Unreadable:
    """Return the error for a file that is no such model."""
    return Unreadable(
        f"the file {reason}",
        help="convert the model again, with pnnx or another converter to ncnn.",
        code=code,
    )


def read_ncnn(path: str) -> tuple[str, list[Node]]:
    """Return the text and its layers, whose attributes are the parameters by number, as text.

    Raises:
        Unreadable: the file cannot be read, or is no such model.
    """
    try:
        with open_regular_file(path) as file:
            data = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = describe_os_error(error) if isinstance(error, OSError) else str(error)
        raise refuse(f"cannot be read: {reason}") from error
    if data[:64].split()[:1] != [MAGIC.encode()]:
        raise refuse(f"does not start with {MAGIC}, as models of ncnn do", OTHER_FILE)
    if len(data) > MAX_BYTES:
        raise refuse(f"has more than {MAX_BYTES >> 20} MiB")
    text = data.decode("utf-8", "replace")
    lines = enumerate(text.split("\n"), 1)
    filled = [(number, line.strip()) for number, line in lines if line.strip()]
    _, *layers = filled
    if not layers or not re.fullmatch(r"[0-9]+\s+[0-9]+", layers[0][1]):
        raise refuse(f"has no numbers of layers and blobs after {MAGIC}")
    count = int(layers[0][1].split()[0][:10])
    if count > MAX_LAYERS:
        raise refuse(f"has {count:,} layers; at most {MAX_LAYERS:,} are read")
    if len(layers) <= count:
        raise refuse(f"ends after {len(layers) - 1:,} of its {count:,} layers")
    nodes = [read_layer(line, number) for number, line in layers[1 : count + 1]]
    _check_blobs(nodes)
    return text, nodes


def read_layer(line: str, number: int) -> Node:
    """Return the layer of a line.

    Raises:
        Unreadable: the line is no layer.
    """
    kind, name, taken, made, *others = [*line.split(maxsplit=4), *[""] * 4][:5]
    # ASCII, so that int takes what the pattern does.
    if not re.fullmatch(r"[0-9]{1,3}", taken) or not re.fullmatch(r"[0-9]{1,3}", made):
        raise refuse(f"has no layer with its numbers of blobs in line {number}: {shorten(line)}")
    inputs, outputs = int(taken), int(made)
    if max(inputs, outputs) > MAX_BLOBS:
        raise refuse(f"has a layer of more than {MAX_BLOBS} blobs in line {number}")
    parts = others[0].split(maxsplit=inputs + outputs)
    blobs, [text] = parts[: inputs + outputs], [*parts[inputs + outputs :], ""][:1]
    if len(blobs) < inputs + outputs or any(_FIELD.fullmatch(blob) for blob in blobs):
        raise refuse(f"has a layer without its {inputs + outputs} blobs in line {number}")
    return Node(
        name,
        kind,
        "",
        tuple(blobs[:inputs]),
        tuple(blobs[inputs:]),
        dict(_read_parameters(text, number)),
        {"line": str(number)},
    )


def _read_parameters(text: str, number: int) -> Iterator[tuple[str, Any]]:
    """Yield the parameters of a layer: numbers, lists of numbers, and texts."""
    # What follows something that is no parameter is left out, as ncnn does.
    place = 0
    while found := _FIELD.match(text, place):
        place = found.end() + len(text[found.end() :]) - len(text[found.end() :].lstrip())
        key, value = int(found[1]), found[2]
        items = value.split(",")
        if key <= _ARRAYS:
            key, [_, *items] = _ARRAYS - key, items
        if not 0 <= key < MAX_KEY:
            raise refuse(f"has the parameter {found[1]} in line {number}, which no layer has")
        if int(found[1]) <= _ARRAYS or ("," in value and not value.startswith('"')):
            yield str(key), [_read_number(item) for item in items if item]
        else:
            yield str(key), _read_number(value)


def _read_number(text: str) -> int | float | str:
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text.strip('"')


def _check_blobs(nodes: Sequence[Node]) -> None:
    """Refuse a blob that two layers make, or that a layer takes before it is made.

    Raises:
        Unreadable: there is one.
    """
    made: set[str] = set()
    for node in nodes:
        line = node.metadata["line"]
        for name in node.inputs:
            if name not in made:
                raise refuse(f"takes the blob {shorten(name)} in line {line}, which none made")
        for name in node.outputs:
            if name in made:
                raise refuse(f"makes the blob {shorten(name)} in line {line} again")
            made.add(name)
