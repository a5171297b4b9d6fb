"""The error of kernels that cannot be compiled; a module of its own, which imports no Numba."""

from __future__ import annotations

MAX_MESSAGE_CHARACTERS = 200
"""Characters of a compiler's message that are shown."""


class NotCompiled(Exception):
    """Numba is installed but could not compile a kernel; the cause is the compiler's own error."""


def format_in_a_line(error: BaseException) -> str:
    """Return an error's type and the start of its message in one line; some are pages long."""
    text = " ".join(str(error).split())
    shown = text if len(text) <= MAX_MESSAGE_CHARACTERS else f"{text[:MAX_MESSAGE_CHARACTERS]}..."
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__
