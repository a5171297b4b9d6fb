"""A ported network as a config in the target's words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deconvcli.common.values import compact
from deconvcli.frameworks.dialect.parameters import Argument, Form
from deconvcli.frameworks.dialects import take
from deconvcli.layers.text import size_text
from deconvcli.networks.operation import Shape
from deconvcli.networks.porting.elements import (
    APPROXIMATE,
    NEW_SHARES,
    find_kept,
    is_trained,
)
from deconvcli.networks.porting.modules import Written
from deconvcli.networks.porting.source import is_channels_last
from deconvcli.networks.porting.step import Port, Ported, Step

_PLAIN = re.compile(r"[A-Za-z_][\w.]*")
# Words that YAML may read as values.
_WORDS = ("null", "true", "false", "yes", "no", "on", "off", "previous")
# What a config leaves out, as it is the default.
_DEFAULTS: Mapping[str, Any] = {
    "stride": 1,
    "dilation": 1,
    "groups": 1,
    "bias": True,
    "mode": "zeros",
}
_WINDOW = ("out_channels", "kernel", "stride", "padding", "dilation", "groups", "bias")
_ROLES = (
    *("stride", "padding", "output_padding", "dilation", "groups", "auto_pad"),
    *("output_size", "transpose_kernel"),
)
_KEYS: Mapping[str, tuple[str, ...]] = {
    "conv": _WINDOW,
    "max_pool": ("kernel", "stride", "padding", "dilation"),
    "avg_pool": ("kernel", "stride", "padding", "dilation"),
    "pad": ("amount", "mode"),
    "crop": ("amount",),
    "dense": ("units", "bias"),
    "dropout": ("rate",),
    "pixel_shuffle": ("factor",),
    "pixel_unshuffle": ("factor",),
    "reshape": ("shape",),
}


def write_config(port: Port, notes: Sequence[str] = ()) -> str:
    """Return the network as YAML: a layer a line, and comments for what the target lacks.

    notes: what else of the network is not written.
    """
    words = "in its own words"
    if port.source != port.target:
        words = f"from {port.source} to {port.target}"
    lines = [
        f"# The network {port.name}, {words}.",
        *[f"# Not written: {note}." for note in notes],
        f"dialect: {_quote(port.target)}",
        "networks:",
        f"  {_quote(port.name)}:",
        *_write_inputs(port),
    ]
    expect = next((one.output for one in port.layers if one.name in port.outputs), None)
    if expect is not None:
        lines.append(f"    expect: {_write_shape(expect)}")
    lines += [f"    output: {_quote(port.outputs[0])}"] if _has_other_output(port) else []
    lines.append("    layers:")
    renamed: dict[str, str] = {}
    before = next(iter(port.inputs), "") if len(port.inputs) == 1 else ""
    for layer in port.layers:
        inputs = [renamed.get(name, name) for name in layer.inputs]
        if layer.reason:
            lines.append(f"      # {layer.name} is missing: {layer.reason}.")
            before = ""
            continue
        written = list(_write_layer(layer, port))
        if not written:
            renamed[layer.name] = inputs[0]
            continue
        for place, (op, keys, note) in enumerate(written):
            head: list[tuple[str, Any]] = [("op", op)]
            if place == len(written) - 1:
                head.insert(0, ("name", layer.name))
            if place == 0 and inputs != [before]:
                head.append(("inputs", inputs))
            text = _join_keys([*head, *keys])
            lines.append(f"      - {{{text}}}{f'  # {note}' if note else ''}")
        before = layer.name
    return "\n".join([*lines, ""])


def list_layer(layer: Ported, target: str) -> Written:
    """Return the steps of one layer as they stand in a config."""
    texts: list[str] = []
    place = 0
    for step in layer.steps:
        if step.conversion is not None:
            found = step.conversion
            return Written(found.call, found.before, found.after)
        if step.op == "pad" and not texts and len(layer.steps) > 1:
            place = 1
        op, keys = _write_kind(step, target)
        texts.append(f"{op} {_join_keys(keys)}".strip())
    return Written("".join(texts[place : place + 1]), texts[:place], texts[place + 1 :])


def _join_keys(keys: list[tuple[str, Any]]) -> str:
    return ", ".join([f"{key}: {_write_value(_shorten(value))}" for key, value in keys])


def _has_other_output(port: Port) -> bool:
    return bool(port.layers) and port.outputs[:1] != (port.layers[-1].name,)


def _write_inputs(port: Port) -> list[str]:
    if list(port.inputs) == ["input"]:
        return [f"    input: {_write_shape(port.inputs['input'])}"]
    named = [f"      {_quote(name)}: {_write_shape(shape)}" for name, shape in port.inputs.items()]
    return ["    inputs:", *named]


def _write_layer(layer: Ported, port: Port) -> Iterator[tuple[str, list[tuple[str, Any]], str]]:
    """Yield (kind, keys, remark) of each step."""
    for step in layer.steps:
        if step.conversion is not None:
            yield from _write_transposed(step)
            continue
        op, keys = _write_kind(step, port.target)
        is_moved = step.op == "reshape" and _has_axes(step)
        note = ""
        if is_moved and port.was_last != port.is_last:
            note = f"in the order of {port.source}: transpose before and after it"
        yield op, keys, note


def _has_axes(step: Step) -> bool:
    return bool(step.inputs[0].spatial or step.output.spatial)


def _write_kind(step: Step, target: str) -> tuple[str, list[tuple[str, Any]]]:
    keys = step.keys
    if step.op == "activation":
        return str(keys["kind"]).replace("hard_swish", "hardswish"), _write_function(step, target)
    if step.op == "norm":
        return f"{keys['kind']}_norm", _write_norm(step, target)
    if step.op == "upsample":
        size = ("scale", keys["scale"]) if keys["scale"] else ("size", keys["size"])
        mode = [("mode", keys["mode"])] if keys["mode"] != "nearest" else []
        corners = [("align_corners", True)] if keys["align_corners"] else []
        return "upsample", [size, *mode, *corners]
    if step.op == "global_pool":
        kept = [("keepdims", True)] if keys["keepdims"] else []
        return f"global_{keys['kind']}_pool", kept
    if step.op == "add":
        return str(keys["kind"]), []
    if step.op == "adaptive_pool":
        return f"adaptive_{keys['kind']}_pool", [("size", keys["size"])]
    if step.op == "reshape" and not step.output.spatial:
        return "flatten", []
    shown = [(key, keys[key]) for key in _KEYS.get(step.op, ()) if key in keys]
    # Frameworks differ in whether the zeros count, so that it is written where there are any.
    if "counts_zeros" in keys and keys["padding"] not in (0, "valid"):
        shown.append(("count_include_pad", keys["counts_zeros"]))
    defaults = {**_DEFAULTS, "padding": take(target)[0].windows.default}
    if step.op.endswith("_pool"):
        # A pooling moves by its window.
        defaults["stride"] = compact(keys["kernel"])
    return step.op, [
        (key, value)
        for key, value in shown
        if key not in defaults or compact(value) != defaults[key]
    ]


def _write_function(step: Step, target: str) -> list[tuple[str, Any]]:
    """Return the keys of an activation that are not the target's own."""
    keys, kind = step.keys, step.keys["kind"]
    shown = [(key, keys[key]) for key in ("negative_slope", "num_parameters") if key in keys]
    if keys.get("alpha", 1) != 1:
        shown.append(("alpha", keys["alpha"]))
    if kind == "gelu" and keys["approximate"] != (take(target)[0].name in APPROXIMATE):
        shown.append(("approximate", "tanh" if keys["approximate"] else "none"))
    if kind in ("softmax", "log_softmax") and step.output.spatial and not is_channels_last(target):
        shown.append(("axis", 1))
    return shown


def _write_norm(step: Step, target: str) -> list[tuple[str, Any]]:
    """Return the keys of a norm: what is added always, others where they are not the target's."""
    keys, family = step.keys, take(target)[0].name
    shown = [("groups", keys["groups"])] if keys["kind"] == "group" else []
    shown.append(("eps", keys["eps"]))
    is_affine = is_trained(keys["kind"], family)
    if (keys["scale"] or keys["center"]) != is_affine:
        shown.append(("affine", not is_affine))
    elif is_affine:
        parts = ("scale",) if keys["kind"] == "rms" else ("scale", "center")
        shown += [(part, False) for part in parts if not keys[part]]
    if keys["kind"] == "batch" and keys["kept"] != find_kept(family):
        kept = keys["kept"]
        shown.append(("momentum", round(1 - kept, 9) if family in NEW_SHARES else kept))
    return shown


def _write_transposed(step: Step) -> Iterator[tuple[str, list[tuple[str, Any]], str]]:
    """Yield the layer of the target, and the crop and the pad that are done after it."""
    conversion = step.conversion
    assert conversion is not None
    plan = conversion.plan
    spelling = plan.target.spelling
    given = {
        one.role: _read_value(one, spelling.arguments[one.name], len(plan.target.spatial))
        for one in take(spelling.name)[0].arguments
        if one.name in spelling.arguments and compact(spelling.arguments[one.name]) != one.default
    }
    if "output_size" in given:
        given["output_size"] = plan.target.output_sizes
    layer = plan.target.layer
    keys: dict[str, Any] = {
        "out_channels": plan.source.layer.out_channels,
        "kernel": layer.kernel[plan.lifted :],
    }
    for role in _ROLES:
        if given.get(role) is not None:
            keys[role] = given[role]
    note = "; ".join([*conversion.costs, *[f"before: {one}" for one in conversion.before]])
    yield "conv_transpose", list(keys.items()), note
    if any(any(pair) for pair in plan.cuts):
        yield "crop", [("amount", plan.cuts)], ""
    if any(any(pair) for pair in plan.zeros):
        yield "pad", [("amount", plan.zeros)], ""


def _read_value(argument: Argument, value: Any, rank: int) -> Any:
    """Return a parameter's value as a config has it: pairs where one list has all ends."""
    if Form.PAIRS in argument.forms and isinstance(value, list) and len(value) == 2 * rank:
        pairs = tuple(zip(value[:rank], value[rank:], strict=True))
        if argument.phrase(Form.PAIRS, pairs, rank) == {argument.name: value}:
            return pairs
    return value


def _write_shape(shape: Shape) -> str:
    size = f", size: {size_text(shape.spatial)}" if shape.spatial else ""
    return f"{{channels: {shape.channels}{size}}}"


def _shorten(value: Any) -> Any:
    """Return one number for a value that all axes, or all ends of axes, have."""
    if isinstance(value, list | tuple) and len(value) > 1:
        if any(isinstance(one, str) for one in value):
            return value
        flat = [end for one in value for end in (one if isinstance(one, list | tuple) else [one])]
        return compact(flat) if len(set(flat)) == 1 else value
    return value


def _write_value(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_write_value, value))}]"
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return ".inf" if value > 0 else "-.inf"
    return _quote(value) if isinstance(value, str) else str(value)


def _quote(word: str) -> str:
    """Return a text as YAML reads it as one."""
    is_plain = _PLAIN.fullmatch(word) and word.lower() not in _WORDS
    return word if is_plain else json.dumps(word)
