"""The sizes that a user gives, matched with the inputs of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten_list
from deconvcli.layers.text import size_text
from deconvcli.models.model import GivenSizes


def match_inputs(
    sizes: GivenSizes, stored: Mapping[str, Sequence[Any] | None]
) -> dict[str, Sequence[Any]]:
    """Return the given sizes by the names of the inputs; under no name they are the first one's.

    stored: the sizes in the file by input, None where it has none.

    Raises:
        UsageError: an input, or a number of axes, that does not exist.
    """
    found: dict[str, Sequence[Any]] = {}
    for given, shape in sizes.items():
        name = given or next(iter(stored), "")
        if name not in stored:
            raise UsageError(
                f"--size names the input {given!r}; the model has"
                f" {shorten_list(list(stored)) or 'no inputs'}",
                help="name one of these.",
                code="unknown-input",
            )
        own = stored[name]
        if own is not None and len(shape) != len(own):
            raise UsageError(
                f"--size gives {name} {len(shape)} sizes, the model {len(own)}:"
                f" {size_text(['?' if size is None else size for size in own])}",
                help="give all of them, with batch and channels.",
                code="rank",
            )
        found[name] = shape
    return found
