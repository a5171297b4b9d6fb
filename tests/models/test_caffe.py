"""Networks of Caffe: sizes, findings, phases, and what is no network."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from deconvcli.common.errors import Unreadable
from deconvcli.models.model import Model
from deconvcli.models.reading import find_reader, read_model
from tests.cli.commandline import deconv
from tests.models import fuzz

INPUT = 'input: "data" input_shape { dim: 1 dim: 3 dim: 33 dim: 45 }'


def layer(name: str, kind: str, bottom: str, top: str = "", parameters: str = "") -> str:
    """Return the text of a layer."""
    bottoms = " ".join(f'bottom: "{one}"' for one in bottom.split())
    tops = " ".join(f'top: "{one}"' for one in (top or name).split())
    return f'layer {{ name: "{name}" type: "{kind}" {bottoms} {tops} {parameters} }}'


def convolve(fields: str) -> str:
    return f"convolution_param {{ {fields} }}"


# Measured with OpenCV 4.14.0 on an input of 1x3x33x45.
MEASURED = {
    "Convolution": {
        "num_output: 4 kernel_size: 3 stride: 2 pad: 1": "1x4x17x23",
        "num_output: 4 kernel_h: 3 kernel_w: 5 stride_h: 2 stride_w: 3 pad_h: 0 pad_w: 2": (
            "1x4x16x15"
        ),
        "num_output: 4 kernel_size: 3 dilation: 3": "1x4x27x39",
        "num_output: 6 kernel_size: 3 group: 3": "1x6x31x43",
    },
    "Deconvolution": {
        "num_output: 4 kernel_size: 4 stride: 2 pad: 1": "1x4x66x90",
        "num_output: 4 kernel_size: 64 stride: 32 bias_term: false": "1x4x1088x1472",
        "num_output: 4 kernel_h: 3 kernel_w: 5 stride_h: 2 stride_w: 3": "1x4x67x137",
    },
    "Pooling": {
        "pool: MAX kernel_size: 2 stride: 2": "1x3x17x23",
        "pool: MAX kernel_size: 3 stride: 2": "1x3x16x22",
        "pool: MAX kernel_size: 3 stride: 2 pad: 1": "1x3x17x23",
        "pool: AVE kernel_size: 2 stride: 2 pad: 1": "1x3x17x23",
        "pool: AVE global_pooling: true": "1x3x1x1",
    },
    "InnerProduct": {"num_output: 5": "1x5"},
    "Flatten": {"axis: 1": "1x4455"},
    "Reshape": {"shape { dim: 0 dim: -1 dim: 45 }": "1x99x45"},
    "Permute": {"order: 0 order: 2 order: 3 order: 1": "1x33x45x3"},
    "ReLU": {"": "1x3x33x45"},
    "Softmax": {"": "1x3x33x45"},
    "LRN": {"": "1x3x33x45"},
}
FIELDS = {
    "Convolution": "convolution_param",
    "Deconvolution": "convolution_param",
    "Pooling": "pooling_param",
    "InnerProduct": "inner_product_param",
    "Flatten": "flatten_param",
    "Reshape": "reshape_param",
    "Permute": "permute_param",
}


def save(folder: Path, *parts: str, name: str = "deploy.prototxt") -> str:
    path = folder / name
    path.write_text("\n".join(parts))
    return str(path)


def read(folder: Path, *parts: str) -> Model:
    return read_model(save(folder, *parts), {})


def list_messages(model: Model) -> list[str]:
    return [found.message for found in model.findings]


@pytest.mark.parametrize(
    ("kind", "fields", "size"),
    [(kind, fields, size) for kind, table in MEASURED.items() for fields, size in table.items()],
)
def test_the_sizes_are_those_of_opencv(kind: str, fields: str, size: str, tmp_path: Path) -> None:
    given = f"{FIELDS[kind]} {{ {fields} }}" if fields else ""
    model = read(tmp_path, INPUT, layer("y", kind, "data", parameters=given))
    assert "x".join(map(str, model.tensors["y"] or ())) == size
    assert list_messages(model) == []


def test_the_old_form_and_blobs_that_are_changed_in_place(tmp_path: Path) -> None:
    old = """name: "old"  # of 2014
input: 'data' input_dim: 10 input_dim: 3 input_dim: 33 input_dim: 45
layers { bottom: "data" top: "c" name: "c" type: CONVOLUTION
  convolution_param { num_output: 8 kernel_size: 3 pad: 1 } blobs_lr: 1 }
layers { bottom: "c" top: "c" name: "relu" type: RELU }
layers { bottom: "c" top: "ip" name: "ip" type: INNER_PRODUCT
  inner_product_param { num_output: 5 } }"""
    model = read(tmp_path, old)
    assert model.tensors["c"] == model.tensors["c:relu"] == (10, 8, 33, 45)
    assert [one.takes for one in model.layers] == [("data",), ("c",), ("c:relu",)]
    assert [one.parameters for one in model.layers] == [224, 0, 59405]
    assert [one.where.line for one in model.layers if one.where] == [3, 5, 6]


UP = layer("up", "Deconvolution", "pool", "", convolve("num_output: 3 kernel_size: 4 stride: 2"))
POOL = layer("pool", "Pooling", "data", "", "pooling_param { kernel_size: 2 stride: 2 }")
DATA = 'layer { name: "input" type: "ImageData" top: "data" top: "label" }'


def cut(fields: str) -> str:
    return layer("score", "Crop", "up data", "", f"crop_param {{ {fields} }}")


def test_a_network_without_a_size_has_letters(tmp_path: Path) -> None:
    loss = layer("loss", "SoftmaxWithLoss", "score label")
    model = read(tmp_path, DATA, POOL, UP, cut("axis: 2 offset: 1"), loss)
    assert model.tensors["data"] == ("batch", "channels", "H", "W")
    assert model.tensors["score"] == ("batch", 3, "H", "W")
    assert model.tensors["loss"] == ()
    assert "label" not in model.tensors
    assert "it works for every H" in " ".join(model.notes)


@pytest.mark.parametrize(
    ("fields", "messages"),
    [
        ("axis: 2 offset: 1", []),
        ("offset: 2", []),
        ("axis: 2 offset: 1 offset: 2", []),
        ("axis: 2 offset: 4", ["score: 33 elements from 4 on are cut from 36"]),
        ("axis: 2 offset: 1 offset: 2 offset: 3", ["score: 3 offsets are given for 2 axes"]),
    ],
)
def test_a_crop_stays_within_its_blob(fields: str, messages: list[str], tmp_path: Path) -> None:
    assert list_messages(read(tmp_path, INPUT, POOL, UP, cut(fields))) == messages


def test_joins_are_compared(tmp_path: Path) -> None:
    path = save(tmp_path, INPUT, POOL, UP, layer("sum", "Eltwise", "up data"))
    done = deconv(f"check {path}")
    assert done.code == 1
    assert "deploy.prototxt:4:1: " in done.out
    assert "sum: tensors of 1x3x36x48 and 1x3x33x45 are joined, and 36 is not 33" in done.out
    model = read(tmp_path, INPUT, POOL, UP, layer("all", "Concat", "up data"))
    assert "all: tensors of 1x3x36x48 and 1x3x33x45 are concatenated" in list_messages(model)[0]


def test_the_dialect_has_its_findings(tmp_path: Path) -> None:
    wide = convolve("num_output: 3 kernel_size: 3 stride: 2 dilation: 2")
    done = deconv(f"check {save(tmp_path, INPUT, layer('up', 'Deconvolution', 'data', '', wide))}")
    assert "computes the size of this layer without its dilation" in done.out
    bad = convolve("num_output: 3 kernel_size: 3 stride: 0")
    model = read(tmp_path, INPUT, layer("up", "Deconvolution", "data", "", bad))
    assert [found.severity.name for found in model.findings] == ["ERROR"]


def test_layers_of_training_are_left_out(tmp_path: Path) -> None:
    train = 'layer { name: "t" type: "Data" top: "data" include { phase: TRAIN } }'
    test = 'layer { name: "v" type: "Data" top: "data" include { phase: TEST } }'
    size = "transform_param { crop_size: 20 } data_param { batch_size: 7 }"
    model = read(tmp_path, train, test[:-1] + size + " }", POOL)
    assert model.tensors["pool"] == (7, "channels", 10, 10)
    only = read(tmp_path, train[:-1] + size + " }", POOL)
    assert only.tensors["pool"] == (7, "channels", 10, 10)


def test_layers_that_nobody_knows_are_named(tmp_path: Path) -> None:
    model = read(tmp_path, INPUT, POOL, layer("big", "Upsample", "pool"), layer("r", "ReLU", "big"))
    assert model.tensors["r"] is None
    assert model.notes == ("sizes after these layers are not known: Upsample (1)",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "layer {\n  name: }",
            "deploy.prototxt:2:9: error[DCV101]: the text of the network has a mistake: '}' in",
        ),
        ("layer { name 'x' }", "no value after 'name'"),
        ("layer { name: 'x'", "the end of the file in place of }"),
        ("layer { name: 'x' ] }", "']' in place of }"),
        ("layer { name: 'x' } }", "} closes nothing"),
        ("layer { name: 'x\n' }", "is no part of a network"),
        ("layer { " * 50, "messages nested more than 32 deep"),
        (layer("r", "ReLU", "data"), "takes the blob 'data' in line 1, which none makes"),
        ("layers: 3", "has no layers"),
    ],
)
def test_what_is_no_network_is_one_clear_line(text: str, message: str, tmp_path: Path) -> None:
    done = deconv(f"check {save(tmp_path, text)}")
    assert done.code == 1
    assert message in done.out


def test_errors_have_their_line_and_column(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        read(tmp_path, 'name: "a"', 'layer { name: "x" top: ? }')
    assert caught.value.where is not None
    assert (caught.value.where.line, caught.value.where.column) == (2, 24)


def test_other_files_of_that_name_are_passed_over_in_a_folder(tmp_path: Path) -> None:
    save(tmp_path, 'net: "train.prototxt"\nbase_lr: 0.1', name="solver.prototxt")
    path = save(tmp_path, INPUT, POOL)
    done = deconv(f"check {tmp_path}")
    assert (done.code, done.out) == (0, "no findings in 1 file\n")
    assert find_reader(path) == "caffe"


def test_a_long_text_takes_no_long_time(tmp_path: Path) -> None:
    path = save(tmp_path, INPUT, *[layer(f"r{n}", "ReLU", "data", "data") for n in range(5000)])
    started = time.process_time()
    assert len(read_model(path, {}).layers) == 5000
    assert time.process_time() - started < 4


def test_damaged_files_give_declared_errors() -> None:
    assert list(fuzz.find_errors("caffe-prototxt", 300, 1)) == []
