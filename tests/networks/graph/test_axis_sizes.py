"""The sizes that work on each axis, from Python."""

from __future__ import annotations

import pytest

from deconvcli.common.errors import UsageError
from deconvcli.layers.axis import Linear
from deconvcli.networks.graph import Network, Node, find_axis_sizes, find_first_failure
from deconvcli.networks.operation import Shape
from tests.networks.graph.nets import unet


def test_every_axis_of_every_input_has_its_nearest_sizes() -> None:
    [height, width] = find_axis_sizes(unet(3, (30, 64)))
    assert (height.input, height.axis, height.given) == ("x", "height", 30)
    assert (height.smaller, height.larger, height.pad) == (24, 32, 2)
    assert not height.is_working
    assert (width.smaller, width.larger, width.pad) == (64, 64, 0)
    assert width.is_working


def test_a_given_size_goes_to_every_axis() -> None:
    axes = find_axis_sizes(unet(3, (30, 64)), [9])
    assert [(axis.smaller, axis.larger) for axis in axes] == [(8, 16), (8, 16)]


def test_a_letter_has_no_nearest_size() -> None:
    [axis] = find_axis_sizes(unet(1, (Linear("T"),)))
    assert (axis.smaller, axis.larger, axis.pad, axis.is_working) == (None, None, None, None)
    assert axis.working.text(axis.letter) == "T = 2m, T >= 2"


def test_a_size_of_another_rank_is_refused() -> None:
    with pytest.raises(UsageError, match="5x5x5 has 3 numbers, the input 2 axes"):
        find_axis_sizes(unet(1, (8, 8)), [5, 5, 5])


def test_a_number_that_is_expected_holds_for_one_size_only() -> None:
    pool = Node("pool", "max_pool", {"kernel": 2}, ("x",), expect=(4,))
    network = Network("net", {"x": Shape(1, (9,))}, (pool,))
    [axis] = find_axis_sizes(network)
    assert axis.working.text() == "every n >= 2"
    assert axis.without_remainder is not None
    assert axis.without_remainder.text() == "n = 2m, n >= 2"
    assert find_first_failure(network) is None


def test_the_first_failure_is_what_fails_at_the_given_size() -> None:
    short = Node("short", "crop", {"amount": 1}, ("x",))
    join = Node("join", "add", {}, ("short", "x"))
    failed = find_first_failure(Network("net", {"x": Shape(1, (8,))}, (short, join)))
    assert failed is not None
    assert failed.node.name == "join"
