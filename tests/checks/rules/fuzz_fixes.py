"""Random broken networks: the first fix leaves none of its findings, and adds no warning.

`python -m tests.checks.rules.fuzz_fixes 2000` tries as many of them.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, NamedTuple

from deconvcli.checks.checking import Settings, check_bytes
from deconvcli.checks.documents import Document, Path, read
from deconvcli.checks.edits import NotWritable, TextEdit, edit_text
from deconvcli.checks.edits.writing import write_change
from deconvcli.common.findings import Diagnostic, Severity

# The keys that a rule depends on. A size that has to be given is not what makes a kernel uneven, or
# too large for its input.
_SHAPE = {"kernel", "stride", "dilation"}
DEPENDS_ON = {
    "DCV201": _SHAPE,
    "DCV202": _SHAPE,
    "DCV206": _SHAPE | {"padding", "output_padding"},
}
DIALECTS = (
    "torch",
    "torch",
    "torch",
    "keras",
    "keras2",
    "paddle",
    "onnx",
    "tensorflow",
    "mlx",
    "jax",
)

Layer = dict[str, Any]
Config = dict[str, Any]


def make_config(dice: random.Random) -> Config:
    """Return a file with one network, which is broken more often than not."""
    make = dice.choice((_unet, _unet, _mirrored, _vocoder, _decoder, _values))
    dialect = dice.choice(DIALECTS)
    network = make(dice, dialect)
    if dice.random() < 0.2:
        network["targets"] = [dice.choice(("onnx", "tensorflow", "keras", "openvino"))]
    return {"dialect": dialect, "networks": {"net": network}}


def _padding(dice: random.Random, dialect: str, kernel: int) -> Layer:
    """Return a padding that the dialect takes, of a convolution or a transposed one."""
    if dialect in ("keras", "keras2", "tensorflow", "jax"):
        word = dice.choice(("same", "valid", "same"))
        return {"padding": word if dialect.startswith("keras") else word.upper()}
    return {"padding": dice.choice((0, (kernel - 1) // 2, (kernel - 1) // 2))}


def _up(dice: random.Random, dialect: str, stride: int, channels: int) -> Layer:
    """Return a layer that multiplies its size by about the stride."""
    kernel = dice.choice((stride, stride + 1, 2 * stride, 2 * stride + 1))
    layer: Layer = {
        "op": "conv_transpose",
        "out_channels": channels,
        "kernel": kernel,
        "stride": stride,
    }
    layer |= _padding(dice, dialect, max(1, kernel - stride + 1))
    if dialect in ("torch", "keras", "paddle", "onnx", "mlx") and dice.random() < 0.4:
        layer["output_padding"] = dice.randrange(stride)
    return layer


def _down(dice: random.Random, dialect: str, channels: int) -> Layer:
    if dice.random() < 0.5:
        return {"op": "max_pool", "kernel": 2, "stride": 2}
    layer = {"op": "conv", "out_channels": channels, "kernel": 3, "stride": 2}
    return layer | _padding(dice, dialect, 3)


def _input(dice: random.Random, least: int, most: int) -> Layer:
    rank = dice.choice((1, 2, 2, 3))
    sizes = [dice.randint(least, most)] * rank
    if dice.random() < 0.4:
        sizes = [dice.randint(least, most) for _ in sizes]
    return {"channels": dice.choice((1, 3, 4)), "size": "x".join(map(str, sizes))}


def _unet(dice: random.Random, dialect: str) -> Config:
    """Return a U-Net with two to four levels, on a size that may not fit."""
    levels, channels = dice.randint(1, 4), 4
    layers: list[Layer] = [{"op": "conv", "out_channels": channels, "kernel": 1, "name": "skip0"}]
    for level in range(1, levels + 1):
        layers.append({**_down(dice, dialect, channels), "name": f"down{level}"})
        layers.append({"op": "relu", "name": f"skip{level}"})
    up = _up(dice, dialect, 2, channels)
    for level in reversed(range(levels)):
        layer = up if dice.random() < 0.8 else {"op": "upsample", "scale": 2}
        layers.append({**layer, "name": f"up{level}"})
        join = dice.choice(("concat", "add"))
        layers.append({"op": join, "inputs": [f"skip{level}", "previous"], "name": f"join{level}"})
        if join == "concat":
            layers.append(
                {"op": "conv", "out_channels": channels, "kernel": 1, "name": f"mix{level}"}
            )
    if dice.random() < 0.2:
        layers[-1] = {**layers[-1], "name": "last"}
        layers.append(
            {"op": "conv", "in_channels": 9, "out_channels": 2, "kernel": 1, "name": "head"}
        )
    return {"input": _input(dice, 2**levels, 40 + 2**levels), "layers": layers}


def _mirrored(dice: random.Random, dialect: str) -> Config:
    """Return layers that halve and double again, whose output should have the input's size."""
    levels = dice.randint(1, 4)
    given = _input(dice, 2**levels, 30 + 2**levels)
    downs = [_down(dice, dialect, 4) for _ in range(levels)]
    ups = [_up(dice, dialect, 2, 4) for _ in range(levels)]
    return {"input": given, "layers": downs + ups, "expect": given["size"]}


def _vocoder(dice: random.Random, dialect: str) -> Config:
    """Return a chain of strides, and a hop that they may not multiply to."""
    rates = [dice.choice((2, 3, 4, 5, 8)) for _ in range(dice.randint(1, 4))]
    hop = 1
    for rate in rates:
        hop *= rate
    frames = dice.randint(4, 40)
    if dice.random() < 0.3:
        hop = dice.choice((200, 256, 275, 300, 320, 480, 512, 600))
    size, expect = (frames, frames * hop) if dice.random() < 0.8 else ("T", f"{hop}T")
    return {
        "input": {"channels": 80, "size": size},
        "layers": [_up(dice, dialect, rate, 4) for rate in rates],
        "expect": expect,
    }


def _decoder(dice: random.Random, dialect: str) -> Config:
    """Return a decoder from a small square to a size that somebody wants."""
    start, levels = dice.choice((1, 4, 7, 8)), dice.randint(1, 4)
    wanted = dice.choice((start * 2**levels, start * 2**levels - 1, 28, 32, 33, 48, 100))
    layers = [_up(dice, dialect, 2, 4) for _ in range(levels)]
    given = {"channels": 16, "size": f"{start}x{start}"}
    return {"input": given, "layers": layers, "expect": f"{wanted}x{wanted}"}


def _values(dice: random.Random, dialect: str) -> Config:
    """Return a layer with a value that its framework refuses, or a name that is misspelled."""
    layer: Layer = dice.choice(
        (
            {"op": "conv", "in_channels": 5, "out_channels": 4, "kernel": 3},
            {"op": "conv", "out_channels": 8, "kernel": 3, "groups": dice.choice((3, 5))},
            {"op": "conv_transpose", "out_channels": 8, "kernel": 4, "groups": 3, "stride": 2},
            {
                "op": "conv_transpose",
                "out_channels": 8,
                "kernel": 3,
                "output_padding": 3,
                "stride": 2,
            },
            {
                "op": "conv_transpose",
                "out_channels": 8,
                "kernel": 4,
                "stride": 2,
                "output_size": 99,
            },
            {
                "op": "conv_transpose",
                "out_channels": 8,
                "kernel": 3,
                "stride": 2,
                "padding": "same",
            },
            {"op": "conv_transpose", "out_channels": 8, "kernel": 3, "stride": 2, "padding": 1},
            {"op": "conv", "out_channels": 8, "kernel": 3, "padding": "same"},
            {"op": "conv", "out_channels": 8, "kernl": 3},
            {"op": "conv", "out_channels": 8, "kernel": dice.choice((9, 50))},
        )
    )
    layers = [{"op": "conv", "out_channels": 8, "kernel": 1, "name": "first"}, layer]
    return {"input": {"channels": 8, "size": f"{dice.randint(8, 20)}"}, "layers": layers}


class Tried(NamedTuple):
    """What came of one network: its errors, how many had a fix, and what those left wrong."""

    errors: int
    fixed: int
    problems: Sequence[str] = ()


def try_config(config: Config) -> Tried:
    """Make the first fix of every finding, each alone and then all together, and check again."""
    text = json.dumps(config)
    document, before = read("a.json", text.encode(), "json"), _check(text)
    errors = [found for found in before if found.severity is Severity.ERROR]
    problems: list[str] = []
    written: dict[Diagnostic, tuple[TextEdit, ...]] = {}
    for found in errors:
        with suppress(NotWritable):
            if edits := _write_first(document, found):
                written[found] = edits
                problems += _compare(document, before, [found], edits)
    fixed = len(written)
    # With another input none of the other fixes is needed.
    written = {found: edits for found, edits in written.items() if not _resizes(found)}
    together = tuple(dict.fromkeys(edit for edits in written.values() for edit in edits))
    if len(written) > 1 and not _overlap(together):
        problems += _compare(document, before, list(written), together)
    return Tried(len(errors), fixed, problems)


def _check(text: str) -> tuple[Diagnostic, ...]:
    return check_bytes("a.json", text.encode(), "json", Settings()).findings


def _write_first(document: Document, found: Diagnostic) -> tuple[TextEdit, ...]:
    fix = next(iter(found.fixes), None)
    return tuple(write_change(document, change) for change in fix.changes) if fix else ()


def _resizes(found: Diagnostic) -> bool:
    return any("input" in change.path for change in found.fixes[0].changes)


def _overlap(edits: Sequence[TextEdit]) -> bool:
    spans = sorted((edit.column, edit.end_column) for edit in edits)  # all on one line
    return any(second < max(end, first + 1) for (first, end), (second, _) in pairwise(spans))


def _compare(
    document: Document,
    before: Sequence[Diagnostic],
    fixed: Sequence[Diagnostic],
    edits: Sequence[TextEdit],
) -> Iterator[str]:
    """Yield what is still wrong with the edited text, of what it fixes and of what it adds."""
    after = _check(edit_text(document.text, edits))
    shown = [edit.new for edit in edits]
    left = {_subject(found) for found in after if found.severity is Severity.ERROR}
    for subject in left & {_subject(found) for found in fixed}:
        yield f"{subject} is still there after {shown}"
    # Errors that one run has not found, though an edit of another finding shows them.
    for subject in left - {_subject(found) for found in before}:
        yield f"{subject} is new after {shown}"
    changes = [change for found in fixed for change in found.fixes[0].changes]
    keys = {change.path[-1] for change in changes}
    names = _names(json.loads(document.text), {change.path[:4] for change in changes})
    warned = {_subject(found) for found in before if found.severity is Severity.WARNING}
    refused = {_subject(found)[1] for found in before if found.severity is Severity.ERROR}
    for found in after:
        code, name = _subject(found)
        is_caused = name in names and DEPENDS_ON.get(code, keys) & keys
        is_new = found.severity is Severity.WARNING and (code, name) not in warned
        # Nobody knows which warnings a layer had that an error above hides.
        if is_new and is_caused and (name in refused or name not in _hidden(document.text)):
            yield f"{found.code}: {found.message} is a new warning after {shown}"


def _subject(found: Diagnostic) -> tuple[str, str]:
    """Return the code of a finding, and the layer that its message begins with."""
    # Whatever a target lacks is one subject, which other findings of the layer may include.
    is_target = "DCV204" in found.message
    return "DCV204" if is_target else found.code, found.message.partition(":")[0]


def _hidden(text: str) -> set[str]:
    """Return the layers without a size."""
    [table] = check_bytes("a.json", text.encode(), "json", Settings(tables=True)).networks
    return {row.name for row in table.rows if row.size is None}


def _names(config: Config, paths: set[Path]) -> set[str]:
    """Return the names of the layers at these paths, as the file or the walk gives them."""
    counts: Counter[str] = Counter()
    found = set()
    for number, layer in enumerate(config["networks"]["net"]["layers"]):
        counts[layer["op"]] += 1
        if ("networks", "net", "layers", number) in paths:
            found.add(layer.get("name", f"{layer['op']}{counts[layer['op']]}"))
    return found


def find_problems(
    count: int, seed: int, tried: Counter[str] | None = None
) -> Iterator[tuple[Config, Sequence[str]]]:
    """Yield of `count` broken networks those whose first fixes leave something wrong.

    tried: counts the errors, and those of them that had a fix.
    """
    dice, broken = random.Random(seed), 0
    while broken < count:
        config = make_config(dice)
        errors, fixed, problems = try_config(config)
        broken += errors > 0
        if tried is not None:
            tried.update(errors=errors, fixed=fixed)
        if problems:
            yield config, problems


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    tried: Counter[str] = Counter()
    bad = list(find_problems(count, int(sys.argv[2]) if len(sys.argv) > 2 else 0, tried))
    for config, problems in bad[:10]:
        print(json.dumps(config), *problems, sep="\n  ")
    print(
        f"{count:,} broken networks, {tried['fixed']:,} of whose {tried['errors']:,} errors have a"
        f" fix; {len(bad)} networks whose first fix is not enough"
    )
    sys.exit(bool(bad))
