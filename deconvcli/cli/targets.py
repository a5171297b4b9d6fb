"""The report of `deconv shape --targets`: what each target makes of one layer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.cli.options import ALL
from deconvcli.common.values import format_count
from deconvcli.frameworks.request import Understood
from deconvcli.frameworks.targets import (
    Fate,
    Judgement,
    is_measured,
    judge,
    list_targets,
    reads_words,
)
from deconvcli.layers.layer import REVERSED_TAPS, Reading
from deconvcli.layers.text import crop_text, size_text
from deconvcli.views.answers.report import Block, Lines, Report, Table

SCHEMA = "deconv.shape.targets/1"
NEAR = "The same words, read or converted"
FAR = "The same layer, said in other words"
COLUMNS = ("target", "takes it", "output", "crop", "values")


def report_targets(understood: Understood, names: Sequence[str]) -> Report:
    """Return a row for each target; the layer itself is the first. names: or `all`."""
    reading = understood.reading
    own = reading.spelling.name
    listed = list_targets(reading.spelling.dialect) if list(names) == [ALL] else names
    judged = [judge(reading, name) for name in dict.fromkeys(listed) if name != own]
    head = f"{own}: {reading.spelling.text}, input {understood.input_text}"
    head += f", output {size_text(reading.output_sizes)}, crop {crop_text(reading.crop)}"
    blocks: list[Block] = [Lines([head])]
    near = [one for one in judged if reads_words(reading, one.target)]
    far = [one for one in judged if one not in near]
    for title, group in ((NEAR, near), (FAR, far)):
        if group:
            blocks.append(Table(title, COLUMNS, [_format(found) for found in group]))
            blocks += _list_reasons(group)
    unmeasured = [found.target for found in judged if not is_measured(found.target)]
    if unmeasured:
        blocks.append(Lines([f"from documents only, not measured: {', '.join(unmeasured)}"]))
    count = sum(found.fate is Fate.SAME for found in judged)
    blocks.append(Lines([f"{count} of {format_count(len(judged), 'target')}: the same values"]))
    data: dict[str, Any] = {
        "dialect": own,
        "parameters": dict(understood.spelling.arguments),
        "output": reading.output_sizes,
        "crop": reading.crop,
        "targets": [_describe(reading, found) for found in judged],
    }
    return Report(SCHEMA, size_text(understood.shown_output), blocks, data)


def _format(found: Judgement) -> tuple[str, ...]:
    if found.fate is Fate.REFUSED:
        return found.target, "no", "-", "-", "-"
    values = {
        Fate.SAME: "the same, with the taps reversed" if _is_reversed(found) else "the same",
        Fate.SHIFTED: "shifted",
        Fate.OTHER_SIZE: "other size",
        Fate.MEANINGLESS: "meaningless",
    }
    crop = "-" if found.fate is Fate.MEANINGLESS else crop_text(found.crop)
    return found.target, "yes", size_text(found.output_sizes), crop, values[found.fate]


def _is_reversed(found: Judgement) -> bool:
    return any(problem.code == REVERSED_TAPS for problem in found.problems)


def _list_reasons(group: Sequence[Judgement]) -> list[Block]:
    """Return the reasons, each once, after the names of its targets."""
    by_reason: dict[str, list[str]] = {}
    for found in group:
        if found.reason:
            source = "" if found.fate is Fate.REFUSED else f" ({found.problems[0].source})"
            by_reason.setdefault(f"{found.reason}{source}", []).append(found.target)
    lines = [
        text if text.startswith(names[0]) and len(names) == 1 else f"{', '.join(names)}: {text}"
        for text, names in by_reason.items()
    ]
    return [Lines(lines)] if lines else []


def _describe(reading: Reading, found: Judgement) -> dict[str, Any]:
    is_refused = found.fate is Fate.REFUSED
    return {
        "target": found.target,
        "fate": found.fate.value,
        "output": None if is_refused else found.output_sizes,
        "crop": None if is_refused or found.fate is Fate.MEANINGLESS else found.crop,
        "reversed_taps": _is_reversed(found),
        "measured": is_measured(found.target),
        "reason": found.reason or None,
        "help": next((problem.help for problem in found.problems), None),
        "source": next((problem.source for problem in found.problems), None),
    }
