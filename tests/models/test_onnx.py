"""Files of ONNX: sizes, values that sizes come from, findings, and what is no such file."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

import deconvcli
from deconvcli.layers.axis import Linear
from deconvcli.models.reading import find_reader, read_model
from tests.cli.commandline import deconv
from tests.models import fuzz
from tests.models.onnx_files import (
    BOOL,
    INT64,
    Stored,
    field,
    floats,
    graph,
    integers,
    model,
    node,
    number,
    tensor,
    value_info,
    varint,
    weights,
    write,
)

TRACE = 'File "/home/somebody/project/nets.py", line 12, in forward\n    return self.up(x)'
METADATA = {
    "pkg.torch.onnx.stack_trace": TRACE,
    "pkg.torch.onnx.name_scopes": "['', 'up.0', 'convolution']",
}
UP = node("ConvTranspose", "x w b", "y", strides=[2, 2], pads=[1] * 4, metadata=METADATA)
TRAINED = {"w": weights(3, 8, 4, 4), "b": weights(8)}


def decoder(**changes: object) -> bytes:
    """Return a model of one ConvTranspose, which doubles sizes."""
    whole = {"inputs": {"x": (1, 3, 5, 7)}, "outputs": ["y"], "constants": TRAINED, **changes}
    return model(graph([UP], **whole))  # type: ignore[arg-type]


def test_a_layer_has_the_names_of_the_model(tmp_path: Path) -> None:
    found = read_model(write(tmp_path / "net.onnx", decoder()), {})
    assert found.title == "ONNX, tests"
    assert found.tensors == {"x": (1, 3, 5, 7), "y": (1, 8, 10, 14)}
    [layer] = found.layers
    assert (layer.name, layer.kind, layer.place) == ("up.0", "ConvTranspose", "nets.py:12")
    assert layer.parameters == 3 * 8 * 16 + 8
    assert (layer.takes, layer.gives) == (("x",), ("y",))
    assert layer.reading is not None
    assert layer.reading.output_shape == (1, 8, 10, 14)


def test_the_command_shows_them(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx", decoder())
    done = deconv(f"check {path} --table --size 2x3x8x9 --format json")
    assert done.code == 0
    [file] = json.loads(done.out)["files"]
    assert file["tensors"] == {"x": [2, 3, 8, 9], "y": [2, 8, 16, 18]}
    assert "up.0 (nets.py:12)  ConvTranspose  1x8x10x14" in deconv(f"check {path} --table").out
    assert not deconvcli.check(path).has_errors


def test_inputs_are_not_the_weights_that_old_files_repeat(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx", decoder(inputs={"w": (3, 8, 4, 4), "x": (1, 3, 5, 7)}))
    assert read_model(path, {"": (1, 3, 6, 7)}).tensors["y"] == (1, 8, 12, 14)


def test_open_sizes_are_letters(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx", decoder(inputs={"x": ("N", 3, None, 7)}))
    found = read_model(path, {})
    assert found.tensors["y"] == ("N", 8, "2*x_2", 14)
    assert found.notes == (
        "N, axis 0 of x, is open; it works for every N",
        "x_2, axis 2 of x, is open; it works for every x_2",
    )
    [layer] = found.layers
    assert layer.reading is not None
    # Large enough for the rules to look at.
    assert layer.reading.output_shape == (1, 8, 512, 14)
    assert read_model(path, {"x": (1, 3, 6, 7)}).notes == ()
    letters = {"": (1, 3, Linear("H", 2, 1), Linear("H"))}
    assert read_model(path, letters).tensors["y"] == (1, 8, "4*H + 2", "2*H")


def test_stored_formulas_are_compared(tmp_path: Path) -> None:
    inputs = {"x": ("n", 3, "h", "w")}
    right = decoder(inputs=inputs, stored={"y": ("n", 8, "2*h", "((w*4)//2)")})
    assert read_model(write(tmp_path / "net.onnx", right), {}).findings == ()
    # Names alone, and what is no formula of the inputs, state nothing.
    vague = decoder(inputs=inputs, stored={"y": ("b", 8, "k + 1", "unk__7 ?")})
    assert read_model(write(tmp_path / "net.onnx", vague), {}).findings == ()
    wrong = decoder(inputs=inputs, stored={"y": ("n", 8, "2*h + 1", "2*w")})
    [found] = read_model(write(tmp_path / "net.onnx", wrong), {}).findings
    assert "the file stores n x 8 x 2*h + 1 x 2*w, its operations" in found.message


def test_rules_see_layers_after_unknown_sizes(tmp_path: Path) -> None:
    nodes = [node("Strange", "x", "s"), UP.replace(field(1, "x"), field(1, "s"), 1)]
    whole = graph(nodes, {"x": (1, 3, 5, 7)}, ["y"], {"w": weights(3, 8, 3, 3), "b": weights(8)})
    path = write(tmp_path / "net.onnx", model(whole))
    assert "warning[DCV201]: up.0 (nets.py:12)" in deconv(f"check {path}").out
    assert "ConvTranspose  -  " in deconv(f"check {path} --table").out
    assert read_model(path, {}).tensors["y"] == (None, None, None, None)


def test_names_that_stand_twice_are_not_trusted(tmp_path: Path) -> None:
    inputs = {"x": ("S", 3, "S", "w"), "z": ("S", "w", "unk__7", "?")}
    path = write(tmp_path / "net.onnx", decoder(inputs=inputs))
    tensors = read_model(path, {}).tensors
    assert tensors["x"] == ("x_0", 3, "x_2", "w")
    assert tensors["z"] == ("z_0", "w", "z_2", "z_3")


def test_weights_are_checked(tmp_path: Path) -> None:
    done = deconv(f"check {write(tmp_path / 'net.onnx', decoder(inputs={'x': (1, 4, 5, 7)}))}")
    assert done.code == 1
    assert "error[DCV107]: up.0 (nets.py:12): " in done.out


def test_stored_sizes_that_differ_are_found(tmp_path: Path) -> None:
    path = write(tmp_path / "net.onnx", decoder(stored={"y": (1, 8, 11, "w")}))
    done = deconv(f"check {path}")
    assert done.code == 1
    assert "y: the file stores 1x8x11xw, its operations give 1x8x10x14" in done.out
    # The stored sizes are those of the stored input.
    assert read_model(path, {"": (1, 3, 6, 7)}).findings == ()
    path = write(tmp_path / "net.onnx", decoder(stored={"y": ("n", 8, 10)}))
    assert "the file stores nx8x10, its" in read_model(path, {}).findings[0].message


@pytest.mark.parametrize(
    ("nodes", "constants", "code", "message"),
    [
        ([node("Add", "x z", "y")], {"z": weights(1, 3, 6, 7)}, "unequal-sizes", "5 is not 6"),
        ([node("Concat", "x z", "y", axis=1)], {"z": weights(1, 3, 6, 7)}, "unequal-sizes", "axis"),
        ([node("MatMul", "x z", "y")], {"z": weights(6, 4)}, "unequal-sizes", "7 is not 6"),
        ([node("Conv", "x z", "y")], {"z": weights(2, 3, 6, 1)}, "empty-output", "6x1"),
        ([node("Conv", "x z", "y")], {"z": weights(2, 4, 1, 1)}, "channels", "weights of 2x4x1x1"),
        (
            [node("Conv", "x z", "y", strides=[0, 1])],
            {"z": weights(2, 3, 1, 1)},
            "illegal-value",
            "",
        ),
        ([node("MaxPool", "x", "y", kernel_shape=[9, 9])], {}, "empty-output", "9x9"),
        ([node("Reshape", "x z", "y")], {"z": integers(2, -1, 4)}, "elements", "1x3x5x7"),
        ([node("Reshape", "x z", "y")], {"z": integers(3, 3, 7)}, "elements", "become 3x3x7"),
        ([node("Squeeze", "x z", "y")], {"z": integers(1)}, "rank", "axis 1"),
        ([node("Gather", "x z", "y", axis=4)], {"z": number(0)}, "rank", "axis 4"),
        ([node("Transpose", "x", "y", perm=[0, 1])], {}, "rank", "order"),
        ([node("Slice", "x z z z z", "y")], {"z": integers(0)}, "illegal-value", "step 0"),
        ([node("Pad", "x z", "y")], {"z": integers(*[-3] * 8)}, "empty-output", "pads"),
        ([node("ConstantOfShape", "z", "y")], {"z": integers(-3)}, "illegal-value", "-3"),
        ([node("Concat", "x z", "y", axis=0)], {"z": weights(2)}, "rank", "axes are joined"),
    ],
)
def test_what_no_runtime_computes_is_found(
    tmp_path: Path, nodes: list[bytes], constants: dict[str, Stored], code: str, message: str
) -> None:
    path = write(tmp_path / "net.onnx", model(graph(nodes, {"x": (1, 3, 5, 7)}, ["y"], constants)))
    [found] = read_model(path, {}).findings
    assert found.code == code
    assert found.message.startswith("/")
    assert message in found.message
    assert deconv(f"check {path}").code == 1


# Each computes a vector from the sizes 1, 3, 5 and 7 of x, and makes a tensor of these sizes.
SHAPES = {
    "gather": ([node("Gather", "s two", "r", axis=0)], (5,)),
    "cut": ([node("Slice", "s begin ends", "r")], (1, 3)),
    "backwards": ([node("Slice", "s last least zero back", "r")], (7, 5, 3, 1)),
    "joined": ([node("Concat", "s begin", "r", axis=0)], (1, 3, 5, 7, 0)),
    "sums": ([node("Add", "s s", "t"), node("Sub", "t one", "r")], (1, 5, 9, 13)),
    "quotients": (
        [node("Div", "s twos", "t"), node("Mul", "t twos", "u"), node("Max", "u one", "r")],
        (1, 2, 4, 6),
    ),
    "remainders": ([node("Mod", "s twos", "r")], (1, 1, 1, 1)),
    "floats": (
        [
            node("Cast", "s", "f", to=1),
            node("Mul", "f half", "g"),
            node("Ceil", "g", "h"),
            node("Cast", "h", "r", to=7),
        ],
        (1, 2, 3, 4),
    ),
    "choice": ([node("Greater", "s four", "c"), node("Where", "c s one", "r")], (1, 1, 5, 7)),
    "product": ([node("ReduceProd", "s", "r", keepdims=1)], (105,)),
    "turned": (
        [
            node("Reshape", "s square", "t"),
            node("Transpose", "t", "u", perm=[1, 0]),
            node("Reshape", "u flat", "r"),
        ],
        (1, 5, 3, 7),
    ),
    "range": ([node("Range", "one0 five two0", "r")], (1, 3)),
    "split": ([node("Split", "s", "a r", axis=0)], (5, 7)),
    "tiled": ([node("Slice", "s begin ends", "t"), node("Tile", "t twos1", "r")], (1, 3, 1, 3)),
    "filled": (
        [node("Shape", "s", "t"), node("ConstantOfShape", "t", "r", value=integers(2))],
        (2, 2, 2, 2),
    ),
    "stretched": ([node("Expand", "two1 one4", "r")], (2, 2, 2, 2)),
    "branch": (
        [
            node(
                "If",
                "yes",
                "r",
                then_branch=graph([node("Identity", "s", "b")], outputs=["b"]),
                else_branch=graph([node("Shape", "s", "e")], outputs=["e"]),
            )
        ],
        (1, 3, 5, 7),
    ),
}
NUMBERS = {
    "two": integers(2),
    "begin": integers(0),
    "ends": integers(2),
    "last": integers(-1),
    "least": integers(-(2**63)),
    "zero": integers(0),
    "back": integers(-1),
    "one": integers(1),
    "twos": integers(2, 2, 2, 2),
    "twos1": integers(2),
    "four": integers(4),
    "half": floats(0.5),
    "square": integers(2, 2),
    "flat": integers(-1),
    "one0": number(1),
    "five": number(5),
    "two0": number(2),
    "two1": integers(2),
    "one4": integers(4),
    "yes": Stored((), (True,), BOOL),
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_computed(tmp_path: Path, name: str) -> None:
    nodes, sizes = SHAPES[name]
    whole = graph(
        [node("Shape", "x", "s"), *nodes, node("ConstantOfShape", "r", "y")],
        {"x": (1, 3, 5, 7)},
        ["y"],
        NUMBERS,
    )
    found = read_model(write(tmp_path / "net.onnx", model(whole)), {})
    assert found.tensors["y"] == sizes
    # Only what makes the tensor is a layer, and not what its size is computed with.
    assert {layer.kind for layer in found.layers} <= {"ConstantOfShape"}


def test_an_open_condition_gives_what_both_branches_have(tmp_path: Path) -> None:
    branches: dict[str, Any] = {
        "then_branch": graph([node("Relu", "x", "a")], outputs=["a"]),
        "else_branch": graph([node("MaxPool", "x", "b", kernel_shape=[1, 2])], outputs=["b"]),
    }
    whole = graph([node("If", "c", "y", **branches)], {"x": (1, 3, 5, 7), "c": ()}, ["y"])
    assert read_model(write(tmp_path / "n.onnx", model(whole)), {}).tensors["y"] == (1, 3, 5, None)


def test_functions_of_the_model_are_followed(tmp_path: Path) -> None:
    pool = node("MaxPool", "a", "z", kernel_shape=[2, 2]).replace(
        field(5, field(1, "kernel_shape") + field(8, 2) + field(8, 2) + field(20, 7)),
        field(5, field(1, "kernel_shape") + field(21, "k") + field(20, 7)),
    )
    parts: list[tuple[int, Any]] = [
        (1, "own"),
        (4, "a"),
        (5, "z"),
        (6, "k"),
        (7, pool),
        (10, "mine"),
    ]
    function = b"".join(field(place, value) for place, value in parts)
    nodes = [node("own", "x", "y", domain="mine", k=[3, 4])]
    path = write(
        tmp_path / "net.onnx", model(graph(nodes, {"x": (1, 3, 5, 7)}, ["y"]), functions=[function])
    )
    assert read_model(path, {}).tensors["y"] == (1, 3, 3, 4)


def test_an_unknown_operation_is_named_once(tmp_path: Path) -> None:
    nodes = [node("Strange", "x", "a"), node("Strange", "a", "b"), node("Relu", "b", "c")]
    nodes += [node("Relu", "x", "y"), node("Own", "x", "z", domain="net.somebody")]
    found = read_model(write(tmp_path / "net.onnx", model(graph(nodes, {"x": (1, 3)}, ["y"]))), {})
    assert found.tensors == {"x": (1, 3), "a": None, "b": None, "c": None, "y": (1, 3), "z": None}
    text = "sizes after these operations are not known: Strange (2), net.somebody.Own (1)"
    assert found.notes == (text,)
    path = write(tmp_path / "net.onnx", model(graph([node("Slice", "x x", "y")], {"x": (1, 3)})))
    assert read_model(path, {}).tensors["y"] == (None, None)


def test_external_weights_are_not_opened(tmp_path: Path) -> None:
    outside = field(1, "location") + field(2, "../../etc/passwd")
    data = tensor("w", Stored((3, 8, 4, 4))) + field(13, outside) + field(14, 1)
    whole = graph([UP], {"x": (1, 3, 5, 7)}, ["y"], {"b": weights(8)}) + field(5, data)
    path = write(tmp_path / "net.onnx", model(whole))
    assert read_model(path, {}).tensors["y"] == (1, 8, 10, 14)


def nest(depth: int) -> bytes:
    inner = graph([node("Relu", "x", "y")])
    for _ in range(depth):
        inner = graph([node("If", "c", "y", then_branch=inner)])
    return inner


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"no model at all", "is no ONNX model"),
        (b"\x08\x08", "has no graph"),
        (field(7, b"") * 2, "has two graphs"),
        (decoder()[:-40], "is damaged"),
        (field(7, varint(1 << 3 | 2) + b"\xff\xff\xff\xff\x0f"), "is longer than what holds it"),
        (b"\xff" * 20, "more than 64 bits"),
        (b"\x3a\xff", "ends inside a number"),
        (b"\x0d\x00", "ends inside a number"),
        (field(7, 3), "a number in place of bytes"),
        (field(7, field(1, field(3, "name"))), "a node has no operation"),
        (field(7, field(5, field(1, -1) + field(8, "w"))), "has sizes that are none"),
        (model(nest(3000)), "nested more than 16 deep"),
        (field(8, field(2, "text")), "bytes in place of a number"),
    ],
)
def test_what_is_no_model_has_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    done = deconv(f"check {write(tmp_path / 'net.onnx', data)}")
    assert done.code == 1
    assert "error[DCV101]" in done.out
    assert reason in done.out


def test_a_file_that_is_absent_has_a_reason(tmp_path: Path) -> None:
    with pytest.raises(deconvcli.DeconvError, match="cannot be read"):
        read_model(str(tmp_path / "absent.onnx"), {})


HUGE = 2**62


@pytest.mark.parametrize(
    "nodes",
    [
        [node("ConstantOfShape", "huge", "y")],
        [node("Expand", "one huge", "y")],
        [node("Tile", "two huge", "y")],
        [node("Range", "zero0 huge0 one0", "y")],
        [node("Pow", "huge huge", "y")],
        [node("Mul", "huge huge", "a"), node("ConstantOfShape", "a", "y")],
        [node("Split", "two", "y", num_outputs=2**40)],
        [node("Reshape", "two huge", "y")],
        [node("Concat", ["two"] * 5000, "y", axis=0)],
        [node("Einsum", "two two", "y", equation="i" * 100 + ",j" * 100)],
        [node("RandomNormal", "", "y", shape=[1] * 4000)],
    ],
)
def test_huge_numbers_take_no_time(tmp_path: Path, nodes: list[bytes]) -> None:
    constants = {
        "huge": integers(HUGE, HUGE),
        "one": integers(1),
        "two": integers(1, 2),
        "zero0": number(0),
        "huge0": number(HUGE),
        "one0": number(1),
    }
    path = write(tmp_path / "net.onnx", model(graph(nodes, {"x": (1, 3)}, ["y"], constants)))
    started = time.process_time()
    read_model(path, {})
    assert time.process_time() - started < 0.5


def test_functions_that_call_each_other_end(tmp_path: Path) -> None:
    functions = []
    for place in range(40):
        calls = [node(f"f{place + 1}", "a", "z", domain="own") for _ in range(10)]
        parts: list[tuple[int, Any]] = [
            (1, f"f{place}"),
            (4, "a"),
            (5, "z"),
            *[(7, one) for one in calls],
            (10, "own"),
        ]
        functions.append(b"".join(field(key, value) for key, value in parts))
    whole = graph([node("f0", "x", "y", domain="own")], {"x": (1, 3)}, ["y"])
    path = write(tmp_path / "net.onnx", model(whole, functions=functions))
    started = time.process_time()
    assert read_model(path, {}).tensors["y"] is None
    assert time.process_time() - started < 3


def test_elements_in_the_other_fields_are_read(tmp_path: Path) -> None:
    begin = field(2, INT64) + field(8, "sizes")
    stored = {
        "packed": field(1, 2) + begin + field(7, varint(4) + varint(5)),
        "alone": field(1, 2) + begin + field(7, 4) + field(7, 5),
    }
    for data in stored.values():
        whole = graph([node("ConstantOfShape", "sizes", "y")], {}, ["y"]) + field(5, data)
        found = read_model(write(tmp_path / "net.onnx", model(whole)), {})
        assert found.tensors["y"] == (4, 5)


def test_an_input_without_sizes_can_be_given_any(tmp_path: Path) -> None:
    whole = graph([node("Relu", "x", "y")]) + field(11, value_info("x", None))
    path = write(tmp_path / "net.onnx", model(whole))
    assert read_model(path, {}).tensors == {"x": None, "y": None}
    assert read_model(path, {"": (1, 2, 3)}).tensors["y"] == (1, 2, 3)


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("z=1x3x6x7", "--size names the input 'z'; the model has x"),
        ("1x6x7", "--size gives x 3 sizes, the model 4"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(tmp_path: Path, size: str, message: str) -> None:
    done = deconv(f"check {write(tmp_path / 'net.onnx', decoder())} --size {size}")
    assert done.code == 2
    assert message in done.err


def test_a_large_file_is_read_without_its_weights(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    head = field(1, 3) + field(1, 8) + field(1, 4) + field(1, 4) + field(2, 1) + field(8, "w")
    size = 60 * 2**20
    whole = graph([UP], {"x": (1, 3, 5, 7)}, ["y"], {"b": weights(8)})
    body = head + varint(9 << 3 | 2) + varint(size)
    whole += varint(5 << 3 | 2) + varint(len(body) + size) + body
    with path.open("wb") as file:
        file.write(varint(7 << 3 | 2) + varint(len(whole) + size) + whole)
        file.seek(size - 1, 1)
        file.write(b"\0")
    started = time.process_time()
    assert read_model(str(path), {}).tensors["y"] == (1, 8, 10, 14)
    assert time.process_time() - started < 0.1


def test_mutants_give_declared_errors_only() -> None:
    assert list(fuzz.find_errors("onnx", 300, seed=int(time.time()))) == []
    assert list(fuzz.find_errors("open-onnx", 30, seed=int(time.time()))) == []


def test_the_reader_is_found_without_an_import() -> None:
    assert find_reader("a/net.ONNX") == "onnx"
