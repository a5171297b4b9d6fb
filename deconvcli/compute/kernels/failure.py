"""Why the compiled kernels cannot be used here; known without importing what compiles them."""

from __future__ import annotations

LONGEST = 200
"""Characters of a compiler's message in one line."""


class NotCompiled(Exception):
    """Numba is here and could not compile a kernel; the cause is the compiler's own error."""


def in_a_line(error: BaseException) -> str:
    """Return the kind of an error and the start of its message, which may be pages long."""
    text = " ".join(str(error).split())
    shown = text if len(text) <= LONGEST else f"{text[:LONGEST]}..."
    return f"{type(error).__name__}: {shown}" if shown else type(error).__name__
