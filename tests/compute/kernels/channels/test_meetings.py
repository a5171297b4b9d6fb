"""The meetings are the products of the definition."""

from __future__ import annotations

from math import prod

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.compute.kernels.channels import meetings
from deconvcli.compute.kernels.channels.meetings import NO_OUTPUT, Meetings, along
from deconvcli.compute.kernels.reference import output_size
from tests.compute.kernels.test_engines import Layer, layers


def list_products(layer: Layer) -> list[tuple[int, int, int]]:
    """Return (tap, input, output) of every product of one image and channel, from the formula."""
    kernel = tuple(axis[0] for axis in layer.axes)
    size = tuple(output_size(n, axis) for n, axis in zip(layer.sizes, layer.axes, strict=True))
    found = []
    for j in np.ndindex(kernel):
        for i in np.ndindex(layer.sizes):
            o = [a * ax[1] + b * ax[2] - ax[3] for a, b, ax in zip(i, j, layer.axes, strict=True)]
            if all(0 <= at < n for at, n in zip(o, size, strict=True)):
                flat = (np.ravel_multi_index(p, n) for p, n in ((j, kernel), (i, layer.sizes)))
                tap, place = map(int, flat)
                found.append((tap, place, int(np.ravel_multi_index(tuple(o), size))))
    return found


@given(layers())
def test_meetings_are_those_of_the_definition(layer: Layer) -> None:
    met = Meetings.of(layer.sizes, layer.axes)
    taps = np.repeat(met.taps, met.counts)
    found = list(zip(taps.tolist(), met.inputs.tolist(), met.outputs.tolist(), strict=True))
    assert found == list_products(layer)
    assert (met.counts > 0).all()


@given(layers())
def test_they_are_counted_without_being_listed(layer: Layer) -> None:
    counts = meetings.counts(layer.sizes, layer.axes)
    met = Meetings.of(layer.sizes, layer.axes)
    assert len(counts) == prod(axis[0] for axis in layer.axes)
    assert counts[counts > 0].tolist() == met.counts.tolist()
    assert np.flatnonzero(counts).tolist() == met.taps.tolist()


@given(layers(), st.integers(1, 30))
def test_parts_are_all_meetings_once(layer: Layer, size: int) -> None:
    met, count = Meetings.of(layer.sizes, layer.axes), meetings.outputs(layer.sizes, layer.axes)
    found: list[tuple[int, int, int]] = []
    for first, part in met.blocks(count, size):
        assert ((part.outputs >= 0) & (part.outputs < min(size, count - first))).all()
        taps = np.repeat(part.taps, part.counts)
        found += zip(
            taps.tolist(), part.inputs.tolist(), (part.outputs + first).tolist(), strict=True
        )
        if len(part.inputs):
            low, filled = part.reach
            assert (low, low + filled) == (min(part.inputs), max(part.inputs) + 1)
    assert sorted(found) == list_products(layer)
    assert [first for first, _ in met.blocks(count, size)] == list(range(0, count, size))


def test_crops_take_the_meetings_of_the_border() -> None:
    assert along(3, (3, 2, 1, 1, 0)).tolist() == [[NO_OUTPUT, 1, 3], [0, 2, 4], [1, 3, 5]]
