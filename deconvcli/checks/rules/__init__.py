"""The shelf of rules: one file a rule, whose docstring is the page of `deconv rule CODE`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache

from deconvcli.checks.rules._rule import Rule, Subject, Walked, subject
from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.shelf import Shelf, suggestion
from deconvcli.networks.graph import NodeOutcome
from deconvcli.networks.operations import take as operation

__all__ = [
    "RULES",
    "Rule",
    "Subject",
    "Walked",
    "coded",
    "findings",
    "page",
    "rules",
    "subject",
    "take",
]

RULES: Shelf[Rule] = Shelf("deconvcli.checks.rules", "RULE", "rule")

# Layers of a network: to find fixes, it is walked again and again.
LARGEST_BLAMED = 300
# What nobody claims is a value that the layer's framework does not take.
_OTHERWISE = "illegal_value"


@cache
def rules() -> dict[str, tuple[str, Rule]]:
    """Return (name, rule) by code, in the order of the codes.

    Raises:
        ValueError: two rules have one code.
    """
    found: dict[str, tuple[str, Rule]] = {}
    for name in RULES.names:
        rule = RULES.take(name)
        # Codes stand in settings, comments and reports: a second rule would take over the first's.
        if rule.code in found:
            other, _ = found[rule.code]
            raise ValueError(
                f"the rules {other} and {name} both have the code {rule.code}; change one of them"
            )
        found[rule.code] = name, rule
    return dict(sorted(found.items()))


def take(code: str) -> tuple[str, Rule]:
    """(name, rule) of a code in any case, or of a rule's name.

    Raises:
        UsageError: there is none.
    """
    known = rules()
    by_name = {name: code for code, (name, _) in known.items()}
    wanted = by_name.get(code.lower().replace("-", "_"), code.upper())
    if wanted not in known:
        names = [*known, *(name.replace("_", "-") for name in by_name)]
        raise UsageError(
            f"rule {code[:60]!r} is not known", help=suggestion(code, names), code="unknown-rule"
        )
    return known[wanted]


def page(name: str) -> str:
    """What, why, example, fix and source."""
    RULES.take(name)
    return (sys.modules[f"{RULES.package}.{name}"].__doc__ or "").strip()


@cache
def _claims() -> dict[str, Rule]:
    """Return the rule for each code of an error in reading or walking.

    Raises:
        ValueError: two rules claim one of them.
    """
    found: dict[str, Rule] = {}
    for _, rule in rules().values():
        for claim in rule.claims:
            if claim in found:
                raise ValueError(f"{found[claim].code} and {rule.code} both claim {claim!r}")
            found[claim] = rule
    return found


def coded(found: Diagnostic) -> Diagnostic:
    """A finding of reading or walking under the code of the rule that stands for it."""
    rule = _claiming(found.code)
    return found._replace(code=rule.code, severity=rule.severity)


def _claiming(slug: str) -> Rule:
    return _claims().get(slug) or RULES.take(_OTHERWISE)


def findings(asked: Subject) -> Iterator[Diagnostic]:
    """Everything that the rules find in a config."""
    yield from map(coded, asked.config.problems)
    for walked in asked.networks:
        failed = [outcome for outcome in walked.outcomes if outcome.error is not None]
        most = asked.most_blamed if len(walked.outcomes) <= LARGEST_BLAMED else 0
        for outcome in failed[:most]:
            yield _blamed(asked, walked, outcome)
        for outcome in failed[most:]:
            yield _of_outcome(asked, walked, outcome)
    for _, rule in rules().values():
        yield from rule.check(asked)


def _of_outcome(asked: Subject, walked: Walked, outcome: NodeOutcome) -> Diagnostic:
    """The error of one layer, at the key that it speaks of."""
    error = outcome.error
    assert error is not None
    where = asked.config.document.where(_path(asked, walked, outcome, error))
    message = f"{outcome.node.name}: {error.message}"
    return coded(Diagnostic(error.code, Severity.ERROR, message, error.help, error.source, where))


def _blamed(asked: Subject, walked: Walked, outcome: NodeOutcome) -> Diagnostic:
    """With the layers above that are to blame, and with fixes that were tried."""
    # What looks for them takes 20 ms to import, and most files have no failure.
    from deconvcli.checks.rules._blame import blamed

    found = _of_outcome(asked, walked, outcome)
    return blamed(asked.config.document, walked, outcome, found)


def _path(
    asked: Subject, walked: Walked, outcome: NodeOutcome, error: DeconvError
) -> tuple[str | int, ...]:
    """Where the layer stands, or one of its keys if the error's code names it."""
    name, paths = outcome.node.name, walked.read.paths
    if error.code == "expect" and f"{name}.expect" in paths:
        return paths[f"{name}.expect"]
    path = paths[name]
    if not outcome.node.operation:
        return path
    wanted = error.code.replace("-", "_")
    known = {key.name: key.aliases for key in operation(outcome.node.operation).keys}
    names = (wanted, *known.get(wanted, ()), "inputs" if "input" in wanted else wanted)
    written = (n for n in names if (*path, n) in asked.config.document.places)
    return next(((*path, n) for n in written), path)
