"""The pairs of one element, and indices outside the output."""

from __future__ import annotations

import pytest

import deconvcli
from deconvcli.common.errors import UsageError
from deconvcli.layers.layer import Reading
from deconvcli.views.explanation.element import MAX_LISTED_PAIRS, AxisPair, find_pairs


def torch(*n: int, k: int = 3, **words: int) -> Reading:
    """Return a layer of one channel."""
    return deconvcli.layer(
        "torch", input_shape=(1, 1, *n), weight_shape=(1, 1, *[k] * len(n)), **words
    )


def test_pairs_of_two_axes_are_all_combinations() -> None:
    found = find_pairs(torch(5, 5, stride=2, padding=1), (1, 2))
    assert found.total == 2
    assert found.pairs == (
        (AxisPair(1, 0, "1*2 + 0*1 - 1 = 1"), AxisPair(1, 1, "1*2 + 1*1 - 1 = 2")),
        (AxisPair(0, 2, "0*2 + 2*1 - 1 = 1"), AxisPair(1, 1, "1*2 + 1*1 - 1 = 2")),
    )


def test_many_pairs_are_counted_and_the_first_listed() -> None:
    found = find_pairs(torch(20, 20, k=9), (12, 12))
    assert (found.total, len(found.pairs)) == (81, MAX_LISTED_PAIRS)


def test_a_gap_has_none() -> None:
    assert find_pairs(torch(5, k=1, stride=3), (1,)).total == 0


@pytest.mark.parametrize("element", [(9, 0), (0, -1), (0,), (0, 0, 0)])
def test_an_index_outside_the_output_is_an_error_with_the_range(element: tuple[int, ...]) -> None:
    with pytest.raises(UsageError, match="is outside the output 9x9") as error:
        find_pairs(torch(5, 5, stride=2, padding=1), element)
    assert error.value.help == "elements are numbered from 0: height 0 to 8, width 0 to 8."
