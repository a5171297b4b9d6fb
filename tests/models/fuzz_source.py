"""Mutants of Python source: `python -m tests.models.fuzz_source py 100000` checks as many of them.

With `ipynb` they are of notebooks. Originals are layers of the tests, and files with layers of the
frameworks that are installed. Declared errors are expected; any other is printed with its mutant,
as is one that takes longer than a second.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

import deconvcli
from deconvcli.common.errors import DeconvError

MAX_SECONDS = 1.0
MAX_BYTES = 12_000
FRAMEWORKS = ("torch", "keras", "tf_keras", "flax", "paddle", "mlx", "tinygrad", "jax")
WORDS = re.compile(r"\s+|\w+|[^\w\s]")
OTHERS = (
    *("[", ")", "*", "**", "...", "None", "-1", "10**9", "'same'", "(2,)", "self", "1.5"),
    *("if", "else", "for", "in", "lambda", ":", "=", ".", "not", "range(3)", "zip(a, b)"),
)

OWN = """\
import functools
import torch
import torch.nn.functional as F
from keras import layers
from torch import nn

RATES = [8, 8, 2]


class Decoder(nn.Module):
    scale = 2

    def __init__(self, channels, kernel=4, *args, factor=0, **options):
        super().__init__()
        self.kernel = kernel or 4
        self.weight = nn.Parameter(torch.randn(3, 8, 4, 4))
        if factor > 0:
            self.first = nn.ConvTranspose2d(3, channels, factor, *args, **options)
        elif not channels:
            raise ValueError
        else:
            self.first = nn.ConvTranspose2d(3, 8, self.kernel, stride=2 if kernel > 2 else 1)
        for rate, size in zip(RATES, [2 * rate for rate in RATES]):
            self.ups.append(nn.ConvTranspose1d(3, 8, size, rate, padding=(size - rate) // 2))
        self.main = nn.Sequential(  # deconv: in=1x64x8x8
            nn.ConvTranspose2d(64, 32, 4, 2, 1),
            nn.ReLU(),
            nn.ConvTranspose2d(32, 3, 3, 2, 1, output_padding=1),
        )

    def again(self, x):
        assert x is not None
        return F.conv_transpose2d(self.main(x), self.weight, None, 2, 1, 1)


class Straight(nn.Module):  # deconv: in=1x3x8x8
    def __init__(self):
        self.up = nn.ConvTranspose2d(3, 8, 4, 2, 1)
        self.act, self.last = nn.ReLU(), nn.ConvTranspose2d(8, 3, 4)
        self.out = nn.Conv2d(8, 3, 3)

    def forward(self, x):
        y = F.relu(self.up(x))
        return self.out(self.act(y)).contiguous()


def make(size=8):
    image = x = layers.Input((size, size, 3))
    x = layers.Conv2DTranspose(4, 3, 2, padding="same")(x)
    return layers.Conv2DTranspose(4, 3, strides=2, output_padding=1)(x)


Decoder(3, 4, 2, factor=2), Decoder(*RATES), Decoder(channels=3, **{"kernel": 3}), make(9)
"""


def list_originals(limit: int = 60) -> list[str]:
    """Return the texts that are mutated: our own, and those of installed packages."""
    found = [OWN]
    for name in FRAMEWORKS:
        places = getattr(find_spec(name), "submodule_search_locations", None) or ()
        for path in sorted(path for place in places for path in Path(place).rglob("*.py")):
            if path.stat().st_size <= MAX_BYTES and len(found) < limit:
                text = path.read_text(encoding="utf-8", errors="replace")
                if re.search(r"Conv\w*Transpose\w*\(|conv\w*_transpose\w*\(", text):
                    found.append(text)
    return found


def make_notebook(text: str) -> str:
    """Return a notebook with a cell for each part of a text."""
    parts = ["%matplotlib inline\nx?", *text.split("\n\n\n")]
    cells = [
        {"cell_type": "code", "metadata": {}, "source": part.splitlines(keepends=True)}
        for part in parts
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4}, indent=1)


def mutate_words(text: str, dice: random.Random) -> bytes:
    """Return a text with a few of its words exchanged, left out or repeated."""
    mutant = WORDS.findall(text)
    for _ in range(dice.randint(1, 2)):
        place = dice.randrange(len(mutant))
        if not mutant[place].isspace():
            mutant[place] = dice.choice([*OTHERS, dice.choice(mutant), mutant[place] * 2, ""])
    if dice.random() < 0.1:  # lines elsewhere
        lines = "".join(mutant).split("\n")
        place = dice.randrange(len(lines))
        lines.insert(dice.randrange(len(lines)), lines.pop(place))
        return "\n".join(lines).encode()
    return "".join(mutant).encode()


def mutate_bytes(text: str, dice: random.Random) -> bytes:
    """Return a text with a few of its bytes changed, left out or repeated."""
    mutant = bytearray(text.encode())
    for _ in range(dice.randint(1, 3)):
        place = dice.randrange(len(mutant))
        end = place + dice.choice((1, 2, 40))
        match dice.randrange(3):
            case 0:
                mutant[place] = dice.choice((0, 9, 10, 32, 255, dice.randrange(256)))
            case 1:
                del mutant[place:end]
            case 2:
                mutant[place:place] = mutant[place:end] * dice.choice((1, 1, 300))
        if not mutant:
            break
    return bytes(mutant)


def find_errors(
    count: int, seed: int, originals: Sequence[str] = (OWN,), suffix: str = "py"
) -> Iterator[tuple[bool, str]]:
    """Yield whether each mutant was parsed, and a text for an error of another kind, or a delay."""
    dice = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"mutant.{suffix}"
        for number in range(count):
            mutate = mutate_bytes if dice.random() < 0.3 else mutate_words
            # Half of them are of our own, which has something of everything.
            text = OWN if dice.random() < 0.5 else dice.choice(originals)
            if suffix == "ipynb":
                text, mutate = make_notebook(text), mutate_bytes
            data = mutate(text, dice)
            path.write_bytes(data)
            started, parsed, error = time.process_time(), False, ""
            try:
                found = deconvcli.check(str(path), isolated=True)
                parsed = all(each.code != "DCV101" for each in found.findings)
            except DeconvError:
                pass
            except Exception:
                error = f"{seed} {number}: {traceback.format_exc()}{data!r}"
            if time.process_time() - started > MAX_SECONDS:
                error = f"{seed} {number}: {time.process_time() - started:.1f} s: {data!r}"
            yield parsed, error


if __name__ == "__main__":
    suffix, count, *seeds = sys.argv[1:]
    seed = int(seeds[0]) if seeds else int(time.time())
    results = list(find_errors(int(count), seed, list_originals(), suffix))
    errors = [error for _, error in results if error]
    parsed = sum(parsed for parsed, _ in results)
    print(*errors[:5], f"{len(errors)} of {count} mutants with seed {seed}", sep="\n")
    print(f"{parsed} of them were Python")
    sys.exit(bool(errors))
