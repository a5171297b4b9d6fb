"""A pasted network at an input size: the output of each layer, and where it cannot be executed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple, TypeAlias

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.frameworks.dialects import take as take_dialect
from deconvcli.frameworks.pasted.layer import Name, write_values
from deconvcli.frameworks.wording import KEYS, Names
from deconvcli.layers.axis import Size, linear
from deconvcli.layers.layout import Layout
from deconvcli.layers.text import size_text
from deconvcli.networks.graph import LayerRow, NodeOutcome, make_table
from deconvcli.networks.operation import Shape
from deconvcli.networks.pasted.connections import Connected, connect
from deconvcli.networks.pasted.entries import Entry
from deconvcli.networks.pasted.network import PastedNetwork, has_parameters

Sizes: TypeAlias = tuple[Size | str | None, ...]
"""Sizes of a tensor; those of a model file may be formulas as text, or not known."""

# Letters of up to four sizes that the text leaves open; the batch is none of them.
_LETTERS = "HWDC"


class LayerAnswer(NamedTuple):
    """One layer: its class as written, its line, and its output; None where these are unknown.

    output: with the channels, in the order of the framework. macs_formula: in place of a number,
    for sizes in letters.
    """

    name: str
    kind: str
    line: int | None
    output: Sizes | None
    parameters: int | None
    macs: int | None
    macs_formula: str | None


class NetworkAnswer(NamedTuple):
    """What a network makes of an input.

    dialect: of calls that several frameworks have. input_shape, output_shape: in the form in which
    the input was given; None where the output is unknown. forms: the output by its number of
    sizes: without and with channels, and with a batch. notes: what was assumed. failed: the first
    layer whose output is not known. error: the reason.
    """

    dialect: str
    input_shape: Sizes
    output_shape: Sizes | None
    forms: Mapping[int, tuple[Size, ...]]
    layers: tuple[LayerAnswer, ...]
    parameters: int | None
    macs: int | None
    notes: tuple[str, ...]
    cells: Sequence[tuple[str, ...]]
    failed: str = ""
    error: DeconvError | None = None


def answer_network(
    pasted: PastedNetwork, size: Sequence[Size] | None, names: Names = KEYS
) -> NetworkAnswer:
    """Return the sizes through a network.

    size: of the input: its spatial sizes, or with its channels and its batch in the order of the
    framework. names: how the user writes these.

    Raises:
        UsageError: the size is missing, or has another number of axes.
    """
    given = _read_input(pasted, size, names)
    network, outcomes, notes = connect(pasted, given.shape)
    entries, table = pasted.entries, make_table(network, outcomes)
    layers = tuple(
        _make_layer(pasted, entries, given, row, outcome.shape)
        for row, outcome in zip(table.rows, outcomes, strict=True)
    )
    rows = [
        row._replace(
            operation=layer.kind,
            parameters=layer.parameters,
            shape=None if layer.output is None else size_text(layer.output),
        )
        for row, layer in zip(table.rows, layers, strict=True)
    ]
    table = table._replace(rows=tuple(rows))
    shape = outcomes[-1].shape
    answer = NetworkAnswer(
        pasted.dialect,
        given.sizes,
        None if shape is None else given.show(shape, bare=True),
        {} if shape is None else given.list_forms(shape),
        layers,
        table.parameters,
        table.macs,
        (*table.notes, *notes, *_list_assumptions(pasted)),
        table.cells,
    )
    bad = next((found for found in outcomes if found.shape is None or found.error), None)
    if bad is None:
        return answer
    error = _explain_failure(pasted, outcomes, bad, names)
    return answer._replace(output_shape=None, forms={}, failed=bad.node.name, error=error)


def walk_network(
    pasted: PastedNetwork, size: Sequence[Size] | None, names: Names = KEYS
) -> Connected:
    """Return a network that has been walked at this input, with the connections that are certain.

    Raises: as `answer_network`.
    """
    return connect(pasted, _read_input(pasted, size, names).shape)


def _list_assumptions(pasted: PastedNetwork) -> Iterator[str]:
    """Yield what the text does not say, and was taken for granted."""
    if pasted.kept:
        kept = ", ".join(dict.fromkeys(pasted.kept.values()))
        yield f"taken to keep the shape, by their names: {kept}"
    if pasted.listing.is_registered:
        yield (
            "layers are in the order of registration: skips, branches and functions between layers"
            " are not seen"
        )


def _explain_failure(
    pasted: PastedNetwork, outcomes: Sequence[NodeOutcome], bad: NodeOutcome, names: Names
) -> DeconvError:
    """Return why the output of a layer is not known, with its class and its line."""
    entry = _find_entry(pasted.entries, bad.node.name, bad.node.operation)
    error = pasted.failures.get(entry.name) or bad.error
    if error is None:
        error = UsageError(
            "the input of this layer is not known",
            help="paste the layers in the order in which they are executed.",
            code="unknown-input",
        )
    help = _explain_order(pasted, outcomes, bad) or _explain_variables(pasted, error, names)
    line = f", line {entry.line}" if entry.line else ""
    message = f"layer {entry.name} ({entry.type}{line}): {error.message}"
    return type(error)(message, help=help or error.help, code=error.code)


def _find_entry(entries: Mapping[str, Entry], name: str, operation: str) -> Entry:
    """Return a layer as it is written; one that is not in the text, a flatten, has no line."""
    return entries.get(name, Entry(name, operation, None, 0))


def _make_layer(
    pasted: PastedNetwork,
    entries: Mapping[str, Entry],
    given: _Given,
    row: LayerRow,
    shape: Shape | None,
) -> LayerAnswer:
    entry = _find_entry(entries, row.name, row.operation)
    # A class that is only taken to keep the shape may train numbers that nobody here knows.
    is_counted = row.name not in pasted.kept or not has_parameters(entry.type)
    return LayerAnswer(
        row.name,
        entry.type,
        entry.line or None,
        None if shape is None else given.show(shape),
        row.parameters if is_counted else None,
        row.macs,
        row.macs_formula,
    )


class _Given(NamedTuple):
    """The input as it was given: the layout and the parts that are shown of every shape."""

    sizes: tuple[Size, ...]
    shape: Shape
    layout: Layout
    batch: tuple[Size, ...] = ()
    has_channels: bool = True

    def show(self, shape: Shape, *, bare: bool = False) -> tuple[Size, ...]:
        """Return a shape in this form. bare: without channels, where the input has none."""
        if bare and not self.has_channels and shape.spatial:
            return shape.spatial
        sizes = {"N": self.batch, "C": (shape.channels,)}
        return self.layout.shape(sizes, shape.spatial)  # type: ignore[arg-type]

    def list_forms(self, shape: Shape) -> dict[int, tuple[Size, ...]]:
        """Return a shape without and with its channels, and with a batch, by its length."""
        whole = self.show(shape)
        forms = (shape.spatial, whole[len(self.batch) :], whole)
        return {len(form): form for form in forms if form}


def _read_input(pasted: PastedNetwork, size: Sequence[Size] | None, names: Names) -> _Given:
    """Return the input's shape, from its size or as the text declares it."""
    name, declared = names.input_size, pasted.listing.declared
    if size is None and declared is not None:
        letters = iter(_LETTERS)
        size = [linear(next(letters), 1, 0) if n is None else n for n in declared[: len(_LETTERS)]]
    if not size:
        raise UsageError(
            "the input size is not known",
            help=f"give {name} with the channels, for example {name} 3x64x64, or letters: 3xHxW.",
            code="no-input",
        )
    sizes = tuple(size)
    rank = max(1, len(sizes) - 1) if pasted.rank is None else pasted.rank
    if rank == 0 and len(sizes) > 2:
        rank = len(sizes) - 1  # a matrix product along the channels of an image
    words = {"data_format": pasted.data_format} if pasted.data_format else {}
    layout = take_dialect(pasted.dialect)[0].data_layout(words, rank or 2)
    leading = len(sizes) - rank
    if (len(sizes) == 1 and rank > 1) or leading == 0:
        spatial = sizes * rank if len(sizes) == 1 else sizes
        return _Given(spatial, Shape(_find_channels(pasted, names), spatial), layout, (), False)
    if leading not in (1, 2):
        raise UsageError(
            f"the input {size_text(sizes)} has {len(sizes)} sizes, the first layers have"
            f" {rank} spatial axes",
            help=f"give {rank + 1} (with channels) or {rank + 2} (with batch), in the order of"
            f" {pasted.dialect}.",
            code="rank",
        )
    parts = layout.split(sizes, rank) if rank else {"N": sizes[:-1], "C": sizes[-1:], "*": ()}
    [channels] = parts["C"]
    if not isinstance(channels, int):
        raise UsageError(
            f"the channels of the input are {channels}",
            help="give them as a number; letters stand for spatial sizes.",
            code="channels",
        )
    given = _Given(sizes, Shape(channels, parts["*"]), layout, parts["N"])
    _compare_declared(declared, given, names)
    return given


def _compare_declared(declared: tuple[int | None, ...] | None, given: _Given, names: Names) -> None:
    """Refuse an input other than the one that the text declares."""
    own = given.show(given.shape)[len(given.batch) :]
    # Not strict: where nothing is declared, nothing is contradicted.
    pairs = zip(own, declared or (), strict=False)
    if any(type(n) is type(m) is int and n != m for n, m in pairs):
        raise UsageError(
            f"{names.input_size} is {size_text(own)}, and the network declares"
            f" ({', '.join(map(str, declared or ()))})",
            help="leave one of them out.",
            code="input-size",
        )


def _find_channels(pasted: PastedNetwork, names: Names) -> int:
    """Return the input's channels, as the first layer with channels has them."""
    for node in pasted.nodes:
        if node.operation not in _KEEPS_CHANNELS or node.operation == "norm":
            for key in ("in_channels", "num_features"):
                if type(node.parameters.get(key)) is int:
                    return int(node.parameters[key])
            # Only the first layer that mixes channels: those below have others.
            break
    sizes = "8x8x64" if pasted.dialect.startswith("keras") else "64x8x8"
    raise UsageError(
        "the channels of the input are not known",
        help=f"give them with its size, such as {names.input_size} {sizes}.",
        code="no-input",
    )


# Layers that a look for the input's channels passes.
_KEEPS_CHANNELS = ("identity", "activation", "dropout", "pad", "max_pool", "avg_pool", "norm")


def _explain_variables(pasted: PastedNetwork, error: DeconvError, names: Names) -> str:
    """Return how to give all variables of the network their values, where one is missing."""
    calls = [entry.call for entry in pasted.listing.entries if entry.call]
    values = [value for call in calls for value in (*call.positional, *call.keywords.values())]
    texts = [value.text for value in values if isinstance(value, Name) and "(" not in value.text]
    if not names.variables or not any(
        f" is {text}, which has a value" in error.message for text in texts
    ):
        return ""
    found = dict.fromkeys(re.findall(r"(?<![\w.])[A-Za-z_][\w.]*", " ".join(texts)))
    return f"give the variables their values: {write_values(names.variables, found)}."


def _explain_order(pasted: PastedNetwork, outcomes: Sequence[NodeOutcome], bad: NodeOutcome) -> str:
    """Return what a listing of registered layers does not show, where the channels differ."""
    values = bad.node.parameters
    wanted = values.get("in_channels", values.get("num_features"))
    if not pasted.listing.is_registered or not bad.inputs or type(wanted) is not int:
        return ""
    given = bad.inputs[0]
    if given.channels == wanted or not isinstance(given.channels, int):
        return ""
    before = list(takewhile(lambda outcome: outcome is not bad, outcomes))
    return (
        f"the layers are listed as they were registered, not as they are executed"
        f"{_guess_input(given, wanted, before)}; paste a part that is executed in this order, or"
        " write the network with its skips for deconv check."
    )


def _guess_input(given: Shape, wanted: int, before: Sequence[NodeOutcome]) -> str:
    """Return where another input may come from: a concat, an earlier layer, a reshape."""
    if not given.spatial and isinstance(given.channels, int) and given.channels % wanted == 0:
        count = given.channels // wanted
        # A root is not exact as a float, hence the comparison of its power.
        sides = [round(count ** (1 / rank)) for rank in (2, 3)]
        whole = [size for size, rank in zip(sides, (2, 3), strict=True) if size**rank == count]
        example = f", such as {wanted}x{whole[0]}x{whole[0]}" if whole[:1] == sides[:1] else ""
        return f": a reshape of its {given.channels} elements is missing{example}"
    # Not the layers whose output arrives here, which have its shape.
    earlier = [found.shape for found in before]
    while earlier and earlier[-1] == given:
        earlier.pop()
    for found in reversed(before[: len(earlier)]):
        shape = found.shape
        if shape and shape.spatial == given.spatial and given.channels + shape.channels == wanted:
            return f": a concat with the output of {found.node.name} has {wanted} channels"
    for found in reversed(before[: len(earlier)]):
        if found.shape is not None and found.shape.channels == wanted:
            return f": this one may take the output of {found.node.name}"
    return ""
