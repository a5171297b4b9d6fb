"""`deconvcli.solve`: one function for all that is searched, by what is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

from deconvcli.common.arguments import (
    require_count,
    require_dialect,
    require_sizes,
    require_text,
    to_plain_numbers,
)
from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialects import take
from deconvcli.layers.layer import Reading, require_reading

if TYPE_CHECKING:
    from deconvcli.checks.checking.decoders import DecoderMirror
    from deconvcli.networks.mirror import LayerMirror
    from deconvcli.solver import Answer, Rates
    from deconvcli.solver.inputs import Inputs

_COUNTS = ("batch", "in_channels", "out_channels", "groups")
"""Roles that are one number, whatever the dialect."""


@overload
def solve(
    input_size: Sequence[int] | int | None = None,
    output_size: Sequence[int] | int | None = None,
    dialect: str | None = None,
    *,
    mirror: None = None,
    stages: None = None,
    layer: None = None,
    **parameters: Any,
) -> Answer: ...


@overload
def solve(
    input_size: Sequence[int] | int | None = None,
    *,
    dialect: str | None = None,
    factor: Sequence[int] | int,
    stages: int,
    **parameters: Any,
) -> Rates: ...


@overload
def solve(*, output_size: Sequence[int] | int, layer: Reading, limit: int = 10) -> Inputs: ...


@overload
def solve(
    input_size: Sequence[int] | int | None = None,
    *,
    dialect: str | None = None,
    mirror: str,
) -> LayerMirror | DecoderMirror: ...


def solve(
    input_size: Sequence[int] | int | None = None,
    output_size: Sequence[int] | int | None = None,
    dialect: str | None = None,
    *,
    factor: Sequence[int] | int | None = None,
    stages: int | None = None,
    mirror: str | None = None,
    layer: Reading | None = None,
    kernel: Any = None,
    stride: Any = None,
    dilation: Any = None,
    padding: Any = None,
    output_padding: Any = None,
    limit: int = 10,
    **roles: Any,
) -> Answer | Rates | Inputs | LayerMirror | DecoderMirror:
    """Return the layers that make the output size of the input size, the best first.

    input_size, output_size: one number for each spatial axis. factor: in place of the output size;
    every input has so many times its size. stages: the number of layers in a row whose strides
    multiply to the factor; the answer has such chains. dialect: torch by default. kernel, stride,
    dilation, padding, output_padding: a number, a range(3, 10), or a list with one of these for
    each axis; padding may be a word or (begin, end) too. What is not given is searched: kernel and
    stride from 1 to 16, every padding. limit: the number of layers. roles: groups, in_channels,
    out_channels ... mirror: in place of all these, a convolution or an encoder, pasted or as the
    path of a config: what returns to exactly its input, of size `input_size`. layer: beside the
    output size alone, a whole layer: the inputs that have this output.

    Raises:
        NotExpressible: the dialect has no layer that undoes this one.
        UsageError: an unknown dialect, a parameter that it lacks, or sizes and numbers that fit no
            layer.
    """
    into = _read_sizes(input_size, "input_size")
    out = _read_sizes(output_size, "output_size")
    factors = _read_sizes(factor, "factor")
    dialect = None if dialect is None else require_dialect(dialect)
    limit = require_count(limit, "limit")
    stages = None if stages is None else require_count(stages, "stages")
    given = {
        "kernel": kernel,
        "stride": stride,
        "dilation": dilation,
        "padding": padding,
        "output_padding": output_padding,
    }
    if layer is not None:
        numbers = (input_size, factor, stages, mirror, dialect, *given.values())
        if roles or not out or any(number is not None for number in numbers):
            raise UsageError(
                "a whole layer is searched for the inputs that have an output size",
                help="give layer with output_size alone.",
            )
        from deconvcli.solver.inputs import find_inputs

        require_reading(layer, "layer")
        own, sizes = take(layer.spelling.name)[0], layer.sizes
        return find_inputs(
            lambda spatial: own.read(layer.spelling, sizes._replace(spatial=spatial)),
            out * len(sizes.spatial) if len(out) == 1 else out,
            limit,
        )
    if mirror is not None:
        numbers = (output_size, factor, stages, *given.values())
        if roles or any(number is not None for number in numbers):
            raise UsageError(
                "a mirror has all numbers of the layer that it undoes",
                help="give mirror with input_size and dialect alone.",
            )
        from deconvcli.checks.checking.decoders import mirror as find_mirror

        require_text(mirror, "mirror", "the text of a convolution or an encoder, or a path")
        return find_mirror(mirror, into or None, dialect)
    from deconvcli.solver import (
        Question,
        ask_factor,
        find_rates,
        read_bounds,
        solve,
        spread_factor,
        widen_kernels,
    )

    name, bounds = dialect or "torch", read_bounds(given)
    plain = {
        role: require_count(value, role) if role in _COUNTS else to_plain_numbers(value)
        for role, value in roles.items()
    }
    counts = {role: (value,) if type(value) is int else value for role, value in plain.items()}
    if bool(factors) == bool(out) or not (factors or into):
        raise UsageError(
            "a layer is searched for an input and an output size, or for a factor",
            help="give input_size and output_size, or factor.",
            code="no-size",
        )
    factors, shown = spread_factor(factors, into) if factors else ((), ())
    if stages is not None:
        if len(set(factors)) != 1:
            raise UsageError("stages need one factor for all axes", help="give factor=600.")
        limits = widen_kernels(bounds) if kernel is None else bounds
        rank = len(factors)
        return find_rates(name, factors[0], stages, shown, limits, counts, limit, rank=rank)
    question = (
        ask_factor(name, factors, shown, bounds, counts)
        if factors
        else Question(name, into, out, bounds, counts)
    )
    answer = solve(question, limit, distinct=True)
    answer.require_parameters()
    return answer


def _read_sizes(given: Sequence[int] | int | None, name: str) -> tuple[int, ...]:
    """Return one size for each axis; nothing for None."""
    sizes = to_plain_numbers(given)
    if sizes is None:
        return ()
    return tuple(require_sizes([sizes] if type(sizes) is int else sizes, name))
