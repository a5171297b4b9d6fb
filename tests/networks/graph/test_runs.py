"""One walk for a run of sizes gives what a walk with each size gives, in every dialect."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.layers.axis import Size
from deconvcli.networks.graph import Network, Node, iter_outcomes
from deconvcli.networks.graph.memo import RunWalker
from deconvcli.networks.graph.runs import GrowingSize, SizeRun, Split
from deconvcli.networks.operation import Shape


def size_at(size: Size, step: int) -> int:
    """Return the number that a growing size is at one step."""
    return size.factor * step + size.offset if isinstance(size, GrowingSize) else int(str(size))


def runs(network: Network) -> list[SizeRun]:
    """Return runs that cover every size once, each with its last step."""
    walks, pending, found = RunWalker(network, 0, "x"), [SizeRun(1, 1)], []
    while pending:
        run = pending.pop()
        try:
            walks.passes_on(run)
        except Split as split:
            pending += run.split(split.parts)
        else:
            found.append(run)
            pending += run.cut_off()
    return found


def output(network: Network, size: Size) -> Size | str:
    """Return the last node's size, or its error's code."""
    [*_, last] = iter_outcomes(network._replace(inputs={"x": Shape(2, (size,))}))
    if last.shape is not None and last.error is None:
        return last.shape.spatial[0]
    return last.error.code if last.error else ""


layers = st.fixed_dictionaries(
    {"out_channels": st.just(2), "kernel": st.integers(1, 5), "stride": st.integers(1, 4)},
    optional={
        "padding": st.sampled_from([0, 1, 2, [[1, 0]], [[0, 3]], "same", "valid", "SAME", "VALID"]),
        "output_padding": st.integers(0, 3),
        "dilation": st.integers(1, 3),
        "output_size": st.integers(1, 40),
        "auto_pad": st.sampled_from(["SAME_UPPER", "SAME_LOWER", "same_upper"]),
    },
)


@given(st.sampled_from(DIALECTS.names), layers)
@settings(max_examples=400, deadline=None)
def test_every_dialect_on_a_run(dialect: str, words: dict[str, Any]) -> None:
    node = Node("up", "conv_transpose", words, ("x",))
    network = Network("one", {"x": Shape(2, (1,))}, (node,), dialect=dialect)
    seen = {}
    for run in runs(network):
        found = output(network, SizeRun(run.first, run.period).size)
        for step in range(40 if run.last is None else min(40, run.last + 1)):
            n = run.first + run.period * step
            alone = output(network, n)
            assert alone == (found if isinstance(found, str) else size_at(found, step)), n
            seen[n] = alone
    assert set(range(1, 20)) <= set(seen)


def test_a_growing_size_is_no_text() -> None:
    size: object = GrowingSize(SizeRun(1, 1), 1, 0)
    assert size != "i"
