"""The decoder of an encoder is a config that a strict check accepts, back at exactly the input."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import deconvcli
from deconvcli.checks.checking import Settings, check_bytes
from deconvcli.checks.checking.decoders import DecoderMirror, mirror
from deconvcli.common.errors import DeconvError, NotExpressible, Refused, UsageError
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.networks.mirror import LayerMirror

UNET = "\n".join(
    f"nn.Conv2d({into}, {out}, 3, padding=1), nn.ReLU(), nn.Conv2d({out}, {out}, 3, padding=1),"
    " nn.ReLU(), nn.MaxPool2d(2),"
    for into, out in ((1, 64), (64, 128), (128, 256), (256, 512))
)
DCGAN = "nn.Sequential(nn.Conv2d(3, 64, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)," + (
    ", ".join(
        f"nn.Conv2d({n}, {2 * n}, 4, 2, 1, bias=False), nn.BatchNorm2d({2 * n}),"
        " nn.LeakyReLU(0.2, inplace=True)"
        for n in (64, 128, 256)
    )
    + ", nn.Conv2d(512, 1, 4, 1, 0, bias=False), nn.Sigmoid())"
)
VAE = (
    "nn.Sequential(nn.Conv2d(1, 32, 3, stride=2, padding=1), nn.ReLU(),"
    " nn.Conv2d(32, 64, 3, stride=2, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(3136, 16))"
)
VQ_VAE = (
    "nn.Conv2d(3, 64, 4, stride=2, padding=1), nn.ReLU(), nn.Conv2d(64, 128, 4, stride=2,"
    " padding=1), nn.ReLU(), nn.Conv2d(128, 128, 3, stride=1, padding=1)"
)
ENCODEC = "nn.Conv1d(1, 32, 7, padding=3), " + ", ".join(
    f"nn.ELU(), nn.Conv1d({n}, {2 * n}, {2 * s}, stride={s}, padding={s // 2})"
    for n, s in ((32, 2), (64, 4), (128, 5), (256, 8))
)
RESNET = (
    "nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),"
    " nn.MaxPool2d(kernel_size=3, stride=2, padding=1)"
)
KERAS = """keras.Sequential([
    layers.Input((28, 28, 1)),
    layers.Conv2D(32, 3, strides=2, padding="same", activation="relu"),
    layers.BatchNormalization(),
    layers.Conv2D(64, 3, strides=2, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(16),
])"""
MIXED = (
    "nn.ReflectionPad2d(3), nn.Conv2d(3, 8, 7), nn.InstanceNorm2d(8), nn.ReLU(),"
    " nn.AvgPool2d(3, 2), nn.PixelUnshuffle(2), nn.GELU(), nn.Conv2d(32, 16, 3, stride=3),"
    " nn.AdaptiveAvgPool2d(1),"
    " nn.Flatten(), nn.Linear(16, 8), nn.Tanh()"
)
ENCODERS = [
    (UNET, (256, 256)),
    (UNET, (250, 333)),
    (DCGAN, (64, 64)),
    (VAE, (28, 28)),
    (VQ_VAE, (32, 32)),
    (VQ_VAE, (33, 35)),
    (ENCODEC, (24000,)),
    (ENCODEC, (23999,)),
    (RESNET, (224, 224)),
    (RESNET, (225, 225)),
    (RESNET, (223, 226)),
    (KERAS, None),
    (MIXED, (66, 70)),
]


def check(config: str) -> list[str]:
    found = check_bytes("decoder.yaml", config.encode(), "yaml", Settings(strict=True)).findings
    return [f"{one.severity} {one.code}: {one.message}" for one in found]


def decode(text: str, size: tuple[int, ...] | None = None, dialect: str | None = None) -> str:
    found = mirror(text, size, dialect)
    assert isinstance(found, DecoderMirror)
    return found.config


def list_ops(config: str) -> list[str]:
    """Return the kinds of layers, in order."""
    lines = config.partition("layers:\n")[2].splitlines()
    return [line.split("#")[0].strip("- ").removeprefix("{op: ").split(",")[0] for line in lines]


@pytest.mark.parametrize(("text", "size"), ENCODERS)
def test_a_strict_check_accepts_the_decoder(text: str, size: tuple[int, ...] | None) -> None:
    config = decode(text, size)
    assert check(config) == []
    if size is not None:
        assert f"size: {'x'.join(map(str, size))}}}" in config.partition("expect:")[2]


@pytest.mark.parametrize("dialect", ["keras", "flax", "onnx", "mlx", "paddle", "tensorflow"])
@pytest.mark.parametrize(("text", "size"), ENCODERS[:11])
def test_other_dialects_decode_to_the_same_input(
    text: str, size: tuple[int, ...], dialect: str
) -> None:
    assert check(decode(text, size, dialect)) == []


def throw_encoder(dice: random.Random) -> tuple[str, tuple[int, ...]]:
    """Return random layers, one after another, and a size of their input."""
    rank, channels, layers = dice.choice((1, 2, 2, 3)), 4, []
    for _ in range(dice.randint(1, 6)):
        kernel, stride = dice.randint(1, 6), dice.choice((1, 1, 2, 2, 3, 4))
        kind = dice.choice(("conv", "conv", "conv", "pool", "norm", "act", "pad"))
        if kind == "conv":
            out = dice.choice((4, 8, 12))
            padding = dice.randint(0, kernel // 2)
            layers.append(
                f"nn.Conv{rank}d({channels}, {out}, {kernel}, {stride}, {padding},"
                f" groups={dice.choice((1, 1, 1, 2, 4))}, bias={dice.random() < 0.5})"
            )
            channels = out
        elif kind == "pool":
            ceil = dice.random() < 0.3
            name = dice.choice(("Max", "Avg"))
            kernel = dice.randint(2, 3)
            layers.append(
                f"nn.{name}Pool{rank}d({kernel}, {stride}, {dice.randint(0, 1)}, ceil_mode={ceil})"
            )
        elif kind == "norm":
            norms = (f"nn.BatchNorm{rank}d({channels})", f"nn.GroupNorm(2, {channels})")
            layers.append(dice.choice(norms))
        else:
            layers.append("nn.ReLU()" if kind == "act" else f"nn.ZeroPad{rank}d({stride})")
    layers = [f"nn.Conv{rank}d(4, 4, 1)", *layers, *dice.choice(((), ("nn.Flatten()",)))]
    return ", ".join(layers), tuple(dice.randint(20, 60) for _ in range(rank))


def test_random_encoders_have_decoders_that_a_strict_check_accepts() -> None:
    dice, accepted = random.Random(18), 0
    refused: list[str] = []
    for _ in range(60):
        text, size = throw_encoder(dice)
        dialect = dice.choice((None, None, *DIALECTS.names))
        try:
            config = decode(text, size, dialect)
        except Refused:  # nothing is left of the input
            continue
        except UsageError as error:
            refused.append(error.message)
            continue
        except NotExpressible:  # groups, for one, which Keras lacks
            assert dialect is not None
            continue
        assert check(config) == [], text
        accepted += 1
    assert accepted > 30
    assert not [message for message in refused if "has an error" in message]


def test_each_size_of_a_vae_comes_back() -> None:
    config = decode(VAE, (28, 28))
    assert list_ops(config) == [
        "dense",
        "reshape",
        "relu",
        "conv_transpose",
        "relu",
        "conv_transpose",
    ]
    assert "{op: reshape, shape: [64, 7, 7]}" in config
    assert "{op: dense, units: 3136}" in config
    up = "{op: conv_transpose, out_channels: 32, kernel: 3, stride: 2, padding: 1"
    assert f"{up}, output_padding: 1}}" in config
    assert [line.split("  # ")[1] for line in config.splitlines() if "      - " in line] == [
        *("dense 5", "flatten 4", "relu 3", "conv 2", "relu 1", "conv 0")
    ]


def test_a_pooling_becomes_an_up_convolution_as_in_a_unet() -> None:
    config = decode(UNET, (256, 256))
    assert list_ops(config)[:6] == [
        "conv_transpose",
        "conv",
        "relu",
        "conv",
        "relu",
        "conv_transpose",
    ]
    assert "{op: conv_transpose, out_channels: 512, kernel: 2, stride: 2}" in config
    assert "# relu 3.18 is left out: a decoder begins with its weights." in config
    assert "{op: conv, out_channels: 1, kernel: [3, 3], padding: 1}" in config


def test_norms_follow_the_convolution_whose_channels_they_have() -> None:
    config = decode(DCGAN, (64, 64))
    assert list_ops(config) == [
        *["conv_transpose", "batch_norm", "leaky_relu"] * 3,
        *["conv_transpose", "leaky_relu", "conv_transpose"],
    ]
    assert "# sigmoid 12 is left out: a decoder begins with its weights." in config
    assert "bias: false" in config


def test_resnet_at_an_odd_size_needs_other_output_paddings() -> None:
    even, odd = decode(RESNET, (224, 224)), decode(RESNET, (225, 225))
    last = "{op: conv_transpose, out_channels: 3, kernel: 7, stride: 2, padding: 3"
    assert f"{last}, output_padding: 1, bias: false}}" in even
    assert f"{last}, bias: false}}" in odd


def test_a_config_is_read_with_its_network_and_another_size(tmp_path: Path) -> None:
    file = tmp_path / "encoder.yaml"
    file.write_text(
        "networks:\n"
        "  one:\n    input: {channels: 3, size: HxW}\n    layers: [{op: max_pool, kernel: 2}]\n"
        "  two:\n    input: {channels: 3, size: 33x33}\n    expect: 17x17\n    layers:\n"
        "      - {op: conv, out_channels: 8, kernel: 3, stride: 2, padding: 1}\n"
    )
    assert "expect: {channels: 3, size: 33x33}" in decode(f"{file}:two")
    assert "expect: {channels: 3, size: 34x34}" in decode(f"{file}:two", (34,))
    assert check(decode(f"{file}:one", (30, 31))) == []
    for text, message in (
        (str(file), "has 2 networks"),
        (f"{file}:tow", "there is no network 'tow'"),
        (f"{file}:one", "the input of the encoder is"),
    ):
        with pytest.raises(UsageError, match=message):
            mirror(text)


def test_a_residual_block_is_mirrored_without_its_shortcut(tmp_path: Path) -> None:
    file = tmp_path / "residual.yaml"
    file.write_text(
        "networks:\n  encoder:\n    input: {channels: 8, size: 16x16}\n    layers:\n"
        "      - {op: conv, out_channels: 8, kernel: 3, stride: 2, padding: 1, name: down}\n"
        "      - relu\n"
        "      - {op: conv, out_channels: 8, kernel: 3, padding: 1}\n"
        "      - {op: add, inputs: [previous, down]}\n"
    )
    config = decode(str(file))
    assert check(config) == []
    assert list_ops(config) == ["conv", "relu", "conv_transpose"]
    assert "the shortcut around a block" in config


@pytest.mark.parametrize(
    ("text", "size", "message"),
    [
        (VAE, None, "the input size is not known"),
        (VAE, (32, 32), "3136"),
        ("nn.Conv2d(3, 8, 3), nn.GLU(1)", (16, 16), "no layer that undoes it"),
        ("nn.Conv2d(3, 8, 3), Strange(4)", (16, 16), "layer 1: Strange is a class"),
        ("missing.yaml", None, "there is no such file"),
        ("tests/examples/good/unet.yaml", None, "concat joins 2 layers"),
    ],
)
def test_what_has_no_decoder(text: str, size: tuple[int, ...] | None, message: str) -> None:
    with pytest.raises(DeconvError, match=message):
        mirror(text, size)


def test_python_gives_layers_and_decoders() -> None:
    text = "nn.Conv2d(64, 128, 3, stride=2, padding=1)"
    layer = deconvcli.solve((34, 34), mirror=text)
    assert isinstance(layer, LayerMirror)
    assert layer.call == "nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1, output_padding=1)"
    assert deconvcli.solve(64, mirror=text, dialect="mlx").call == (  # type: ignore[union-attr]
        "mlx.nn.ConvTranspose2d(128, 64, 3, stride=2, padding=1, output_padding=1)"
    )
    assert str(deconvcli.solve((28, 28), mirror=VAE)) == decode(VAE, (28, 28))
    with pytest.raises(UsageError, match="a mirror has all numbers"):
        deconvcli.solve((34, 34), mirror=text, kernel=3)  # type: ignore[call-overload]
    with pytest.raises(UsageError, match="input and an output size, or for a factor"):
        deconvcli.solve((34, 34))
