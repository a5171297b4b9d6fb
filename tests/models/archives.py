"""Small archives of torch.export, written as PyTorch writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

TRACE = (
    'File "/home/somebody/project/nets.py", line 12, in forward\n    return self.up(x)\n'
    '  File "/lib/python3.11/site-packages/torch/nn/modules/conv.py", line 1198, in forward\n    F'
)


def symbol(name: str, hint: int) -> dict[str, Any]:
    text = f"Symbol('{name}', positive=True, integer=True)"
    return {"as_expr": {"expr_str": text, "hint": {"as_int": hint}}}


def expression(text: str) -> dict[str, Any]:
    return {"as_expr": {"expr_str": text, "hint": None}}


def sizes(*values: int | dict[str, Any]) -> dict[str, Any]:
    listed = [{"as_int": value} if isinstance(value, int) else value for value in values]
    return {"dtype": 7, "sizes": listed}


HEIGHT = symbol("s53", 5)
DOUBLED = expression("Mul(Integer(2), Symbol('s53', positive=True, integer=True))")


def program(**changes: Any) -> dict[str, Any]:
    """Return a program of one ConvTranspose2d(3, 8, 4, stride=2, padding=1)."""
    node = {
        "target": "torch.ops.aten.conv_transpose2d.input",
        "inputs": [
            {"name": "input", "arg": {"as_tensor": {"name": "x"}}},
            {"name": "weight", "arg": {"as_tensor": {"name": "p_up_weight"}}},
            {"name": "bias", "arg": {"as_tensor": {"name": "p_up_bias"}}},
            {"name": "stride", "arg": {"as_ints": [2, 2]}},
            {"name": "padding", "arg": {"as_ints": [1, 1]}},
        ],
        "outputs": [{"as_tensor": {"name": "y"}}],
        "metadata": {
            "stack_trace": TRACE,
            "nn_module_stack": "L__self__,,nets.Net;L__self__up,up,torch.nn.ConvTranspose2d",
        },
        "name": "y",
    }
    graph = {
        "nodes": [node],
        "tensor_values": {
            "p_up_weight": sizes(3, 8, 4, 4),
            "p_up_bias": sizes(8),
            "x": sizes(1, 3, HEIGHT, 7),
            "y": sizes(1, 8, DOUBLED, 14),
        },
        "sym_int_values": {},
    }
    specifications = [
        *[
            {"parameter": {"arg": {"name": name}, "parameter_name": name}}
            for name in ("p_up_weight", "p_up_bias")
        ],
        {"user_input": {"arg": {"as_tensor": {"name": "x"}}}},
    ]
    whole = {
        "graph_module": {"graph": graph, "signature": {"input_specs": specifications}},
        "range_constraints": {"s53": {"min_val": 2, "max_val": None}},
        "guards_code": ["L['x'].size()[2] != 9"],
        "torch_version": "2.13.0",
    }
    return {**whole, **changes}


def write(path: Path, data: Any, *, member: str = "net/models/model.json") -> Path:
    """Write an archive with this graph, and members that nobody may open."""
    return write_members(path, [(member, data if isinstance(data, str) else json.dumps(data))])


def write_members(path: Path, members: Sequence[tuple[str, str]]) -> Path:
    with ZipFile(path, "w") as archive:
        for name, text in members:
            archive.writestr(name, text)
        archive.writestr("net/data/sample_inputs/model.pt", b"\x80\x04not a pickle")
    return path


def change(data: Mapping[str, Any], tensor: str, *values: Any) -> dict[str, Any]:
    """Return a program with other sizes of one tensor."""
    copied: dict[str, Any] = json.loads(json.dumps(data))
    copied["graph_module"]["graph"]["tensor_values"][tensor] = sizes(*values)
    return copied
