"""Every frame shows the numbers of the layer's arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.common.errors import UsageError
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer
from deconvcli.layers.overlap import AxisOverlap
from deconvcli.layers.text import size_text
from deconvcli.views.drawing.clock import time_frames
from deconvcli.views.drawing.scene import MAX_FRAMES, Cell, Kind, Mark, Scene, build_scene
from tests.views.drawing.pictures import LAYERS, draw_options, read_options

crops = st.integers(-4, 9)
axes = st.builds(Axis, st.integers(1, 6), st.integers(1, 5), st.integers(0, 3), crops, crops)
sized = st.tuples(axes, st.integers(1, 12))


def find_final_marks(scene: Scene) -> dict[Cell, Mark]:
    """Return the mark on top of each cell in the finished picture."""
    return {mark.cell: mark for mark in scene.marks}


def build(*layer: tuple[Axis, int]) -> Scene:
    return build_scene(Layer(tuple(axis for axis, _ in layer)), tuple(n for _, n in layer))


@given(sized, sized)
def test_the_finished_picture_counts_what_the_overlap_counts(
    one: tuple[Axis, int], other: tuple[Axis, int]
) -> None:
    picture = build(one, other)
    kept = {
        cell: m.pairs for cell, m in find_final_marks(picture).items() if m.kind is not Kind.CUT
    }
    down, right = (AxisOverlap(*axis) for axis in (one, other))
    rows, columns = picture.windows
    begins = (rows.kept[0], columns.kept[0])
    expected = {
        (y, x): len(down.pairs(y - begins[0])) * len(right.pairs(x - begins[1]))
        for y in range(rows.begin, rows.end)
        for x in range(columns.begin, columns.end)
        if rows.kept[0] <= y < rows.kept[1] and columns.kept[0] <= x < columns.kept[1]
    }
    assert kept == expected


@given(sized)
def test_a_signal_is_one_row(one: tuple[Axis, int]) -> None:
    picture = build(one)
    assert picture.is_flat
    assert {mark.cell[0] for mark in picture.marks} <= {0}
    assert picture.windows[0].full == 1


@given(sized, sized)
def test_frames_are_few_and_come_in_order(one: tuple[Axis, int], other: tuple[Axis, int]) -> None:
    picture = build(one, other)
    assert 1 <= picture.frames <= MAX_FRAMES
    assert all(1 <= mark.frame <= picture.frames for mark in picture.marks)
    times = time_frames(picture)
    assert list(times.starts) == sorted(set(times.starts))
    assert len(times.starts) == picture.frames
    assert times.starts[-1] < times.total


@given(sized)
def test_zeros_are_added_exactly_where_the_crop_is_negative(one: tuple[Axis, int]) -> None:
    picture = build(one)
    [_, shown] = picture.windows
    added = {cell[1] for cell, mark in find_final_marks(picture).items() if mark.kind is Kind.ADDED}
    outside = {*range(shown.begin, 0), *range(shown.full, shown.end)}
    assert added == {at for at in outside if shown.kept[0] <= at < shown.kept[1]}


def test_the_crop_closes_in() -> None:
    picture = draw_options("--in 5x5 -k 3 -s 2 --padding same").scene
    ends = [picture.crop_at(frame)[0][1] for frame in range(25, picture.frames + 1)]
    assert ends == [11, 10.75, 10.5, 10.25, 10]


def test_many_inputs_are_sampled_and_the_notes_say_so() -> None:
    picture = draw_options("--in 64x64 -k 4 -s 2 -p 1")
    assert picture.scene.frames == MAX_FRAMES
    assert picture.caption.notes == (
        "Only the first 16x16 of the full scatter 130x130 is drawn; the pattern continues.",
        "Each frame stamps several inputs; the last one is highlighted.",
    )


@pytest.mark.parametrize(
    ("line", "note"),
    [
        (LAYERS[1], "A negative crop appends elements that hold only the bias; they are dashed"),
        (LAYERS[4], "Only height and width are drawn; depth works in the same way."),
        (LAYERS[6], "A negative crop appends elements that hold only the bias"),
        (LAYERS[7], "Elements that the crop cuts off wrap around and are added at the other end."),
        (LAYERS[8], "The crop leaves no output."),
    ],
)
def test_the_notes_add_what_the_picture_cannot_show(line: str, note: str) -> None:
    assert any(sentence.startswith(note) for sentence in draw_options(line).caption.notes)


def test_the_sizes_are_those_of_the_answer() -> None:
    for line in LAYERS:
        output = size_text(read_options(line).output_sizes)
        assert draw_options(line).caption.sizes.endswith(f"output {output}")


@pytest.mark.parametrize("frame", [0, 30, -1])
def test_a_frame_that_does_not_exist_is_refused(frame: int) -> None:
    with pytest.raises(UsageError, match=f"this picture has no frame {frame}") as refused:
        draw_options(LAYERS[0]).scene.require_frame(frame)
    assert refused.value.help == "give 1 to 29; the last one is the finished picture."


def test_a_kernel_larger_than_memory_is_drawn_as_its_corner() -> None:
    picture = draw_options(f"--in 3 -k {2**62} -s 2 --padding valid").scene
    assert picture.windows[1].end == 32
