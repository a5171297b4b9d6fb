"""`--size` for Python source: the inputs of layers and networks, by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from deconvcli.common.errors import UsageError
from deconvcli.layers.axis import linear
from deconvcli.models.model import Model
from deconvcli.models.reading import read_model
from tests.cli.commandline import deconv

SOURCE = """\
from torch import nn


class Decoder(nn.Module):
    def __init__(self, c):
        self.up = nn.ConvTranspose2d(c, 32, 4, stride=2, padding=1)
        self.main = nn.Sequential(
            nn.ConvTranspose2d(64, 32, 4, 2, 1),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 3, 3, 2, 1, output_padding=1),
        )


class Other(nn.Module):
    def __init__(self, n):
        self.up = nn.ConvTranspose1d(8, 32, 4, stride=2, padding=1)


class Several(nn.Module):
    def __init__(self, n):
        self.a = nn.Sequential(nn.ConvTranspose1d(8, 8, 4), *make(n))
        self.b = nn.Sequential(nn.ConvTranspose1d(8, 8, 4))
"""
OPEN = {
    "Decoder.up": (1, 32, "2H", "2W"),
    "Decoder.main.0": (1, 32, "2H", "2W"),
    "Decoder.main.2": (1, 3, "2H", "2W"),
    "Other.up": (1, 32, "2L"),
}


def read(tmp_path: Path, **sizes: tuple[int, ...]) -> Model:
    path = tmp_path / "a.py"
    path.write_text(SOURCE, encoding="utf-8")
    return read_model(str(path), {name.replace("_", "."): size for name, size in sizes.items()})


@pytest.mark.parametrize(
    ("name", "size", "changed"),
    [
        (
            *("Decoder_main", (1, 64, 8, 9)),
            {"Decoder.main.0": (1, 32, 16, 18), "Decoder.main.2": (1, 3, 32, 36)},
        ),
        # The class has one network whose input is open.
        (
            *("Decoder", (1, 64, 8, 8)),
            {"Decoder.main.0": (1, 32, 16, 16), "Decoder.main.2": (1, 3, 32, 32)},
        ),
        ("Decoder_main_2", (1, 32, 5, 5), {"Decoder.main.2": (1, 3, 10, 10)}),
        ("Decoder_up", (2, 7, 8, 8), {"Decoder.up": (2, 32, 16, 16)}),
        ("Decoder_up", (8, 8), {"Decoder.up": (1, 32, 16, 16)}),
        ("Other", (1, 8, 10), {"Other.up": (1, 32, 20)}),
    ],
)
def test_an_input_gets_the_size_that_is_given(
    name: str, size: tuple[int, ...], changed: dict[str, tuple[int, ...]], tmp_path: Path
) -> None:
    outputs = {layer.name: layer.output for layer in read(tmp_path, **{name: size}).layers}
    assert {key: value for key, value in outputs.items() if key in OPEN} == {**OPEN, **changed}


def test_a_size_that_does_not_fit_is_an_error(tmp_path: Path) -> None:
    [found] = read(tmp_path, Other_up=(1, 7, 10)).findings
    assert "the input has 7 channels; the layer takes 8" in found.message


def test_letters_leave_sizes_open(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(SOURCE, encoding="utf-8")
    given = (1, 64, linear("H", 1, 0), 8)
    outputs = [layer.output for layer in read_model(str(path), {"Decoder.main": given}).layers]
    assert outputs[1:3] == [(1, 32, "2H", 16), (1, 3, "4H", 32)]


REFUSED = {
    "Coder": "'Coder'; the file has Decoder.main, ",
    "Several": "'Several', which has several inputs: Several.a, Several.b",
    "Several_a": "Several.a an input, but what it does cannot be followed",
    "": "names no layer, and the file has Decoder.main, Several.a, Several.b",
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_of_nothing_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=REFUSED[name]):
        read(tmp_path, **{name: (1, 8, 8)})


def test_without_a_name_it_is_that_of_the_one_open_input(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("from torch import nn\nup = nn.ConvTranspose2d(3, 4, 4, 2, 1)\n")
    assert "1x4x16x18" in deconv(f"check {path} --isolated --table --size 1x3x8x9").out
    path.write_text("import os\n")
    assert deconv(f"check {path} --isolated --size 1x3x8x9").code == 0
