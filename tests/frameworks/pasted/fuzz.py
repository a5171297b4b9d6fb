"""Mutated layers in every form, which must be read or refused, and never end in another error.

`python -m tests.frameworks.pasted.fuzz 100000` reads as many of them.
"""

from __future__ import annotations

import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator

from deconvcli.cli.types import Variables
from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.request import LayerRequest
from tests.frameworks.pasted.test_forms import BORROWED, OTHERS, TORCH
from tests.frameworks.pasted.test_search import SHARED

MAX_SECONDS = 1.0
VARIABLES = ("k=4,s=2", "k=(4, 4), cfg.s = [2,2],p=same", "b=True,n=None,x=3x5")
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


def seeds() -> list[str]:
    """Return one text of each form."""
    rows = (*OTHERS, *BORROWED, *SHARED)
    return [*TORCH, *(str(row[0]) for row in rows)]


def mutate(text: str, sources: list[str], dice: random.Random) -> str:
    """Return the text after one to three small mutations."""
    for _ in range(dice.randint(1, 3)):
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


found_kinds: Counter[str] = Counter()


def find_problem(text: str, dice: random.Random) -> str:
    """Return how reading a text failed, or nothing if it was read or refused."""
    begun = time.process_time()
    try:
        size = dice.choice(((5,), (5, 5), (5, 5), (5, 5, 8), None))
        variables = {"k": 4} if re.search(r"\bk\b", text) else {}
        request = LayerRequest(text, dice.choice(DIALECTS), size, variables=variables)
        understood = request.understand()
        assert understood.why, "no reason for the dialect"
        _ = understood.shown_output, understood.input_text, understood.reading.spelling.text
        found_kinds["read"] += 1
    except DeconvError as error:
        found_kinds[error.code] += 1
        if not error.message:
            return "no message"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "too slow" if time.process_time() - begun > MAX_SECONDS else ""


def find_errors(count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (text, problem) of the mutated texts that are neither read nor refused."""
    dice, sources = random.Random(seed), seeds()
    for number in range(count):
        text = mutate(dice.choice(sources), sources, dice)
        if problem := find_problem(text, dice):
            yield text, problem
        if number % 20 == 0 and (problem := _parse_variables(dice)):
            yield problem, "variables"


def _parse_variables(dice: random.Random) -> str:
    """Return a text for --set that ends in an error of ours, or nothing."""
    text = mutate(dice.choice(VARIABLES), list(VARIABLES), dice)
    try:
        Variables().parse(text)
    except DeconvError:
        return ""
    except Exception as error:
        return f"{text!r}: {type(error).__name__}: {error}"
    return ""


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    begun = time.perf_counter()
    bad = list(find_errors(count, int(sys.argv[2]) if len(sys.argv) > 2 else 0))
    for text, problem in bad[:10]:
        print(f"--- {problem}\n{text}")
    kinds = dict(found_kinds.most_common(12))
    seconds = time.perf_counter() - begun
    print(f"{count:,} texts in {seconds:.0f} s, {len(bad)} errors; outcomes: {kinds}")
    sys.exit(bool(bad))
