"""The picture of a network: columns by resolution, boxes apart, lines that cross none of them."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.cli.pictures.configs import picture_config
from deconvcli.views.drawing.network.graph import DrawnNetwork, Problem, Sizes, write_sizes
from deconvcli.views.drawing.network.layout import NetworkDrawing, draw_network
from deconvcli.views.drawing.network.levels import MAX_COLUMNS
from deconvcli.views.drawing.network.page import write_page
from deconvcli.views.drawing.network.svg import write_light_network, write_network
from deconvcli.views.palette import DARK, LIGHT, Theme, contrast, mix
from tests.views.drawing.networks import check_laws, layer, network, residual
from tests.views.drawing.test_svg import OUTSIDE, ROOT, SVG

EXAMPLES = ROOT / "tests" / "examples"
README = "tests/examples/bad/unet_222.yaml --size 224x224"


@st.composite
def networks(draw: st.DrawFn) -> DrawnNetwork:
    """Return any network: of any kinds, sizes, and connections to layers before."""
    layers = [layer("input", 64)._replace(is_input=True)]
    for number in range(1, draw(st.integers(1, 40))):
        takes = draw(st.lists(st.integers(0, number - 1), max_size=3, unique=True))
        kind = draw(st.sampled_from(["Conv", "Relu", "Add", "Reshape", "a kind of a long name"]))
        size = draw(st.sampled_from([1, 16, 31, 32, 64]))
        made = layer(kind, size, *sorted(takes), name=draw(st.text(max_size=60)))
        extent = draw(st.sampled_from([made.extent, made.extent, (), None]))
        call = draw(st.sampled_from(["", "", "kernel 4, stride 2"]))
        layers.append(made._replace(extent=extent, call=call, is_input=not takes))
    problems = [Problem(draw(st.integers(0, len(layers) - 1)), "wrong")]
    return DrawnNetwork("net", layers, problems)


@given(networks())
def test_any_network_has_boxes_apart_and_lines_between_them(drawn: DrawnNetwork) -> None:
    drawing = draw_network(drawn)
    check_laws(drawing)
    inside = sorted(one for box in drawing.boxes for one in box.layers)
    assert inside == list(range(len(drawn.layers)))
    ElementTree.fromstring(write_network(drawing))


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("good/*.yaml")), ids=lambda path: Path(path).stem
)
def test_examples_keep_the_laws(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    name = "unet_512x512" if "unet_512x512" in text else ""
    for one in [name] if name or text.count("layers:") == 1 else []:
        check_laws(draw_network(picture_config(str(path), one, {})))


def columns(drawing: NetworkDrawing) -> list[tuple[str, str]]:
    return [column.head for column in drawing.columns]


def test_a_column_is_a_resolution() -> None:
    drawing = draw_network(
        network(
            layer("Conv", 62, 0),
            layer("MaxPool", 31, 1),
            layer("Conv", 29, 2),
            layer("ConvTranspose", 58, 3)._replace(call="kernel 2, stride 2"),
            layer("Concat", 58, 1, 4, channels=16),
        )
    )
    assert columns(drawing) == [
        ("64x64 … 58x58", "input resolution"),
        ("31x31 … 29x29", "1/2 of the input"),
    ]
    left = [frame.left for frame in drawing.frames]
    assert left[0] == left[1] == left[4] == left[5] < left[2] == left[3]
    # A step to another resolution goes sideways, and one at the same resolution down.
    top = [frame.top for frame in drawing.frames]
    assert top[0] < top[1] == top[2] < top[3] == top[4] < top[5]
    [skip] = [route for route in drawing.routes if route.is_skip]
    assert (skip.source, skip.target) == (1, 5)
    assert [label.text for label in drawing.labels] == ["8x62x62"]


def test_small_layers_stand_in_the_box_before_them() -> None:
    drawing = draw_network(
        network(
            layer("Conv", 64, 0),
            layer("BatchNormalization", 64, 1),
            layer("Sigmoid", 64, 2),
            layer("Mul", 64, 2, 3),
            layer("Add", 64, 0, 4),
            layer("Relu", 64, 5),
        )
    )
    assert [box.layers for box in drawing.boxes] == [(0,), (1, 2, 3, 4), (5, 6)]
    assert [line.text for line in drawing.contents[1].lines] == [
        "Conv",
        "8x64x64",
        "+ BatchNormalization, Sigmoid, Mul",
    ]
    assert "6 layers in 2 boxes at 1 resolution" in drawing.summary


def test_resolutions_are_at_most_a_few() -> None:
    sizes = [7**power for power in range(1, 20)]
    layers = [layer("Resize", size, number) for number, size in enumerate(sizes)]
    drawing = draw_network(network(*layers))
    assert len(drawing.columns) <= MAX_COLUMNS
    check_laws(drawing)


def test_layers_that_no_input_reaches_are_counted() -> None:
    weights, size = layer("Dequantize", 64), layer("ShapeOf", 1, 0)
    drawn = network(weights, layer("Conv", 64, 0, 1), size, layer("Gather", 1, 3))
    drawing = draw_network(drawn)
    assert [box.layers for box in drawing.boxes] == [(0,), (2,)]
    left_out = "3 that depend on no input, or on sizes, are left out"
    assert f"4 layers at 1 resolution; {left_out}" in " ".join(drawing.summary)


def test_nothing_is_said_of_resolutions_that_are_not_known() -> None:
    drawn = network(layer("Conv", 64, 0), layer("ConvTranspose", 64, 1)._replace(strides=(2, 2)))
    unknown = [one._replace(sizes=(8, None, None), extent=None) for one in drawn.layers]
    assert columns(draw_network(drawn._replace(layers=unknown))) == [("sizes not known", "")]


def test_a_problem_has_a_number_at_its_layer_and_below() -> None:
    drawn = network(layer("Conv", 64, 0), layer("Add", 64, 0, 1))
    drawing = draw_network(drawn._replace(problems=[Problem(2, "Add: 1 and 2 are unequal")]))
    assert [content.badge for content in drawing.contents] == ["", "", "1"]
    assert drawing.notes == ("1: Add: 1 and 2 are unequal",)
    assert '<text class="v"' in write_network(drawing)


def test_of_many_problems_some_are_listed() -> None:
    drawn = network(layer("Conv", 64, 0))
    drawing = draw_network(drawn._replace(problems=[Problem(1, "wrong")] * 30))
    assert [content.badge for content in drawing.contents] == ["", "1, 2, 3, …"]
    assert drawing.notes[-1] == "10 more problems; see deconv check"
    check_laws(drawing)


def test_a_picture_is_read_aloud_and_refers_to_nothing() -> None:
    drawing = draw_network(network(layer("Conv", 64, 0, name="</title><script>"), *residual(2)[1:]))
    for text in (write_network(drawing), write_light_network(drawing)):
        assert not OUTSIDE.search(text)
        root = ElementTree.fromstring(text)
        assert root.get("role") == "img"
        assert (root[0].tag, root[0].text) == (f"{SVG}title", "net")
        assert "Joins: " in (root[1].text or "")
    assert "@media (prefers-color-scheme:dark)" in write_network(drawing)
    assert "@media" not in write_light_network(drawing)
    assert write_network(drawing) == write_network(drawing)


def test_a_page_has_a_table_of_the_layers() -> None:
    page = write_page(draw_network(network(*residual(1))))
    row = "<td>Add</td><td>8x64x64</td><td>input, blocks.0.b</td></tr>"
    assert f"<tr><td>blocks.0.add</td>{row}" in page
    assert not OUTSIDE.search(page)


def draw_readme(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(ROOT)
    path = README.split()[0]
    return write_network(draw_network(picture_config(path, "", {"": (224, 224)})))


def test_the_readme_shows_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"deconv draw {README} -o network.svg" in readme
    assert "](deconvcli/views/drawing/network/network.svg)" in readme
    shown = ROOT / "deconvcli" / "views" / "drawing" / "network" / "network.svg"
    assert shown.read_bytes() == draw_readme(monkeypatch).encode()


def test_strides_count_where_sizes_are_not_known() -> None:
    unknown = layer("ConvTranspose", 1, 1)._replace(sizes=None, spatial=(), extent=None)
    drawing = draw_network(
        network(
            layer("Conv", 16, 0),
            unknown._replace(call="kernel 4, stride 2", strides=(2, 2)),
            layer("Conv", 64, 2, 0),
        )
    )
    assert [head for _, head in columns(drawing)] == [
        "input resolution",
        "1/2 of the input",
        "1/4 of the input",
    ]
    [left, _, _] = [column.left for column in drawing.columns]
    assert [frame.left == left for frame in drawing.frames] == [True, False, False, True]


def test_what_is_cut_or_added_at_the_edges_is_no_other_resolution() -> None:
    shown = {
        "Conv": [64, 160],  # with a padding of 50
        "Slice": [64, 35],
        "ZeroPadding2D": [64, 200],
        "MaxPool": [1, 3],
    }
    for kind, (before, after) in shown.items():
        drawn = network(layer("Resize", before, 0), layer(kind, after, 1))
        first, second = draw_network(drawn).boxes[1:]
        assert first.scale == second.scale, kind
    for kind, after in {"Slice": 32, "Conv": 31, "ConvTranspose": 128, "UpSampling2D": 128}.items():
        first, second = draw_network(network(layer(kind, after, 0))).boxes
        assert first.scale != second.scale, kind


def test_branches_follow_each_other() -> None:
    drawing = draw_network(
        network(
            layer("Conv", 64, 0, name="a1"),
            layer("Conv", 64, 0, name="b1"),
            layer("Conv", 64, 1, name="a2"),
            layer("Conv", 64, 2, name="b2"),
            layer("Add", 64, 3, 4),
        )
    )
    first = [drawing.network.layers[box.layers[0]].name for box in drawing.boxes]
    assert first == ["input", "a1", "a2", "b1", "b2", "Add"]


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_words_in_boxes_are_legible(theme: Theme) -> None:
    accent, ink = (mix(theme.ground, colour, 0.14) for colour in (theme.accent, theme.ink))
    for ground in (theme.ground, accent, ink, theme.warm(0.12)):
        assert contrast(theme.muted, ground) >= 4.5
    assert contrast(theme.text_on(theme.stamp), theme.stamp) >= 4.5
    assert contrast(theme.accent, theme.ground) >= 4.5


@pytest.mark.parametrize(
    ("sizes", "text"),
    [
        ((8, 64, 64), "8x64x64"),
        ((8, None, 64), "8x?x64"),
        ((8, "h", "2*w"), "8 x h x 2*w"),
        ((8, "(h + 1)/2", "s + (-s) % 8"), "8 x (h + 1)/2 x (s + (-s) % 8)"),
        ((), "scalar"),
        (None, "?"),
    ],
)
def test_sizes_are_written_so_that_formulas_stay_apart(sizes: Sizes | None, text: str) -> None:
    assert write_sizes(sizes) == text
