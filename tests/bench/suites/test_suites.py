"""Suites: every layer can be read and timed, under a name that is its own and easy to type."""

from __future__ import annotations

import re

import pytest

from deconvcli.bench.contest.ours import DIALECT
from deconvcli.bench.suites import SUITES, SuiteLayer, find_layer, select_layers
from deconvcli.common.errors import UsageError
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.layer import Reading

LAYERS = {layer.name: layer for suite in SUITES.names for layer in SUITES.take(suite)}


def geometry(reading: Reading) -> tuple[object, ...]:
    layer = reading.layer
    channels = layer.in_channels, layer.out_channels, layer.groups
    return (*channels, layer.axes, reading.sizes.batch, reading.spatial)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.name)
def test_every_layer_is_read_and_can_be_put_to_our_engine(layer: SuiteLayer) -> None:
    reading = layer.reading()
    assert not reading.no_values
    assert list(reading.input_shape) == layer.input_shape
    ours = respell(reading, DIALECT)
    assert geometry(ours) == geometry(reading)
    assert reading.macs_useful > 0


def test_names_are_unique_and_need_no_quoting() -> None:
    names = [layer.name for suite in ("real", "study") for layer in SUITES.take(suite)]
    assert sorted(names) == sorted(LAYERS)
    assert [name for name in names if not re.fullmatch(r"[\w.-]+(/[\w.-]+)?", name)] == []


def test_every_geometry_of_real_is_there_once_with_its_source() -> None:
    real = SUITES.take("real")
    assert len({geometry(layer.reading()) for layer in real}) == len(real) > 100
    assert all(re.fullmatch(r"[\w.-]+/[\w.-]+, \S+", layer.source) for layer in real)


def test_the_study_has_all_kinds() -> None:
    layers = [layer.reading().layer for layer in SUITES.take("study")]
    assert len(layers) == 16
    assert {len(layer.axes) for layer in layers} == {1, 2, 3}
    assert {layer.groups for layer in layers} == {1, 21}
    assert max(axis.dilation for layer in layers for axis in layer.axes) == 2


def test_other_suites_are_made_of_real() -> None:
    real, study = SUITES.take("real"), SUITES.take("study")
    assert all(layer.reading().layer.out_channels <= 3 for layer in SUITES.take("few"))
    assert set(map(id, [*SUITES.take("few"), *SUITES.take("unseen")])) <= set(map(id, real))
    known = {geometry(layer.reading()) for layer in study}
    assert not any(geometry(layer.reading()) in known for layer in SUITES.take("unseen"))


def test_a_layer_is_found_by_its_name() -> None:
    assert find_layer("unet") in SUITES.take("study")
    assert find_layer("HiFi-GAN/ups.0").reading().output_shape == (1, 256, 256)


def test_layers_are_selected_by_name_or_by_suite() -> None:
    names = ["unet", "HiFi-GAN/ups.0", "unet"]
    assert [layer.name for layer in select_layers(names)] == names[:2]
    assert select_layers() == [*SUITES.take("study")]
    assert select_layers(suite="few") == [*SUITES.take("few")]


@pytest.mark.parametrize(
    ("name", "nearest"), [("unett", "unet"), ("hifi-gan/ups0", "HiFi-GAN/ups.0")]
)
def test_an_unknown_name_suggests_the_nearest(name: str, nearest: str) -> None:
    with pytest.raises(UsageError, match=f"no suite has a layer '{name}'") as error:
        find_layer(name)
    assert error.value.help == f"did you mean '{nearest}'? `deconv bench --list` lists them all."


def test_a_name_like_none_is_not_answered_with_all_of_them() -> None:
    with pytest.raises(UsageError) as error:
        find_layer("zzz")
    assert error.value.help == "`deconv bench --list` lists them all."
