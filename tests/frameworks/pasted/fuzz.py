"""Mutated layers in every form, which must be read or refused, and never end in another error.

`python -m tests.frameworks.pasted.fuzz 100000` reads as many of each form, and prints a row for it;
`python -m tests.frameworks.pasted.fuzz 100000 7 sizes nodes` reads two forms with another seed.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.cli.types import RequestedSizes, Sides, Sizes, Typed, Variables
from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.request import LayerRequest
from tests.frameworks.pasted.test_forms import APPLIED, BORROWED, OTHERS, PANELS, TORCH
from tests.frameworks.pasted.test_search import SHARED
from tests.frameworks.pasted.test_sizes import REQUESTED

MAX_SECONDS = 1.0
VARIABLES = ("k=4,s=2", "k=(4, 4), cfg.s = [2,2],p=same", "b=True,n=None,x=3x5")
SIZES = (
    *("5", "5x5", "(5, 5)", "[5, 5]", "5 x 5", "16x16x16", "N", "HxW", "2N-1", "(None, 23, 23, 1)"),
    *("torch.Size([1, 3, 8, 8])", "TensorShape([None, 8, 8, 64])", "(1, 64, 32, 32)", "None"),
    *("torch.randn(1, 3, 8, 8)", "Input(shape=(8, 8, 3), name='x')", "(?, 8, 8, 64)", "[-1, 3, 8]"),
    *("np.ones([2, 5, 3], dtype=np.float32)", "[  1 128  16]", "(batch_size, 3, H, W)"),
)
PADS = ("valid", "'same'", "1", "1x2", "1:2,0:1", "((1, 2), (0, 1))", "[(1, -2)]", "(1, 1)")
SIGNS = (
    *("(", ")", "[", "]", "{", "}", ",", "=", ":", "'", '"', "<", ">", "%", ".", "*", "-", "\n"),
    *(" ", "\t", "#", "\\", "\x00", "é", "->", "=>", "==", "**", "//", "lambda: ", "\ud800"),
)
VALUES = (
    *("0", "1", "-1", "3", "2.5", "1e400", "9223372036854775808", "9" * 30, "0x10", "1_0", "1j"),
    *("None", "True", "true", "null", "...", "b'x'", "'same'", "'SAME'", '"valid"', "NHWC", "x"),
    *("(4, 4)", "[[0, 0], [1, 1]]", "(None, 5, 5, 8)", "{'a': 1}", "dict(a=1)", "f'{x}'", "k"),
    *("torch.zeros(8, 4, 3, 3)", "ngf * 8", "k // 2", "2 ** 70", "7 % 0", "x.shape", "f(3)", "-k"),
    *("nn.ConvTranspose2d(8, 4, 4)", "Conv2DTranspose(4, 3)", "nn.Conv2d(3, 3, 3)", "F.relu(x)"),
)
# Names of arguments, so that one form meets the words of another.
NAMED = (
    *("stride=2", "strides=2", "channels=4", "filters=4", "in_channels=8", "kernel_size=3"),
    *("padding='same'", "padding=1", "output_padding=1", "groups=2", "output_shape=[1, 9, 9, 4]"),
    *("input_shape=(5, 5, 8)", "data_format='NCHW'", "dilation=2", "bias=b", "name='up'", "key=k"),
    *("kernel_shape=[3, 3]", "attrs={'group': 2}", "convolution_param=dict(pad=1)", "**more"),
    *("use_bias=no", "dilations=[2, 1]", "pad_mode='pad'", "pads=[1, 1]", "auto_pad='SAME_LOWER'"),
)
WORDS = (
    *("op_type: 'ConvTranspose'", "attribute { name: 'strides' ints: 2 }", "type: 'Deconvolution'"),
    *("convolution_param {", "kernel_size: 4", "class_name", "config", "layer {", "ConvTranspose["),
    *("mlx.core.", "jax.lax.", "hk.", "eqx.nn.", "slim.", "tf.nn.", "op.", "L.", "x.", "nn."),
)
DIALECTS = (*(None,) * 30, "torch", "keras", "tensorflow", "onnx", "paddle", "mxnet", "flax")


def mutate(text: str, sources: list[str], dice: random.Random) -> str:
    """Return the text after one to three small mutations."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        text = dice.choice(_MUTATIONS)(text, sources, dice)
    return text


def _span(text: str, dice: random.Random) -> tuple[int, int]:
    begin = dice.randrange(len(text) + 1)
    return begin, min(len(text), begin + dice.randint(0, 8))


def _cut(text: str, sources: list[str], dice: random.Random) -> str:
    begin, end = _span(text, dice)
    return text[:begin] + text[end:]


def _double(text: str, sources: list[str], dice: random.Random) -> str:
    begin, end = _span(text, dice)
    return text[:end] + text[begin:end] + text[end:]


def _splice(text: str, sources: list[str], dice: random.Random) -> str:
    """Insert a part of another form."""
    begin, _ = _span(text, dice)
    other = dice.choice(sources)
    part = dice.randrange(len(other))
    return text[:begin] + other[part : part + dice.randint(1, 30)] + text[begin:]


def _put(text: str, sources: list[str], dice: random.Random) -> str:
    begin, end = _span(text, dice)
    return text[:begin] + dice.choice((*SIGNS, *WORDS)) + text[end:]


def _replace_value(text: str, sources: list[str], dice: random.Random) -> str:
    """Replace the value of an argument, so that brackets stay in pairs."""
    values = list(re.finditer(r"(?<=[=,(\[:])\s*(?:-?\w+|'\w*')(?=\s*[,)\]}])", text))
    if not values:
        return _put(text, sources, dice)
    found = dice.choice(values)
    return f"{text[: found.start()]} {dice.choice(VALUES)}{text[found.end() :]}"


def _add_argument(text: str, sources: list[str], dice: random.Random) -> str:
    """Insert a value as the first argument, or one with a name as the last."""
    if dice.random() < 0.5:
        places = [found.end() for found in re.finditer(r"[(\[]", text)]
        added = f"{dice.choice(VALUES)}, "
    else:
        places = [found.start() for found in re.finditer(r"\)", text)]
        added = f", {dice.choice(NAMED)}"
    place = dice.choice(places) if places else 0
    return text[:place] + added + text[place:]


def _exchange_name(text: str, sources: list[str], dice: random.Random) -> str:
    """Replace the name of an argument or of a call by that of another form."""
    names = list(re.finditer(r"[A-Za-z_]\w*(?=\s*[=(:])", text))
    others = re.findall(r"[A-Za-z_]\w*(?=\s*[=(:])", dice.choice(sources))
    if not names or not others:
        return text
    found = dice.choice(names)
    return text[: found.start()] + str(dice.choice(others)) + text[found.end() :]


_MUTATIONS: tuple[Callable[[str, list[str], random.Random], str], ...] = (
    *(_cut, _double, _splice, _put),
    *(_replace_value, _add_argument, _exchange_name) * 6,
)


class Form(NamedTuple):
    """Texts of one form, and the function that reads one."""

    texts: Sequence[str]
    read: Callable[[str, random.Random], object]


class Tally(NamedTuple):
    """What became of the mutants of one form; errors: (problem, text)."""

    accepted: int
    refused: int
    errors: list[tuple[str, str]]
    slowest: float


def _read_layer(text: str, dice: random.Random) -> object:
    size = dice.choice(((5,), (5, 5), (5, 5), (5, 5), (5, 5, 8), None))
    return _read(text, dice, size, {})


def _read_function(text: str, dice: random.Random) -> object:
    """Read a call that takes its weights, whose kernel is an option."""
    rank = next((int(sign) for sign in text if sign in "123"), 2)
    return _read(text, dice, (5,) * rank, {"kernel": (3,)})


def _read(
    text: str, dice: random.Random, size: tuple[int, ...] | None, roles: Mapping[str, Any]
) -> object:
    variables = {"k": 4} if re.search(r"\bk\b", text) else {}
    request = LayerRequest(text, dice.choice(DIALECTS), size, roles=roles, variables=variables)
    understood = request.understand()
    assert understood.why, "no reason for the dialect"
    return understood.shown_output, understood.input_text, understood.reading.spelling.text


def _list_texts(rows: Sequence[tuple[Any, ...]], word: str = "") -> list[str]:
    """Return the texts of the rows whose reason for the dialect has the word."""
    return [str(row[0]) for row in rows if word in str(row[2])]


def _parse(kind: Typed, texts: Sequence[str]) -> Form:
    return Form(texts, lambda text, dice: kind.parse(text))


FORMS: Mapping[str, Form] = {
    "calls": Form([*TORCH, *_list_texts(OTHERS, "pasted call")], _read_layer),
    "configurations": Form(_list_texts(OTHERS, "pasted configuration"), _read_layer),
    "nodes": Form(_list_texts(OTHERS, "pasted node"), _read_layer),
    "panels": Form(_list_texts(PANELS), _read_layer),
    "caffe": Form(_list_texts(OTHERS, "pasted layer"), _read_layer),
    "borrowed": Form(_list_texts(BORROWED), _read_layer),
    "applied": Form([text for text, _ in APPLIED], _read_layer),
    "shared": Form(_list_texts(SHARED), _read_layer),
    "requested": Form([f"tf.nn.{row[0]}" for row in REQUESTED], _read_function),
    "sizes": _parse(Sizes(), SIZES),
    "requested-sizes": _parse(RequestedSizes(), SIZES),
    "pads": _parse(Sides(), PADS),
    "variables": _parse(Variables(), VARIABLES),
}
"""Each form in which people hold a layer, or give a value, by its name here."""


def tally(form: Form, count: int, seed: int) -> Tally:
    """Return what became of as many mutants of a form."""
    dice, everything = (
        random.Random(seed),
        [text for other in FORMS.values() for text in other.texts],
    )
    accepted, errors, slowest = 0, [], 0.0
    for _ in range(count):
        text = mutate(dice.choice(form.texts), everything, dice)
        begun, problem = time.process_time(), ""
        try:
            form.read(text, dice)
            accepted += 1
        except DeconvError as error:
            problem = "" if error.message else "no message"
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        seconds = time.process_time() - begun
        slowest = max(slowest, seconds)
        if problem or seconds > MAX_SECONDS:
            errors.append((problem or "too slow", text))
    return Tally(accepted, count - accepted - len(errors), errors, slowest)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    count, seed = (*map(int, arguments[:2]), *(1000, 0)[len(arguments[:2]) :])
    worst = 0
    for name in arguments[2:] or FORMS:
        found = tally(FORMS[name], count, seed)
        for problem, text in found.errors[:3]:
            print(f"--- {problem}\n{text}")
        outcome = f"{found.accepted:7,} accepted, {found.refused:7,} refused"
        failures = f"{len(found.errors)} errors, slowest {found.slowest:.3f} s"
        print(f"{name:16} {count:8,} mutants: {outcome}, {failures}", flush=True)
        worst = max(worst, len(found.errors))
    sys.exit(bool(worst))
