"""The shelf of rules. Each rule is one file, and its docstring is the page of `deconv rule CODE`.

A page has the parts What, Why, Example, Fix and Source. Its example is a list of layers, the keys
of one network, or a whole file; a test checks it and expects the rule's finding.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import cache

from deconvcli.checks.documents import Document
from deconvcli.checks.rules._rule import (
    FindFixes,
    Rule,
    Subject,
    TransposedLayer,
    WalkedNetwork,
    cause_in,
    prepare_subject,
)
from deconvcli.common.docstrings import read_docstring
from deconvcli.common.errors import DeconvError, NotLinear, UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.shelf import Shelf, suggestion
from deconvcli.networks.graph import NodeOutcome
from deconvcli.networks.operations import take as take_operation

__all__ = [
    "RULES",
    "Rule",
    "Subject",
    "TransposedLayer",
    "WalkedNetwork",
    "assign_code",
    "even_kernel_search",
    "list_quiet",
    "page",
    "prepare_subject",
    "rules",
    "run_rules",
    "take",
]

RULES: Shelf[Rule] = Shelf("deconvcli.checks.rules", "RULE", "rule")

MAX_REPAIRED_LAYERS = 300
"""The longest network for which fixes are sought: each attempt walks through all its layers."""

# Frameworks refuse values for reasons of their own, with codes that no rule claims.
_UNCLAIMED = "illegal_value"


@cache
def rules() -> dict[str, tuple[str, Rule]]:
    """Return (name, rule) by code, in the order of the codes.

    Raises:
        ValueError: two rules have one code.
    """
    found: dict[str, tuple[str, Rule]] = {}
    for name in RULES.names:
        rule = RULES.take(name)
        # Settings, comments and reports refer to rules by code, so it must identify one rule.
        if rule.code in found:
            other, _ = found[rule.code]
            raise ValueError(
                f"the rules {other} and {name} both have the code {rule.code}; change one of them"
            )
        found[rule.code] = name, rule
    return dict(sorted(found.items()))


def list_quiet() -> frozenset[str]:
    """Return the codes whose findings in source code are shown only where they are selected."""
    return frozenset([code for code, (_, rule) in rules().items() if rule.quiet])


def find_code(text: str) -> str:
    """Return the code that a text names: by itself in any case, by its digits, or by its rule.

    A text that names no rule, such as the start of several codes, comes back in capitals.
    """
    word = text.strip()
    name = word.lower().replace("-", "_")
    found = next((code for code, (own, _) in rules().items() if own == name), word.upper())
    return f"DCV{found}" if re.fullmatch("[0-9]+", found) else found


def take(code: str) -> tuple[str, Rule]:
    """Return (name, rule) for a code in any case, for its digits, or for a rule's name.

    Raises:
        UsageError: there is no such rule.
    """
    found = rules().get(find_code(code))
    if found is None:
        names = [*rules(), *(name.replace("_", "-") for name, _ in rules().values())]
        raise UsageError(
            f"rule {code[:60]!r} is not known", help=suggestion(code, names), code="unknown-rule"
        )
    return found


def page(name: str) -> str:
    """Return the page of a rule: what, why, example, fix and source."""
    # Taking the rule imports its module, whose docstring is the page.
    RULES.take(name)
    return read_docstring(sys.modules[f"{RULES.package}.{name}"]).strip()


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


def assign_code(found: Diagnostic) -> Diagnostic:
    """Return a finding of reading or walking with the code of the rule that claims it."""
    rule = _claims().get(found.code) or RULES.take(_UNCLAIMED)
    return found._replace(code=rule.code, severity=rule.severity)


def even_kernel_search(document: Document, max_layers: int) -> FindFixes:
    """Return a search for even kernels, for at most `max_layers` layers of the document."""
    # The search imports all repairs, and a check without --fix-hints needs none of them.
    from deconvcli.checks.rules._even_kernels import EvenKernels

    return EvenKernels(document, max_layers)


def run_rules(subject: Subject) -> Iterator[Diagnostic]:
    """Yield everything that the rules find in a config."""
    yield from map(assign_code, subject.config.problems)
    for walked in subject.networks:
        if any(outcome.error is not None for outcome in walked.outcomes):
            yield from _report_failures(subject, walked)
    for _, rule in rules().values():
        yield from rule.check(subject)


def _report_failures(subject: Subject, walked: WalkedNetwork) -> Iterator[Diagnostic]:
    """Yield a finding for each layer that fails, with its causes and fixes in shorter networks."""
    # The diagnosis takes 20 ms to import, and most files have no failure.
    from deconvcli.checks.rules._fixes import explain_failure
    from deconvcli.networks.graph.diagnosis import diagnose_all

    source, outcomes = walked
    # Each fix that is tried walks the whole network; the first failures are usually the causes.
    most = subject.max_diagnosed if len(outcomes) <= MAX_REPAIRED_LAYERS else 0
    # Where something else is wrong, no class of sizes works, and then letters are only guessed.
    codes = {outcome.error.code for outcome in outcomes if outcome.error is not None}
    is_unread = any(not outcome.node.operation for outcome in outcomes)
    is_guessed = is_unread or codes > {NotLinear.default_code}
    for failed in diagnose_all(source.graph, outcomes, most):
        error = failed.outcome.error
        if is_guessed and error is not None and error.code == NotLinear.default_code:
            continue
        found = _report(subject, walked, failed.outcome)
        yield explain_failure(subject.config.document, walked, failed, found)


def _report(subject: Subject, walked: WalkedNetwork, outcome: NodeOutcome) -> Diagnostic:
    """Return the finding for the error of one layer, at the key that the error names."""
    error = outcome.error
    assert error is not None
    where = subject.config.document.where(_path(subject, walked, outcome, error))
    message = f"{outcome.node.name}: {error.message}"
    found = Diagnostic(error.code, Severity.ERROR, message, error.help, error.source, where)
    return assign_code(found._replace(cause=cause_in(walked, outcome.node.name, error.code)))


def _path(
    subject: Subject, walked: WalkedNetwork, outcome: NodeOutcome, error: DeconvError
) -> tuple[str | int, ...]:
    """Return the path of the layer, or of one of its keys if the error's code names it."""
    name, paths = outcome.node.name, walked.source.paths
    if error.code == "expect" and f"{name}.expect" in paths:
        return paths[f"{name}.expect"]
    path = paths[name]
    if not outcome.node.operation:
        return path
    wanted = error.code.replace("-", "_")
    known = {key.name: key.aliases for key in take_operation(outcome.node.operation).keys}
    # The file may have the key under our name or a framework's. Errors about one input, such as
    # unknown-input, are about the key `inputs`.
    names = (wanted, *known.get(wanted, ()), "inputs" if "input" in wanted else wanted)
    paths_of_names = ((*path, name) for name in names)
    return next((p for p in paths_of_names if p in subject.config.document.places), path)
