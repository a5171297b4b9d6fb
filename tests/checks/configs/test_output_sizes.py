"""Output sizes in configs: from a skip, in letters, in numbers."""

from __future__ import annotations

import pytest

from deconvcli.checks.checking import CheckedFile, Settings, check_bytes

UP = "out_channels: 8, kernel: 3, stride: 2, padding: 1"


def check(layers: str, dialect: str = "torch") -> CheckedFile:
    text = (
        f"dialect: {dialect}\nnetworks:\n  net:\n    input: {{channels: 3, size: HxW}}\n"
        f"    layers:\n{layers}"
    )
    return check_bytes("a.yaml", text.encode(), "yaml", Settings(tables=True, ignore=("DCV2",)))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (f"{{op: conv_transpose, {UP}, output_size: 2Hx2W}}", "[8, 2H, 2W]"),
        (f"{{op: conv_transpose, {UP}, output_size: [2H, 2W]}}", "[8, 2H, 2W]"),
        (f"{{op: conv_transpose, {UP}, output_size: 2Hx2W-1}}", "[8, 2H, 2W-1]"),
        ("{op: upsample, size: 3Hx2W}", "[3, 3H, 2W]"),
        ("{op: pad_to, size: H+3xW+1}", "[3, H+3, W+1]"),
        ("{op: crop_like, size: [H-3, W]}", "[3, H-3, W]"),
        ("{op: upsample, size: 64x48}", "[3, 64, 48]"),
    ],
)
def test_sizes_in_letters(layer: str, shape: str) -> None:
    checked = check(f"      - {layer}\n")
    assert checked.findings == ()
    assert checked.networks[0].rows[0].shape == shape


@pytest.mark.parametrize(
    ("up", "dialect"),
    [
        (f"{{op: conv_transpose, {UP}, inputs: [previous, skip], name: up}}", "torch"),
        (f"{{op: conv_transpose, {UP}, inputs: [previous, skip], name: up}}", "paddle"),
        ("{op: upsample, inputs: [previous, skip], name: up}", "torch"),
        ("{op: pad_to, inputs: [previous, skip], name: up}", "torch"),
    ],
)
def test_the_size_of_a_skip(up: str, dialect: str) -> None:
    checked = check(
        "      - {op: conv, out_channels: 8, kernel: 3, padding: 1, name: skip}\n"
        "      - {op: conv, out_channels: 8, kernel: 3, padding: 1, stride: 2}\n"
        f"      - {up}\n      - {{op: add, inputs: [up, skip], expect: HxW}}\n",
        dialect,
    )
    assert checked.findings == ()
    assert checked.networks[0].rows[-1].shape == "[8, H, W]"


@pytest.mark.parametrize(
    ("layer", "dialect", "message"),
    [
        (f"{{op: conv_transpose, {UP}, output_size: 2Wx2H}}", "torch", "different letters"),
        (f"{{op: conv_transpose, {UP}, output_size: 2H}}", "torch", "different letters"),
        (f"{{op: conv_transpose, {UP}, output_size: 2H+1x2W}}", "torch", "2H+1 is outside"),
        (f"{{op: conv_transpose, {UP}, output_size: up}}", "torch", "output_size is 'up'"),
        ("{op: upsample, size: []}", "torch", "size is []"),
        ("{op: upsample, size: HxT}", "torch", "no input of this network has the letter T"),
        (f"{{op: conv_transpose, {UP}, output_size: 2Tx2W}}", "onnx", "has the letter T"),
        ("{op: upsample, scale: 2H}", "torch", "scale is '2H'"),
        ("{op: crop_like, size: HxWxH}", "torch", "size has 3 sizes, the layer 2 axes"),
        ("{op: conv_transpose, filters: 8, kernel: 3, output_size: HxW}", "keras", "keras has no"),
    ],
)
def test_sizes_that_are_refused(layer: str, dialect: str, message: str) -> None:
    [finding] = check(f"      - {layer}\n", dialect).findings
    assert message in finding.message
    assert finding.help


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ("320T", "[3, 320T]"),
        ("2Hx3W-1", "[3, 2H, 3W-1]"),
        ("(2H, 64)", "[3, 2H, 64]"),
        ("32 x 2N1 x 7", "[3, 32, 2N1, 7]"),
        ("12*5", "[3, 12, 5]"),
    ],
)
def test_a_number_before_a_letter_is_a_multiple(size: str, shape: str) -> None:
    text = f"networks: {{net: {{input: {{channels: 3, size: '{size}'}}, layers: [relu]}}}}"
    checked = check_bytes("a.yaml", text.encode(), "yaml", Settings(tables=True))
    assert checked.findings == ()
    assert checked.networks[0].rows[0].shape == shape


def test_a_size_of_another_input_leaves_the_products_unknown() -> None:
    text = (
        "dialect: onnx\nnetworks:\n  net:\n"
        "    inputs: {x: {channels: 3, size: 10}, skip: {channels: 3, size: T}}\n    layers:\n"
        "      - {op: conv_transpose, out_channels: 8, kernel: 4, stride: 2, inputs: [x, skip]}\n"
    )
    checked = check_bytes("a.yaml", text.encode(), "yaml", Settings(tables=True))
    assert [row.shape for row in checked.networks[0].rows] == ["[8, T]"]
    assert "DCV206" not in {finding.code for finding in checked.findings}


@pytest.mark.parametrize("key", ["padding", "pads", "pad"])
@pytest.mark.parametrize(
    ("layer", "expect"),
    [
        ("op: conv_transpose, out_channels: 3, kernel: 3, stride: 2", "[3, 15, 15]"),
        ("op: conv, out_channels: 3, kernel: 3, stride: 2", "[3, 4, 4]"),
        ("op: max_pool, kernel: 3, stride: 2", "[3, 4, 4]"),
        ("op: avg_pool, kernel: 3, stride: 2", "[3, 4, 4]"),
    ],
)
def test_padding_has_the_names_that_frameworks_give_it(layer: str, key: str, expect: str) -> None:
    text = (
        "networks: {net: {input: {channels: 3, size: 8x8}, layers:"
        f" [{{{layer}, {key}: 1}}]}}}}\n"
    )
    checked = check_bytes("a.yaml", text.encode(), "yaml", Settings(tables=True))
    assert checked.networks[0].rows[-1].shape == expect
