"""Fixes for a failing node, the smallest change first; each is proven before it is suggested."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from itertools import islice

from deconvcli.common.errors import DeconvError
from deconvcli.networks.graph.edits import SetParameter
from deconvcli.networks.graph.repairs._proof import Edits, Failure, Fix
from deconvcli.networks.graph.repairs._warnings import find_new_warnings
from deconvcli.networks.graph.repairs.channels import change_groups, correct_in_channels
from deconvcli.networks.graph.repairs.inputs import pad_input, resize_inputs
from deconvcli.networks.graph.repairs.joins import crop_inputs, pad_inputs, take_output_size
from deconvcli.networks.graph.repairs.kernels import describe_weights, propose_even_kernels
from deconvcli.networks.graph.repairs.layers import (
    give_size,
    limit_output_padding,
    use_nearest_size,
    use_whole_strides,
)
from deconvcli.networks.graph.repairs.output_paddings import change_output_padding, use_even_kernel
from deconvcli.networks.graph.repairs.outputs import crop_output, pad_output
from deconvcli.networks.graph.repairs.paddings import translate_padding
from deconvcli.networks.graph.repairs.strides import change_strides, find_chain

Source = Callable[[Failure], Iterator[Edits]]

# The order is the order of suggestion: parameters that are there already come before new layers,
# and these before another input, which the author can rarely choose.
_JOINS = (
    change_output_padding,
    use_even_kernel,
    take_output_size,
    crop_inputs,
    pad_inputs,
    resize_inputs,
)
_STRIDES = (change_output_padding, change_strides, resize_inputs)
_BY_CODE: dict[str, tuple[Source, ...]] = {
    "unequal-sizes": _JOINS,
    "too-small": _JOINS,
    "too-large": _JOINS,
    "expect": (
        change_output_padding,
        use_even_kernel,
        use_whole_strides,
        pad_input,
        crop_output,
        pad_output,
        resize_inputs,
    ),
    "empty-output": (resize_inputs,),
    "output-padding": (limit_output_padding,),
    "output-size": (use_nearest_size, give_size),
    "output-shape": (give_size,),
    "padding": (translate_padding,),
    "foreign-parameter": (translate_padding,),
    "channels": (correct_in_channels,),
    "groups": (change_groups,),
}


# Changes tried from one source; each takes a walk through the whole network.
MAX_TRIED = 32
# Fixes of one source that are compared, where the first ones draw warnings.
MAX_VARIANTS = 4


def find_fixes(failure: Failure, without: Container[Source] = ()) -> Iterator[Fix]:
    """Yield the fixes that are proven to work, searched for only as they are requested.

    Those that leave values, weights and the input as they are come first, those that draw a
    warning last. without: sources that are not asked.
    """
    code = failure.outcome.error.code if failure.outcome.error else ""
    # Where the strides are wrong, nothing that is cropped or padded was ever meant to be there.
    sources = _STRIDES if code == "expect" and find_chain(failure) else _BY_CODE.get(code, ())
    found: list[tuple[int, Fix]] = []
    for source in sources:
        # Where one parameter gives what is missing, nobody computes more and cuts it off again.
        is_solved = source is pad_input and not all(warnings for warnings, _ in found)
        if is_solved or source in without:
            continue
        fix, warnings = _find_quietest(failure, source)
        if fix is None or any(fix.network == other.network for _, other in found):
            continue
        if source is use_even_kernel:
            fix = _describe_kernel(failure, fix)
        found.append((warnings, fix))
        if not warnings and not fix.caution:
            yield fix
    others = [(warnings, fix) for warnings, fix in found if warnings or fix.caution]
    yield from (fix for _, fix in sorted(others, key=lambda other: other[0]))


def _find_quietest(failure: Failure, source: Source) -> tuple[Fix | None, int]:
    """Return the first fix of a source that draws no warning, else the one with the fewest."""
    best, fewest = None, 0
    for fix in islice(_prove_each(failure, source), MAX_VARIANTS):
        warnings = len(find_new_warnings(failure, fix))
        if best is None or warnings < fewest:
            best, fewest = fix, warnings
        if not fewest:
            break
    return best, fewest


def find_even_kernels(failure: Failure) -> Iterator[Fix]:
    """Yield fixes for a layer that works but is uneven: the same sizes with another kernel."""
    for fix in _prove_each(failure, propose_even_kernels):
        yield _describe_kernel(failure, fix)


def _describe_kernel(failure: Failure, fix: Fix) -> Fix:
    """Return the fix with what becomes of the weights of the layer whose kernel it changes."""
    [name] = {edit.node for edit in fix.edits if isinstance(edit, SetParameter)}
    layer = next(outcome for outcome in failure.outcomes if outcome.node.name == name)
    return fix._replace(effects=describe_weights(failure._replace(outcome=layer), fix))


def _prove_each(failure: Failure, source: Source) -> Iterator[Fix]:
    # The layer may have a second error that stops the source; that is for another finding.
    with suppress(DeconvError):
        for edits in islice(source(failure), MAX_TRIED):
            fix = failure.prove(edits)
            if fix is not None:
                yield fix


__all__ = [
    "Failure",
    "Fix",
    "Source",
    "find_chain",
    "find_even_kernels",
    "find_fixes",
    "resize_inputs",
]
