"""How often each rule was broken, the most frequent first."""

from __future__ import annotations

from collections import Counter

from deconvcli.checks.checking import Verdict
from deconvcli.checks.rules import rules
from deconvcli.views.answers.renderers.text import columns_text


def report(verdict: Verdict) -> str:
    """Return the number of findings of each code, with the rule's name, and the summary."""
    counts = Counter(found.code for found in verdict.findings)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    width = len(str(max(counts.values(), default=0)))
    rows = [
        (f"{count:>{width}}", code, rules()[code][0].replace("_", "-")) for code, count in ordered
    ]
    return "\n".join([*columns_text(rows), verdict.summary])
