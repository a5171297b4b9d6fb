"""Where the three implementations of ConvTranspose and its text differ, and what is said of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.common.errors import Refused
from deconvcli.frameworks.dialects.onnx.portability import CODE

Case = dict[str, Any]
Shape = tuple[int, ...]


def layer(name: str, n: Shape, k: Shape, words: Case, channels: Shape = (1, 1, 1)) -> Any:
    """A layer of (input, weight's first and second) channels."""
    into, first, second = channels
    batch = words.get("batch", 1)
    given = {name: value for name, value in words.items() if name != "batch"}
    return deconvcli.layer(
        name, input_shape=(batch, into, *n), weight_shape=(first, second, *k), **given
    )


def answer(name: str, n: Shape, k: Shape, words: Case, channels: Shape = (1, 1, 1)) -> Any:
    """The output's shape without batch and channels; None where it is refused."""
    try:
        return layer(name, n, k, words, channels).output_shape[2:]
    except Refused:
        return None


def codes(n: Shape, k: Shape, words: Case, channels: Shape = (1, 1, 1)) -> set[str]:
    """The findings of bare onnx, those of a refusal included."""
    try:
        found = layer("onnx", n, k, words, channels).findings
    except Refused as refused:
        found = tuple(finding for finding in refused.findings if finding.differs)
    return {finding.code for finding in found} - {CODE}


def deviations(reading: Any) -> list[str]:
    """The findings but for that on words which runtimes read otherwise."""
    return [finding.code for finding in reading.findings if finding.code != CODE]


UPPER = {"auto_pad": "SAME_UPPER"}
GROUPS = {"group": 2}
# n, k, words, channels; text, onnxruntime, reference, shape_inference; what bare onnx says of it.
DISAGREEMENTS = {
    "SAME, kernel below stride": (
        ((4,), (2,), {**UPPER, "strides": [3]}),
        ((12,), (11,), (12,), (11,)),
        {"onnxruntime-same-size"},
    ),
    "SAME with output_padding": (
        ((4,), (3,), {**UPPER, "strides": [2], "output_padding": [1]}),
        ((8,), (8,), (8,), (9,)),
        {"onnx-shape-inference-same-size"},
    ),
    "output_shape alone": (
        ((4,), (4,), {"strides": [2], "output_shape": [8]}),
        ((8,), (8,), None, (8,)),
        {"onnx-reference-output-shape"},
    ),
    "output_shape below the input": (
        ((3,), (3,), {"strides": [1], "output_shape": [2]}),
        ((2,), (2,), None, ()),
        {"onnx-shape-inference-rank", "onnx-reference-output-shape"},
    ),
    "groups": (
        ((3,), (2,), GROUPS, (4, 4, 2)),
        ((4,), (4,), None, (4,)),
        {"onnx-reference-fails"},
    ),
    "output_padding below dilation": (
        ((5,), (2,), {"dilations": [2], "output_padding": [1]}),
        ((8,), None, None, (8,)),
        {"onnxruntime-output-padding"},
    ),
    "output_padding of stride": (
        ((3,), (3,), {"strides": [2], "output_padding": [2]}),
        (None, None, None, (9,)),
        {"output-padding"},
    ),
    "batch 0": (
        ((3,), (3,), {"batch": 0}),
        ((5,), (5,), None, (5,)),
        {"onnx-reference-fails"},
    ),
    "channels": (
        ((3,), (3,), {}, (2, 4, 1)),
        (None, None, None, (5,)),
        {"channels"},
    ),
    "nothing left": (
        ((1,), (3,), {"pads": [2, 2]}),
        (None, None, None, (-1,)),
        {"empty-output"},
    ),
    "nothing left, exactly": (
        ((1,), (3,), {"pads": [2, 1]}),
        (None, None, (0,), (0,)),
        {"empty-output"},
    ),
    "output_shape above the full size": (
        ((3,), (3,), {**UPPER, "strides": [2], "output_shape": [8]}),
        ((8,), (8,), (8,), (8,)),
        {"onnx-larger-output-shape"},
    ),
    "dilation 0": (
        ((3,), (3,), {"dilations": [0]}),
        (None, None, (3,), None),
        {"dilations"},
    ),
    "nothing to begin with": (
        ((0,), (3,), {}),
        (None, None, None, (2,)),
        {"input-size"},
    ),
    "an unknown word": (
        ((3,), (3,), {"auto_pad": "SAME"}),
        (None, None, None, None),
        {"padding"},
    ),
    "pads beside a word": (
        ((3,), (3,), {**UPPER, "pads": [1, 0], "opset": 1}),
        (None, None, (4,), (4,)),
        {"padding"},
    ),
}
NAMES = ("onnx", "onnx@onnxruntime", "onnx@reference", "onnx@shape_inference")


@pytest.mark.parametrize("case", DISAGREEMENTS.values(), ids=DISAGREEMENTS)
def test_each_answers_in_its_own_way_and_the_text_names_the_others(case: Any) -> None:
    arguments, answers, said = case
    assert tuple(answer(name, *arguments) for name in NAMES) == answers
    assert codes(*arguments) == said


@pytest.mark.parametrize(
    "words",
    [
        {"strides": [2], "pads": [1, 1]},
        {"strides": [2], "pads": [1, 1], "output_padding": [1]},
        {"strides": [2], "auto_pad": "SAME_UPPER"},
        {"strides": [2], "auto_pad": "SAME_LOWER"},
        {"strides": [2], "auto_pad": "VALID"},
        {"strides": [2], "output_shape": [10], "auto_pad": "SAME_UPPER"},
        {"dilations": [2], "pads": [2, 2]},
        {},
    ],
)
def test_a_common_layer_has_no_findings(words: Case) -> None:
    for name in NAMES:
        assert deviations(layer(name, (5,), (4,), words)) == []
    assert deviations(layer("onnx", (5,), (4,), {**words, "group": 3}, (3, 3, 1))) == []


def test_an_inferred_shape_may_lack_axes() -> None:
    words = {"strides": [2, 2], "output_shape": [9, 2]}
    reading = layer("onnx@shape_inference", (4, 4), (3, 3), words)
    assert reading.output_shape == (1, 1, 9)
    assert reading.output_sizes == (9,)
    assert deviations(reading) == ["onnx-shape-inference-rank"]
    assert [axis.name for axis in deconvcli.explain(reading).axes] == ["height"]


@pytest.mark.parametrize(
    ("n", "k", "words", "channels", "why"),
    [
        ((3,), (3,), {"output_shape": [2]}, (1, 1, 1), "it lacks axes"),
        ((1,), (3,), {"pads": [2, 2]}, (1, 1, 1), "a size is negative"),
        ((3,), (3,), {}, (2, 4, 1), "the weights do not fit"),
        ((3,), (3,), {"kernel_shape": [2]}, (1, 1, 1), "the weights do not fit"),
        ((3,), (3,), {}, (1, 1, 0), "a tensor has no channels"),
    ],
)
def test_an_inferred_shape_without_values_is_not_computed(
    n: Shape, k: Shape, words: Case, channels: Shape, why: str
) -> None:
    reading = layer("onnx@shape_inference", n, k, words, channels)
    weight = np.ones(reading.weight_shape)
    with pytest.raises(Refused, match=why) as refused:
        deconvcli.run(reading, np.ones(reading.input_shape), weight)
    assert refused.value.code == "no-values"
    assert refused.value.findings == reading.findings


def test_an_inferred_shape_that_fits_is_computed() -> None:
    reading = layer("onnx@shape_inference", (2,), (2,), {"strides": [2]})
    y = deconvcli.run(reading, np.ones((1, 1, 2)), np.ones((1, 1, 2)))
    assert y.tolist() == [[[1, 1, 1, 1]]]


LOWER = {"auto_pad": "SAME_LOWER"}


@pytest.mark.parametrize(
    ("words", "size", "reference", "runtime"),
    [
        ({}, 10, (0, -1), (0, -1)),
        (LOWER, 10, (0, -1), (0, -1)),
        (UPPER, 10, (-1, 0), (0, -1)),
        (LOWER, 11, (-1, -1), (0, -2)),
        (UPPER, 11, (-1, -1), (0, -2)),
        (LOWER, 12, (-1, -2), None),
        (UPPER, 12, (-2, -1), None),
    ],
)
def test_half_of_what_is_appended_is_rounded_down_as_measured(
    words: Case, size: int, reference: Shape, runtime: Shape | None
) -> None:
    given = ((3,), (3,), {"strides": [3], "output_shape": [size], **words})
    reading = layer("onnx", *given)
    assert reading.crop == (reference,)
    assert deviations(reading) == ([] if runtime == reference else ["onnx-larger-output-shape"])
    if words:
        assert layer("onnx@reference", *given).crop == (reference,)
    if runtime is None:
        assert answer("onnx@onnxruntime", *given) is None
    else:
        assert layer("onnx@onnxruntime", *given).crop == (runtime,)


def test_the_standards_own_test_appends_at_the_end() -> None:
    words = {"strides": [3, 2], "output_shape": [10, 8]}
    for name in NAMES:
        reading = layer(name, (3, 3), (3, 3), words, (1, 1, 2))
        assert (reading.output_shape, deviations(reading)) == ((1, 2, 10, 8), [])
        assert reading.crop == ((0, -1), (0, -1))
