"""One axis answers for all that are treated alike, and formulas agree with numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import assume, given

from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph import Network, Node, letters, walk
from deconvcli.networks.graph.letters import LetterFormula
from deconvcli.networks.graph.symmetry import is_symmetric
from deconvcli.networks.operation import Shape
from tests.networks.graph.graphs import networks

H, W = Linear("H"), Linear("W")


def _network(
    sizes: Sequence[Size], expect: tuple[Size, ...] | None = None, **words: Any
) -> Network:
    pool = Node("pool", "max_pool", {"kernel": 2, **words}, ("x",), expect)
    return Network("one", {"x": Shape(3, tuple(sizes))}, (pool,))


@pytest.mark.parametrize(
    ("network", "symmetric"),
    [
        (_network((H, W)), True),
        (_network((H, H)), True),
        (_network((64, 64)), True),
        (_network((64, 65)), False),
        (_network((H, 64)), False),
        (_network((Linear("H", 2), W)), False),
        (_network((H, W), kernel=[2, 2]), True),
        (_network((H, W), kernel=[2, 3]), False),
        (_network((H, W), padding=[[0, 1]]), True),
        (_network((H, W), padding=[[0, 1], [1, 0]]), False),
        (_network((H, W), (H, W)), True),
        (_network((H, W), (3, H, W)), True),
        (_network((H, W), (W, H)), False),
        (_network((H, W), (32, 64)), False),
        (_network((H,), (H, W)), False),
    ],
)
def test_axes_that_could_change_places(network: Network, symmetric: bool) -> None:
    assert is_symmetric(network) is symmetric


def test_an_image_beside_a_sound_is_not_symmetric() -> None:
    network = _network((H, W))
    assert not is_symmetric(network._replace(inputs={**network.inputs, "y": Shape(1, (H,))}))
    flat = Node("flat", "flatten", {}, ("pool",))
    assert not is_symmetric(network._replace(nodes=(*network.nodes, flat)))


@given(networks())
def test_one_axis_answers_for_all(line: Network) -> None:
    nodes = [
        node if node.expect is None else node._replace(expect=node.expect * 2)
        for node in line.nodes
    ]
    plane = line._replace(inputs={"x": Shape(2, (H, W))}, nodes=tuple(nodes))
    assert is_symmetric(plane)
    together = [str(outcome.shape) for outcome in walk(plane)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "is_symmetric", lambda network: False)
        assert [str(outcome.shape) for outcome in walk(plane)] == together


@given(networks())
def test_formulas_agree_with_numbers(line: Network) -> None:
    symbolic = walk(line._replace(inputs={"x": Shape(2, (H,))}))
    found = [size for outcome in symbolic if outcome.shape for size in outcome.shape.spatial]
    values = {size.values for size in found if isinstance(size, LetterFormula)}
    assume(values)
    [(first, period)] = values
    for m in (0, 1, 10):
        numeric = walk(line._replace(inputs={"x": Shape(2, (first + period * m,))}))
        for formulas, numbers in zip(symbolic, numeric, strict=True):
            assert formulas.shape is not None
            assert numbers.shape is not None
            [size], [number] = formulas.shape.spatial, numbers.shape.spatial
            assert (size if isinstance(size, int) else size.factor * m + size.offset) == number
