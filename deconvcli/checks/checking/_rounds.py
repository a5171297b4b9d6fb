"""The findings of a repeated block: what several of its rounds share is one finding."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable

from deconvcli.checks.checking._verdict import CheckedFile
from deconvcli.common.findings import Diagnostic
from deconvcli.common.values import format_count

_IN_A_BLOCK = re.compile(r"\.layers\[\d+\]\.layers\[")
# The name of the layer, and the text before the first value or name in it.
_PARTS = re.compile(r"(?:(\S+): )?([^'\"\d\[]*)")


def merge_rounds(checked: CheckedFile) -> CheckedFile:
    """Return the file with the findings of a block's rounds as one, that of the first round.

    The text is written once, and so is the mistake.
    """
    rounds: defaultdict[Hashable, list[Diagnostic]] = defaultdict(list)
    seen: Counter[Hashable] = Counter()
    for found in checked.findings:
        key: Hashable = found
        if found.where is not None and _IN_A_BLOCK.search(found.where.path):
            parts = _PARTS.match(found.message)
            assert parts is not None
            layer, text = parts.groups()
            kind = found.code, found.where, text
            # A layer can have several findings of one kind, such as one for each of two targets;
            # a problem in how it is written names no layer, and is the only one of its kind.
            seen[layer, kind] += layer is not None
            key = kind, seen[layer, kind]
        rounds[key].append(found)
    findings, fixes = [], {}
    for [first, *others] in rounds.values():
        more = f", and in {format_count(len(others), 'more round')}" if others else ""
        merged = first._replace(message=first.message + more)
        findings.append(merged)
        known = [checked.fixes[each] for each in (first, *others) if each in checked.fixes]
        if known:
            fixes[merged] = known[0]
    return checked._replace(findings=tuple(findings), fixes=fixes)
