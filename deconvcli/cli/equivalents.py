"""The report of `deconv convert --without transposed`: other operations, their cost and proof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from deconvcli.cli.carrying import Target, Written
from deconvcli.cli.converting import (
    MOST_BLOCKS,
    describe_proof,
    format_proof,
    label_rows,
    require_counts,
    source_row,
)
from deconvcli.cli.request import NAMES
from deconvcli.common.errors import NotExpressible, NotLinear, UsageError
from deconvcli.conversion import SCHEMA
from deconvcli.conversion.equivalent import Equivalent
from deconvcli.conversion.equivalents import FOR_ANY_WEIGHTS, WAYS, find_cheapest, find_equivalent
from deconvcli.conversion.equivalents.resize import MAKERS
from deconvcli.conversion.proof import Proof, prove_equivalent
from deconvcli.frameworks.request import Understood
from deconvcli.layers.axis import Linear
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Block, Fields, Lines, Report, Table

COLUMNS = ("to", "way", "multiplications", "call", "around it", "values")
WAY_COLUMNS = ("way", "multiplications", "operations")


class Answer(NamedTuple):
    """One target: the operations with their proof, or the reason why there are none.

    written: the arrays in files.
    """

    name: str
    equivalent: Equivalent | None
    proof: Proof | None = None
    reason: str = ""
    help: str = ""
    written: tuple[Written, ...] = ()

    @property
    def is_said(self) -> bool:
        """Whether there are operations."""
        return self.equivalent is not None

    @property
    def agrees(self) -> bool:
        """Whether no value differs: these modules are not run."""
        return True

    @property
    def weights_target(self) -> Target | None:
        """What weights are written for, if there are operations."""
        found = self.equivalent
        return None if found is None else Target(found.name, found.steps.recipe)


def avoid(understood: Understood, name: str, way: str | None) -> Answer:
    """Return the layer without a transposed convolution; way: None for the cheapest."""
    try:
        found = _find(understood, name, way)
        return Answer(name, found, prove_equivalent(found))
    except (NotExpressible, NotLinear) as error:
        return Answer(name, None, None, error.message, error.help)


def write_other_module(understood: Understood, names: Sequence[str], way: str | None) -> str:
    """Return the module of one target.

    Raises:
        NotExpressible: the framework has no such operations, or no code for them is written.
        UsageError: several targets, or a layer or an input whose numbers are not all known.
    """
    require_counts(understood, names)
    return _find(understood, names[0], way).write_module()


def report_equivalents(understood: Understood, answers: Sequence[Answer]) -> Report:
    """Return what `deconv convert --without transposed` prints."""
    data: dict[str, Any] = {"from": understood.own.spelling.name}
    if len(answers) == 1:
        data |= {"to": answers[0].name, **_describe(answers[0])}
    else:
        data["conversions"] = [{"to": one.name, **_describe(one)} for one in answers]
    head, blocks = [source_row(understood)], list[Block]()
    if len(answers) > MOST_BLOCKS:
        blocks = [Fields(head), Table("", COLUMNS, [_row(answer) for answer in answers])]
    else:
        for answer in answers:
            blocks += _show(understood, answer, head)
            head = []
    said = [answer.equivalent for answer in answers if answer.equivalent]
    if said:
        costs = _list_costs(understood, said[0].name)
        data["ways"] = [one._asdict() for one in costs]
        rows = [
            (one.way, _format_count(one.multiplications), one.reason or _describe_way(one.way))
            for one in costs
        ]
        blocks.append(Table("", WAY_COLUMNS, rows))
    bare = "\n".join([one.call for one in said])
    return Report(SCHEMA, bare, blocks, data, understood.own.findings)


def _find(understood: Understood, name: str, way: str | None) -> Equivalent:
    source = understood.own
    # Operations divide and join axes by number.
    for role, count in understood.unknown.items():
        if not isinstance(count, Linear):
            name = NAMES.role(role)
            raise UsageError(
                f"other operations need the channels, and nobody gave {name}",
                help=f"give {name}.",
                code="no-number",
            )
    return find_cheapest(source, name) if way is None else find_equivalent(source, name, way)


class Cost(NamedTuple):
    """A way with its multiplications, or the reason against it."""

    way: str
    multiplications: int | str | None
    reason: str = ""


def _list_costs(understood: Understood, name: str) -> list[Cost]:
    """Return every way for any weights with its cost in a framework."""
    costs = []
    for way in sorted(FOR_ANY_WEIGHTS):
        try:
            found = find_equivalent(understood.own, name, way)
            costs.append(Cost(way, found.multiplications))
        except NotExpressible as error:
            costs.append(Cost(way, None, error.message))
    return costs


def _describe_way(way: str) -> str:
    return WAYS.docstring(way).partition(".\n")[0]


def _format_count(count: int | str | None) -> str:
    return f"{count:,}" if isinstance(count, int) else count or ""


def _show(understood: Understood, answer: Answer, head: list[tuple[str, str]]) -> list[Block]:
    """Return the blocks of one target. head: the rows above it."""
    found = answer.equivalent
    if found is None:
        return [Fields(head), Lines([answer.reason, f"help: {answer.help}"])]
    shapes = ""
    if not understood.unknown:
        given, made = understood.weight_shape, found.weight_shape
        shapes = f"  # {size_text(given)} to {size_text(made)}"
    summary = _describe_way(found.way)
    steps = found.steps.recipe.lines or ["unchanged"]
    source = found.source
    given_layout = source.data_layout.letters(len(source.spatial), len(source.sizes.batch))
    rows = [
        *head,
        (answer.name, found.call),
        *label_rows("imports", found.imports),
        *label_rows("before", [f"x = {line}" for line in found.before]),
        *label_rows("after", [f"y = {line}" for line in found.after]),
        *label_rows("weights", [*steps[:-1], steps[-1] + shapes]),
        ("way", f"{found.way}: {summary[0].lower()}{summary[1:]}"),
        *label_rows("holds", _describe_kernel(found)),
        ("cost", _format_cost(found)),
        ("layout", f"{given_layout} in {source.spelling.name}, {found.layout} in {answer.name}"),
        ("proof", format_proof(answer.proof)),
        *label_rows("wrote", [str(one) for one in answer.written]),
    ]
    return [Fields(rows)]


def _describe_kernel(found: Equivalent) -> list[str]:
    """Return which weights it holds for; nothing for any weights."""
    kernel = found.steps.kernel
    if kernel is None:
        return []
    return [
        f"only for weights of a {kernel} kernel, times one number for each pair of channels",
        f"`deconv weights {MAKERS[kernel]}` makes such weights; others are refused",
    ]


def _format_cost(found: Equivalent) -> str:
    """Return the multiplications beside those of the layer that is converted."""
    full = found.source.macs_formula[0]
    of = _format_count(int(full) if full.isdecimal() else full)
    return f"{_format_count(found.multiplications)} multiplications; the layer itself has {of}"


def _row(answer: Answer) -> tuple[str, ...]:
    found = answer.equivalent
    if found is None:
        return (answer.name, "", "", "", "", answer.reason)
    steps = "; ".join([*found.before, *found.after])
    cost = _format_count(found.multiplications)
    return (answer.name, found.way, cost, found.call, steps, str(answer.proof))


def _describe(answer: Answer) -> dict[str, Any]:
    """Return one target for programs."""
    found = answer.equivalent
    if found is None:
        return {"reason": answer.reason, "help": answer.help}
    recipe = found.steps.recipe
    files = {one.what: one.describe() for one in answer.written}
    return {
        "way": found.way,
        "kernel": found.steps.kernel,
        "multiplications": found.multiplications,
        "call": found.call,
        "imports": found.imports,
        "before": found.before,
        "after": found.after,
        "weights": {
            "permute": None if recipe.permute is None else list(recipe.permute),
            "flip": list(recipe.flip),
            "code": "\n".join(recipe.lines) or "w = w",
            "shape": list(found.weight_shape),
            "file": files.get("weights"),
        },
        "bias": {"file": files.get("bias")},
        "input_layout": found.layout,
        "output_layout": found.layout,
        "proof": describe_proof(answer.proof),
    }
