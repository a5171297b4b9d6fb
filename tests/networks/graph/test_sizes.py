"""The input sizes that work, compared with a walk for every single size."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from deconvcli.common.errors import NotLinear, Refused
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph import Network, Node, find_valid_sizes, walk, works_without_remainder
from deconvcli.networks.operation import Shape
from tests.networks.graph.graphs import networks
from tests.networks.graph.nets import unet


def works(network: Network, n: int) -> bool:
    """Whether a walk with the size itself meets no error."""
    shape = network.inputs["x"]
    there = network._replace(inputs={"x": shape._replace(spatial=(n,))})
    return all(outcome.error is None for outcome in walk(there))


@given(networks())
@settings(max_examples=300, deadline=None)
def test_the_set_agrees_with_a_walk_for_every_size(network: Network) -> None:
    sizes = find_valid_sizes(network)
    most = min(400, sizes.start + 3 * sizes.period + 60)
    assert [n for n in range(1, most) if sizes.contains(n)] == [
        n for n in range(1, most) if works(network, n)
    ]


def whole(network: Network, n: int) -> bool:
    """Whether a walk with the size itself meets no error and leaves nothing unread."""
    there = network._replace(inputs={"x": Shape(2, (n,))})
    return all(works_without_remainder(outcome, network.dialect) for outcome in walk(there))


@given(networks())
@settings(max_examples=100, deadline=None)
def test_so_does_the_set_without_a_remainder(network: Network) -> None:
    sizes = find_valid_sizes(network, condition=works_without_remainder)
    most = min(300, sizes.start + 3 * sizes.period + 60)
    assert [n for n in range(1, most) if sizes.contains(n)] == [
        n for n in range(1, most) if whole(network, n)
    ]


@pytest.mark.parametrize(
    ("depth", "text"), [(1, "n = 2m, n >= 2"), (4, "n = 16m, n >= 16"), (6, "n = 64m, n >= 64")]
)
def test_a_unet_takes_multiples_of_its_strides(depth: int, text: str) -> None:
    network = unet(depth, (64, 48))
    assert [find_valid_sizes(network, axis).text() for axis in (0, 1)] == [text, text]


def test_each_axis_has_its_own_set() -> None:
    pool = Node("pool", "max_pool", {"kernel": [2, 3]}, ("x",))
    up = Node("up", "upsample", {"scale": [2, 3]}, ("pool",))
    network = Network("n", {"x": Shape(1, (8, 9))}, (pool, up, Node("add", "add", {}, ("up", "x"))))
    texts = [find_valid_sizes(network, axis).text() for axis in (0, 1)]
    assert texts == ["n = 2m, n >= 2", "n = 3m, n >= 3"]


def flattened(width: Size) -> Network:
    """A pooling, and a dense layer that takes 4 * 5 * 6 elements."""
    nodes = (
        Node("pool", "max_pool", {"kernel": 2}, ("x",)),
        Node("flat", "flatten", {}, ("pool",)),
        Node("dense", "dense", {"units": 10, "in_channels": 120}, ("flat",)),
    )
    return Network("classifier", {"x": Shape(4, (10, width))}, nodes)


def test_a_layer_that_mixes_axes_sees_the_other_axis_as_it_is() -> None:
    assert find_valid_sizes(flattened(12), 0).text() == "n = 10 to 11"
    assert find_valid_sizes(flattened(16), 0).text() == "no n"


def test_a_layer_that_mixes_axes_needs_the_other_as_a_number() -> None:
    with pytest.raises(NotLinear):
        find_valid_sizes(flattened(Linear("W")), 0)


def test_inputs_of_one_size_vary_together() -> None:
    join = Node("join", "concat", {}, ("x", "y"))
    both = Network("two", {"x": Shape(1, (8,)), "y": Shape(1, (8,))}, (join,))
    other = Network("two", {"x": Shape(1, (8,)), "y": Shape(1, (9,))}, (join,))
    assert find_valid_sizes(both).text() == "every n"
    assert find_valid_sizes(other, input="x").text() == "n = 9"


def test_too_long_a_period_is_refused() -> None:
    strides = [2, 3, 5, 7, 11, 13, 17, 19]
    above, nodes = "x", []
    for stride in strides:
        nodes.append(Node(f"down{stride}", "max_pool", {"kernel": stride}, (above,)))
        above = nodes[-1].name
    nodes.append(Node("end", "add", {}, ("x", above)))
    with pytest.raises(Refused, match="do not repeat within 1,000 runs"):
        find_valid_sizes(Network("primes", {"x": Shape(1, (8,))}, tuple(nodes)), most=1000)


def test_a_split_into_too_many_runs_is_refused_at_once() -> None:
    pool = Node("pool", "max_pool", {"kernel": 5000}, ("x",))
    join = Node("join", "add", {}, ("x", "pool"))
    with pytest.raises(Refused, match="do not repeat within 1,000 runs"):
        find_valid_sizes(Network("wide", {"x": Shape(1, (8,))}, (pool, join)), most=1000)


def test_an_input_of_fewer_axes_has_no_part_in_the_others() -> None:
    pool = Node("pool", "max_pool", {"kernel": 2}, ("image",))
    tone = Node("tone", "max_pool", {"kernel": 3}, ("sound",))
    inputs = {"image": Shape(1, (8, 8)), "sound": Shape(1, (8,))}
    network = Network("both", inputs, (pool, tone))
    texts = [find_valid_sizes(network, axis, "image").text() for axis in (0, 1)]
    assert texts == ["every n >= 3", "every n >= 2"]


def test_a_pad_to_a_number_leaves_the_other_axes_alone() -> None:
    pad = Node("pad", "pad_to", {"size": [16, 12]}, ("x",))
    network = Network("pad", {"x": Shape(1, (8, 8))}, (pad,))
    assert find_valid_sizes(network, 0).text() == "n = 1 to 16"
    assert find_valid_sizes(network, 1).text() == "n = 1 to 12"
