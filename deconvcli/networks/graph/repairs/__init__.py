"""What would mend a failing node, the smallest change first; each is proven before it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from deconvcli.common.errors import DeconvError
from deconvcli.networks.graph.repairs._proof import Edits, Failure, Fix
from deconvcli.networks.graph.repairs.channels import channels, other_groups
from deconvcli.networks.graph.repairs.inputs import other_inputs, padded_input
from deconvcli.networks.graph.repairs.joins import brought_to_one_size
from deconvcli.networks.graph.repairs.kernels import even_kernels
from deconvcli.networks.graph.repairs.layers import (
    legal,
    nearest_size,
    output_paddings,
    whole_strides,
)
from deconvcli.networks.graph.repairs.outputs import cut_or_extended
from deconvcli.networks.graph.repairs.paddings import own_padding

Source = Callable[[Failure], Iterator[Edits]]

_JOINS = (output_paddings, brought_to_one_size, other_inputs)
_BY_CODE: dict[str, tuple[Source, ...]] = {
    "unequal-sizes": _JOINS,
    "too-small": _JOINS,
    "too-large": _JOINS,
    "expect": (output_paddings, whole_strides, padded_input, cut_or_extended, other_inputs),
    "empty-output": (other_inputs,),
    "output-padding": (legal,),
    "output-size": (nearest_size,),
    "padding": (own_padding,),
    "foreign-parameter": (own_padding,),
    "channels": (channels,),
    "groups": (other_groups,),
}


# Changes of one kind; each is a walk through the whole network.
MOST_TRIED = 32


def fixes(failure: Failure) -> Iterator[Fix]:
    """All that are known to work, found one by one as they are asked for."""
    code = failure.outcome.error.code if failure.outcome.error else ""
    for source in _BY_CODE.get(code, ()):
        yield from _proven(failure, source)


def evened(failure: Failure) -> Iterator[Fix]:
    """For a layer that works and is uneven: the same sizes with another kernel."""
    yield from _proven(failure, even_kernels)


def _proven(failure: Failure, source: Source) -> Iterator[Fix]:
    # Something else may be wrong with the layer as well, which is for another finding to say.
    with suppress(DeconvError):
        for edits in islice(source(failure), MOST_TRIED):
            fix = failure.mended(edits)
            if fix is not None:
                yield fix


__all__ = ["Failure", "Fix", "evened", "fixes"]
