"""The report of `deconv solve --stages`: chains of layers that multiply to a factor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.cli.output import Output
from deconvcli.cli.request import NAMES
from deconvcli.cli.solving import (
    Search,
    default_limit,
    describe_bounds,
    describe_findings,
    join_answers,
    read_factor,
    refuse_both,
)
from deconvcli.common.errors import UsageError
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.layers.text import size_text
from deconvcli.solver import Rates, find_rates, solve, widen_kernels
from deconvcli.solver.rates import RATES_ORDER, Stage
from deconvcli.views.answers.report import Block, Lines, Report, Table

_FIRST = ("stride", "kernel")
# What all stages have alike, or what follows from the others.
_HIDDEN = ("dilation", "output_size")


def ask_stages(
    searches: Sequence[Search],
    input_size: tuple[Size, ...] | None,
    output_size: tuple[Size, ...] | None,
    factor: tuple[int, ...] | None,
    stages: int,
    limit: int | None,
    output: Output,
) -> list[Rates]:
    """Return the chains of each dialect.

    Raises:
        UsageError: there is no factor, or it differs between the axes.
    """
    if factor is None:
        raise UsageError("--stages needs --factor", help="give both: --factor 600 --stages 4.")
    refuse_both(output_size)
    found = []
    for search in searches:
        factors, inputs = read_factor(search, input_size, factor)
        if len(set(factors)) > 1:
            raise UsageError(
                f"--factor {size_text(factors)} differs between the axes of a stage",
                help="give one number, such as --factor 16.",
            )
        bounds = widen_kernels(search.bounds) if search.is_free else search.bounds
        found.append(
            find_rates(
                search.dialect,
                factors[0],
                stages,
                inputs,
                bounds,
                search.roles,
                limit or default_limit(output),
                rank=len(factors),
            )
        )
    if len(found) == 1 and not found[0]:
        # Of several dialects some may lack a parameter; a single one was asked for what it has not.
        solve(found[0].question, 1).require_parameters(NAMES)
    return found


def report_stages(found: Sequence[Rates], output: Output) -> Report:
    """Return tables of chains and the best as code, or all of them for programs."""
    best = next((rates.chains[0] for rates in found if rates), None)
    bare = found[0].reason
    if best is not None:
        bare = "\n".join(_write_call(stage) for stage in best.stages)
    blocks = [block for rates in found for block in _list_blocks(rates)]
    if any(rates.count > 1 for rates in found):
        blocks.append(Lines([f"order: {RATES_ORDER}"]))
    readings = [stage.reading for rates in found for chain in rates for stage in chain.stages]
    return join_answers(bare, blocks, map(_describe, found), readings, output)


def _list_blocks(rates: Rates) -> list[Block]:
    question, layers = rates.question, "1 layer" if rates.stages == 1 else f"{rates.stages} layers"
    sizes = f"{size_text(question.shown_input)} to {size_text(question.shown_output)}"
    if not rates:
        return [Lines([f"{question.dialect}: no chain of {layers}, {sizes}", rates.reason])]
    chains = "1 chain" if rates.count == 1 else f"{rates.count:,} chains"
    has_channels = question.roles.keys() >= {"in_channels", "out_channels"}
    macs = "MACs per input" if has_channels else "MACs per input, of 1 channel"
    roles = {argument.name: argument.role for argument in take(question.dialect)[0].arguments}
    names = [
        name
        for name in rates.chains[0].stages[0].parameters
        if roles.get(name, name) not in (*_FIRST, *_HIDDEN)
    ]
    rows = [
        (
            _join(chain.strides),
            _join(chain.kernels),
            *(_join([stage.parameters[name] for stage in chain.stages]) for name in names),
            f"{chain.macs_per_input:,}",
        )
        for chain in rates
    ]
    first = [
        (_write_call(stage), size_text(stage.reading.output_sizes))
        for stage in rates.chains[0].stages
    ]
    columns = ("strides", "kernels", *names, macs)
    return [
        Table(f"{question.dialect}: {chains} of {layers}, {sizes}", columns, rows),
        Table("The first of them", ("layer", "output"), first),
    ]


def _join(values: Sequence[Any]) -> str:
    """Return `5, 3, 3, 1`, or one word or None that all have."""
    if all(value == values[0] for value in values) and not isinstance(values[0], int | list):
        return str(values[0])
    return ", ".join(map(str, values))


def _describe(rates: Rates) -> dict[str, Any]:
    question = rates.question
    return {
        "dialect": question.dialect,
        "bounds": describe_bounds(question.bounds),
        "factor": rates.factor,
        "stages": rates.stages,
        "possible_stages": rates.possible,
        "count": rates.count,
        "order": RATES_ORDER,
        "solutions": [
            {
                "strides": chain.strides,
                "kernels": chain.kernels,
                "formula": f"{rates.factor}N",
                "exact": True,
                "overlap": "even",
                "macs_per_input": chain.macs_per_input,
                "stages": [_describe_stage(stage) for stage in chain.stages],
            }
            for chain in rates
        ],
        "axes": [],
        "reason": rates.reason,
        "nearest": [],
    }


def _write_call(stage: Stage) -> str:
    return write_call(stage.reading, stage.solution.axes[0].question.unknown)


def _describe_stage(stage: Stage) -> dict[str, Any]:
    reading = stage.reading
    return {
        "parameters": stage.parameters,
        "call": _write_call(stage),
        "input": reading.spatial,
        "output": reading.output_sizes,
        "formula": stage.solution.formula,
        "exact": stage.solution.exact,
        "overlap": stage.solution.overlap,
        "crop": reading.crop,
        "findings": describe_findings(reading.findings),
    }
