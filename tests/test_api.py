"""`import deconvcli`: the functions that programs rely on."""

from __future__ import annotations

import copy
import pickle
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from math import prod
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from ml_dtypes import bfloat16

import deconvcli
from deconvcli.common.errors import UsageError
from deconvcli.compute.runner import ENGINES, load_engine, random_array
from deconvcli.frameworks.dialects import take
from deconvcli.layers.number_types import INTEGERS

UP = {"stride": 2, "padding": 1}


def up() -> deconvcli.Reading:
    """The most common layer: k4 s2 p1."""
    return deconvcli.layer("torch", input_shape=(1, 64, 5, 5), weight_shape=(64, 32, 4, 4), **UP)


def test_a_layer_has_its_sizes() -> None:
    layer = up()
    assert layer.output_shape == (1, 32, 10, 10)
    assert layer.crop == ((1, 1), (1, 1))
    assert layer.flipped is False
    assert layer.weight_shape == (64, 32, 4, 4)
    assert layer.macs == 64 * 32 * 16 * 25
    assert layer.macs_useful == 64 * 32 * (4 * 5 - 2) ** 2
    assert layer.findings == ()


def test_a_missing_shape_is_asked_for_as_python_has_it() -> None:
    with pytest.raises(UsageError, match="the input size is not known") as error:
        deconvcli.paste("nn.ConvTranspose2d(64, 32, 4)")
    assert error.value.help == "give input_shape, for example input_shape=(1, 64, 5, 5)."


def test_a_network_has_the_size_of_each_layer() -> None:
    text = "nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(32, 3, 4, 2, 1)"
    network = deconvcli.network(text, input_shape=(1, 64, 8, 8))
    assert network.output_shape == (1, 3, 32, 32)
    assert [layer.output for layer in network.layers][1] == (1, 32, 16, 16)
    assert (network.parameters, network.macs, network.notes) == (34339, 2490368, ())
    assert repr(network) == "<Network of 3 layers: 1x64x8x8 -> 1x3x32x32>"
    assert str(network).splitlines()[3].split() == [
        *("2", "ConvTranspose2d", "1x3x32x32", "1,539", "393,216"),
    ]
    with pytest.raises(deconvcli.Refused, match=r"layer 2 \(ConvTranspose2d, line 1\)"):
        deconvcli.network(text.replace("(32, 3", "(16, 3"), (64, 8, 8))
    with pytest.raises(UsageError, match="input size") as error:
        deconvcli.network(text)
    assert "give input_shape" in error.value.help
    with pytest.raises(UsageError, match="a whole network") as error:
        deconvcli.paste(text, input_shape=(64, 8, 8))
    assert "deconvcli.network" in error.value.help


@pytest.mark.parametrize(
    ("text", "values", "output"),
    [
        ("nn.ConvTranspose2d(8, ngf, k, 2)", {"ngf": 64, "k": 4}, (1, 64, 12, 12)),
        ("nn.ConvTranspose2d(8, 4, k, stride=s)", {"k": (3, 4), "s": [1, 2]}, (1, 4, 7, 12)),
        ("nn.ConvTranspose2d(8, mult * 4, k // 2)", {"mult": 2, "k": 8}, (1, 8, 8, 8)),
        ("nn.ConvTranspose2d(8, self.c, 4)", {"self.c": 6}, (1, 6, 8, 8)),
        ('nn.ConvTranspose2d(8, cfg["c"], 4)', {'cfg["c"]': 6}, (1, 6, 8, 8)),
        ("nn.ConvTranspose2d(8, 4, 4, bias=b)", {"b": False}, (1, 4, 8, 8)),
        ("nn.ConvTranspose2d(8, 4, 4, padding_mode=m)", {"m": "zeros"}, (1, 4, 8, 8)),
    ],
)
def test_variables_have_the_values_that_are_given(
    text: str, values: dict[str, Any], output: tuple[int, ...]
) -> None:
    given = (1, 8, 5, 5)
    assert deconvcli.paste(text, given, values=values).output_shape == output
    network = deconvcli.network(f"nn.ReLU(), {text}", given, values=values)
    assert network.output_shape == output


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({}, "kernel_size is k"),
        ({"s": 3}, "no variable s"),
        ({"k": 3, "s": 3}, "no variable s"),
        ({"k": 3j}, "the value of 'k' is 3j"),
        ({"k": (3, (1, 2))}, "the value of 'k' is"),
        ({"k": [True]}, "the value of 'k' is"),
        ({"k": float("nan")}, "the value of 'k' is nan"),
        ({"k": 2**70}, "the value of 'k' is"),
        ({3: 3}, "the value of 3 is 3"),
        (3, "values is 3"),
    ],
)
def test_values_that_are_none_are_refused(values: Any, message: str) -> None:
    text = "nn.ConvTranspose2d(8, 4, k)"
    for read in (deconvcli.paste, deconvcli.network):
        with pytest.raises(UsageError) as refused:
            read(text, (1, 8, 5, 5), values=values)
        assert message.replace("kernel_size", "kernel") in refused.value.message.replace(
            "kernel_size", "kernel"
        )
        assert refused.value.help
    with pytest.raises(UsageError, match="kernel_size is k") as refused:
        deconvcli.paste(text, (1, 8, 5, 5))
    assert refused.value.help.endswith("give variables their values with values={'k': 4}.")


@pytest.mark.parametrize("name", deconvcli.__all__)
def test_every_public_name_resolves(name: str) -> None:
    assert getattr(deconvcli, name)
    assert name in dir(deconvcli)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'laier'"):
        _ = deconvcli.laier


def test_functions_stay_functions_after_their_rooms_are_loaded() -> None:
    layer = up()
    x, w = (
        random_array((1, 64, 5, 5), "float32", 0, 0),
        random_array((64, 32, 4, 4), "float32", 0, 1),
    )
    deconvcli.run(layer, x, w)
    deconvcli.explain(layer)
    assert all(callable(getattr(deconvcli, name)) for name in ("layer", "run", "explain"))


def test_refusals_carry_code_message_and_help() -> None:
    with pytest.raises(deconvcli.DeconvError) as error:
        deconvcli.layer("torch", input_shape=(1, 4, 5), kernel_size=3, output_padding=2)
    assert error.value.code == "output-padding"
    assert "output_padding 2 is not smaller than stride 1 or dilation 1" in error.value.message
    assert "use 0: it only chooses" in error.value.help
    assert "help: use 0: it" in str(error.value)


def test_shapes_are_checked() -> None:
    with pytest.raises(deconvcli.Refused, match="too few axes"):
        deconvcli.layer("torch", input_shape=(5,), weight_shape=(1, 1, 3))
    with pytest.raises(UsageError, match="a value that is not a size"):
        deconvcli.layer("torch", input_shape=(1, 1, -5), weight_shape=(1, 1, 3))
    with pytest.raises(UsageError, match="a value that is not a size"):
        deconvcli.layer("torch", input_shape=(1, 1, 2**63), weight_shape=(1, 1, 3))
    with pytest.raises(deconvcli.Refused, match="input has 2 channels; the layer takes 3"):
        deconvcli.layer("torch", input_shape=(1, 2, 5), weight_shape=(3, 1, 3))


class TestShowing:
    """A layer shows itself."""

    def test_str_is_one_line_and_repr_is_short(self) -> None:
        assert str(up()) == (
            "torch: stride=2, padding=1; weights 64x32x4x4; 1x64x5x5 -> 1x32x10x10"
        )
        assert repr(up()) == "<torch layer, 1x64x5x5 -> 1x32x10x10>"
        plain = deconvcli.layer("keras@jax", input_shape=(2, 5, 1), weight_shape=(3, 1, 1))
        assert str(plain) == "keras@jax: defaults; weights 3x1x1; 2x5x1 -> 2x7x1"

    def test_it_explains_itself(self) -> None:
        assert up().explain() == deconvcli.explain(up())

    def test_an_explanation_shows_itself(self) -> None:
        explanation = up().explain()
        assert repr(explanation) == "<Explanation of torch: stride=2, padding=1>"
        text = str(explanation)
        assert text.startswith("torch: stride=2, padding=1\n\nheight and width: input n = 5")
        assert "crop_begin  = p" in text
        assert text.endswith(explanation.closing)
        element = explanation._repr_html_()
        assert element.startswith('<div class="deconv">')
        assert "padding crops the start" in element

    def test_it_draws_itself(self, tmp_path: Path) -> None:
        picture = up().draw()
        assert picture.startswith("<svg ")
        assert picture._repr_svg_() == picture
        assert type(picture._repr_svg_()) is str
        assert repr(picture).startswith("<Picture: ")
        for _ in range(2):
            picture.save(tmp_path / "layer.svg")
            assert (tmp_path / "layer.svg").read_text(encoding="utf-8") == picture
        with pytest.raises(UsageError, match=r"does not end in \.svg"):
            picture.save(str(tmp_path / "layer.png"))

    @pytest.mark.parametrize("way", [pickle.dumps, copy.copy, copy.deepcopy])
    def test_copies_show_themselves_too(self, way: Callable[[Any], Any]) -> None:
        made = way(up())
        made = pickle.loads(made) if isinstance(made, bytes) else made
        assert made == up()
        assert made.draw() == up().draw()
        assert made._replace(flipped=True).explain() != made.explain()

    def test_a_layer_is_said_in_other_operations(self) -> None:
        found = deconvcli.equivalents(up(), "torch")
        assert {one.way for one in found} == {"matrix", "subpixel", "zeros"}
        counts = [one.multiplications for one in found]
        assert counts == sorted(counts)
        for one in found:
            assert one.prove().holds
            assert f"y = {one.call}" in str(one)
            assert one.call in one.module()
            weight = np.arange(prod(up().weight_shape)).reshape(up().weight_shape)
            scope = {"w": weight, "np": np}
            exec(one.weight_code, scope)
            np.testing.assert_array_equal(scope["w"], one.weights(weight))
            with pytest.raises(deconvcli.DeconvError, match="weight has the shape"):
                one.weights(weight[:1])
        assert repr(found[0]) == f"<torch layer in torch, way {found[0].way}>"

    def test_converted_and_pasted_layers_show_themselves(self) -> None:
        pasted = deconvcli.paste("nn.ConvTranspose2d(64, 32, 4, 2, 1)", input_shape=(5, 5))
        for layer in (deconvcli.convert(up(), "onnx"), pasted):
            assert layer.draw().startswith("<svg ")
            assert isinstance(layer, deconvcli.Reading)


class TestConvert:
    """The same layer in other words."""

    def test_symmetric_crops_travel(self) -> None:
        keras = deconvcli.convert(up(), "onnx")
        assert keras.spelling.arguments["pads"] == [1, 1, 1, 1]
        assert keras.layer.axes == up().layer.axes
        assert keras.output_shape == up().output_shape

    def test_keras_same_with_an_odd_crop_is_a_torch_layer_and_a_slice(self) -> None:
        same = deconvcli.layer(
            "keras", input_shape=(1, 5, 5, 1), filters=1, kernel_size=3, strides=2, padding="same"
        )
        assert same.crop == ((0, 1), (0, 1))
        found = deconvcli.convert(same, "torch")
        assert found.call == "nn.ConvTranspose2d(1, 1, 3, stride=2)"
        assert (found.before, found.after) == ([], ["y[..., :-1, :-1]"])
        assert not found.is_exact
        assert found.output_shape == (1, 1, 11, 11)
        assert str(found).endswith("y = y[..., :-1, :-1]")
        assert found.prove() == (100, 100, None, None)
        again = pickle.loads(pickle.dumps(found))
        assert (again, again.after) == (found, found.after)

    def test_weights_are_carried_over_and_checked(self) -> None:
        found = deconvcli.convert(up(), "jax")
        weight = np.arange(np.prod(up().weight_shape)).reshape(up().weight_shape)
        carried = found.weights(weight)
        assert carried.shape == found.weight_shape
        scope = {"w": weight}
        exec(found.weight_code, scope)
        assert np.array_equal(scope["w"], carried)
        with pytest.raises(deconvcli.DeconvError, match="the layer") as error:
            found.weights(weight[..., :-1])
        assert "torch" in error.value.help

    def test_what_nothing_says_has_a_reason(self) -> None:
        empty = deconvcli.layer("torch", input_shape=(0, 2, 4, 4), weight_shape=(2, 1, 3, 3))
        with pytest.raises(deconvcli.NotExpressible, match="a batch of 0"):
            deconvcli.convert(empty, "onnx@reference")

    @pytest.mark.parametrize(
        ("one", "other", "kernel", "is_reversed"),
        [
            ("torch", "jax", 3, True),
            ("torch", "flax", 3, True),
            ("jax", "keras", 3, True),
            ("flax", "onnx@onnxruntime", 3, True),
            ("flax", "jax", 3, False),
            ("torch", "tinygrad", 3, False),
            ("torch", "jax", 1, False),
        ],
    )
    def test_reversed_taps_are_a_finding(
        self, one: str, other: str, kernel: int, is_reversed: bool
    ) -> None:
        plain = deconvcli.layer(
            "torch", input_shape=(1, 2, 4, 4), in_channels=2, out_channels=3, kernel_size=kernel
        )
        source = deconvcli.convert(plain, one)
        found = deconvcli.convert(source, other)
        codes = [finding.code for finding in found.findings]
        assert codes.count("reversed-taps") == is_reversed
        assert ("with the taps reversed" in str(found)) is is_reversed

    def test_an_implementation_can_be_named(self) -> None:
        assert deconvcli.convert(up(), "keras@torch").spelling.name == "keras@torch"


class TestRun:
    """Arrays in the dialect's own layouts."""

    def test_keras_weights_and_data_are_channels_last(self) -> None:
        layer = deconvcli.layer(
            "keras", input_shape=(1, 2, 1), weight_shape=(3, 2, 1), strides=2, use_bias=False
        )
        w = np.array([[1, 10], [2, 20], [3, 30]], "f4").reshape(3, 2, 1)
        y = deconvcli.run(layer, np.array([[[1], [2]]], "f4"), w)
        assert y.dtype == np.float32
        np.testing.assert_array_equal(y[0, :, 0], [1, 2, 5, 4, 6])
        np.testing.assert_array_equal(y[0, :, 1], [10, 20, 50, 40, 60])

    def test_the_bias_is_added_once_per_channel(self) -> None:
        layer = up()
        x, w = np.zeros((1, 64, 5, 5)), np.ones((64, 32, 4, 4))
        y = deconvcli.run(layer, x, w, bias=np.arange(32.0))
        np.testing.assert_array_equal(y[0, :, 3, 4], np.arange(32.0))

    def test_an_unbatched_input_stays_unbatched(self) -> None:
        layer = deconvcli.layer("torch", input_shape=(2, 5), weight_shape=(2, 3, 4), stride=2)
        y = deconvcli.run(layer, np.ones((2, 5)), np.ones((2, 3, 4)))
        assert y.shape == layer.output_shape == (3, 12)

    @pytest.mark.parametrize("engine", ENGINES)
    @pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
    def test_every_engine_keeps_the_dtype(self, engine: str, dtype: str) -> None:
        from deconvcli.compute.runner import run

        layer = deconvcli.layer("torch", input_shape=(1, 2, 5), weight_shape=(2, 1, 3))
        x = random_array((1, 2, 5), dtype, 0, 0)
        w = random_array((2, 1, 3), dtype, 0, 1)
        assert run(layer, x, w, engine=engine).dtype == dtype

    @pytest.mark.parametrize("threads", [1, 2, 7])
    def test_thread_counts_give_the_same_bits(self, threads: int) -> None:
        layer = up()
        x = random_array((1, 64, 5, 5), "float32", 1, 0)
        w = random_array((64, 32, 4, 4), "float32", 1, 1)
        one = deconvcli.run(layer, x, w, threads=1)
        assert deconvcli.run(layer, x, w, threads=threads).tobytes() == one.tobytes()

    def test_a_prepared_layer_serves_several_threads_at_once(self) -> None:
        layer = up()
        w = random_array(layer.weight_shape, "float32", 1, 1)
        step = deconvcli.prepare(layer, w, threads=2)
        inputs = [random_array((1, 64, 5, 5), "float32", seed, 0) for seed in range(8)]
        alone = [step(x) for x in inputs]
        before = threading.active_count()
        with ThreadPoolExecutor(4) as pool:
            together = list(pool.map(step, inputs))
        for one, other in zip(alone, together, strict=True):
            np.testing.assert_array_equal(one, other)
        assert threading.active_count() <= before + 4

    def test_what_does_not_fit_is_refused(self) -> None:
        layer = up()
        x, w = np.zeros((1, 64, 5, 5)), np.zeros((64, 32, 4, 4))
        with pytest.raises(UsageError, match=r"x has shape \[1, 64, 4, 5\]; the layer takes"):
            deconvcli.run(layer, x[:, :, :4], w)
        with pytest.raises(UsageError, match="weight has shape"):
            deconvcli.run(layer, x, w[:1])
        with pytest.raises(UsageError, match="bias has shape"):
            deconvcli.run(layer, x, w, bias=np.zeros(1))
        with pytest.raises(UsageError, match="x has dtype bool; float16, bfloat16"):
            deconvcli.run(layer, x.astype("bool"), w)
        with pytest.raises(UsageError, match=r"x has dtype >f4; .* in native byte order"):
            deconvcli.run(layer, x.astype(">f4"), w)
        with pytest.raises(UsageError, match="threads is 0"):
            deconvcli.run(layer, x, w, threads=0)
        with pytest.raises(UsageError, match="engine 'cuda' is not known"):
            load_engine("cuda")


def make_pair(dialect: str, rank: int = 1, **parameters: Any) -> tuple[Any, Any, Any]:
    """A layer of one channel, data and weights of small integers, as float64."""
    weight: Any = np.arange(1.0, 3.0**rank + 1)
    x: Any = np.arange(-2.0, 5.0**rank - 2)
    writer = take(dialect.partition("@")[0])[0]
    letters = dict.fromkeys(("N", "C", "G", "I", "O"), (1,))
    x = x.reshape(writer.data_layout({}, rank).shape(letters, (5,) * rank))
    weight = weight.reshape(writer.weight_layout({}, rank).shape(letters, (3,) * rank))
    layer = deconvcli.layer(dialect, input_shape=x.shape, weight_shape=weight.shape, **parameters)
    return layer, x, weight


FULL = np.convolve(np.arange(-2, 3), [1, 2, 3])


# Pairs of number types, data and weights.
SAME = ("float16", "bfloat16", "float32", "float64", "int32", "int64", "uint8", "complex64")
PAIRS = [
    *((name, name) for name in SAME),
    *(("float32", "float64"), ("float64", "float32"), ("float16", "float32")),
    *(("float32", "bfloat16"), ("float16", "bfloat16"), ("float32", "complex64")),
    *(("complex64", "float64"), ("bfloat16", "complex64"), ("complex64", "int32")),
]


def same(*names: str) -> dict[str, str]:
    """The types that stay as they are."""
    return {
        f"{name} {name}": name for name in ("float16", "bfloat16", "float32", "float64", *names)
    }


PROMOTED = {
    "float32 float64": "float64",
    "float64 float32": "float64",
    "float16 float32": "float32",
    "float32 bfloat16": "float32",
    "float16 bfloat16": "float32",
}
AS_WEIGHTS = {
    "float32 float64": "float64",
    "float64 float32": "float32",
    "float16 float32": "float32",
    "float32 bfloat16": "bfloat16",
    "float16 bfloat16": "bfloat16",
}
# As each framework answered on a CPU, without the pairs that it rounds and deconv refuses. All
# others are refused by both.
MEASURED = {
    "torch": same("int64", "complex64"),
    "jax": same("int32", "int64", "uint8", "complex64"),
    "flax": {
        **same("complex64"),
        **PROMOTED,
        "float32 complex64": "complex64",
        "complex64 float64": "complex128",
        "bfloat16 complex64": "complex64",
    },
    "tensorflow": same("int32"),
    "keras@tensorflow ops": same("int32"),
    "keras@torch ops": same("int64", "complex64"),
    "keras@jax ops": same("int32", "int64", "uint8", "complex64"),
    "keras@tensorflow": {**same(), **AS_WEIGHTS},
    "keras@torch": {**same(), **AS_WEIGHTS},
    "mlx": {**same(), **PROMOTED},
    "tinygrad": {**same("int32", "int64"), **PROMOTED},
    "openvino": same(),
}


class TestNumberTypes:
    """Types that a framework computes, exactly; and those that it refuses."""

    @pytest.mark.parametrize("data", ["float16", "float32", "float64"])
    @pytest.mark.parametrize("weights", ["float16", "float32", "float64", "int64"])
    @pytest.mark.parametrize("dialect", ["torch", "paddle", "onnx", "onnx@onnxruntime", "openvino"])
    def test_two_types_are_refused(self, dialect: str, data: str, weights: str) -> None:
        layer, x, w = make_pair(dialect)
        if data == weights:
            assert deconvcli.run(layer, x.astype(data), w.astype(weights)).dtype == data
            return
        with pytest.raises(deconvcli.Refused, match=r"does not compute") as caught:
            deconvcli.run(layer, x.astype(data), w.astype(weights))
        assert "convert" in caught.value.help

    @pytest.mark.parametrize(
        ("dialect", "parameters", "data", "weights", "output"),
        [
            ("flax", {"padding": "VALID"}, "float32", "float64", "float64"),
            ("flax", {"padding": "VALID"}, "float64", "float32", "float64"),
            ("flax", {"padding": "VALID"}, "float16", "float32", "float32"),
            ("mlx", {}, "float32", "float16", "float32"),
            ("tinygrad", {}, "float16", "float64", "float64"),
            ("keras", {}, "float64", "float32", "float32"),
            ("keras2", {}, "float16", "float32", "float32"),
            ("coreml", {}, "float16", "float32", "float16"),
        ],
    )
    def test_others_make_one_of_two(
        self, dialect: str, parameters: dict[str, Any], data: str, weights: str, output: str
    ) -> None:
        layer, x, w = make_pair(dialect, **parameters)
        y = deconvcli.run(layer, x.astype(data), w.astype(weights))
        assert y.dtype == output
        expected = np.convolve(np.arange(-2, 3), w.ravel()[:: -1 if layer.flipped else 1])
        np.testing.assert_array_equal(y.ravel(), expected)

    @pytest.mark.parametrize(
        ("dialect", "parameters", "dtypes"),
        [
            ("torch", {}, ["int64"]),
            (
                "tensorflow",
                {"padding": "VALID", "output_shape": [1, 7, 1], "strides": 1},
                ["int32"],
            ),
            ("tinygrad", {}, ["int32", "int64"]),
            ("jax", {"padding": "VALID", "transpose_kernel": True}, INTEGERS),
            ("keras@jax", {"api": "ops"}, INTEGERS),
            ("keras@torch", {"api": "ops"}, ["int64"]),
            ("keras@tensorflow", {"api": "ops"}, ["int32"]),
        ],
    )
    def test_integers_wrap_around(
        self, dialect: str, parameters: dict[str, Any], dtypes: list[str]
    ) -> None:
        layer, x, w = make_pair(dialect, **parameters)
        for name in INTEGERS:
            data, weights = x.astype("int64").astype(name), w.astype(name)
            if name not in dtypes:
                with pytest.raises(deconvcli.Refused, match=f"has dtype {name}, which"):
                    deconvcli.run(layer, data, weights)
                continue
            top = np.iinfo(name).max
            weights = weights * np.array(top, name)  # beyond every product's range
            y = deconvcli.run(layer, data, weights)
            exact = [int(value) * top for value in FULL]
            bits = np.iinfo(name).bits
            assert y.dtype == name
            assert [int(value) % 2**bits for value in y.ravel()] == [v % 2**bits for v in exact]

    @pytest.mark.parametrize(
        ("dialect", "parameters", "why"),
        [
            ("openvino", {}, "in float32, which rounds"),
            ("flax", {"padding": "VALID"}, "to float32, which rounds"),
            ("keras", {}, "never integers"),
            ("keras", {"api": "ops"}, "different integers"),
            ("mlx", {}, "it takes float16"),
            ("onnx", {}, "it takes float16"),
        ],
    )
    def test_other_integers_are_refused_with_the_reason(
        self, dialect: str, parameters: dict[str, Any], why: str
    ) -> None:
        layer, x, w = make_pair(dialect, **parameters)
        with pytest.raises(deconvcli.Refused, match=why):
            deconvcli.run(layer, x.astype("int32"), w.astype("int32"))

    @pytest.mark.parametrize("dialect", MEASURED)
    def test_types_become_what_the_frameworks_make_of_them(self, dialect: str) -> None:
        name, _, entry_point = dialect.partition(" ")
        words: dict[str, Any] = {"api": "ops"} if entry_point else {}
        if name in ("jax", "flax"):
            words = {"padding": "VALID", "transpose_kernel": True}
        elif name == "tensorflow":
            words = {"padding": "VALID", "output_shape": [1, 7, 1], "strides": 1}
        layer, x, w = make_pair(name, **words)
        for data, weights in PAIRS:
            expected = MEASURED[dialect].get(f"{data} {weights}")
            given = [
                array.astype(bfloat16 if kind == "bfloat16" else kind)
                for array, kind in ((x, data), (w, weights))
            ]
            if expected is None:
                with pytest.raises(deconvcli.Refused, match=r"does not compute|do not|not take"):
                    deconvcli.run(layer, *given)
                continue
            y = deconvcli.run(layer, *given)
            assert y.dtype.name == expected
            np.testing.assert_array_equal(y.ravel(), FULL.astype(y.dtype))

    def test_complex_numbers_are_exact(self) -> None:
        x = np.array([[[1 + 2j, -3j, 2]]], "complex128")
        w = np.array([[[2j, 1 - 1j]]], "complex128")
        layer = deconvcli.layer("torch", input_shape=(1, 1, 3), weight_shape=(1, 1, 2), stride=1)
        bias = np.array([1 + 1j])
        y = deconvcli.run(layer, x, w, bias=bias)
        np.testing.assert_array_equal(y[0, 0], np.convolve(x[0, 0], w[0, 0]) + bias)

    @pytest.mark.parametrize("name", ["float8_e5m2", "float8_e4m3fn"])
    def test_float8_is_refused_with_the_type_that_holds_it(self, name: str) -> None:
        layer, x, w = make_pair("jax", padding="VALID")
        dtype = getattr(ml_dtypes, name)
        with pytest.raises(UsageError, match=f"has dtype {name}") as caught:
            deconvcli.run(layer, x.astype(dtype), w.astype(dtype))
        assert "convert it to float16, which holds the same numbers" in caught.value.help

    def test_tensorflow_takes_no_integers_of_three_axes(self) -> None:
        layer, x, w = make_pair(
            "tensorflow", 3, padding="VALID", output_shape=[1, 7, 7, 7, 1], strides=1
        )
        with pytest.raises(deconvcli.Refused, match="int32"):
            deconvcli.run(layer, x.astype("int32"), w.astype("int32"))

    def test_bfloat16_is_rounded_once(self) -> None:
        layer, x, w = make_pair("torch")
        x, w = x / 3, w / 7
        data, weights = x.astype(bfloat16), w.astype(bfloat16)
        y = deconvcli.run(layer, data, weights, bias=np.ones(1, bfloat16))
        exact = np.convolve(data.ravel().astype("d"), weights.ravel().astype("d")) + 1
        assert y.dtype == bfloat16
        np.testing.assert_array_equal(y.ravel(), exact.astype("f").astype(bfloat16))
        with pytest.raises(deconvcli.Refused, match="bfloat16 data with float32 weights"):
            deconvcli.run(layer, data, weights.astype("f"))

    def test_bfloat16_and_float16_make_float32(self) -> None:
        layer, x, w = make_pair("mlx")
        assert deconvcli.run(layer, x.astype(bfloat16), w.astype("float16")).dtype == np.float32

    def test_prepared_integers_travel(self) -> None:
        layer, x, w = make_pair("torch")
        step = pickle.loads(pickle.dumps(deconvcli.prepare(layer, w.astype("int64"))))
        np.testing.assert_array_equal(step(x.astype("int64")).ravel(), FULL)


def test_random_numbers_are_the_same_everywhere() -> None:
    """PCG64's raw stream is fixed; so is what we make of it."""
    found = random_array((4,), "float32", 0, 0)
    again = random_array((3_000_000,), "float32", 0, 0)
    np.testing.assert_array_equal(found, again[:4])
    np.testing.assert_array_equal(found, np.array(FIRST_FOUR, "float32"))
    assert found.dtype == np.float32
    assert -1 <= again.min() < -0.999
    assert 0.999 < again.max() < 1
    assert not np.array_equal(found, random_array((4,), "float32", 0, 1))
    assert not np.array_equal(found, random_array((4,), "float32", 1, 0))


FIRST_FOUR = (0.27392327785491943, -0.4604266881942749, -0.9180530309677124, -0.9669448137283325)
