"""A difference in one sentence."""

from __future__ import annotations

from math import prod

import numpy as np

from deconvcli.common.values import axis_name
from deconvcli.compute.differences._fits import (
    AFFINE,
    CLAMPED,
    DOUBLED_BIAS,
    FACTOR,
    MISSING_BIAS,
    OFFSET,
    ROUNDOFFS,
    SUBTRACTED_BIAS,
)
from deconvcli.compute.differences._problem import Fit, Guess, Problem, join_names
from deconvcli.compute.differences._proof import Border, Remainder
from deconvcli.compute.kernels.reference import Array
from deconvcli.compute.kernels.stream import Sizes

LETTERS = {1: "i", 2: "yx", 3: "zyx"}
MAX_LISTED = 4

_FITS = {
    MISSING_BIAS: "without the bias",
    DOUBLED_BIAS: "with the bias added twice",
    SUBTRACTED_BIAS: "with the bias subtracted",
    CLAMPED: "after a ReLU, with 0 in place of negative numbers",
}


def describe(
    guess: Guess,
    shift: Sizes,
    fit: Fit,
    problem: Problem,
    sizes: Sizes,
    remainder: Remainder | None,
) -> str:
    """Return what makes the two equal, as `equal after a shift by (1, 1): output[y, x] ...`.

    sizes: the spatial sizes of the reference.
    """
    if remainder is not None and remainder.count == remainder.not_finite == remainder.outputs:
        return "the reference is NaN or infinite everywhere"
    steps = [*guess.words, *([f"a shift by {_tuple(shift)}"] if any(shift) else [])]
    clauses = [f"after {join_names(steps)}"] if steps else []
    clauses += _describe_fit(fit, problem)
    text = f"equal {', '.join(clauses)}".strip()
    if sizes != problem.shape[2:]:
        text += " where both have elements"
    if fit.cause in (FACTOR, AFFINE) and not np.any(fit.factor):
        same = "0 everywhere" if fit.cause == FACTOR else "constant in each channel"
        text = f"the reference is {same}"
    if remainder is not None and remainder.count:
        text += f" except for {_describe_remainder(remainder)}"
    if any(shift):
        letters = LETTERS[len(shift)]
        moved = [
            f"{letter} {'+' if by > 0 else '-'} {abs(by)}" if by else letter
            for letter, by in zip(letters, shift, strict=True)
        ]
        text += f": output[{', '.join(letters)}] of the reference is ours at [{', '.join(moved)}]"
    return text


def _describe_fit(fit: Fit, problem: Problem) -> list[str]:
    if fit.cause == FACTOR:
        return [f"up to a factor of {fit.factor:.6g}{_explain_factor(fit, problem)}"]
    if fit.cause == OFFSET:
        offset = _name_numbers("an offset", _list_numbers(fit.offset, fit.offset_slack))
        return [f"up to {offset}, as of another bias"]
    if fit.cause == AFFINE:
        factor = _name_numbers("a factor", _list_numbers(fit.factor, fit.factor_slack))
        offset = _name_numbers("an offset", _list_numbers(fit.offset, fit.offset_slack))
        return [f"up to {factor} and {offset}"]
    if fit.roundoff:
        return [f"at the precision of {ROUNDOFFS[fit.roundoff]}"]
    return [_FITS[fit.cause]] if fit.cause else []


def _explain_factor(fit: Fit, problem: Problem) -> str:
    """Return which size of the layer it is, if it is one."""
    factor, slack = abs(float(fit.factor)), float(fit.factor_slack)
    sizes = {
        "the number of taps": prod(problem.weight.shape[2:]),
        "the product of the strides": prod(axis[1] for axis in problem.axes),
    }
    for name, size in sizes.items():
        if size > 1 and abs(factor - size) <= slack + 1e-6 * size:
            return f", {name}"
        if size > 1 and abs(factor * size - 1) <= slack * size + 1e-6:
            return f", 1 divided by {name}"
    return ""


def _list_numbers(numbers: Array | float, slack: Array | float) -> list[str]:
    """Return the numbers as text, 0 for those that may be 0; only one if all are the same."""
    near = np.abs(numbers) <= slack
    listed = [f"{number:.6g}" for number in np.ravel(np.where(near, 0.0, numbers))]
    return listed if len(set(listed)) > 1 else listed[:1]


def _name_numbers(name: str, listed: list[str]) -> str:
    """Return `an offset of 0.5`, or the first few of one for each channel."""
    if len(listed) == 1:
        return f"{name} of {listed[0]}"
    more = ", ..." if len(listed) > MAX_LISTED else ""
    return f"{name} for each channel ({', '.join(listed[:MAX_LISTED])}{more})"


def describe_channels(channels: Array, groups: int) -> str:
    """Return the order in which the reference has the layer's channels."""
    count = len(channels)
    if (channels == np.arange(count)[::-1]).all():
        return "reversing the output channels"
    if (channels == np.arange(count).reshape(groups, -1).T.ravel()).all():
        return "interleaving the output channels of the groups"
    more = ", ..." if count > 2 * MAX_LISTED else ""
    return (
        "permuting the output channels (those of the reference are ours"
        f" {', '.join(map(str, channels[: 2 * MAX_LISTED]))}{more})"
    )


def _describe_remainder(remainder: Remainder) -> str:
    """Return where the elements are that remain, and what the reference has there."""
    where = f"{remainder.count:,} of {remainder.outputs:,} elements"
    if remainder.border is not None:
        where = f"{_describe_border(remainder.border)} ({where})"
    if remainder.zeros == remainder.count:
        return f"{where}, where the reference is 0"
    if remainder.is_not_finite:
        side = "the reference" if remainder.not_finite == remainder.count else "ours"
        return f"{where}, where {side} is NaN or infinite"
    return where


def _describe_border(border: Border) -> str:
    """Return where the border is, as `the outer ring, 1 wide` or `the last row`."""
    widths = {width for sides in border for width in sides}
    if len(widths) == 1 and len(border) > 1:
        return f"the outer ring, {widths.pop()} wide"
    return join_names(
        [
            f"the {end} {_name_lines(width, axis, len(border))}"
            for axis, sides in enumerate(border)
            for end, width in zip(("first", "last"), sides, strict=True)
            if width
        ]
    )


def _name_lines(count: int, axis: int, rank: int) -> str:
    """Return `row`, `2 columns`, or `2 slices along depth`."""
    name, along = {1: ("element", ""), 2: (("row", "column")[axis % 2], "")}.get(
        rank, ("slice", f" along {axis_name(axis, rank)}")
    )
    return f"{name}{along}" if count == 1 else f"{count} {name}s{along}"


def _tuple(shift: Sizes) -> str:
    return str(shift[0]) if len(shift) == 1 else str(shift)
