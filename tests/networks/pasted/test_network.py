"""Pasted networks: the size of each layer, and where the text does not say what is executed."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence

import pytest

from deconvcli.common.errors import NETWORK, DeconvError, UsageError
from deconvcli.frameworks.wording import KEYS
from deconvcli.layers.axis import Size, linear
from deconvcli.networks.pasted.answer import NetworkAnswer, answer_network
from deconvcli.networks.pasted.network import read_network
from tests.networks.pasted.fuzz import find_errors
from tests.networks.pasted.texts import CLASS, CLASSIFIER, REPEATED, TEXTS, UNET

IMAGE = (3, 16, 16)
H, W = linear("H", 1, 0), linear("W", 1, 0)


def answer(text: str, size: Sequence[Size] | None = IMAGE, dialect: str = "") -> NetworkAnswer:
    return answer_network(read_network(text, dialect or None), size)


@pytest.mark.parametrize("name", TEXTS)
def test_the_output_of_a_network(name: str) -> None:
    text, size, output, dialect = TEXTS[name]
    found = answer(text, size, dialect)
    assert found.error is None
    assert found.output_shape == output
    assert found.layers[-1].output == output


def test_each_layer_has_its_name_class_line_and_numbers() -> None:
    found = answer(REPEATED, (32,))
    assert [layer.name for layer in found.layers] == [
        *("proj", "shape"),
        *(f"blocks.{place}.{name}" for place in range(3) for name in ("norm", "act", "up")),
        *("drop", "out"),
    ]
    layer = found.layers[4]
    assert layer.name == "blocks.0.up"
    assert (layer.kind, layer.line) == ("ConvTranspose2d", 8)
    assert layer.output == (64, 16, 16)
    assert layer.parameters == 64 * 64 * 16 + 64
    assert layer.macs == 8 * 8 * 64 * 64 * 16
    assert sum(layer.parameters or 0 for layer in found.layers) == found.parameters


def test_code_names_layers_as_it_does() -> None:
    assert [(layer.name, layer.line) for layer in answer(CLASS, (64, 8, 8)).layers] == [
        *(("up1", 4), ("main.norm", 6), ("main.up2", 7)),
    ]
    found = answer("nn.Sequential(nn.ReLU(), nn.Sequential(nn.Conv2d(3, 4, 3), nn.Tanh()))")
    assert [layer.name for layer in found.layers] == ["0", "1.0", "1.1"]
    found = answer("x = Conv2D(4, 3, name='stem')(x)\nx = Conv2D(4, 3)(x)", (9, 9, 3), "keras")
    assert [layer.name for layer in found.layers] == ["stem", "1"]


@pytest.mark.parametrize(
    ("size", "output"),
    [
        ((8,), (32, 32)),
        ((8, 8), (32, 32)),
        ((64, 8, 8), (3, 32, 32)),
        ((2, 64, 8, 8), (2, 3, 32, 32)),
    ],
)
def test_the_output_has_the_form_of_the_input(
    size: tuple[int, ...], output: tuple[int, ...]
) -> None:
    assert answer(TEXTS["calls"].text, size).output_shape == output


def test_letters_pass_through_a_network() -> None:
    h, w = linear("H", 1, 0), linear("W", 1, 0)
    found = answer_network(read_network(TEXTS["calls"].text), (64, h, w))
    assert list(map(str, found.output_shape or ())) == ["3", "4H", "4W"]
    open_sizes = "keras.Sequential([Input((None, None, 8)), Conv2DTranspose(4, 4, strides=2)])"
    shape = answer(open_sizes, None).output_shape or ()
    assert list(map(str, shape)) == ["2H+2", "2W+2", "4"]


@pytest.mark.parametrize(
    ("text", "size", "message", "help"),
    [
        (TEXTS["calls"].text, None, "input size is not known", "input_size 3x64x64"),
        (TEXTS["calls"].text, (1, 2, 3, 4, 5), "5 sizes, the first layers have 2", "give 3"),
        (TEXTS["chained"].text, (8, 8), "channels of the input are not known", "8x8x64"),
        (TEXTS["keras"].text, (9, 9, 64), r"declares \(8, 8, 64\)", "leave one of them out"),
        ("Sequential([Input((None, None, None, None)), ReLU()])", None, "are C", "as a number"),
        ("Sequential([Input((9, 9, 9, 9, 9, 9)), ReLU()])", None, "4 sizes, .* 5 spatial", "give"),
        ("nn.Sequential()", IMAGE, "no layers", "print"),
        (
            'Model: "m"\n' + "conv (Conv2D)  (None, 8, 8, 4)  112\n" * 400,
            IMAGE,
            "a summary",
            "code",
        ),
        ("ConvTranspose2d-1  [-1, 64, 8, 8]  9\n" * 400, IMAGE, "a summary", "code"),
        ("Traceback (most recent call last):\n" * 400, IMAGE, "an error message", "line that"),
        ("Sequential(\n  (0): ReLU()\n  ...\n)", IMAGE, "line 1 is cut short", "print"),
        ("Sequential(\n  (0): ReLU()\n", IMAGE, "ends before Sequential does", "print"),
        ("(0): ReLU()\n(1): ReLU())", IMAGE, "a bracket too many", "print"),
        ("(0-3): 3 x ReLU()\n(4): Tanh()", IMAGE, r"repeats \(0-3\) 3 times", "print"),
        ("(0-9999999): 10000000 x ReLU()", IMAGE, "repeats", "print"),
        ("M(\n" + "(0-1): 2 x M(\n" * 12 + "(a): ReLU()" + ")" * 13, IMAGE, "2,000 layers", "part"),
        ("(a): B(" * 100 + ")" * 100, IMAGE, "nested too deeply", "print"),
        ("nn.ReLU()\n" * 2001, IMAGE, "2,000 layers", "part"),
        ("nn.ReLU()\n" * 10_001, IMAGE, "100,000 characters", "part"),
        ("(a): ReLU()\n" * 50_000, IMAGE, "400,000 characters", "part"),
        ("for i in range(3):\n  m.add(nn.Conv2d(3, 3, 3))", IMAGE, "depends on a loop", "print"),
        ("nn.Sequential(*[nn.Conv2d(3, 3, 3) for _ in x])", IMAGE, "computed by the", "print"),
        ("nn.Sequential(nn.ReLU(), stem)", IMAGE, None, ""),
        ("self.m = nn.Sequential(nn.ReLU(), self.stem)", IMAGE, "created elsewhere", "print"),
    ],
)
def test_what_is_no_network_gets_a_sentence_that_helps(
    text: str, size: tuple[int, ...] | None, message: str | None, help: str
) -> None:
    if message is None:
        assert answer(text, size).output_shape == size
        return
    with pytest.raises(UsageError, match=message) as error:
        answer(text, size)
    assert help in error.value.help


@pytest.mark.parametrize(
    ("text", "size", "message", "help"),
    [
        (UNET, (1, 16, 16), r"layer dec \(Conv2d, line 9\): the input has 8 channels, the",
         "a concat with the output of inc.1 has 16 channels"),
        ("M(\n  (a): Conv2d(3, 8, 1)\n  (b): Conv2d(8, 4, 1)\n  (c): Conv2d(8, 4, 1)\n)", IMAGE,
         r"layer c \(Conv2d, line 4\)", "may take the output of a"),
        ("M(\n  (fc): Linear(3, 512)\n  (up): ConvTranspose2d(32, 8, 4)\n)", (3,),
         "layer up", "a reshape of its 512 elements is missing, such as 32x4x4"),
        ("M(\n  (a): Conv2d(3, 8, 1)\n  (fc): Linear(8, 4)\n)", IMAGE, "has spatial axes",
         "such as nn.Flatten"),
        ("nn.Conv2d(3, 8, 1), nn.Linear(2048, 4)", IMAGE, "has spatial axes", "nn.Flatten"),
        ("nn.Conv2d(3, 8, 3), View(-1)", IMAGE, r"layer 1 \(View, line 1\): View is a class",
         "in its place"),
        ("nn.Conv2d(3, 8, 3), nn.Conv2d(4, 8, 3)", IMAGE, "has 8 channels, the layer takes 4",
         "set in_channels to 8"),
        ("nn.Conv2d(3, 8, 3), nn.Conv3d(8, 8, 3)", IMAGE, "3", "give"),
        ("nn.Conv2d(3, 8, 3, foo=3)", IMAGE, "'foo'", ""),
        ("nn.Conv2d(3, 8)", IMAGE, "no kernel", "add it to the call"),
        ("nn.Conv2d(3, 8, 'x')", IMAGE, "kernel_size is 'x'", "write one integer"),
        ("nn.Conv2d(3, c, 3)", IMAGE, "out_channels is c, which has a value", "write its value"),
        ("nn.ConvTranspose2d(3, 8, 1, padding=9)", IMAGE, "would have size -2", "crop less"),
        ("layers.Concatenate()(x)", (4, 4, 3), "1 input", "list 2 or more"),
    ],
)  # fmt: skip
def test_the_first_layer_that_fails_is_named(
    text: str, size: tuple[int, ...], message: str, help: str
) -> None:
    found = answer(text, size)
    assert found.error is not None
    assert found.output_shape is None
    with pytest.raises(DeconvError, match=message):
        raise found.error
    assert help in found.error.help
    assert f"layer {found.failed} (" in found.error.message
    shapes = [layer.output for layer in found.layers]
    first = shapes.index(None)
    assert set(shapes[first:]) == {None}


def test_a_gate_has_the_shape_of_its_input() -> None:
    """A squeeze-and-excitation, as torchvision 0.28.0 prints it, multiplies what it is given."""
    text = """Block(
  (expand): Conv2d(3, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  (se): SqueezeExcitation(
    (avgpool): AdaptiveAvgPool2d(output_size=1)
    (fc1): Conv2d(8, 2, kernel_size=(1, 1), stride=(1, 1))
    (fc2): Conv2d(2, 8, kernel_size=(1, 1), stride=(1, 1))
    (scale_activation): Hardsigmoid()
  )
  (project): Conv2d(8, 4, kernel_size=(1, 1), stride=(1, 1))
)"""
    assert [layer.output for layer in answer(text).layers] == [
        *((8, 16, 16), (8, 1, 1), (2, 1, 1), (8, 1, 1), (8, 1, 1), (4, 16, 16)),
    ]


RESIDUAL = """Net(
  (blocks): Sequential(
    (0): Block(
      (conv1): Conv2d(3, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))
      (conv2): Conv2d(8, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
      (shortcut): Sequential(
        (0): Conv2d(3, 8, kernel_size=(1, 1), stride=(2, 2))
        (1): BatchNorm2d(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
      )
    )
    (1): Block(
      (conv1): Conv2d(8, 4, kernel_size=(1, 1), stride=(1, 1))
      (skip): Conv2d(8, 4, kernel_size=(1, 1), stride=(1, 1))
    )
  )
  (up): ConvTranspose2d(4, 3, kernel_size=(2, 2), stride=(2, 2))
)"""


def test_a_residual_branch_takes_the_input_of_its_block() -> None:
    found = answer(RESIDUAL)
    assert found.error is None
    assert [layer.output for layer in found.layers] == [
        *([(8, 8, 8)] * 4),
        *((4, 8, 8), (4, 8, 8), (3, 16, 16)),
    ]
    assert found.notes[0] == (
        "taken for residual branches, whose output is added: blocks.0.shortcut, blocks.1.skip"
    )


@pytest.mark.parametrize(
    ("old", "new", "layer"),
    [
        # Its output has another shape than what it would be added to.
        ("(1, 1), stride=(2, 2))", "(1, 1), stride=(4, 4))", "blocks.0.shortcut.0"),
        ("(skip): Conv2d(8, 4,", "(skip): Conv2d(8, 2,", "blocks.1.skip"),
        # Nothing that arrives at the block has so many channels.
        ("(skip): Conv2d(8, 4,", "(skip): Conv2d(5, 4,", "blocks.1.skip"),
        # The layers of a Sequential are executed in order.
        ("(1): Block(", "(1): Sequential(", "blocks.1.skip"),
    ],
)
def test_what_may_be_no_residual_branch_is_an_error(old: str, new: str, layer: str) -> None:
    assert old in RESIDUAL
    found = answer(RESIDUAL.replace(old, new))
    assert found.failed == layer
    assert found.error is not None
    assert found.error.code == "channels"


def test_letters_pass_through_branches() -> None:
    h, w = linear("H", 1, 0), linear("W", 1, 0)
    found = answer_network(read_network(RESIDUAL), (3, h, w))
    assert list(map(str, found.output_shape or ())) == ["3", "H+1", "W+1"]
    assert "formulas hold for H = 2m + 1, m >= 0" in found.notes
    text = CLASSIFIER.replace("(2, 2))", "(1, 1))")
    assert answer_network(read_network(text), (3, h, w)).output_shape == (10,)


def test_a_note_lists_a_few_branches() -> None:
    block = "(a): Conv2d(8, 4, 1)\n(b): Conv2d(4, 6, 1)\n(c): Conv2d(8, 6, 1)\n(d): Conv2d(6, 8, 1)"
    found = answer(f"Net(\n(0-4): 5 x Block(\n{block}\n)\n)", (8, 9, 9))
    assert found.output_shape == (8, 9, 9)
    assert found.notes[0].endswith("is added: 0.c, 1.c, 2.c and 2 more")


def test_what_is_assumed_is_a_note() -> None:
    found = answer(CLASSIFIER, (3, 32, 30))
    assert "fc takes all elements, so that its input is flattened" in found.notes
    assert found.layers[-2].kind == "flatten"
    assert "layers are in the order of registration" in found.notes[-1]
    kept = answer("Sequential(\n  (0): DropPath()\n  (1): FrozenBatchNorm2d(3, eps=1e-05)\n)")
    assert kept.output_shape == IMAGE
    assert kept.notes == ("taken to keep the shape, by their names: DropPath, FrozenBatchNorm2d",)
    assert [layer.parameters for layer in kept.layers] == [0, None]
    assert kept.parameters is None
    assert answer(TEXTS["calls"].text, (64, 8, 8)).notes == ()


def test_the_framework_of_a_shared_name_is_that_of_the_others() -> None:
    mixed = "x = layers.Conv2D(8, 3)(x)\nx = Conv2D(8, 3, 2)(x)"
    assert answer(mixed, (9, 9, 3)).output_shape == (3, 3, 8)
    paddle = "nn.Conv2D(3, 8, 3), nn.Conv2DTranspose(8, 4, 3, 2, 1)"
    assert answer(paddle, (3, 9, 9)).output_shape == (4, 13, 13)
    assert answer("MaxPool2D(2), MaxPool2D(2, 1)", (9, 9, 3), "keras").output_shape == (3, 3, 3)
    first = "Sequential([Conv2D(4, 3, data_format='channels_first', input_shape=(3, 9, 9))])"
    assert answer(first, None).output_shape == (4, 7, 7)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("X = torch.rand(size=(1, 10, 16, 16))\nconv = nn.Conv2d(10, 20, 3, padding=1, stride=2)\n"
         "up = nn.ConvTranspose2d(20, 10, 3, padding=1, stride=2)\ny = up(conv(X)).shape",
         (10, 15, 15)),
        ("up = nn.ConvTranspose2d(4, 2, 2, 2)\ndown = nn.Conv2d(3, 4, 3, 2, 1)\n"
         "x = torch.zeros(1, 3, 9, 9)\nh = down(x)\ny = up(h)", (2, 10, 10)),
        (">>> x = torch.randn(1, 3, 12, 12)\n>>> down = nn.Conv2d(3, 4, 3, stride=2, padding=1)\n"
         ">>> up = nn.ConvTranspose2d(4, 2, 3, stride=2, padding=1)\n>>> h = down(x)\n"
         ">>> h.size()\ntorch.Size([1, 4, 6, 6])\n>>> y = up(h, output_size=x.size())\n",
         (2, 12, 12)),
        ("down = Conv2D(4, 3, strides=2, padding='same')\nup = Conv2DTranspose(1, 3, strides=2,"
         " padding='same')\nx = Input(shape=(23, 23, 1))\nh = down(x)\ny = up(h)", (24, 24, 1)),
        ("n = 8\nx = Input((20, 4))\nx = Conv1D(n, 4, 4)(x)\nn = int(2 * n)\n"
         "x = Conv1D(n, 1)(x)\nn = int(n / 4)\nx = Conv1DTranspose(n, 4, 4)(x)", (20, 4)),
    ],
)  # fmt: skip
def test_layers_are_applied_where_the_text_applies_them(text: str, output: tuple[int, ...]) -> None:
    found = answer(text, None)
    assert found.error is None
    assert found.output_shape == output


@pytest.mark.parametrize(
    ("text", "output", "parameters"),
    [
        (
            "keras.Sequential([keras.Input((2,)), layers.Dense(7*7*64), layers.Reshape((7, 7, 64)),"
            " layers.Conv2DTranspose(64, 3, strides=2, padding='same'),"
            " layers.Conv2DTranspose(32, 3, strides=2, padding='same'),"
            " layers.Conv2DTranspose(1, 3, padding='same')])",
            (28, 28, 1),
            65089,
        ),
        (
            "Sequential([Input(shape=(30, 31, 3)), ZeroPadding2D(), Conv2D(8, 3, strides=2),"
            " MaxPooling2D(), AveragePooling2D(2, strides=1, padding='same'), Cropping2D(1),"
            " LayerNormalization(), PReLU(), GlobalAveragePooling2D(keepdims=True), Flatten(),"
            " Dense(5)])",
            (5,),
            525,
        ),
        (
            "Sequential([Input((8, 8, 8, 2)), Conv3DTranspose(4, 3, strides=2, padding='same'),"
            " MaxPooling3D(), GroupNormalization(2), ZeroPadding3D((1, 2, 3))])",
            (10, 12, 14, 4),
            228,
        ),
        (
            "Sequential([Input((16, 4)), Conv1D(8, 3, padding='causal', dilation_rate=2),"
            " Conv1DTranspose(4, 4, strides=3), UpSampling1D(), GlobalMaxPooling1D(), Dense(3)])",
            (3,),
            251,
        ),
    ],
)
def test_a_keras_model_has_the_sizes_and_parameters_of_keras(
    text: str, output: tuple[int, ...], parameters: int
) -> None:
    """The numbers are those of Keras 3.15.1, `output_shape` and `count_params()`."""
    found = answer(text, None)
    assert (found.output_shape, found.parameters) == (output, parameters)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("nn.ModuleDict({'a': nn.Conv2d(3, 4, 3), 'b': nn.Tanh()})", (4, 14, 14)),
        ("Conv2D(4, 3)(Conv2DTranspose(8, 3)(x))", (16, 16, 4)),
        ("y = keras.Sequential([Conv2D(4, 3), ReLU()])(x)", (14, 14, 4)),
        ("model.add_module('c', nn.Conv2d(3, 4, 3))\nmodel.add_module('d', Tanh())", (4, 14, 14)),
        ("x = Conv2D(4, 3)(x)\ny = x\nz = Conv2D(8, 3)(x)\nx = Conv2D(2, 1)(y)", (14, 14, 2)),
        (
            "nn.Sequential(\n    nn.Conv2d(3, 4, 3),\n  Residual(nn.Conv2d(4, 4, 1)),\n)",
            (4, 14, 14),
        ),
        ("nn.Conv(features=4, kernel_size=(3, 3)), nn.ConvTranspose(3, (3, 3))", (16, 16, 3)),
        ("nn.ConvTranspose(4, (3, 3), (2, 2)), nn.relu, nn.Conv(3, (3, 3))", (32, 32, 3)),
    ],
)
def test_containers_and_chains_are_read(text: str, output: tuple[int, ...]) -> None:
    found = answer(text, (16, 16, 3) if output[-1] < output[0] else IMAGE)
    assert found.output_shape == output


def test_the_variables_of_a_network_are_listed() -> None:
    text = (
        "nn.Sequential(nn.ConvTranspose2d(nz, ngf * 8, 4, 1, 0), nn.ReLU(),"
        " nn.ConvTranspose2d(ngf * 8, cfg.nc, 4, 2, 1))"
    )
    found = answer_network(read_network(text), (100, 1, 1), KEYS._replace(variables="--set"))
    assert found.error is not None
    assert found.error.help == "give the variables their values: --set nz=4,ngf=4,cfg.nc=4."
    found = answer_network(read_network(text), (100, 1, 1))
    assert found.error is not None
    assert found.error.help == "write its value into the call."
    values = {"nz": 100, "ngf": 2, "cfg.nc": 3}
    assert answer_network(read_network(text, None, values), (100, 1, 1)).output_shape == (3, 8, 8)


def test_variables_have_values() -> None:
    text = "ngf = 4\nnn.Conv2d(3, ngf * 2, k), nn.Conv2d(ngf * 2, 4, k)"
    assert answer_network(read_network(text, None, {"k": 3}), IMAGE).output_shape == (4, 12, 12)
    with pytest.raises(UsageError, match="no variable j"):
        read_network(text, None, {"j": 3, "k": 3})


def test_a_text_beyond_its_limits_is_refused_at_once() -> None:
    begun = time.process_time()
    texts = (
        *("(" * 99_000, "a(" * 49_000, "(a): A(" * 28_000, "[1," * 33_000, "x=" * 49_000),
        *(
            "(a): A(" + part * (390_000 // len(part))
            for part in ("x", "x.", "'", "\\'", "'\"", "([")
        ),
    )
    for text in texts:
        with pytest.raises(UsageError):
            answer(text)
    block = "(a): Conv2d(3, 3, kernel_size=(3, 3), padding=(1, 1))\n" * 1999
    assert answer(f"Sequential(\n{block})").output_shape == IMAGE
    assert time.process_time() - begun < 9  # half a second each, and much room


def test_mutated_networks_are_read_or_refused() -> None:
    kinds: Counter[str] = Counter()
    assert list(find_errors(400, 7, kinds)) == []
    assert kinds["read"] > 10
    assert NETWORK in kinds


@pytest.mark.parametrize("name", TEXTS)
def test_spaces_of_web_pages_and_marks_without_width_change_nothing(name: str) -> None:
    text, size, output, dialect = TEXTS[name]
    copied = "\ufeff" + text.replace("  ", "\u00a0\u00a0").replace("(", "\u200b(")
    found = answer_network(read_network(copied, dialect or None), size)
    assert found.output_shape == output


# As Keras 3.15.1 counts them: model.count_params of each layer.
ORDERS = {
    (
        "Conv2D(8, 1), BatchNormalization(axis=1), BatchNormalization(),"
        " LayerNormalization(axis=[1, 2]), PReLU(shared_axes=[1, 2]), Conv2DTranspose(3, 2)"
    ): ((4, 6, 8), [72, 16, 32, 48, 8, 99]),
    (
        "Conv2D(8, 1, 1, 'same', 'channels_first'), BatchNormalization(axis=1),"
        " BatchNormalization(), LayerNormalization(axis=[1, 2]), PReLU(shared_axes=[2, 3]),"
        " Conv2DTranspose(3, 2, data_format='channels_first'), GroupNormalization(3, axis=1)"
    ): ((8, 4, 6), [72, 32, 24, 64, 8, 99, 6]),
}


@pytest.mark.parametrize("text", ORDERS)
def test_norms_are_counted_in_the_order_of_the_axes_of_their_network(text: str) -> None:
    size, parameters = ORDERS[text]
    network = answer_network(read_network(text, "keras"), size)
    assert [layer.parameters for layer in network.layers] == parameters
    assert network.error is None


@pytest.mark.parametrize(
    ("size", "flat", "product"),
    [
        ((3, H, H), 510 * 510, r"\(4H-8\) \* \(H-2\)"),
        ((3, H, W), 510 * 510, r"\(4H-8\) \* \(W-2\)"),
        ((1, 3, H, H), 510 * 510, r"\(4H-8\) \* \(H-2\)"),
        ((3, H, H + H), 510 * 1022, r"\(4H-8\) \* \(2H-2\)"),
        ((3, H - 1, W + 2), 509 * 512, r"\(4H-12\) \* \(W\)"),
    ],
)
def test_a_flatten_that_is_not_in_the_text_may_fail(
    size: tuple[Size, ...], flat: int, product: str
) -> None:
    found = answer(
        "Net(\n  (conv): Conv2d(3, 4, kernel_size=(3, 3), stride=(1, 1))\n"
        f"  (fc): Linear(in_features={4 * flat}, out_features=10, bias=True)\n)",
        size,
    )
    assert (found.failed, found.output_shape) == ("before fc", None)
    assert found.error is not None
    assert re.match(rf"layer before fc \(flatten\): {product} has no", found.error.message)


@pytest.mark.parametrize(
    ("text", "output"),
    [
        ("k = 5\nk += 2\nnn.Conv2d(3, 3, k)\nnn.Conv2d(3, 3, k)", None),
        ("k = 5\nif big: k = 7\nnn.Conv2d(3, 3, k)\nnn.Conv2d(3, 3, k)", None),
        ("k = 5\ndef up(k):\n  a = nn.Conv2d(3, 3, k)\n  b = nn.Conv2d(3, 3, k)", None),
        ("k = 5\ndef other():\n  k = 7\nnn.Conv2d(3, 3, k)\nnn.Conv2d(3, 3, k)", (3, 8, 8)),
        ("k = j = 5\nnn.Conv2d(3, 3, k)\nk = 3\nnn.Conv2d(3, 3, k)", (3, 10, 10)),
        ("def up():\n  k = 3\n  a = nn.Conv2d(3, 3, k)\n  b = nn.Conv2d(3, 3, k)", (3, 12, 12)),
    ],
)
def test_variables_have_the_values_of_their_place(
    text: str, output: tuple[int, ...] | None
) -> None:
    found = answer(text)
    assert found.output_shape == output
    if output is None:
        assert found.error is not None
        assert "kernel_size is k, which has a value only in your program" in found.error.message
