"""Arguments of the Python interface: integers of NumPy are integers, all else has a sentence."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import DeconvError, UsageError

LAYER: dict[str, Any] = {
    "input_shape": (1, 4, 5, 5),
    "in_channels": 4,
    "out_channels": 2,
    "kernel_size": 3,
}
KERAS: dict[str, Any] = {"input_shape": (1, 5, 5, 4), "filters": 2, "kernel_size": 3}
JAX: dict[str, Any] = {"input_shape": (1, 5, 5, 4), "weight_shape": (3, 3, 4, 2), "padding": "SAME"}
ONNX: dict[str, Any] = {"input_shape": (1, 4, 5, 5), "weight_shape": (4, 2, 3, 3)}
SUBPIXEL: dict[str, Any] = {
    "input_shape": (1, 4, 5, 5),
    "weight_shape": (16, 4, 3, 3),
    "upscale": 2,
    "zeros": 1,
}
CALL = "nn.ConvTranspose2d(4, 2, k)"
NETWORK = f"nn.Sequential({CALL}, nn.ReLU())"
SHAPE = (1, 4, 5, 5)
CONFIG = Path(__file__).parent / "examples" / "good" / "fcn8s.yaml"


class Three:
    """An integer of some other library."""

    def __index__(self) -> int:
        return 3


VALUES: tuple[Any, ...] = (
    *(None, True, False, -1, 0, 3, 1.5, float("nan"), 3j, 2**63, 10**30, Decimal(3), Fraction(3)),
    *("", "3", "same", "5x5", b"3", [], [3], [3, 3], (3, 3, 3), [True, 3], [1.5, 2], ["3", 3]),
    *([None, None], [[1, 2], [3, 4]], [[[]]], {}, {"k": 3}, {3}, range(3), slice(2)),
    *(object(), int, len, Three(), np.int64(3), np.float32(3), np.bool_(True), np.str_("same")),
    *(np.array(3), np.array([3, 3]), np.array(["a"]), np.array([None], dtype=object)),
    *((np.int32(3), np.uint8(3)), np.ma.masked_array([3, 3], [False, True])),
)


def up() -> Any:
    """A layer."""
    return deconvcli.layer("torch", **LAYER)


def arrays() -> tuple[Any, Any]:
    """Its input and its weights."""
    return np.ones(SHAPE, "f"), np.ones((4, 2, 3, 3), "f")


def open_each(
    function: Callable[..., Any], named: dict[str, Any], *names: str
) -> dict[str, Callable[[Any], Any]]:
    """The function with one argument left open, by the argument: one of these, or of the names."""

    def leave_open(name: str) -> Callable[[Any], Any]:
        return lambda value: function(**{**named, name: value})

    words = f"{function.__name__} {named.get('dialect', '')}"
    return {f"{words} {name}": leave_open(name) for name in (*named, *names)}


CALLS: dict[str, Callable[[Any], Any]] = {
    **open_each(
        deconvcli.layer,
        {"dialect": "torch", **LAYER},
        "stride",
        "padding",
        "output_size",
        "padding_mode",
    ),
    **open_each(
        deconvcli.layer,
        {"dialect": "torch", **LAYER},
        "rank",
        "groups",
        "dilation",
        "output_padding",
        "nonsense",
    ),
    **open_each(
        deconvcli.layer,
        {"dialect": "keras", **KERAS},
        "strides",
        "padding",
        "data_format",
        "output_padding",
    ),
    **open_each(
        deconvcli.layer,
        {"dialect": "jax", **JAX},
        "strides",
        "rhs_dilation",
        "dimension_numbers",
        "transpose_kernel",
    ),
    **open_each(
        deconvcli.layer,
        {"dialect": "onnx", **ONNX},
        "strides",
        "pads",
        "auto_pad",
        "output_shape",
        "group",
    ),
    **open_each(
        deconvcli.solve,
        {"input_size": (7, 7), "output_size": (28, 28)},
        *("dialect", "kernel", "stride", "dilation", "padding", "output_padding", "groups"),
        *("in_channels", "factor", "stages", "limit", "nonsense"),
    ),
    **open_each(deconvcli.from_subpixel, {"dialect": "torch", **SUBPIXEL}, "groups", "mode"),
    "paste text": lambda value: deconvcli.paste(value, SHAPE),
    "paste shape": lambda value: deconvcli.paste(CALL, value, values={"k": 3}),
    "paste weight_shape": lambda value: deconvcli.paste(CALL, SHAPE, weight_shape=value),
    "paste dialect": lambda value: deconvcli.paste(CALL, SHAPE, dialect=value, values={"k": 3}),
    "paste values": lambda value: deconvcli.paste(CALL, SHAPE, values=value),
    "paste value": lambda value: deconvcli.paste(CALL, SHAPE, values={"k": value}),
    "network text": lambda value: deconvcli.network(value, SHAPE),
    "network shape": lambda value: deconvcli.network(NETWORK, value, values={"k": 3}),
    "network dialect": lambda value: deconvcli.network(NETWORK, SHAPE, dialect=value),
    "network values": lambda value: deconvcli.network(NETWORK, SHAPE, values=value),
    "network reader": lambda value: deconvcli.network(NETWORK, SHAPE, reader=value),
    "solve layer": lambda value: deconvcli.solve(output_size=(9, 9), layer=value),
    "solve mirror": lambda value: deconvcli.solve(input_size=(9, 9), mirror=value),
    "solve factor alone": lambda value: deconvcli.solve(factor=value),
    "solve stages of a factor": lambda value: deconvcli.solve(factor=200, stages=value),
    "convert reading": lambda value: deconvcli.convert(value, "keras"),
    "convert dialect": lambda value: deconvcli.convert(up(), value),
    "equivalents reading": lambda value: deconvcli.equivalents(value, "torch"),
    "equivalents dialect": lambda value: deconvcli.equivalents(up(), value),
    "explain reading": lambda value: deconvcli.explain(value),
    "check path": lambda value: deconvcli.check(value),
    "check isolated": lambda value: deconvcli.check(str(CONFIG), isolated=value),
    "run reading": lambda value: deconvcli.run(value, *arrays()),
    "run x": lambda value: deconvcli.run(up(), value, arrays()[1]),
    "run weight": lambda value: deconvcli.run(up(), arrays()[0], value),
    "run bias": lambda value: deconvcli.run(up(), *arrays(), value),
    "run threads": lambda value: deconvcli.run(up(), *arrays(), threads=value),
    "prepare reading": lambda value: deconvcli.prepare(value, arrays()[1]),
    "prepare weight": lambda value: deconvcli.prepare(up(), value),
    "prepare threads": lambda value: deconvcli.prepare(up(), arrays()[1], threads=value),
    "weights reading": lambda value: deconvcli.weights(value, "ones"),
    "weights kind": lambda value: deconvcli.weights(up(), value),
    "weights normalize": lambda value: deconvcli.weights(up(), "ones", normalize=value),
    "weights dtype": lambda value: deconvcli.weights(up(), "ones", dtype=value),
}
"""A call of every function with one argument left open."""


def test_every_function_has_a_line() -> None:
    functions = {name for name in deconvcli.__all__ if name[0].islower()}
    assert functions == {name.partition(" ")[0] for name in CALLS}


@pytest.mark.parametrize("name", CALLS)
def test_a_wrong_argument_has_a_sentence(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # where no value is the path of a file
    refused = []
    for value in VALUES:
        try:
            CALLS[name](value)
        except DeconvError as error:
            refused.append((error.message, error.help))
    assert refused
    assert all(all(sentences) for sentences in refused)


INTEGERS = (np.int64(3), np.uint8(3), np.array(3), Three())


@pytest.mark.parametrize("three", INTEGERS, ids=lambda value: type(value).__name__)
def test_an_integer_of_another_library_is_an_integer(three: Any) -> None:
    assert deconvcli.layer("torch", **{**LAYER, "kernel_size": three}) == up()
    both = {**LAYER, "kernel_size": (three, three)}
    assert deconvcli.layer("torch", **both) == deconvcli.layer(
        "torch", **{**LAYER, "kernel_size": (3, 3)}
    )
    assert deconvcli.layer("onnx", **{**ONNX, "strides": [three, 3]}) == deconvcli.layer(
        "onnx", **{**ONNX, "strides": [3, 3]}
    )
    pasted = deconvcli.paste(CALL, SHAPE, values={"k": three})
    assert pasted == deconvcli.paste(CALL, SHAPE, values={"k": 3})
    assert deconvcli.solve(three, 9, limit=three) == deconvcli.solve(3, 9, limit=3)
    assert deconvcli.solve(7, 21, kernel=three) == deconvcli.solve(7, 21, kernel=3)
    y = deconvcli.run(up(), *arrays(), threads=three)
    np.testing.assert_array_equal(y, deconvcli.run(up(), *arrays()))


def test_an_array_of_integers_is_a_list_of_them() -> None:
    found = deconvcli.layer("torch", **{**LAYER, "kernel_size": np.array([3, 2])})
    assert found == deconvcli.layer("torch", **{**LAYER, "kernel_size": (3, 2)})
    shape: Any = np.array(SHAPE)
    assert deconvcli.layer("torch", **{**LAYER, "input_shape": shape}) == up()
    assert deconvcli.network(NETWORK, shape, values={"k": 3}).output_shape == (1, 2, 7, 7)


@pytest.mark.parametrize("threads", [True, np.bool_(True), 1.5, 0, -1, 2**31, "2", [2]])
def test_what_is_no_number_of_threads_is_refused(threads: Any) -> None:
    for call in (deconvcli.prepare, deconvcli.run):
        with pytest.raises(UsageError, match=r"^threads is ") as error:
            call(up(), *arrays()[1 if call is deconvcli.prepare else 0 :], threads=threads)
        assert error.value.code == "threads"


def test_a_mask_is_not_dropped() -> None:
    x, weight = arrays()
    masked = np.ma.masked_array(x, mask=x == 0)
    np.testing.assert_array_equal(
        deconvcli.run(up(), masked, weight), deconvcli.run(up(), x, weight)
    )
    masked[0, 0, 0, 0] = np.ma.masked
    with pytest.raises(UsageError, match="x has masked values"):
        deconvcli.run(up(), masked, weight)


def test_a_path_is_text_or_a_path(tmp_path: Path) -> None:
    assert deconvcli.check(CONFIG) == deconvcli.check(str(CONFIG))
    with pytest.raises(UsageError, match="a path is b'a'"):
        deconvcli.check(b"a")  # type: ignore[arg-type]
