"""The questions of `deconv solve`, and the report of their answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.cli.output import Output
from deconvcli.cli.request import NAMES
from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.common.values import compact, format_count
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.text import crop_text, size_text
from deconvcli.solver import Answer, AxisSolution, Bounds, Question, Solution, ask_factor, solve
from deconvcli.solver.fixed import read_fixed
from deconvcli.solver.order import ORDER
from deconvcli.solver.question import spread_factor
from deconvcli.views.answers.report import Block, Lines, Report, Table

SCHEMA = "deconv.solve/1"
# What a layer means whose padding is a word, and any other, as for all commands.
_BY_WORD, _BY_NUMBERS = "keras", "torch"
_BOUNDS = ("kernel", "stride", "dilation", "padding", "output_padding")
_FOR_PEOPLE, _FOR_PROGRAMS = 10, 1000
MAX_LISTED = 10_000
"""The solutions of one axis that JSON lists: pads in pairs make a hundred thousand, or 100 MB."""
_COLUMNS = ("layer", "size", "overlap", "crop", "MACs")


class Search(NamedTuple):
    """What is searched in one dialect.

    rank: the number of spatial axes that the call, the bounds or the framework need. is_free:
    whether the kernel has its default bounds.
    """

    dialect: str
    bounds: Bounds
    roles: Mapping[str, Any]
    rank: int
    is_free: bool


def read_searches(
    call: str | None, dialects: Sequence[str] | None, options: Mapping[str, Any]
) -> list[Search]:
    """Return what the call and the options leave to search in each dialect."""
    bounds, rank = Bounds(), 1
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
        pasted = understand(call, own, variables=variables, setter="--set")
        fixed = read_fixed(pasted)
        bounds, roles, rank = fixed.bounds, {**fixed.roles, **roles}, pasted.rank or 1
        names = dialects or [fixed.dialect]
    given = {name: options[name] for name in _BOUNDS if options[name] is not None}
    bounds = bounds._replace(**given)
    ranges = [value for value in bounds if isinstance(value, tuple)]
    rank = max(rank, *map(len, ranges))
    is_free = bounds.kernel is Bounds().kernel
    ranks = {name: max(rank, take(name)[0].spatial_axes[0]) for name in names}
    return [Search(name, bounds, roles, ranks[name], is_free) for name in names]


def ask(
    searches: Sequence[Search],
    input_size: tuple[Size, ...] | None,
    output_size: tuple[Size, ...] | None,
    factor: tuple[int, ...] | None,
    limit: int | None,
    output: Output,
) -> list[Answer]:
    """Return the answer of each dialect.

    Raises:
        UsageError: a size is missing, no layer has such sizes or bounds, or the only dialect lacks
            a parameter.
    """
    if factor is not None:
        refuse_both(output_size)
        questions = [
            ask_factor(search.dialect, *read_factor(search, input_size, factor), *search[1:3])
            for search in searches
        ]
    elif input_size is None or output_size is None:
        missing = "--in" if input_size is None else "--out"
        raise UsageError(
            f"{missing} is missing",
            help="give both sizes: --in 7x7 --out 28x28; or --out with a whole layer: -k 4 -s 2.",
            code="no-size",
        )
    else:
        questions = [
            Question(
                search.dialect, *_read_sizes(search.dialect, input_size, output_size), *search[1:3]
            )
            for search in searches
        ]
    most = limit or default_limit(output)
    # People want different layers, programs all ways to state each.
    answers = [solve(question, most, distinct=not is_data(output)) for question in questions]
    if len(answers) == 1:
        # Of several dialects some may lack it; a single one was asked for what it has not.
        answers[0].require_parameters(NAMES)
    return answers


def is_data(output: Output) -> bool:
    """Return whether the result is read by programs."""
    return output.format in ("json", "jsonl")


def default_limit(output: Output) -> int:
    """Return the number of answers where none is given."""
    return _FOR_PROGRAMS if is_data(output) else _FOR_PEOPLE


def refuse_both(output_size: tuple[Size, ...] | None) -> None:
    """Refuse an output size beside a factor."""
    if output_size is not None:
        raise UsageError("--factor and --out both give the output", help="leave one of them out.")


def read_factor(
    search: Search, input_size: tuple[Size, ...] | None, factor: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[Size, ...]]:
    """Return the factor of each axis, and the input's sizes; none where any input will do."""
    given = () if input_size is None else _find_spatial("--in", search.dialect, input_size)
    return spread_factor(factor, given, search.rank)


def _read_sizes(
    name: str, input_size: tuple[Size, ...], output_size: tuple[Size, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the spatial sizes of both, of which each may be a whole shape in the own layout."""
    into, out = (
        tuple(require_numbers(_find_spatial(flag, name, sizes)))
        for flag, sizes in (("--in", input_size), ("--out", output_size))
    )
    rank = max(len(into), len(out))
    into, out = (sizes * rank if len(sizes) == 1 else sizes for sizes in (into, out))
    return into, out


def _find_spatial(flag: str, name: str, sizes: tuple[Size, ...]) -> tuple[Size, ...]:
    """Return the spatial sizes of what may be a whole shape in the dialect's layout."""
    if len(sizes) <= 3:
        return sizes
    rank = len(sizes) - 2
    if rank > 3:
        raise UsageError(
            f"{flag} has {len(sizes)} sizes", help="give 1 to 3 sizes: 28x28.", code="rank"
        )
    return take(name)[0].data_layout({}, rank).split(sizes, rank)["*"]


def report_answers(answers: Sequence[Answer], output: Output) -> Report:
    """Return tables of layers for people, or all solutions for programs."""
    best = next((answer.solutions[0] for answer in answers if answer), None)
    bare = _write_call(best) if best else answers[0].reason
    blocks = [block for answer in answers for block in _list_blocks(answer)]
    if any(answer.count > 1 for answer in answers):
        blocks.append(Lines([f"order: {ORDER}"]))
    readings = [solution.reading for answer in answers for solution in answer]
    return join_answers(bare, blocks, map(_describe, answers), readings, output)


def join_answers(
    bare: str,
    blocks: Sequence[Block],
    described: Iterable[Mapping[str, Any]],
    readings: Iterable[Reading],
    output: Output,
) -> Report:
    """Return the report of one answer or of several.

    described: each for programs, computed only for a format that shows it. readings: the layers,
    whose findings are shown once each.
    """
    data: Mapping[str, Any] = {}
    if is_data(output):
        found = [*described]
        data = found[0] if len(found) == 1 else {"answers": found}
    findings = [one for reading in readings for one in reading.findings]
    return Report(SCHEMA, bare, blocks, data, [*dict.fromkeys(findings)])


def _list_blocks(answer: Answer) -> list[Block]:
    question = answer.question
    sizes = f"{size_text(question.shown_input)} to {size_text(question.shown_output)}"
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


def _write_call(solution: Solution) -> str:
    return write_call(solution.reading, solution.axes[0].question.unknown)


def _row(solution: Solution) -> tuple[str, ...]:
    return (
        _write_call(solution),
        solution.formula,
        solution.overlap,
        crop_text(solution.reading.crop),
        f"{solution.macs:,}" if isinstance(solution.macs, int) else solution.macs,
    )


def _list_absence(answer: Answer, sizes: str) -> list[Block]:
    title = f"{answer.question.dialect}: no layer, {sizes}"
    lines = Lines([title, answer.reason])
    if not answer.nearest:
        return [lines]
    unknown = answer.question.unknown
    rows = [
        (size_text(near.output), near.closing, write_call(near.reading, unknown))
        for near in answer.nearest
    ]
    return [lines, Table("The nearest sizes", ("output", "and then", "layer"), rows)]


def _describe(answer: Answer) -> dict[str, Any]:
    """Return the answer for programs."""
    question = answer.question
    shown = [*zip(question.shown_input, question.shown_output, strict=True)]
    # Axes that are alike have one list, which is long.
    keys = [(id(axis.families), *sizes) for axis, sizes in zip(answer.axes, shown, strict=True)]
    listed = {
        key: [_describe_axis(one) for one in axis.solutions(MAX_LISTED)]
        for key, axis in dict(zip(keys, answer.axes, strict=True)).items()
    }
    return {
        "dialect": question.dialect,
        "bounds": describe_bounds(question.bounds),
        "count": answer.count,
        "order": ORDER,
        "solutions": [_describe_layer(solution) for solution in answer.solutions],
        "axes": [
            {
                "name": axis.name,
                "input": n,
                "output": out,
                "count": axis.count,
                "solutions": listed[key],
            }
            for axis, key, (n, out) in zip(answer.axes, keys, shown, strict=True)
        ],
        "reason": answer.reason,
        "nearest": [
            {
                "output": near.output,
                "then": near.closing,
                "call": write_call(near.reading, question.unknown),
                "parameters": dict(near.reading.spelling.arguments),
            }
            for near in answer.nearest
        ],
    }


def describe_bounds(bounds: Bounds) -> dict[str, Any]:
    """Return the bounds for programs."""
    return {
        **{name: compact(getattr(bounds, name)) for name in ("kernel", "stride", "dilation")},
        "padding": bounds.padding,
        "output_padding": bounds.output_padding and compact(bounds.output_padding),
    }


def _describe_axis(solution: AxisSolution) -> dict[str, Any]:
    return {
        "parameters": solution.parameters,
        "formula": solution.formula,
        "exact": solution.exact,
        "overlap": solution.overlap,
        "crop": solution.crop,
        "findings": describe_findings(solution.findings),
    }


def _describe_layer(solution: Solution) -> dict[str, Any]:
    return {
        "parameters": solution.parameters,
        "call": _write_call(solution),
        "formula": solution.formula,
        "exact": solution.exact,
        "overlap": solution.overlap,
        "crop": solution.reading.crop,
        "macs": solution.macs,
        "findings": describe_findings(solution.findings),
    }


def describe_findings(findings: Sequence[Diagnostic]) -> list[dict[str, str]]:
    """Return findings for programs."""
    return [
        {"code": one.code, "severity": str(one.severity), "message": one.message}
        for one in findings
    ]
