"""The function of a module that gives its layers the weights of the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deconvcli.conversion.wrapping import TAB, WIDTH
from deconvcli.frameworks.dialects import take
from deconvcli.layers.layout import Layout
from deconvcli.networks.porting.modules._code import Placed, indent
from deconvcli.networks.porting.step import Port, Step

# The frameworks whose dense layers have the outputs first.
_OUTPUTS_FIRST = ("torch", "mlx", "mxnet")


class Store(NamedTuple):
    """How a framework's layer takes arrays.

    find: the expression of a layer, of its `name` and `title`. weight: the lines that give `layer`
    the arrays w and b. bias: those that give b to a bias that is added on its own. arrays: those
    that give it a list `arrays`, in the order scale, shift, mean, variance. dense: the axes of a
    matrix. find_part, part: the same for layers side by side, as a list, and for `one` of it.
    slopes: the shape of those of a PReLU; `ones`, `ones_after` are the spatial axes. model, before,
    result: the parameter of `load`, its first lines, and what it returns.
    """

    find: str
    weight: tuple[str, ...]
    bias: tuple[str, ...]
    arrays: tuple[str, ...]
    dense: tuple[str, str]
    find_part: str = ""
    part: tuple[str, ...] = ()
    slopes: str = "-1"
    model: str = "model"
    before: tuple[str, ...] = ()
    result: str = "model"


def write_loader(port: Port, layers: Sequence[Placed], store: Store) -> list[str]:
    """Return the function `load`; no lines for a network without weights that it could load."""
    groups: dict[tuple[str, ...], list[Placed]] = {}
    for layer in layers:
        lines = _write_steps(port, layer, store)
        if lines is not None:
            groups.setdefault(tuple(lines), []).append(layer)
    if not groups:
        return []
    body = []
    for steps, members in groups.items():
        pairs = [f'"{one.ported.name}": {_find(one, store)}' for one in members]
        body += [
            *_write_mapping("named", pairs),
            "for name, layer in named.items():",
            *[TAB + line for line in steps],
        ]
    return [
        f"def load({store.model}, weights):",
        *indent(
            [
                f'"""Give the layers the weights of {port.source}, and return the {store.model}.',
                "",
                "weights: arrays by the name of a layer, in its own layout: (weight, bias), with",
                "None for no bias; (depthwise, pointwise, bias) of a separable convolution;",
                "(scale, shift, mean, variance) of a norm, as far as it has them.",
                '"""',
                *store.before,
                *body,
                f"return {store.result}",
            ],
            1,
        ),
    ]


def _write_mapping(name: str, pairs: Sequence[str]) -> list[str]:
    """Return a dictionary in one line, or with a line for each pair."""
    line = f"{name} = {{{', '.join(pairs)}}}"
    if len(TAB + line) <= WIDTH:
        return [line]
    return [f"{name} = {{", *[f"{TAB}{pair}," for pair in pairs], "}"]


def _find(layer: Placed, store: Store) -> str:
    """Return the expression of a layer, or of the list of layers side by side."""
    parts = layer.code.parts
    form = store.find if parts == 1 else store.find_part
    return form.format(name=layer.name, title=layer.title, parts=parts)


def _write_steps(port: Port, layer: Placed, store: Store) -> list[str] | None:
    """Return the lines for one layer, or None for one that has other weights."""
    step = layer.step
    first = "w, b = weights[name]"
    if step.op == "conv_transpose" and step.conversion is not None:
        if layer.code.part == "bias":
            return ["_, b = weights[name]", *store.bias]
        lines = step.conversion.plan.recipe.lines
        if layer.code.parts > 1:
            each = ["for one, part in zip(layer, w):", *[TAB + line for line in store.part]]
            return ["w, _ = weights[name]", *lines, *each]
        if step.conversion.plan.has_late_bias and step.conversion.source.layer.has_bias:
            return ["w, _ = weights[name]", "b = None", *lines, *store.weight]
        return [first, *lines, *store.weight]
    if step.op == "conv":
        takes = {"depthwise": "w, _, _ = weights[name]", "pointwise": "_, w, b = weights[name]"}
        none = ["b = None"] if step.part == "depthwise" else []
        if step.keys.get("is_depthwise") and port.was_last:
            return [takes.get(step.part, first), *none, *_group(step, port), *store.weight]
        source, target = (_list_axes(name, step.rank) for name in (port.source, port.target))
        return [takes.get(step.part, first), *none, *_transpose(source, target), *store.weight]
    if step.op == "norm":
        arrays = step.keys["scale"] or step.keys["center"] or step.keys["kind"] == "batch"
        return ["arrays = weights[name]", *store.arrays] if arrays else None
    if step.keys.get("kind") == "prelu":
        shape = store.slopes.format(ones="1, " * step.rank, ones_after=", 1" * step.rank)
        return ["[w] = weights[name]", f"arrays = [w.reshape({shape})]", *store.arrays]
    if step.op == "dense":
        own = ("O", "I") if take(port.source)[0].name in _OUTPUTS_FIRST else ("I", "O")
        return [first, *_transpose(own, store.dense), *_spread(step, port), *store.weight]
    return None


def _list_axes(name: str, rank: int) -> tuple[str, ...]:
    layout: Layout = take(name)[0].windows.weights
    spatial = [str(axis) for axis in range(rank)]
    return tuple([one for axis in layout.axes for one in (spatial if axis == "*" else [axis])])


def _transpose(source: Sequence[str], target: Sequence[str]) -> list[str]:
    order = [source.index(axis) for axis in target]
    return [] if order == sorted(order) else [f"w = w.transpose({', '.join(map(str, order))})"]


def _group(step: Step, port: Port) -> list[str]:
    """Return the steps from a kernel (*kernel, channels, multiplier) to that of groups."""
    kernel, out, rank = step.keys["kernel"], step.keys["out_channels"], step.rank
    if port.is_last:
        return [f"w = w.reshape({', '.join(map(str, (*kernel, 1, out)))})"]
    order = ", ".join(map(str, (rank, rank + 1, *range(rank))))
    return [
        f"w = w.transpose({order})",
        f"w = w.reshape({', '.join(map(str, (out, 1, *kernel)))})",
    ]


def _spread(step: Step, port: Port) -> list[str]:
    """Return the step from a matrix to the kernel of a convolution, where it is one."""
    if not step.rank or port.is_last:
        return []
    return [f"w = w.reshape({step.keys['units']}, {step.channels}{', 1' * step.rank})"]
