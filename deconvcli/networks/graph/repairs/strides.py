"""Other strides for a chain of transposed convolutions that multiplies its input by another number.

A vocoder's strides multiply to its hop length, and no padding makes up for a wrong product.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod
from typing import NamedTuple

from deconvcli.layers.axis import Axis, Linear, Size
from deconvcli.layers.layer import Reading
from deconvcli.networks.graph.culprits import find_ancestors
from deconvcli.networks.graph.edits import SetParameter
from deconvcli.networks.graph.network import Node
from deconvcli.networks.graph.repairs._proof import Edits, Failure
from deconvcli.networks.graph.repairs.layers import find_transposed, find_whole, list_changes
from deconvcli.networks.graph.repairs.outputs import find_expected
from deconvcli.solver.products import list_products, list_strides, weigh_strides

# No published decoder multiplies its input by more; larger products are typing errors.
MAX_PRODUCT = 2**16


class Chain(NamedTuple):
    """Transposed convolutions in a row, from the top; their strides, and the product needed.

    rank: the number of their axes, which are all alike.
    """

    nodes: tuple[Node, ...]
    strides: tuple[int, ...]
    kernels: tuple[int, ...]
    needed: int
    rank: int

    def __str__(self) -> str:
        strides = ", ".join(map(str, self.strides))
        return (
            f"the strides {strides} multiply to {prod(self.strides)}, and {self.needed} is needed"
        )


def find_chain(failure: Failure) -> Chain | None:
    """Return the chain above the failing node if its strides should multiply to another number."""
    found = [(outcome.node, reading) for outcome, reading in reversed(find_transposed(failure))]
    chain = [(node, reading) for node, reading in found if max(_strides(reading)) > 1]
    wanted = find_expected(failure)
    if not chain or wanted is None or not _is_chain(failure, [node for node, _ in chain]):
        return None
    if 1 in chain[0][1].spatial:  # a single element has a kernel, and no stride
        return None
    needed = {_divide(size, n) for size, n in zip(wanted, chain[0][1].spatial, strict=True)}
    # One stride for all axes, as vocoders and most decoders have it.
    if len(needed) > 1 or any(len(set(reading.layer.axes)) > 1 for _, reading in chain):
        return None
    axes = [reading.layer.axes[0] for _, reading in chain]
    strides, [product] = tuple([axis.stride for axis in axes]), needed
    if product > MAX_PRODUCT or product == prod(strides) or not rank_strides(product, len(axes)):
        return None
    kernels = tuple([axis.kernel for axis in axes])
    return Chain(tuple([node for node, _ in chain]), strides, kernels, product, len(wanted))


def _strides(reading: Reading) -> list[int]:
    return [axis.stride for axis in reading.layer.axes]


def _is_chain(failure: Failure, nodes: Sequence[Node]) -> bool:
    """Return whether each of the nodes lies above the next."""
    return all(
        above.name in find_ancestors(failure.network, below.name)
        for above, below in pairwise(nodes)
    )


def _divide(size: Size, n: Size) -> int:
    """Return how many times n the size is, 0 if it is no multiple."""
    if isinstance(n, Linear):
        times = size.factor // n.factor if isinstance(size, Linear) else 0
    else:
        times = 0 if isinstance(size, Linear) else size // n
    return times if n * times == size else 0


def change_strides(failure: Failure) -> Iterator[Edits]:
    """Propose strides that multiply to what is needed, in the order of `deconv solve`."""
    chain = find_chain(failure)
    if chain is None:
        return
    for strides in rank_strides(chain.needed, len(chain.nodes)):
        # The largest in place of the largest.
        places = sorted(range(len(strides)), key=lambda place: -chain.strides[place])
        by_place = dict(zip(places, strides, strict=True))
        variants = [
            tuple(
                [
                    setting
                    for place in range(len(strides))
                    for setting in _settle(failure, chain, place, by_place[place], odd_crop)
                ]
            )
            for odd_crop in (True, False)
        ]
        yield variants[0]
        if variants[1] != variants[0]:
            yield variants[1]


def rank_strides(product: int, count: int) -> list[tuple[int, ...]]:
    """Return `count` falling strides that multiply to a product, the best first."""
    strides = list_strides(product, (2, product))
    return sorted(list_products(product, count, strides), key=weigh_strides)


def _settle(
    failure: Failure, chain: Chain, place: int, stride: int, odd_crop: bool
) -> list[SetParameter]:
    """Return what has to change in one layer for n * stride elements.

    The kernel keeps its number of strides, or has one more where an odd crop is not wanted: such a
    crop is unequal, and not every framework puts the larger half at the same end.
    """
    node = chain.nodes[place]
    if stride == chain.strides[place]:
        return []
    count = max(1, chain.kernels[place] // chain.strides[place])
    if not odd_crop and (count - 1) * stride % 2:
        count += 1
    kernel = count * stride
    whole = find_whole(failure.network.dialect_of(node), [Axis(kernel, stride)] * chain.rank)
    return list_changes(node, {"stride": stride, "kernel": kernel, **whole})
