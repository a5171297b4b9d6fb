"""The names of layers: those in a mapping, those of pasted calls, and the invented ones."""

from __future__ import annotations

import pytest

from deconvcli.checks.checking import CheckedFile, Settings, check_bytes

HEAD = "dialect: keras\nnetworks:\n  net:\n    input: {channels: 3, size: 8x8}\n    layers:\n"


def check(*layers: str) -> CheckedFile:
    text = HEAD + "".join(f"      - {layer}\n" for layer in layers)
    return check_bytes("a.yaml", text.encode(), "yaml", Settings(tables=True))


def names(*layers: str) -> list[str]:
    checked = check(*layers)
    assert checked.findings == ()
    return [row.name for row in checked.networks[0].rows]


@pytest.mark.parametrize(
    "call",
    [
        "Conv2D(3, 3, padding='same', name='x4')",
        "layers.Conv2DTranspose(3, 2, strides=2, name='x4')",
        "BatchNormalization(name='x4')",
        "Activation('relu', name='x4')",
        "MaxPooling2D(2, name='x4')",
        "UpSampling2D(2, name='x4')",
        "Cropping2D(1, name='x4')",
        "SpatialDropout2D(0.1, name='x4')",
    ],
)
def test_a_pasted_call_has_the_name_that_it_gives(call: str) -> None:
    layers = [f'"{call}"', "relu", "{op: crop_like, size: 2, inputs: x4}"]
    assert names(*layers)[0] == "x4"


@pytest.mark.parametrize(
    "call",
    [
        "nn.ConvTranspose2d(3, 3, 4, 2, 1)",
        "nn.ConvTranspose2d(3, 3, 4, stride=2, padding=1)",
        "torch.nn.ConvTranspose2d(3, 3, 4, 2, 1)",
        "ConvTranspose2d(3, 3, kernel_size=4, stride=2, padding=1, bias=False)",
        "nn.LazyConvTranspose2d(3, 4, 2, 1)",
        "Conv2DTranspose(3, 4, strides=2, padding='same')",
        "paddle.nn.Conv2DTranspose(3, 3, 4, 2, 1)",
    ],
)
def test_a_name_makes_no_other_layer_of_a_call(call: str) -> None:
    """A parameter that PyTorch lacks and Equinox takes made it Equinox', with another order."""
    plain, named = (check(f'"{text}"') for text in (call, f"{call[:-1]}, name='x4')"))
    shapes = [row.shape for row in plain.networks[0].rows]
    assert [row.shape for row in named.networks[0].rows] == shapes


def test_names_of_pasted_calls_follow_the_rounds_of_a_block() -> None:
    block = "repeat: {width: [8, 4]}\n        layers: [\"Conv2D($width, 1, name='x$width')\"]"
    assert names(block, "{op: concat, inputs: [x8, x4]}") == ["x8.1", "x4.2", "concat1"]


def test_a_name_given_further_down_is_not_invented_before() -> None:
    conv = "Conv2D(8, 1)"
    assert names(conv, "Conv2D(8, 1, name='conv1')", conv) == ["conv2", "conv1", "conv3"]
    assert names(conv, "{op: conv, filters: 8, kernel: 1, name: conv1}") == ["conv2", "conv1"]


def test_two_layers_of_one_name_are_a_finding_as_in_keras() -> None:
    [finding] = check("Conv2D(8, 1, name='a')", "Conv2D(8, 1, name='a')").findings
    assert finding.message == "the name 'a' is already in use"


def test_a_pasted_call_that_cannot_be_read_keeps_its_name() -> None:
    checked = check("Conv2D(8, 0, name='a')", "{op: concat, inputs: [a, a]}")
    assert [finding.message for finding in checked.findings] == ["kernel_size is 0"]


def test_a_name_that_only_the_program_knows_is_left_out() -> None:
    assert names("Conv2D(8, 1, name=prefix)") == ["conv1"]
