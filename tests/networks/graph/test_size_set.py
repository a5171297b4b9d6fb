"""Sets of sizes as text, the nearest sizes, and progressions in their shortest form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.networks.graph.size_set import Progression, SizeSet, build_size_set


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        (SizeSet(16, (12,), 188), "n = 16m + 12, n >= 188"),
        (SizeSet(32, (0,), 32), "n = 32m, n >= 32"),
        (SizeSet(8, (0, 7), 7), "n = 8m or 8m + 7, n >= 7"),
        (SizeSet(1, (0,), 1), "every n"),
        (SizeSet(1, (0,), 5), "every n >= 5"),
        (SizeSet(1, (), 0), "no n"),
        (SizeSet(1, (), 0, (Progression(7, 1, 7),)), "n = 7"),
        (
            SizeSet(1, (), 0, (Progression(5, 1, 8), Progression(20, 3, 29))),
            "n = 5 to 8 and 20 to 29 in steps of 3",
        ),
        (SizeSet(1, (), 0, (Progression(1, 3, 4),)), "n = 1 and 4"),
        (SizeSet(1, (), 0, (Progression(2, 1, 3),)), "n = 2 to 3"),
        (SizeSet(1, (), 0, (Progression(1, 3, 7), Progression(12, 1, 12))), "n = 1, 4, 7 and 12"),
        (
            SizeSet(1, (), 0, tuple(Progression(n, 1, n) for n in (1, 4, 9, 11, 16, 18, 24))),
            "n = 1, 4, 9, 11, 16, 18 ...",
        ),
        (SizeSet(4, (0,), 12, (Progression(3, 1, 3),)), "n = 4m, n >= 12; also n = 3"),
        (SizeSet(9, tuple(range(8)), 9), "n with one of 8 remainders modulo 9, n >= 9"),
    ],
)
def test_text(sizes: SizeSet, text: str) -> None:
    assert sizes.text() == text


@pytest.mark.parametrize(
    ("n", "below", "above"), [(572, 572, 572), (600, 588, 604), (100, None, 188), (188, 188, 188)]
)
def test_nearest(n: int, below: int | None, above: int) -> None:
    sizes = SizeSet(16, (12,), 188)
    assert (sizes.at_most(n), sizes.at_least(n)) == (below, above)


def test_nothing_is_near_where_nothing_works() -> None:
    sizes = build_size_set([])
    assert (sizes.at_most(10), sizes.at_least(10), sizes.contains(10)) == (None, None, False)


def test_a_finite_set_has_a_largest_size() -> None:
    sizes = build_size_set([Progression(4, 1, 9)])
    assert (sizes.at_most(99), sizes.at_least(10), sizes.at_least(1)) == (9, None, 4)


def test_the_period_is_the_shortest() -> None:
    assert build_size_set([Progression(1, 4), Progression(3, 4)]) == SizeSet(2, (1,), 1)
    assert build_size_set([Progression(7, 6), Progression(10, 6)]) == SizeSet(3, (1,), 7)


def test_many_finite_sizes_are_left_as_they_are() -> None:
    found = [Progression(9000, 2, 20_000), Progression(1, 1, 8000)]
    assert build_size_set(found).besides == (found[1], found[0])


progressions = st.builds(
    lambda first, step, count: Progression(
        first, step, None if count is None else first + step * count
    ),
    st.integers(1, 40),
    st.just(6),
    st.none() | st.integers(0, 4),
)


@given(st.lists(progressions, unique_by=lambda found: found.first % 6))
def test_no_size_is_lost_or_added(found: list[Progression]) -> None:
    sizes = build_size_set(found)
    for n in range(1, 120):
        assert sizes.contains(n) == any(progression.contains(n) for progression in found)
        assert sizes.at_least(n) == min(
            (size for p in found if (size := p.at_least(n)) is not None), default=None
        )
        assert sizes.at_most(n) == max(
            (size for p in found if (size := p.at_most(n)) is not None), default=None
        )
