"""Every measured layer that is accepted is explained, down to the size that was measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import deconvcli
from deconvcli.cli.explaining import MAX_LINE_WIDTH, report_layer
from deconvcli.frameworks.request import Understood
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.views.answers.renderers.text import render
from deconvcli.views.explanation import ExplainedAxis
from tests.frameworks.test_conformance import DIALECTS, disagreement, read, rows


def read_answered(table: str) -> Iterator[tuple[list[int], Reading]]:
    """Yield (measured output shape, layer) of every row that is answered as it was measured."""
    for row in rows(table):
        if "error" not in row and disagreement(table, row) is None:
            yield row["output_shape"], read(table, row)


def last_number(axis: ExplainedAxis) -> Size:
    """Return the last number of the steps, after checking that the other views end in it too."""
    out = {step.name: step.value for step in axis.steps}["out"]
    assert axis.output_size == out
    assert axis.insertion is None or axis.insertion.output_size == out
    if axis.forward is not None and axis.forward.back == axis.input_size:
        assert axis.forward.smallest <= out <= axis.forward.largest
    return out


@pytest.mark.parametrize("table", DIALECTS)
def test_the_last_number_is_the_measured_size(table: str) -> None:
    shapes = []
    for shape, reading in read_answered(table):
        explanation = deconvcli.explain(reading)
        numbers = tuple({"out": last_number(axis)} for axis in explanation.axes)
        assert list(reading._replace(numbers=numbers).output_shape) == shape
        shapes.append(shape)
    assert len(shapes) > 150


@pytest.mark.parametrize("table", DIALECTS)
def test_the_text_stays_within_its_width(table: str) -> None:
    for place, (_, reading) in enumerate(read_answered(table)):
        if place % 20 == 0:
            text = render(
                report_layer(Understood(reading, "a test asks"), ["torch", "keras", "onnx"])
            )
            assert max(map(len, text.splitlines())) <= MAX_LINE_WIDTH
