"""Formulas that JAX and Flax share: padding around the dilated input, and words for it.

A transposed convolution is a forward one on the input with stride - 1 zeros between its elements,
so a padding of span - 1 crops nothing and a larger one appends.
"""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.frameworks.dialect.limits import EMPTY_OUTPUT, INPUT_EXISTS, positive
from deconvcli.frameworks.dialect.parameters import each, each_pair
from deconvcli.frameworks.releases import JAX
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Limit, Step
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Layer
from deconvcli.layers.layout import Layout

WEIGHT = Layout(("*", "I", "GO"))
TRANSPOSED_WEIGHT = Layout(("*", "GO", "I"))
NAMES = ("n", "k", "s", "d", "before", "after")

_CROP_BEGIN = Step(
    "crop_begin", "span - 1 - low", "span - 1 before the input crops nothing, less crops"
)
_CROP_END = Step("crop_end", "span - 1 - high", "likewise at the end")
_CROP_REMAINDER = Step("crop_end", "full - crop_begin - out", "likewise at the end")
_LOW_GIVEN = Step("low", "before", "zeros before the dilated input")
_HIGH_GIVEN = Step("high", "after", "zeros after it")
_WIDE_ENOUGH = Limit(
    "(n - 1)*s + 1 + low + high >= 0",
    "padding",
    "padding of {low} and {high} removes more than the {(n - 1)*s + 1} elements of the dilated"
    " input",
    "remove less: use larger numbers, or smaller ones with use_consistent_padding.",
)
_ZEROS = f"{JAX} accepts an input without elements and returns zeros or an empty array"
# A size below zero is not an error: the result is an empty array.
_CLIPPED = (
    _WIDE_ENOUGH,
    _CROP_BEGIN,
    Step("out", "max(full - crop_begin - (span - 1 - high), 0)", "what remains, if anything"),
    _CROP_REMAINDER,
    EMPTY_OUTPUT,
)


class Arithmetics:
    """The formulas, with one framework's names for stride and dilation in their messages."""

    def __init__(self, stride: str, dilation: str) -> None:
        limits = (
            positive("k", "kernel size"),
            positive("s", stride),
            positive("d", dilation),
            SPAN,
            FULL,
        )
        head = (INPUT_EXISTS._replace(otherwise=_ZEROS), *limits)
        same = (
            # As _conv_transpose_padding in jax/_src/lax/convolution.py, with the span for its k.
            Step("pads", "span + s - 2", "the total padding of SAME"),
            Step(
                "low", "span - 1 if s >= span else ceil(pads / 2)", "the larger half at the start"
            ),
            Step("high", "pads - low", "the remainder at the end"),
        )
        valid = (
            Step("low", "span - 1", "VALID crops nothing at the start"),
            Step("high", "s - 1 + max(span - s, 0)", "at least s elements for the last input"),
        )
        self.by_word = {
            "SAME": Arithmetic(*head, *same, _CROP_BEGIN, _CROP_END, OUT),
            "VALID": Arithmetic(*head, *valid, _CROP_BEGIN, _CROP_END, OUT),
        }
        self.explicit = Arithmetic(*head, _LOW_GIVEN, _HIGH_GIVEN, *_CLIPPED)
        self.consistent = Arithmetic(
            *head,
            Step("low", "span - 1 - before", "use_consistent_padding: padding crops"),
            Step("high", "span - 1 - after", "likewise at the end"),
            *_CLIPPED,
        )
        half = Step(
            "low", "(span - 1) // 2", "the forward layer's same: the smaller half at the start"
        )
        remainder = Step("high", "span - 1 - low", "the remainder at the end")
        lower = Step(
            "low", "span // 2", "the forward layer's same, lower: the larger half at the start"
        )
        nothing = (
            Step("low", "0", "the forward layer's valid pads nothing"),
            Step("high", "0", "nor at the end"),
        )
        self.forward = {
            "SAME": Arithmetic(*head, half, remainder, _CROP_BEGIN, _CROP_END, OUT),
            "SAME_LOWER": Arithmetic(*head, lower, remainder, _CROP_BEGIN, _CROP_END, OUT),
            "VALID": Arithmetic(*head, *nothing, *_CLIPPED),
        }
        self.circular = {
            transposed: Arithmetic(
                # Without a note: Flax divides by the period, which is 0 for an empty input.
                INPUT_EXISTS,
                *limits,
                Step("out", "n*s", "CIRCULAR: one period is the input times the stride"),
                Step("beyond", "max(span - s, 0)", "the excess of VALID over that"),
                Step("crop_begin", f"{rounded}(beyond / 2)", "it is added at the other end"),
                _CROP_REMAINDER,
            )
            # Flax pads the odd element at the start, where less is cropped then, or at the end.
            for transposed, rounded in ((False, "floor"), (True, "ceil"))
        }

    @property
    def all(self) -> tuple[Arithmetic, ...]:
        """All formulas, as the dialect lists them."""
        words = (*self.by_word.values(), *self.forward.values(), *self.circular.values())
        return (*words, self.explicit, self.consistent)

    def find_by_word(
        self, word: str, stride: Sequence[int], *, consistent: bool
    ) -> Arithmetic | None:
        """Return the formulas of SAME, VALID or, if all strides are 1, a forward layer's word."""
        # lax.conv_transpose knows these two exactly as written, and passes on any other word to a
        # forward convolution, which takes it in any case: 'valid' is another layer than 'VALID'.
        if word in self.by_word:
            return self.by_word[word]
        # use_consistent_padding computes the pads of any word itself, and knows only those two.
        return None if consistent else self.find_forward(word, stride)

    def find_forward(self, word: str, stride: Sequence[int]) -> Arithmetic | None:
        """Return the formulas of a forward layer's word, accepted only with strides of 1."""
        # With a stride JAX raises "String padding is not implemented for transposed convolution".
        return self.forward.get(word.upper()) if set(stride) == {1} else None


def both_ends(value: tuple[int, ...], rank: int) -> list[list[int]]:
    """Return the number as padding of both ends of each axis."""
    return [[pad, pad] for pad in each(value, rank)]


def list_pairs(value: tuple[tuple[int, int], ...], rank: int) -> list[list[int]]:
    """Return begin and end of each axis as lists."""
    return [list(pair) for pair in each_pair(value, rank)]


def pads_of(layer: Layer) -> list[list[Size]]:
    """Return the explicit padding that crops as the layer does."""
    return [[axis.span - 1 - axis.crop_begin, axis.span - 1 - axis.crop_end] for axis in layer.axes]
