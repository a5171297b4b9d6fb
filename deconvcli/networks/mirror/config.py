"""A decoder as a config: its lines and the YAML that they are written as."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from deconvcli.layers.text import size_text
from deconvcli.networks.operation import Shape


class Line(NamedTuple):
    """One layer of the decoder. source: the layer of the encoder that it comes from."""

    op: str
    keys: Mapping[str, Any]
    source: str


class Decoder(NamedTuple):
    """A decoder: the shapes at both ends, its layers, and what was left out of it.

    kinds: of the layers that were mirrored, by name.
    """

    dialect: str
    input: Shape
    output: Shape
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    kinds: Mapping[str, str]

    def __hash__(self) -> int:
        # Without what holds mappings.
        return hash((self.dialect, self.input, self.output, self.notes))


def write_config(decoder: Decoder, title: str) -> str:
    """Return the decoder as YAML. title: what it mirrors."""
    lines = [f"# The mirror of {title}: back from its output to exactly its input."]
    lines += [f"# {note}." for note in decoder.notes]
    if decoder.lines and decoder.lines[-1].op in ("conv", "conv_transpose"):
        lines.append("# The last layer has no activation: add the one that the data needs.")
    lines += [
        *([f"dialect: {decoder.dialect}"] if decoder.dialect != "torch" else []),
        "networks:",
        "  decoder:",
        f"    input: {_write_shape(decoder.input)}",
        f"    expect: {_write_shape(decoder.output)}",
        "    layers:",
    ]
    written = [_write_line(line) for line in decoder.lines]
    width = max((len(text) for text in written), default=0)
    for text, line in zip(written, decoder.lines, strict=True):
        source = name_layer(line.source, decoder.kinds[line.source])
        lines.append(f"      - {text:<{width}}  # {source}")
    return "\n".join(lines) + "\n"


def name_layer(name: str, kind: str) -> str:
    """Return the name of a layer; those of a pasted text often are numbers alone."""
    return f"{kind} {name}" if name.replace(".", "").isdecimal() else name


def _write_shape(shape: Shape) -> str:
    size = f", size: {size_text(shape.spatial)}" if shape.spatial else ""
    return f"{{channels: {shape.channels}{size}}}"


def _write_line(line: Line) -> str:
    if not line.keys:
        return line.op
    return f"{{{', '.join([f'op: {line.op}', *_write_keys(line.keys.items())])}}}"


def _write_keys(keys: Iterable[tuple[str, Any]]) -> Iterator[str]:
    for key, value in keys:
        yield f"{key}: {_write_value(value)}"


def _write_value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_write_value, value))}]"
    return str(value)
