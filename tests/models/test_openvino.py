"""Models of OpenVINO: sizes, transposed convolutions, and what is no such model."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from deconvcli.layers.layer import Reading
from deconvcli.models.reading import read_model
from tests.cli.commandline import deconv


def port(number: int, sizes: Sequence[int], names: str = "") -> str:
    dims = "".join(f"<dim>{size}</dim>" for size in sizes)
    named = f' names="{names}"' if names else ""
    return f'<port id="{number}" precision="FP32"{named}>{dims}</port>'


def net(
    *,
    given: Sequence[int] = (1, 8, 5, 7),
    weight: Sequence[int] = (8, 3, 4, 4),
    output: Sequence[int] = (1, 3, 10, 14),
    kind: str = "ConvolutionBackpropData",
    data: str = 'strides="2, 2" pads_begin="1, 1" pads_end="1, 1" dilations="1, 1"',
    asks: bool = False,
) -> str:
    """Return a model of one transposed convolution and a ReLU."""
    third = port(2, (2,)) if asks else ""
    return f"""<?xml version="1.0"?>
<net name="net" version="11"><layers>
<layer id="0" name="x" type="Parameter" version="opset1">
<output>{port(0, given, "x,image")}</output></layer>
<layer id="1" name="w" type="Const" version="opset1"><output>{port(0, weight)}</output></layer>
<layer id="2" name="up" type="{kind}" version="opset1"><data {data} auto_pad="explicit" />
<input>{port(0, given)}{port(1, weight)}{third}</input>
<output>{port(3, output, "y")}</output></layer>
<layer id="3" name="act" type="ReLU" version="opset1">
<input>{port(0, output)}</input><output>{port(1, output)}</output></layer>
<layer id="4" name="result" type="Result" version="opset1"><input>{port(0, output)}</input></layer>
</layers></net>"""


def save(folder: Path, text: str) -> str:
    path = folder / "net.xml"
    path.write_text(text)
    return str(path)


def read_up(folder: Path, text: str) -> Reading:
    layers = read_model(save(folder, text), {}).layers
    [reading] = [layer.reading for layer in layers if layer.reading is not None]
    return reading


def test_stored_sizes_are_shown(tmp_path: Path) -> None:
    model = read_model(save(tmp_path, net()), {})
    assert model.tensors["y"] == model.tensors["act"] == (1, 3, 10, 14)
    assert model.tensors["x"] == model.tensors["image"] == (1, 8, 5, 7)
    assert [layer.name for layer in model.layers] == ["x", "up", "act"]
    assert read_up(tmp_path, net()).crop == ((1, 1), (1, 1))


def test_groups_have_an_axis_of_their_own(tmp_path: Path) -> None:
    text = net(kind="GroupConvolutionBackpropData", weight=(2, 4, 3, 4, 4), output=(1, 6, 10, 14))
    reading = read_up(tmp_path, text)
    assert (reading.layer.groups, reading.output_shape) == (2, (1, 6, 10, 14))


def test_open_sizes_are_not_known(tmp_path: Path) -> None:
    text = net(given=(-1, 8, -1, 7), output=(-1, 3, -1, 14))
    assert read_model(save(tmp_path, text), {}).tensors["y"] == (None, 3, None, 14)
    assert read_up(tmp_path, text).output_shape == (1, 3, 64, 14)


def test_a_size_that_is_asked_for_is_taken_from_the_output(tmp_path: Path) -> None:
    text = net(asks=True, output=(1, 3, 9, 13))
    reading = read_up(tmp_path, text)
    assert reading.output_shape == (1, 3, 9, 13)


def test_stored_sizes_are_compared(tmp_path: Path) -> None:
    done = deconv(f"check {save(tmp_path, net(output=(1, 3, 11, 14)))}")
    assert done.code == 1
    assert "up: the file stores 1x3x11x14, the layer gives 1x3x10x14" in done.out


def test_an_output_of_another_number_of_axes_is_found(tmp_path: Path) -> None:
    for output in ((1, 3, 10), (1, 3, 10, 14, 1)):
        [finding] = read_model(save(tmp_path, net(output=output)), {}).findings
        assert finding.message.startswith("up: the file stores ")


def test_sizes_are_read_and_not_computed(tmp_path: Path) -> None:
    path = save(tmp_path, net())
    assert deconv(f"check {path} --size x=1x8x5x7").code == 0
    done = deconv(f"check {path} --size 1x8x6x7")
    assert done.code == 2
    assert "sizes of OpenVINO are read, not computed" in done.err


ENTITIES = '<!DOCTYPE net [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><net name="&b;"><layers/></net>'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has no layers of a net"),
        ("<net", "is no XML"),
        ("<network/>", "has no layers of a net"),
        (ENTITIES, "declares a document type"),
        (net().replace("<dim>10</dim>", "<dim>ten</dim>"), "a size that is no number"),
        (net().replace('strides="2, 2"', 'strides="0, 2"'), "up: "),
        ("<net>" + "<a>" * 50_000, "is no XML"),
    ],
)
def test_what_is_no_model_is_one_clear_line(text: str, message: str, tmp_path: Path) -> None:
    done = deconv(f"check {save(tmp_path, text)}")
    assert done.code == 1
    assert message in done.out


def test_other_xml_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "pom.xml").write_text("<project/>")
    (tmp_path / "broken.xml").write_text("<")
    (tmp_path / "a.weights.h5").write_bytes(b"\x89HDF\r\n\x1a\n" + b"\0" * 100)
    save(tmp_path, net())
    done = deconv(f"check {tmp_path}")
    assert (done.code, done.out) == (0, "no findings in 1 file\n")
