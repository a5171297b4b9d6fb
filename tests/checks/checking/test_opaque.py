"""Layers of which only the output's shape is known."""

from __future__ import annotations

import pytest

from deconvcli.checks.checking import CheckedFile, Settings, check_bytes


def check(layer: str, after: str = "relu") -> CheckedFile:
    text = (
        "networks: {net: {input: {channels: 4, size: HxW}, layers:"
        f" [{{op: conv, out_channels: 8, kernel: 1}}, {layer}, {after}]}}}}"
    )
    return check_bytes("a.yaml", text.encode(), "yaml", Settings(tables=True))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        ("opaque", "[8, H, W]"),
        ("{op: opaque, expect: 2Hx2W}", "[8, 2H, 2W]"),
        ("{op: opaque, expect: {channels: 3, size: HxW}}", "[3, H, W]"),
        ("{op: opaque, channels: 6}", "[6, H, W]"),
        ("{op: opaque, expect: {channels: 5}}", "[5]"),
    ],
)
def test_a_layer_has_the_shape_that_its_author_states(layer: str, shape: str) -> None:
    checked = check(layer)
    assert [finding.message for finding in checked.findings] == []
    assert checked.networks[0].rows[-1].shape == shape


def test_its_parameters_count() -> None:
    checked = check("{op: opaque, parameters: 4096}")
    assert checked.networks[0].rows[1].parameters == 4096


def test_keys_that_contradict_the_expected_shape_are_a_finding() -> None:
    checked = check("{op: opaque, expect: HxW, size: [4, 4]}")
    assert [finding.code for finding in checked.findings] == ["DCV109"]


def test_a_letter_without_a_value_is_a_finding() -> None:
    [finding] = check("{op: opaque, expect: ZxW}").findings
    assert "has the letter Z" in finding.message
