"""What the Python interface returns and raises: pickled, copied, compared, sent to a process."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import DeconvError, Refused
from deconvcli.common.findings import Diagnostic, Severity, Where

SHAPE = (1, 4, 5, 5)
CONVOLUTION = "nn.Conv2d(3, 8, 3, stride=2)"
NETWORK = "nn.Sequential(nn.ConvTranspose2d(4, 2, 3), nn.ReLU())"


def through_pickle(protocol: int, made: Any) -> Any:
    """The object read back."""
    return pickle.loads(pickle.dumps(made, protocol))


WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {n}": partial(through_pickle, n) for n in range(pickle.HIGHEST_PROTOCOL + 1)},
}


def up(**parameters: Any) -> Any:
    """A layer of torch."""
    given = {"in_channels": 4, "out_channels": 4, "kernel_size": 3, "stride": 2, **parameters}
    return deconvcli.layer("torch", input_shape=SHAPE, **given)


MADE: dict[str, Callable[[], Any]] = {
    "Answer": lambda: deconvcli.solve((7, 7), (28, 28), "torch"),
    "Conversion": lambda: deconvcli.convert(up(), "keras"),
    "DecoderMirror": lambda: deconvcli.solve(
        mirror=f"nn.Sequential({CONVOLUTION}, nn.ReLU())", input_size=(9, 9)
    ),
    "Diagnostic": lambda: Diagnostic("code", Severity.ERROR, "message", "help"),
    "Equivalent": lambda: deconvcli.equivalents(up(), "keras@torch")[0],
    "Explanation": lambda: up().explain(),
    "Inputs": lambda: deconvcli.solve(output_size=(11, 11), layer=up()),
    "Inputs, none": lambda: deconvcli.solve(output_size=(12, 11), layer=up()),
    "JoinedBlock": lambda: deconvcli.from_subpixel(
        "torch", input_shape=SHAPE, weight_shape=(16, 4, 3, 3), upscale=2, zeros=1
    ),
    "Layer": lambda: up().layer,
    "LayerMirror": lambda: deconvcli.solve(mirror=CONVOLUTION, input_size=(9, 9)),
    "Network": lambda: deconvcli.network(NETWORK, SHAPE),
    "Proof": lambda: deconvcli.convert(up(), "keras").prove(),
    "Rates": lambda: deconvcli.solve(factor=200, stages=3),
    "Reading": up,
    "Reading, pasted": lambda: deconvcli.paste("Conv2DTranspose(2, [3, 3])", (1, 5, 5, 4)),
}
"""The classes whose objects are values: equal where they say the same."""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", MADE)
def test_a_value_travels(name: str, way: str) -> None:
    made = MADE[name]()
    again = WAYS[way](made)
    assert type(again) is type(made)
    assert again == made


@pytest.mark.parametrize("name", MADE)
def test_a_value_equals_another_one_of_the_same_request(name: str) -> None:
    made = MADE[name]()
    assert {made: name}[MADE[name]()] == name
    assert made != up(stride=3)


def test_other_values_are_not_equal() -> None:
    assert deconvcli.network(NETWORK, SHAPE) != deconvcli.network(NETWORK, (1, 4, 6, 6))
    assert deconvcli.solve(7, 28) != deconvcli.solve(7, 29)
    assert up() != up(dilation=2)
    first, second = deconvcli.equivalents(up(), "torch")[:2]
    assert first != second


def test_what_travelled_still_works() -> None:
    weight = np.arange(4 * 4 * 9, dtype="f").reshape(4, 4, 3, 3)
    found = deconvcli.equivalents(up(), "torch")[0]
    again = WAYS["pickle 5"](found)
    assert again.module() == found.module()
    np.testing.assert_array_equal(again.weights(weight), found.weights(weight))
    block = WAYS["pickle 5"](MADE["JoinedBlock"]())
    assert block.prove().holds
    inputs = MADE["Inputs, none"]()
    assert WAYS["pickle 5"](inputs).nearest == inputs.nearest != []
    x = np.ones(SHAPE, "f")
    step = deconvcli.prepare(up(), weight)
    for way in WAYS.values():
        np.testing.assert_array_equal(way(step)(x), step(x))


def error_classes() -> Iterator[type[DeconvError]]:
    """Every class of the family that a module of the package defines."""
    for module in walk_packages(deconvcli.__path__, "deconvcli."):
        # Drivers import a framework, and `__main__` is a program.
        if ".drivers" not in module.name and not module.name.endswith("__main__"):
            import_module(module.name)
    families = [DeconvError]
    for family in families:
        if family.__module__.startswith("deconvcli."):
            yield family
            families += family.__subclasses__()


@pytest.mark.filterwarnings("ignore")
def test_every_error_travels_with_all_its_fields() -> None:
    families = list(error_classes())
    assert len(families) >= 9
    for family in families:
        error = family.__new__(family, "message")
        DeconvError.__init__(
            error,
            "message",
            help="help",
            code="own",
            findings=(Diagnostic("code", Severity.ERROR, "message", "help"),),
            source="source",
            where=Where(file="a.yaml", line=3),
        )
        error.offset = 7  # type: ignore[attr-defined]
        for name, way in WAYS.items():
            again = way(error)
            assert type(again) is family, (family, name)
            assert again.args == error.args
            assert vars(again) == vars(error), (family, name)
            assert str(again) == str(error)


def test_a_pool_over_layers_ends_with_the_error() -> None:
    # `fork` would copy the threads' locks of this process, and warns of it.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        assert pool.submit(up).result(120) == up()
        with pytest.raises(Refused) as raised:
            pool.submit(up, output_padding=3).result(120)
    assert raised.value.help
