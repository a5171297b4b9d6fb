"""The report of `deconv convert`: the call, what is done around it, the weights and the proof."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from deconvcli.cli.request import NAMES
from deconvcli.common.errors import NotExpressible, NotLinear, Refused, UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.conversion import SCHEMA, Conversion, convert
from deconvcli.conversion.proof import Proof, prove
from deconvcli.frameworks.request import Understood
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import REVERSED_TAPS, require_numbers
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Block, Fields, Lines, Report, Table

COLUMNS = ("to", "call", "before and after", "weights", "proof")


class Answer(NamedTuple):
    """One target: the conversion with its proof, or the reason why there is none.

    proof: None for sizes that are letters, and for layers that are too large.
    """

    name: str
    conversion: Conversion | None
    proof: Proof | None = None
    reason: str = ""
    help: str = ""


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


def write_module(understood: Understood, names: Sequence[str]) -> str:
    """Return the module of one target.

    Raises:
        NotExpressible: nothing says the layer there, or no module is written for it.
        UsageError: several targets, or a layer or an input whose numbers are not all known.
    """
    if len(names) > 1:
        raise UsageError(
            f"a module is written for one framework, and --to names {len(names)}",
            help="name one, or take --format text.",
        )
    for role, count in understood.named.items():
        name = NAMES.role(role)
        raise UsageError(
            f"a module needs numbers, and {name} is {count}"
            if isinstance(count, Linear)
            else f"a module needs numbers, and nobody gave {name}",
            help=f"give {name}.",
            code="no-number",
        )
    require_numbers(understood.reading.spatial)
    return convert(understood.own, names[0]).write_program()


def report_conversions(understood: Understood, answers: Sequence[Answer]) -> Report:
    """Return what `deconv convert` prints."""
    source = understood.own
    data: dict[str, Any] = {"from": source.spelling.name}
    if len(answers) == 1:
        [answer] = answers
        data |= {"to": answer.name, **_describe(understood, answer)}
        blocks = _show(understood, answer)
    else:
        rows = [_row(answer) for answer in answers]
        blocks = [Fields([_source_row(understood)]), Table("", COLUMNS, rows)]
        data["conversions"] = [{"to": one.name, **_describe(understood, one)} for one in answers]
    said = [answer.conversion for answer in answers if answer.conversion]
    findings = [found for one in said for found in _find(one)]
    bare = "\n".join([one.call for one in said])
    return Report(SCHEMA, bare, blocks, data, [*source.findings, *dict.fromkeys(findings)])


def _find(conversion: Conversion) -> list[Diagnostic]:
    """Return what is known of the target's layer; that its taps are reversed is in the recipe."""
    return [found for found in conversion.target.findings if found.code != REVERSED_TAPS]


def _source_row(understood: Understood) -> tuple[str, str]:
    source = understood.own
    sizes = f"{size_text(understood.shown_input)} to {size_text(understood.shown_output)}"
    return source.spelling.name, f"{understood.spelling.text or 'defaults'}; {sizes}"


def _show(understood: Understood, answer: Answer) -> list[Block]:
    """Return the blocks of one target."""
    conversion = answer.conversion
    if conversion is None:
        reason = Lines([f"not said in {answer.name}: {answer.reason}", f"help: {answer.help}"])
        return [Fields([_source_row(understood)]), reason]
    plan = conversion.plan
    rows = [_source_row(understood), (answer.name, conversion.call)]
    rows += [("before", f"x = {line}") for line in conversion.before]
    rows += [("after", f"y = {line}") for line in conversion.after]
    if kept := _format_kept(conversion):
        rows.append(("keeps", kept))
    weights = f"{size_text(understood.weight_shape)} to {size_text(plan.target.weight_shape)}"
    rows += [("weights", line) for line in plan.recipe.lines or ["unchanged"]]
    if not understood.unknown:
        rows.append(("", weights))
    rows += [("cost", cost) for cost in conversion.costs]
    rows.append(("layout", f"{conversion.input_layout} to {conversion.output_layout}"))
    rows.append(("proof", _proof_text(answer)))
    return [Fields(rows)]


def _format_kept(conversion: Conversion) -> str:
    """Return the range of each axis that is kept of the layer's output, as numbers."""
    plan = conversion.plan
    sizes = plan.target.output_sizes[plan.lifted :]
    if not any(pair != (0, 0) for pair in plan.cuts):
        return ""
    texts = [f"{a}:{size - b} of {size}" for (a, b), size in zip(plan.cuts, sizes, strict=True)]
    return texts[0] if len(set(texts)) == 1 else ", ".join(texts)


def _proof_text(answer: Answer) -> str:
    if answer.proof is None:
        return "none: it needs sizes that are numbers, and a layer that is not too large"
    return f"{answer.proof}, on small integers"


def _row(answer: Answer) -> tuple[str, ...]:
    conversion = answer.conversion
    if conversion is None:
        return (answer.name, "", "", "", answer.reason)
    steps = [f"x = {line}" for line in conversion.before]
    steps += [f"y = {line}" for line in conversion.after]
    weights = "; ".join(conversion.plan.recipe.lines) or "unchanged"
    return (answer.name, conversion.call, "; ".join(steps), weights, _proof_text(answer))


def _describe(understood: Understood, answer: Answer) -> dict[str, Any]:
    """Return one target for programs."""
    conversion = answer.conversion
    if conversion is None:
        return {"reason": answer.reason, "help": answer.help}
    recipe, proof = conversion.plan.recipe, answer.proof
    return {
        "parameters": dict(conversion.parameters),
        "call": conversion.call,
        "before": conversion.before,
        "after": conversion.after,
        "weights": {
            "permute": None if recipe.permute is None else list(recipe.permute),
            "flip": list(recipe.flip),
            "groups": conversion.grouping,
            "code": "\n".join(recipe.lines) or "w = w",
        },
        "costs": conversion.costs,
        "input_layout": conversion.input_layout,
        "output_layout": conversion.output_layout,
        "input_shape": conversion.input_shape,
        "output_shape": conversion.output_shape,
        "proof": None
        if proof is None
        else {
            "values": "equal" if proof.holds else "different",
            "elements": proof.elements,
            "channels": proof.channels,
        },
    }
