"""Errors for text that is no transposed convolution, each with what to paste instead."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.errors import UsageError


def explain_unknown_call(call: str, dialect: str | None, owners: Sequence[str]) -> UsageError:
    """Return the error for a call that no dialect has, or not the named one.

    owners: the dialects that have it.
    """
    if owners:
        having = f"{' and '.join(owners)} {'has' if len(owners) == 1 else 'have'} it"
        named = "name that one" if len(owners) == 1 else "name one of these"
        help = f"{having}: leave the dialect out, or {named}."
    else:
        help = (
            "paste one such as nn.ConvTranspose2d(...), Conv2DTranspose(...) or"
            " tf.nn.conv2d_transpose(...), or give options."
        )
    return UsageError(
        f"{call!r} is not a transposed convolution of {dialect or 'any dialect here'}",
        help=help,
        code="pasted-call",
    )
