"""Mutated networks, which must be read or refused, and never end in another error.

`python -m tests.networks.pasted.fuzz 100000` reads as many of them.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator

from deconvcli.common.errors import DeconvError
from deconvcli.layers.axis import Size, linear
from deconvcli.networks.pasted.answer import answer_network
from deconvcli.networks.pasted.network import read_network
from tests.frameworks.pasted.fuzz import mutate
from tests.networks.pasted.texts import TEXTS, UNET

MAX_SECONDS = 1.0
N, M = linear("N", 1, 0), linear("M", 2, -1)
SIZES: tuple[tuple[Size, ...] | None, ...] = (
    *((8, 8), (3, 16, 16), (64, 8, 8), (64, N, 8), (100,), (1, 3, 9, 9), (4, 3, 3, 3), None),
    *((3, N, N), (64, N, M), (N, M, 3), (1, 64, N, N), (N, N), (3, M, M)),
)
# Lines and parts of other networks, so that one form meets those of another.
PARTS = (
    *("(0-3): 4 x Block(", "(a.b): ReLU()", "(x): None", "  )\n", "model.add(", "self.a = "),
    *("Sequential(", "(fc): Linear(in_features=9, out_features=4, bias=True)\n", "nn.Flatten(), "),
    *("x = layers.Concatenate()([x, s])\n", "Input((8, 8, 3)), ", "(0): Foo(3)\n", "*layers, "),
    *(
        "for i in range(3):\n",
        "Unflatten(dim=1, unflattened_size=(4, 3, 3))",
        "..., ",
        "(v): View()",
    ),
    *("(up): Upsample(scale_factor=1.5)\n", "padding=same, ", "nn.AdaptiveAvgPool2d(1), "),
)


def mutate_lines(text: str, dice: random.Random) -> str:
    """Return the text with a line removed, repeated or moved, or a part of another inserted."""
    lines = text.splitlines(keepends=True)
    place = dice.randrange(len(lines))
    match dice.randrange(4):
        case 0:
            del lines[place]
        case 1:
            lines.insert(dice.randrange(len(lines)), lines[place])
        case 2:
            lines.insert(place, dice.choice(PARTS))
        case _:
            at = dice.randrange(len(text) + 1)
            return text[:at] + dice.choice(PARTS) + text[at:]
    return "".join(lines)


def find_problem(text: str, dice: random.Random, kinds: Counter[str]) -> str:
    """Return how reading a text failed, or nothing if it was read or refused."""
    begun = time.process_time()
    try:
        answer = answer_network(read_network(text), dice.choice(SIZES))
        assert len(answer.cells) == len(answer.layers) + 2, "another number of rows"
        assert (answer.output_shape is None) == (answer.error is not None), "no reason"
        kinds["read" if answer.error is None else f"failed: {answer.error.code}"] += 1
    except DeconvError as error:
        kinds[error.code] += 1
        if not error.message or not error.help:
            return "no message"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return "too slow" if time.process_time() - begun > MAX_SECONDS else ""


def find_errors(count: int, seed: int, kinds: Counter[str]) -> Iterator[tuple[str, str]]:
    """Yield (text, problem) of the mutated texts that are neither read nor refused."""
    dice, sources = random.Random(seed), [UNET, *(one.text for one in TEXTS.values())]
    for _ in range(count):
        text = dice.choice(sources)
        for _ in range(dice.randint(0, 2)):
            text = mutate_lines(text, dice) or text
        if dice.random() < 0.7:
            text = mutate(text, sources, dice)
        if problem := find_problem(text, dice, kinds):
            yield text, problem


if __name__ == "__main__":
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    begun, outcomes = time.perf_counter(), Counter[str]()
    bad = list(find_errors(total, int(sys.argv[2]) if len(sys.argv) > 2 else 0, outcomes))
    for text, problem in bad[:10]:
        print(f"--- {problem}\n{text}")
    seconds = time.perf_counter() - begun
    common = dict(outcomes.most_common(16))
    print(f"{total:,} texts in {seconds:.0f} s, {len(bad)} errors; outcomes: {common}")
    sys.exit(bool(bad))
