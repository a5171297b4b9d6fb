"""The input sizes for which a network works, as a rule: found by walking whole runs of sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deconvcli.common.errors import Refused
from deconvcli.networks.graph.memo import Condition, RunWalker, works
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.runs import SizeRun, Split
from deconvcli.networks.graph.size_set import Progression, SizeSet, build_size_set

# A period of 2**16 is the product of sixteen strides of 2; each of its runs is one walk.
MAX_RUNS = 2**17
# Layers that are walked for who asks in passing, and can do without an answer.
QUICK_WALKED_LAYERS = 2**13


def limit_runs(network: Network) -> int:
    """Runs that are soon walked: the fewer the larger the network is."""
    return max(16, QUICK_WALKED_LAYERS // max(1, len(network.nodes)))


def valid_sizes(
    network: Network,
    axis: int = 0,
    input: str = "",
    condition: Condition = works,
    most: int = MAX_RUNS,
) -> SizeSet:
    """The sizes of one axis of an input for which every node works and every `expect` holds.

    axis: counts the spatial axes. input: its name; the first if none is given. A size in a letter
    is asked for the letter, wherever it stands; other inputs of the same number move along. The
    other axes do not matter, unless a layer mixes axes (flatten, reshape): then they stand at the
    sizes given. condition: `works_without_remainder` where no element of the input may be left
    unread either. most: runs that are walked before it is given up.

    Raises:
        NotLinear: a layer mixes axes whose sizes are not given as numbers.
        Refused: the sizes do not repeat within a reasonable period.
    """
    walks = RunWalker(network, axis, input or next(iter(network.inputs)), condition)
    return build_size_set(list(working(walks.work, most)))


def working(holds: Callable[[SizeRun], bool], most: int = MAX_RUNS) -> Iterator[Progression]:
    """The sizes for which `holds` answers yes, as progressions that do not overlap.

    Each run is walked once; a floor that is not exact takes it apart, a comparison that will be
    answered otherwise cuts it. So all sizes from 1 to infinity are covered in finitely many walks.
    """
    # A run, and the size from which on all below it, whole periods apart, are known to work.
    pending = [(SizeRun(1, 1), 1)]
    for _ in range(most):
        if not pending:
            return
        run, since = pending.pop()
        try:
            works_here = holds(run)
        except Split as split:
            if len(pending) + split.parts > most:
                break
            pending += [(part, since) for part in run.parts(split.parts)]
            continue
        yield from _ended(run, since, works_here)
        pending += [(rest, since if works_here else rest.first) for rest in run.rest()]
    raise Refused(
        f"the sizes that work do not repeat within {most:,} runs",
        help="look at a part of the network, or check single sizes.",
        code="period",
    )


def _ended(run: SizeRun, since: int, works: bool) -> Iterator[Progression]:
    """The progression that is complete with this run: without end, or broken off by a failure."""
    first = run.lowest_from(since)
    if works and run.last is None:
        yield Progression(first, run.period)
    elif not works and first < run.first:
        yield Progression(first, run.period, run.first - run.period)
