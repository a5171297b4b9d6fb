"""What a dialect answers where it has no layer to give: refusals, and who says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any, ClassVar, NoReturn

from deconvcli.common.errors import NotExpressible, Refused
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import axis_name
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.layers.arithmetic import Broken, Limit, evaluate, fill
from deconvcli.layers.layer import Layer


class Answers:
    """Who the dialect is, and its errors with the findings that belong to them.

    evidence: who says so, for the dialect itself and for each of its implementations.
    together: what is demanded of all axes at once, before any of them is computed.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    source: ClassVar[str]
    evidence: ClassVar[Evidence]
    implementations: ClassVar[Mapping[str, Evidence]] = {}
    together: ClassVar[tuple[Limit, ...]] = ()

    @property
    def is_measured(self) -> bool:
        """Whether the framework, or an implementation of it, was asked and not only its text."""
        return self.evidence.is_measured or bool(self.implementations)

    @cached_property
    def unverified(self) -> tuple[Diagnostic, ...]:
        """The note that goes with every answer which is taken from documents alone."""
        if self.is_measured:
            return ()
        note = Diagnostic(
            "documents-only",
            Severity.NOTE,
            f"what {self.name} does is taken from its documents and was not measured:"
            f" {self.evidence.what}",
            f"hold one result against {self.title} itself before you rely on it.",
            self.source,
        )
        return (note,)

    def refuse(self, code: str, message: str, help: str, otherwise: str = "") -> NoReturn:
        """End the reading with the framework's reason; `otherwise`: what was seen instead."""
        raise Refused(
            f"{self.name}: {message}",
            help=help,
            code=code,
            findings=self._seen(code, otherwise, self.source),
        )

    def hold_together(self, numbers: Mapping[str, Any]) -> None:
        """Refuse numbers, a list of them for all axes, that break a limit of the whole layer."""
        for limit in self.together:
            if not evaluate(limit.condition, numbers):
                self.refuse(limit.code, fill(limit.message, numbers), fill(limit.help, numbers))

    def _seen(self, code: str, otherwise: str, source: str) -> tuple[Diagnostic, ...]:
        """What goes with a refusal that an implementation was seen not to make."""
        if not otherwise:
            return self.unverified
        seen = Diagnostic(code, Severity.NOTE, otherwise, "", source, differs=True)
        return (seen, *self.unverified)

    def no_words(self, reason: str, help: str) -> NotExpressible:
        """The error for a layer that this dialect cannot say."""
        return NotExpressible(
            f"{self.name} cannot say this layer: {reason}", help=help, findings=self.unverified
        )

    def broken(self, broken: Broken, name: str, place: int, rank: int) -> Refused:
        """The refusal for a limit that does not hold on one axis."""
        axis = f"{axis_name(place, rank)}: " if rank > 1 else ""
        limit, numbers = broken.limit, broken.numbers
        otherwise = fill(limit.otherwise, numbers) if limit.otherwise else ""
        return Refused(
            f"{name}: {axis}{fill(limit.message, numbers)}",
            help=fill(limit.help, numbers),
            code=limit.code,
            findings=self._seen(limit.code, otherwise, limit.source),
            # Of a limit with an exception, the source is the exception's.
            source="" if limit.otherwise else limit.source,
        )

    def cropped(self, layer: Layer) -> str:
        """The crops of a layer as a reason gives them."""
        crops = [(axis.crop_begin, axis.crop_end) for axis in layer.axes]
        if len(set(crops)) == 1:
            return f"it crops {crops[0][0]} before and {crops[0][1]} behind"
        return f"it crops {', '.join(f'{begin}:{end}' for begin, end in crops)} (begin:end)"


def findings_of(notes: list[tuple[Limit, dict[str, Any]]]) -> tuple[Diagnostic, ...]:
    """One warning for each deviation, however many axes show it."""
    found: dict[str, Diagnostic] = {}
    for limit, numbers in notes:
        found.setdefault(
            limit.code,
            Diagnostic(
                code=limit.code,
                severity=Severity.WARNING,
                message=fill(limit.message, numbers),
                help=fill(limit.help, numbers),
                source=limit.source,
                differs=bool(limit.otherwise),
            ),
        )
    return tuple(found.values())


_BRACED = re.compile(r"\{([^{}]*)\}")


def in_general(limit: Limit) -> Diagnostic:
    """What a limit says of every layer that breaks it: with letters in place of numbers."""
    texts = (limit.otherwise or limit.message, limit.help)
    message, help = (_BRACED.sub(r"\1", text) for text in texts)
    differs = bool(limit.otherwise)
    return Diagnostic(
        limit.code, Severity.NOTE, message, help, source=limit.source, differs=differs
    )
