"""The examples of the rules' pages, completed into whole configs.

An example is one of four things, in the form in which a user may write it:

* a list of layers: `- {op: conv, kernel: 3}`;
* the keys of one network: `input`, `targets`, `layers` and so on;
* a whole file, which begins with `networks`;
* the nodes of an ONNX model, which begin with `# ONNX: x is 1x1xhxw`, the size of its input.

A list becomes the `layers` of a network. A network without an input gets one of 64 channels and
28x28 elements. A comment `# locked: 64x64` after a layer states its size in the lock file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

from deconvcli.checks.rules import page
from tests.models.onnx_files import graph, model, node, weights

INPUT = "input: {channels: 64, size: 28x28}\n"
NETWORK = "example"


def example_of(name: str) -> str:
    """Return the example of a rule's page, without its indent."""
    [text] = re.findall(r"^Example:\n((?:    .*\n|\n)+)", page(name), re.MULTILINE)
    return dedent(text).strip() + "\n"


def complete(example: str) -> str:
    """Return a config that holds the example and whatever it needs besides."""
    if example.startswith(("networks:", "# Vocoder: ")):
        return example
    if example.startswith("- "):
        example = f"layers:\n{indent(example, '  ')}"
    if not re.search(r"^inputs?:", example, re.MULTILINE):
        example = INPUT + example
    return f"networks:\n  {NETWORK}:\n{indent(example, '    ')}"


def write_example(example: str, folder: Path) -> Path:
    """Write the file that holds the example: a config, or a model."""
    if example.startswith("# ONNX: "):
        path = folder / "example.onnx"
        path.write_bytes(make_model(example))
        return path
    path = folder / "example.yaml"
    path.write_text(complete(example), encoding="utf-8")
    return path


def make_model(example: str) -> bytes:
    """Return a model of nodes such as `a = Conv(x, kernel=3, strides=2, pads=1)`."""
    [(given, size)] = re.findall(r"^# ONNX: (\w+) is (\S+)$", example, re.MULTILINE)
    shape = [int(one) if one.isdigit() else one for one in size.split("x")]
    nodes, constants = [], {}
    for output, operation, listed in re.findall(r"^(\w+) = (\w+)\((.*)\)$", example, re.MULTILINE):
        parts = listed.split(", ")
        inputs = [part for part in parts if "=" not in part]
        numbers = {name: int(value) for name, value in re.findall(r"(\w+)=(\d+)", listed)}
        if (kernel := numbers.pop("kernel", None)) is not None:
            inputs.append(f"{output}.weight")
            constants[inputs[-1]] = weights(1, 1, kernel, kernel)
        lists: dict[str, Any] = {
            name: [number] * (4 if name == "pads" else 2) for name, number in numbers.items()
        }
        nodes.append(node(operation, inputs, [output], **lists))
    return model(graph(nodes, {given: shape}, (), constants))


def lock_of(config: str, sizes: Sequence[str]) -> list[str]:
    """Return the sizes of a network as its lock file has them: with those of the comments."""
    locked = dict(re.findall(r"name: (\w+).*# locked: (\S+)", config))
    return [
        f"{line.rpartition(' ')[0]} {locked[name]}"
        if (name := line.split(":")[0]) in locked
        else line
        for line in sizes
    ]
