"""The report of `deconv solve --out` with a whole layer: the inputs that have this output."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.cli.output import Output
from deconvcli.cli.request import FLAGS, NAMES
from deconvcli.cli.solving import default_limit, join_answers
from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.common.values import format_count
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.request import LayerRequest, Understood
from deconvcli.frameworks.wording import word_role
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.layers.text import size_text
from deconvcli.solver.absence import Nearest
from deconvcli.solver.inputs import Inputs, find_inputs
from deconvcli.solver.ways import find_ways
from deconvcli.views.answers.report import Block, Lines, Report, Table

_RANGED = ("kernel", "stride", "dilation", "padding", "output_padding")


class LayerInputs(NamedTuple):
    """The inputs of one layer. shown: the layer at each of them, in the form of the output."""

    dialect: str
    wanted: tuple[Size, ...]
    found: Inputs
    shown: tuple[Understood, ...]
    nearest: tuple[Nearest, ...]

    @property
    def reason(self) -> str:
        """Why there are none."""
        return self.found.reason


class NoInputs(NamedTuple):
    """Why a dialect has no such layer, where others may have it."""

    dialect: str
    reason: str
    shown: tuple[Understood, ...] = ()


def ask_inputs(
    call: str | None,
    output_size: tuple[Size, ...],
    dialects: Sequence[str] | None,
    limit: int | None,
    output: Output,
    options: Mapping[str, Any],
) -> list[LayerInputs | NoInputs]:
    """Return the inputs of the layer, in each dialect.

    Raises:
        UsageError: an option is a range, or the output is none of this layer.
        Refused: the framework refuses the layer at every input.
    """
    roles = {
        name: _read_numbers(name, value) if name in _RANGED else value
        for name, value in options.items()
        if value is not None and name != "variables"
    }
    names: Sequence[str | None] = dialects or [None]
    names_here = NAMES._replace(input_size="--out")
    variables = options["variables"] or {}
    request = LayerRequest(
        call, None, output_size, roles=roles, names=names_here, variables=variables
    )
    most = limit or default_limit(output)
    answers: list[LayerInputs | NoInputs] = []
    for name in names:
        try:
            answers.append(_find(request._replace(dialect=name), output_size, most))
        except DeconvError as error:
            if name is None or len(names) == 1:
                raise
            answers.append(NoInputs(name, error.message))
    return answers


def _read_numbers(name: str, value: Any) -> Any:
    """Return the numbers of an option that may be a range where layers are searched.

    Raises:
        UsageError: it is one.
    """
    if isinstance(value, str):
        return value
    numbers = []
    for one in value:
        ends = one if isinstance(one[0], tuple) else (one,)
        for first, last in ends:
            if first != last:
                raise UsageError(
                    f"{FLAGS[name]} {first}..{last} is a range, and a layer has one number",
                    help="give one number, or --in to search for layers.",
                )
        numbers.append(tuple(first for first, _ in ends) if len(ends) > 1 else ends[0][0])
    return tuple(numbers)


def _find(request: LayerRequest, output_size: tuple[Size, ...], limit: int) -> LayerInputs:
    pasted, _ = request.parse()
    dialect, rank = pasted.dialect, request.find_rank(pasted)
    leading = 0 if len(output_size) in (1, rank) else len(output_size) - rank
    given = dict(pasted.words)
    if "data_format" in request.roles:
        given |= word_role(dialect, "data_format", request.roles["data_format"], rank, NAMES)
    spatial, channels = output_size, None
    if leading:
        parts = dialect.data_layout(given, rank).split(output_size, rank)
        spatial, [channels] = parts["*"], parts["C"]
        batch = next(iter(parts["N"]), None)
        request = request._replace(batch=batch if isinstance(batch, int) else None)
    wanted = tuple(require_numbers(spatial * rank if len(spatial) == 1 else spatial))
    requested = dialect.argument("output_size")
    name = f"{dialect.name}@{pasted.implementation}" if pasted.implementation else dialect.name
    # Some frameworks need the size as a parameter: the wanted one.
    needs = any(way.requests for way in find_ways(name, rank))
    if requested and requested.name not in given and needs:
        request = request._replace(roles={**request.roles, "output_size": wanted})

    def read(sizes: tuple[int, ...]) -> Understood:
        return request._replace(input_size=sizes).read(pasted)

    found = find_inputs(lambda sizes: read(sizes).reading, wanted, limit)
    shown = tuple([read(sizes)._replace(leading=leading) for sizes in found.solutions])
    nearest = tuple(
        [
            Nearest(reading, tuple(want - out for want, out in zip(wanted, outs, strict=True)))
            for reading in found.nearest
            for outs in [require_numbers(reading.output_sizes)]
        ]
    )
    own = shown[0].counts.out_channels if shown else None
    if isinstance(own, int) and isinstance(channels, int) and own != channels:
        raise UsageError(
            f"--out has {channels} channels, the layer {own}",
            help="give the spatial sizes only, or the same channels.",
            code="channels",
        )
    return LayerInputs(name, wanted, found, shown, nearest)


def report_inputs(answers: Sequence[LayerInputs | NoInputs], output: Output) -> Report:
    """Return tables of inputs for people, or all of them for programs."""
    best = next((one for answer in answers for one in answer.shown), None)
    bare = size_text(best.shown_input) if best else answers[0].reason
    blocks = [block for answer in answers for block in _list_blocks(answer)]
    readings = [understood.reading for answer in answers for understood in answer.shown]
    return join_answers(bare, blocks, map(_describe, answers), readings, output)


def _list_blocks(answer: LayerInputs | NoInputs) -> list[Block]:
    if isinstance(answer, NoInputs):
        name = f"{answer.dialect}: "
        return [Lines([f"{name}{answer.reason.removeprefix(name)}"])]
    size, found = size_text(answer.wanted), answer.found
    if not found:
        lines = Lines([f"{answer.dialect}: no input has the output {size}", found.reason])
        rows = [
            (size_text(near.reading.spatial), size_text(near.output), near.closing)
            for near in answer.nearest
        ]
        nearest = Table("The nearest inputs", ("input", "output", "and then"), rows)
        return [lines, nearest] if rows else [lines]
    count = "any number of inputs" if found.count is None else format_count(found.count, "input")
    rows = [
        (size_text(one.shown_input), size_text(one.shown_output), write_call(one.reading))
        for one in answer.shown
    ]
    title = f"{answer.dialect}: {count} with the output {size}"
    endless = [
        f"{axis.name}: every input from {axis.first} on"
        for axis in found.axes
        if axis.first is not None and axis.last is None
    ]
    table = Table(title, ("input", "output", "layer"), rows)
    return [table, Lines(endless)] if endless else [table]


def _describe(answer: LayerInputs | NoInputs) -> dict[str, Any]:
    if isinstance(answer, NoInputs):
        none: list[Any] = []
        data = {"dialect": answer.dialect, "count": 0, "reason": answer.reason}
        return {**data, **dict.fromkeys(("inputs", "axes", "nearest"), none)}
    found = answer.found
    return {
        "dialect": answer.dialect,
        "output": answer.wanted,
        "count": found.count,
        "inputs": [understood.shown_input for understood in answer.shown],
        "call": write_call(answer.shown[0].reading) if answer.shown else None,
        "axes": [
            {
                "name": axis.name,
                "output": axis.output,
                "count": axis.number,
                "first": axis.first,
                "last": axis.last,
            }
            for axis in found.axes
        ],
        "reason": found.reason,
        "nearest": [
            {"input": near.reading.spatial, "output": near.output, "then": near.closing}
            for near in answer.nearest
        ],
    }
