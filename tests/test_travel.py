"""What the library returns or raises can be pickled and copied, and computes the same after."""

from __future__ import annotations

import copy
import importlib
import multiprocessing
import pickle
import pkgutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.frameworks.dialects import DIALECTS, take
from deconvcli.layers.axis import Axis, Linear
from deconvcli.layers.layer import Layer, Reading, Sizes
from deconvcli.networks.graph import Network, Node, find_valid_sizes, walk
from deconvcli.networks.operation import Shape

GOOD = Path(__file__).parent / "examples" / "good"
PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)


def through(protocol: int) -> Callable[[Any], Any]:
    """A copy by pickle."""
    return lambda given: pickle.loads(pickle.dumps(given, protocol))


WAYS = [*map(through, PROTOCOLS), copy.copy, copy.deepcopy]
IDS = [*(f"pickle-{protocol}" for protocol in PROTOCOLS), "copy", "deepcopy"]
_NODES = (Node("a", "relu", inputs=("x",)), Node("b", "relu", inputs=("a",)))
every_way = pytest.mark.parametrize("way", WAYS, ids=IDS)


def layer(stride: int = 2) -> Reading:
    """A layer that torch takes where the stride is one."""
    return deconvcli.layer("torch", input_shape=(1, 2, 5), kernel_size=3, stride=stride)


def family(parent: type[Exception] = DeconvError) -> Iterator[type[Exception]]:
    """An error and all its children, wherever in the package they are."""
    for module in pkgutil.walk_packages(deconvcli.__path__, "deconvcli."):
        if not module.name.endswith("__main__") and ".kernels." not in module.name:
            importlib.import_module(module.name)
    yield parent
    for child in parent.__subclasses__():
        if child.__module__.startswith("deconvcli."):
            yield from family(child)


def filled(error: type[Exception]) -> Exception:
    """An error with something in every field, made as its class asks."""
    if not issubclass(error, DeconvError):
        return error("why")
    if error.__init__ is not DeconvError.__init__:
        made: Any = error
        return made(7, "message", "help")  # type: ignore[no-any-return]
    where = Where("a.yaml", 3, 4, "layers[0]")
    finding = Diagnostic("code", Severity.NOTE, "finding", where=where)
    return error("message", help="help", code="c", findings=(finding,), source="s", where=where)


@every_way
@pytest.mark.parametrize("error", list(family()), ids=lambda error: str(error.__name__))
def test_an_error_keeps_its_class_and_all_its_fields(
    way: Callable[[Any], Any], error: type[Exception]
) -> None:
    given = filled(error)
    got = way(given)
    assert type(got) is error
    assert (got.__dict__, got.args, str(got)) == (given.__dict__, given.args, str(given))


def test_errors_of_other_families_travel_too() -> None:
    from deconvcli.layers.arithmetic import Broken, Limit

    broken = through(2)(Broken(Limit("a", "code", "message", "help"), {"a": 0}))
    assert (broken.limit.code, broken.numbers) == ("code", {"a": 0})


@every_way
@pytest.mark.parametrize("name", DIALECTS.names)
def test_a_reading_is_equal(way: Callable[[Any], Any], name: str) -> None:
    writer, _ = take(name)
    one = Layer((Axis(3, 1, 1, 1, 1),) * 2, 4, 4)
    sizes = writer.sizes_for(one, Sizes((5, 5)))
    given = writer.read(writer.spell(one, sizes), sizes)
    got = way(given)
    assert got == given
    assert got.output_shape == given.output_shape


@every_way
def test_results_are_equal(way: Callable[[Any], Any]) -> None:
    symbolic = take("torch")[0].read(layer().spelling, Sizes((Linear("N"),), channels=2))
    network = Network("n", {"x": Shape(4, (Linear("N"),))}, _NODES)
    verdict = deconvcli.check(str(GOOD / "unet_paper.yaml"), isolated=True)
    for given in (
        symbolic, deconvcli.explain(layer()), deconvcli.explain(symbolic), verdict, network,
        list(walk(network)), find_valid_sizes(network),
    ):  # fmt: skip
        assert way(given) == given


@every_way
@pytest.mark.parametrize("engine", ["numba", "numpy", "reference"])
def test_a_prepared_layer_computes_the_same_bits(way: Callable[[Any], Any], engine: str) -> None:
    from deconvcli.compute.runner import prepare

    reading = deconvcli.layer(
        "keras", input_shape=(2, 9, 2), rank=1, kernel_size=3, strides=2, filters=8
    )
    random = np.random.default_rng(0)
    weight = random.normal(size=reading.weight_shape).astype("f")
    bias = random.normal(size=8).astype("f")
    x = random.normal(size=(2, 9, 2)).astype("f")
    given = prepare(reading, weight, bias, engine=engine, threads=1)
    got = way(given)
    assert got.engine == engine
    assert got(x).tobytes() == given(x).tobytes()


def read(stride: int) -> Reading:
    """What a process of a pool does."""
    return layer(stride=stride)


def computed(prepared: Any, x: Any) -> bytes:
    """The same, for values."""
    return bytes(prepared(x).tobytes())


def test_a_pool_over_layers_returns_the_error_of_the_one_that_is_refused() -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.apply_async(read, (2,)).get(60) == layer(stride=2)
        with pytest.raises(DeconvError) as caught:
            pool.map_async(read, [1, -1]).get(60)
        assert caught.value.help
        weight = np.random.default_rng(0).normal(size=layer().weight_shape).astype("f")
        prepared, x = deconvcli.prepare(layer(), weight), np.ones((1, 2, 5), "f")
        assert pool.apply_async(computed, (prepared, x)).get(60) == prepared(x).tobytes()
