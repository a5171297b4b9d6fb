"""A dialect's identity, and its errors with the findings that belong to them."""

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


class Refusals:
    """The part of a dialect that identifies it and builds its errors.

    evidence: how the answers were verified; implementations: the same for each implementation.
    together: limits on all axes at once, checked before any axis is computed.
    empty: what implementations were seen to make of layers without elements, if they accept them.
    aliases, implementation_aliases: other usual names of the framework, and of implementations, in
    small letters and without `-`, `_` and spaces.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    implementation_aliases: ClassVar[Mapping[str, str]] = {}
    source: ClassVar[str]
    empty: ClassVar[str] = ""
    evidence: ClassVar[Evidence]
    implementations: ClassVar[Mapping[str, Evidence]] = {}
    together: ClassVar[tuple[Limit, ...]] = ()

    @property
    def is_measured(self) -> bool:
        """Whether the framework or an implementation was measured, not only documents read."""
        return self.evidence.is_measured or bool(self.implementations)

    @cached_property
    def documents_note(self) -> tuple[Diagnostic, ...]:
        """The note that accompanies every answer taken from documents alone."""
        if self.is_measured:
            return ()
        note = Diagnostic(
            "documents-only",
            Severity.NOTE,
            f"what {self.name} does is taken from its documents and was not measured:"
            f" {self.evidence.what}",
            f"compare one result with {self.title} itself before you rely on it.",
            self.source,
        )
        return (note,)

    def refuse(self, code: str, message: str, help: str, otherwise: str = "") -> NoReturn:
        """Refuse the layer with the framework's reason.

        otherwise: how an implementation was seen to behave instead.
        """
        raise Refused(
            f"{self.name}: {message}",
            help=help,
            code=code,
            findings=self._collect_notes(code, otherwise, self.source),
        )

    def check_together(self, numbers: Mapping[str, Any]) -> None:
        """Refuse numbers, each a list over all axes, that break a limit of the whole layer."""
        for limit in self.together:
            if not evaluate(limit.condition, numbers):
                self.refuse(limit.code, fill(limit.message, numbers), fill(limit.help, numbers))

    def _collect_notes(self, code: str, otherwise: str, source: str) -> tuple[Diagnostic, ...]:
        """Return the findings of a refusal: a note if an implementation was seen to accept it."""
        if not otherwise:
            return self.documents_note
        seen = Diagnostic(code, Severity.NOTE, otherwise, "", source, differs=True)
        return (seen, *self.documents_note)

    def not_expressible_error(self, reason: str, help: str) -> NotExpressible:
        """Return the error for a layer that this dialect cannot express."""
        return NotExpressible(
            f"{self.name} cannot express this layer: {reason}",
            help=help,
            findings=self.documents_note,
        )

    def build_refusal(self, broken: Broken, name: str, place: int, rank: int) -> Refused:
        """Return the error for a limit that does not hold on one axis."""
        axis = f"{axis_name(place, rank)}: " if rank > 1 else ""
        limit, numbers = broken.limit, broken.numbers
        otherwise = fill(limit.otherwise, numbers) if limit.otherwise else ""
        if not otherwise and 0 in (numbers.get("n"), numbers.get("k")):
            otherwise = self.empty
        refused = Refused(
            f"{name}: {axis}{fill(limit.message, numbers)}",
            help=fill(limit.help, numbers),
            code=limit.code,
            findings=self._collect_notes(limit.code, otherwise, limit.source or self.source),
            # If an implementation is an exception to the limit, its finding has the source.
            source="" if otherwise else limit.source,
        )
        refused.place, refused.stride = place, numbers["s"]
        return refused

    def describe_crop(self, layer: Layer) -> str:
        """Return the crops of a layer as a clause for a message."""
        crops = [(axis.crop_begin, axis.crop_end) for axis in layer.axes]
        if len(set(crops)) == 1:
            return f"it crops {crops[0][0]} at the start and {crops[0][1]} at the end"
        return f"it crops {', '.join(f'{begin}:{end}' for begin, end in crops)} (begin:end)"


def collect_findings(notes: list[tuple[Limit, dict[str, Any]]]) -> tuple[Diagnostic, ...]:
    """Return one warning for each deviation, however many axes show it."""
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


_TWICE = re.compile(r"\b([a-z]+) \1\b")
_BRACED = re.compile(r"\{([^{}]*)\}")


def generalize(limit: Limit) -> Diagnostic:
    """Return a limit as a note about every layer that breaks it, with letters for numbers."""
    texts = (limit.otherwise or limit.message, limit.help)
    # `stride {stride}` would be the stride twice.
    message, help = (_TWICE.sub(r"\1", _BRACED.sub(r"\1", text)) for text in texts)
    differs = bool(limit.otherwise)
    return Diagnostic(
        limit.code, Severity.NOTE, message, help, source=limit.source, differs=differs
    )
