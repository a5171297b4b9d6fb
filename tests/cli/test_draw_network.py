"""`deconv draw` with a file: models of every reader, configs, and what cannot be drawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.commandline import deconv, refused, rows
from tests.models.archives import program
from tests.models.archives import write as write_pt2
from tests.models.keras_configs import functional, save_archive, save_json, start, up
from tests.models.onnx_files import graph, model, node, weights
from tests.models.onnx_files import write as write_onnx
from tests.models.test_openvino import net
from tests.models.test_openvino import save as save_openvino
from tests.models.test_tflite import model as tflite_model
from tests.models.test_tflite import save as save_tflite

EXAMPLES = Path(__file__).parents[1] / "examples"
UNET = EXAMPLES / "bad" / "unet_222.yaml"


def save_onnx(folder: Path) -> str:
    nodes = [
        node("Conv", "x w", "down", strides=[2, 2], pads=[1] * 4),
        node("ConvTranspose", "down v", "up", strides=[2, 2], pads=[1] * 4),
        node("Add", "x up", "sum"),
        node("Relu", "sum", "y"),
    ]
    constants = {"w": weights(8, 3, 3, 3), "v": weights(8, 3, 4, 4)}
    whole = graph(nodes, inputs={"x": (1, 3, "h", 8)}, outputs=["y"], constants=constants)
    return write_onnx(folder / "net.onnx", model(whole))


def save_edges(folder: Path) -> str:
    ends = [((0, 0), (2, 0)), ((2, 3), (3, 0))]
    edges = "".join(
        f'<edge from-layer="{start}" from-port="{out}" to-layer="{end}" to-port="{to}" />'
        for (start, out), (end, to) in ends
    )
    return save_openvino(folder, net().replace("</layers>", f"</layers><edges>{edges}</edges>"))


DECODER = functional([start("x", None, 4, 4, 2), up("up", ["x"], 3)], ["up"])
MODELS: dict[str, Callable[[Path], str]] = {
    "onnx": save_onnx,
    "pt2": lambda folder: str(write_pt2(folder / "net.pt2", program())),
    "keras": lambda folder: save_archive(folder / "net.keras", DECODER),
    "json": lambda folder: save_json(folder / "net.json", DECODER),
    "tflite": lambda folder: save_tflite(folder, tflite_model()),
    "openvino": save_edges,
}


@pytest.mark.parametrize("name", MODELS)
def test_every_reader_is_drawn(name: str, tmp_path: Path) -> None:
    out = tmp_path / "net.svg"
    done = deconv(f"draw {MODELS[name](tmp_path)} -o {out}")
    assert (done.code, done.err) == (0, "")
    text = out.read_text(encoding="utf-8")
    assert 'class="b t"' in text
    assert "kernel 4, stride 2, crop 1:1" in text
    assert ">input</text>" in text


def test_what_is_drawn_is_reported(tmp_path: Path) -> None:
    path, out = save_onnx(tmp_path), tmp_path / "net.svg"
    done = deconv(f"draw {path} --size x=1x3x8x8 -o {out}")
    assert rows(done.out) == {
        "file": f"{out} ({out.stat().st_size:,} bytes)",
        "network": "net.onnx: ONNX, tests",
        "drawn": "4 layers in 3 boxes at 2 resolutions",
    }
    data = json.loads(deconv(f"draw {path} -o {out} --force --format json").out)
    assert (data["schema"], data["layers"], data["boxes"]) == ("deconv.draw.network/1", 4, 4)
    assert "h = 2m" in data["notes"][0]
    assert deconv(f"draw {path} -o {out} --force -q").out == f"{out}\n"


def test_open_sizes_are_formulas_and_have_their_columns(tmp_path: Path) -> None:
    out = tmp_path / "net.svg"
    deconv(f"draw {save_onnx(tmp_path)} -o {out}")
    text = out.read_text(encoding="utf-8")
    assert ">8 x h/2 x 4</text>" in text
    assert ">1/2 of the input</text>" in text


def test_a_problem_is_marked(tmp_path: Path) -> None:
    out = tmp_path / "net.svg"
    done = deconv(f"draw {save_onnx(tmp_path)} --size 1x3x7x8 -o {out}")
    assert "and 7 is not 8; use another input size" in rows(done.out)["problem"]
    text = out.read_text(encoding="utf-8")
    assert '<g class="b j w">' in text
    assert ">1: /Add: tensors of 1x3x7x8 and 1x3x8x8" in text


def test_a_config_is_drawn_at_sizes_of_ones_own(tmp_path: Path) -> None:
    out = tmp_path / "net.svg"
    assert "j4: the inputs have unequal sizes" in deconv(f"draw {UNET} -o {out}").out
    for size in ("224x224", "3x224x224", "1x3x224x224", "input=224x224"):
        done = deconv(f"draw {UNET} --size {size} -o {out} --force")
        assert rows(done.out)["drawn"] == "21 layers at 5 resolutions"
        assert ">8x224x224</text>" in out.read_text(encoding="utf-8")


def test_one_network_of_several_is_chosen(tmp_path: Path) -> None:
    path, out = EXAMPLES / "good" / "unet_padded.yaml", tmp_path / "net.svg"
    assert deconv(f"draw {path}:unet_512x512 -o {out}").code == 0
    refused(deconv(f"draw {path} -o {tmp_path / 'other.svg'}"), "has 2 networks", "choose one")


def test_a_page_and_a_png_are_written(tmp_path: Path) -> None:
    path = save_onnx(tmp_path)
    page, png, one, other = [tmp_path / f"net.{end}" for end in ("html", "png", "1.svg", "2.svg")]
    assert deconv(f"draw {path} -o {page}").code == 0
    assert "<td>/Add</td>" in page.read_text(encoding="utf-8")
    assert deconv(f"draw {path} -o {png}").code == 0
    assert png.read_bytes().startswith(b"\x89PNG\r\n")
    for out in (one, other):
        assert deconv(f"draw {path} -o {out}").code == 0
    assert one.read_bytes() == other.read_bytes()


def test_a_file_of_any_name_has_a_reader(tmp_path: Path) -> None:
    other = tmp_path / "weights"
    Path(save_onnx(tmp_path)).rename(other)
    assert deconv(f"draw {other} --reader onnx -o {tmp_path / 'net.svg'}").code == 0


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("net.onnx --in 5", ["--in is of a single layer", "--size gives"]),
        ("net.onnx -k 3", ["-k/--kernel is of a single layer"]),
        ("net.onnx --frame 3", ["--frame is of a single layer"]),
        ("net.onnx:up", ["net.onnx is a model, which has no network 'up'"]),
        ("net.onnx --size z=1x3x8x8", ["--size names the input 'z'; the model has x"]),
        ("absent.onnx", ["cannot be read: No such file or directory"]),
        ("absent.yaml", ["absent.yaml: there is no such file or folder"]),
        (".", [". is a folder, and one picture shows one network"]),
        ("net.pth", ["net.pth: the file holds weights or a Python object of PyTorch", "export"]),
        ("net.txt", ["net.txt is neither a config nor a model by its name", ".onnx", "export"]),
        ("net.py", ["net.py: its layers have no connections", "draw a model that has its graph"]),
        ("--in 5 -k 3 --size 5", ["--size is of a network's file, and none is given"]),
        ("--reader onnx", ["--reader is of a network's file, and none is given"]),
    ],
)
def test_what_cannot_be_drawn_has_a_reason(
    line: str, parts: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_onnx(tmp_path)
    source = "from torch import nn\nup = nn.ConvTranspose2d(8, 4, 4, 2, 1)\n"
    (tmp_path / "net.py").write_text(source, encoding="utf-8")
    (tmp_path / "net.pth").write_bytes(b"PK\x03\x04")
    (tmp_path / "net.txt").write_bytes(b"PK\x03\x04")
    monkeypatch.chdir(tmp_path)
    refused(deconv(f"draw {line} -o out.svg"), *parts)
    assert not (tmp_path / "out.svg").exists()


@pytest.mark.parametrize("size", ["z=8x8", "8", "1x1x3x8x8"])
def test_sizes_that_a_config_has_not_are_refused(size: str, tmp_path: Path) -> None:
    refused(deconv(f"draw {UNET} --size {size} -o {tmp_path / 'net.svg'}"), "--size")
