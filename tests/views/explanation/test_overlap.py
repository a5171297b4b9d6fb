"""The verdict, and the corner that is shown of a large layer."""

from __future__ import annotations

from typing import Any

import pytest

import deconvcli
from deconvcli.layers.axis import Linear
from deconvcli.views.explanation import Explanation
from deconvcli.views.explanation.overlap import MAX_MAP_ROWS, MAX_MAP_WIDTH, Overlap, count_overlap


def count(*n: int, **words: Any) -> Overlap:
    """Return the overlap of a torch layer."""
    result = count_overlap(deconvcli.layer("torch", input_shape=(1, 1, *n), **words))
    assert result is not None
    return result


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (
            {"kernel_size": 4, "stride": 2},
            "The overlap is even: 4 pairs reach every element away from the edges.",
        ),
        (
            {"kernel_size": 2, "stride": 2},
            "The overlap is even: 1 pair reaches every element away from the edges.",
        ),
        (
            {"kernel_size": 3, "stride": 2},
            "The overlap is uneven: 1 to 4 pairs reach an element away from the edges, a ratio of"
            " 4, repeating every 2x2: a checkerboard. A kernel of 2 or 4 makes it even.",
        ),
        (
            {"kernel_size": (2, 3), "stride": (2, 2)},
            "The overlap is uneven: 1 to 2 pairs reach an element away from the edges, a ratio of"
            " 2, repeating every 1x2: stripes. A kernel of 2x2 or 2x4 makes it even.",
        ),
        (
            {"kernel_size": 2, "stride": 3},
            "The overlap has gaps: no pair reaches 5 of every 9 elements, which hold only the"
            " bias; at most 1 pair reaches the others, repeating every 3x3. A kernel of 3 makes it"
            " even.",
        ),
        (
            {"kernel_size": 3, "stride": 2, "dilation": 2},
            "The overlap has gaps: no pair reaches 3 of every 4 elements, which hold only the"
            " bias; at most 9 pairs reach the others, repeating every 2x2. No kernel makes it even,"
            " because stride and dilation share a factor.",
        ),
    ],
)
def test_verdicts(words: dict[str, Any], verdict: str) -> None:
    assert count(9, 9, **words).verdict == verdict


def test_one_axis_is_no_checkerboard() -> None:
    assert "repeating every 2: a periodic pattern." in count(9, kernel_size=3, stride=2).verdict


@pytest.mark.parametrize(("n", "is_large"), [(1, False), (2, False), (4, False), (5, True)])
def test_a_small_output_has_nothing_away_from_its_edges(n: int, is_large: bool) -> None:
    small = count(n, kernel_size=9, stride=2, padding=3)
    assert small.has_interior is is_large
    last = "This output is too small to show it: every element is near an edge."
    assert small.verdict.endswith(last) is not is_large


def test_a_small_layer_is_shown_whole() -> None:
    assert count(2, 3, kernel_size=3, stride=2).corner == (
        (1, 1, 2, 1, 2, 1, 1),
        (1, 1, 2, 1, 2, 1, 1),
        (2, 2, 4, 2, 4, 2, 2),
        (1, 1, 2, 1, 2, 1, 1),
        (1, 1, 2, 1, 2, 1, 1),
    )


@pytest.mark.parametrize("kernel", [3, 9, 40])
def test_a_large_layer_is_cut_to_a_page(kernel: int) -> None:
    corner = count(10**6, 10**6, kernel_size=kernel, stride=2).corner
    assert len(corner) == MAX_MAP_ROWS
    assert {len(row) for row in corner} == {MAX_MAP_WIDTH // (len(str((kernel // 2 + 1) ** 2)) + 1)}


def test_the_middle_plane_of_three_axes_is_shown() -> None:
    volume = count(4, 2, 2, kernel_size=3, stride=2)
    assert volume.at == (4,)
    assert volume.corner[2][2] == 8


def test_symbols_and_empty_outputs_have_no_map() -> None:
    reading = deconvcli.layer("torch", input_shape=(1, 1, 5), kernel_size=3)
    sizes = reading.sizes._replace(spatial=(Linear("N"),))
    assert count_overlap(reading._replace(sizes=sizes)) is None
    empty = deconvcli.layer(
        "jax", input_shape=(1, 1, 1), weight_shape=(3, 1, 1), strides=[1], padding=[[0, 0]]
    )
    assert empty.output_sizes == (0,)
    assert count_overlap(empty) is None


def mark(n: int, **words: Any) -> str:
    """Return the full scatter of one axis with the kept elements in brackets."""
    reading = deconvcli.layer("torch", input_shape=(1, 1, n), **words)
    explanation: Explanation = deconvcli.explain(reading)
    return explanation.axes[0].kept


def test_the_crop_is_in_brackets() -> None:
    assert mark(3, kernel_size=3, stride=2) == "[1 1 2 1 2 1 1]"
    assert mark(3, kernel_size=3, stride=2, padding=1) == "1 [1 2 1 2 1] 1"
    assert mark(3, kernel_size=3, stride=2, output_padding=1) == "[1 1 2 1 2 1 1 0]"


def test_a_long_row_shows_both_ends() -> None:
    row = mark(1000, kernel_size=33, stride=2, padding=20)
    assert row == "1 1 ... 10 10 [11 11 12 12 13 ... 13 12 12 11 11] 10 10 ... 1 1"
