"""Models of Keras 2 and 3: sizes, formulas, findings, and what is no such model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from deconvcli.common.errors import DeconvError
from deconvcli.models.reading import find_reader, read_model
from tests.cli.commandline import deconv
from tests.models.keras_configs import (
    functional,
    layer,
    save_archive,
    save_hdf5,
    save_json,
    second,
    start,
    up,
)

DOWN = layer("Conv2D", "down", ["x"], filters=8, kernel_size=[3, 3], strides=[2, 2], padding="same")
SKIP = [
    start("x", None, None, None, 3),
    DOWN,
    up("up", ["down"], 3),
    layer("Add", "sum", ["x", "up"]),
]


def sizes(model: dict[str, Any], path: Path, **given: Any) -> dict[str, Any]:
    return dict(read_model(save_json(path / "net.json", model), given, "keras").tensors)


def test_open_sizes_are_formulas(tmp_path: Path) -> None:
    found = sizes(functional(SKIP[:3], ["up"]), tmp_path)
    assert found["x:0:0"] == ("batch", "H", "W", 3)
    assert found["down:0:0"] == ("batch", "(H + 1)//2", "(W + 1)//2", 8)
    assert found["up:0:0"] == ("batch", "2*((H + 1)//2)", "2*((W + 1)//2)", 3)


def test_given_sizes_are_computed_in_both_generations(tmp_path: Path) -> None:
    for write in (functional, second):
        found = sizes(write(SKIP, ["sum"]), tmp_path, x=(1, 10, 12, 3))
        assert found["up:0:0"] == found["sum:0:0"] == (1, 10, 12, 3)


def test_unequal_joins_are_found(tmp_path: Path) -> None:
    path = save_json(tmp_path / "net.json", functional(SKIP, ["sum"]))
    done = deconv(f"check {path} --size 1x9x12x3")
    assert done.code == 1
    assert "sum: 1x9x12x3 and 1x10x12x3 are joined element by element" in done.out
    assert deconv(f"check {path} --size 1x10x12x3").code == 0


def test_concatenation_adds_channels(tmp_path: Path) -> None:
    both = [*SKIP[:3], layer("Concatenate", "both", ["x", "up"], axis=-1)]
    model = functional(both, ["both"])
    assert sizes(model, tmp_path, x=(1, 10, 12, 3))["both:0:0"] == (1, 10, 12, 6)
    with_formulas = sizes(model, tmp_path)["both:0:0"]
    assert with_formulas[3] == 6


@pytest.mark.parametrize(
    ("kind", "config", "shape", "want"),
    [
        ("Conv1D", {"filters": 4, "kernel_size": [3], "dilation_rate": [2]}, (9, 2), (5, 4)),
        ("Conv1D", {"filters": 4, "kernel_size": [3], "padding": "causal"}, (9, 2), (9, 4)),
        ("DepthwiseConv2D", {"kernel_size": [2, 2], "depth_multiplier": 3}, (5, 6, 2), (4, 5, 6)),
        ("SeparableConv2D", {"filters": 5, "kernel_size": [2, 2]}, (5, 6, 2), (4, 5, 5)),
        ("MaxPooling2D", {"pool_size": [2, 2], "strides": None}, (5, 6, 2), (2, 3, 2)),
        ("AveragePooling1D", {"pool_size": [3], "padding": "same"}, (8, 2), (3, 2)),
        ("GlobalAveragePooling2D", {"keepdims": True}, (5, 6, 2), (1, 1, 2)),
        ("GlobalMaxPooling1D", {}, (5, 2), (2,)),
        ("UpSampling2D", {"size": [2, 3]}, (5, 6, 2), (10, 18, 2)),
        ("ZeroPadding2D", {"padding": [[1, 2], [0, 3]]}, (5, 6, 2), (8, 9, 2)),
        ("ZeroPadding1D", {"padding": [1, 2]}, (5, 2), (8, 2)),
        ("Cropping2D", {"cropping": [[1, 0], [2, 1]]}, (5, 6, 2), (4, 3, 2)),
        ("Flatten", {}, (5, 6, 2), (60,)),
        ("Reshape", {"target_shape": [-1, 4]}, (5, 6, 2), (15, 4)),
        ("Permute", {"dims": [3, 1, 2]}, (5, 6, 2), (2, 5, 6)),
        ("RepeatVector", {"n": 4}, (6,), (4, 6)),
        ("Dense", {"units": 7}, (5, 6), (5, 7)),
        ("LSTM", {"units": 7, "return_sequences": True}, (5, 6), (5, 7)),
        ("GRU", {"units": 7}, (5, 6), (7,)),
        ("Resizing", {"height": 9, "width": 4}, (5, 6, 2), (9, 4, 2)),
        ("BatchNormalization", {"axis": [3]}, (5, 6, 2), (5, 6, 2)),
        (
            "TimeDistributed",
            {"layer": {"class_name": "Conv1D", "config": {"filters": 4, "kernel_size": [3]}}},
            (5, 9, 2),
            (5, 7, 4),
        ),
        (
            "Bidirectional",
            {"layer": {"class_name": "LSTM", "config": {"units": 7}}, "merge_mode": "concat"},
            (5, 6),
            (14,),
        ),
        (
            "SpectralNormalization",
            {"layer": {"class_name": "Dense", "config": {"units": 7}}},
            (5, 6),
            (5, 7),
        ),
    ],
)
def test_layers_have_size_rules(
    kind: str, config: dict[str, Any], shape: tuple[int, ...], want: tuple[int, ...], tmp_path: Path
) -> None:
    model = functional([start("x", None, *shape), layer(kind, "one", ["x"], **config)], ["one"])
    assert sizes(model, tmp_path)["one:0:0"] == ("batch", *want)


def test_what_has_no_rule_is_taken_from_the_file(tmp_path: Path) -> None:
    layers = [
        start("x", None, 8, 8, 3),
        layer("Lambda", "secret", ["x"], function="4wEAAAA"),
        up("up", ["secret"], 4),
    ]
    stored = {"x": [None, 8, 8, 3], "secret": [None, 5, 5, 2]}
    path = save_archive(tmp_path / "net.keras", functional(layers, ["up"], stored=stored))
    model = read_model(path, {})
    assert model.tensors["up:0:0"] == ("batch", 10, 10, 4)
    assert "no rule is known for Lambda" in model.notes[0]
    # At another size the file says nothing of it.
    assert "up:0:0" not in read_model(path, {"x": (1, 16, 16, 3)}).tensors


def test_stored_sizes_are_compared(tmp_path: Path) -> None:
    layers = [start("x", None, 8, 8, 3), up("up", ["x"], 4), layer("ReLU", "act", ["up"])]
    model = functional(layers, ["act"], stored={"up": [None, 17, 16, 4]})
    done = deconv(f"check {save_archive(tmp_path / 'net.keras', model)}")
    assert done.code == 1
    assert "up: the file stores ?x17x16x4, the layer gives batchx16x16x4" in done.out


def test_models_inside_models_have_their_own_names(tmp_path: Path) -> None:
    inner = functional([start("z", None, 4, 4, 2), up("up", ["z"], 3)], ["up"])["config"]
    for write, first in ((functional, "decoder"), (second, "decoder:1:0")):
        nested = {**layer("Functional", "decoder", ["x"]), "config": dict(inner)}
        model = write([start("x", None, 4, 4, 2), nested, up("last", [first], 1)], ["last"])
        if write is second:
            model["config"]["layers"][1]["config"] = second(
                [start("z", None, 4, 4, 2), up("up", ["z"], 3)], ["up"]
            )["config"]
        found = sizes(model, tmp_path)
        assert found["decoder/up:0:0"] == found["decoder:0:0"] == ("batch", 8, 8, 3)
        assert found["last:0:0"] == ("batch", 16, 16, 1)


def test_a_sequential_is_a_chain(tmp_path: Path) -> None:
    layers = [
        {key: one[key] for key in ("class_name", "config")}
        for one in (up("a", [], 4), up("b", [], 2))
    ]
    layers[0]["config"]["batch_input_shape"] = [None, 4, 4, 8]
    for one, name in zip(layers, "ab", strict=True):
        one["config"]["name"] = name
    for config in (layers, {"name": "net", "layers": layers}):
        model = {"class_name": "Sequential", "config": config, "keras_version": "2.0.5"}
        found = sizes(model, tmp_path)
        assert (found["a:0:0"], found["b:0:0"]) == (("batch", 8, 8, 4), ("batch", 16, 16, 2))


def test_every_form_of_file_gives_the_same(tmp_path: Path) -> None:
    model = second(SKIP, ["sum"])
    page = {"format": "layers-model", "modelTopology": {"model_config": model}}
    files = [
        save_json(tmp_path / "net.json", model),
        save_hdf5(tmp_path / "net.h5", model),
        save_archive(tmp_path / "net.keras", model, "2.15.0"),
        save_json(tmp_path / "model.json", page),
    ]
    assert [find_reader(file) for file in files] == ["keras"] * 4
    assert len({str(read_model(file, {}).tensors) for file in files}) == 1
    done = deconv(f"check {tmp_path} --table --format json")
    assert done.code == 0
    assert [len(file["tensors"]) for file in json.loads(done.out)["files"]] == [4] * 4


def test_a_reader_that_is_named_reads_any_file(tmp_path: Path) -> None:
    path = save_archive(tmp_path / "net.zip", functional(SKIP, ["sum"]))
    assert deconv(f"check {path}").code == 1
    done = deconv(f"check {path} --reader keras --table")
    assert done.code == 0
    assert "Conv2DTranspose" in done.out
    done = deconv(f"check {path} --reader keros")
    assert done.code == 2
    assert "did you mean 'keras'" in done.err
    done = deconv(f"check {path} --reader tflite")
    assert "the file does not begin as one of TensorFlow Lite" in done.out


def test_other_json_is_a_config(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"input": [3, 8, 8], "layers": []}')
    assert find_reader(str(path)) is None
    assert find_reader(str(tmp_path / "missing.json")) is None


def test_refused_layers_are_findings(tmp_path: Path) -> None:
    layers = [start("x", None, 8, 8, 3), up("up", ["x"], 4, dilation_rate=[2, 2])]
    path = save_archive(tmp_path / "net.keras", functional(layers, ["up"]))
    done = deconv(f"check {path}")
    assert done.code == 1
    assert "error[DCV104]: up: keras: strides" in done.out


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("y=1x8x8x3", "--size names the input 'y'; the model has x"),
        ("1x8x8", "--size gives x 3 sizes, the model 4"),
    ],
)
def test_sizes_that_the_model_lacks_are_refused(given: str, message: str, tmp_path: Path) -> None:
    path = save_archive(tmp_path / "net.keras", functional(SKIP, ["sum"]))
    done = deconv(f"check {path} --size {given}")
    assert done.code == 2
    assert message in done.err


def test_letters_name_the_open_sizes(tmp_path: Path) -> None:
    path = save_archive(tmp_path / "net.keras", functional(SKIP[:3], ["up"]))
    assert "1 x 2*((N + 1)//2) x 8 x 3" in deconv(f"check {path} --table --size 1xNx8x3").out


def write_archive(path: Path, **members: str) -> str:
    with ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("_", "."), text)
    return str(path)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is damaged"),
        (b"garbage", "is damaged"),
        (b"[1, 2]", "holds JSON that is no config"),
        (b'{"class_name": "Functional"}', "holds no config of a Keras model"),
        (b'{"class_name": "Mine", "config": {}}', "'Mine', whose graph is in the code"),
        (b'{"class_name": "Functional", "config": {"layers": [1]}}', "as Keras writes them"),
        (b"[" * 100_000, "nested too deep"),
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "holds weights alone"),
        (b'\x89HDF\r\n\x1a\n{"class_name": "Adam", "config": {}}\0', "holds weights alone"),
        (b"PK\x03\x04 truncated", "is damaged"),
    ],
)
def test_what_is_no_model_is_one_clear_line(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "net.keras"
    path.write_bytes(content)
    done = deconv(f"check {path}")
    assert done.code == 1
    assert message in done.out


def test_archives_that_mislead_are_refused(tmp_path: Path) -> None:
    path = write_archive(tmp_path / "a.keras", other_json="{}")
    assert "has no config.json" in deconv(f"check {path}").out
    with ZipFile(tmp_path / "b.keras", "w") as archive:
        archive.writestr("config.json", "{}")
        with pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("config.json", "{}")
    assert "two members of one name" in deconv(f"check {tmp_path / 'b.keras'}").out


def test_circles_and_endless_calls_are_refused(tmp_path: Path) -> None:
    circle = [start("x", None, 4), layer("ReLU", "a", ["b"]), layer("ReLU", "b", ["a"])]
    with pytest.raises(DeconvError, match="as Keras writes them"):
        sizes(functional(circle, ["b"]), tmp_path)
    inner = functional([start("x", None, 4), layer("ReLU", "a", ["x"])], ["a"])
    for depth in range(12):
        nested = {**layer("Functional", f"m{depth}", ["x"]), "config": inner["config"]}
        inner = functional([start("x", None, 4), nested], [f"m{depth}"])
        nodes = inner["config"]["layers"][1]["inbound_nodes"]
        nodes += nodes * 3
    with pytest.raises(DeconvError, match="more than 100000 times"):
        sizes(inner, tmp_path)


def write_slice(start: int | None) -> dict[str, Any]:
    return {"class_name": "__slice__", "config": {"start": start, "stop": None, "step": None}}


ROWS = [write_slice(None), write_slice(1)]


@pytest.mark.parametrize(
    ("kind", "config", "args", "want"),
    [
        ("GetItem", {}, [ROWS], [("batch", 5, 8, 3)]),
        ("GetItem", {}, [[{"class_name": "__ellipsis__", "config": {}}, 0]], [("batch", 6, 8)]),
        ("Pad", {"pad_width": [[0, 0], [1, 0], [0, 2], [0, 0]]}, [], [("batch", 7, 10, 3)]),
        ("Mean", {"axis": [1, 2], "keepdims": True}, [], [("batch", 1, 1, 3)]),
        ("Max", {"axis": -1}, [], [("batch", 6, 8)]),
        ("Sum", {"axis": None}, [], [()]),
        ("Reshape", {"newshape": [-1, 48, 3]}, [], [("batch", 48, 3)]),
        ("Transpose", {"axes": [0, 3, 1, 2]}, [], [("batch", 3, 6, 8)]),
        ("ExpandDims", {"axis": 1}, [], [("batch", 1, 6, 8, 3)]),
        ("Squeeze", {"axis": None}, [], [("batch", 6, 8, 3)]),
        ("Split", {"indices_or_sections": 2, "axis": 2}, [], [("batch", 6, 4, 3)] * 2),
        (
            "Split",
            {"indices_or_sections": [1], "axis": -1},
            [],
            [("batch", 6, 8, 1), ("batch", 6, 8, 2)],
        ),
        ("Repeat", {"repeats": 2, "axis": 1}, [], [("batch", 12, 8, 3)]),
        ("Tile", {"repeats": [1, 1, 2, 1]}, [], [("batch", 6, 16, 3)]),
        ("Resize", {"size": [9, 4], "data_format": None}, [], [("batch", 9, 4, 3)]),
        ("Relu", {}, [], [("batch", 6, 8, 3)]),
        ("Flip", {"axis": 1}, [], [("batch", 6, 8, 3)]),
        ("Roll", {"shift": 1, "axis": None}, [], [("batch", 6, 8, 3)]),
        ("TrueDivide", {}, [2.0], [("batch", 6, 8, 3)]),
        ("Pad", {"pad_width": 1}, [], [("batch + 2", 8, 10, 5)]),
    ],
)
def test_functions_of_keras_ops_have_size_rules(
    kind: str,
    config: dict[str, Any],
    args: list[Any],
    want: list[tuple[int | str, ...]],
    tmp_path: Path,
) -> None:
    model = functional([start("x", None, 6, 8, 3), layer(kind, "one", ["x"], **config)], ["one"])
    one = model["config"]["layers"][1]
    one["module"] = "keras.src.ops.numpy"
    one["inbound_nodes"][0]["args"] += args
    found = sizes(model, tmp_path)
    assert [found[f"one:0:{place}"] for place in range(len(want))] == want


@pytest.mark.parametrize(
    ("kind", "config", "want"),
    [
        ("Concatenate", {"axis": 1}, ("batch", 12, 8, 3)),
        ("Stack", {"axis": 1}, ("batch", 2, 6, 8, 3)),
    ],
)
def test_functions_take_lists_of_tensors(
    kind: str, config: dict[str, Any], want: tuple[int | str, ...], tmp_path: Path
) -> None:
    layers = [start("x", None, 6, 8, 3), layer(kind, "one", ["x", "x"], **config)]
    model = functional(layers, ["one"])
    model["config"]["layers"][1]["module"] = "keras.src.ops.numpy"
    assert sizes(model, tmp_path)["one:0:0"] == want
