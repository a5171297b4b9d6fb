"""Print the output size of a layer, as any framework computes it.

Help section: One layer, 1
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import (
    ALL,
    CALL_ARGUMENT,
    DIALECT,
    layer_options,
    names_option,
    option,
    takes,
    takes_output,
    targets_option,
)
from deconvcli.cli.output import Output
from deconvcli.cli.request import FLAGS, read_request
from deconvcli.cli.rows import inert_rows, layer_rows, unknown_data
from deconvcli.cli.types import Sizes
from deconvcli.common.errors import NETWORK, Refused, UsageError
from deconvcli.frameworks.request import Understood
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.counts import Unknown
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import crop_text, size_text
from deconvcli.views.answers.report import Fields, Report

OTHER_NAMES = {"call": "a pasted call", "input_size": "--in", "variables": "--set"}


@click.command(cls=Command, short_help=__doc__)
@takes(
    CALL_ARGUMENT,
    *layer_options(
        size="Input size: 5 or 5x5; letters give a formula: N, HxW, 2N-1.",
        dialect=names_option(
            *DIALECT,
            "dialects",
            words=(ALL,),
            help="The dialect of the options, such as torch or keras@jax; several dialects, or"
            " all, are compared.  [default: as --padding suggests]",
        ),
    ),
    option("--expect", type=Sizes(), help="Exit with 1 unless the output has this size."),
    targets_option(
        ALL,
        help="What these frameworks, runtimes and exporters make of the layer, or all of them: a"
        " row each.",
    ),
    option("--macs", is_flag=True, help="Count multiply-accumulates and parameters too."),
    option(
        "--jsonl",
        "jsonl_file",
        metavar="FILE",
        type=click.Path(allow_dash=True),
        help="Answer the requests in FILE, one JSON object per line; - is standard input.",
    ),
)
@takes_output("the output size")
def command(
    dialects: tuple[str, ...] | None,
    expect: tuple[Size, ...] | None,
    targets: tuple[str, ...] | None,
    macs: bool,
    jsonl_file: str | None,
    output: Output,
    **options: Any,
) -> int:
    """Print the output size of a transposed convolution.

    CALL is the code that creates the layer; it is parsed and never executed. Several calls, or what
    print(model) writes, are a network: each layer is printed in a table. CALL may be -, standard
    input. Without it, options describe the layer. Without --dialect, a word as --padding means
    keras, and a number torch.

    \b
    Examples:
      deconv shape --in 5x5 -k 3 -s 2 --padding valid
      deconv shape --in N 'nn.ConvTranspose1d(64, 32, 16, stride=8, padding=4)'
      deconv shape --in 5x5 -k 3 -s 2 -p 1 -D torch,keras
      deconv shape --in 5x5 -k 3 -s 2 -p 1 -D all
      deconv shape --in 5x5 -k 3 -s 2 -p same_upper -D onnx --targets all
      python -c '...; print(model)' | deconv shape --in 3x64x64 -
    """
    # One layer is the common case, and it should not pay for the other two.
    if jsonl_file is not None:
        from deconvcli.cli.jsonl import stream

        _refuse_beside(
            "--jsonl",
            {
                **options,
                "dialect": dialects,
                "expect": expect,
                "targets": targets,
                "macs": macs or None,
            },
        )
        stream(jsonl_file, output.file)
        return 0
    if dialects is not None and len(dialects) > 1:
        from deconvcli.cli.compare import report_comparison

        given = {"expect": expect, "targets": targets, "macs": macs or None}
        _refuse_beside("several dialects", given)
        output.show(report_comparison(options, dialects))
        return 0
    [dialect] = dialects or (None,)
    try:
        understood = read_request({**options, "dialect": dialect}).understand()
    except UsageError as error:
        if error.code != NETWORK:
            raise
        _refuse_beside("a whole network", {"targets": targets})
        return _show_network({**options, "dialect": dialect}, expect, output)
    except Refused as refused:
        from deconvcli.cli.changes import explain_refusal  # a search, which only a mistake needs

        explain_refusal(refused, expect)
        raise
    if targets is not None:
        from deconvcli.cli.targets import report_targets  # which most answers do not need

        _refuse_beside("--targets", {"expect": expect, "macs": macs or None})
        output.show(report_targets(understood, targets))
        return 0
    report = _report(understood, macs)
    if expect is not None:
        report, met = _compare_size(report, understood, expect)
        output.show(report)
        return 0 if met else 1
    output.show(report)
    return 0


def _show_network(
    options: Mapping[str, Any], expect: tuple[Size, ...] | None, output: Output
) -> int:
    """Print the table of a whole network, and return the exit code."""
    from deconvcli.cli.network import answer_options, report_network  # which a layer does not need

    answer = answer_options(options)
    report, met = report_network(answer, expect)
    # The layers before the error help people; -q prints an answer alone, and there is none.
    if answer.error is None or not output.quiet:
        output.show(report)
    if answer.error is not None:
        raise answer.error
    return 0 if met else 1


def _refuse_beside(mode: str, others: Mapping[str, Any]) -> None:
    """Refuse an option that this mode would silently ignore."""
    given = next((name for name, value in others.items() if value is not None), None)
    if given is not None:
        flag = OTHER_NAMES.get(given) or FLAGS.get(given) or f"--{given}"
        raise UsageError(f"{flag} has no effect with {mode}", help="leave one of them out.")


def _report(understood: Understood, macs: bool) -> Report:
    reading = understood.reading
    output = size_text(understood.shown_output)
    rows = [
        ("output", output),
        ("input", understood.input_text),
        ("full", f"{size_text(reading.layer.full_sizes(reading.spatial))} (before the crop)"),
        ("crop", _format_crop(reading)),
        *layer_rows(understood),
        *inert_rows(understood),
    ]
    rows += _list_minimum_sizes(understood) + (_list_costs(understood) if macs else [])
    return Report(
        "deconv.shape/1", output, [Fields(rows)], _data(understood, macs), reading.findings
    )


def _format_crop(reading: Reading) -> str:
    appends = any(crop < 0 for pair in reading.crop for crop in pair)
    more = ", negative appends" if appends else ""
    more += ", comes back at the other end" if reading.layer.circular else ""
    return f"{crop_text(reading.crop)} (begin:end{more})"


def _list_minimum_sizes(understood: Understood) -> list[tuple[str, str]]:
    """Return the smallest values of the letters that leave an output."""
    reading = understood.reading
    if any(isinstance(crop, Linear) for pair in reading.crop for crop in pair):
        from deconvcli.frameworks.symbols import find_smallest_letters  # a rare case

        smallest = find_smallest_letters(reading)
    else:
        pairs = zip(reading.spatial, reading.layer.axes, strict=True)
        letters = [(n, axis.smallest_input()) for n, axis in pairs if isinstance(n, Linear)]
        smallest = {}
        for n, minimum in letters:
            assert isinstance(minimum, int)  # the crop is numbers
            smallest[n.letter] = max(_smallest_letter(n, minimum), smallest.get(n.letter, 1))
    known = sorted(f"{letter} >= {minimum}" for letter, minimum in smallest.items())
    return [("for", ", ".join(known))] if known else []


def _smallest_letter(n: Linear, smallest: int) -> int:
    return max(1, -(-(smallest - n.offset) // n.factor))


def _list_costs(understood: Understood) -> list[tuple[str, str]]:
    """Return multiply-accumulates and parameters."""
    reading, (full, useful) = understood.reading, _count_macs(understood)
    macs = f"{_format_count(full)} full, {_format_count(useful)} useful after the crop"
    if not any(isinstance(n, Linear) for n in reading.spatial):
        share = 100 * reading.macs_useful / reading.macs if reading.macs else 100.0
        macs += f" ({share:.1f} %)"
    if isinstance(understood.open_batch, Linear):
        macs += f", for {understood.open_batch} = 1"
    total, in_bias = _count_parameters(understood)
    bias = f", {_format_count(in_bias)} of them bias" if in_bias else ", no bias"
    return [
        ("macs", macs),
        ("parameters", f"{_format_count(total)}{bias}"),
        ("channels", _format_channels(understood)),
    ]


def _count_macs(understood: Understood) -> tuple[int | str, int | str]:
    """Return (full, useful): numbers, or formulas with letters and the author's expressions."""
    reading = understood.reading
    if understood.unknown.keys() - {"bias"}:
        return understood.counts.write_macs(reading)
    if any(isinstance(n, Linear) for n in reading.spatial):
        return reading.macs_formula
    return reading.macs, reading.macs_useful


def _count_parameters(understood: Understood) -> tuple[int | str, int | str]:
    """Return (all, of the bias): numbers, or formulas with the author's expressions."""
    layer = understood.reading.layer
    if understood.unknown:
        return understood.counts.write_parameters(layer)
    return layer.parameter_count, layer.parameter_count - layer.weight_count


def _format_count(count: int | str) -> str:
    return count if isinstance(count, str) else f"{count:,}"


def _format_channels(understood: Understood) -> str:
    counts = understood.counts
    assumed = f" (not given: {', '.join(understood.assumed)})" if understood.assumed else ""
    return f"{counts.in_channels} -> {counts.out_channels}, groups {counts.groups}{assumed}"


def _data(understood: Understood, macs: bool) -> dict[str, Any]:
    reading = understood.reading
    data: dict[str, Any] = {
        "dialect": reading.spelling.name,
        "why": understood.why,
        "parameters": dict(understood.spelling.arguments),
        "input": understood.shown_input,
        "output": understood.shown_output,
        "input_shape": understood.input_shape,
        "output_shape": understood.output_shape,
        "full": reading.layer.full_sizes(reading.spatial),
        "crop": reading.crop,
        "circular": reading.layer.circular,
        "flipped": reading.flipped,
        "weight_shape": understood.weight_shape,
        **unknown_data(understood),
    }
    if macs:
        full, useful = _count_macs(understood)
        data["macs"] = {"full": full, "useful": useful}
        count, _ = _count_parameters(understood)
        is_known = isinstance(count, int)
        data["parameter_count"] = count if is_known else None
        data |= {} if is_known else {"parameter_formula": count}
    return data


def _compare_size(
    report: Report, understood: Understood, expect: tuple[Size, ...]
) -> tuple[Report, bool]:
    """Return the report with the expected size, and whether the known output has it."""
    reading = understood.reading
    forms = {len(shape): shape for shape in (understood.output_shape, understood.shown_output)}
    # Last: as many sizes as the layer has axes are the spatial ones, whatever form was shown.
    forms[len(reading.output_sizes)] = reading.output_sizes
    wanted = expect * len(reading.spatial) if len(expect) == 1 else expect
    if len(wanted) not in forms:
        raise UsageError(
            f"--expect has {len(expect)} sizes, the output {len(reading.output_sizes)}",
            help="give one size per spatial axis.",
            code="rank",
        )
    pairs = list(zip(forms[len(wanted)], wanted, strict=True))
    known = [(have, want) for have, want in pairs if not isinstance(have, Unknown)]
    open_pairs = [(have, want) for have, want in pairs if isinstance(have, Unknown)]
    met = all(have == want for have, want in known)
    [fields] = report.blocks
    assert isinstance(fields, Fields)
    verdict = _format_difference(known)
    if open_pairs:
        verdict += "; not compared: " + ", ".join(
            f"{have} with {want}" for have, want in open_pairs
        )
    row = ("expected", f"{size_text(wanted)}: {verdict}")
    data: dict[str, Any] = {**report.data, "expected": wanted, "met": met}
    if open_pairs:
        data["not_compared"] = [have.expression for have, _ in open_pairs]
    answer = report.answer if met else f"{report.answer} is not {size_text(wanted)}"
    rows = [*fields.rows, row]
    if not met and not open_pairs:
        from deconvcli.cli.changes import suggest_changes  # a search, which only a mistake needs

        suggested, data["changes"] = suggest_changes(reading, wanted)
        rows += suggested
    blocks = [Fields(rows)]
    return Report(report.schema, answer, blocks, data, report.findings), met


def _format_difference(pairs: list[tuple[Size, Size]]) -> str:
    """Return `yes`, or by how much the output, the first of each pair, differs."""
    if all(have == want for have, want in pairs):
        return "yes"
    by = ", ".join(_format_offset(have, want) for have, want in pairs)
    return f"no, the output differs by {by}"


def _format_offset(have: Size, want: Size) -> str:
    """Return the difference, if one number or one letter expresses it."""
    letters = {size.letter for size in (have, want) if isinstance(size, Linear)}
    if len(letters) > 1:
        return f"{have} for {want}"
    size = have - want
    return f"{size:+d}" if isinstance(size, int) else str(size)
