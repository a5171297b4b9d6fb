"""Fixes for a failing node, the smallest change first; each is proven before it is suggested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import islice

from deconvcli.common.errors import DeconvError
from deconvcli.networks.graph.repairs._proof import Edits, Failure, Fix
from deconvcli.networks.graph.repairs.channels import change_groups, correct_in_channels
from deconvcli.networks.graph.repairs.inputs import pad_input, resize_inputs
from deconvcli.networks.graph.repairs.joins import crop_inputs, pad_inputs, take_output_size
from deconvcli.networks.graph.repairs.kernels import describe_weights, propose_even_kernels
from deconvcli.networks.graph.repairs.layers import (
    limit_output_padding,
    use_nearest_size,
    use_whole_strides,
)
from deconvcli.networks.graph.repairs.output_paddings import change_output_padding
from deconvcli.networks.graph.repairs.outputs import crop_output, pad_output
from deconvcli.networks.graph.repairs.paddings import translate_padding
from deconvcli.networks.graph.repairs.strides import change_strides, find_chain

Source = Callable[[Failure], Iterator[Edits]]

# The order is the order of suggestion: parameters that are there already come before new layers,
# and these before another input, which the author can rarely choose.
_JOINS = (change_output_padding, take_output_size, crop_inputs, pad_inputs, resize_inputs)
_STRIDES = (change_output_padding, change_strides, resize_inputs)
_BY_CODE: dict[str, tuple[Source, ...]] = {
    "unequal-sizes": _JOINS,
    "too-small": _JOINS,
    "too-large": _JOINS,
    "expect": (
        change_output_padding,
        use_whole_strides,
        pad_input,
        crop_output,
        pad_output,
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


# Changes tried from one source; each takes a walk through the whole network.
MAX_TRIED = 32


def find_fixes(failure: Failure) -> Iterator[Fix]:
    """Yield the fixes that are proven to work, searched for only as they are requested.

    Those that leave values, weights and the input as they are come first.
    """
    code = failure.outcome.error.code if failure.outcome.error else ""
    # Where the strides are wrong, nothing that is cropped or padded was ever meant to be there.
    sources = _STRIDES if code == "expect" and find_chain(failure) else _BY_CODE.get(code, ())
    others = []
    for source in sources:
        # One of each kind: what follows in a source are variants that change more.
        for fix in islice(_prove_each(failure, source), 1):
            if fix.caution:
                others.append(fix)
            else:
                yield fix
    yield from others


def find_even_kernels(failure: Failure) -> Iterator[Fix]:
    """Yield fixes for a layer that works but is uneven: the same sizes with another kernel."""
    for fix in _prove_each(failure, propose_even_kernels):
        yield fix._replace(effects=describe_weights(failure, fix))


def _prove_each(failure: Failure, source: Source) -> Iterator[Fix]:
    # The layer may have a second error that stops the source; that is for another finding.
    with suppress(DeconvError):
        for edits in islice(source(failure), MAX_TRIED):
            fix = failure.prove(edits)
            if fix is not None:
                yield fix


__all__ = ["Failure", "Fix", "find_chain", "find_even_kernels", "find_fixes"]
