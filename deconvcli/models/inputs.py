"""The sizes that a user gives, matched with the inputs of a model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten_list
from deconvcli.layers.text import size_text
from deconvcli.models.model import GivenSizes, Sizes, write_sizes

SAMPLE = 32
"""What an open size is where a layer is read as an example."""


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
                f"--size gives {name} {len(shape)} sizes, the model {len(own)}: {write_sizes(own)}",
                help="give all of them, with batch and channels.",
                code="rank",
            )
        found[name] = shape
    return found


def require_stored_sizes(sizes: GivenSizes, stored: Mapping[str, Sizes | None], title: str) -> None:
    """Refuse given sizes that are not those in a file whose sizes are read, and not computed.

    Raises:
        UsageError: a size is another one; or an input, or a number of axes, does not exist.
    """
    for name, shape in match_inputs(sizes, stored).items():
        own = stored[name]
        if own is not None and any(size != one for size, one in zip(shape, own, strict=True)):
            raise UsageError(
                f"--size gives {name} {size_text(shape)}; the file stores {write_sizes(own)}, and"
                f" sizes of {title} are read, not computed",
                help="convert the model for this size, or check the model that it was made of.",
                code="fixed-size",
            )
