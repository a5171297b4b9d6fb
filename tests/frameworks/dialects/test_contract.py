"""What holds for every dialect on the shelf."""

from __future__ import annotations

import re
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import deconvcli
from deconvcli.common.errors import NotExpressible, Refused, UsageError
from deconvcli.compute.runner import random_array, run
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialects import DIALECTS, PREFERRED, in_order, take
from deconvcli.layers.axis import Axis, Linear
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling

ALL = pytest.mark.parametrize("name", DIALECTS.names)
ROLES = {
    "",
    "kernel",
    "stride",
    "padding",
    "output_padding",
    "dilation",
    "groups",
    "in_channels",
    "out_channels",
    "output_size",
    "auto_pad",
    "transpose_kernel",
    "data_format",
    "bias",
}


@ALL
def test_it_says_what_it_is_and_who_measured_it(name: str) -> None:
    dialect = DIALECTS.take(name)
    assert dialect.name == name
    assert dialect.title
    assert re.search(r"\d", dialect.source), "a source has a version or a section"
    assert dialect.evidence.what
    docstring = import_module(f"deconvcli.frameworks.dialects.{name}").__doc__ or ""
    assert docstring.splitlines()[0].endswith(".")


@ALL
def test_its_parameters_are_distinct_and_have_known_roles(name: str) -> None:
    dialect = DIALECTS.take(name)
    names = [argument.name for argument in dialect.arguments]
    assert len(names) == len(set(names))
    assert {argument.role for argument in dialect.arguments} <= ROLES
    assert all(argument.meaning for argument in dialect.arguments if argument.role)


@ALL
def test_its_calls_take_its_own_parameters(name: str) -> None:
    dialect = DIALECTS.take(name)
    known = {argument.name for argument in dialect.arguments} | {"B"}
    for signature in dialect.signatures:
        assert set(signature.parameters) <= known | {signature.data, signature.weight}
        assert set(signature.implies) <= known


def test_those_that_most_people_mean_come_first() -> None:
    assert in_order()[: len(PREFERRED)] == list(PREFERRED)
    assert sorted(in_order()) == DIALECTS.names


def test_implementations_are_named_after_an_at() -> None:
    dialect, implementation = take("keras@jax")
    assert (dialect.name, implementation) == ("keras", "jax")
    with pytest.raises(UsageError, match="no implementation 'jaxx'") as error:
        take("keras@jaxx")
    assert "keras@jax" in error.value.help


@ALL
def test_an_unknown_parameter_is_named_with_its_nearest(name: str) -> None:
    dialect = DIALECTS.take(name)
    right = next(a.name for a in dialect.arguments if a.role == "stride")
    spelling = Spelling(name, {right + "x": 2})
    with pytest.raises(UsageError, match="no parameter") as error:
        dialect.read(spelling, Sizes((5,), weight=(1, 1, 3)))
    assert right in error.value.help


# Layers of all kinds, and an input that leaves an output.

small = st.integers(1, 5)


def crop_of(draw: st.DrawFn, kind: str, kernel: int, stride: int, span: int) -> tuple[int, int]:
    """(begin, end) as one family of frameworks would crop, or any."""
    if kind == "any":
        return draw(st.integers(-2, 4)), draw(st.integers(-2, 4))
    if kind == "symmetric":
        begin = draw(st.integers(0, 3))
        return begin, begin - draw(st.integers(0, stride - 1))
    if kind == "valid":
        return 0, -max(stride - span, 0)
    total = max(span - stride, 0)
    return total // 2, span - stride - total // 2


@st.composite
def layers(draw: st.DrawFn) -> tuple[Layer, Sizes]:
    """A layer that exists, and an input size on which it leaves something."""
    kind = draw(st.sampled_from(["any", "symmetric", "valid", "same"]))
    axes = []
    dilated = draw(st.booleans())
    for _ in range(draw(st.integers(1, 3))):
        kernel, stride = draw(small), 1 if dilated else draw(small)
        dilation = draw(st.integers(1, 3)) if dilated else 1
        span = dilation * (kernel - 1) + 1
        axes.append(Axis(kernel, stride, dilation, *crop_of(draw, kind, kernel, stride, span)))
    groups = draw(st.sampled_from([1, 1, 2, 3]))
    into, out = (groups * draw(st.integers(1, 2)) for _ in range(2))
    layer = Layer(tuple(axes), into, out, groups, draw(st.booleans()))
    spatial = [draw(st.integers(0, 2)) + number(axis.smallest_input()) for axis in axes]
    return layer, Sizes(tuple(spatial), (draw(st.integers(1, 2)),), into)


def number(size: Any) -> int:
    """A size that is no symbol."""
    assert isinstance(size, int)
    return size


def spelled(dialect: Dialect, layer: Layer, sizes: Sizes) -> Reading | None:
    """The layer said in a dialect and read back; None where it cannot be said."""
    try:
        spelling = dialect.spell(layer, sizes)
    except NotExpressible:
        return None
    return dialect.read(spelling, dialect.sizes_for(layer, sizes))


@ALL
@given(drawn=layers())
def test_what_is_spelled_reads_back_as_the_same_layer(
    name: str, drawn: tuple[Layer, Sizes]
) -> None:
    layer, sizes = drawn
    reading = spelled(DIALECTS.take(name), layer, sizes)
    if reading is not None:
        assert any(reading.arithmetic is known for known in DIALECTS.take(name).arithmetics)
        assert reading.output_sizes == layer.output_sizes(sizes.spatial)
        has_bias = reading.layer.has_bias  # functions take no part in who owns the bias
        assert reading.layer == layer._replace(has_bias=has_bias)


@ALL
def test_taps_lie_as_it_says(name: str) -> None:
    reading = spelled(DIALECTS.take(name), Layer((Axis(4, 2, 1, 1, 1),) * 2), Sizes((8, 8)))
    assert reading is not None
    assert reading.flipped == DIALECTS.take(name).orientation.startswith("reversed")


@ALL
def test_what_is_told_of_its_implementations_has_a_source(name: str) -> None:
    dialect = DIALECTS.take(name)
    for implementation in ("", *dialect.implementations):
        told = list(dialect.deviations(implementation))
        assert len(told) == len({(found.code, found.message) for found in told})
        assert all(re.search(r"\d", found.source) for found in told)
        assert not any("{" in found.message + found.help for found in told)


@ALL
def test_common_layers_can_be_said(name: str) -> None:
    for axis in (Axis(4, 2, 1, 1, 1), Axis(2, 2), Axis(3, 1, 1, 1, 1)):
        assert spelled(DIALECTS.take(name), Layer((axis, axis)), Sizes((8, 8))) is not None


@ALL
@pytest.mark.parametrize("crops", [(0, 1), (1, 0), (-1, 3)])
def test_what_cannot_be_said_is_explained(name: str, crops: tuple[int, int]) -> None:
    error = None
    try:
        DIALECTS.take(name).spell(Layer((Axis(3, 2, 1, *crops),) * 2), Sizes((8, 8)))
    except NotExpressible as raised:
        error = raised
    if error is not None:
        assert f"it crops {crops[0]} at the start and {crops[1]} at the end" in error.message
        assert error.help


@ALL
@given(drawn=layers(), seed=st.integers(0, 100))
def test_the_predicted_shape_and_values_are_the_computed_ones(
    name: str, drawn: tuple[Layer, Sizes], seed: int
) -> None:
    layer, sizes = drawn
    reading = spelled(DIALECTS.take(name), layer, sizes)
    if reading is None:  # not assume(): some can say one layer in twenty
        return
    x = random_array([number(size) for size in reading.input_shape], "float64", seed, 0)
    weight = random_array(reading.weight_shape, "float64", seed, 1)
    fast = run(reading, x, weight, threads=1)
    slow = run(reading, x, weight, engine="reference")
    assert fast.shape == reading.output_shape
    np.testing.assert_allclose(fast, slow, rtol=0, atol=1e-12)


@ALL
@given(drawn=layers())
def test_a_symbolic_size_gives_the_formula_of_the_number(
    name: str, drawn: tuple[Layer, Sizes]
) -> None:
    layer, sizes = drawn
    dialect = DIALECTS.take(name)
    reading = spelled(dialect, layer, sizes)
    told = {a.name for a in dialect.arguments if a.role == "output_size"}
    # Where the words name the output's size, a symbol would have to stand there too.
    if reading is None or told & set(reading.spelling.arguments):
        return
    letters = tuple(Linear("N") for _ in sizes.spatial)
    # The formula is that of every size that is large enough.
    large = tuple(number(n) + 100 for n in sizes.spatial)
    symbolic, known = (
        dialect.read(reading.spelling, reading.sizes._replace(spatial=spatial))
        for spatial in (letters, large)
    )
    assert symbolic.layer == known.layer
    for formula, n, size in zip(symbolic.output_sizes, large, known.output_sizes, strict=True):
        assert isinstance(formula, Linear)
        assert formula.factor * n + formula.offset == size


@ALL
@given(
    values=st.dictionaries(
        st.sampled_from(["stride", "padding", "kernel", "dilation", "groups", "output_padding"]),
        st.one_of(
            st.integers(-3, 10**25),
            st.lists(st.integers(-2, 5), max_size=4),
            st.text(max_size=6),
            st.none(),
            st.booleans(),
            st.floats(),
            st.just({}),
        ),
    )
)
def test_any_value_is_read_or_refused(name: str, values: dict[str, Any]) -> None:
    dialect = DIALECTS.take(name)
    words = {}
    for argument in dialect.arguments:
        if argument.role in values:
            words[argument.name] = values[argument.role]
    with suppress(Refused, UsageError):
        deconvcli.layer(name, input_shape=(1, 4, 4, 4), weight_shape=(3, 3, 4, 4), **words)
