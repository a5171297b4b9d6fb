"""Mistakes as people make them, in every layout: each is named, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

import deconvcli
from deconvcli.compute.differences import Difference, explain_output, find_difference
from deconvcli.compute.runner import (
    canonical_input,
    canonical_output,
    canonical_weight,
    check_values,
    own_input,
    own_weight,
    random_array,
    run,
)
from deconvcli.compute.runner.canonical import own_output
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.layer import Reading

Array = NDArray[Any]


class Case(NamedTuple):
    """A layer with its arrays."""

    layer: Reading
    x: Array
    weight: Array
    bias: Array

    def run(self, **changed: Any) -> Array:
        """Return its output, with some of the arrays changed."""
        case = self._replace(**changed)
        return run(case.layer, case.x, case.weight, case.bias, engine="numpy")

    def change_weight(self, change: Callable[[Array], Array]) -> Array:
        """Return its output with canonical weights changed."""
        weight = change(canonical_weight(self.layer, self.weight))
        return self.run(weight=own_weight(self.layer, np.ascontiguousarray(weight)))

    def change_output(self, change: Callable[[Array], Array]) -> Array:
        """Return its output, changed as (N, C, *spatial)."""
        return own_output(self.layer, change(canonical_output(self.layer, self.run()).copy()))

    def explain(self, y: Array) -> Difference | None:
        """Return what explains y."""
        arrays = (self.layer, self.x, self.weight, self.bias, y)
        return explain_output(*arrays, check_values(*arrays))


LAYERS: dict[str, tuple[str, tuple[int, ...], tuple[int, ...], dict[str, Any]]] = {
    "torch 1-D": ("torch", (2, 3, 30), (3, 4, 5), {"stride": 3, "padding": 1}),
    "torch 2-D": ("torch", (2, 3, 9, 8), (3, 5, 3, 4), {"stride": 2, "padding": 1}),
    "torch 3-D": ("torch", (1, 2, 5, 6, 7), (2, 3, 3, 3, 3), {"stride": 2, "padding": 1}),
    "torch dilated": ("torch", (1, 2, 12, 9), (2, 3, 3, 3), {"dilation": 2}),
    "torch groups": ("torch", (2, 6, 9, 8), (6, 2, 3, 3), {"stride": 2, "groups": 3}),
    "torch, no batch": ("torch", (3, 9, 8), (3, 5, 3, 3), {}),
    "keras": ("keras", (2, 9, 8, 3), (3, 3, 4, 3), {"strides": 2, "padding": "same"}),
    "keras 1-D": ("keras", (1, 30, 3), (5, 2, 3), {"strides": 2, "padding": "valid"}),
    "tensorflow": (
        "tensorflow",
        (1, 9, 8, 3),
        (3, 3, 4, 3),
        {"strides": 2, "padding": "SAME", "output_shape": [1, 18, 16, 4]},
    ),
    "jax": ("jax", (2, 9, 8, 3), (3, 3, 3, 4), {"strides": [2, 2], "padding": "SAME"}),
    "flax": ("flax", (2, 9, 8, 3), (3, 3, 3, 4), {"strides": [2, 2], "padding": "VALID"}),
    "onnx": ("onnx", (1, 4, 9, 8), (4, 3, 3, 3), {"strides": [2, 2], "pads": [1, 0, 0, 1]}),
    "mlx": ("mlx", (2, 9, 8, 3), (4, 3, 3, 3), {"stride": 2}),
    "openvino": (
        "openvino",
        (1, 4, 9, 8),
        (4, 3, 3, 3),
        {"strides": [2, 2], "pads_begin": [0, 0], "pads_end": [0, 0]},
    ),
}


def make(
    dialect: str, x: tuple[int, ...], weight: tuple[int, ...], parameters: dict[str, Any]
) -> Case:
    layer = deconvcli.layer(dialect, input_shape=x, weight_shape=weight, **parameters)
    arrays = [
        random_array(shape, "float32", 5, stream)
        for stream, shape in enumerate((x, weight, (layer.layer.out_channels,)))
    ]
    return Case(layer, *arrays)


def spatial(array: Array) -> tuple[int, ...]:
    return tuple(range(2, array.ndim))


def inside(y: Array, begin: int, end: int) -> Any:
    """Return the place of what is so far from both ends of each spatial axis."""
    return (..., *(slice(begin, size - end) for size in y.shape[2:]))


def move(y: Array, by: int) -> Array:
    """Return zeros with y in them, later by so many elements."""
    moved = np.zeros_like(y)
    moved[inside(y, by, 0)] = y[inside(y, 0, by)]
    return moved


def clear_ring(y: Array) -> Array:
    cleared = np.zeros_like(y)
    cleared[inside(y, 1, 1)] = y[inside(y, 1, 1)]
    return cleared


MISTAKES: dict[str, tuple[Callable[[Case], Array], tuple[str, ...]]] = {
    "reversed taps": (
        lambda case: case.change_weight(lambda w: np.flip(w, spatial(w))),
        ("reversed-taps",),
    ),
    "missing bias": (lambda case: case.run(bias=None), ("missing-bias",)),
    "doubled bias": (lambda case: case.run(bias=2 * case.bias), ("doubled-bias",)),
    "subtracted bias": (lambda case: case.run(bias=-case.bias), ("subtracted-bias",)),
    "another bias": (lambda case: case.run(bias=case.bias**2 + 1), ("offset",)),
    "reversed taps, missing bias": (
        lambda case: (
            case.change_weight(lambda w: np.flip(w, spatial(w))) - case.run(weight=0 * case.weight)
        ),
        ("reversed-taps", "missing-bias"),
    ),
    "half": (lambda case: case.run() / 2, ("factor",)),
    "minus": (lambda case: -case.run(), ("factor",)),
    "a normalisation": (
        lambda case: case.change_output(
            lambda y: y * np.float32(1.5) + np.arange(y.shape[1]).reshape(-1, *[1] * (y.ndim - 2))
        ).astype("float32"),
        ("factor-and-offset",),
    ),
    "a ReLU": (lambda case: np.maximum(case.run(), 0), ("clamped",)),
    "zeros for a shift": (
        lambda case: case.change_output(lambda y: move(y, 1)),
        ("shift", "border"),
    ),
    "a roll": (
        lambda case: case.change_output(lambda y: np.roll(y, [2] * (y.ndim - 2), spatial(y))),
        ("shift", "border"),
    ),
    "a ring of zeros": (lambda case: case.change_output(clear_ring), ("border",)),
    "channels reversed": (
        lambda case: case.change_output(lambda y: y[:, ::-1]),
        ("channel-order",),
    ),
    "upside down": (
        lambda case: case.change_output(lambda y: np.flip(y, 2)),
        ("turned-output",),
    ),
    "float16": (
        lambda case: case.run(
            x=case.x.astype("float16").astype("float32"),
            weight=case.weight.astype("float16").astype("float32"),
        ),
        ("precision",),
    ),
    "NaN": (
        lambda case: case.change_output(
            lambda y: np.where(np.arange(y.size).reshape(y.shape) == y.size // 2, np.nan, y)
        ).astype("float32"),
        ("not-finite",),
    ),
    "nothing but NaN": (lambda case: case.run() * np.float32("nan"), ("not-finite",)),
    "a wrong element": (
        lambda case: case.change_output(
            lambda y: y + (np.arange(y.size).reshape(y.shape) == y.size // 2)
        ).astype("float32"),
        (),
    ),
    "noise": (lambda case: random_array(case.run().shape, "float32", 9, 9), ()),
    "right": (lambda case: case.run(), ()),
}


@pytest.mark.parametrize("layer", LAYERS)
@pytest.mark.parametrize(("mistake", "causes"), MISTAKES.values(), ids=MISTAKES)
def test_mistakes_are_named(
    layer: str, mistake: Callable[[Case], Array], causes: tuple[str, ...]
) -> None:
    case = make(*LAYERS[layer])
    found = case.explain(np.ascontiguousarray(mistake(case)))
    assert (found.causes if found else ()) == causes, found
    if found is not None:
        assert found.proven
        assert bool(found.remaining) == bool({"border", "not-finite"} & {*causes})


@pytest.mark.parametrize("layer", LAYERS)
def test_a_shift_says_which_crop_gives_it(layer: str) -> None:
    """The same layer with another crop, which keeps elements that a shift alone would not have."""
    case = make(*LAYERS[layer])
    axes = tuple(
        axis._replace(crop_begin=axis.crop_begin + 1, crop_end=axis.crop_end - 1)
        for axis in case.layer.layer.axes
    )
    moved = case.layer._replace(layer=case.layer.layer._replace(axes=axes))
    found = case.explain(case.run(layer=moved))
    assert found is not None
    assert (found.causes, found.shift, found.remaining) == (("shift",), (1,) * len(axes), 0)
    assert found.crop == tuple((axis.crop_begin, axis.crop_end) for axis in axes)
    letters = {1: "[i + 1]", 2: "[y + 1, x + 1]", 3: "[z + 1, y + 1, x + 1]"}[len(axes)]
    assert found.text.endswith(f"of the reference is ours at {letters}")


SQUARE = ("torch", (1, 4, 9, 9), (4, 4, 4, 4), {"stride": 2, "padding": 1})
KERAS = ("keras", (1, 9, 9, 4), (4, 4, 4, 4), {"strides": 2, "padding": "same"})
LONG = ("torch", (1, 3, 9, 9), (3, 5, 3, 4), {"stride": 2, "padding": 1})
VOLUME = ("torch", (1, 2, 5, 5, 5), (2, 3, 3, 3, 3), {"stride": 2})
GROUPS = ("torch", (1, 6, 9, 8), (6, 4, 3, 3), {"stride": 2, "groups": 3})


@pytest.mark.parametrize(
    ("layer", "change", "causes", "words"),
    [
        # torch's weights as they are where keras' were expected, and the other way round
        (
            KERAS,
            lambda case: case.run(weight=case.weight.transpose(3, 2, 0, 1).copy()),
            ("weight-layout",),
            "reshaping the weights from [in, out, height, width], without a permutation",
        ),
        (
            SQUARE,
            lambda case: case.run(weight=case.weight.transpose(2, 3, 1, 0).copy()),
            ("weight-layout",),
            "reading the weights' numbers as [width, height, in, out], without a permutation",
        ),
        (
            LONG,
            lambda case: case.run(
                weight=case.weight.reshape(3, 4, 5, 3).transpose(3, 2, 0, 1).copy()
            ),
            ("weight-layout",),
            "reading the weights' numbers as [height, width, out, in], without a permutation",
        ),
        (
            SQUARE,
            lambda case: case.run(weight=case.weight.swapaxes(0, 1).copy()),
            ("swapped-channels",),
            "equal after swapping the input and output channels of the weights",
        ),
        (
            SQUARE,
            lambda case: case.run(weight=case.weight.swapaxes(2, 3).copy()),
            ("swapped-kernel-axes",),
            "equal after swapping the kernel's height and width",
        ),
        (
            SQUARE,
            lambda case: case.run(weight=case.weight.swapaxes(0, 1)[..., ::-1, ::-1].copy()),
            ("swapped-channels", "reversed-taps"),
            "the input and output channels of the weights and reversing the taps",
        ),
        (
            SQUARE,
            lambda case: case.run(weight=case.weight[..., ::-1].copy()),
            ("partly-reversed-taps",),
            "equal after reversing the taps along width",
        ),
        # no terms reach some outputs, whose bound is 0
        (
            ("torch", (1, 2, 5, 6), (2, 3, 2, 1), {"stride": 3}),
            lambda case: case.run() * 3,
            ("factor",),
            "equal up to a factor of 3",
        ),
        (
            VOLUME,
            lambda case: case.run(weight=case.weight.transpose(0, 1, 3, 4, 2).copy()),
            ("swapped-kernel-axes",),
            "permuting the kernel's depth, height and width",
        ),
        (
            SQUARE,
            lambda case: case.run(x=case.x[:, ::-1].copy()),
            ("input-channels",),
            "equal after reversing the input channels",
        ),
        (
            SQUARE,
            lambda case: case.run(x=case.x.swapaxes(2, 3).copy()),
            ("turned-input",),
            "equal after swapping the input's height and width",
        ),
        (
            SQUARE,
            lambda case: case.run().swapaxes(2, 3).copy(),
            ("turned-output",),
            "equal after swapping the output's height and width",
        ),
        (
            GROUPS,
            lambda case: case.change_output(
                lambda y: y.reshape(1, 3, 4, *y.shape[2:]).swapaxes(1, 2).reshape(y.shape)
            ),
            ("channel-order",),
            "equal after interleaving the output channels of the groups",
        ),
        (
            SQUARE,
            lambda case: case.change_output(lambda y: y[:, [1, 3, 0, 2]]),
            ("channel-order",),
            "(those of the reference are ours 1, 3, 0, 2)",
        ),
        # reshaped where the axes had to be moved
        (
            SQUARE,
            lambda case: np.moveaxis(case.run(), 1, -1).reshape(1, 4, 18, 18),
            ("output-layout",),
            "equal after reading the output's numbers as channels last, without a transposition",
        ),
        (
            KERAS,
            lambda case: np.moveaxis(case.run(), -1, 1).reshape(1, 18, 18, 4),
            ("output-layout",),
            "equal after reading the output's numbers as channels first, without a transposition",
        ),
        (
            SQUARE,
            lambda case: case.run(x=np.moveaxis(case.x.reshape(1, 9, 9, 4), -1, 1).copy()),
            ("input-layout",),
            "equal after reading the input's numbers as channels last, without a transposition",
        ),
        (
            KERAS,
            lambda case: case.run(x=np.moveaxis(case.x.reshape(1, 4, 9, 9), 1, -1).copy()),
            ("input-layout",),
            "equal after reading the input's numbers as channels first, without a transposition",
        ),
        (
            SQUARE,
            lambda case: case.run() / 16,
            ("factor",),
            "equal up to a factor of 0.0625, 1 divided by the number of taps",
        ),
        (
            SQUARE,
            lambda case: case.run() * 4,
            ("factor",),
            "equal up to a factor of 4, the product of the strides",
        ),
        (SQUARE, lambda case: case.run() * 0, ("factor",), "the reference is 0 everywhere"),
        (
            SQUARE,
            lambda case: case.run(bias=case.bias + np.float32(0.5)),
            ("offset",),
            "equal up to an offset of 0.5, as of another bias",
        ),
        (
            SQUARE,
            lambda case: case.change_output(lambda y: move(y, 2)),
            ("shift", "border"),
            "except for the first 2 rows and the first 2 columns (272 of 1,296 elements), where the"
            " reference is 0: output[y, x] of the reference is ours at [y - 2, x - 2]",
        ),
        (
            SQUARE,
            lambda case: case.change_output(clear_ring),
            ("border",),
            "equal except for the outer ring, 1 wide (272 of 1,296 elements), where the reference",
        ),
        (
            KERAS,
            lambda case: case.run(
                x=np.round(case.x * 32) / 32,
                weight=(case.weight.view(np.uint32) & 0xFFFF0000).view(np.float32),
            ),
            (),
            "",
        ),
    ],
)
def test_mistakes_as_people_make_them(
    layer: Any, change: Callable[[Case], Array], causes: tuple[str, ...], words: str
) -> None:
    found = make(*layer).explain(change(make(*layer)))
    assert (found.causes if found else ()) == causes, found
    assert words in (found.text if found else "")


def test_keras_same_and_torch_differ_by_a_shift() -> None:
    case = make("keras", (1, 9, 8, 3), (3, 3, 4, 3), {"strides": 2, "padding": "same"})
    torch = deconvcli.layer(
        "torch",
        input_shape=(1, 3, 9, 8),
        weight_shape=(3, 4, 3, 3),
        stride=2,
        padding=1,
        output_padding=1,
    )
    x, weight = canonical_input(case.layer, case.x), canonical_weight(case.layer, case.weight)
    y = run(torch, x, np.ascontiguousarray(weight[..., ::-1, ::-1]), engine="numpy")
    found = case.explain(own_output(case.layer, y))
    assert found is not None
    assert found.causes == ("reversed-taps", "shift", "missing-bias")
    assert (found.shift, found.crop) == ((1, 1), ((1, 0), (1, 0)))
    assert found.text == (
        "equal after reversing the taps and a shift by (1, 1), without the bias: output[y, x] of"
        " the reference is ours at [y + 1, x + 1]"
    )


@pytest.mark.parametrize(("padding", "other"), list(permutations(range(3), 2)))
def test_another_size_is_equal_in_the_common_part(padding: int, other: int) -> None:
    case, theirs = (
        make("torch", (1, 3, 9, 8), (3, 4, 5, 5), {"stride": 2, "padding": each})
        for each in (padding, other)
    )
    found = find_difference(case.layer, case.x, case.weight, case.bias, theirs.run(), case.x.dtype)
    by = other - padding
    assert found is not None
    assert (found.shift, found.crop) == ((by, by), ((other, other),) * 2)
    assert "where both have elements" in found.text


@pytest.mark.parametrize(
    ("dtype", "lower"), [("float16", "bfloat16"), ("float32", "float16"), ("float64", "float32")]
)
def test_every_number_type_has_its_own_precision(dtype: str, lower: str) -> None:
    shapes = ((1, 3, 9, 8), (3, 4, 3, 3), (4,))
    layer = deconvcli.layer("torch", input_shape=shapes[0], weight_shape=shapes[1], stride=2)
    # A third, as a random number has no more digits than float32.
    case = Case(layer, *(random_array(shape, dtype, 5, at) / 3 for at, shape in enumerate(shapes)))
    # bfloat16 has the first 16 bits of float32.
    cut = Case(
        layer,
        *(
            ((array.astype("float32").view("uint32") & 0xFFFF0000).view("float32")).astype(dtype)
            if lower == "bfloat16"
            else array.astype(lower).astype(dtype)
            for array in case[1:]
        ),
    )
    found = case.explain(cut.run())
    assert found is not None
    assert (found.causes, found.text.split()[5]) == (("precision",), lower)


def test_a_sparse_output_does_not_explain_itself() -> None:
    """Most elements are 0 whatever the weights are, so that most agree with every guess."""
    case = make("torch", (1, 1, 40, 40), (1, 1, 3, 3), {"stride": 1})
    x = np.zeros_like(case.x)
    x[0, 0, 3, 5] = 1
    case = case._replace(x=x, bias=0 * case.bias)
    found = case.explain(case.change_weight(lambda w: w[..., ::-1, ::-1]))
    assert found is not None
    assert (found.causes, found.remaining) == (("reversed-taps",), 0)
    assert case.explain(case.change_weight(lambda w: w[..., ::-1, ::-1] ** 2)) is None


@pytest.mark.parametrize("place", ["x", "weight"])
@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_arrays_that_are_not_finite(place: str, number: float) -> None:
    case = make(*SQUARE)
    array = getattr(case, place).copy()
    array[0, 0, 1, 1] = number
    case = case._replace(**{place: array})
    assert case.explain(case.run()) is None
    zeros = case.explain(0 * make(*SQUARE).run())
    assert zeros is not None
    assert zeros.text == "the reference is 0 everywhere"
    finite = case.explain(make(*SQUARE).run())
    assert finite is not None
    assert finite.text.endswith("elements, where ours is NaN or infinite")


COMMON = (
    ("reversed taps", ("reversed-taps",)),
    ("missing bias", ("missing-bias",)),
    ("a roll", ("shift", "border")),
    ("channels reversed", ("channel-order",)),
)


@pytest.mark.parametrize("name", DIALECTS.names)
@pytest.mark.parametrize(("groups", "rank"), [(1, 1), (1, 2), (2, 2)])
def test_every_dialect(name: str, groups: int, rank: int) -> None:
    sizes = (1, 2 * groups, *range(5, 5 + rank)), (2 * groups, 3, *range(3, 3 + rank))
    torch = make("torch", *sizes, {"stride": 2, "groups": groups})
    try:
        layer = respell(torch.layer, name)
    except deconvcli.DeconvError:
        return
    weight = own_weight(layer, torch.weight)
    case = Case(layer, own_input(layer, torch.x), weight, torch.bias)
    assert case.explain(case.run()) is None
    for mistake, causes in COMMON:
        found = case.explain(np.ascontiguousarray(MISTAKES[mistake][0](case)))
        assert found is not None
        assert found.causes == causes
    # torch's numbers under the shape that this dialect's weights have.
    given = torch.weight.reshape(weight.shape)
    reshaped = case.explain(case.run(weight=given))
    if np.array_equal(given, weight):
        assert reshaped is None
        return
    assert reshaped is not None
    assert reshaped.causes == ("weight-layout",)
    assert not reshaped.remaining


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_one_output_element(rank: int) -> None:
    ones = (1,) * rank
    case = make("torch", (1, 3, *ones), (3, 2, *ones), {})
    assert case.explain(case.run()) is None
    found = case.explain(case.run(bias=None))
    assert found is None or found.causes == ("missing-bias",)
    case.explain(case.run() + 1)
