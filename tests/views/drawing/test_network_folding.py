"""Large networks have fewer boxes: repeated blocks are drawn once, and parts are one box."""

from __future__ import annotations

import pytest

from deconvcli.views.drawing.network import folding
from deconvcli.views.drawing.network.folding import MAX_BOXES
from deconvcli.views.drawing.network.layout import draw_network
from deconvcli.views.drawing.network.svg import write_network
from tests.views.drawing.networks import check_laws, layer, network, residual, varied


def test_repeated_blocks_are_drawn_once_in_large_networks() -> None:
    assert len(draw_network(network(*residual(9))).boxes) == 28
    drawing = draw_network(network(*residual(66)))
    assert [box.times for box in drawing.boxes] == [1, 66, 66, 66]
    [repeat] = drawing.repeats
    assert repeat.times == 66
    assert ">66x</text>" in write_network(drawing)
    assert sum(len(box.layers) for box in drawing.boxes) == 199
    check_laws(drawing)


def test_parts_of_huge_networks_are_one_box_each() -> None:
    drawing = draw_network(network(*varied(3000)))
    assert len(drawing.boxes) <= MAX_BOXES
    assert sum(len(box.layers) for box in drawing.boxes) == 3001
    assert "part7" in [box.group for box in drawing.boxes]
    assert any("is one part of the model" in note for note in drawing.notes)
    check_laws(drawing)


def test_a_block_whose_copies_are_used_elsewhere_is_drawn_in_full() -> None:
    layers = residual(30)
    outside = layer("Concat", 64, 3, 90, channels=16)
    assert max(box.times for box in draw_network(network(*layers, outside)).boxes) == 29
    # Only the two convolutions of a block, which are alike, are one box then.
    every = layer("Concat", 64, *range(3, 91, 3))
    assert max(box.times for box in draw_network(network(*layers, every)).boxes) == 2


def test_copies_that_take_from_outside_are_no_block() -> None:
    # Every second layer takes from the one four before it, so that the first copies would not.
    layers = [layer("Conv", 64, 0), layer("Relu6", 64, 1), layer("Conv", 32, 2)]
    chain = [layer("Mix", 32, number, max(0, number - 4)) for number in range(3, 100)]
    drawing = draw_network(network(*layers, *chain))
    assert sum(len(box.layers) for box in drawing.boxes) == 101
    check_laws(drawing)


def test_the_search_for_blocks_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "MAX_STEPS", 10)
    drawing = draw_network(network(*residual(40)))
    assert max(box.times for box in drawing.boxes) < 40
    check_laws(drawing)


def test_parts_have_the_names_that_keras_gives() -> None:
    layers = [
        layer("Conv", 64, number, name=f"block{number // 40}_{number}_conv", channels=number + 1)
        for number in range(400)
    ]
    groups = {box.group for box in draw_network(network(*layers)).boxes}
    assert {"block3", "block4"} <= groups
