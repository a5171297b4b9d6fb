"""Open sizes: formulas, the sizes that work, and what is not as open as a file states."""

from __future__ import annotations

import operator
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deconvcli.common.errors import NotLinear
from deconvcli.models.reading import read_model
from deconvcli.models.walk.box import BoxSize, LetterAdvance, LetterSplit, make_size
from deconvcli.networks.graph.runs import SizeRun
from tests.cli.commandline import deconv
from tests.models.onnx_files import Stored, graph, integers, model, node, number, weights, write

Nodes = list[bytes]


def read(path: Path, nodes: Nodes, constants: dict[str, Stored], **inputs: Any) -> Any:
    data = model(graph(nodes, inputs or {"x": (1, 3, "h", "w")}, ["y"], constants))
    return read_model(write(path / "net.onnx", data), {})


def down(stride: int, given: str = "x", output: str = "a") -> bytes:
    return node("Conv", f"{given} w3", output, strides=[stride] * 2, pads=[1] * 4)


def up(given: str = "a", output: str = "b", **attributes: Any) -> bytes:
    return node("ConvTranspose", f"{given} w3", output, strides=[2, 2], pads=[1] * 4, **attributes)


W3 = {"w3": weights(3, 3, 3, 3)}
SKIP = [down(2), up(output_padding=[1, 1]), node("Add", "x b", "y")]


def test_a_network_with_a_skip_works_for_even_sizes(tmp_path: Path) -> None:
    found = read(tmp_path, SKIP, W3)
    assert found.tensors["a"] == (1, 3, "h/2", "w/2")
    assert found.tensors["y"] == (1, 3, "h", "w")
    assert found.notes[0] == (
        "h, axis 2 of x, is open; formulas hold for h = 2m + 2, m >= 0; it works for"
        " h = 2m, h >= 2; also h = 1"
    )
    assert found.findings == ()


def test_a_baked_size_is_found_with_what_fails(tmp_path: Path) -> None:
    found = read(tmp_path, [down(2), up(), node("Add", "x b", "y")], W3)
    assert found.tensors["a"] == (1, 3, "(h + 1)/2", "(w + 1)/2")
    messages = [one.message for one in found.findings]
    assert messages[0] == (
        "/Add: axis 2 of x is open in the file, and this fails but for h = 2m + 1, h >= 1;"
        " also h = 2"
    )
    assert len(messages) == 2
    done = deconv(f"check {tmp_path}/net.onnx --select DCV208")
    assert done.code == 0
    assert "warning[DCV208]" in done.out


def test_finitely_many_sizes_are_numbers(tmp_path: Path) -> None:
    nodes = [node("Add", "x z", "y")]
    found = read(tmp_path, nodes, {"z": weights(1, 3, 6, 7)})
    assert found.tensors["y"] == (1, 3, 6, 7)
    assert found.notes[0] == (
        "h, axis 2 of x, is open; sizes are those of h = 1; it works for h = 1 and 6"
    )


def test_a_model_that_never_works_is_an_error(tmp_path: Path) -> None:
    found = read(tmp_path, [down(2), node("Add", "x a", "y")], W3)
    assert [one.code for one in found.findings if one.code != "fixed-size"] == []
    found = read(tmp_path, [down(1), node("Add", "a z", "y")], {**W3, "z": weights(1, 2, 1, 1)})
    assert [one.code for one in found.findings] == ["unequal-sizes"]
    assert "it works for no h" in found.notes[0]


def test_axes_that_are_put_together_have_formulas(tmp_path: Path) -> None:
    nodes = [
        down(2),
        node("Reshape", "a flat", "b"),
        node("Transpose", "b", "c", perm=[0, 2, 1]),
        node("Shape", "a", "s"),
        node("Transpose", "c", "d", perm=[0, 2, 1]),
        node("Reshape", "d s", "y"),
    ]
    found = read(tmp_path, nodes, {**W3, "flat": integers(0, 0, -1)})
    assert found.tensors["b"] == (1, 3, "h*w/4")
    assert found.tensors["y"] == (1, 3, "h/2", "w/2")


def test_letters_are_not_compared(tmp_path: Path) -> None:
    nodes = [node("Transpose", "x", "t", perm=[0, 1, 3, 2]), node("Add", "x t", "y")]
    assert read(tmp_path, nodes, {}).tensors["y"] == (1, 3, None, None)


def test_a_size_of_one_that_is_stretched_is_found(tmp_path: Path) -> None:
    data = model(graph(SKIP, {"x": (1, 3, "h", "w")}, ["y"], W3))
    path = write(tmp_path / "net.onnx", data)
    assert read_model(path, {"": (1, 3, 4, 4)}).findings == ()
    [found] = read_model(path, {"": (1, 3, 1, 4)}).findings
    assert found.code == "stretched-size"
    assert found.message.startswith("/Add: a size of 1 is stretched")


SIZES_AS_DATA = {
    # The next multiple of 8, as exporters write it.
    "aligned": [
        node("Mod", "h eight", "r"),
        node("Sub", "eight r", "p"),
        node("Mod", "p eight", "q"),
        node("Add", "h q", "n"),
    ],
    "clamped": [node("Min", "h fifty", "n")],
    "halved": [node("Div", "h two", "n")],
    "float": [
        node("Cast", "h", "f", to=1),
        node("Mul", "f half", "g"),
        node("Floor", "g", "k"),
        node("Cast", "k", "n", to=7),
    ],
    "ranged": [node("Range", "zero h three", "e"), node("Shape", "e", "n")],
}
NUMBERS = {
    "eight": integers(8),
    "fifty": integers(50),
    "two": integers(2),
    "half": Stored((1,), (0.5,), 1),
    "zero": number(0),
    "three": number(3),
    "axis": integers(2),
}


@pytest.mark.parametrize("name", SIZES_AS_DATA)
def test_formulas_are_those_of_numbers(tmp_path: Path, name: str) -> None:
    index = number(2) if name == "ranged" else integers(2)
    nodes = [node("Shape", "x", "s"), node("Gather", "s index", "h"), *SIZES_AS_DATA[name]]
    nodes.append(node("ConstantOfShape", "n", "y"))
    whole = graph(nodes, {"x": (1, 3, "h", 7)}, ["y"], {**NUMBERS, "index": index})
    path = write(tmp_path / "net.onnx", model(whole))
    found = read_model(path, {})
    [note] = found.notes
    hold = note.partition("formulas hold for h = ")[2].partition(",")[0] or "m + 1"
    [formula] = found.tensors["y"] or ()
    for m in range(4):
        size = eval(hold.replace("m", f"*{m}").lstrip("*"))
        [expected] = read_model(path, {"": (1, 3, size, 7)}).tensors["y"] or ()
        assert eval(str(formula), {"h": size}) == expected


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": lambda a, b: a // b,
    "%": lambda a, b: a % b,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "max": max,
}
numbers = st.integers(-9, 9)
runs = st.builds(SizeRun, st.integers(1, 20), st.integers(1, 12))


def evaluate(size: Any, steps: dict[str, int]) -> Any:
    if not isinstance(size, BoxSize):
        return size
    total = size.offset
    for letters, factor in size.terms.items():
        for letter in letters:
            factor *= steps[letter]
        total += factor
    return total


@given(
    runs,
    runs,
    st.lists(st.tuples(st.sampled_from(list(OPERATIONS)), numbers, numbers, numbers), max_size=4),
)
def test_operations_on_runs_are_those_on_numbers(
    height: SizeRun, width: SizeRun, program: list[tuple[str, int, int, int]]
) -> None:
    box = {"h": height, "w": width}
    h, w = make_size(box, "h"), make_size(box, "w")

    def compute(h: Any, w: Any) -> Any:
        found: Any = h
        for name, one, two, three in program:
            other = one * h + two * w + three
            if name in ("//", "%"):
                other = abs(three) + 1
            found = OPERATIONS[name](found, other) + (0 if name in "+-*//%max" else h * 0 + one)
        return found

    try:
        whole = compute(h, w)
    except (NotLinear, LetterSplit, LetterAdvance):
        assume(False)
    for i in range(4):
        for j in range(4):
            last = [10**9 if run.last is None else run.last for run in (height, width)]
            if i <= last[0] and j <= last[1]:
                exact = compute(height.first + height.period * i, width.first + width.period * j)
                assert evaluate(whole, {"h": i, "w": j}) == exact
                if isinstance(whole, BoxSize):
                    values = {
                        "h": height.first + height.period * i,
                        "w": width.first + width.period * j,
                    }
                    assert eval(str(whole), values) == exact


@pytest.mark.skipif(
    find_spec("torch") is None or find_spec("onnxruntime") is None,
    reason="needs torch and onnxruntime",
)
def test_networks_of_pytorch_are_as_onnxruntime_computes_them(tmp_path: Path) -> None:
    from tests.models.networks import NETWORKS, find_differences

    found = [one for name in NETWORKS for one in find_differences(name, str(tmp_path / "n.onnx"))]
    assert found == []
