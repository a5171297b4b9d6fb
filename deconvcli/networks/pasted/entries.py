"""The layers of a pasted text, in the order in which they stand there."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.common.errors import NETWORK, UsageError
from deconvcli.frameworks.pasted.python_call import PythonCall

MAX_LAYERS = 2_000
MAX_DEPTH = 60
# What holds layers and is executed in the order of its lines.
PLAIN_CONTAINERS = frozenset(("Sequential", "OrderedDict", "HybridSequential", "Sequence"))


class Entry(NamedTuple):
    """One layer: its name, its class as written, the call that makes it, its line in the text.

    call: None where the class is unknown and its arguments cannot be read. inputs: the names of
    the layers that it takes, where the text has them; None for the layer before it. column: the
    offset of the call in its line, in bytes.
    """

    name: str
    type: str
    call: PythonCall | None
    line: int
    inputs: tuple[str, ...] | None = None
    column: int = 0


class Listing(NamedTuple):
    """The layers of a text.

    is_registered: whether they stand in the order in which a class registers them, so that only
    its code has the order of execution. own: the paths of classes of the program's own that hold
    layers; the empty path is the whole model. declared: the shape of the input that the text
    states, without the batch and with None for an open size. used: the variables that were needed.
    """

    entries: tuple[Entry, ...]
    is_registered: bool = False
    declared: tuple[int | None, ...] | None = None
    used: frozenset[str] = frozenset()
    own: frozenset[str] = frozenset()


def unreadable(why: str, help: str = "") -> UsageError:
    """Return the error for a text that is no readable network."""
    return UsageError(
        f"the pasted network cannot be read: {why}",
        help=help or "paste all that print(model) writes, or the calls that create the layers.",
        code=NETWORK,
    )


def too_many() -> UsageError:
    """Return the error for a network with too many layers."""
    return unreadable(f"it has more than {MAX_LAYERS:,} layers", "paste a part of it.")
