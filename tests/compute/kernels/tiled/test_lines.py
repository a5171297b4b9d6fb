"""A line compared with the definition of its axis, in plain integers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from deconvcli.compute.kernels.reference import AxisNumbers, output_size
from deconvcli.compute.kernels.tiled.lines import Line


@st.composite
def lines(draw: st.DrawFn) -> tuple[AxisNumbers, Line]:
    """Draw an axis with outputs, and its line for one, two or three neighbouring outputs."""
    n, kernel, stride, dilation = (draw(st.integers(1, most)) for most in (9, 6, 7, 4))
    crop_begin = draw(st.integers(-8, (n - 1) * stride + dilation * (kernel - 1)))
    left = output_size(n, (kernel, stride, dilation, crop_begin, 0))
    axis = kernel, stride, dilation, crop_begin, draw(st.integers(-8, left - 1))
    return axis, Line.of(n, axis, draw(st.integers(1, 3)))


def meetings(axis: AxisNumbers, o: int) -> set[tuple[int, int]]:
    """Return the (input, tap) pairs of output o by the definition, also beyond both ends."""
    kernel, stride, dilation, crop_begin, _ = axis
    return {
        (i, j)
        for i in range(-50, 60)
        for j in range(kernel)
        if i * stride + j * dilation - crop_begin == o
    }


@given(lines())
def test_each_output_reads_what_the_definition_says(drawn: tuple[AxisNumbers, Line]) -> None:
    axis, line = drawn
    assert line.out == output_size(line.n, axis)
    for o in range(line.out):
        q, r = divmod(o, line.stride)
        found = {(line.step * q + shift, tap) for shift, tap in line.phases[r].items()}
        assert found == meetings(axis, o)


@given(lines())
def test_the_extent_is_what_all_positions_read(drawn: tuple[AxisNumbers, Line]) -> None:
    _, line = drawn
    reads = [line.step * q + shift for q in range(line.size) for shift in line.shifts]
    if reads:
        assert (min(reads), max(reads)) == (line.low, line.low + line.extent - 1)
        assert line.reach == max(line.shifts) - min(line.shifts) + 1
    assert (line.size - 1) * line.stride < line.out <= line.size * line.stride


@given(lines())
def test_shifts_classes_and_masks_tell_of_the_phases(drawn: tuple[AxisNumbers, Line]) -> None:
    _, line = drawn
    having = {shift: {r for r, p in enumerate(line.phases) if shift in p} for shift in line.shifts}
    assert [{r for r in range(line.stride) if mask >> r & 1} for mask in line.masks] == [
        having[shift] for shift in sorted(having)
    ]
    assert sorted(r for alike in line.classes for r in alike) == list(range(line.stride))
    for alike in line.classes:
        assert len({tuple(line.phases[r]) for r in alike}) == 1
    assert len({tuple(line.phases[alike[0]]) for alike in line.classes}) == len(line.classes)


def test_a_line_worked_out_by_hand() -> None:
    line = Line.of(5, (3, 2, 1, 1, 0))  # outputs of input i with taps 0, 1, 2: 2i-1, 2i, 2i+1
    assert line == Line(5, 10, 2, 1, 5, 0, 6, ({0: 1}, {0: 2, 1: 0}), (0, 1), (3, 2), ((0,), (1,)))
    folded = Line.of(5, (3, 1, 1, 1, 1), 2)  # two outputs of 5: q reads 2q-1 ... 2q+2
    phases = ({-1: 2, 0: 1, 1: 0}, {0: 2, 1: 1, 2: 0})
    shifts, masks = (-1, 0, 1, 2), (0b01, 0b11, 0b11, 0b10)
    assert folded == Line(5, 5, 2, 2, 3, -1, 8, phases, shifts, masks, ((0,), (1,)))
