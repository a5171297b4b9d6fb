"""The input sizes for which a network works, found by walking whole runs of sizes."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from deconvcli.common.errors import Refused
from deconvcli.networks.graph.memo import Condition, RunWalker, works
from deconvcli.networks.graph.network import Network
from deconvcli.networks.graph.runs import SizeRun, Split
from deconvcli.networks.graph.size_set import Progression, SizeSet, build_size_set

# A period of 2**16 is the product of sixteen strides of 2; each of its runs is one walk.
MAX_RUNS = 2**17
# Layers walked where the sizes are a side question that may stay unanswered. With twice as many,
# documents that were made to be slow took up to 1.5 s.
QUICK_WALKED_LAYERS = 2**13


def limit_runs(network: Network) -> int:
    """Return how many runs are walked quickly: the fewer, the larger the network."""
    return max(16, QUICK_WALKED_LAYERS // max(1, len(network.nodes)))


def find_valid_sizes(
    network: Network,
    axis: int = 0,
    input: str = "",
    condition: Condition = works,
    most: int = MAX_RUNS,
) -> SizeSet:
    """Return the sizes of one input axis for which every node works and every `expect` holds.

    axis: counts the spatial axes. input: its name; by default the first. For a size with a
    letter, the values of the letter are returned, wherever it occurs; other inputs of the same
    number vary together. The other axes have no influence, unless a layer mixes axes (flatten,
    reshape): then they have the sizes given. condition: `works_without_remainder` where no
    element of the input may be left unread either. most: runs walked before giving up.

    Raises:
        NotLinear: a layer mixes axes whose sizes are not given as numbers.
        Refused: the sizes do not repeat within a reasonable period.
    """
    walker = RunWalker(network, axis, input or next(iter(network.inputs)), condition)
    return build_size_set(list(find_working(walker.passes_on, most)))


def find_working(
    passes_on: Callable[[SizeRun], bool], most: int = MAX_RUNS
) -> Iterator[Progression]:
    """Yield the sizes for which `passes_on` holds, as progressions that do not overlap.

    Each run is walked once. A floor that is not exact splits it, and a comparison whose answer
    will change cuts it. So finitely many walks cover all sizes from 1 to infinity.
    """
    # Each run comes with the size from which on all sizes whole periods below it work.
    pending = [(SizeRun(1, 1), 1)]
    for _ in range(most):
        if not pending:
            return
        run, since = pending.pop()  # from the end, so that few runs are pending at a time
        try:
            passes = passes_on(run)
        except Split as split:
            # More runs than may be walked: giving up now saves walking the first of them.
            if len(pending) + split.parts > most:
                break
            pending += [(part, since) for part in run.split(split.parts)]
            continue
        yield from _complete(run, since, passes)
        # A run that passes but was cut is not complete: the sizes after the cut continue it.
        pending += [(later, since if passes else later.first) for later in run.cut_off()]
    raise Refused(
        f"the sizes that work do not repeat within {most:,} runs",
        help="analyse a part of the network, or check single sizes.",
        code="period",
    )


def _complete(run: SizeRun, since: int, passes: bool) -> Iterator[Progression]:
    """Yield the progression that ends with this run: endless, or stopped by a failure."""
    first = run.lowest_from(since)
    if passes and run.last is None:
        yield Progression(first, run.period)
    elif not passes and first < run.first:
        yield Progression(first, run.period, run.first - run.period)
