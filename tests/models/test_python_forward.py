"""Classes whose `forward` is a straight line, followed from an input that is known."""

from __future__ import annotations

import random
from importlib.util import find_spec
from pathlib import Path

import pytest

from deconvcli.models.model import Model, write_sizes
from deconvcli.models.reading import read_model
from tests.cli.commandline import deconv

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import nn\n\n\n"
DECODER = """\
class Decoder(nn.Module):  # deconv: in=1x64x8x8
    def __init__(self, c=16):
        super().__init__()
        self.up = nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)
        self.act = nn.ReLU()
        self.main = nn.Sequential(
            nn.Conv2d(32, c, 3, padding=1),
            nn.ConvTranspose2d(c, 8, 3, 2, 1, output_padding=1),
        )
        self.last = nn.ConvTranspose2d(8, 3, 5, 3)

    def forward(self, x):
        \"\"\"Return an image.\"\"\"
        h = self.act(self.up(x))
        h = F.relu(self.main(h), inplace=True)
        return torch.tanh(self.last(h)).contiguous()
"""
SIZES = ["1x32x16x16", "1x8x32x32", "1x3x98x98"]


def read(tmp_path: Path, text: str) -> Model:
    path = tmp_path / "a.py"
    path.write_text(HEAD + text, encoding="utf-8")
    return read_model(str(path), {})


def outputs(tmp_path: Path, text: str) -> list[str]:
    return [write_sizes(layer.output or ()) for layer in read(tmp_path, text).layers]


def test_layers_are_followed_in_the_order_of_forward(tmp_path: Path) -> None:
    assert outputs(tmp_path, DECODER) == SIZES
    moved = DECODER.replace("  # deconv: in=1x64x8x8", "").replace("(self, x):", "(self, x):  #@")
    assert outputs(tmp_path, moved.replace("#@", "# deconv: in=1x64x8x8")) == SIZES
    assert outputs(tmp_path, moved) == ["1x32x2Hx2W", "1x8x2Hx2W", "1 x 3 x 3H+2 x 3W+2"]
    path = tmp_path / "a.py"
    out = deconv(f"check {path} --isolated --table --size Decoder=1x64x8x8").out
    assert all(size in out for size in SIZES)


def test_a_layer_that_does_not_fit_is_found(tmp_path: Path) -> None:
    [found] = read(tmp_path, DECODER.replace("(8, 3, 5, 3)", "(9, 3, 5, 3)")).findings
    assert found.message == "Decoder.last: torch: the input has 8 channels; the layer takes 9"
    [found] = read(tmp_path, DECODER.replace("Conv2d(32,", "Conv2d(30,")).findings
    assert found.message.startswith("Decoder.main.0 (Conv2d): the input has 32 channels")


def test_a_class_of_paddle_is_followed(tmp_path: Path) -> None:
    text = DECODER.replace("nn.Module", "nn.Layer").replace("ConvTranspose2d", "Conv2DTranspose")
    text = text.replace("Conv2d", "Conv2D").replace("torch.", "paddle.")
    path = tmp_path / "a.py"
    path.write_text(
        "import paddle\nfrom paddle import nn\nimport paddle.nn.functional as F\n" + text
    )
    layers = read_model(str(path), {}).layers
    assert [write_sizes(layer.output or ()) for layer in layers] == SIZES


# What is changed, and how many layers are followed then.
ENDS = {
    "h = F.relu(self.main(h), inplace=True)": {
        "h = torch.cat([self.main(h), h])": 2,
        "h = self.main(h) + h": 2,
        "h = self.main(h.view(1, 2, 3, 4))": 1,
        "h = F.interpolate(self.main(h), scale_factor=2)": 2,
        "h = self.main(h, 3)": 1,
        "if c:\n            h = self.main(h)": 1,
        "for _ in range(2):\n            h = self.main(h)": 1,
        "h = self.main(x)": 1,
        "h = own(self.main(h))": 2,
        "h = self.last(self.main(h))": 0,
        "h = [self.main(h) for h in h]": 1,
        "self.main(h)\n        h += 1": 2,
    },
    "super().__init__()": {
        "self.up = nn.Identity()": 0,
        "for i in range(2):\n            self.act = nn.ReLU()": 0,
        "self.main.append(nn.MaxPool2d(2))": 0,
        "self.main.add_module('pool', nn.MaxPool2d(2))": 0,
        "self.main[1] = nn.MaxPool2d(2)": 0,
    },
    "def forward(self, x)": {"def forward(self, x, y)": 0, "def call(self, x)": 0},
    "class Decoder(nn.Module)": {
        "class Decoder(Own)": 0,
        "class Own(nn.Module):\n    pass\n\n\nclass Decoder(Own)": 0,
        "class Decoder(nn.Module, Own)": 0,
    },
    "self.act = nn.ReLU()": {"self.act = F.relu": 0, "self.act = Own()": 1},
    "self.up = ": {"if c:\n            self.up = None\n        self.up = ": 0},
}
CHANGES = [(old, new, count) for old, news in ENDS.items() for new, count in news.items()]


@pytest.mark.parametrize(("old", "new", "count"), CHANGES, ids=range(len(CHANGES)))
def test_other_statements_end_the_line(old: str, new: str, count: int, tmp_path: Path) -> None:
    assert old in DECODER
    found = outputs(tmp_path, DECODER.replace(old, new, 1))
    assert found[:count] == SIZES[:count]
    assert all("H" in size for size in found[count:])


KINDS = (
    *("nn.ConvTranspose2d({i}, {o}, {k}, {s}, {p})",) * 3,
    "nn.Conv2d({i}, {o}, {k}, {s}, {p})",
    "nn.Sequential(nn.MaxPool2d(2), nn.Conv2d({i}, {o}, {k}))",
    "nn.Sequential(nn.Upsample(scale_factor=2), nn.ConvTranspose2d({i}, {o}, {k}, {s}))",
)


@pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")
def test_drawn_classes_have_the_sizes_of_torch(tmp_path: Path) -> None:
    import torch

    dice = random.Random(3)
    compared = 0
    for _ in range(60):
        channels, made, applied = 3, "", "x"
        for number in range(dice.randint(1, 5)):
            out, kernel = dice.randint(1, 4), dice.randint(1, 5)
            call = dice.choice(KINDS).format(
                i=channels, o=out, k=kernel, s=dice.randint(1, 3), p=dice.randint(0, kernel // 2)
            )
            made += f"        self.a{number} = {call}\n"
            applied = dice.choice(["self.a{}({})", "F.relu(self.a{}({}))"]).format(number, applied)
            channels = out
        size = f"1x3x{dice.randint(12, 30)}x{dice.randint(12, 30)}"
        text = (
            f"class Net(nn.Module):  # deconv: in={size}\n    def __init__(self):\n"
            f"        super().__init__()\n{made}"
            f"    def forward(self, x):\n        return {applied}\n"
        )
        names: dict[str, type] = {}
        exec(HEAD + text, names)
        shapes: list[str] = []
        net = names["Net"]()
        for part in net.modules():
            if isinstance(part, torch.nn.ConvTranspose2d):
                part.register_forward_hook(
                    lambda part, given, output, shapes=shapes: shapes.append(
                        "x".join(map(str, output.shape))
                    )
                )
        try:
            net(torch.zeros(*map(int, size.split("x"))))
        except RuntimeError:
            continue
        assert outputs(tmp_path, text) == shapes
        compared += len(shapes)
    assert compared > 60
