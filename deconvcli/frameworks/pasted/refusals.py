"""Texts that are no single layer of Python, and the errors that say so."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from warnings import catch_warnings, simplefilter

from deconvcli.common.errors import NETWORK, UsageError

# A layer that Keras serialized with indentation takes about 3,000.
MAX_CALL_CHARACTERS = 10_000


@contextmanager
def refuse_unreadable(text: str, most: int = MAX_CALL_CHARACTERS) -> Iterator[None]:
    """Return a context in which text that Python cannot parse is a UsageError.

    most: how many characters are accepted.
    """
    if len(text) > most:
        raise unclear(f"{len(text)} characters are too many for one call")
    try:
        with catch_warnings():
            simplefilter("ignore")  # Python warns about text such as `3or 4`
            yield
    except SyntaxError as error:
        if error.msg.startswith("Exceeds the limit"):  # CPython's, for integers
            raise unclear("it holds a number that is too long") from error
        place = f" at column {error.offset}" if error.offset else ""
        raise unclear(f"it is not Python{place}: {error.msg}") from error
    # CPython 3.11 raises MemoryError for 9,000 signs in a row, RecursionError for 4,500 attributes.
    except (RecursionError, MemoryError, ValueError) as error:
        raise unclear("it is nested too deeply or holds a number that is too long") from error


def unclear(why: str, help: str = "") -> UsageError:
    """Return the error for a text that is no single layer."""
    return UsageError(
        f"the pasted layer cannot be read: {why}",
        help=help
        or "paste one call, such as 'nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)'.",
        code="pasted-call",
    )


def refuse_unpacking(node: ast.expr, stars: str = "") -> UsageError:
    return unclear(
        f"the values in {stars}{ast.unparse(node)} are only in your program",
        "write them into the call.",
    )


def refuse_network(why: str, layers: Sequence[str]) -> UsageError:
    """Return the error for a text with several layers. layers: the transposed convolutions."""
    listed = ", ".join(layers[:4]) + (" ..." if len(layers) > 4 else "")
    choice = f"paste one layer alone: {listed}" if layers else "paste one transposed convolution"
    return UsageError(
        f"the pasted text is a whole network: {why}",
        help=f"{choice}; deconv shape, or deconvcli.network in Python, gives the size of each.",
        code=NETWORK,
    )
