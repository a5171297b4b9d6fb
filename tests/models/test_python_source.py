"""Python source: layers by their imports, findings at their places, and files that are none."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

import deconvcli
from deconvcli.models.model import write_sizes
from deconvcli.models.reading import read_model
from tests.cli.commandline import deconv
from tests.models.fuzz_source import find_errors

DECODER = """\
from torch import nn


class Decoder(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.up = nn.ConvTranspose2d(channels, 32, 4, stride=2, padding=1, output_padding=2)
        self.main = nn.Sequential(
            nn.ConvTranspose2d(64, 32, 4, 2, 1),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 3, 3, 2, 1, output_padding=1),
        )
"""
REFUSED = "Decoder.up: torch: height: output_padding 2 is not smaller than stride 2 or dilation 1"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def names(path: Path, text: str) -> list[str]:
    """Return the names of the layers that are found in a text."""
    return [layer.name for layer in read_model(str(write(path, text)), {}).layers]


def test_a_refused_layer_is_found_at_its_argument(tmp_path: Path) -> None:
    path = write(tmp_path / "decoder.py", DECODER)
    done = deconv(f"check {path} --isolated --format json")
    assert done.code == 1
    [found] = json.loads(done.out)["files"][0]["findings"]
    line = DECODER.splitlines()[6]
    assert (found["code"], found["line"], found["message"]) == ("DCV104", 7, REFUSED)
    assert line[found["column"] - 1 :] == "2)"
    assert found["path"] == "Decoder.up"
    assert f"7 | {line}" in deconv(f"check {path} --isolated").out


@pytest.mark.parametrize(
    ("format", "place"),
    [
        ("github", "line=7,col=91"),
        ("sarif", '"startLine": 7,\n                  "startColumn": 91'),
        ("junit", 'line="7"'),
        ("gitlab", '"line": 7,\n          "column": 91'),
        ("markdown", ":7"),
    ],
)
def test_every_report_has_the_place(format: str, place: str, tmp_path: Path) -> None:
    path = write(tmp_path / "decoder.py", DECODER)
    assert place in deconv(f"check {path} --isolated --format {format}").out


def test_uneven_overlap_is_shown_where_it_is_selected(tmp_path: Path) -> None:
    path = write(tmp_path / "decoder.py", DECODER)

    def codes(options: str) -> list[str]:
        done = deconv(f"check {path} --isolated --format json {options}")
        return [found["code"] for found in json.loads(done.out)["files"][0]["findings"]]

    assert codes("") == ["DCV104"]
    assert codes("--select DCV") == ["DCV104"]
    assert codes("--select uneven-overlap") == ["DCV201"]
    assert codes("--select DCV2") == ["DCV201"]
    assert codes("--select DCV203") == ["DCV203"]


def test_the_table_has_formulas(tmp_path: Path) -> None:
    path = write(tmp_path / "decoder.py", DECODER)
    out = deconv(f"check {path} --isolated --table").out
    assert "Decoder.main.0 (line 9)   ConvTranspose2d  1x32x2Hx2W  32,800" in out
    assert "Decoder.up (line 7)       ConvTranspose2d  -" in out
    [_, first, _] = read_model(str(path), {}).layers
    assert first.output == (1, 32, "2H", "2W")


def test_comments_silence_findings(tmp_path: Path) -> None:
    for comment, count in {"ignore": 0, "ignore[DCV104]": 0, "ignore[DCV2]": 1}.items():
        text = DECODER.replace("padding=2)", f"padding=2)  # deconv: {comment}")
        done = deconv(f"check {write(tmp_path / 'a.py', text)} --isolated --format json")
        assert json.loads(done.out)["counts"]["error"] == count


IMPORTED = {
    "from torch import nn as N": "N.ConvTranspose2d(3, 4, 4)",
    "import torch": "torch.nn.ConvTranspose3d(3, 4, 4)",
    "import torch.nn as nn": "nn.LazyConvTranspose1d(4, 4)",
    "from torch.nn import ConvTranspose2d as Up": "Up(3, 4, 4)",
    "from torch.nn import *": "ConvTranspose2d(3, 4, 4)",
    "from torch.nn.modules.conv import ConvTranspose2d": "ConvTranspose2d(3, 4, 4)",
    "import torch\nnn = torch.nn\nUp = nn.ConvTranspose2d": "Up(3, 4, 4)",
    "from torch import nn\nUp = nn.ConvTranspose2d if up else nn.Conv2d": "Up(3, 4, 4)",
    "from torch import nn\nif up:\n    Up = nn.ConvTranspose2d\nelse:\n    Up = nn.Conv2d": (
        "Up(3, 4, 4)"
    ),
    "from torch import nn": "(nn.ConvTranspose2d if up else nn.Conv2d)(3, 4, 4)",
    "import keras": "keras.layers.Conv2DTranspose(4, 3)",
    "from keras import layers": "layers.Convolution2DTranspose(4, 3)",
    "import tensorflow as tf": "tf.keras.layers.Conv2DTranspose(4, 3)",
    "import tensorflow as tf\nL = tf.keras.layers": "L.Conv1DTranspose(4, 3)",
    "from tensorflow.keras.layers import Conv2DTranspose": "Conv2DTranspose(4, 3)",
    "import tf_keras": "tf_keras.layers.Conv2DTranspose(4, 3)",
    "import flax.linen as nn": "nn.ConvTranspose(4, (3, 3))",
    "from flax import nnx": "nnx.ConvTranspose(3, 4, (3, 3), rngs=rngs)",
    "import paddle": "paddle.nn.Conv2DTranspose(3, 4, 3)",
    "import mlx.nn as nn": "nn.ConvTranspose2d(3, 4, 3)",
    "from tinygrad import nn": "nn.ConvTranspose2d(3, 4, 3)",
    "from tinygrad.nn import ConvTranspose1d as Up": "Up(3, 4, 3)",
    "try:\n    from keras import layers\nexcept ImportError:\n"
    "    from tensorflow.keras import layers": "layers.Conv2DTranspose(4, 3)",
}


@pytest.mark.parametrize(("head", "call"), IMPORTED.items())
def test_imports_say_whose_layer_it_is(head: str, call: str, tmp_path: Path) -> None:
    [layer] = read_model(str(write(tmp_path / "a.py", f"{head}\nup = {call}\n")), {}).layers
    assert layer.name == "up"
    assert layer.reading is not None


FOREIGN = [
    "class ConvTranspose2d: pass\nup = ConvTranspose2d(3, 4, 2, 2, 1)",
    "from .layers import ConvTranspose2d\nup = ConvTranspose2d(3, 4, 2, 2, 1)",
    "from . import nn\nup = nn.ConvTranspose2d(3, 4, 2, 2, 1)",
    "from torch.nn import ConvTranspose2d\nclass ConvTranspose2d(ConvTranspose2d): pass\n"
    "up = ConvTranspose2d(3, 4, 2, 2, 9)",
    "from torch import nn\ndef make(nn):\n    return nn.ConvTranspose2d(3, 4)",
    "from torch import nn\nnn = fake()\nup = nn.ConvTranspose2d(3, 4)",
    "from keras import layers\nfrom tf_keras import layers\nup = layers.Conv2DTranspose(4, 3)",
    "from torch.ao.nn import quantized\nup = quantized.ConvTranspose2d(3, 4)",
    "from torch import nn\nfrom own import Up\nUp = nn.ConvTranspose2d if up else Up\nUp(3, 4)",
    "from torch import nn\nUp = nn.ConvTranspose2d if up else nn.ConvTranspose1d\nUp(3, 4, 4)",
    "from torch import nn\nfrom functools import partial\nUp = partial(nn.Conv2d, 3)\nUp(3, 4)",
    "from torch import nn\nfrom own import partial\nUp = partial(nn.ConvTranspose2d, 3)\nUp(3, 4)",
    "up = nn.ConvTranspose2d(3, 4, 2, 2, 1)",
    "from other import *\nup = nn.ConvTranspose2d(3, 4, 2, 2, 1)",
]


@pytest.mark.parametrize("text", FOREIGN)
def test_other_layers_are_none_of_a_framework(text: str, tmp_path: Path) -> None:
    assert names(tmp_path / "a.py", text) == []


PARTIAL = {
    "Up = partial(nn.ConvTranspose2d, kernel_size=4)\nup = Up(3, 8)": "1 x 8 x H+3 x W+3",
    "Up = partial(nn.ConvTranspose2d, 3, stride=2)\nup = Up(8, 4, stride=4)": "1x8x4Hx4W",
    "K = 4\nUp = partial(nn.ConvTranspose2d, 3, 8, K, 2, 1)\nup = Up()": "1x8x2Hx2W",
    "def f(k):\n    Up = partial(nn.ConvTranspose2d, 3, 8, kernel_size=k)\n    up = Up(stride=1)\n"
    "f(3)": "1 x 8 x H+2 x W+2",
}


@pytest.mark.parametrize("text", PARTIAL, ids=range(len(PARTIAL)))
def test_partial_gives_the_first_arguments(text: str, tmp_path: Path) -> None:
    head = "from functools import partial\nfrom torch import nn\n"
    [layer] = read_model(str(write(tmp_path / "a.py", head + text)), {}).layers
    assert layer.output is not None
    assert write_sizes(layer.output) == PARTIAL[text]


def test_a_choice_of_layers_refuses_nothing(tmp_path: Path) -> None:
    head = "from torch import nn\nUp = nn.ConvTranspose2d if up else nn.Conv2d\n"
    path = write(tmp_path / "a.py", f"{head}Up(3, 4, 3, padding='same')\nUp(3, 4, 4, 2, 1, 1)\n")
    done = deconv(f"check {path} --isolated --table")
    assert done.code == 0
    assert "DCV" not in done.out
    assert "ConvTranspose2d (line 3)    ConvTranspose2d  -" in done.out
    assert "ConvTranspose2d 2 (line 4)  ConvTranspose2d  1 x 4 x 2H+1 x 2W+1" in done.out


# Measured with tinygrad 0.14.0, DEV=PYTHON.
TINYGRAD = {
    "nn.ConvTranspose2d(4, 6, (3, 5), 2, 1, 1)  # deconv: in=1x4x7x8": (1, 6, 14, 18),
    "nn.ConvTranspose1d(4, 6, 4, 3, dilation=2, groups=2)  # deconv: in=1x4x7": (1, 6, 25),
    "nn.ConvTranspose2d(4, 6, 2, 2, 1, 2)  # deconv: in=1x4x7x8": (1, 6, 14, 16),
}


@pytest.mark.parametrize("call", TINYGRAD)
def test_layers_of_tinygrad(call: str, tmp_path: Path) -> None:
    text = f"from tinygrad import nn\nup = {call}\n"
    [layer] = read_model(str(write(tmp_path / "a.py", text)), {}).layers
    assert layer.output == TINYGRAD[call]


def test_weights_of_tinygrad_need_all_numbers(tmp_path: Path) -> None:
    text = "from tinygrad import nn\ndef f(c):\n    nn.ConvTranspose2d(c, 4, 3)\n"
    [unknown] = read_model(str(write(tmp_path / "a.py", text)), {}).layers
    assert unknown.output is None
    assert (
        deconv("shape -q --in 8x8", "tinygrad.nn.ConvTranspose2d(3, 4, 4, 2, 1)").out == "16x16\n"
    )
    [layer] = read_model(
        str(write(tmp_path / "a.py", "from tinygrad import nn\nnn.ConvTranspose2d(3, 4, 2)\n")), {}
    ).layers
    assert layer.parameters == 3 * 4 * 2 * 2 + 4


def test_numbers_of_the_program_are_counted(tmp_path: Path) -> None:
    text = (
        "from torch import nn\ndef make(k, **more):\n"
        "    a = nn.ConvTranspose2d(3, 4, k)\n    b = nn.ConvTranspose2d(3, 4, **more)\n"
        "    c = nn.ConvTranspose2d(k, k, 4)\n"
    )
    model = read_model(str(write(tmp_path / "a.py", text)), {})
    assert [(layer.name, layer.output) for layer in model.layers] == [
        ("make.a", None),
        ("make.b", None),
        ("make.c", (1, None, "H+3", "W+3")),
    ]
    assert model.notes == ("2 layers with numbers that only the program has: line 3, 4",)


def test_the_order_of_conv_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    for last, code in {"1": 0, "2": 1}.items():
        write(path, f"from torch import nn\nup = nn.ConvTranspose2d(3, 4, 3, 2, 1, {last})\n")
        done = deconv(f"check {path} --isolated")
        assert done.code == code
        assert "sixth positional argument is output_padding" in done.out
    write(path, "from paddle import nn\nup = nn.Conv2DTranspose(3, 4, 3, 2, 1, 1)\n")
    assert "sixth" not in deconv(f"check {path} --isolated").out


def test_a_folder_gives_the_files_with_layers(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    write(tmp_path / "src" / "a.py", "import os\n")
    write(tmp_path / "src" / "b.py", "# ConvTranspose2d\n")
    assert deconv(f"check {tmp_path} --isolated") == (0, "no findings in 0 files\n", "")
    write(tmp_path / "src" / "c.py", DECODER)
    done = deconv(f"check {tmp_path} --isolated")
    assert done.code == 1
    assert done.out.endswith("1 error in 1 file\n")
    assert deconvcli.check(str(tmp_path), isolated=True).has_errors


@pytest.mark.parametrize(
    ("data", "severity", "message"),
    [
        (b"print 'ConvTranspose2d'", "note", "cannot parse this file"),
        (b"x = ConvTranspose2d(", "note", "cannot parse this file"),
        (b"# ConvTranspose2d\n" + b"x = 1\n" * 90_000, "note", "more than 100,000 words"),
        (b"# ConvTranspose2d\n" + b" " * (4 << 20), "note", "more than 100,000 words"),
        ("é = ConvTranspose2d".encode("latin-1"), "error", "is no text in UTF-8"),
        (b"# coding: nothing\nConvTranspose2d", "error", "is no text in UTF-8"),
        (b"ConvTranspose2d" + b".a" * 20_000, "error", "nested too deeply"),
        (b"ConvTranspose2d(" + b"-" * 9_000 + b"1)", "error", "nested too deeply"),
        (b"ConvTranspose2d(" + b"9" * 5_000 + b")", "error", "number that is too long"),
    ],
)
def test_what_cannot_be_read_is_one_line(
    data: bytes, severity: str, message: str, tmp_path: Path
) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(data)
    done = deconv(f"check {path} --isolated --format json")
    [found] = json.loads(done.out)["files"][0]["findings"]
    assert (found["code"], found["severity"]) == ("DCV101", severity)
    assert message in found["message"]
    assert done.code == (severity == "error")


def test_columns_count_characters_in_any_encoding(tmp_path: Path) -> None:
    text = (
        "# coding: latin-1\r\nfrom torch import nn\r\n"
        "é = nn.ConvTranspose2d(3, 4, 4, 2, output_padding=2)\r\n"
    )
    path = tmp_path / "a.py"
    path.write_bytes(text.encode("latin-1"))
    [found] = read_model(str(path), {}).findings
    assert found.where is not None
    assert (found.where.line, found.where.column) == (3, 51)


def test_questions_about_configs_pass_python_files(tmp_path: Path) -> None:
    write(
        tmp_path / "a.py", "networks = {1: 2}\nfrom torch import nn\nnn.ConvTranspose2d(3, 4, 4)\n"
    )
    layers = "layers: [{op: conv, out_channels: 3, kernel: 3, stride: 2}]"
    write(tmp_path / "a.yaml", f"networks: {{a: {{input: {{channels: 3, size: 8}}, {layers}}}}}\n")
    done = deconv(f"sizes {tmp_path}")
    assert (done.code, done.err) == (0, "")


def test_a_broken_link_in_a_folder_is_passed(tmp_path: Path) -> None:
    (tmp_path / "a.py").symlink_to("absent.py")
    assert deconv(f"check {tmp_path} --isolated").code == 0
    assert "No such file" in deconv(f"check {tmp_path / 'a.py'} --isolated").out


def test_a_pipe_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    os.mkfifo(path)
    with pytest.raises(deconvcli.DeconvError, match="not a regular file"):
        read_model(str(path), {})


def test_a_comment_gives_the_size_of_the_input(tmp_path: Path) -> None:
    def find(comment: str, call: str = "nn.ConvTranspose2d(64, 32, 4, 2, 1)") -> str:
        path = write(tmp_path / "a.py", f"from torch import nn\nup = {call}  # deconv: {comment}\n")
        model = read_model(str(path), {})
        return str([found.message for found in model.findings] or model.layers[0].output)

    assert find("in=1x64x8x9") == find("in=64x8x9, ignore") == find("in=8x9")
    assert find("in=8x9") == "(1, 32, 16, 18)"
    assert find("ignore, in=8") == "(1, 32, 16, 16)"
    assert find("min=8") == find("ignore") == "(1, 32, '2H', '2W')"
    assert "the input has 3 channels; the layer takes 64" in find("in=1x3x8x8")
    assert "has 5 sizes, the layer has 2 spatial axes" in find("in=1x64x8x8x8")
    assert "would have size 0" in find("in=2", "nn.ConvTranspose2d(64, 32, 2, 2, 2)")
    assert find("in=8x8", "nn.ConvTranspose2d(\n  64, 32, 4, 2, 1\n)") == "(1, 32, 16, 16)"


UNPORTABLE = "from torch import nn\nup = nn.ConvTranspose2d(64, 32, 3, 2, 1, output_padding=1)\n"


def test_targets_report_what_is_not_portable(tmp_path: Path) -> None:
    path = write(tmp_path / "a.py", UNPORTABLE)

    def codes(options: str) -> list[str]:
        done = deconv(f"check {path} --format json {options}")
        return [found["code"] for found in json.loads(done.out)["files"][0]["findings"]]

    assert codes("--isolated") == []
    assert codes("--isolated --targets onnxruntime") == []
    assert codes("--isolated --targets onnxruntime,keras") == ["DCV203"]
    settings = write(tmp_path / "own.toml", "targets = ['keras']\n")
    assert codes(f"--config {settings}") == ["DCV203"]
    assert codes(f"--config {settings} --targets ort") == []
    assert "not portable to keras (DCV204)" in deconv(f"check {path} --config {settings}").out


def test_targets_are_those_of_a_config_without_any(tmp_path: Path) -> None:
    layers = "layers: [{op: conv_transpose, out_channels: 3, kernel: 3, stride: 2, padding: 1}]"
    network = f"networks: {{a: {{input: {{channels: 3, size: 8}}, {layers}}}}}\n"
    path = write(tmp_path / "a.yaml", network)
    assert "DCV204" not in deconv(f"check {path} --isolated").out
    assert "not portable to tflite" in deconv(f"check {path} --isolated --targets tflite").out
    write(path, f"targets: [torch]\n{network}")
    assert "DCV204" not in deconv(f"check {path} --isolated --targets tflite").out


@pytest.mark.parametrize("given", ["'keras'", "[1]", "['kerras']"])
def test_targets_that_are_none(given: str, tmp_path: Path) -> None:
    path = write(tmp_path / "a.py", UNPORTABLE)
    settings = write(tmp_path / "own.toml", f"targets = {given}\n")
    assert deconv(f"check {path} --config {settings}").code == 2
    assert deconv(f"check {path} --isolated --targets kerras").code == 2


def test_mutants_give_declared_errors_only() -> None:
    results = list(find_errors(400, seed=0))
    assert [error for _, error in results if error] == []
    assert sum(parsed for parsed, _ in results) > 100
