"""The input sizes that work, against walking every single size."""

from __future__ import annotations

from hypothesis import given, settings

from deconvcli.network import Network, valid_sizes, walk
from tests.network.graphs import networks


def works(network: Network, n: int) -> bool:
    """Whether a walk with the size itself meets no error."""
    shape = network.inputs["x"]
    there = network._replace(inputs={"x": shape._replace(spatial=(n,))})
    return all(outcome.error is None for outcome in walk(there))


@given(networks())
@settings(max_examples=300, deadline=None)
def test_the_rule_says_what_every_single_walk_says(network: Network) -> None:
    rule = valid_sizes(network)
    most = min(400, rule.start + 3 * rule.period + 60)
    assert [n for n in range(1, most) if rule.holds(n)] == [
        n for n in range(1, most) if works(network, n)
    ]
