"""Which array of a file is meant."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deconvcli.common.errors import UsageError
from deconvcli.common.files import format_path
from deconvcli.common.shelf import nearest
from deconvcli.common.values import format_count
from deconvcli.compute.arrayfiles._entry import ArrayFile, Entry

MOST_LISTED = 8
"""The largest number of arrays that an error lists."""


def choose_array(
    file: ArrayFile, name: str, what: str, fits: Callable[[tuple[int, ...]], bool]
) -> str:
    """Return the name of an array: the given one, the only one, or the only one whose shape fits.

    what: the array that is looked for, with its shape, for messages.

    Raises:
        UsageError: the file has no such array, or several.
        DeconvError: the array cannot be read.
    """
    chosen = _choose(file, name, what, fits)
    problem = file.entries[chosen].problem
    if problem is not None:
        raise problem
    return chosen


def _choose(file: ArrayFile, name: str, what: str, fits: Callable[[tuple[int, ...]], bool]) -> str:
    entries, path = file.entries, format_path(file.path)
    if name:
        if name in entries:
            return name
        close = nearest(name, list(entries))
        raise UsageError(
            f"{path}: has no array {name!r}"
            if "" not in entries
            else f"{path}: has one array, without a name, and {name!r} was asked for",
            help=f"did you mean {close!r}?" if close else _list_arrays(entries),
            code="array-name",
        )
    if len(entries) == 1:
        return next(iter(entries))
    if not entries:
        raise UsageError(f"{path}: has no arrays", help="name another file.", code="array-name")
    fitting = [key for key, one in entries.items() if one.problem is None and fits(one.shape)]
    if len(fitting) == 1:
        return fitting[0]
    example = fitting[0] if fitting else next(iter(entries))
    some, start = (fitting, "they are") if fitting else (entries, "the file has")
    listed = _list_arrays({key: entries[key] for key in some}, start)
    raise UsageError(
        f"{path}: {len(fitting) or 'none'} of its {format_count(len(entries), 'array')} can be"
        f" {what}",
        help=f"name one, as {path}:{format_path(example)}; {listed}",
        code="array-name",
    )


def _list_arrays(entries: Mapping[str, Entry], start: str = "the file has") -> str:
    """Return the arrays with their shapes, those with the most axes first, as kernels have many."""
    ordered = sorted(entries.items(), key=lambda pair: -len(pair[1].shape))
    shown = [f"{format_path(name) or 'the array'} {entry}" for name, entry in ordered[:MOST_LISTED]]
    more = [f"{len(ordered) - MOST_LISTED:,} more"] if len(ordered) > MOST_LISTED else []
    return f"{start} {', '.join([*shown, *more])}."
