"""Programs of torch.export: sizes, guards, findings, and what is no such program."""

from __future__ import annotations

import json
import random
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import deconvcli
from deconvcli.models.reading import find_reader, read_model
from tests.cli.commandline import deconv
from tests.models.archives import change, program, write, write_members


def test_sizes_are_formulas_until_they_are_given(tmp_path: Path) -> None:
    path = str(write(tmp_path / "net.pt2", program()))
    model = read_model(path, {})
    assert model.tensors["y"] == (1, 8, "2*s53", 14)
    assert model.notes == ("s53, axis 2 of x is open",)
    [layer] = model.layers
    assert (layer.name, layer.kind, layer.place) == ("up", "conv_transpose2d", "nets.py:12")
    assert layer.parameters == 3 * 8 * 16 + 8
    assert layer.reading is not None
    assert layer.reading.output_shape == (1, 8, 10, 14)
    assert read_model(path, {"": (1, 3, 6, 7)}).tensors["y"] == (1, 8, 12, 14)
    assert read_model(path, {"x": (1, 3, 6, 7)}).notes == ()


def test_the_command_shows_them(tmp_path: Path) -> None:
    path = write(tmp_path / "net.pt2", program())
    done = deconv(f"check {path} --table --size x=1x3x6x7 --format json")
    assert done.code == 0
    [file] = json.loads(done.out)["files"]
    assert file["tensors"]["y"] == [1, 8, 12, 14]
    table = deconv(f"check {path} --table").out
    assert "up (nets.py:12)  conv_transpose2d  1x8x2*s53x14" in table
    assert "tensors" not in json.loads(deconv(f"check {path} --format json").out)["files"][0]
    assert not deconvcli.check(str(path)).has_errors


def test_a_folder_is_searched_for_models(tmp_path: Path) -> None:
    write(tmp_path / "net.pt2", change(program(), "y", 1, 8, 11, 14))
    done = deconv(f"check {tmp_path}")
    assert done.code == 1
    assert "up: the file stores 1x8x11x14, the layer gives 1x8x10x14" in done.out


def test_guards_and_ranges_are_heeded(tmp_path: Path) -> None:
    limits = {"s53": {"min_val": 5, "max_val": 20}}
    path = str(write(tmp_path / "net.pt2", program(range_constraints=limits)))

    def find(height: int) -> list[str]:
        return [found.message for found in read_model(path, {"x": (1, 3, height, 7)}).findings]

    assert find(8) == []
    assert find(9) == ["the program was exported for sizes with x.2 != 9, and x.2 = 9"]
    assert find(4) == ["the program was exported for s53, axis 2 of x, from 5 to 20; 4 was given"]
    assert len(find(21)) == 1


def test_rules_see_the_layers(tmp_path: Path) -> None:
    data = program()
    node = data["graph_module"]["graph"]["nodes"][0]
    node["inputs"].append({"name": "output_padding", "arg": {"as_ints": [1, 1]}})
    data["graph_module"]["graph"]["tensor_values"]["p_up_weight"]["sizes"][2:] = [
        {"as_int": 3},
        {"as_int": 3},
    ]
    path = write(tmp_path / "net.pt2", data)
    done = deconv(f"check {path}")
    assert done.code == 0
    assert "warning[DCV201]: up (nets.py:12): kernel 3 with stride 2" in done.out


@pytest.mark.parametrize(
    ("size", "message"),
    [
        ("z=1x3x6x7", "--size names the input 'z'; the model has x"),
        ("1x6x7", "--size gives x 3 sizes, the model 4"),
        ("1x4x6x7", "the program was exported for 1x3xs53x7"),
    ],
)
def test_sizes_that_do_not_fit_are_refused(tmp_path: Path, size: str, message: str) -> None:
    path = write(tmp_path / "net.pt2", program())
    done = deconv(f"check {path} --size {size}")
    assert done.code == 2
    assert message in done.err


def _nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("{", "is damaged"),
        ("[]", "is no exported program"),
        ("{}", "is no exported program"),
        (_nested(100_000), "is nested too deep"),
        (json.dumps(program(guards_code=3)), "is no exported program"),
        (json.dumps(change(program(), "y", {"as_expr": {"expr_str": "__import__('os')"}})), "size"),
        (json.dumps(change(program(), "y", {"as_expr": {"expr_str": "x" * 30_000}})), "characters"),
        (json.dumps(change(program(), "y", {"as_expr": {"expr_str": "-" * 200 + "1"}})), "deep"),
    ],
)
def test_what_is_no_program_has_a_reason(tmp_path: Path, data: str, reason: str) -> None:
    path = write(tmp_path / "net.pt2", data)
    done = deconv(f"check {path}")
    assert done.code == 1
    assert "error[DCV101]" in done.out
    assert reason in done.out


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_archives_that_lie_are_refused(tmp_path: Path) -> None:
    graph = json.dumps(program())
    cases = {
        "two members of one name": [("net/models/model.json", graph)] * 2,
        "PyTorch 2.7 or older": [("serialized_exported_program.json", "{}")],
        "has no exported program": [("other.json", "{}")],
        "more than 64 MiB": [("net/models/model.json", " " * (2**26 + 1))],
    }
    for number, (reason, members) in enumerate(cases.items()):
        path = write_members(tmp_path / f"net{number}.pt2", members)
        with pytest.raises(deconvcli.DeconvError, match=reason):
            read_model(str(path), {})
    (tmp_path / "text.pt2").write_text("no archive", encoding="utf-8")
    with pytest.raises(deconvcli.DeconvError, match="is damaged"):
        read_model(str(tmp_path / "text.pt2"), {})
    with pytest.raises(deconvcli.DeconvError, match="cannot be read"):
        read_model(str(tmp_path / "absent.pt2"), {})


def test_mutants_give_declared_errors_only(tmp_path: Path) -> None:
    original = write(tmp_path / "net.pt2", program()).read_bytes()
    text = json.dumps(program())
    dice = random.Random(0)
    path = tmp_path / "mutant.pt2"
    read = 0
    for number in range(400):
        if number % 2:
            data = bytearray(original)
            for _ in range(dice.randint(1, 4)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            path.write_bytes(data)
        else:
            place = dice.randrange(len(text))
            changed = text[:place] + dice.choice('0{}[]":,x-') + text[place + dice.randint(0, 3) :]
            write(path, changed)
        try:
            read_model(str(path), {})
            read += 1
        except deconvcli.DeconvError:
            pass
    assert read > 20


def test_the_reader_is_found_without_an_import() -> None:
    assert find_reader("a/net.PT2") == "pt2"
    assert find_reader("net.yaml") is None


@pytest.mark.skipif(find_spec("torch") is None, reason="needs torch")
@pytest.mark.parametrize("height", [16, 33, 40])
def test_a_fresh_export_has_the_sizes_of_torch(tmp_path: Path, height: int) -> None:
    import torch

    class Net(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.down = torch.nn.Conv2d(3, 4, 3, stride=2, padding=1)
            self.up = torch.nn.ConvTranspose2d(4, 2, 4, stride=2, padding=1)

        def forward(self, x: Any) -> Any:
            return self.up(self.down(x))[..., : x.shape[2], :]

    # A named dimension would have to be proven to work for every size.
    net, sizes = Net().eval(), torch.export.Dim.AUTO
    exported = torch.export.export(net, (torch.zeros(1, 3, 24, 24),), dynamic_shapes=({2: sizes},))
    torch.export.save(exported, tmp_path / "net.pt2")
    model = read_model(str(tmp_path / "net.pt2"), {"": (1, 3, height, 24)})
    assert model.tensors[list(model.tensors)[-1]] == tuple(net(torch.zeros(1, 3, height, 24)).shape)
