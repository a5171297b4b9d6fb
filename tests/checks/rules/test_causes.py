"""One finding a layer and cause, whichever rules see it; and the severity of an unequal crop."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

import json
import re

import pytest

from deconvcli.checks.checking import Settings, Verdict, check_bytes
from deconvcli.checks.reporters.json import report
from deconvcli.common.findings import Diagnostic, Severity

UNEVEN = "kernel: 3, stride: 2, padding: 1, output_padding: 1"
CROPPED = "kernel: 4, stride: 2, padding: 1, output_padding: 1"


def find(
    layer: str,
    targets: str = "",
    dialect: str = "torch",
    settings: Settings | None = None,
    size: str = "8x8",
) -> list[Diagnostic]:
    """Return what is found in a transposed convolution."""
    text = (
        f"networks: {{n: {{dialect: {dialect}, targets: [{targets}],"
        f" input: {{channels: 4, size: {size}}},"
        f" layers: [{{op: conv_transpose, name: up, out_channels: 4, {layer}}}]}}}}"
    )
    return list(check_bytes("a.yaml", text.encode(), "yaml", settings or Settings()).findings)


# A dialect, its targets, a layer, and the codes of each finding, those it includes after its own.
TABLE = [
    ("torch", "", UNEVEN, ["DCV201 DCV203"]),
    ("torch", "keras", UNEVEN, ["DCV201 DCV203 DCV204"]),
    ("torch", "onnx", UNEVEN, ["DCV201 DCV203"]),
    ("keras", "", "kernel: 5, stride: 2, padding: same", ["DCV201 DCV203"]),
    ("torch", "", "kernel: 1, stride: 2, output_padding: 1", ["DCV202 DCV203"]),
    ("torch", "", "kernel: [3, 1], stride: 2, padding: [1, 0]", ["DCV201 DCV202"]),
    ("torch", "", "kernel: 2, stride: 2, dilation: 2, padding: 1, output_padding: 1", ["DCV202 DCV203"]),
    ("onnx", "", "kernel: 1, stride: 4, auto_pad: SAME_UPPER", ["DCV202 DCV207 DCV203"]),
    ("onnx", "keras", "kernel: 1, stride: 4, auto_pad: SAME_UPPER", ["DCV202 DCV204 DCV207 DCV203"]),
    ("torch", "", CROPPED, ["DCV203"]),
    ("torch", "keras", CROPPED, ["DCV203 DCV204"]),
    # Another cause: the kernel overlaps unevenly, and the crop of the other axis is unequal.
    ("onnx", "", "kernel: [3, 4], stride: 2, padding: [[1, 1], [0, 2]]", ["DCV201", "DCV203"]),
    # One message of a target and of the layer's own dialect.
    ("keras", "keras", "kernel: 4, stride: 4, padding: same, output_padding: 0", ["DCV204 DCV207"]),
    # Two targets store the taps in the other order.
    ("flax", "torch, onnx", "kernel: 4, stride: 2, padding: VALID", ["DCV204"]),
    ("torch", "flax", UNEVEN, ["DCV201 DCV203", "DCV204"]),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "targets", "layer", "codes"), TABLE)
def test_a_layer_has_one_finding_for_each_cause(
    dialect: str, targets: str, layer: str, codes: list[str]
) -> None:
    found = find(layer, targets, dialect)
    assert [" ".join((each.code, *each.also)) for each in found] == codes
    assert all(f"({code})" in each.message for each in found for code in each.also)


def test_a_call_with_a_refused_dilation_is_one_finding() -> None:
    text = "networks: {n: {input: {channels: 3, size: 8}, layers: ['nn.ConvTranspose1d(3, 4, 4, 2, 1, 2)']}}"
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert (found.code, found.also) == ("DCV104", ("DCV205",))
    assert "; the sixth positional argument is output_padding" in found.message


@pytest.mark.parametrize(
    ("dialect", "targets", "layer", "severity", "message"),
    [
        ("torch", "", CROPPED, "note", ""),
        ("torch", "onnx", CROPPED, "note", ""),
        ("torch", "onnx, paddle, torch", CROPPED, "note", ""),
        ("torch", "keras", CROPPED, "warning", "keras has no such crop"),
        ("keras", "torch", "kernel: 3, stride: 2, padding: same", "warning", "torch can only crop 1:0,1:0"),
        ("onnx", "torch", "kernel: 4, stride: 2, padding: [[0, 2], [0, 2]]", "warning", "torch can only crop 1:1,1:1"),
        ("torch", "tflite, onnx", UNEVEN, "warning", "tflite can only crop 0:1,0:1"),
        ("torch", "keras, tflite", UNEVEN, "warning", "keras can only crop 0:1,0:1; tflite can only crop 0:1,0:1"),
    ],
)  # fmt: skip
def test_an_unequal_crop_is_a_note_unless_a_target_has_another(
    dialect: str, targets: str, layer: str, severity: str, message: str
) -> None:
    [found] = find(layer, targets, dialect, Settings(select=("DCV203",)))
    assert found.severity == severity
    assert message in found.message


def test_a_note_passes_strict_and_the_settings_decide() -> None:
    strict = Settings(strict=True)
    assert [found.severity for found in find(CROPPED, settings=strict)] == ["note"]
    assert [found.severity for found in find(CROPPED, "keras", settings=strict)] == ["error"]
    for chosen in Severity:
        settings = Settings(severity={"DCV203": chosen})
        for targets in ("", "keras"):
            [found] = find(CROPPED, targets, settings=settings._replace(select=("DCV203",)))
            assert found.severity == chosen


@pytest.mark.parametrize(
    ("settings", "codes"),
    [
        (Settings(ignore=("DCV201",)), ["DCV203 DCV204"]),
        (Settings(ignore=("DCV203",)), ["DCV201 DCV204"]),
        (Settings(ignore=("DCV204",)), ["DCV201 DCV203"]),
        (Settings(select=("DCV204",)), ["DCV204"]),
        (Settings(severity={"DCV204": Severity.ERROR}), ["DCV204 DCV201 DCV203"]),
        (Settings(severity={"DCV201": Severity.NOTE}), ["DCV203 DCV204 DCV201"]),
    ],
)
def test_what_is_ignored_is_not_included(settings: Settings, codes: list[str]) -> None:
    found = find(UNEVEN, "keras", settings=settings)
    assert [" ".join((each.code, *each.also)) for each in found] == codes


@pytest.mark.parametrize(
    ("layer", "help"),
    [
        ("kernel: 4, stride: 2, padding: [[0, 2], [0, 2]]", "crop 1 at each end."),
        (
            "kernel: 10, stride: 5, padding: [[3, 2], [3, 2]]",
            "use kernel 15, and crop 5 at each end.",
        ),
        (
            "kernel: 6, stride: 3, padding: [[1, 2], [1, 2]]",
            "use kernel 9, and crop 3 at each end.",
        ),
        (
            "kernel: 3, stride: 3, dilation: 3, padding: [[1, 2], [1, 2]]",
            "use kernel 6 with dilation 1, and",
        ),
        ("kernel: 4, stride: 2, padding: [[0, 1], [0, 1]]", "keep it, or change the output size"),
        ("kernel: 6, stride: 3, dilation: 2, padding: [[0, 1], [0, 1]]", "keep it, or change the"),
    ],
)
def test_the_help_for_an_unequal_crop_passes_strict(layer: str, help: str) -> None:
    [found] = find(layer, dialect="onnx", settings=Settings(select=("DCV203",)))
    assert found.help.startswith(help)
    if given := re.match(r"use kernel (\d+)(?: with dilation (\d+))?, and crop (\d+)", help):
        kernel, dilation, crop = (int(number or 3) for number in given.groups())
        stride = int(layer.partition("stride: ")[2].partition(",")[0])
        same = f"kernel: {kernel}, stride: {stride}, padding: [[{crop}, {crop}], [{crop}, {crop}]]"
        assert find(f"{same}, dilation: {dilation if given[2] else 1}", dialect="onnx") == []


def test_json_lists_the_codes_that_a_finding_includes() -> None:
    text = f"networks: {{n: {{input: {{channels: 4, size: 8}}, layers: [{{op: conv_transpose, out_channels: 4, {UNEVEN}}}, relu]}}}}"
    checked = check_bytes("a.yaml", text.encode(), "yaml", Settings())
    [file] = json.loads(report(Verdict((checked,))))["files"]
    assert [each["also"] for each in file["findings"]] == [["DCV203"]]
    alone = check_bytes(
        "a.yaml", text.replace("kernel: 3", "kernel: 4").encode(), "yaml", Settings()
    )
    [file] = json.loads(report(Verdict((alone,))))["files"]
    assert "also" not in file["findings"][0]
