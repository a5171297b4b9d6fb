"""The ways in which a dialect states a crop, found by asking it, never by its name.

A way is what all axes of a layer share: one word for the padding, or numbers for each axis; with
output_padding or without; with a requested size or without.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.wording import read_roles, word_role
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading, Sizes

WORDS = ("valid", "same", "same_upper", "same_lower", "circular")
"""The words for a padding that any framework has; a dialect is asked which of them it takes."""

# A layer that every framework has: what it answers tells how it takes paddings.
_KERNEL, _STRIDE, _INPUT = 5, 3, 40


class Way(NamedTuple):
    """One way of a dialect to state the crop of a layer.

    word: of the padding; empty where it is numbers. is_pair: whether these are (begin, end) for
    each axis. sign: the elements that an output gains with each element of padding: -1 where
    padding crops, 1 where it pads the input; 0 for a word. negative: whether numbers below 0 are
    accepted at the begin and at the end. adds: whether output_padding is a number; if not, it is
    left out. requests: whether the output's size is given. is_steady: whether each input more adds
    a stride; a word may crop by what remains of the input's division by the stride instead. bends:
    whether a padding beyond the kernel's span crops more, or less, than each element before it.
    """

    word: str = ""
    is_pair: bool = False
    sign: int = 0
    negative: tuple[bool, bool] = (False, False)
    adds: bool = False
    requests: bool = False
    is_steady: bool = True
    bends: bool = False


def read_way(
    name: str,
    way: Way,
    sizes: Sizes,
    rows: Mapping[str, tuple[Size, ...]],
    padding: tuple[Any, ...] = (),
    others: Mapping[str, Any] | None = None,
) -> Reading:
    """Return the layer that these numbers mean to a dialect.

    rows: for each axis kernel, stride, dilation, and where the way has them output_padding and
    output_size. padding: a number or (begin, end) for each axis; empty for a word.

    Raises:
        Refused: the framework refuses it.
        UsageError: the dialect has no such parameter.
    """
    roles: dict[str, Any] = {**(others or {}), **rows, "padding": way.word or padding}
    [channels] = roles.get("in_channels", (None,))
    sizes = sizes._replace(channels=channels)
    # Some frameworks have no dilation at all.
    if set(rows["dilation"]) == {1}:
        del roles["dilation"]
    return read_roles(name, roles, sizes)


def resolve_word(name: str, rank: int, word: str) -> str:
    """Return the word of `WORDS` that means the same to a dialect; the word itself if none does."""
    dialect, _ = take(name)
    written = _write_word(dialect, word, rank)
    same = (way.word for way in find_ways(name, rank) if way.word)
    return next((one for one in same if _write_word(dialect, one, rank) == written), word)


def _write_word(dialect: Dialect, word: str, rank: int) -> dict[str, Any]:
    with suppress(DeconvError):
        return word_role(dialect, "padding", word.lower(), rank)
    return {}


@cache
def find_ways(name: str, rank: int) -> tuple[Way, ...]:
    """Return the ways in which a dialect, or `dialect@implementation`, states layers of a rank."""
    dialect, _ = take(name)
    return tuple(_find_ways(dialect, name, rank))


def _find_ways(dialect: Dialect, name: str, rank: int) -> list[Way]:
    # A requested size adds no layer where output_padding can say it, or nothing has to.
    for requests in (False, True):
        words = [Way(word, requests=requests) for word in WORDS]
        numbers = [*_find_number_ways(name, rank, requests)]
        # Numbers that crop mean the same to all who read them, words do not. Where numbers pad the
        # input instead, or stand beside a requested size, words are what people write.
        crops_first = bool(numbers) and numbers[0].sign < 0 and not requests
        found = [*_keep_read(dialect, name, rank, numbers * crops_first + words + numbers)]
        if found:
            return found
    return []


def _keep_read(dialect: Dialect, name: str, rank: int, ways: Iterable[Way]) -> Iterator[Way]:
    """Yield the ways that the dialect reads, each with all it has of output_padding."""
    added = dialect.argument("output_padding")
    written = set()
    for own in ways:
        reading = _probe(name, own, rank)
        if reading is None:
            continue
        # `same` and `same_upper` are one word to some frameworks.
        text = reading.spelling.text if own.word else ""
        if text in written:
            continue
        written.add(text)
        own = own._replace(is_steady=own.requests or _is_steady(name, own, rank))
        if added is None or added.default is None:
            yield own
        if added is not None:
            yield own._replace(adds=True)


def _find_number_ways(name: str, rank: int, requests: bool) -> Iterator[Way]:
    """Yield the way to state numbers: (begin, end) where the dialect takes it, else one number."""
    for is_pair in (True, False):
        way = Way(is_pair=is_pair, requests=requests)
        one, more = (_probe(name, way, rank, (size, size)) for size in (1, 2))
        if one is None or more is None:
            continue
        sign = -1 if more.layer.axes[0].crop_begin > one.layer.axes[0].crop_begin else 1
        ends = ((-1, 1), (1, -1)) if is_pair else ((-1, -1), (-1, -1))
        begin, end = (_probe(name, way, rank, pair) is not None for pair in ends)
        bends = not is_pair and not requests and _bends(name, way, rank)
        yield way._replace(sign=sign, negative=(begin, end), bends=bends)
        return


def _bends(name: str, way: Way, rank: int) -> bool:
    """Return whether the paddings around the kernel's span do not all change the size alike."""
    paddings = range(_KERNEL - 2, _KERNEL + 2)
    readings = [_probe(name, way, rank, (padding, padding)) for padding in paddings]
    outs = [reading.numbers[0]["out"] for reading in readings if reading is not None]
    return len({after - before for before, after in pairwise(outs)}) > 1


def _is_steady(name: str, way: Way, rank: int) -> bool:
    """Return whether each input more adds a stride to the output."""
    sizes = [_INPUT + more for more in range(_STRIDE + 1)]
    readings = [_probe(name, way, rank, inputs=size) for size in sizes]
    beyond = {
        None if reading is None else reading.numbers[0]["out"] - _STRIDE * size
        for reading, size in zip(readings, sizes, strict=True)
    }
    return len(beyond) == 1


def _probe(
    name: str, way: Way, rank: int, padding: tuple[int, int] = (0, 0), inputs: int = _INPUT
) -> Reading | None:
    """Return a plain layer stated this way, None where the dialect does not take it."""
    rows = {"kernel": (_KERNEL,) * rank, "stride": (_STRIDE,) * rank, "dilation": (1,) * rank}
    value = (padding if way.is_pair else padding[0],) * rank
    full = (inputs - 1) * _STRIDE + _KERNEL
    # Of a requested size it is not known yet which are accepted with this padding.
    wanted = [full - sum(padding), inputs * _STRIDE] if way.requests else [0]
    for size in wanted:
        more = {"output_size": (size,) * rank} if way.requests else {}
        with suppress(DeconvError):
            return read_way(name, way, Sizes((inputs,) * rank), {**rows, **more}, value)
    return None
