"""The diagnosis of failing nodes: the layers above that are to blame, and what would fix them."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

from deconvcli.common.errors import NotLinear, Refused
from deconvcli.common.values import axis_name
from deconvcli.layers.axis import Linear
from deconvcli.layers.text import size_text
from deconvcli.networks.graph.culprits import find_culprits
from deconvcli.networks.graph.edits import join_words
from deconvcli.networks.graph.letters import walk
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.repairs import (
    Failure,
    Fix,
    Source,
    find_chain,
    find_fixes,
    resize_inputs,
)
from deconvcli.networks.graph.shapes import NodeOutcome
from deconvcli.networks.graph.sizes import find_valid_sizes, limit_runs
from deconvcli.networks.graph.symmetry import is_symmetric

# For these errors the sizes of two tensors differ, which may be so for some input sizes alone.
JOIN_CODES = {"unequal-sizes", "too-small", "too-large"}
# Only for these errors is a size at fault, so that a layer above may be to blame.
CODES_WITH_CULPRITS = {*JOIN_CODES, "expect"}
# Fixes of one node: one of each kind that repairs a join, such as a crop or another input.
MAX_FIXES = 6


class Diagnosis(NamedTuple):
    """culprits: in words, strides with a wrong product, and the layers that miss whole strides.

    The nearest of them come first, as do the best fixes.
    """

    culprits: tuple[str, ...]
    fixes: tuple[Fix, ...]


class FailedNode(NamedTuple):
    """A node that fails, and its diagnosis.

    assumed: the nodes above whose first fix is assumed, since without it nothing reaches this one.
    """

    outcome: NodeOutcome
    diagnosis: Diagnosis
    assumed: tuple[str, ...]


def diagnose(
    network: Network,
    node: str,
    outcomes: Sequence[NodeOutcome] | None = None,
    most: int = MAX_FIXES,
    without: Container[Source] = (),
) -> Diagnosis:
    """Return the layers to blame for a failing node, and up to `most` proven fixes.

    outcomes: those of an earlier walk, to save another one. without: repairs that are not tried. A
    node that works has neither culprits nor fixes.
    """
    outcomes = walk(network) if outcomes is None else outcomes
    outcome = next(found for found in outcomes if found.node.name == node)
    if outcome.error is None:
        return Diagnosis((), ())
    failure = Failure(network, outcomes, outcome)
    culprits: list[object] = []
    if outcome.error.code in CODES_WITH_CULPRITS:
        culprits += filter(None, [find_chain(failure)])
        culprits += find_culprits(network, outcomes, outcome.node)
    fixes = tuple(islice(find_fixes(failure, without), most))
    return Diagnosis(tuple(map(str, culprits)), fixes)


def diagnose_all(
    network: Network, outcomes: Sequence[NodeOutcome], most: int
) -> tuple[FailedNode, ...]:
    """Return every node that fails, also those that only a failure above keeps from being seen.

    After a failure the walk goes on with its first fix. What that fix corrects as well is no
    failure of its own. most: how many of them get a diagnosis.
    """
    failed: dict[str, FailedNode] = {}
    assumed: tuple[str, ...] = ()
    inputs: list[Fix] | None = None
    while (outcome := _find_failing(outcomes, failed)) is not None:
        name = outcome.node.name
        if (unclaimed := _find_wrong_claim(network, outcomes, outcome)) is not None:
            network, outcomes = unclaimed
            failed[name] = FailedNode(_advise_claim(outcome), Diagnosis((), ()), assumed)
            continue
        diagnosis = Diagnosis((), ())
        if len(failed) < most:
            without = () if inputs is None else (resize_inputs,)
            diagnosis = diagnose(network, name, outcomes, without=without)
        own = [fix for fix in diagnosis.fixes if not fix.resizes]
        if inputs is not None:
            # An input for the sizes assumed here would be of no use without those fixes; one that
            # was found before may make everything work, and needs none of them.
            diagnosis = diagnosis._replace(fixes=(*own, *inputs))
        elif outcome.error and outcome.error.code in CODES_WITH_CULPRITS:
            inputs = [fix for fix in diagnosis.fixes if fix.resizes and fix.is_complete]
        failed[name] = FailedNode(outcome, diagnosis, assumed)
        if own:  # with another input all sizes would be others than those that the author has
            network, outcomes, assumed = own[0].network, own[0].outcomes, (*assumed, name)
    whole = None if any(outcome.error for outcome in outcomes) else network
    known: dict[int, str] = {}

    def describe(network: Network) -> str:
        # By identity: many nodes share one network, whose sizes take up to 50 ms.
        if id(network) not in known:
            known[id(network)] = describe_sizes(network)
        return known[id(network)]

    return tuple([_add_sizes(each, whole, assumed, describe) for each in failed.values()])


def _find_wrong_claim(
    network: Network, outcomes: Sequence[NodeOutcome], outcome: NodeOutcome
) -> tuple[Network, tuple[NodeOutcome, ...]] | None:
    """Return the network without the `expect` that a node fails, and its walk, if it was wrong.

    It was if nodes below, which see the claimed size, fail with it and not with the real one.
    """
    failing = _count_failing(outcomes)
    if outcome.error is None or outcome.error.code != "expect" or failing < 2:
        return None
    nodes = [
        node._replace(expect=None) if node.name == outcome.node.name else node
        for node in network.nodes
    ]
    unclaimed = network._replace(nodes=tuple(nodes))
    after = walk(unclaimed)
    return (unclaimed, after) if _count_failing(after) < failing - 1 else None


def _count_failing(outcomes: Sequence[NodeOutcome]) -> int:
    return sum(outcome.error is not None for outcome in outcomes)


def _advise_claim(outcome: NodeOutcome) -> NodeOutcome:
    """Return the outcome with the advice to correct its `expect`."""
    assert outcome.error is not None
    assert outcome.shape is not None
    size = size_text(outcome.shape.spatial or outcome.shape.sizes)
    help = f"set expect to {size}, which the layers below agree with."
    return outcome._replace(error=Refused(outcome.error.message, help=help, code="expect"))


def _find_failing(outcomes: Sequence[NodeOutcome], known: Container[str]) -> NodeOutcome | None:
    """Return the first failing node that is not known yet."""
    failing = (outcome for outcome in outcomes if outcome.error is not None)
    return next((outcome for outcome in failing if outcome.node.name not in known), None)


def _add_sizes(
    failed: FailedNode,
    whole: Network | None,
    assumed: Sequence[str],
    describe: Callable[[Network], str],
) -> FailedNode:
    """Return the diagnosis with the input sizes that work after each fix.

    whole: the network with the first fix of every node in `assumed`; None where others still fail.
    """
    error = failed.outcome.error
    if error is None or error.code not in JOIN_CODES:
        return failed
    others = [name for name in assumed if name != failed.outcome.node.name]
    fixes = list(failed.diagnosis.fixes)
    for number, fix in enumerate(fixes):
        if fix.is_complete:
            sizes = describe(fix.network)
        else:
            sizes = describe(whole) if number == 0 and whole else ""
        if sizes:
            fixed = "" if fix.is_complete else f"with the fixes of {join_words(others)} "
            text = f"{fixed}the network then works for {sizes}"
            fixes[number] = fix._replace(works_for=text)
    return failed._replace(diagnosis=failed.diagnosis._replace(fixes=tuple(fixes)))


def describe_sizes(network: Network) -> str:
    """Return in words the sizes of a network's only input that work.

    Empty where it has several, or where the sizes are not found quickly.
    """
    if len(network.inputs) != 1:
        return ""
    [(name, shape)] = network.inputs.items()
    free, most = network.without_numeric_expects(), limit_runs(network)
    texts = []
    with suppress(NotLinear, Refused):
        # Where all axes are alike, the first of them answers for all.
        sizes = shape.spatial[:1] if is_symmetric(free) else shape.spatial
        for axis, size in enumerate(sizes):
            letter = size.letter if isinstance(size, Linear) else "n"
            texts.append(find_valid_sizes(free, axis, name, most=most).text(letter))
        if len(set(texts)) > 1:
            texts = [f"{axis_name(axis, len(texts))} {text}" for axis, text in enumerate(texts)]
        return ", and ".join(dict.fromkeys(texts))
    return ""
