"""Mutated configs, which must give findings and never an error, and which --fix must not worsen.

`python -m tests.checks.checking.fuzz 100000` checks as many of them, and fixes every tenth.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

from deconvcli.checks.checking import CheckedFile, Settings, SourceFile, check_bytes
from deconvcli.checks.checking._fixing import fix_data
from deconvcli.checks.documents import read
from deconvcli.checks.rules import rules

EXAMPLES = Path(__file__).parents[2] / "examples"
# Measured: at most 0.2 s alone, and 0.4 s with coverage.
MAX_SECONDS = 1.0
TOKENS = (
    *("{", "}", "[", "]", ":", ",", "-", "\n", " ", "\t", "'", '"', "#", "&a", "*a", "!x", "|"),
    *("$w", "previous", "input", "repeat: 3", "layers", "expect: HxW", "op: reshape", "op: conv"),
    *("op: concat", "op: pad_to", "op: crop_like", "op: flatten", "op: dense", "dialect: onnx"),
    *("0", "-1", "1", "3", "17", "99999999", "9223372036854775807", "9" * 30, "1.5", "true", "no"),
    *("null", "same", "valid", "[1, 2]", "[[0, 1], [1, 0]]", "3x3", "HxW", "{}", "\x00", "é", "\\"),
    *("kernel: 3", "stride: 0", "padding: same", "groups: 3", "ceil_mode: true", "size: []"),
)
WORDS = (
    *("kernel", "stride", "padding", "dilation", "groups", "op", "inputs", "expect", "repeat"),
    *("output_padding", "output_size", "in_channels", "ceil_mode", "size", "shape", "dialect"),
    *("amount", "multiple", "scale", "factor", "auto_pad", "bias", "name", "layers", "targets"),
)
VALUES: tuple[Any, ...] = (
    *(0, 1, 2, 3, 7, -1, 2**31, 2**63 - 1, 1.5, True, False, None, "", "same", "valid", "causal"),
    *([], [1], [2, 3], [1, 2, 3], [0, 0, 1, 1], [[0, 1], [1, 0]], [[1, 2]], {}, "HxW", "3x3"),
    *("conv", "conv_transpose", "max_pool", "reshape", "crop_like", "pad_to", "concat", "add"),
    *("keras", "onnx", "tensorflow", "jax", "caffe", "torch", "previous", "SAME_UPPER", "2T"),
    *("nn.ConvTranspose2d(3, 4, 3, 2, 1, 1)", "Conv2DTranspose(4, 3)", "f(", {"channels": 3}),
    {"op": "conv_transpose", "out_channels": 4, "kernel": [3, 3], "stride": 2},
)


def mutate(text: str, dice: random.Random) -> str:
    """Return the text after one to four small mutations."""
    for _ in range(dice.randint(1, 4)):
        text = dice.choice(_MUTATIONS)(text, dice)
    return text


def _span(text: str, dice: random.Random, longest: int) -> tuple[int, int]:
    begin = dice.randrange(len(text) + 1)
    return begin, min(len(text), begin + dice.randint(0, longest))


def _cut(text: str, dice: random.Random) -> str:
    begin, end = _span(text, dice, 12)
    return text[:begin] + text[end:]


def _put(text: str, dice: random.Random) -> str:
    begin, end = _span(text, dice, 6)
    return text[:begin] + dice.choice(TOKENS) + text[end:]


def _other_value(text: str, dice: random.Random) -> str:
    """Replace one value after a colon by another token."""
    colons = [place for place, sign in enumerate(text) if sign == ":"]
    begin = dice.choice(colons) + 1 if colons else 0
    ends = [end for sign in ",}\n" if (end := text.find(sign, begin)) >= 0]
    return f"{text[:begin]} {dice.choice(TOKENS)}{text[min(ends, default=len(text)) :]}"


def _swap_lines(text: str, dice: random.Random) -> str:
    lines = text.split("\n")
    first, second = dice.randrange(len(lines)), dice.randrange(len(lines))
    lines[first], lines[second] = lines[second], lines[first]
    return "\n".join(lines)


def _twice(text: str, dice: random.Random) -> str:
    begin, end = _span(text, dice, 60)
    return text[:end] + text[begin:end] + text[end:]


_MUTATIONS = (_cut, _put, _other_value, _other_value, _other_value, _swap_lines, _twice)


def seeds() -> list[tuple[str, str]]:
    """Return (format, text) of every example."""
    files = sorted(file for file in EXAMPLES.rglob("*") if file.suffix in (".yaml", ".json"))
    return [(file.suffix[1:], file.read_text(encoding="utf-8")) for file in files]


def find_errors(count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield (format, text, problem) of the mutated documents that give anything but findings."""
    for kind, text in _documents(count, random.Random(seed)):
        if problem := _problem(kind, text):
            yield kind, text, problem


def find_bad_fixes(count: int, seed: int) -> Iterator[tuple[str, str, str]]:
    """Yield (format, text, problem) of the mutated documents that --fix makes no better."""
    dice = random.Random(seed)
    for kind, text in _documents(count, dice):
        settings = Settings(
            fix=dice.random() < 0.8, unsafe=dice.random() < 0.5, add_ignore=dice.random() < 0.2
        )
        try:
            problem = _fix_problem(kind, text.encode("utf-8", "surrogatepass"), settings)
        except Exception as error:
            problem = f"{type(error).__name__}: {error}"
        if problem:
            yield kind, text, f"{problem} with {settings}"


def _documents(count: int, dice: random.Random) -> Iterator[tuple[str, str]]:
    sources = seeds()
    for _ in range(count):
        kind, source = dice.choice(sources)
        yield dice.choice((_as_text, _as_value))(kind, source, dice)


def _fix_problem(kind: str, data: bytes, settings: Settings) -> str:
    """Return what is wrong with the fixed document, if anything."""
    file, plain = SourceFile(f"a.{kind}", f"a.{kind}"), Settings(tables=True)
    once = fix_data(file, data, settings)
    assert once is not None
    assert once.rewrite is not None
    now = once.rewrite.after
    before, after = (check_bytes(file.name, text, kind, plain) for text in (data, now))
    if _errors(after) > _errors(before):
        return "more errors"
    if _sizes(after) < _sizes(before):
        return "fewer layers have a size"
    if now != data and not (once.rewrite.fixed or once.rewrite.silenced):
        return "nothing is fixed, and the text differs"
    twice = fix_data(file, now, settings)
    assert twice is not None
    assert twice.rewrite is not None
    return "" if twice.rewrite.after == now else "a second run changes it again"


def _errors(checked: CheckedFile) -> int:
    return sum(found.severity == "error" for found in checked.findings)


def _sizes(checked: CheckedFile) -> int:
    return sum(row.shape is not None for table in checked.networks for row in table.rows)


def _as_text(kind: str, source: str, dice: random.Random) -> tuple[str, str]:
    return kind, mutate(source, dice)


def _as_value(kind: str, source: str, dice: random.Random) -> tuple[str, str]:
    """Return the document with one to three of its values replaced, which leaves it readable."""
    value = read("seed", source.encode(), kind).value
    for _ in range(dice.randint(1, 3)):
        _exchange(value, dice)
    return "json", json.dumps(value)


def _exchange(value: Any, dice: random.Random) -> None:
    """Replace some part, remove it, or add another."""
    while isinstance(value, dict | list) and value:
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = dice.choice(keys)
        if isinstance(value[key], dict | list) and value[key] and dice.random() < 0.8:
            value = value[key]
            continue
        dice.choice((_set, _set, _set, _drop, _add))(value, key, dice)
        return


def _set(value: Any, key: Any, dice: random.Random) -> None:
    value[key] = deepcopy(dice.choice(VALUES))


def _drop(value: Any, key: Any, dice: random.Random) -> None:
    del value[key]


def _add(value: Any, key: Any, dice: random.Random) -> None:
    if isinstance(value, dict):
        value[dice.choice(WORDS)] = deepcopy(dice.choice(VALUES))
    else:
        value.insert(key, deepcopy(dice.choice(VALUES)))


_CODES = frozenset(rules())
found_codes: Counter[str] = Counter()


def _problem(kind: str, text: str) -> str:
    begun = time.process_time()
    try:
        checked = check_bytes(f"a.{kind}", text.encode("utf-8", "surrogatepass"), kind, Settings())
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    found_codes.update(found.code for found in checked.findings)
    if time.process_time() - begun > MAX_SECONDS:
        return "too slow"
    unknown = {found.code for found in checked.findings} - _CODES
    return f"unknown codes {unknown}" if unknown else ""


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    bad = [*find_errors(count, seed), *find_bad_fixes(count // 10, seed)]
    for kind, text, problem in bad[:10]:
        print(f"--- {kind}: {problem}\n{text}")
    print(f"{count:,} documents, {len(bad)} errors; findings: {dict(sorted(found_codes.items()))}")
    sys.exit(bool(bad))
