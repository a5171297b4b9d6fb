"""Calls of frameworks that have no dialect here: one file per framework, found by a shelf.

Each is read in the parameters of the dialect that computes the same, and the answer names both.
"""

from __future__ import annotations

from functools import cache

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import Shelf
from deconvcli.frameworks.pasted.borrowed._call import Borrowed
from deconvcli.frameworks.pasted.python_call import PythonCall

FRAMEWORKS: Shelf[tuple[Borrowed, ...]] = Shelf(
    "deconvcli.frameworks.pasted.borrowed", "CALLS", "framework"
)
# Searched first: a bare Deconvolution2D(8, 4, 4) fits Chainer's too.
_PREFERRED = ("keras1",)


@cache
def list_calls() -> tuple[Borrowed, ...]:
    """Return the calls of all frameworks, in the order in which they are searched."""
    names = [*_PREFERRED, *(name for name in FRAMEWORKS.names if name not in _PREFERRED)]
    return tuple(call for name in names for call in FRAMEWORKS.take(name))


def find_borrowed(
    call: PythonCall, *, whole: bool, alone: bool = False
) -> tuple[Borrowed, PythonCall] | None:
    """Return another framework's call of this name and its translation, if there is any.

    whole: whether the call's module names the framework; else its arguments have to fit. alone:
    whether they may fit one framework only.

    Raises:
        UsageError: they fit several.
    """
    ranks = [(borrowed, borrowed.find_rank(call.name, whole=whole)) for borrowed in list_calls()]
    named = [(borrowed, rank) for borrowed, rank in ranks if rank is not None]
    # Keras 2 calls its layer as Keras 1 does, with other parameters.
    fitting = [pair for pair in named if pair[0].fits(call)]
    if alone and len({borrowed.title for borrowed, _ in fitting}) > 1:
        last = call.name.rpartition(".")[2]
        homes = [borrowed.paths[0].rpartition(".")[0] for borrowed, _ in fitting]
        raise UsageError(
            f"{call.name} fits {' and '.join(borrowed.title for borrowed, _ in fitting)}, whose"
            " defaults differ",
            help=f"write {' or '.join(f'{home}.{last}' for home in homes)}.",
            code="pasted-call",
        )
    for borrowed, rank in fitting or (named if whole else []):
        return borrowed, borrowed.translate(call, rank)
    return None


def list_names() -> list[str]:
    """Return every dotted name."""
    return [
        path.replace("{n}", str(rank))
        for borrowed in list_calls()
        for path in borrowed.paths
        for rank in ((1, 2, 3) if "{n}" in path else (0,))
    ]


__all__ = ["Borrowed", "find_borrowed", "list_calls", "list_names"]
