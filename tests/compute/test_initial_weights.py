"""The starting weights: they interpolate as NumPy does, in the layout of every dialect."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import deconvcli
from deconvcli.common.errors import NotExpressible, OutOfMemory, UsageError
from deconvcli.compute.initial_weights import KINDS, InitialWeights, make_weights
from deconvcli.compute.runner import canonical_output, own_input
from deconvcli.frameworks.dialects import in_order
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.layer import Reading

Array = NDArray[Any]


def torch_layer(
    n: tuple[int, ...], k: Any, s: Any, p: Any = 0, channels: Any = (2, 2), **words: Any
) -> deconvcli.Reading:
    kernel = (k,) * len(n) if isinstance(k, int) else k
    weight_shape = (channels[0], channels[1] // words.get("groups", 1), *kernel)
    shape = (1, channels[0], *n)
    return deconvcli.layer(
        "torch", input_shape=shape, weight_shape=weight_shape, stride=s, padding=p, **words
    )


def half_pixel(x: Array, factor: int, axis: int, shift: float = 0.0) -> Array:
    """Return linear interpolation with half-pixel centers along one axis; edges are repeated."""
    n = x.shape[axis]
    place = (np.arange(n * factor) - shift + 0.5) / factor - 0.5
    below = np.floor(place).astype(int)
    weight = (place - below).reshape([-1 if at == axis else 1 for at in range(x.ndim)])
    lower, upper = (x.take((below + more).clip(0, n - 1), axis) for more in (0, 1))
    between: Array = lower * (1 - weight) + upper * weight
    return between


def computed(reading: Reading, made: InitialWeights) -> tuple[Array, Array]:
    """Return (input, output) as (N, C, *spatial), the output by our kernel."""
    n = tuple(int(str(size)) for size in reading.spatial)
    x = np.random.default_rng(0).normal(size=(1, reading.layer.in_channels, *n))
    y = deconvcli.run(reading, own_input(reading, x), made.array)
    return x, canonical_output(reading, y)


def interior(made: InitialWeights) -> tuple[slice, ...]:
    return (
        slice(None),
        slice(None),
        *(slice(one.before, -one.after or None) for one in made.axes),
    )


def written(made: InitialWeights) -> Array:
    """Return what the printed lines of NumPy make."""
    names: dict[str, Any] = {}
    exec("\n".join(made.code), names)
    array: Array = names["w"]
    return array


def can_express(name: str, layer: deconvcli.Reading) -> bool:
    try:
        respell(layer, name)
    except NotExpressible:
        return False
    return True


def fcn_layer(rank: int, s: int) -> deconvcli.Reading:
    return torch_layer((4, 5, 6)[:rank], 2 * s - s % 2, s, s // 2)


def cropped_layer(k: int, p: int) -> deconvcli.Reading:
    return torch_layer((3, 4), k, 2, p)


FCN = [(1, 2), (1, 3), (2, 4), (2, 5), (3, 2), (3, 3), (2, 1)]
CROPPED = [(2, 0), (5, 1), (6, 2), (7, 3)]
INTERPOLATING = [
    (name, *one) for one in FCN for name in in_order() if can_express(name, fcn_layer(*one))
]
REPEATING = [
    (name, *one) for one in CROPPED for name in in_order() if can_express(name, cropped_layer(*one))
]


def test_most_dialects_can_express_these_layers() -> None:
    lacking = len(in_order()) * (len(FCN) + len(CROPPED)) - len(INTERPOLATING) - len(REPEATING)
    assert lacking == 17


@pytest.mark.parametrize(("name", "rank", "s"), INTERPOLATING)
def test_bilinear_weights_interpolate_in_the_interior(name: str, rank: int, s: int) -> None:
    reading = respell(fcn_layer(rank, s), name)
    made = make_weights(reading, "bilinear", dtype="float64")
    x, y = computed(reading, made)
    expected = x
    for axis in range(rank):
        expected = half_pixel(expected, s, axis + 2)
    assert all(one.shift == 0 and one.before == one.after == s // 2 for one in made.axes)
    assert "interpolation by" in made.sentences[0]
    assert "not " not in made.sentences[0]
    np.testing.assert_allclose(y[interior(made)], expected[interior(made)], atol=1e-12)
    # The rows that are named as edges, and no others, differ.
    inside = np.zeros(y.shape, bool)
    inside[interior(made)] = True
    assert (abs(y - expected)[~inside] > 1e-9).all()
    np.testing.assert_array_equal(written(made), made.array)


@pytest.mark.parametrize(("name", "k", "p"), REPEATING)
def test_nearest_weights_repeat_each_input(name: str, k: int, p: int) -> None:
    reading = respell(cropped_layer(k, p), name)
    made = make_weights(reading, "nearest", dtype="float64")
    x, y = computed(reading, made)
    rows, columns = y.shape[2] - made.axes[0].after, y.shape[3] - made.axes[1].after
    expected = x.repeat(2, 2).repeat(2, 3)[:, :, :rows, :columns]
    np.testing.assert_array_equal(y[:, :, :rows, :columns], expected)
    np.testing.assert_array_equal(written(made), made.array)


@pytest.mark.parametrize(("k", "s", "p"), [(4, 2, 0), (3, 2, 0), (5, 3, 0), (6, 3, 1), (2, 1, 0)])
def test_a_shifted_result_is_interpolation_at_shifted_places(k: int, s: int, p: int) -> None:
    reading = torch_layer((9,), k, s, p, (1, 1))
    made = make_weights(reading, "bilinear", dtype="float64")
    [one] = made.axes
    assert one.shift
    assert one.shift == (k - s) / 2 - p
    x, y = computed(reading, made)
    size = min(y.shape[2], 9 * s)
    [*_, place] = interior(made)
    inside = slice(place.start, min(size, y.shape[2] - one.after))
    expected = half_pixel(x, s, 2, one.shift)
    np.testing.assert_allclose(y[:, :, inside], expected[:, :, inside], atol=1e-12)
    side = "end" if one.shift > 0 else "start"
    assert f"shifted by {abs(one.shift):g} output" in made.sentences[0]
    assert f"towards the {side}" in made.sentences[0]


@pytest.mark.parametrize("s", [2, 3, 4, 7])
def test_aligned_corners_have_a_sentence_of_their_own(s: int) -> None:
    reading = torch_layer((6,), 2 * s - 1, s, s - 1, (1, 1))
    made = make_weights(reading, "bilinear", dtype="float64")
    x, y = computed(reading, made)
    expected = np.interp(np.linspace(0, 5, 5 * s + 1), np.arange(6), x[0, 0])
    np.testing.assert_allclose(y[0, 0], expected, atol=1e-12)
    assert "every output equals it with align_corners=True" in made.sentences[0]
    assert made.axes[0].shift == (1 - s) / 2


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("normalize", [False, True])
@pytest.mark.parametrize(
    ("k", "s", "d", "p"),
    [(3, 2, 1, 0), (8, 2, 1, 3), (5, 3, 2, 0), (7, 4, 3, 1), (4, 4, 1, 1), (3, 1, 2, 0)],
)
def test_the_sums_are_those_of_a_constant_input(
    k: int, s: int, d: int, p: int, kind: str, normalize: bool
) -> None:
    reading = torch_layer((20,), k, s, p, (1, 1), dilation=d)
    if normalize and make_weights(reading, kind).axes[0].gaps:
        with pytest.raises(UsageError, match="outputs have no tap"):
            make_weights(reading, kind, normalize=True)
        return
    made = make_weights(reading, kind, normalize=normalize, dtype="float64")
    [one] = made.axes
    y = deconvcli.run(reading, np.ones((1, 1, 20)), made.array)[0, 0]
    inside = y[one.before : y.size - one.after]
    assert inside.size > s
    found = [inside[(phase - one.before) % s] for phase in range(s)]
    np.testing.assert_allclose(inside, [found[(one.before + at) % s] for at in range(inside.size)])
    assert sum(value == 0 for value in found) == one.gaps
    np.testing.assert_allclose([value for value in found if value], one.sums)
    assert not normalize or np.allclose(found, 1)
    # One row further out the sum is another.
    for at in [one.before - 1] * (one.before > 0) + [y.size - one.after] * (one.after > 0):
        assert not np.isclose(y[at], found[at % s])
    np.testing.assert_array_equal(written(made), made.array)


@pytest.mark.parametrize(
    ("kind", "k", "s", "words", "sentence"),
    [
        ("bilinear", 8, 2, {}, "the taps on every output sum to 2 (kernel 4 cropped by 1"),
        ("bilinear", 5, 2, {}, "sum to 1.333 up to 1.667 (kernel 4"),
        ("bilinear", 3, 5, {}, "2 of every 5 outputs have no tap (kernel 9 cropped by 2"),
        ("bilinear", 4, 2, {"dilation": 2}, "1 of every 2 outputs have no tap (kernel 4"),
        ("ones", 3, 2, {}, "not nearest interpolation by 2: the taps on one output sum to 1 up to"),
        ("ones", 2, 2, {"p": 1}, "the result is shifted by 1 output towards the start"),
        ("ones", 2, 2, {}, "every output equals nearest interpolation by 2"),
        ("nearest", 3, 2, {"p": 2}, "1 of every 2 outputs have no tap (kernel 2 without a crop"),
    ],
)
def test_other_kernels_are_said_not_to_interpolate(
    kind: str, k: int, s: int, words: dict[str, Any], sentence: str
) -> None:
    [found, *_] = make_weights(torch_layer((9,), k, s, **words), kind).sentences
    assert sentence in found


def test_each_axis_has_its_own_reason() -> None:
    [found, *_] = make_weights(torch_layer((5, 5), (4, 8), 2, (1, 3)), "bilinear").sentences
    assert found.startswith("not bilinear interpolation by 2 with half-pixel centers")
    assert "width: the taps on every output sum to 2" in found
    assert "height" not in found


@pytest.mark.parametrize(
    ("channels", "groups", "sentence"),
    [
        ((3, 3), 1, ""),
        ((4, 4), 2, ""),
        ((4, 2), 1, "input channels 2 to 3 have no output of the same number"),
        ((2, 3), 1, "output channel 2 has no input of the same number"),
        ((4, 8), 4, "the input channel of each group goes to all 2 outputs"),
        ((1, 3), 1, "the input channel goes to all 3 outputs"),
        ((6, 4), 2, "input channel 2 of each group has no output of the same number"),
    ],
)
def test_channels_keep_their_number(channels: tuple[int, int], groups: int, sentence: str) -> None:
    reading = torch_layer((4,), 2, 2, 0, channels, groups=groups)
    made = make_weights(reading, "ones", dtype="float64")
    x, y = computed(reading, made)
    into, out = (count // groups for count in channels)
    for channel in range(channels[1]):
        group, own = divmod(channel, out)
        source = 0 if into == 1 else own
        expected = x[0, group * into + source].repeat(2) if source < into else np.zeros(8)
        np.testing.assert_array_equal(y[0, channel], expected)
    assert [text.partition(":")[0] for text in made.sentences[1:]] == (
        [sentence] if sentence else []
    )
    np.testing.assert_array_equal(written(made), made.array)


@pytest.mark.parametrize(
    ("layer", "kind", "row"),
    [
        ((4, 2, 1), "bilinear", "not so the first and the last output of each axis: the input"),
        ((7, 4, 2), "bilinear", ""),
        ((8, 4, 2), "bilinear", "not so the first 2 and the last 2 outputs of each axis: the"),
        (((4, 5), (2, 3), 1), "bilinear", "not so the first and the last output of each axis:"),
        (
            ((8, 4), (4, 2), (2, 1)),
            "bilinear",
            "not so the first 2 and the last 2 outputs of height, the",
        ),
        (((1, 4), (1, 2), (0, 1)), "bilinear", "not so the first and the last output of width: "),
        ((3, 2, 0), "nearest", "not so the last output of each axis: the input beyond"),
    ],
)
def test_the_rows_at_the_edges_are_named(layer: Any, kind: str, row: str) -> None:
    made = make_weights(torch_layer((5, 5), *layer), kind)
    assert len(made.sentences) == 1 + bool(row)
    assert made.sentences[-1].startswith(row)


def test_a_circular_layer_has_the_opposite_end_beyond_its_edge() -> None:
    reading = deconvcli.layer(
        "flax", input_shape=(1, 6, 1), weight_shape=(4, 1, 1), strides=2, padding="CIRCULAR"
    )
    made = make_weights(reading, "bilinear", dtype="float64")
    assert "the input beyond the edge is the opposite end there" in made.sentences[-1]
    x, y = computed(reading, made)
    around = half_pixel(np.pad(x, [(0, 0), (0, 0), (1, 1)], mode="wrap"), 2, 2)[:, :, 2:-2]
    np.testing.assert_allclose(y, around, atol=1e-12)


def test_the_array_is_of_python_too() -> None:
    weight = deconvcli.weights(torch_layer((5, 5), 4, 2, 1), "bilinear", dtype="float16")
    assert weight.dtype == np.float16
    hat = np.array([1, 3, 3, 1]) / 4
    np.testing.assert_array_equal(weight[0, 0], np.outer(hat, hat))
    np.testing.assert_array_equal(weight[0, 1], 0)


def test_what_cannot_be_made_is_refused() -> None:
    layer = torch_layer((5,), 2, 3)
    with pytest.raises(UsageError, match="1 of every 3 outputs have no tap"):
        deconvcli.weights(layer, "bilinear", normalize=True)
    with pytest.raises(UsageError, match="'bilinaer'") as error:
        deconvcli.weights(layer, "bilinaer")
    assert "did you mean 'bilinear'" in error.value.help
    with pytest.raises(UsageError, match="'int8'"):
        deconvcli.weights(layer, "ones", dtype="int8")
    large = deconvcli.paste("nn.ConvTranspose1d(1, 1, 10**15)", (1, 1, 1))
    with pytest.raises(OutOfMemory, match="these weights need"):
        deconvcli.weights(large, "ones")


@pytest.mark.parametrize("kind", KINDS)
def test_long_strides_and_dilations_take_no_memory(kind: str) -> None:
    layer = deconvcli.paste(f"nn.ConvTranspose1d(1, 1, 3, {2**40}, dilation={2**61})", (1, 1, 1))
    assert make_weights(layer, kind).axes[0].gaps >= 2**40 - 3
