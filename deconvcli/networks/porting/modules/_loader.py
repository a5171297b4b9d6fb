"""The function of a module that gives its layers the weights of the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from deconvcli.conversion.wrapping import TAB, WIDTH
from deconvcli.frameworks.dialects import take
from deconvcli.layers.layout import Layout
from deconvcli.networks.porting.modules._module import Placed, indent
from deconvcli.networks.porting.step import Port, Step

# The frameworks whose dense layers have the outputs first.
_OUTPUTS_FIRST = ("torch", "mlx", "mxnet")


class Store(NamedTuple):
    """How a framework's layer takes arrays.

    find: the expression of a layer, of its `name` and `title`. weight: the lines that give `layer`
    the arrays w and b. bias: those that give b to a bias that is added on its own. dense: the axes
    of a matrix. find_part, part: the same for layers side by side, as a list, and for `one` of it.
    """

    find: str
    weight: tuple[str, ...]
    bias: tuple[str, ...]
    dense: tuple[str, str]
    find_part: str = ""
    part: tuple[str, ...] = ()


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
        "def load(model, weights):",
        *indent(
            [
                '"""Give the convolutions and dense layers their weights, and return the model.',
                "",
                "weights: (weight, bias) by the name of a layer, as arrays in the layout of",
                f"{port.source}; a bias may be None.",
                '"""',
                *body,
                "return model",
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
    if step.op == "conv" and step.keys.get("is_depthwise"):
        return None
    if step.op == "conv" and not step.part:
        source, target = (_list_axes(name, step.rank) for name in (port.source, port.target))
        return [first, *_transpose(source, target), *store.weight]
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


def _spread(step: Step, port: Port) -> list[str]:
    """Return the step from a matrix to the kernel of a convolution, where it is one."""
    if not step.rank or take(port.target)[0].data_layout({}, step.rank).axes[-1] == "C":
        return []
    return [f"w = w.reshape({step.keys['units']}, {step.channels}{', 1' * step.rank})"]
