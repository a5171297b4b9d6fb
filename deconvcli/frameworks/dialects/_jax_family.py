"""What JAX and Flax share: padding that surrounds the dilated input, and its words.

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

_CROP_BEGIN = Step("crop_begin", "span - 1 - low", "span - 1 in front crops nothing, less crops")
_CROP_END = Step("crop_end", "span - 1 - high", "likewise behind")
_REST = Step("crop_end", "full - crop_begin - out", "likewise behind")
_LOW_GIVEN = Step("low", "before", "zeros in front of the dilated input")
_HIGH_GIVEN = Step("high", "after", "zeros behind it")
_WIDE_ENOUGH = Limit(
    "(n - 1)*s + 1 + low + high >= 0",
    "padding",
    "padding of {low} and {high} takes more than the {(n - 1)*s + 1} elements of the dilated input",
    "take less away: use larger numbers, with use_consistent_padding smaller ones.",
)
_ZEROS = f"{JAX} takes an input without elements, and answers with zeros or an empty array"
# A size below zero is no error: an empty array comes back.
_CLIPPED = (
    _WIDE_ENOUGH,
    _CROP_BEGIN,
    Step("out", "max(full - crop_begin - (span - 1 - high), 0)", "what is left, if anything"),
    _REST,
    EMPTY_OUTPUT,
)


class Arithmetics:
    """The formulas with the names that one framework gives to stride and dilation."""

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
            Step("pads", "span + s - 2", "what SAME pads in all"),
            Step("low", "span - 1 if s >= span else ceil(pads / 2)", "the larger half in front"),
            Step("high", "pads - low", "the rest behind"),
        )
        valid = (
            Step("low", "span - 1", "VALID crops nothing in front"),
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
            Step("high", "span - 1 - after", "likewise behind"),
            *_CLIPPED,
        )
        half = Step("low", "(span - 1) // 2", "the forward layer's same: the smaller half in front")
        rest = Step("high", "span - 1 - low", "the rest behind")
        lower = Step(
            "low", "span // 2", "the forward layer's same, lower: the larger half in front"
        )
        nothing = (
            Step("low", "0", "the forward layer's valid pads nothing"),
            Step("high", "0", "neither behind"),
        )
        self.forward = {
            "SAME": Arithmetic(*head, half, rest, _CROP_BEGIN, _CROP_END, OUT),
            "SAME_LOWER": Arithmetic(*head, lower, rest, _CROP_BEGIN, _CROP_END, OUT),
            "VALID": Arithmetic(*head, *nothing, *_CLIPPED),
        }
        self.circular = {
            transposed: Arithmetic(
                INPUT_EXISTS,
                *limits,
                Step("out", "n*s", "CIRCULAR: one period is the input times the stride"),
                Step("beyond", "max(span - s, 0)", "what VALID has more than that"),
                Step("crop_begin", f"{rounded}(beyond / 2)", "it comes back at the other end"),
                _REST,
            )
            for transposed, rounded in ((False, "floor"), (True, "ceil"))
        }

    @property
    def all(self) -> tuple[Arithmetic, ...]:
        """Every one of them."""
        words = (*self.by_word.values(), *self.forward.values(), *self.circular.values())
        return (*words, self.explicit, self.consistent)

    def of_word(self, word: str, stride: Sequence[int], *, consistent: bool) -> Arithmetic | None:
        """SAME and VALID exactly; else, where every stride is 1, a forward layer's word."""
        if word in self.by_word:
            return self.by_word[word]
        return None if consistent else self.of_forward(word, stride)

    def of_forward(self, word: str, stride: Sequence[int]) -> Arithmetic | None:
        """A forward layer's word in any case, which is taken only where every stride is 1."""
        return self.forward.get(word.upper()) if set(stride) == {1} else None


def both_ends(value: tuple[int, ...], rank: int) -> list[list[int]]:
    """The option's number for both ends of each axis."""
    return [[pad, pad] for pad in each(value, rank)]


def listed_pairs(value: tuple[tuple[int, int], ...], rank: int) -> list[list[int]]:
    """The option's begin:end for each axis."""
    return [list(pair) for pair in each_pair(value, rank)]


def pads_of(layer: Layer) -> list[list[Size]]:
    """The explicit padding that crops as the layer does."""
    return [[axis.span - 1 - axis.crop_begin, axis.span - 1 - axis.crop_end] for axis in layer.axes]
