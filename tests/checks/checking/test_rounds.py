"""The rounds of a repeated block are written once, and what is wrong with them is said once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deconvcli.checks.checking import Settings, check

HEAD = "networks:\n  n:\n    input: {channels: 8, size: 64x64}\n    layers:\n"
UNEVEN = "op: conv_transpose, out_channels: 8, kernel: 3, stride: 2, padding: 1, output_padding: 1"


def messages(folder: Path, layers: str, settings: Settings | None = None) -> list[str]:
    """Return what is found in a network of these layers."""
    (folder / "a.yaml").write_text(HEAD + layers)
    return [found.message for found in check([str(folder)], settings).findings]


def block(*layers: str, repeat: str = "3") -> str:
    """Return a repeated block."""
    lines = "".join(f"          - {layer}\n" for layer in layers)
    return f"      - repeat: {repeat}\n        layers:\n{lines}"


@pytest.mark.parametrize(
    ("layer", "repeat", "expected"),
    [
        ("{op: add, inputs: [previous, skip$w]}", "{w: [1, 2, 3]}", "add1: there is no layer"),
        ("{op: conv, out_channels: 8, kernel: $w, inputs: input}", "{w: [99, 98]}", "conv1: he"),
        ("{op: conv, out_channels: 8, kernel: 3, groups: $w}", "{w: [3, 5, 2]}", "conv1: 8 input"),
        ("{op: conv, out_channels: $w, kernel: 3}", "{w: [a, b, c]}", "out_channels is 'a'"),
        ("{op: conv, out_channels: 8, kernel: 99, inputs: input}", "9", "conv1: height: the outp"),
    ],
)
def test_rounds_have_one_finding_for_one_mistake(
    layer: str, repeat: str, expected: str, tmp_path: Path
) -> None:
    [message] = messages(tmp_path, block(layer, repeat=repeat))
    assert message.startswith(expected)
    assert re.search(r", and in \d more rounds?$", message)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        ("{op: conv}", ["conv has no out_channels", "conv has no kernel"]),
        ("{op: conv, out_channels: 8, kernl: 3}", ["conv has no key 'kernl'"]),
        ("{op: conv, out_channels: $w, kernel: 3}", ["$w is not defined here"]),
        ("{op: conv, out_channels: 8, kernel: 3, padding: 1}", []),
    ],
)
def test_different_mistakes_and_equal_ones_are_not_called_rounds(
    layer: str, expected: list[str], tmp_path: Path
) -> None:
    assert messages(tmp_path, block(layer)) == expected


def test_warnings_of_rounds_are_merged_and_keep_their_fix(tmp_path: Path) -> None:
    settings = Settings(fix_hints=True, select=("DCV201",))
    (tmp_path / "a.yaml").write_text(HEAD + block(f"{{{UNEVEN}}}"))
    [file] = check([str(tmp_path)], settings).files
    [found] = file.findings
    assert found.message.startswith("conv_transpose1: kernel 3 with stride 2 overlaps unevenly")
    assert found.message.endswith(", and in 2 more rounds")
    assert found in file.fixes


def test_layers_outside_a_block_have_findings_of_their_own(tmp_path: Path) -> None:
    found = messages(tmp_path, f"      - {{{UNEVEN}}}\n" * 2, Settings(select=("DCV201",)))
    assert [message.partition(":")[0] for message in found] == [
        "conv_transpose1",
        "conv_transpose2",
    ]


def test_each_target_of_a_layer_in_a_block_has_its_finding(tmp_path: Path) -> None:
    layers = block(f"{{{UNEVEN}}}", repeat="2")
    text = HEAD.replace("    layers", "    targets: [jax, flax, keras]\n    layers") + layers
    (tmp_path / "a.yaml").write_text(text)
    found = list(check([str(tmp_path)], Settings(select=("DCV204",))).findings)
    targets = [message.message.partition("portable to ")[2].partition(":")[0] for message in found]
    assert sorted(targets) == sorted(set(targets))
    assert len(targets) > 1
    assert all(message.message.endswith(", and in 1 more round") for message in found)
