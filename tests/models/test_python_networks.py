"""Networks that Python source writes out: what arrives at each layer, and what cannot."""

from __future__ import annotations

import random
from importlib.util import find_spec
from pathlib import Path

import pytest

from deconvcli.models.reading import read_model

HEAD = "import keras\nfrom torch import nn\nfrom keras import layers as L\n"
UP = 'L.Conv2DTranspose(4, 3, strides=2, padding="same")'
FITTING = "nn.ConvTranspose2d(64, 32, 4, 2, 1)"


def sizes(tmp_path: Path, text: str) -> list[str]:
    """Return the size of each transposed convolution, or what is wrong with a layer."""
    path = tmp_path / "a.py"
    path.write_text(HEAD + text, encoding="utf-8")
    model = read_model(str(path), {})
    if model.findings:
        return [found.message for found in model.findings]
    return ["x".join(map(str, layer.output or ())) for layer in model.layers]


FOLLOWED = {
    f"net = nn.Sequential(  # deconv: in=1x64x8x8\n    {FITTING}, nn.ReLU(),\n"
    "    nn.Conv2d(32, 8, 3), nn.ConvTranspose2d(8, 3, 2, 2))": ["1x32x16x16", "1x3x28x28"],
    f"net = nn.Sequential({FITTING}, nn.ConvTranspose2d(32, 3, 2, 2))  # deconv: in=64x8x9": [
        *["1x32x16x18", "1x3x32x36"]
    ],
    "C = 32\nnet = nn.Sequential(*[])\nnet = nn.Sequential(nn.Conv2d(3, C, 3, 2, 1),"
    " nn.ConvTranspose2d(C, 3, 2, 2))  # deconv: in=1x3x9x9": ["1x3x10x10"],
    f"keras.Sequential([keras.Input((8, 8, 3)), {UP}, L.ReLU(), {UP}])": [
        *["1x16x16x4", "1x32x32x4"]
    ],
    f"m = keras.Sequential()\nm.add(L.Dense(98, input_shape=(9,)))\nm.add(L.Reshape((7, 7, 2)))\n"
    f"m.add({UP})": ["1x14x14x4"],
    "def build(f=16):\n    a = L.Input((9, 9, 3))\n    x = skip = L.Conv2D(f, 3)(a)\n"
    f"    x = L.MaxPooling2D()(x)\n    x = {UP}(x)\n    return keras.Model(a, x)": ["1x6x6x4"],
    f"def f():\n    a = L.Input((8, 8, 3))\n    x = L.Conv2D(5, 1, strides=2)(a)\n    x = {UP}(x)\n"
    f"    y = L.Concatenate()([x, a])\n    return {UP}(y)": ["1x8x8x4", "1x16x16x4"],
}


@pytest.mark.parametrize("text", FOLLOWED, ids=range(len(FOLLOWED)))
def test_each_layer_gets_what_arrives(text: str, tmp_path: Path) -> None:
    assert sizes(tmp_path, text) == FOLLOWED[text]


WRONG = {
    f"net = nn.Sequential({FITTING}, {FITTING})  # deconv: in=1x64x8x8": (
        "net.1: torch: the input has 32 channels; the layer takes 64"
    ),
    f"net = nn.Sequential({FITTING}, nn.Conv2d(8, 3, 3))  # deconv: in=1x64x8x8": (
        "net.1 (Conv2d): the input has 32 channels, the layer takes 8"
    ),
    "def build():\n    a = L.Input((9, 9, 3))\n    x = L.MaxPooling2D()(a)\n"
    f"    x = {UP}(x)\n    return L.Concatenate()([x, a])": (
        "build.2 (Concatenate): the inputs have unequal sizes: [4, 8, 8] and [3, 9, 9]"
    ),
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
def test_a_layer_that_cannot_take_what_arrives(text: str, tmp_path: Path) -> None:
    assert sizes(tmp_path, text) == [WRONG[text]]


NOT_FOLLOWED = [
    f"net = nn.Sequential({FITTING}, {FITTING})",
    f"from .blocks import Block\nnet = nn.Sequential(Block(), {FITTING})  # deconv: in=1x3x8x8",
    f"class ReLU: pass\nnet = nn.Sequential(ReLU(), {FITTING})  # deconv: in=1x3x8x8",
    f"net = nn.Sequential(*blocks, {FITTING})  # deconv: in=1x3x8x8",
    f"net = nn.Sequential(head, {FITTING})  # deconv: in=1x3x8x8",
    f"def f(x):\n    a = L.Input((8, 8, 3))\n    y = {UP}(a + x)",
    f"def f():\n    a = L.Input((8, 8, 3))\n    a = a[:, 1:]\n    y = {UP}(a)",
    f"def f():\n    a = L.Input((8, 8, 3))\n    b = L.Input((9, 9, 3))\n    y = {UP}(b)",
    f"m = keras.Sequential()\nm.add(L.Input((8, 8, 3)))\nm.add(head)\nm.add({UP})",
    f"keras.Sequential([L.Input((8, 8, 3)), head, {UP}])",
    f"def f():\n    a = L.Input((8, 8, 3))\n    for _ in range(2):\n        a = {UP}(a)",
    f"def f():\n    a = L.Input((8, 8, 3))\n    if x:\n        a = {UP}(a)",
    f"def f():\n    a = L.Input((8, 8, 3))\n    a = own(a)\n    y = {UP}(a)\ndef own(a): ...",
    f"def f():\n    a = L.Input((8, 8, 3))\n    up = {UP}\n    y = up(up(a))",
    f"def f():\n    a = L.Input((8, 8, 3))\n    m = keras.Sequential()\n    m.add({UP})\n"
    f"    n = keras.Sequential()\n    n.add({UP})",
    f"def f(n):\n    a = L.Input((n, n, 3))\n    y = {UP}(L.ZeroPadding2D(1)(a))\nf(8), f(9)",
]


@pytest.mark.parametrize("text", NOT_FOLLOWED, ids=range(len(NOT_FOLLOWED)))
def test_what_the_program_does_itself_ends_the_network(text: str, tmp_path: Path) -> None:
    assert all("2H" in size for size in sizes(tmp_path, text)[:2])


KINDS = (
    *("L.Conv2DTranspose({f}, {k}, strides={s}, padding='{p}')",) * 2,
    "L.Conv2D({f}, {k}, strides={s}, padding='{p}')",
    *("L.MaxPooling2D()", "L.UpSampling2D(2)", "L.BatchNormalization()", "L.ZeroPadding2D(1)"),
)


@pytest.mark.skipif(find_spec("keras") is None, reason="needs keras")
def test_drawn_networks_have_the_sizes_of_keras(tmp_path: Path) -> None:
    import keras

    dice = random.Random(5)
    compared = 0
    for number in range(40):
        drawn = [
            dice.choice(KINDS).format(
                f=dice.randint(2, 4),
                k=dice.randint(1, 5),
                s=dice.randint(1, 3),
                p=dice.choice(["same", "valid"]),
            )
            for _ in range(dice.randint(2, 6))
        ]
        start, lines = f"keras.Input(({dice.randint(20, 40)}, {dice.randint(20, 40)}, 3))", ""
        if number % 2:
            lines = f"m = keras.Sequential([{', '.join([start, *drawn, UP])}])\n"
        else:
            lines = f"a = x = {start}\n" + "".join(f"x = {each}(x)\n" for each in [*drawn, UP])
            lines += "m = keras.Model(a, x)\n"
        names = {"keras": keras, "L": keras.layers}
        try:
            exec(lines, names)
        except ValueError:
            continue
        found = [
            layer.output.shape[1:] for layer in names["m"].layers if "Transpose" in repr(layer)
        ]
        assert sizes(tmp_path, lines) == ["x".join(map(str, (1, *shape))) for shape in found]
        compared += len(found)
    assert compared > 40
