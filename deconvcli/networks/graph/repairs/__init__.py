"""What would mend a failing node, the smallest change first; each is proven before it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from deconvcli.common.errors import DeconvError
from deconvcli.networks.graph.repairs._proof import Edits, Failure, Fix
from deconvcli.networks.graph.repairs.channels import change_groups, correct_in_channels
from deconvcli.networks.graph.repairs.inputs import pad_input, resize_inputs
from deconvcli.networks.graph.repairs.joins import equalize_inputs
from deconvcli.networks.graph.repairs.kernels import propose_even_kernels
from deconvcli.networks.graph.repairs.layers import (
    change_output_padding,
    limit_output_padding,
    use_nearest_size,
    use_whole_strides,
)
from deconvcli.networks.graph.repairs.outputs import crop_or_pad_output
from deconvcli.networks.graph.repairs.paddings import translate_padding

Source = Callable[[Failure], Iterator[Edits]]

_JOINS = (change_output_padding, equalize_inputs, resize_inputs)
_BY_CODE: dict[str, tuple[Source, ...]] = {
    "unequal-sizes": _JOINS,
    "too-small": _JOINS,
    "too-large": _JOINS,
    "expect": (
        change_output_padding,
        use_whole_strides,
        pad_input,
        crop_or_pad_output,
        resize_inputs,
    ),
    "empty-output": (resize_inputs,),
    "output-padding": (limit_output_padding,),
    "output-size": (use_nearest_size,),
    "padding": (translate_padding,),
    "foreign-parameter": (translate_padding,),
    "channels": (correct_in_channels,),
    "groups": (change_groups,),
}


# Changes of one kind; each is a walk through the whole network.
MAX_TRIED = 32


def find_fixes(failure: Failure) -> Iterator[Fix]:
    """All that are known to work, found one by one as they are asked for."""
    code = failure.outcome.error.code if failure.outcome.error else ""
    for source in _BY_CODE.get(code, ()):
        yield from _prove_each(failure, source)


def find_even_kernels(failure: Failure) -> Iterator[Fix]:
    """For a layer that works and is uneven: the same sizes with another kernel."""
    yield from _prove_each(failure, propose_even_kernels)


def _prove_each(failure: Failure, source: Source) -> Iterator[Fix]:
    # Something else may be wrong with the layer as well, which is for another finding to say.
    with suppress(DeconvError):
        for edits in islice(source(failure), MAX_TRIED):
            fix = failure.prove(edits)
            if fix is not None:
                yield fix


__all__ = ["Failure", "Fix", "find_even_kernels", "find_fixes"]
