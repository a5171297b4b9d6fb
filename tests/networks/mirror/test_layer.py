"""Every convolution has a mirror that returns to exactly its input, whatever remains."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import product
from math import prod
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import DeconvError, NotExpressible, Refused, UsageError
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.graph import Node
from deconvcli.networks.mirror import Convolution, LayerMirror
from deconvcli.networks.pasted.network import read_network


def mirror(
    text: str, sizes: tuple[int, ...] | None = None, to: str = "", dialect: str | None = None
) -> LayerMirror:
    pasted = read_network(text, dialect)
    [node] = pasted.nodes
    own = node.dialect or pasted.dialect
    rank = len(sizes) if sizes else pasted.rank or 2
    channels = node.parameters.get("in_channels")
    return LayerMirror(Convolution(node, own, rank, channels), to or own, sizes)


def table(found: LayerMirror, name: str) -> list[Any]:
    [axis] = found.axes
    return [row.parameters[name] for row in axis.rows]


def throw_convolution(dice: random.Random, name: str) -> Convolution:
    """Return a convolution with small random numbers, in a dialect."""
    dialect = DIALECTS.take(name)
    rank = dice.choice([rank for rank in (1, 2, 3) if rank in dialect.spatial_axes])
    windows = dialect.windows
    kernel = [dice.randint(1, 6) for _ in range(rank)]
    paddings: list[Any] = [word for word in windows.words if word != "causal"]
    if windows.numbers:
        paddings.append([dice.randint(0, size // 2) for size in kernel])
    if windows.pairs:
        paddings.append([[dice.randint(0, size // 2), dice.randint(0, size)] for size in kernel])
    dilation = dice.choice((1, 1, 2))
    stride = 1 if dilation > 1 else dice.choice((1, 2, 2, 3, 4, 5))
    values = {"out_channels": 4, "kernel": kernel, "stride": stride, "dilation": dilation}
    values["padding"] = dice.choice(paddings)
    return Convolution(Node("conv", "conv", values), name, rank, 6)


def list_inputs(dice: random.Random, convolution: Convolution) -> Iterator[tuple[int, ...]]:
    """Yield an input for every remainder of a division by the stride."""
    first = dice.randint(8, 20)
    for more in range(convolution.node.parameters["stride"]):
        yield tuple(first + more + dice.choice((0, 1)) for _ in range(convolution.rank))


def count_positions(convolution: Convolution, sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Return the convolution's output sizes, by the arithmetic of its operation."""
    return convolution.find_axes(sizes)[0]


@pytest.mark.parametrize("name", DIALECTS.names)
def test_every_remainder_returns_to_its_input(name: str) -> None:
    dice, found = random.Random(name), 0
    for _ in range(12):
        convolution = throw_convolution(dice, name)
        for sizes in list_inputs(dice, convolution):
            try:
                middle = count_positions(convolution, sizes)
            except Refused:  # torch's same with strides
                continue
            try:
                there = LayerMirror(convolution, name, sizes)
            except NotExpressible:
                continue
            reading = there.reading
            assert reading is not None
            assert reading.spatial == middle
            ends = zip(require_numbers(reading.output_sizes), there.after, strict=True)
            assert tuple(out - sum(after) for out, after in ends) == sizes
            assert bool(there.reason) == any(map(any, there.after))
            found += 1
    assert found > 5


@pytest.mark.parametrize("name", DIALECTS.names)
def test_the_table_is_the_answer_at_every_input(name: str) -> None:
    dice = random.Random(name)
    for _ in range(5):
        convolution = throw_convolution(dice, name)
        try:
            tables = LayerMirror(convolution, name).axes
        except (NotExpressible, Refused):
            continue
        for place in range(convolution.rank):
            axis = tables[place if len(tables) > 1 else 0]
            assert len(axis.rows) == axis.stride
            for row in axis.rows:
                size = row.remainder + axis.stride * dice.randint(20, 40)
                sizes = (size,) * convolution.rank
                middle, axes = convolution.find_axes(sizes)
                begin, end = row.cropped.after
                own = row.cropped.choice.axis
                assert own.crop_begin + begin == axes[place].crop_begin
                assert own.output_size(middle[place]) - begin - end == size


@pytest.mark.parametrize(
    ("text", "dialect"),
    [
        ("nn.Conv2d(6, 4, 3, stride=2, padding=1)", "torch"),
        ("nn.Conv2d(6, 4, (5, 2), stride=(3, 2), padding=(2, 1))", "torch"),
        ("nn.Conv1d(6, 4, 4, stride=3, dilation=2, padding=2)", "torch"),
        ("nn.Conv2d(6, 4, 3, stride=2, padding=1, groups=2)", "torch"),
        ('Conv2D(4, 3, strides=2, padding="same")', "keras"),
        ('Conv2D(4, 4, strides=2, padding="same")', "keras"),
        ("Conv2D(4, 5, strides=3)", "keras"),
        ('nn.Conv(4, (4, 3), strides=(2, 3), padding="SAME")', "flax"),
        ("nn.Conv(4, (3, 3), strides=(2, 2), padding=((1, 2), (0, 1)))", "flax"),
        ("nn.Conv2d(6, 4, 3, stride=2, padding=1)", "mlx"),
        ("paddle.nn.Conv2D(6, 4, 3, stride=2, padding=1)", "paddle"),
    ],
)
@pytest.mark.parametrize("to", ["", "torch", "tensorflow", "jax", "keras", "onnx", "mlx"])
def test_the_mirror_is_the_gradient_of_the_convolution(text: str, dialect: str, to: str) -> None:
    pasted = read_network(text, dialect)
    [node] = pasted.nodes
    rank = pasted.rank or 2
    for sizes in ((11, 12)[:rank], (12, 13)[:rank], (13, 11)[:rank]):
        try:
            found = LayerMirror(
                Convolution(node, node.dialect or dialect, rank, 6), to or dialect, sizes
            )
        except NotExpressible:  # Keras has no groups, and no stride together with a dilation
            assert to in ("keras", "tensorflow")
            assert node.parameters.get("groups", 1) > 1 or node.parameters.get("dilation", 1) > 1
            return
        assert_adjoint(found, sizes)


def assert_adjoint(found: LayerMirror, sizes: tuple[int, ...]) -> None:
    """Compare <conv(x), y> with <x, mirror(y)>, where both have the same weights."""
    reading, convolution = found.reading, found.convolution
    assert reading is not None
    assert found.middle is not None
    dice, rank = np.random.default_rng(1), convolution.rank
    groups = convolution.node.parameters.get("groups", 1)
    kernel = reading.layer.kernel
    w = dice.integers(-4, 5, (4, 6 // groups, *kernel)).astype(float)
    x = dice.integers(-4, 5, (6, *sizes)).astype(float)
    y = dice.integers(-4, 5, (4, *found.middle)).astype(float)
    _, axes = convolution.find_axes(sizes)
    forward = convolve(x, w, axes, found.middle, groups)
    # Frameworks with channels last: spatial axes, input, output channels; mlx has output first.
    order = {"keras": (*range(2, rank + 2), 1, 0), "flax": (*range(2, rank + 2), 1, 0)}
    order["mlx"] = (0, *range(2, rank + 2), 1)
    own = np.transpose(w, order.get(convolution.dialect, range(rank + 2)))
    if found.weights is None:
        assert groups > 1
        return
    carried = np.transpose(own, found.weights.permute)
    if found.weights.flip:
        start = reading.weight_layout.axes.index("*")
        carried = np.flip(carried, tuple(range(start, start + rank)))
    is_last = reading.data_layout.axes[-1] == "C"
    given = np.moveaxis(y, 0, -1) if is_last else y
    made = deconvcli.run(reading, given[None], np.ascontiguousarray(carried))[0]
    made = np.moveaxis(made, -1, 0) if is_last else made
    for axis, (begin, end) in enumerate(found.after, 1):
        made = np.take(made, range(begin, made.shape[axis] - max(end, 0)), axis)
        pads = [(0, -min(end, 0) if at == axis else 0) for at in range(rank + 1)]
        made = np.pad(made, pads)
    assert made.shape == x.shape
    assert np.vdot(forward, y) == np.vdot(x, made)


def convolve(x: Any, w: Any, axes: Any, middle: tuple[int, ...], groups: int) -> Any:
    """Return a convolution by its definition, whose windows begin where the mirror crops."""
    out = np.zeros((len(w), *middle))
    per = len(x) // groups
    for channel, place in product(range(len(w)), product(*map(range, middle))):
        first = channel // (len(w) // groups) * per
        for tap in product(*(range(axis.kernel) for axis in axes)):
            at = tuple(
                i * axis.stride + j * axis.dilation - axis.crop_begin
                for i, j, axis in zip(place, tap, axes, strict=True)
            )
            if all(0 <= i < n for i, n in zip(at, x.shape[1:], strict=True)):
                taps = w[channel][(slice(None), *tap)]
                out[(channel, *place)] += x[(slice(first, first + per), *at)] @ taps
    return out


def test_33_and_34_have_output_padding_0_and_1() -> None:
    text = "nn.Conv2d(64, 128, 3, stride=2, padding=1)"
    for n, wanted in ((33, ""), (34, ", output_padding=1")):
        found = mirror(text, (n, n))
        assert found.middle == (17, 17)
        assert found.reading is not None
        assert (
            write_call(found.reading)
            == f"nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1{wanted})"
        )
    assert table(found, "output_padding") == [1, 0]


@pytest.mark.parametrize(
    ("text", "dialect", "name", "wanted"),
    [
        ("nn.Conv2d(3, 64, 7, stride=2, padding=3)", None, "output_padding", [1, 0]),
        ("nn.Conv2d(3, 8, 2, stride=2)", None, "output_padding", [0, 1]),
        ("nn.Conv1d(1, 8, 16, stride=8, padding=4)", None, "output_padding",
         [0, 1, 2, 3, 4, 5, 6, 7]),
        ("nn.Conv1d(1, 8, 10, stride=5, padding=3)", None, "output_padding", [1, 2, 3, 4, 0]),
        ("nn.Conv2d(64, 128, 3, padding=1)", None, "output_padding", [0]),
        ('Conv2D(8, 3, strides=2, padding="same")', None, "output_padding", [1, 0]),
        # None is 2 to Keras, which takes no number as large as the stride.
        ('Conv2D(8, 4, strides=2, padding="same")', None, "output_padding", [None, 1]),
        ("nn.Conv(8, (3, 3), strides=(2, 2))", "flax", "padding", [[2, 1], [1, 1]]),
    ],
)  # fmt: skip
def test_the_table_of_remainders(
    text: str, dialect: str | None, name: str, wanted: list[Any]
) -> None:
    assert table(mirror(text, dialect=dialect), name) == wanted


def test_axes_that_differ_have_tables_of_their_own() -> None:
    first, second = mirror("nn.Conv2d(8, 8, (3, 4), stride=(2, 3), padding=1)").axes
    assert (first.name, first.stride, second.name, second.stride) == ("height", 2, "width", 3)


def test_torch_and_paddle_have_one_layer_for_all_inputs() -> None:
    text = "nn.Conv2d(64, 128, 3, stride=2, padding=1)"
    call = "nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1)"
    assert mirror(text).flexible == (call, "output_size")
    paddle = "paddle.nn.Conv2DTranspose(128, 64, 3, stride=2, padding=1)"
    assert mirror(text, to="paddle").flexible == (paddle, "output_size")
    assert mirror(text, to="keras").flexible is None


def test_weights_are_those_of_the_convolution() -> None:
    text = "nn.Conv2d(64, 128, 3, stride=2, padding=1)"
    assert str(mirror(text).weights) == "as they are"
    assert str(mirror('Conv2D(8, 3, padding="same")').weights) == "as they are"
    found = mirror(text, to="keras").weights
    assert found is not None
    assert found.permute == (2, 3, 1, 0)


def test_what_a_dialect_cannot_say_is_cropped_afterwards() -> None:
    found = mirror("nn.Conv2d(64, 128, 3, stride=2, padding=1)", (34, 34), "caffe")
    assert found.after == ((1, 0), (1, 0))
    assert "Caffe crops both ends alike" in found.reason


@pytest.mark.parametrize("name", ["tensorflow", "cudnn", "onednn"])
def test_beside_a_requested_size_the_padding_is_the_convolutions_own(name: str) -> None:
    found = mirror("nn.Conv2d(64, 128, 3, stride=2, padding=1)", to=name)
    [axis] = found.axes
    shown = [
        [row.parameters[key] for key in row.parameters if key.startswith("pad")]
        for row in axis.rows
    ]
    assert shown[0] == shown[1]
    assert {end for each in shown[0] for end in (each if isinstance(each, list) else [each])} == {1}


def test_no_bias_is_no_bias() -> None:
    found = mirror("nn.Conv2d(6, 4, 3, bias=False)", (9, 9))
    assert found.reading is not None
    assert write_call(found.reading) == "nn.ConvTranspose2d(4, 6, 3, bias=False)"


@pytest.mark.parametrize(
    ("text", "sizes", "error", "message"),
    [
        ("nn.ReLU()", (8, 8), UsageError, "activation is no convolution"),
        ("nn.Conv2d(3, 8, 9)", (4, 4), Refused, "the output would have size"),
        ('nn.Conv2d(3, 8, 3, stride=2, padding="same")', None, Refused, "with strides"),
    ],
)
def test_what_has_no_mirror(
    text: str, sizes: tuple[int, ...] | None, error: type[DeconvError], message: str
) -> None:
    with pytest.raises(error, match=message):
        assert mirror(text, sizes).axes


def test_groups_that_a_dialect_lacks_are_its_reason() -> None:
    with pytest.raises(NotExpressible, match="keras has no groups"):
        mirror("nn.Conv2d(6, 4, 3, groups=2)", (9, 9), "keras")


def test_a_depthwise_convolution_has_as_many_groups_as_channels() -> None:
    node = Node("depthwise", "depthwise_conv", {"kernel": 3, "stride": 2, "multiplier": 2})
    found = LayerMirror(Convolution(node, "torch", 2, 8), "torch", (9, 9))
    assert found.reading is not None
    assert write_call(found.reading) == "nn.ConvTranspose2d(16, 8, 3, stride=2, groups=8)"
    assert prod(found.reading.weight_shape) == 16 * 9


def test_a_huge_padding_takes_no_longer() -> None:
    text = "nn.Conv(8, (3, 3), strides=(2, 2), padding=((0, 5159780352), (1, 0)))"
    first, second = mirror(text, dialect="flax").axes
    assert [row.remainder for row in (*first.rows, *second.rows)] == [0, 1, 0, 1]
