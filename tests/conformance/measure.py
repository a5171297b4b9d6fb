"""Measure the tables again: `python -m tests.conformance.measure [TABLE ...]`, from the repository.

Every layer of a table is computed by the installed framework, whatever its version. Rows with
another answer are printed, and the table is written again. No rule of `deconv` takes part.

With --newest the newest releases answer, each in a temporary environment, and nothing is written.
"""

from __future__ import annotations

import json
import lzma
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

import click
import numpy as np

from deconvcli.frameworks.driver.base import Case, Framework
from deconvcli.frameworks.driver.pattern import fingerprint, pattern_input, pattern_weight
from deconvcli.frameworks.driver.process import DriverProcess, NotStarted
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.releases import Need
from tests.conformance.axes import Row, read_measurement
from tests.conformance.crops import NOWHERE, CropMatch, find_crop
from tests.conformance.newest import Environment, NotInstalled, describe_drift, has_newest

HERE = Path(__file__).parent
KEPT = ("id", "dialect", "rank", "input_shape", "weight_shape", "params", "tags", "note")
ORDER = (
    *("id", "dialect", "dialect_version", "rank", "input_shape", "weight_shape", "params", "tags"),
    *("error", "output_shape", "values_sha256", "crop", "flipped", "crop_note", "crop_dilation"),
    *("compute_output_shape", "inferred_shape", "note"),
)
VARYING = re.compile(r"0x[0-9a-f]+|(?<=_transpose_)\d+|\d+(\.\d+)? ?ms")
"""Parts of a message that vary between runs: addresses, counters, times."""

SET = re.compile(r"\{'[^{}]*'\}")
"""A set of words, whose order varies between runs."""

SHOWN = 5
"""Changed rows of a newest release that are printed whole."""


@click.command(help=__doc__)
@click.argument("tables", nargs=-1)
@click.option(
    "--folder", type=click.Path(path_type=Path), default=HERE, help="Folder of the tables."
)
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if an answer has changed.")
@click.option("--newest", is_flag=True, help="Measure the newest releases, as --check does.")
@click.option("--add", type=click.IntRange(0), default=0, help="Number of new layers to draw.")
@click.option("--seed", type=int, default=0, help="Seed of the new layers.")
def main(
    tables: tuple[str, ...], folder: Path, check: bool, newest: bool, add: int, seed: int
) -> None:
    """Measure the tables again."""
    names = tables or [path.name.removesuffix(".jsonl.xz") for path in sorted(folder.glob("*.xz"))]
    if newest:
        if add:
            raise click.UsageError("--newest writes nothing, so --add has no table to append to")
        sys.exit(measure_newest(names, folder, is_required=bool(tables)))
    changed = 0
    for name in names:
        framework = FRAMEWORKS.take(name)
        if missing := framework.find_missing():
            click.echo(f"{name}: not installed: {', '.join(n.requirement for n in missing)}")
            # A table that is named must be measured.
            changed += bool(tables)
            continue
        changed += _measure_table(
            name, framework, folder, check, draw_rows(framework, name, add, seed)
        )
    sys.exit(bool(changed) if check else 0)


def _measure_table(
    name: str, framework: Framework, folder: Path, check: bool, new: list[Row]
) -> int:
    """Measure one table, print the changed answers, and return their number."""
    path = folder / f"{name}.jsonl.xz"
    stored = list(_rows(path))
    known = {row["id"] for row in stored}
    with DriverProcess(framework) as process:
        rows = measure_rows(process, stored)
        added = measure_rows(process, [row for row in new if row["id"] not in known])
        versions = version_text(name, process.versions)
    changes = describe_changes(name, stored, rows)
    for text in changes.values():
        click.echo(text)
    kept = [
        after if before["id"] in changes else before
        for before, after in zip(stored, rows, strict=True)
    ]
    rows = [{**row, "dialect_version": versions} for row in (*kept, *added)]
    click.echo(
        f"{name}: {versions}: {len(changes)} of {len(stored)} rows changed, {len(added)} new"
    )
    ordered = [{key: row[key] for key in ORDER if key in row} for row in rows]
    if not check and ordered != stored:
        _write(path, ordered)
    return len(changes)


def measure_newest(tables: Sequence[str], folder: Path, is_required: bool) -> bool:
    """Measure tables with the newest releases; return whether an answer has changed.

    is_required: whether a table that cannot be measured counts as changed.
    """
    needs = {name: FRAMEWORKS.take(name).needs for name in tables}
    is_changed = False
    for group in dict.fromkeys(needs.values()):
        names = [name for name in tables if needs[name] == group]
        title = ", ".join(names)
        if not has_newest(group):
            click.echo(f"{title}: not measured: pip alone cannot install it beside the others")
            is_changed |= is_required
            continue
        try:
            with tempfile.TemporaryDirectory() as place:
                is_changed |= _measure_group(names, group, folder, Path(place))
        except (NotInstalled, NotStarted) as error:
            click.echo(f"{title}: not measured: {error}")
            is_changed |= is_required
    return is_changed


def _measure_group(names: list[str], needs: tuple[Need, ...], folder: Path, place: Path) -> bool:
    """Measure tables of the same needs, in one environment; return whether an answer has changed.

    Raises:
        NotInstalled: pip cannot install the newest releases.
        NotStarted: they cannot be imported.
    """
    environment = Environment(place)
    drift = describe_drift(needs, environment.find_newest(needs))
    if "->" not in drift:
        # pip offers no release that has dropped this Python.
        python = ".".join(map(str, sys.version_info[:2]))
        title = ", ".join(names)
        click.echo(f"{title}: the newest for Python {python} is the measured release: {drift}")
        return False
    environment.install(needs)
    changed = [_compare_newest(name, folder, str(environment.python), drift) for name in names]
    return any(changed)


def _compare_newest(name: str, folder: Path, python: str, drift: str) -> bool:
    """Measure a table in another Python, print its changes, and return whether there are any.

    Raises:
        NotStarted: the framework cannot be imported.
    """
    stored = list(_rows(folder / f"{name}.jsonl.xz"))
    with DriverProcess(FRAMEWORKS.take(name), python=python) as process:
        rows = measure_rows(process, stored)
    changes = describe_changes(name, stored, rows)
    refused = sum(
        before["id"] in changes and "error" in before and "error" in after
        for before, after in zip(stored, rows, strict=True)
    )
    words = f" ({refused} of them refused as before, in other words)" if refused else ""
    click.echo(f"{name}: {drift}: {len(changes)} of {len(stored)} rows changed{words}")
    for text in islice(changes.values(), SHOWN):
        click.echo(text)
    if (more := len(changes) - SHOWN) > 0:
        click.echo(f"{name}: and {more} more")
    return bool(changes)


def measure_rows(process: DriverProcess[Framework], rows: list[Row]) -> list[Row]:
    """Return the rows with the framework's answers.

    Raises:
        NotStarted: the framework cannot be imported.
    """
    with tempfile.TemporaryDirectory() as place:
        return [measure_row(process, row, Path(place)) for row in rows]


def describe_changes(table: str, stored: list[Row], measured: list[Row]) -> dict[str, str]:
    """Return the text of each changed row, by the row's id."""
    return {
        before["id"]: "\n  ".join(
            [f"{table} {before['id']}: {json.dumps(before['params'])}", *lines]
        )
        for before, after in zip(stored, measured, strict=True)
        if (lines := list(differences(before, after)))
    }


def _rows(path: Path) -> Iterator[Row]:
    if path.exists():
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def _write(path: Path, rows: list[Row]) -> None:
    """Write the table; after a crash, the file is the old table or the new one, never a part."""
    new = path.with_suffix(".new")
    with lzma.open(new, "wt", preset=9 | lzma.PRESET_EXTREME, encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    os.replace(new, path)


def draw_rows(framework: Framework, table: str, count: int, seed: int) -> list[Row]:
    """Return new rows without answers, the same for all implementations of a dialect."""
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
    """Return the version, with the names of the modules if the table has another name."""
    if [table] == list(versions):
        return versions[table]
    if "onnxruntime" in versions:
        versions = {"onnxruntime": versions["onnxruntime"]}
    named = [f"{name} {number}" for name, number in versions.items()]
    return " / ".join(named).replace("ai_edge_litert", "ai-edge-litert")


def measure_row(process: DriverProcess[Framework], row: Row, place: Path) -> Row:
    """Return the row with the installed framework's answer."""
    x, w = pattern_input(row["input_shape"]), pattern_weight(row["weight_shape"])
    files = {name: str(place / f"{name}.npy") for name in ("x", "weight", "out")}
    np.save(files["x"], x)
    np.save(files["weight"], w)
    sizes = tuple(row["input_shape"]), tuple(row["weight_shape"])
    answer = process.ask(Case(row["params"], *sizes, row["rank"]), **files)
    answer.pop("id", None)
    kept: Row = {key: row[key] for key in KEPT if key in row}
    if "error" in answer or not process.driver.has_values:
        return kept | answer
    y = np.load(files["out"])
    crop, dilation = locate_output(process.driver.dialect, row, x, w, y)
    kept |= answer | {"values_sha256": fingerprint(y), "crop": crop.crop, "flipped": crop.flipped}
    kept |= {"crop_note": crop.note} if crop.note else {}
    return kept | ({"crop_dilation": dilation} if dilation else {})


def locate_output(
    dialect: str, row: Row, x: Any, w: Any, y: Any
) -> tuple[CropMatch, list[int] | None]:
    """Return the crop, and the dilation that it is relative to if not the parameter's.

    The row's `crop_dilation` is tried first, then the parameter, then a dilation of 1.
    """
    read = read_measurement(dialect, row, x, w, y)
    if read.x.shape[1] != read.w.shape[0]:
        # Some implementations compute something of channels that do not fit.
        return CropMatch(None, None, NOWHERE), None
    seen: list[int] | None = row.get("crop_dilation")
    for dilation in (seen, None, [1] * row["rank"]):
        place = find_crop(read if dilation is None else read._replace(dilations=dilation))
        if place.note != NOWHERE:
            return place, dilation
    return CropMatch(None, None, NOWHERE), None


def differences(before: Row, after: Row) -> Iterator[str]:
    """Yield one line for each field that has changed; parts of a message that vary are ignored."""
    for key in ORDER:
        if key == "dialect_version":
            continue
        old, new = before.get(key), after.get(key)
        if _strip_varying(old) != _strip_varying(new):
            yield f"{key}: {json.dumps(old)} -> {json.dumps(new)}"


def _strip_varying(value: Any) -> Any:
    if isinstance(value, dict) and "message" in value:
        message = SET.sub(lambda found: "".join(sorted(found[0])), value["message"])
        return {**value, "message": VARYING.sub("", message)}
    return value


if __name__ == "__main__":
    main()
