"""The ways in which a file reaches a call, and what ends one of them."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, TypeAlias

Ways: TypeAlias = Mapping[Hashable, Any]
"""What was chosen: for each function the call that reaches it, for each loop its item.

A parameter, as its function with its name, has no value there."""


class Fork(Exception):
    """A value depends on a choice that is still open."""

    def __init__(self, key: Hashable, choices: Sequence[Any]) -> None:
        super().__init__()
        self.key = key
        self.choices = choices


class Unreached(Exception):
    """The call is not reached with the item of a loop."""


class Exhausted(Exception):
    """The values take too many steps."""
