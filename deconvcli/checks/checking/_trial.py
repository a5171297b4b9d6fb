"""Whether an edit has fixed its findings: they are gone, and nothing has taken their place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from deconvcli.checks.checking._verdict import CheckedFile
from deconvcli.checks.rules import RULES, rules
from deconvcli.common.findings import Diagnostic, Severity


class Trial(NamedTuple):
    """The check of a text, and a check of edited texts, which are compared with it.

    Both know the errors of rules that are not selected, too.
    """

    before: CheckedFile
    check: Callable[[str], CheckedFile]

    def is_fixed(self, fixed: Sequence[Diagnostic], text: str) -> bool:
        """Return whether these findings are gone from a text, and nothing has taken their place."""
        checked = self.check(text)
        before, after = self.before.findings, checked.findings
        # An error hides others below it, which would seem to be fixed: a layer that fails those
        # that take its output, and an unreadable file everything.
        if checked.sized < self.before.sized or checked.unsized > self.before.unsized:
            return False
        if any(found.code == RULES.take("unreadable").code for found in after):
            return False
        # Both must count fewer: an edit can move the same message to another line, or leave the
        # problem at its place with other numbers, as in the next round of a block.
        for key in (_message_key, _place_key):
            allowed = Counter(map(key, before)) - Counter(map(key, fixed))
            left = Counter(map(key, after))
            if any(left[key(found)] > allowed[key(found)] for found in fixed):
                return False
        if any(map(is_error, fixed)):
            # Without an error others may show that it hid, but there must be no more than before.
            return sum(map(is_error, after)) <= sum(map(is_error, before))
        # A note requests nothing, so it may appear where a warning was.
        least = max(found.severity.rank for found in fixed)
        counts = [
            Counter(_place_key(found) for found in findings if found.severity.rank <= least)
            for findings in (after, before)
        ]
        return counts[0] <= counts[1]


def _message_key(found: Diagnostic) -> tuple[str, str]:
    return found.code, found.message


def _place_key(found: Diagnostic) -> tuple[str, str]:
    return found.code, found.where.path if found.where else ""


def is_error(found: Diagnostic) -> bool:
    """Return whether the rule itself calls it an error, whatever the settings say."""
    return rules()[found.code][1].severity is Severity.ERROR
