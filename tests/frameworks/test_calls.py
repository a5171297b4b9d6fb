"""Printed calls: pasted back, they are the same layer."""

from __future__ import annotations

from random import Random
from typing import cast

import pytest
from hypothesis import given

import deconvcli
from deconvcli.common.errors import DeconvError, NotExpressible
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.layers.layer import Layer, Reading, Sizes
from tests.frameworks.dialects.test_contract import layers

# Their calls are C and C++, which are printed and not read.
UNREAD = ("cudnn", "onednn")


def assert_read_back(reading: Reading) -> None:
    """Paste the call of a reading, and compare the layer, the output and the weights."""
    call = write_call(reading)
    found = deconvcli.paste(
        call,
        cast("tuple[int, ...]", reading.input_shape),
        weight_shape=reading.weight_shape,
        dialect=reading.spelling.name,
    )
    # A function has no parameter for the bias: its caller adds it.
    assert found.layer == reading.layer._replace(has_bias=found.layer.has_bias), call
    assert found.output_shape == reading.output_shape, call
    assert found.weight_shape == reading.weight_shape, call
    assert (found.flipped, found.data_layout) == (reading.flipped, reading.data_layout), call
    assert write_call(found) == call


@pytest.mark.parametrize("name", [name for name in DIALECTS.names if name not in UNREAD])
@given(drawn=layers())
def test_a_spelled_layer_comes_back(name: str, drawn: tuple[Layer, Sizes]) -> None:
    layer, sizes = drawn
    dialect = DIALECTS.take(name)
    try:
        spelling = dialect.spell(layer, sizes)
    except NotExpressible:
        return
    assert_read_back(dialect.read(spelling, dialect.sizes_for(layer, sizes)))


@pytest.mark.parametrize("name", FRAMEWORKS.names)
def test_random_layers_of_every_entry_point_come_back(name: str) -> None:
    framework, random = FRAMEWORKS.take(name), Random(1)
    if framework.dialect in UNREAD:
        return
    for _ in range(300):
        case = framework.draw(random)
        try:
            reading = deconvcli.layer(
                framework.dialect,
                input_shape=case.input_shape,
                weight_shape=case.weight_shape,
                rank=case.rank,
                **case.params,
            )
        except DeconvError:
            continue
        # A pasted layer has one batch axis, and three spatial ones at most.
        if len(reading.sizes.batch) < 2 and len(reading.spatial) < 4:
            assert_read_back(reading)
