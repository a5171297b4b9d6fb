"""Layers found the slow way: every combination is written as roles and read by its dialect."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.dialect.parameters import Form
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.wording import read_roles
from deconvcli.layers.layer import Reading, Sizes
from deconvcli.solver import Question
from deconvcli.solver.choices import Choice
from deconvcli.solver.ways import WORDS


class Row(NamedTuple):
    """The numbers of one axis; padding is a number, a pair, or the word of all axes."""

    kernel: int
    stride: int
    dilation: int
    padding: Any
    output_padding: int | None


def list_layers(question: Question, far: int) -> set[tuple[Row, ...]]:
    """Return all layers within the bounds that have the size, with paddings from -far to far."""
    found = set()
    for shared in _list_shared(question):
        columns = [
            [row for row in _list_rows(question, shared, place, far) if _fits(question, row, place)]
            for place in range(question.rank)
        ]
        for rows in product(*columns):
            reading = _read(question, rows, question.input, question.output)
            if reading and reading.output_sizes == question.output:
                found.add(rows)
    return found


def list_axis(question: Question, place: int, far: int) -> set[Row]:
    """Return all choices of one axis, which a layer has on all its axes alike."""
    return {
        row
        for shared in _list_shared(question)
        for row in _list_rows(question, shared, place, far)
        if _fits(question, row, place)
    }


def row_of(choice: Choice) -> Row:
    """Return a choice of the solver in the form of this file."""
    padding = choice.way.word or choice.padding
    return Row(choice.kernel, choice.stride, choice.dilation, padding, choice.output_padding)


def _list_shared(question: Question) -> Iterator[tuple[str, bool]]:
    """Yield (word, whether output_padding is a number): what all axes share."""
    dialect = take(question.dialect)[0]
    added = dialect.argument("output_padding")
    numbers = [False] if added is None else [True, False] if added.default is None else [True]
    yield from product(("", *_list_words(question)), numbers)


def _list_words(question: Question) -> list[str]:
    """Return the words that mean something of their own to the dialect."""
    dialect = take(question.dialect)[0]
    words: dict[Any, str] = {}
    for word in WORDS:
        for argument in dialect.arguments:
            if argument.takes("padding", Form.WORD):
                written = argument.phrase(Form.WORD, word, question.rank)
                reading = _read_one(question, Row(5, 3, 1, word, None), 40, 120)
                reading = reading or _read_one(question, Row(5, 3, 1, word, None), 40, 122)
                if reading is not None:
                    words.setdefault(str(written), word)
    return list(words.values())


def _list_rows(question: Question, shared: tuple[str, bool], place: int, far: int) -> Iterator[Row]:
    word, adds = shared
    limits = question.axis_bounds()[place]
    ranges = [range(first, last + 1) for first, last in limits[:3]]
    for kernel, stride, dilation in product(*ranges):
        added = range(max(stride, dilation)) if adds else [None]
        for padding, more in product([word] if word else _list_paddings(question, far), added):
            yield Row(kernel, stride, dilation, padding, more)


def _list_paddings(question: Question, far: int) -> list[Any]:
    pairs = [*product(range(-far, far + 1), repeat=2)]
    probe = Row(5, 3, 1, (1, 1), None)
    if any(_read_one(question, probe, 40, out) for out in (120, 121, 122)):
        return pairs
    return [*range(-far, far + 1)]


def _fits(question: Question, row: Row, place: int) -> bool:
    n, out = question.input[place], question.output[place]
    reading = _read_one(question, row, n, out)
    if reading is None or reading.output_sizes[0] != out:
        return False
    # The bound on appended zeros, without which there would be no end of pairs.
    least = -(max(row.stride, row.dilation) - 1)
    if not isinstance(row.padding, tuple):
        return True
    # A padding that the framework ignores states nothing.
    plain = _read_one(question, row._replace(padding=(0, 0)), n, out)
    is_ignored = row.padding[0] != 0 and plain and plain.crop[0][0] == reading.crop[0][0]
    return min(reading.crop[0]) >= least and not is_ignored


def _read_one(question: Question, row: Row, n: int, out: int) -> Reading | None:
    rank = question.rank
    return _read(question, (row,) * rank, (n,) * rank, (out,) * rank)


def _read(
    question: Question, rows: tuple[Row, ...], inputs: tuple[int, ...], outputs: tuple[int, ...]
) -> Reading | None:
    """Return the layer as its dialect reads it, at the requested size only where it has to be."""
    roles: dict[str, Any] = {
        "kernel": tuple(row.kernel for row in rows),
        "stride": tuple(row.stride for row in rows),
        "padding": rows[0].padding
        if isinstance(rows[0].padding, str)
        else tuple(row.padding for row in rows),
    }
    if any(row.dilation != 1 for row in rows):
        roles["dilation"] = tuple(row.dilation for row in rows)
    if rows[0].output_padding is not None:
        roles["output_padding"] = tuple(row.output_padding for row in rows)
    needs_size = take(question.dialect)[0].name in ("tensorflow", "tflite", "cudnn", "onednn")
    if needs_size:
        roles["output_size"] = outputs
    try:
        return read_roles(question.dialect, roles, Sizes(inputs))
    except DeconvError:
        return None
