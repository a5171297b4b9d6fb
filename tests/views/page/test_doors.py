"""Every door of the page answers what the command line answers."""

from __future__ import annotations

from typing import Any

import pytest

from deconvcli.common.errors import DeconvError
from deconvcli.views.page.doors import Door, answer, read_fields
from tests.views.page.asking import all_doors, open_doors, some_fields

RANKS = (1, 2, 3)


@pytest.mark.parametrize("rank", RANKS)
@pytest.mark.parametrize("seed", range(2))
def test_a_door_answers_as_the_command_line(rank: int, seed: int) -> None:
    for door in open_doors(rank):
        for fields in some_fields(rank, seed, 40):
            try:
                said: Any = read_fields(door, fields).crop
            except DeconvError as refused:
                said = refused.message
            assert answer(door, fields) == said, (door.dialect, door.way, fields)


def named(door: Door) -> tuple[str, str, bool]:
    return door.dialect, door.way.label, door.has_output_padding


def test_most_dialects_are_reached() -> None:
    reached = {door.dialect for door in open_doors(2)}
    assert len(reached) == 21
    assert {"torch", "keras@tensorflow", "onnx@reference", "jax", "webnn"} <= reached
    assert reached.isdisjoint({"tensorflow", "tflite", "cudnn", "onednn"})


def test_a_dialect_that_mixes_its_axes_is_left_out() -> None:
    closed = [named(door) for door in all_doors(2) if not door.is_open]
    assert ("keras2", "same", True) in closed
    assert len(closed) < 12


@pytest.mark.parametrize(
    "door",
    [
        ("torch", "number", True),
        ("keras", "same", False),
        ("keras", "valid", True),
        ("onnx@onnxruntime", "same_lower", True),
        ("flax", "circular", False),
        ("jax", "begin:end", False),
    ],
)
def test_doors_that_people_look_for_are_open(door: tuple[str, str, bool]) -> None:
    assert door in [named(opened) for opened in open_doors(2)]
