"""deconv check --fix-hints: every edit that is printed fixes its finding."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from deconvcli.checks.checking import Settings, Verdict, check
from deconvcli.checks.edits import edit_text
from tests.cli.commandline import deconv

BAD = Path(__file__).parents[2] / "examples" / "bad"
SETTINGS = Settings(fix_hints=True)


def messages(verdict: Verdict) -> list[tuple[str, str]]:
    """Return (code, message) of every finding."""
    return [(found.code, found.message) for found in verdict.findings]


def apply_to_copies(file: Path, folder: Path) -> list[str]:
    """Apply the edits of each finding to a copy, check that it is gone, and return the codes."""
    [checked] = check([str(file)], SETTINGS).files
    before = [(found.code, found.message) for found in checked.findings]
    copy = folder / f"edited{file.suffix}"
    for found, (edits, _) in checked.fixes.items():
        copy.write_bytes(edit_text(file.read_bytes().decode(), edits).encode())
        after = messages(check([str(copy)]))
        this = (found.code, found.message)
        assert after.count(this) < before.count(this), edits
        assert "DCV101" not in dict(after)
    return [found.code for found in checked.fixes]


def of_text(text: str, folder: Path, name: str = "a.yaml") -> list[str]:
    """Apply the edits for a text, as `apply_to_copies` does."""
    (folder / name).write_bytes(text.encode())
    return apply_to_copies(folder / name, folder)


@pytest.mark.parametrize("file", sorted(BAD.glob("*.yaml")), ids=lambda file: file.name)
def test_bad_examples_are_fixed(file: Path, tmp_path: Path) -> None:
    assert apply_to_copies(file, tmp_path)


HEAD = "networks:\n  net:\n    input: {channels: 3, size: 33x33}\n    layers:\n"
STYLES = {
    "flow": "      - {op: max_pool, kernel: 2, name: down}\n"
    "      - {op: conv_transpose, out_channels: 3, kernel: 2, stride: 2, name: up}\n"
    "      - {op: add, inputs: [previous, input]}\n",
    "block": "      - op: max_pool\n        kernel: 2\n"
    "      - op: conv_transpose # doubles\n        out_channels: 3\n"
    "        kernel_size: 2\n        stride: 2\n"
    "      - op: add\n        inputs:\n          - previous\n          - input\n",
    "call": "      - nn.MaxPool2d(2)\n      - 'nn.ConvTranspose2d(3, 3, 2, stride=2)'\n"
    "      - {op: add, inputs: [previous, input]}\n",
    "list": "      [{op: max_pool, kernel: 2},\n       nn.MaxPool2d(1),\n"
    "       {op: upsample, scale: 2}, {op: add, inputs: [previous, input]}]\n",
    "insert": "      - {op: max_pool, kernel: 2}\n"
    "      - {op: upsample, scale: 2, expect: 33x33}\n      - relu\n",
    "channels": "      - nn.Conv2d(4, 8, 3)\n",
    "key": "      - nn.Conv2d(3, 8, kernl_size=3)\n",
    "operation": "      - {op: max_poll, kernel: 2}\n",
    "name": "      - {op: relu, name: skip}\n      - {op: add, inputs: [previous, skipp]}\n",
    "names": "      - {op: relu, name: skip}\n      - {op: relu, inputs: skipp}\n",
    "value": '      - {op: conv, "in_channels": 4, out_channels: 8, kernel: 3}\n',
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("style", STYLES)
def test_every_style_of_writing_is_edited(style: str, ends: str, tmp_path: Path) -> None:
    text = (HEAD + STYLES[style]).replace("\n", ends)
    assert of_text(text, tmp_path)


@pytest.mark.parametrize(
    ("call", "edited"),
    [
        ("nn.Conv2d(4, 8, 3)", "nn.Conv2d(3, 8, 3)"),
        ("nn.ConvTranspose2d(2*2, 8, 4, 2)", "nn.ConvTranspose2d(3, 8, 4, 2)"),
    ],
)
def test_an_argument_stays_where_it_is(call: str, edited: str, tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(f"{HEAD}      - {call}\n", encoding="utf-8")
    [checked] = check([str(file)], SETTINGS).files
    [(edits, _)] = checked.fixes.values()
    assert edit_text(file.read_text(encoding="utf-8"), edits) == f"{HEAD}      - {edited}\n"


@pytest.mark.parametrize("indent", [None, 2])
def test_json_stays_json(indent: int | None, tmp_path: Path) -> None:
    layers = [
        {"op": "max_pool", "kernel": 2},
        {"op": "conv_transpose", "out_channels": 3, "kernel": 2, "stride": 2, "name": "up"},
        {"op": "add", "inputs": ["previous", "input"]},
    ]
    net = {"input": {"channels": 3, "size": "33x33"}, "layers": layers}
    assert of_text(json.dumps({"networks": {"net": net}}, indent=indent), tmp_path, "a.json")


@pytest.mark.parametrize("dialect", ["torch", "keras"])
@pytest.mark.parametrize("seed", range(20))
def test_generated_networks_are_fixed(dialect: str, seed: int, tmp_path: Path) -> None:
    """Down and up again from a size that does not divide evenly, joined with the input."""
    dice = random.Random(seed)
    n, kernel, stride = dice.randrange(21, 60), dice.randrange(2, 6), dice.randrange(2, 4)
    padding = f", padding: {dice.choice(['same', 'valid'])}" if dialect == "keras" else ""
    size = f"{n}x{dice.randrange(21, 60)}" if dice.random() < 0.5 else str(n)
    text = (
        f"dialect: {dialect}\nnetworks:\n  net:\n    input: {{channels: 4, size: {size}}}\n"
        "    layers:\n"
        f"      - {{op: conv, out_channels: 4, kernel: 3, stride: {stride}}}\n"
        f"      - {{op: conv_transpose, out_channels: 4, kernel: {kernel}, stride: {stride}"
        f"{padding}}}\n"
        "      - {op: concat, inputs: [input, previous]}\n"
        "      - {op: conv, in_channels: 9, out_channels: 1, kernel: 1}\n"
    )
    codes = of_text(text, tmp_path)
    [checked] = check([str(tmp_path / "a.yaml")]).files
    # One axis too large and one too small: there crops and pads of one input cannot help.
    fixed = [code for code in codes if code.startswith("DCV1")]
    assert fixed == [found.code for found in checked.findings if found.fixes]
    assert fixed or size.count("x")


def test_what_is_printed_can_be_applied_by_hand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = HEAD + "      - {op: conv, out_channels: 8, kernl: 3}\n"
    Path("a.yaml").write_text(text, encoding="utf-8")
    out = deconv("check a.yaml --fix-hints").out
    assert (
        "  help: did you mean 'kernel'?\n"
        "  fix: a.yaml:5\n"
        "  -       - {op: conv, out_channels: 8, kernl: 3}\n"
        "  +       - {op: conv, out_channels: 8, kernel: 3}\n"
    ) in out
    assert "fix:" not in deconv("check a.yaml").out
    document = json.loads(deconv("check a.yaml --fix-hints --format json").out)
    [found] = document["files"][0]["findings"]
    edit = {"line": 5, "column": 37, "end_column": 42, "old": "kernl", "new": "kernel"}
    assert found["edits"] == [edit]
    assert Path("a.yaml").read_text(encoding="utf-8") == text


def test_a_line_stays_where_another_is_inserted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    layers = "      - {op: max_pool, kernel: 2}\n      - {op: upsample, scale: 2}\n"
    Path("a.yaml").write_text(f"{HEAD}{layers}    expect: 33x33\n", encoding="utf-8")
    assert (
        "  fix: a.yaml:5\n"
        "  +       - {op: pad_to, name: input_padded, size: [34, 34]}\n"
        "          - {op: max_pool, kernel: 2}\n"
        "  fix: a.yaml:6\n"
        "          - {op: upsample, scale: 2}\n"
        "  +       - {op: crop_like, name: upsample1_cropped, size: [33, 33]}\n"
    ) in deconv("check a.yaml --fix-hints").out


def test_edits_that_fix_nothing_are_not_shown(tmp_path: Path) -> None:
    """A layer in a repeated block: its two rounds need different channels."""
    block = (
        "      - {repeat: 2, layers: [{op: conv, in_channels: 3, out_channels: 8, kernel: 1}]}\n"
    )
    assert of_text(HEAD + block, tmp_path) == []
