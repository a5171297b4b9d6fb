"""The report of `deconv convert`: the call, what is done around it, the weights and the proof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from deconvcli.cli.carrying import Target, Written
from deconvcli.cli.request import NAMES
from deconvcli.cli.running_modules import (
    Checked,
    check_modules,
    check_text,
    describe_check,
    list_check_rows,
)
from deconvcli.common.errors import NotExpressible, NotLinear, Refused, UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.conversion import SCHEMA, Conversion, convert
from deconvcli.conversion.proof import Proof, prove
from deconvcli.frameworks.request import Understood
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import REVERSED_TAPS, require_numbers
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Block, Fields, Lines, Report, Table

COLUMNS = ("to", "call", "around it", "weights", "values")
MOST_BLOCKS = 3
"""The largest number of targets that are shown one after the other; more are rows of a table."""


class Answer(NamedTuple):
    """One target: the conversion with its proof, or the reason why there is none.

    proof: None where the crop depends on a size that is a letter. written: the arrays in files.
    against: what the module computes in its framework, where that was requested.
    """

    name: str
    conversion: Conversion | None
    proof: Proof | None = None
    reason: str = ""
    help: str = ""
    written: tuple[Written, ...] = ()
    against: Checked | None = None

    @property
    def is_said(self) -> bool:
        """Whether anything says the layer there."""
        return self.conversion is not None

    @property
    def agrees(self) -> bool:
        """Whether the module's values are equal, or it was not run."""
        return self.against is None or isinstance(self.against, str) or self.against.agrees

    @property
    def weights_target(self) -> Target | None:
        """What weights are written for, if anything says the layer there."""
        if self.conversion is None:
            return None
        plan = self.conversion.plan
        return Target(plan.target.spelling.name, plan.recipe, plan.grouping.parts)


def convert_to(understood: Understood, name: str) -> Answer:
    """Return the layer in another framework, proven where its sizes are numbers."""
    try:
        found = convert(understood.own, name, understood.named)
    except (NotExpressible, Refused) as error:
        return Answer(name, None, None, error.message, error.help)
    try:
        return Answer(name, found, prove(found.plan))
    except NotLinear:
        return Answer(name, found)


def run_modules(understood: Understood, answers: Sequence[Answer]) -> list[Answer]:
    """Return the answers with what their modules compute in the installed frameworks.

    Raises:
        UsageError: none of the targets can be run here.
    """
    conversions = {answer.name: answer.conversion for answer in answers}
    checked = check_modules(conversions, understood.own.spelling.name)
    return [answer._replace(against=checked[answer.name]) for answer in answers]


def write_module(understood: Understood, names: Sequence[str]) -> str:
    """Return the module of one target.

    Raises:
        NotExpressible: nothing says the layer there, or no module is written for it.
        UsageError: several targets, or a layer or an input whose numbers are not all known.
    """
    require_counts(understood, names)
    return convert(understood.own, names[0]).write_program()


def require_counts(understood: Understood, names: Sequence[str]) -> None:
    """Refuse what cannot be a module.

    Raises:
        UsageError: several targets, or a layer or an input whose numbers are not all known.
    """
    if len(names) > 1:
        raise UsageError(
            f"a module is written for one framework, and --to names {len(names)}",
            help="name one, or take --format text.",
        )
    # The batch of the example is 1 where nobody gave one, and the module takes any.
    for role, count in understood.unknown.items():
        name = NAMES.role(role)
        raise UsageError(
            f"a module needs numbers, and {name} is {count}"
            if isinstance(count, Linear)
            else f"a module needs numbers, and nobody gave {name}",
            help=f"give {name}.",
            code="no-number",
        )
    require_numbers(understood.reading.spatial)


def report_conversions(understood: Understood, answers: Sequence[Answer]) -> Report:
    """Return what `deconv convert` prints."""
    source = understood.own
    data: dict[str, Any] = {"from": source.spelling.name}
    if len(answers) == 1:
        data |= {"to": answers[0].name, **_describe(understood, answers[0])}
    else:
        data["conversions"] = [{"to": one.name, **_describe(understood, one)} for one in answers]
    head, blocks = [source_row(understood)], list[Block]()
    if len(answers) > MOST_BLOCKS:
        more = ("against",) if any(answer.against is not None for answer in answers) else ()
        rows = [_row(answer)[: len(COLUMNS) + len(more)] for answer in answers]
        blocks = [Fields(head), Table("", (*COLUMNS, *more), rows)]
    else:
        # The first block has the source too, so that their names stand in one column.
        for answer in answers:
            blocks += _show(understood, answer, head)
            head = []
    said = [answer.conversion for answer in answers if answer.conversion]
    findings = [found for one in said for found in _find(one)]
    bare = "\n".join([one.call for one in said])
    return Report(SCHEMA, bare, blocks, data, [*source.findings, *dict.fromkeys(findings)])


def _find(conversion: Conversion) -> list[Diagnostic]:
    """Return what is known of the target's layer; that its taps are reversed is in the recipe."""
    return [found for found in conversion.target.findings if found.code != REVERSED_TAPS]


def source_row(understood: Understood) -> tuple[str, str]:
    """Return the row of the layer that is converted."""
    source = understood.own
    sizes = f"{size_text(understood.shown_input)} to {size_text(understood.shown_output)}"
    return source.spelling.name, f"{understood.spelling.text or 'defaults'}; {sizes}"


def _show(understood: Understood, answer: Answer, head: list[tuple[str, str]]) -> list[Block]:
    """Return the blocks of one target. head: the rows above it."""
    conversion = answer.conversion
    if conversion is None:
        return [Fields(head), Lines([answer.reason, f"help: {answer.help}"])]
    plan = conversion.plan
    shapes = ""
    if not understood.unknown:
        own, made = understood.weight_shape, plan.target.weight_shape
        shapes = f"  # {size_text(own)} to {size_text(made)}"
    steps = plan.recipe.lines or ["unchanged"]
    cuts = f"  # {kept}" if (kept := _format_kept(conversion)) else ""
    before, after = conversion.lines
    after = [f"{line}{cuts if place == 0 else ''}" for place, line in enumerate(after)]
    rows = [
        *head,
        (answer.name, conversion.call),
        *label_rows("imports", conversion.imports),
        *label_rows("before", before),
        *label_rows("after", after),
        *label_rows("weights", [*steps[:-1], steps[-1] + shapes]),
        *label_rows("cost", conversion.costs),
        ("layout", _format_layouts(conversion)),
        ("proof", format_proof(answer.proof)),
        *([] if answer.against is None else list_check_rows(answer.against)),
        *label_rows("wrote", [str(one) for one in answer.written]),
    ]
    return [Fields(rows)]


def _format_layouts(conversion: Conversion) -> str:
    """Return the axes of the data in both frameworks; only few layers change them."""
    source, own = conversion.source, conversion.input_layout
    given = source.data_layout.letters(len(source.spatial), len(source.sizes.batch))
    made = f" to {conversion.output_layout}" if conversion.output_layout != own else ""
    target = conversion.target.spelling.name
    return f"{given} in {source.spelling.name}, {own}{made} in {target}"


def label_rows(name: str, lines: Sequence[str]) -> list[tuple[str, str]]:
    """Return rows of which the first has a name."""
    return [(name if place == 0 else "", line) for place, line in enumerate(lines)]


def _format_kept(conversion: Conversion) -> str:
    """Return the range of each axis that is kept of the layer's output, as numbers."""
    plan = conversion.plan
    if not any(pair != (0, 0) for pair in plan.cuts):
        return ""
    sizes = plan.target.output_sizes[plan.lifted :]
    cuts = zip(plan.cuts, sizes, strict=True)
    return ", ".join(dict.fromkeys([f"{a}:{size - b} of {size}" for (a, b), size in cuts]))


def format_proof(proof: Proof | None) -> str:
    """Return what was compared, as text."""
    if proof is None:
        return "not computed: the crop depends on a size that is a letter"
    return f"{proof}, on small integers"


def _row(answer: Answer) -> tuple[str, ...]:
    """Return the row of one target, with a last cell for what its module computes."""
    conversion = answer.conversion
    against = "" if answer.against is None else check_text(answer.against)
    if conversion is None:
        return (answer.name, "", "", "", answer.reason, "")
    lines = conversion.plan.recipe.lines
    weights = "; ".join(lines) if len(lines) < 3 else f"{len(lines)} lines of NumPy"
    steps = [step for steps in conversion.outline for step in steps]
    values = "not computed" if answer.proof is None else str(answer.proof)
    around = "; ".join(steps)
    return (answer.name, conversion.call, around, weights or "unchanged", values, against)


def _describe(understood: Understood, answer: Answer) -> dict[str, Any]:
    """Return one target for programs."""
    conversion = answer.conversion
    if conversion is None:
        return {"reason": answer.reason, "help": answer.help}
    recipe, proof = conversion.plan.recipe, answer.proof
    files = {one.what: one.describe() for one in answer.written}
    return {
        "parameters": dict(conversion.parameters),
        "call": conversion.call,
        "imports": conversion.imports,
        "before": conversion.before,
        "after": conversion.after,
        "weights": {
            "permute": None if recipe.permute is None else list(recipe.permute),
            "flip": list(recipe.flip),
            "groups": conversion.grouping,
            "code": "\n".join(recipe.lines) or "w = w",
            "file": files.get("weights"),
        },
        "bias": {"file": files.get("bias")},
        "costs": conversion.costs,
        "input_layout": conversion.input_layout,
        "output_layout": conversion.output_layout,
        "input_shape": conversion.input_shape,
        "output_shape": conversion.output_shape,
        "proof": describe_proof(proof),
        **({} if answer.against is None else {"against": describe_check(answer.against)}),
    }


def describe_proof(proof: Proof | None) -> dict[str, Any] | None:
    """Return what was compared, for programs."""
    if proof is None:
        return None
    return {
        "values": "equal" if proof.holds else "different",
        "elements": proof.elements,
        "channels": proof.channels,
        "spatial": proof.spatial,
    }
