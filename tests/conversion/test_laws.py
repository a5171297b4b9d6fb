"""Printed calls are the layers that they stand for, and steps are there only where needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice, product
from random import Random
from typing import Any

import pytest

import deconvcli
from deconvcli.common.errors import NotExpressible, Refused, UsageError
from deconvcli.common.findings import Severity
from deconvcli.conversion import Conversion, convert
from deconvcli.conversion.plan import find_plan
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading, Spelling, require_numbers
from tests.conversion.drawn import SOURCES, draw_layers

# Their calls are C and C++, which are printed and not read.
READ = [name for name in in_order() if name not in ("cudnn", "ncnn", "onednn")]
DRAWN, SMALL = 3, 60
SIZES = range(1, 24)
CROPS, EXTRA = range(6), range(4)


def say_all(readings: list[Reading], name: str) -> Iterator[Conversion]:
    for reading in readings:
        with suppress(NotExpressible, Refused):
            yield convert(reading, name)


@pytest.fixture(scope="module")
def drawn() -> list[Reading]:
    return [one for driver in SOURCES for one in draw_layers(driver, DRAWN, seed=4)]


@pytest.mark.parametrize("name", READ)
def test_a_printed_call_is_read_as_the_layer_of_the_plan(drawn: list[Reading], name: str) -> None:
    """Around it may be steps: the call itself is the layer between them."""
    read = 0
    for layer in say_all(drawn, name):
        target = layer.target
        # A pasted layer has one batch axis, and three spatial ones at most.
        if len(target.sizes.batch) > 1 or len(target.spatial) > 3:
            continue
        size = tuple(require_numbers(target.input_shape))
        values = {"batch": target.sizes.batch[0]} if "batch" in layer.call else {}
        found = deconvcli.paste(
            layer.call, size, weight_shape=target.weight_shape, dialect=name, values=values
        )
        assert found.layer.axes == target.layer.axes, layer.call
        assert found.layer.groups == target.layer.groups, layer.call
        assert found.output_shape == target.output_shape, layer.call
        assert found.flipped == target.flipped, layer.call
        read += 1
    assert read > 0.8 * len(drawn)


def draw_small(random: Random) -> Iterator[Reading]:
    """Yield small layers of one axis with any crop, in words that take nearly all of them."""
    while True:
        n, k, s, d = (random.randint(1, most) for most in (4, 4, 3, 2))
        span = d * (k - 1) + 1
        begin, end = (span - 1 - random.randint(-2, 3) for _ in range(2))
        words = {"api": "conv_general_dilated", "window_strides": [1], "padding": [[begin, end]]}
        words |= {"lhs_dilation": [s], "rhs_dilation": [d]}
        words |= {"dimension_numbers": ["NHC", "HIO", "NHC"]}
        with suppress(Refused):
            yield read_layer("jax", words, (1, n, 2), (k, 2, 3))


def list_parameters(name: str) -> Iterator[dict[str, Any]]:
    """Yield all that a dialect has for the crop of one axis, small."""
    if name in ("torch", "mlx"):
        # MLX takes negative numbers.
        low = 0 if name == "torch" else -5
        pairs = product(range(low, 6), repeat=2)
        yield from ({"padding": [p], "output_padding": [op]} for p, op in pairs)
    elif name == "keras":
        words = product(("valid", "same"), (None, *EXTRA))
        yield from ({"padding": word, "output_padding": op} for word, op in words)
    elif name == "tensorflow":
        words = product(("VALID", "SAME"), SIZES)
        yield from ({"padding": word, "output_shape": [1, n, 3]} for word, n in words)
    elif name == "caffe":
        yield from ({"pad": [p]} for p in CROPS)
    elif name == "coreml":
        yield from ({"pad_type": "custom", "pad": list(pair)} for pair in product(CROPS, CROPS))
    else:
        pads = product(CROPS, CROPS, EXTRA)
        yield from ({"pads": [a, b], "output_padding": [op]} for a, b, op in pads)
        words = product(("SAME_UPPER", "SAME_LOWER"), SIZES)
        yield from ({"auto_pad": word, "output_shape": [n]} for word, n in words)


def find_single(source: Reading, name: str) -> list[Reading]:
    """Return the readings of all of a dialect's parameters that are exactly this layer."""
    writer = take(name)[0]
    sizes = writer.sizes_for(source.layer, source.sizes)
    [axis] = source.layer.axes
    plain = source.layer._replace(axes=(axis._replace(crop_begin=0, crop_end=0),))
    base = next(iter(writer.propose(plain, sizes)))
    crop = ("pad", "pads", "pad_type", "padding", "output_padding", "output_shape")
    kept = {own: value for own, value in base.items() if own not in crop}
    found = []
    for words in list_parameters(name):
        with suppress(Refused, UsageError):
            reading = writer.read(Spelling(name, {**kept, **words}), sizes)
            if reading.layer.axes == source.layer.axes and not reading.no_values:
                found.append(reading)
    return found


def is_sure(reading: Reading) -> bool:
    return all(found.severity is Severity.NOTE for found in reading.findings)


@pytest.mark.parametrize("name", ["torch", "keras", "tensorflow", "onnx", "caffe", "coreml", "mlx"])
def test_steps_are_there_only_where_no_single_layer_is_exact(name: str) -> None:
    """A search through all parameters of the crop finds a layer where the plan is one."""
    exact = 0
    for source in islice(draw_small(Random(5)), SMALL):
        plan = find_plan(source, name)
        is_single = plan.is_exact and set(plan.stuffing) == {1}
        singles = find_single(source, name)
        assert bool(singles) if is_single else not any(map(is_sure, singles)), (source, plan)
        exact += is_single
    assert 0 < exact < SMALL
