"""The rows of a comparison, as a Python user gets them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import DeconvError, Refused
from deconvcli.conversion import convert
from deconvcli.conversion.proof import prove
from deconvcli.frameworks.dialects import in_order
from deconvcli.frameworks.request import LayerRequest
from deconvcli.views.comparison.dialects import compare_dialects, has_same_values

ROLES = {"kernel": (3,), "stride": (2,), "padding": "same"}
REQUEST = LayerRequest(input_size=(5, 5), roles=ROLES)


def test_a_row_has_the_reading_and_the_parameters() -> None:
    reference, [row] = compare_dialects(REQUEST._replace(dialect="keras"), ["onnx"])
    assert reference.reading.spelling.dialect == "keras"
    assert (row.output, row.crop, row.same_values) == ((10, 10), ((0, 1), (0, 1)), True)
    assert row.words == "kernel_shape=(3, 3), strides=(2, 2), pads=(0, 0, 1, 1)"
    assert (row.refusal, row.why_not) == (None, None)
    assert (row.parameters, row.before, row.after, row.steps) == (row.words, (), (), "")
    assert row.call is not None
    assert row.call.endswith("kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1])")


def test_a_refusal_has_a_reason_and_no_size() -> None:
    _, [row, _] = compare_dialects(REQUEST, ["torch", "keras"])
    assert (row.output, row.crop, row.same_values, row.words) == (None, None, None, None)
    assert row.refusal is not None
    assert row.why_not is not None
    assert row.call == "nn.ConvTranspose2d(in_channels, filters, 3, stride=2)"
    assert row.parameters == "kernel_size=3, stride=2"
    assert row.after == ("y[..., :-1, :-1]",)


@pytest.mark.parametrize(
    "roles",
    [
        {"kernel": (3,), "stride": (2,), "padding": (1,), "output_padding": (1,)},
        {"kernel": (2,), "stride": (3,), "dilation": (2,), "padding": (1,)},
        {"kernel": (4,), "stride": (2,), "padding": (1,), "groups": (2,), "in_channels": (4,)},
        {"kernel": (5, 3), "padding": (0, 2)},
        {"kernel": (3,), "padding": ((2, 0), (0, 1))},
        {"kernel": (2, 3), "stride": (3,), "padding": "same"},
    ],
)
def test_every_dialect_has_a_call_that_gives_the_values(roles: dict[str, Any]) -> None:
    reference, rows = compare_dialects(LayerRequest(input_size=(5, 6), roles=roles), in_order())
    for row in rows:
        there = convert(reference.own, row.dialect, reference.named)
        assert prove(there.plan).holds
        assert row.call == there.call
        # Nothing is around a call that is the layer; the bias of a function is its caller's.
        steps = ((), ()) if row.words is not None else (tuple(there.before), tuple(there.after))
        assert (row.before, row.after) == steps
        assert (row.steps != "") is (row.words is None), row


@pytest.mark.parametrize(
    ("names", "options"),
    [
        (["torch", "mlx"], {"padding": "same"}),
        (["tflite", "caffe"], {"padding": "same", "stride": (3, 2, 1)}),
        (["onednn", "cudnn"], {"padding": (1,)}),
        (["mxnet", "tinygrad"], {"padding": ((0, 1),), "groups": (0,)}),
        (["keras", "keras2"], {"padding": (1,)}),
    ],
)
def test_no_dialect_that_nobody_named_takes_the_place_of_those_that_refuse(
    names: list[str], options: dict[str, Any]
) -> None:
    request = LayerRequest(input_size=(5, 5), roles={"kernel": (3,), **options})
    with pytest.raises(DeconvError) as alone:
        request._replace(dialect=names[0]).understand()
    with pytest.raises(DeconvError) as together:
        compare_dialects(request, names)
    assert str(together.value) == str(alone.value)


def test_documents_are_no_measurement() -> None:
    _, rows = compare_dialects(REQUEST, ["keras", "cudnn"])
    assert [row.verified for row in rows] == [True, False]


def test_a_call_is_read_by_its_own_dialect_alone() -> None:
    request = LayerRequest("nn.ConvTranspose2d(1, 1, 3, 2, 1)", input_size=(5, 5))
    _, [own, other] = compare_dialects(request, ["torch", "onnx"])
    assert own.output == (9, 9)
    assert other.output is None
    assert other.words == "kernel_shape=(3, 3), strides=(2, 2), pads=(1, 1, 1, 1)"


def test_a_reversed_kernel_gives_other_values() -> None:
    shapes: dict[str, Any] = {"input_shape": (1, 5, 1), "weight_shape": (3, 1, 1)}
    jax = deconvcli.layer("jax", **shapes, strides=[2], padding="SAME")
    turned = deconvcli.layer("jax", **shapes, strides=[2], padding="SAME", transpose_kernel=True)
    assert has_same_values(jax, jax)
    assert not has_same_values(jax, turned)


@pytest.mark.parametrize(
    ("names", "reference"),
    [
        (["tensorflow", "tflite"], "tensorflow"),
        (["tflite", "tensorflow"], "tflite"),
        (["torch", "onnx"], "onnx"),
        (["keras", "torch", "tflite", "tensorflow"], "tflite"),
        (in_order(), "tensorflow"),
    ],
)
def test_the_first_named_that_reads_the_request_is_the_reference(
    names: list[str], reference: str
) -> None:
    roles = {"kernel": (3,), "stride": (2,), "padding": "SAME", "output_size": (10,)}
    if "onnx" in names[:2]:
        roles = {"kernel": (3,), "padding": ((1, 0),)}
    found, rows = compare_dialects(LayerRequest(input_size=(5, 5), roles=roles), names)
    assert found.reading.spelling.name == reference
    assert [row.dialect for row in rows] == names


def test_a_call_may_be_of_a_dialect_that_is_named_later() -> None:
    request = LayerRequest("nn.Conv2DTranspose(1, 1, 3, 2, 1)", input_size=(5, 5))
    for names, dialect in ((["onnx", "paddle"], "paddle"), (["mxnet", "paddle"], "mxnet")):
        reference, _ = compare_dialects(request, names)
        assert reference.reading.spelling.dialect == dialect


def test_where_all_refuse_the_first_reason_is_raised() -> None:
    request = LayerRequest(input_size=(5, 5), roles={"kernel": (0,)})
    with pytest.raises(Refused, match="keras: height: kernel_size 0"):
        compare_dialects(request, ["keras", "torch"])


@pytest.mark.parametrize(
    ("one", "other", "turned"),
    [
        ("torch", "flax", True),
        ("torch", "jax", True),
        ("keras", "flax", True),
        ("onnx", "jax", True),
        ("flax", "torch", True),
        ("jax", "keras", True),
        ("jax", "flax", False),
        ("torch", "keras", False),
        ("mlx", "paddle", False),
    ],
)
def test_words_for_reversed_taps_say_so(one: str, other: str, turned: bool) -> None:
    padding = "VALID" if one in ("jax", "flax") else None
    roles = {"kernel": (4,), "stride": (4,), **({"padding": padding} if padding else {})}
    request = LayerRequest(input_size=(3,), roles=roles)
    reference, [own, row] = compare_dialects(request, [one, other])
    assert (own.reversed_words, row.reversed_words) == (False, turned)
    reading = reference.reading
    there = deconvcli.convert(reading, other)
    assert (there.flipped != reading.flipped) is turned
    x, taps = np.arange(1.0, 4), np.arange(1.0, 5)
    here = deconvcli.run(
        reading, x.reshape(reading.input_shape), taps.reshape(reading.weight_shape)
    )
    turned_taps = taps[::-1] if turned else taps
    weight = turned_taps.reshape(there.weight_shape)
    found = deconvcli.run(there, x.reshape(there.input_shape), weight)
    np.testing.assert_array_equal(found.ravel(), here.ravel())


@pytest.mark.parametrize("kernel", [(1,), (1, 1)])
def test_one_tap_has_no_order(kernel: tuple[int, ...]) -> None:
    request = LayerRequest(input_size=(3, 4), roles={"kernel": kernel, "padding": "VALID"})
    _, rows = compare_dialects(request, ["jax", "keras", "flax"])
    for row in rows:
        assert (row.same_values, row.reversed_reading, row.reversed_words) == (True, False, False)


@pytest.mark.parametrize("name", ["jax", "flax"])
@pytest.mark.parametrize("transposed", [False, True])
def test_the_layers_own_parameters_need_no_other_weights(name: str, *, transposed: bool) -> None:
    roles = {**ROLES, "transpose_kernel": transposed}
    _, [own, other] = compare_dialects(REQUEST._replace(roles=roles), [name, "keras"])
    assert own.words is not None
    assert ("transpose_kernel=True" in own.words) is transposed
    assert own.reversed_words is False
    assert other.reversed_words is not transposed


def test_the_same_geometry_with_reversed_taps_differs_from_another_one() -> None:
    roles = {"kernel": (3,), "stride": (2,), "padding": "VALID"}
    _, rows = compare_dialects(LayerRequest(input_size=(5,), roles=roles), ["jax", "keras"])
    assert [(row.same_values, row.reversed_reading) for row in rows] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("call", "reversed_in"),
    [
        # Equinox 0.13.8 and dm-haiku 0.0.17 convolve forward, as jax.lax does.
        (
            "eqx.nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1, key=key)",
            {"torch", "mlx", "keras"},
        ),
        ("eqx.nn.ConvTranspose(2, 8, 4, 4, 2, 1, key=key)", {"torch", "mlx", "keras"}),
        ("eqx.nn.ConvTranspose2d(8, 4, 3, 2, padding='SAME', key=key)", {"keras", "mlx"}),
        ("hk.Conv2DTranspose(4, 4, stride=2)", {"torch", "mlx", "keras"}),
        ("L.Deconvolution2D(8, 4, 4, stride=2, pad=1)", {"flax", "jax"}),
        ("nn.Conv2dTranspose(8, 4, 4, 2, pad_mode='pad', padding=1)", {"flax", "jax"}),
        ("snt.Conv2DTranspose(4, 4, stride=2)", {"flax", "jax"}),
    ],
)
def test_taps_are_compared_with_those_of_the_pasted_framework(
    call: str, reversed_in: set[str]
) -> None:
    names = ("torch", "mlx", "keras", "flax", "jax")
    found = compare_dialects(LayerRequest(call, input_size=(5, 5)), names)
    rows = {row.dialect: row for row in found.rows if row.words is not None}
    turned = {name for name, row in rows.items() if row.reversed_words}
    assert turned == reversed_in
    # What the dialect computes with its own weights is not reversed.
    assert found.reference.own.flipped == (rows["jax"].reversed_words is False)


def test_where_nothing_gives_the_values_the_reason_is_against_every_way() -> None:
    call = "F.conv_transpose2d(torch.randn(0, 1, 5, 5), torch.randn(1, 1, 3, 3))"
    _, [own, other] = compare_dialects(LayerRequest(call), ["torch", "webnn"])
    assert own.call == "nn.ConvTranspose2d(1, 1, 3, bias=False)"
    assert (other.call, other.parameters, other.words) == (None, None, None)
    assert other.why_not is not None
    assert other.why_not.startswith("webnn cannot express this layer: the input has a size of 0")
