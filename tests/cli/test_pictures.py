"""Models and layers as the data of pictures: formulas as numbers, calls as words, order, sizes."""

from __future__ import annotations

import pytest

from deconvcli.cli.pictures.calls import describe_call
from deconvcli.cli.pictures.extents import EXAMPLE, find_extent
from deconvcli.cli.pictures.models import make_picture
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.spelling import read_layer
from deconvcli.models.model import Model, ModelLayer, Sizes


@pytest.mark.parametrize(
    ("formula", "number"),
    [
        ("h", EXAMPLE),
        ("x.2", EXAMPLE),
        ("(h + 3)/4", EXAMPLE // 4),
        ("2*((s53 - 1)//4) + 2", EXAMPLE // 2),
        ("s53 + (-s53) % 8", EXAMPLE),
        ("max(h, 5)", EXAMPLE),
        ("min(5, h)", 5),
        ("ceil(h + 1, 2)", EXAMPLE // 2 + 1),
        (7, 7),
    ],
)
def test_formulas_are_numbers_at_an_example(formula: str, number: int) -> None:
    assert find_extent([formula, 3]) == (number, 3)


@pytest.mark.parametrize("size", [None, "h//0", "a b", "f(h)", "'text'", "(" * 500, "-" * 100_000])
def test_what_is_no_size_is_not_known(size: str | None) -> None:
    assert find_extent([size, 3]) is None


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ({"stride": 2}, "kernel 4, stride 2"),
        ({"stride": [1, 2], "padding": [1, 0]}, "kernel 4, stride 1x2, crop 1:1,0:0"),
        (
            {"stride": 2, "padding": 1, "output_padding": 1, "dilation": 2, "groups": 2},
            "kernel 4, stride 2, dilation 2, crop 1:0, groups 2",
        ),
    ],
)
def test_calls_are_described(words: dict[str, object], text: str) -> None:
    assert describe_call(read_layer("torch", words, (1, 8, 9, 9), (8, 3, 4, 4))) == text


def layer(name: str, takes: str, gives: str, output: Sizes | None = (1, 8, 9, 9)) -> ModelLayer:
    return ModelLayer(name, "Conv", output, takes=tuple(takes), gives=tuple(gives))


def draw(*layers: ModelLayer, is_last: bool = False, finding: str = "") -> list[tuple[object, ...]]:
    findings = (Diagnostic("expect", Severity.ERROR, finding, "change it."),) if finding else ()
    drawn = make_picture("net", Model("ONNX", {"x": None}, layers, findings), is_last=is_last)
    assert [problem.layer for problem in drawn.problems] == ([1] if finding else [])
    return [(one.name, one.spatial, one.takes) for one in drawn.layers]


def test_layers_come_after_those_that_they_take_from() -> None:
    assert draw(layer("b", "t", "y"), layer("a", "x", "t")) == [
        ("x", (), ()),
        ("a", (9, 9), (0,)),
        ("b", (9, 9), (1,)),
    ]


def test_a_circle_is_cut_once() -> None:
    circle = layer("a", "xu", "t"), layer("b", "t", "u"), layer("c", "u", "y")
    assert [takes for _, _, takes in draw(*circle)] == [(), (), (0, 1), (1,)]


def test_channels_may_be_last_and_sizes_unknown() -> None:
    layers = (
        layer("a", "x", "t", (1, 5, 6, 8)),
        layer("b", "t", "u", None),
        layer("c", "u", "y", (8,)),
    )
    assert [spatial for _, spatial, _ in draw(*layers, is_last=True)] == [(), (5, 6), (), ()]


@pytest.mark.parametrize("finding", ["a: the sizes differ", "a (net.py:3): the sizes differ"])
def test_findings_are_those_of_the_layer_they_begin_with(finding: str) -> None:
    draw(layer("a", "x", "t"), layer("a", "t", "y"), finding=finding)
