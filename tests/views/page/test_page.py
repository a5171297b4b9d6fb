"""In a real browser the page gives the program's answers, by its functions and by its fields."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

import deconvcli
from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.layers.arithmetic import Step, substitute
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.overlap import AxisOverlap
from deconvcli.views.drawing.scene import Kind, build_scene
from deconvcli.views.page.variants import FieldValues, Variant, read_fields
from deconvcli.views.page.write import write_page
from tests.browser import Browser, needs_browser, opened
from tests.cli.commandline import deconv, rows
from tests.layers.interior import count_interior
from tests.views.drawing.pictures import LAYERS, read_options
from tests.views.page.variants import draw_fields, exact_variants

# The answers of the page's functions to many fields at once, whole numbers as texts.
ANSWERS = """
const big = fields => Object.fromEntries(Object.entries(fields).map(
    ([name, values]) => [name, values.map(BigInt)]));
const plain = value => JSON.parse(JSON.stringify(
    value, (_, part) => typeof part === "bigint" ? String(part) : part));
return arguments[0].map(([variant, fields]) => {
    const answered = computeAnswer(variants[variant], big(fields));
    if (answered.refusal) return answered.refusal;
    const steps = arithmetics[variants[variant].arithmetic].filter(entry => entry.step);
    return plain({
        crop: answered.axes.map(({ v }) => [v.crop_begin, v.crop_end]),
        output: answered.axes.map(({ v }) => v.out),
        steps: answered.axes.map(({ v }) => steps.map(
            step => [step.step, step.substitute(v), v[step.step]])),
        notes: [...new Set(answered.notes.map(note => note.code))],
        interior: answered.axes.map(({ v }) => interiorCounts(v)),
        even: answered.axes.map(({ v }) => evenKernels(v)),
        drawn: drawnCells(answered),
    });
});
function drawnCells(answered) {
    const [rows, columns] = chooseWindows(answered);
    const counts = countPairs(rows, columns, rows.inputs * columns.inputs);
    const cells = {};
    for (let y = rows.begin; y < rows.end; y++)
        for (let x = columns.begin; x < columns.end; x++)
            cells[`${y},${x}`] = [kindOf(rows, columns, y, x, true), counts.get(`${y},${x}`) || 0];
    return Object.fromEntries(Object.entries(cells).filter(([, [kind]]) => kind !== "outside"));
}
"""
KINDS = {Kind.REACHED: "kept", Kind.CUT: "cut", Kind.ADDED: "added"}
LINES = {1: LAYERS[3], 2: LAYERS[0], 3: "--in 2x3x4 -k 3 -s 2 -p valid"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with opened() as found:
        yield found


@cache
def page_of(line: str) -> str:
    """Return the page of a layer; finding its variants takes a second or two."""
    return write_page(read_options(line))


def open_page(browser: Browser, folder: Path, line: str) -> Path:
    """Open the page of a layer, and return its file."""
    path = folder / "layer.html"
    path.write_text(page_of(line), encoding="utf-8")
    browser.open(path)
    return path


def expected_answer(found: Reading, variant: Variant, fields: FieldValues) -> Mapping[str, Any]:
    """Return the answer of the page to this layer, in the form of ANSWERS."""
    sizes = tuple(require_numbers(found.spatial))
    overlaps = [AxisOverlap(axis, n) for axis, n in zip(found.layer.axes, sizes, strict=True)]
    limits = {limit.code for limit in found.arithmetic.limits}
    notes = [finding.code for finding in found.findings if finding.code in limits]
    # OpenVINO computes `heeded` from all axes; the page has a constant where it has no effect.
    rows = [
        {**row, **variant.axis_numbers(fields, place)} for place, row in enumerate(found.numbers)
    ]
    return {
        "crop": [[str(crop) for crop in pair] for pair in found.crop],
        "output": [str(size) for size in found.output_sizes],
        "steps": [[_step_texts(step, row) for step in found.arithmetic.steps] for row in rows],
        "notes": list(dict.fromkeys(notes)),
        "interior": [list(count_interior(overlap)) for overlap in overlaps],
        "even": [[str(kernel) for kernel in overlap.even_kernels()] for overlap in overlaps],
        "drawn": {
            f"{mark.cell[0]},{mark.cell[1]}": [KINDS[mark.kind], mark.pairs]
            for mark in build_scene(found.layer, sizes).marks
        },
    }


def _step_texts(step: Step, row: Mapping[str, Any]) -> list[str]:
    return [step.name, substitute(step.formula, row), str(row[step.name])]


def answer_of_dialect(variant: Variant, fields: FieldValues) -> Mapping[str, Any]:
    """Return the dialect's own answer to these fields."""
    try:
        return expected_answer(read_fields(variant, fields), variant, fields)
    except DeconvError as refused:
        return {"code": refused.code, "message": refused.message, "help": refused.help}


@needs_browser
@pytest.mark.parametrize("rank", [1, 2, 3])
def test_the_functions_answer_as_the_command_line(
    rank: int, browser: Browser, tmp_path: Path
) -> None:
    open_page(browser, tmp_path, LINES[rank])
    questions = [
        (place, fields)
        for place in range(len(exact_variants(rank)))
        for fields in draw_fields(rank, 1000 * rank + place, 12)
    ]
    answers = browser.script(ANSWERS, [[place, dict(fields)] for place, fields in questions])
    assert len(answers) == len(questions) > 1000
    for (place, fields), answer in zip(questions, answers, strict=True):
        variant = exact_variants(rank)[place]
        assert answer == answer_of_dialect(variant, fields), (variant, fields)


def fill(browser: Browser, name: str, text: str) -> None:
    """Type into a field in place of its content."""
    box = browser.driver.find_element(By.ID, name)
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys(text)


def read_answer(browser: Browser) -> list[str]:
    """Return the paragraphs of the answer."""
    return [found.text for found in browser.driver.find_elements(By.CSS_SELECTOR, "#answer p")]


def choose(browser: Browser, name: str, value: str) -> None:
    Select(browser.driver.find_element(By.ID, name)).select_by_value(value)


@needs_browser
@pytest.mark.parametrize("line", [*LAYERS[:6], LAYERS[7]])
def test_it_opens_with_the_layer_of_the_command_line(
    line: str, browser: Browser, tmp_path: Path
) -> None:
    open_page(browser, tmp_path, line)
    found = read_options(line)
    assert read_answer(browser)[0] == f"output {'x'.join(map(str, found.output_sizes))}"
    command = browser.driver.find_element(By.ID, "command").text
    again = rows(deconv(command.removeprefix("deconv ")).out)
    assert again["output"] == "x".join(map(str, found.output_sizes))
    assert again["crop"].split()[0] == ",".join(f"{begin}:{end}" for begin, end in found.crop)


@needs_browser
@pytest.mark.parametrize(
    ("dialect", "padding", "op", "fields"),
    [
        ("torch", "number", "given", {"n-0": "7", "s-1": "3", "begin-0": "1", "op-1": "2"}),
        ("torch", "number", "given", {"op-0": "5"}),
        ("torch", "number", "left-out", {"begin-1": "40"}),
        ("keras", "same", "left-out", {"s-0": "3", "d-1": "2"}),
        ("keras", "valid", "given", {"op-0": "2"}),
        ("keras@torch", "same", "given", {"k-0": "4"}),
        ("onnx@onnxruntime", "same_lower", "left-out", {"k-1": "6", "s-0": "4"}),
        ("jax", "begin:end", "left-out", {"begin-0": "3", "end-1": "9"}),
        ("paddle", "same", "left-out", {"d-0": "2"}),
        ("torch", "number", "left-out", {"n-0": "9223372036854775807"}),
    ],
)
def test_fields_answer_as_the_command_that_is_shown(
    dialect: str,
    padding: str,
    op: str,
    fields: Mapping[str, str],
    browser: Browser,
    tmp_path: Path,
) -> None:
    open_page(browser, tmp_path, LAYERS[0])
    for name, value in (("dialect", dialect), ("padding", padding), ("output-padding", op)):
        choose(browser, name, value)
    for name, text in fields.items():
        fill(browser, name, text)
    command = browser.driver.find_element(By.ID, "command").text
    done = deconv(command.removeprefix("deconv "))
    answered = read_answer(browser)
    if done.code:
        error, help, *_ = done.err.splitlines()
        # The command adds the nearest layer that has the size, for which the page has no search.
        message, shown = answered
        assert message == error.partition(": ")[2]
        assert help.strip() == shown or re.match(rf"{re.escape(shown)} For \S+: ", help.strip())
        assert not browser.driver.find_element(By.ID, "picture").is_displayed()
    else:
        assert answered[0] == f"output {rows(done.out)['output']}"
        crop = rows(done.out)["crop"].split()[0]
        full = rows(done.out)["full"].split()[0]
        assert answered[1] == f"full {full} before the crop; crop {crop} (begin:end)"


@needs_browser
@pytest.mark.parametrize(
    ("opened_with", "chosen", "kernel", "is_reversed"),
    [
        ("-D torch", "jax", "3", True),
        ("-D torch", "flax", "3", True),
        ("-D torch", "flax", "1", False),
        ("-D torch", "keras", "3", False),
        ("-D jax", "flax", "3", False),
        ("-D jax", "onnx", "3", True),
        ("-D jax --transpose-kernel", "torch", "3", False),
    ],
)
def test_reversed_taps_are_reported(
    opened_with: str,
    chosen: str,
    kernel: str,
    is_reversed: bool,
    browser: Browser,
    tmp_path: Path,
) -> None:
    line = f"--in 5x5 -k 3 -s 2 {opened_with} -p {'VALID' if 'jax' in opened_with else '0'}"
    open_page(browser, tmp_path, line)
    choose(browser, "dialect", chosen)
    for name in ("k-0", "k-1"):
        fill(browser, name, kernel)
    found = [text for text in read_answer(browser) if text.startswith("with the taps reversed")]
    assert bool(found) is is_reversed


@needs_browser
def test_a_slider_moves_its_field_and_everything_follows(browser: Browser, tmp_path: Path) -> None:
    open_page(browser, tmp_path, LAYERS[0])
    browser.driver.find_element(By.ID, "s-0-slider").send_keys(Keys.ARROW_RIGHT)
    assert browser.driver.find_element(By.ID, "s-0").get_attribute("value") == "3"
    assert read_answer(browser)[0] == "output 15x10"
    assert (
        "height: even, 1 pair reaches every element away from the edges."
        in browser.driver.find_element(By.ID, "overlap").text
    )
    assert "5*3" in browser.driver.find_element(By.ID, "steps").text


@needs_browser
def test_inputs_are_stamped_one_by_one(browser: Browser, tmp_path: Path) -> None:
    open_page(browser, tmp_path, LAYERS[0])
    stamped = browser.driver.find_element(By.ID, "stamped")
    stamped.send_keys(Keys.HOME, Keys.ARROW_RIGHT)
    digits = browser.driver.find_elements(By.CSS_SELECTOR, "#picture .cell text")
    assert [digit.text for digit in digits] == ["1"] * 9
    assert len(browser.driver.find_elements(By.CSS_SELECTOR, "#picture .tap")) == 9
    assert browser.driver.find_element(By.ID, "stamped-of").text == "1 of 25"


@needs_browser
@pytest.mark.parametrize("text", ["", "x", "0", "1.5", "-1", "9223372036854775808", "1e3"])
def test_text_that_is_no_number_is_reported(text: str, browser: Browser, tmp_path: Path) -> None:
    open_page(browser, tmp_path, LAYERS[0])
    box = browser.driver.find_element(By.ID, "k-1")
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys(Keys.DELETE, text)
    assert read_answer(browser) == [
        "kernel k, width: give a whole number from 1 to 9223372036854775807."
    ]
    assert box.get_attribute("aria-invalid") == "true"
    fill(browser, "k-1", "3")
    assert read_answer(browser)[0] == "output 10x10"


@needs_browser
def test_the_page_asks_for_nothing_and_complains_about_nothing(
    browser: Browser, tmp_path: Path
) -> None:
    browser.console(), browser.requests()
    path = open_page(browser, tmp_path, LAYERS[0])
    for value in sorted({variant.dialect for variant in exact_variants(2)}):
        choose(browser, "dialect", value)
        assert read_answer(browser)[0].startswith("output "), value
    assert browser.console() == []
    assert browser.requests() == [path.as_uri()]


@needs_browser
def test_all_of_it_is_reached_by_keyboard_and_has_a_name(browser: Browser, tmp_path: Path) -> None:
    open_page(browser, tmp_path, LAYERS[0])
    controls = browser.driver.find_elements(By.CSS_SELECTOR, "select, input")
    assert len(controls) == 3 + 2 * 2 * 4 + 1
    for control in controls:
        assert control.accessible_name
    reached = []
    for _ in controls:
        browser.driver.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(browser.driver.switch_to.active_element.get_attribute("id"))
    assert reached == [control.get_attribute("id") for control in controls]
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert browser.script(outline) == "solid"
    live = browser.driver.find_element(By.ID, "answer")
    assert live.get_attribute("aria-live") == "polite"
    picture = browser.driver.find_element(By.CSS_SELECTOR, "#picture svg")
    assert picture.get_attribute("role") == "img"
    assert picture.accessible_name.startswith("Numbers count the (input, tap) pairs")


class Outside(HTMLParser):
    """Collects what a page refers to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collect every reference."""
        self.found += [tag for name, _ in attrs if name in ("src", "href", "action", "srcset")]
        self.found += [tag] if tag in ("link", "iframe", "object", "embed", "base") else []


def test_the_page_refers_to_nothing() -> None:
    text = page_of(LAYERS[0])
    outside = Outside()
    outside.feed(text)
    assert outside.found == []
    assert re.findall(r"https?://[^\"'` ]*", text.partition("<script>")[0]) == []
    assert not re.search(r"url\(|@import|fetch\(|XMLHttpRequest|WebSocket|import\(", text)


def test_the_search_can_fail() -> None:
    outside = Outside()
    outside.feed('<link rel="x"><img src="y">')
    assert outside.found == ["link", "img"]


def test_the_same_layer_gives_the_same_page() -> None:
    assert write_page(read_options(LAYERS[0])) == page_of(LAYERS[0])


def test_a_layer_without_fields_is_an_error() -> None:
    line = "--in 4x4 -k 5 -s 2 -p same --output-size 8x8 -D tensorflow"
    with pytest.raises(UsageError, match="the page has no fields for this layer: tensorflow"):
        write_page(read_options(line))


def test_a_layer_that_its_own_dialect_cannot_write_is_an_error() -> None:
    """Core ML takes an output_shape that appends elements, and documents no parameter for it."""
    words: dict[str, Any] = {
        "pad_type": "custom",
        "strides": [1],
        "dilations": [3],
        "groups": 2,
        "pad": [6, 3],
    }
    layer = deconvcli.layer(
        "coreml", input_shape=(2, 2, 1), weight_shape=(2, 2, 3), output_shape=[2, 4, 7], **words
    )
    with pytest.raises(UsageError, match="the page has no fields for this layer: coreml"):
        write_page(layer)


def test_other_parameters_for_the_same_crop_are_found() -> None:
    line = "--in 5x5 -k 3 -s 2 -p 1 --output-size 10x10 -D torch"
    assert '"op": ["1", "1"]' in write_page(read_options(line))
