"""`-o FILE`: every command writes its result in one step, and over a file only with --force."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from deconvcli.cli.main import cli
from tests.cli.commandline import deconv, refused

LAYER = "--in 5 -k 3"
CONFIG = str(Path(__file__).parents[1] / "examples" / "good" / "dcgan.yaml")
LINES = {
    "bench": "bench --list",
    "check": f"check {CONFIG}",
    "completion": "completion fish",
    "dialects": "dialects",
    "explain": f"explain {LAYER} --format html",
    "convert": f"convert {LAYER} --to keras",
    "rule": "rule DCV201",
    "schema": "schema",
    "shape": f"shape {LAYER} --format json",
    "sizes": f"sizes {CONFIG}",
    "solve": "solve --in 7 --out 28",
    "verify": "verify -n 1 -D torch",
}
OTHERS = ("draw", "run", "vectors", "weights")  # FILE is no report there; their own tests write it


def test_every_command_has_it() -> None:
    context = click.Context(cli)
    assert sorted([*LINES, *OTHERS]) == sorted(cli.list_commands(context))
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        [out] = (param for param in command.params if "-o" in param.opts)
        # The output that `solve` looks for is a size.
        assert ("--output" if name == "solve" else "--out") in out.opts


@pytest.mark.parametrize("name", sorted(set(LINES) - {"verify"}))
def test_the_file_holds_what_would_be_printed(name: str, tmp_path: Path) -> None:
    file = tmp_path / "result"
    printed, written = deconv(LINES[name]), deconv(f"{LINES[name]} -o {file}")
    assert (written.code, written.out) == (printed.code, "")
    assert file.read_text(encoding="utf-8").rstrip() == printed.out.rstrip()

    refused(deconv(f"{LINES[name]} -o {file}"), "already exists", "--force")
    assert deconv(f"{LINES[name]} -o {file} --force").code == printed.code
    assert deconv(f"{LINES[name]} -o -").out == printed.out
    assert [path.name for path in tmp_path.iterdir()] == ["result"]


def test_a_failure_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "result"
    refused(deconv(f"shape --in 5 -k 9 -p 9 -D torch -o {file}"))
    refused(deconv(f"shape --in 5 -k 3 -o {tmp_path / 'absent' / 'result'}"), "cannot be written")
    refused(deconv(f"shape --jsonl {tmp_path / 'absent'} -o {file}"), "cannot be read")
    assert list(tmp_path.iterdir()) == []


def test_answers_to_many_requests_are_written(tmp_path: Path) -> None:
    requests, file = tmp_path / "requests", tmp_path / "result"
    requests.write_text('{"dialect": "torch"}\n\nno JSON\n', encoding="utf-8")
    printed = deconv(f"shape --jsonl {requests}")
    assert (printed.code, printed.out.count("\n")) == (0, 2)
    assert deconv(f"shape --jsonl {requests} -o {file}") == (0, "", "")
    assert file.read_text(encoding="utf-8") == printed.out


def test_the_older_name_of_check_stays(tmp_path: Path) -> None:
    file = tmp_path / "findings"
    assert deconv(f"check {CONFIG} --output {file}").code == 0
    assert file.exists()
