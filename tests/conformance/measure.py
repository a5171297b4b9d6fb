"""Ask the frameworks again: `python -m tests.conformance.measure [TABLE ...]`, from the repository.

Every question of a table goes to the framework installed here, whatever its version. Rows whose
answer changed are printed and the table is written anew; nothing of `deconv`'s rules is used.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import click
import numpy as np

from deconvcli.frameworks.driver.base import Case, Framework
from deconvcli.frameworks.driver.pattern import fingerprint, pattern_input, pattern_weight
from deconvcli.frameworks.driver.process import DriverProcess
from deconvcli.frameworks.drivers import FRAMEWORKS
from tests.conformance.axes import Row, question
from tests.conformance.crops import NOWHERE, Found, found

HERE = Path(__file__).parent
ASKED = ("id", "dialect", "rank", "input_shape", "weight_shape", "params", "tags", "note")
ORDER = (
    *("id", "dialect", "dialect_version", "rank", "input_shape", "weight_shape", "params", "tags"),
    *("error", "output_shape", "values_sha256", "crop", "flipped", "crop_note", "crop_dilation"),
    *("compute_output_shape", "inferred_shape", "note"),
)
PASSING = re.compile(r"0x[0-9a-f]+|(?<=_transpose_)\d+|\d+(\.\d+)? ?ms")
"""Parts of a message that another run has otherwise: addresses, counters, times."""

SET = re.compile(r"\{'[^{}]*'\}")
"""A set of words, whose order another run has otherwise."""


@click.command(help=__doc__)
@click.argument("tables", nargs=-1)
@click.option("--folder", type=click.Path(path_type=Path), default=HERE, help="Of the tables.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where an answer changed.")
@click.option("--add", type=click.IntRange(0), default=0, help="Draw this many new questions.")
@click.option("--seed", type=int, default=0, help="Of the new questions.")
def main(tables: tuple[str, ...], folder: Path, check: bool, add: int, seed: int) -> None:
    """Measure tables anew."""
    names = tables or [path.name.removesuffix(".jsonl.xz") for path in sorted(folder.glob("*.xz"))]
    changed = 0
    for name in names:
        framework = FRAMEWORKS.take(name)
        if missing := framework.find_missing():
            click.echo(f"{name}: not installed: {', '.join(n.requirement for n in missing)}")
            changed += bool(tables)  # what was asked for by name must be here
            continue
        changed += _measured_anew(name, framework, folder, check, drawn(framework, name, add, seed))
    sys.exit(bool(changed) if check else 0)


def _measured_anew(
    name: str, framework: Framework, folder: Path, check: bool, new: list[Row]
) -> int:
    """How many answers of one table changed; prints them, and writes the table unless checking."""
    path = folder / f"{name}.jsonl.xz"
    stored = list(_rows(path))
    known = {row["id"] for row in stored}
    with DriverProcess(framework) as process, tempfile.TemporaryDirectory() as place:
        rows = [measure_row(process, row, Path(place)) for row in stored]
        added = [measure_row(process, row, Path(place)) for row in new if row["id"] not in known]
        versions = version_text(name, process.versions)
    differing = 0
    for number, (before, after) in enumerate(zip(stored, rows, strict=True)):
        if lines := list(differences(before, after)):
            differing += 1
            click.echo(
                "\n  ".join([f"{name} {before['id']}: {json.dumps(before['params'])}", *lines])
            )
        else:
            rows[number] = before
    rows = [{**row, "dialect_version": versions} for row in (*rows, *added)]
    click.echo(f"{name}: {versions}: {differing} of {len(stored)} rows changed, {len(added)} new")
    ordered = [{key: row[key] for key in ORDER if key in row} for row in rows]
    if not check and ordered != stored:
        _write(path, ordered)
    return differing


def _rows(path: Path) -> Iterator[Row]:
    if path.exists():
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _write(path: Path, rows: list[Row]) -> None:
    """The whole table or the old one, never a part."""
    new = path.with_suffix(".new")
    with lzma.open(new, "wt", preset=9 | lzma.PRESET_EXTREME, encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    os.replace(new, path)


def drawn(framework: Framework, table: str, count: int, seed: int) -> list[Row]:
    """New questions, the same for all implementations of a dialect."""
    family = framework.dialect.partition("@")[0]
    random = Random(f"{family}:{seed}")
    cases = [framework.draw(random) for _ in range(count)]
    return [
        {
            "id": f"{family}-drawn-{seed}-{number:04d}",
            "dialect": table,
            **{key: list(v) if isinstance(v, tuple) else v for key, v in case._asdict().items()},
            "tags": ["random"],
        }
        for number, case in enumerate(cases)
    ]


def version_text(table: str, versions: dict[str, str]) -> str:
    """The number alone where the table is named as its framework, else all names and numbers."""
    if [table] == list(versions):
        return versions[table]
    if "onnxruntime" in versions:
        versions = {"onnxruntime": versions["onnxruntime"]}
    named = [f"{name} {number}" for name, number in versions.items()]
    return " / ".join(named).replace("ai_edge_litert", "ai-edge-litert")


def measure_row(process: DriverProcess[Framework], row: Row, place: Path) -> Row:
    """The question of this row with the framework's answer of today."""
    x, w = pattern_input(row["input_shape"]), pattern_weight(row["weight_shape"])
    files = {name: str(place / f"{name}.npy") for name in ("x", "weight", "out")}
    np.save(files["x"], x)
    np.save(files["weight"], w)
    sizes = tuple(row["input_shape"]), tuple(row["weight_shape"])
    answer = process.ask(Case(row["params"], *sizes, row["rank"]), **files)
    answer.pop("id", None)
    kept: Row = {key: row[key] for key in ASKED if key in row}
    if "error" in answer or not process.driver.has_values:
        return kept | answer
    y = np.load(files["out"])
    crop, dilation = located(process.driver.dialect, row, x, w, y)
    kept |= answer | {"values_sha256": fingerprint(y), "crop": crop.crop, "flipped": crop.flipped}
    kept |= {"crop_note": crop.note} if crop.note else {}
    return kept | ({"crop_dilation": dilation} if dilation else {})


def located(dialect: str, row: Row, x: Any, w: Any, y: Any) -> tuple[Found, list[int] | None]:
    """(crop, dilation that it is relative to where that is not the parameter's).

    What the row says of the dilation is tried first, then the parameter, then none.
    """
    read = question(dialect, row, x, w, y)
    seen: list[int] | None = row.get("crop_dilation")
    for dilation in (seen, None, [1] * row["rank"]):
        place = found(read if dilation is None else read._replace(dilations=dilation))
        if place.note != NOWHERE:
            return place, dilation
    return Found(None, None, NOWHERE), None


def differences(before: Row, after: Row) -> Iterator[str]:
    """One line a field; messages without what passes."""
    for key in ORDER:
        if key == "dialect_version":
            continue
        old, new = before.get(key), after.get(key)
        if _lasting(old) != _lasting(new):
            yield f"{key}: {json.dumps(old)} -> {json.dumps(new)}"


def _lasting(value: Any) -> Any:
    if isinstance(value, dict) and "message" in value:
        message = SET.sub(lambda found: "".join(sorted(found[0])), value["message"])
        return {**value, "message": PASSING.sub("", message)}
    return value


if __name__ == "__main__":
    main()
