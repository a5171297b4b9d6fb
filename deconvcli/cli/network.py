"""The report of `deconv shape` about a whole network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.cli.request import FLAGS, NAMES
from deconvcli.common.errors import UsageError
from deconvcli.layers.axis import Size
from deconvcli.layers.text import size_text
from deconvcli.networks.pasted.answer import NetworkAnswer, answer_network
from deconvcli.networks.pasted.network import read_network
from deconvcli.views.answers.report import Block, Fields, Lines, Report, Table


def answer_options(options: Mapping[str, Any]) -> NetworkAnswer:
    """Return what the pasted network makes of the input.

    Raises:
        UsageError: the text or the input cannot be read, or an option is of a single layer.
    """
    role = next((role for role in FLAGS if options[role] is not None), None)
    if role is not None:
        raise UsageError(
            f"{FLAGS[role]} has no effect on a whole network", help="write it into the layer."
        )
    pasted = read_network(options["call"], options["dialect"], options["variables"] or {})
    return answer_network(pasted, options["input_size"], NAMES)


def report_network(answer: NetworkAnswer, expect: tuple[Size, ...] | None) -> tuple[Report, bool]:
    """Return the table of a network, and whether its output has the expected size."""
    rows = [("input", size_text(answer.input_shape)), ("dialect", answer.dialect)]
    data = _data(answer)
    met, text = True, ""
    if answer.output_shape is not None:
        text = size_text(answer.output_shape)
        rows.insert(0, ("output", text))
        if expect is not None:
            # As for one layer, a single number is the size of each spatial axis.
            expect = expect * min(answer.forms) if len(expect) == 1 else expect
            met = _find_form(answer, len(expect)) == expect
            rows.append(("expected", f"{size_text(expect)}: {'yes' if met else 'no'}"))
            data |= {"expected": expect, "met": met}
            text = text if met else f"{text} is not {size_text(expect)}"
    head, *cells = answer.cells
    blocks: list[Block] = [Fields(rows), Table("", head, cells)]
    blocks += [Lines(answer.notes)] if answer.notes else []
    return Report("deconv.shape.network/1", text, blocks, data), met


def _find_form(answer: NetworkAnswer, length: int) -> tuple[Size, ...]:
    """Return the output with so many sizes: without channels, with them, or with a batch."""
    if length not in answer.forms:
        lengths = " or ".join(map(str, answer.forms))
        raise UsageError(
            f"--expect has {length} sizes, the output {lengths}",
            help="give the spatial sizes, or these with the channels.",
            code="rank",
        )
    return answer.forms[length]


def _data(answer: NetworkAnswer) -> dict[str, Any]:
    error = answer.error
    failure = error and {
        "layer": answer.failed,
        "code": error.code,
        "message": error.message,
        "help": error.help,
    }
    return {
        "dialect": answer.dialect,
        "input": answer.input_shape,
        "output": answer.output_shape,
        "layers": [layer._asdict() for layer in answer.layers],
        "parameters": answer.parameters,
        "macs": answer.macs,
        "notes": answer.notes,
        "error": failure,
    }
