"""What is printed as a framework's parameters, or as its call, is what that framework accepts."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.util import find_spec
from typing import Any, cast

import pytest

import deconvcli
from deconvcli.common.errors import DeconvError, NotExpressible
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.request import LayerRequest
from deconvcli.layers.layer import Reading
from tests.frameworks import written

# Those that the extra `frameworks` installs; the others are compared where somebody has them.
IN_EXTRA = {
    driver.dialect.partition("@")[0]
    for driver in map(FRAMEWORKS.take, FRAMEWORKS.names)
    if driver.in_extra
}
REQUIRED = IN_EXTRA if os.environ.get("DECONV_REQUIRE_FRAMEWORKS") else set()
LAYERS: tuple[dict[str, Any], ...] = (
    {"kernel_size": 3},
    {"kernel_size": 3, "stride": 2, "padding": 1},
    {"kernel_size": 4, "stride": 2, "padding": 1},
    {"kernel_size": 3, "stride": 2, "padding": 1, "output_padding": 1},
    {"kernel_size": 2, "stride": 3, "output_padding": 1},
    {"kernel_size": 4, "stride": 2, "padding": 1, "output_padding": 1, "dilation": 2},
    {"kernel_size": (3, 5), "stride": (2, 1), "padding": (1, 2)},
    {"kernel_size": 4, "stride": 2, "padding": 1, "groups": 2},
)
# As options; each dialect refuses those that it has no parameter for.
OPTIONS: tuple[dict[str, Any], ...] = (
    {"kernel": (3,)},
    {"kernel": (4,), "stride": (2,), "padding": (1,)},
    {"kernel": (3,), "stride": (2,), "padding": (1,), "output_padding": (1,)},
    {"kernel": (3,), "padding": (2,), "dilation": (2,)},
    {"kernel": (4,), "stride": (2,), "padding": (1,), "groups": (2,)},
    {"kernel": (3,), "stride": (2,), "padding": "same"},
    {"kernel": (3,), "stride": (2,), "padding": "VALID"},
    {"kernel": (5,), "stride": (2,), "padding": ((2, 1),)},
    {"kernel": (3,), "stride": (2,), "padding": ((0, 1),)},
    {"kernel": (4,), "stride": (2,), "output_size": (12,)},
    {"kernel": (4,), "stride": (2,), "padding": (1,), "output_size": (10,)},
    {"kernel": (3,), "stride": (2,), "output_size": (12,)},
    {"kernel": (3,), "stride": (2,), "padding": "same", "output_size": (9,)},
)


def read_torch(parameters: dict[str, Any], rank: int = 2) -> Reading:
    """Return a layer of 4 to 6 channels."""
    shape = (1, 4, *[6] * rank)
    return deconvcli.layer("torch", input_shape=shape, in_channels=4, out_channels=6, **parameters)


def convert_layers(name: str) -> Iterator[Reading]:
    """Yield every layer that the dialect can express."""
    for parameters, rank in itertools.product(LAYERS, (1, 2, 3)):
        if rank != 2 and isinstance(parameters["kernel_size"], tuple):
            continue
        try:
            reading = deconvcli.convert(read_torch(parameters, rank), name)
        except NotExpressible:
            continue
        yield reading


def read_options(name: str) -> Iterator[Reading]:
    """Yield every layer that the dialect has options for."""
    channels = {"in_channels": (4,), "out_channels": (6,)}
    for options, rank in itertools.product(OPTIONS, (1, 2, 3)):
        roles = {**options, **channels}
        request = LayerRequest(dialect=name, input_size=(5,) * rank, batch=2, roles=roles)
        with suppress(DeconvError):
            yield request.understand().reading


def is_missing(name: str) -> bool:
    """Return whether the framework of a dialect is not installed, although it may be missing."""
    return find_spec(written.MODULES.get(name, name)) is None and name not in REQUIRED


@pytest.mark.parametrize("name", written.RUNS)
def test_frameworks_accept_what_is_printed(name: str) -> None:
    if is_missing(name):
        pytest.skip(f"{name} is not installed")
    cases = [
        (
            write_call(reading),
            reading.input_shape,
            reading.weight_shape,
            reading.layer.out_channels,
            reading.output_shape,
        )
        for reading in (*convert_layers(name), *read_options(name))
    ]
    done = subprocess.run(
        [sys.executable, written.__file__, name],
        input=json.dumps(cases),
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    assert not done.stdout


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("torch", "in_channels=4, out_channels=6, kernel_size=3, stride=2, padding=1"),
        ("keras", "filters=6, kernel_size=3, strides=2, padding='same', output_padding=0"),
        ("tensorflow", "output_shape=(1, 11, 11, 6), strides=2, padding='SAME'"),
        ("onnx", "kernel_shape=(3, 3), strides=(2, 2), pads=(1, 1, 1, 1)"),
        ("jax", "strides=(2, 2), padding=((1, 1), (1, 1)), rhs_dilation=(1, 1)"),
        ("coreml", "pad_type='custom', pad=(1, 1, 1, 1), strides=(2, 2)"),
        ("webnn", "strides=(2, 2), padding=(1, 1, 1, 1)"),
        ("tensorrt", "num_output_maps=6, kernel_shape=(3, 3), stride_nd=(2, 2), padding_nd=(1, 1)"),
        ("onednn", "strides=(2, 2), padding_l=(1, 1), padding_r=(1, 1), dst_dims=(1, 6, 11, 11)"),
        ("cudnn", "padA=(1, 1), filterStrideA=(2, 2), dxDesc=(1, 6, 11, 11)"),
        ("mxnet", "num_filter=6, kernel=(3, 3), stride=(2, 2), pad=(1, 1), no_bias=False"),
        ("caffe", "num_output=6, kernel_size=3, stride=2, pad=1"),
        ("paddle", "in_channels=4, out_channels=6, kernel_size=3, stride=2, padding=1"),
        ("tinygrad", "stride=2, padding=1"),
    ],
)
def test_the_printed_parameters(name: str, text: str) -> None:
    reading = deconvcli.convert(read_torch(LAYERS[1]), name)
    assert take(name)[0].text(reading.spelling) == text


def test_equal_pads_of_two_ends_are_not_one_pad_for_each_axis() -> None:
    reading = deconvcli.convert(read_torch(LAYERS[5]), "flax")
    assert "padding=((5, 6), (5, 6))" in take("flax")[0].text(reading.spelling)


def test_what_has_no_default_is_written() -> None:
    reading = deconvcli.convert(read_torch(LAYERS[0]), "openvino")
    assert "strides=(1, 1)" in take("openvino")[0].text(reading.spelling)


@pytest.mark.parametrize("name", in_order())
def test_printed_parameters_are_read_back(name: str) -> None:
    for reading in (*convert_layers(name), *read_options(name)):
        arguments = eval(f"dict({take(name)[0].text(reading.spelling)})")
        given, shape = reading.spelling.arguments, cast("tuple[int, ...]", reading.input_shape)
        kept = {key: given[key] for key in given if key == take(name)[0].entry_point}
        found = deconvcli.layer(
            name,
            input_shape=shape,
            weight_shape=reading.weight_shape,
            **{**kept, **arguments},
        )
        assert found.crop == reading.crop
        assert found.output_shape == reading.output_shape
