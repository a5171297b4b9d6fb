"""Every error that a user can meet.

The message has what was given and what is allowed, the help has what to do.
"""

from __future__ import annotations

from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Where

# The code of the error for a text that is no single layer, which some commands read as a network.
NETWORK = "pasted-network"


class DeconvError(Exception):
    """Base of the family. `code` is stable, `message` stands alone, `help` is one action.

    findings: further facts, such as an implementation that was seen to behave differently. source:
    the measurement that shows a framework's refusal, if no rule of its own does. where: the place
    in a document, if there is one.
    """

    default_code: ClassVar[str] = "error"

    def __init__(
        self,
        message: str,
        *,
        help: str,
        code: str | None = None,
        findings: tuple[Diagnostic, ...] = (),
        source: str = "",
        where: Where | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.code = code or self.default_code
        self.findings = findings
        self.source = source
        self.where = where

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle and copy rebuild it: with all its fields, not through __init__.

        By default an exception is rebuilt from its `args`, which lack the keyword arguments. A
        process pool that cannot unpickle an error waits forever.
        """
        return _without_init, (type(self), self.args), self.__dict__

    def __str__(self) -> str:
        source = f"\n  source: {self.source}" if self.source else ""
        return f"{self.message}\n  help: {self.help}{source}"


def _without_init(family: type[DeconvError], args: tuple[object, ...]) -> DeconvError:
    """Return an error of this class whose fields are still to be filled in."""
    return family.__new__(family, *args)


class UsageError(DeconvError):
    """The request cannot be understood: a bad word, size or option."""

    default_code = "usage"


class Refused(DeconvError):
    """The request is clear and the framework would refuse this layer.

    place, stride: the spatial axis that it refuses, if it is one, and the stride there. layer: its
    parameters and sizes, where somebody may look for another layer.
    """

    default_code = "refused"
    place: int | None = None
    stride: int = 1
    layer: Any = None


class NotExpressible(DeconvError):
    """The layer exists, but this dialect cannot express it."""

    default_code = "not-expressible"


class NotLinear(DeconvError):
    """A symbolic size has no single formula a*n + b here."""

    default_code = "not-linear"


class Unreadable(DeconvError):
    """A file cannot be read or written."""

    default_code = "unreadable"


class OutOfMemory(DeconvError):
    """The work would not fit in memory; the figures are in the message."""

    default_code = "memory"
