"""The questions of `deconv solve`, and the report of their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.cli.output import Output
from deconvcli.cli.request import NAMES
from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.common.values import compact, format_count
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.layers.text import crop_text, size_text
from deconvcli.solver import Answer, AxisSolution, Bounds, Question, Solution, solve
from deconvcli.solver.fixed import read_fixed
from deconvcli.solver.order import ORDER
from deconvcli.views.answers.report import Block, Lines, Report, Table

SCHEMA = "deconv.solve/1"
# What a layer means whose padding is a word, and any other, as for all commands.
_BY_WORD, _BY_NUMBERS = "keras", "torch"
_BOUNDS = ("kernel", "stride", "dilation", "padding", "output_padding")
_FOR_PEOPLE, _FOR_PROGRAMS = 10, 1000
MAX_LISTED = 10_000
"""The solutions of one axis that JSON lists: pads in pairs make a hundred thousand, or 100 MB."""
_COLUMNS = ("layer", "size", "overlap", "crop", "MACs")


def ask(
    call: str | None,
    input_size: tuple[Size, ...] | None,
    output_size: tuple[Size, ...] | None,
    dialects: Sequence[str] | None,
    limit: int | None,
    output: Output,
    options: Mapping[str, Any],
) -> list[Answer]:
    """Return the answer of each dialect.

    Raises:
        UsageError: a size is missing, no layer has such sizes or bounds, or the only dialect lacks
            a parameter.
    """
    if input_size is None or output_size is None:
        missing = "--in" if input_size is None else "--out"
        raise UsageError(
            f"{missing} is missing", help="give both sizes: --in 7x7 --out 28x28.", code="no-size"
        )
    is_data = output.format in ("json", "jsonl")
    most = limit or (_FOR_PROGRAMS if is_data else _FOR_PEOPLE)
    questions = _read_questions(call, input_size, output_size, dialects, options)
    # People want different layers, programs all ways to state each.
    answers = [solve(question, most, distinct=not is_data) for question in questions]
    if len(answers) == 1:
        # Of several dialects some may lack it; a single one was asked for what it has not.
        answers[0].require_parameters(NAMES)
    return answers


def _read_questions(
    call: str | None,
    input_size: tuple[Size, ...],
    output_size: tuple[Size, ...],
    dialects: Sequence[str] | None,
    options: Mapping[str, Any],
) -> list[Question]:
    bounds = Bounds()
    roles = {
        name: value
        for name, value in options.items()
        if value is not None and name not in (*_BOUNDS, "variables")
    }
    names = dialects or [_BY_WORD if isinstance(options["padding"], str) else _BY_NUMBERS]
    if call is not None:
        from deconvcli.frameworks.pasted.understand import understand

        own = dialects[0] if dialects and len(dialects) == 1 else None
        variables = options["variables"] or {}
        fixed = read_fixed(understand(call, own, variables=variables, setter="--set"))
        bounds, roles = fixed.bounds, {**fixed.roles, **roles}
        names = dialects or [fixed.dialect]
    given = {name: options[name] for name in _BOUNDS if options[name] is not None}
    bounds = bounds._replace(**given)
    return [
        Question(name, *_read_sizes(name, input_size, output_size), bounds, roles) for name in names
    ]


def _read_sizes(
    name: str, input_size: tuple[Size, ...], output_size: tuple[Size, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the spatial sizes of both, of which each may be a whole shape in the own layout."""
    spatial = []
    for flag, sizes in (("--in", input_size), ("--out", output_size)):
        if len(sizes) > 3:
            rank = len(sizes) - 2
            if rank > 3:
                raise UsageError(
                    f"{flag} has {len(sizes)} sizes", help="give 1 to 3 sizes: 28x28.", code="rank"
                )
            sizes = take(name)[0].data_layout({}, rank).split(sizes, rank)["*"]
        spatial.append(tuple(require_numbers(sizes)))
    into, out = spatial
    rank = max(len(into), len(out))
    into, out = (sizes * rank if len(sizes) == 1 else sizes for sizes in (into, out))
    return into, out


def report_answers(answers: Sequence[Answer], output: Output) -> Report:
    """Return tables of layers for people, or all solutions for programs."""
    best = next((answer.solutions[0] for answer in answers if answer), None)
    bare = write_call(best.reading) if best else answers[0].reason
    blocks = [block for answer in answers for block in _list_blocks(answer)]
    if any(answer.count > 1 for answer in answers):
        blocks.append(Lines([f"order: {ORDER}"]))
    data: dict[str, Any] = {}
    if output.format in ("json", "jsonl"):
        found = [_describe(answer) for answer in answers]
        data = found[0] if len(found) == 1 else {"answers": found}
    return Report(SCHEMA, bare, blocks, data, _list_findings(answers))


def _list_findings(answers: Sequence[Answer]) -> list[Diagnostic]:
    found = [one for answer in answers for solution in answer for one in solution.findings]
    return [*dict.fromkeys(found)]


def _list_blocks(answer: Answer) -> list[Block]:
    question = answer.question
    sizes = f"{size_text(question.input)} to {size_text(question.output)}"
    if not answer:
        return _list_absence(answer, sizes)
    several = question.rank > 1 and len({axis.count for axis in answer.axes}) == 1
    axes = f" ({answer.axes[0].count:,} on each axis)" if several else ""
    title = f"{question.dialect}: {format_count(answer.count, 'layer')}{axes}, {sizes}"
    columns = [*_COLUMNS]
    rows = [_row(solution) for solution in answer.solutions]
    if not question.roles.keys() >= {"in_channels", "out_channels"}:
        columns[-1] = "MACs of 1 channel"
    if take(question.dialect)[0].argument("kernel") is None:
        # Only the weights' shape gives it, which no call shows.
        columns.insert(1, "kernel")
        kernels = [size_text(solution.reading.layer.kernel) for solution in answer.solutions]
        rows = [(row[0], kernel, *row[1:]) for row, kernel in zip(rows, kernels, strict=True)]
    return [Table(title, columns, rows)]


def _row(solution: Solution) -> tuple[str, ...]:
    return (
        write_call(solution.reading),
        solution.formula,
        solution.overlap,
        crop_text(solution.reading.crop),
        f"{solution.macs:,}",
    )


def _list_absence(answer: Answer, sizes: str) -> list[Block]:
    title = f"{answer.question.dialect}: no layer, {sizes}"
    lines = Lines([title, answer.reason])
    if not answer.nearest:
        return [lines]
    rows = [
        (size_text(near.output), near.closing, write_call(near.reading)) for near in answer.nearest
    ]
    return [lines, Table("The nearest sizes", ("output", "and then", "layer"), rows)]


def _describe(answer: Answer) -> dict[str, Any]:
    """Return the answer for programs."""
    question, bounds = answer.question, answer.question.bounds
    return {
        "dialect": question.dialect,
        "bounds": {
            **{name: compact(getattr(bounds, name)) for name in ("kernel", "stride", "dilation")},
            "padding": bounds.padding,
            "output_padding": bounds.output_padding and compact(bounds.output_padding),
        },
        "count": answer.count,
        "order": ORDER,
        "solutions": [_describe_layer(solution) for solution in answer.solutions],
        "axes": [
            {
                "name": axis.name,
                "input": axis.input,
                "output": axis.output,
                "count": axis.count,
                "solutions": [_describe_axis(one) for one in axis.solutions(MAX_LISTED)],
            }
            for axis in answer.axes
        ],
        "reason": answer.reason,
        "nearest": [
            {
                "output": near.output,
                "then": near.closing,
                "call": write_call(near.reading),
                "parameters": dict(near.reading.spelling.arguments),
            }
            for near in answer.nearest
        ],
    }


def _describe_axis(solution: AxisSolution) -> dict[str, Any]:
    return {
        "parameters": solution.parameters,
        "formula": solution.formula,
        "exact": solution.exact,
        "overlap": solution.overlap,
        "crop": solution.crop,
        "findings": _describe_findings(solution.findings),
    }


def _describe_layer(solution: Solution) -> dict[str, Any]:
    return {
        "parameters": solution.parameters,
        "call": write_call(solution.reading),
        "formula": solution.formula,
        "exact": solution.exact,
        "overlap": solution.overlap,
        "crop": solution.reading.crop,
        "macs": solution.macs,
        "findings": _describe_findings(solution.findings),
    }


def _describe_findings(findings: Sequence[Diagnostic]) -> list[dict[str, str]]:
    return [
        {"code": one.code, "severity": str(one.severity), "message": one.message}
        for one in findings
    ]
