"""What becomes of a layer at a target: a framework, a runtime, an exporter or a converter.

A runtime that reads the same words, such as `onnx@opencv` those of ONNX, is judged by what it
makes of them, and a converter by what comes out of it. In another framework the layer is said
again, so that it is the same wherever it can be said.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import shorten
from deconvcli.frameworks.converter import Carried, Crop
from deconvcli.frameworks.converters import CONVERTERS
from deconvcli.frameworks.dialects import aliases, in_order, resolve_name, take
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import crop_text, size_text

FILE_FORMATS = ("onnx",)
"""Dialects of files: the name of a runtime alone means its reading of the same file."""
_SEPARATORS = str.maketrans("", "", "-_ ")


class Fate(StrEnum):
    """What becomes of a layer; the first is the only good one."""

    SAME = "same"
    SHIFTED = "shifted"
    OTHER_SIZE = "other size"
    MEANINGLESS = "meaningless"
    REFUSED = "refused"


class Judgement(NamedTuple):
    """A layer at a target.

    output_sizes, crop: what it gives there, in axis order; empty where it is refused. reason: what
    happens, as a clause that names the target; empty for the same layer. problems: the reason as a
    finding, or of the same layer what is different in spite of that, as the order of the taps.
    """

    target: str
    fate: Fate
    output_sizes: tuple[Size, ...] = ()
    crop: Crop = ()
    reason: str = ""
    problems: tuple[Diagnostic, ...] = ()


def resolve_target(name: str) -> str:
    """Return a target under its own name: a dialect, an implementation or a converter.

    Raises:
        UsageError: there is none of this name.
    """
    simple = name.lower().translate(_SEPARATORS)
    if (converter := _converter_names().get(simple)) is not None:
        return converter
    try:
        return resolve_name(name)
    except UsageError as error:
        if "@" in name:
            raise
        known = [*in_order(), *aliases(), *CONVERTERS.names]
        raise UsageError(
            f"target {shorten(name)} is not known",
            help=suggestion(name, known) or "`deconv shape LAYER --targets all` lists them.",
            code=error.code,
        ) from None


@cache
def _converter_names() -> dict[str, str]:
    """Return the names of converters without separators, and their other usual names."""
    found = {name.translate(_SEPARATORS): name for name in CONVERTERS.names}
    for name in CONVERTERS.names:
        for alias in CONVERTERS.take(name).aliases:
            found[alias.translate(_SEPARATORS)] = name
    return found


def list_targets(dialect: str) -> list[str]:
    """Return all targets, first those that read the words of this dialect."""
    own = take(dialect)[0].name
    near = _list_implementations(own)
    near += [name for name in CONVERTERS.names if CONVERTERS.take(name).takes == own]
    far = [*in_order(), *CONVERTERS.names]
    for name in FILE_FORMATS:
        far[far.index(name) : far.index(name) + 1] = _list_implementations(name)
    return [*near, *[name for name in far if (_find_words(own, name) or name) not in near]]


def _list_implementations(dialect: str) -> list[str]:
    return [dialect, *[f"{dialect}@{name}" for name in take(dialect)[0].implementations]]


def reads_words(reading: Reading, target: str) -> bool:
    """Return whether a target is judged by what it makes of the layer's own words."""
    own = reading.spelling.dialect
    if target in CONVERTERS.names:
        return CONVERTERS.take(target).takes == own
    return _find_words(own, target) != ""


def is_respelled(reading: Reading, target: str) -> bool:
    """Return whether a target is another framework, in whose words the layer is said again."""
    return target not in CONVERTERS.names and not _find_words(reading.spelling.dialect, target)


def is_measured(target: str) -> bool:
    """Return whether a target was run, and is not known from documents alone."""
    if target in CONVERTERS.names:
        return True
    dialect, implementation = take(target)
    return dialect.implementations.get(implementation, dialect.evidence).is_measured


def judge(reading: Reading, target: str) -> Judgement:
    """Return what becomes of a layer. target: a name as `resolve_target` returns it."""
    own = reading.spelling.dialect
    if is_respelled(reading, target):
        return judge_respelled(reading, target)
    words = _find_words(own, target)
    target = words or target
    try:
        if not words:
            return _compare(reading, target, _carry(reading, target))
        spelling = reading.spelling._replace(implementation=words.partition("@")[2])
        there = take(own)[0].read(spelling, reading.sizes)
    except DeconvError as error:
        return _refuse(error, target, _cite(target))
    return _judge_reading(reading, target, there)


def judge_respelled(reading: Reading, target: str) -> Judgement:
    """Return what becomes of a layer that is said in the words of a dialect."""
    try:
        there = respell(reading, target)
    except DeconvError as error:
        return _refuse(error, target, take(target)[0].source)
    return _judge_reading(reading, target, there)


def _refuse(error: DeconvError, target: str, source: str) -> Judgement:
    source = error.source or source
    problem = Diagnostic(error.code, Severity.WARNING, error.message, error.help, source)
    return Judgement(target, Fate.REFUSED, reason=error.message, problems=(problem,))


def _judge_reading(reading: Reading, target: str, there: Reading) -> Judgement:
    garbled = next((found.message for found in there.findings if found.differs), "")
    carried = Carried(there.output_sizes, there.crop, there.no_values or garbled)
    found = _compare(reading, target, carried)
    others = tuple([one for one in there.findings if one.severity is Severity.WARNING])
    # What else is said about a layer that is another one says the same in other words.
    return found._replace(problems=found.problems or others)


def _find_words(dialect: str, target: str) -> str:
    """Return the target's name where it reads the words of this dialect, else nothing."""
    name, at, _ = target.partition("@")
    if name == dialect:
        return target
    reads_files = dialect in FILE_FORMATS and not at
    return f"{dialect}@{name}" if reads_files and name in take(dialect)[0].implementations else ""


def _carry(reading: Reading, target: str) -> Carried:
    converter = CONVERTERS.take(target)
    if reading.answered is not None:
        # An implementation that gives some of the sizes alone says nothing about the others.
        plain = reading.spelling._replace(implementation="")
        reading = take(plain.dialect)[0].read(plain, reading.sizes)
    if reading.spelling.dialect != converter.takes:
        reading = respell(reading, converter.takes)
    return converter.carry(reading)


def _compare(reading: Reading, target: str, found: Carried) -> Judgement:
    """Return the judgement about a layer that the target accepts."""
    fate, reason = Fate.SAME, ""
    title = _write_title(target)
    sizes = f"{size_text(found.output_sizes)}, and {reading.spelling.name}"
    if found.no_values:
        fate, reason = Fate.MEANINGLESS, found.no_values
    elif found.output_sizes != reading.output_sizes:
        fate = Fate.OTHER_SIZE
        reason = f"{title} gives {sizes} {size_text(reading.output_sizes)}"
    elif found.crop != reading.crop:
        fate = Fate.SHIFTED
        reason = (
            f"{title} gives the same size, shifted{_write_shift(reading, found.crop)}: it crops"
            f" {crop_text(found.crop)}, and {reading.spelling.name} {crop_text(reading.crop)}"
        )
    help = "give the layer parameters that the target reads alike."
    if reading.spelling.dialect == "onnx":
        # Which of the dialects are loaded is up to the request.
        from deconvcli.frameworks.dialects.onnx.portability import suggest_pads

        help = suggest_pads(reading.layer)
    judgement = Judgement(target, fate, found.output_sizes, found.crop, reason)
    if not reason:
        return judgement
    problem = Diagnostic(_CODES[fate], Severity.WARNING, reason, help, _cite(target))
    return judgement._replace(problems=(problem,))


_CODES = {
    Fate.SHIFTED: "target-shifted",
    Fate.OTHER_SIZE: "target-size",
    Fate.MEANINGLESS: "target-values",
}


def _write_shift(reading: Reading, crop: Crop) -> str:
    """Return ` by 1`, or nothing where the axes differ in it or letters stand for numbers."""
    pairs = zip(crop, reading.crop, strict=True)
    shifts = {there[0] - here[0] for there, here in pairs} - {0}
    if len(shifts) != 1 or not isinstance(shift := shifts.pop(), int):
        return ""
    return f" by {abs(shift)} to the {'start' if shift > 0 else 'end'}"


def _write_title(target: str) -> str:
    return CONVERTERS.take(target).title if target in CONVERTERS.names else target


def _cite(target: str) -> str:
    """Return the measurement of a target, or the document of one that was not measured."""
    if target in CONVERTERS.names:
        return CONVERTERS.take(target).source
    dialect, implementation = take(target)
    evidence = dialect.implementations.get(implementation, dialect.evidence)
    return f"measured with {evidence.what}" if evidence.is_measured else dialect.source
