"""`deconv verify --convert` with fake frameworks, in whose processes printed modules run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.commandline import deconv, refused

pytestmark = pytest.mark.usefixtures("fakes_can_be_found")


def test_modules_give_the_values_of_their_source(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable", "modular")
    done = deconv("verify --convert -D torch --to jax --n 12")
    assert (done.code, done.err) == (0, "")
    header, row, empty, answer = done.out.splitlines()
    assert header.split() == ["from", "to", "layers", "said", "equal", "seconds"]
    assert row.split()[:5] == ["torch", "jax", "12", "12", "12"]
    assert empty == ""
    assert answer == "12 of 12 modules give the values of their source, for 12 layers of 1 pair"
    assert deconv("verify --convert -D torch --to jax --n 2 -q").out.startswith("2 of 2 modules")


def test_a_layer_is_not_carried_into_its_own_framework(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable", "modular")
    data = json.loads(deconv("verify --convert --to jax --n 2 --format json").out)
    assert [(pair["from"], pair["to"]) for pair in data["pairs"]] == [("torch", "jax")]
    refused(deconv("verify --convert -D jax --to jax"), "jax is the only framework", "-D or --to")


def test_other_values_come_with_the_line_that_repeats_them(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable", "shifted")
    done = deconv("verify --convert -D torch --to jax --n 8 --seed 3")
    assert done.code == 1
    assert "error[other-values]: torch #" in done.out
    assert "values differ; stride=" in done.out
    line = next(line for line in done.out.splitlines() if "help: deconv verify" in line)
    again = deconv(line.partition("deconv ")[2])
    assert (again.code, again.out.count("error[other-values]")) == (1, 1)
    assert line in again.out
    data = json.loads(deconv(f"{line.partition('deconv ')[2]} --format json").out)
    assert (data["schema"], data["layers"], data["equal"]) == ("deconv.verify.convert/1", 1, 0)
    [wrong] = data["pairs"][0]["wrong"]
    assert wrong["repeat"] in line
    assert "def build(weight, bias=None):" in wrong["module"]


def test_a_module_that_fails_is_reported_with_its_error(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable", "modular")
    done = deconv("verify --convert -D jax --to torch --n 2")
    assert done.code == 1
    assert "in torch: ModuleNotFoundError: No module named 'torch'; strides=" in done.out


def test_layers_that_nothing_says_are_counted(
    shelf_of_fakes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deconvcli.common.errors import NotExpressible
    from deconvcli.conversion import verification

    def refuse(reading: Any, name: str) -> None:
        raise NotExpressible(f"no words for it in {name}", help="none.")

    shelf_of_fakes("agreeable", "modular")
    monkeypatch.setattr(verification, "convert", refuse)
    done = deconv("verify --convert -D torch --to jax --n 3")
    assert done.code == 1
    assert "error[few-layers]: jax expresses 0 of 3 layers of torch, fewer than 97 %; #" in done.out
    assert "no words for it in jax" in done.out


def test_a_bug_of_ours_is_one_failure(shelf_of_fakes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from deconvcli.conversion import verification

    shelf_of_fakes("agreeable", "modular")
    monkeypatch.setattr(verification, "convert", lambda reading, name: 1 / 0)
    done = deconv("verify --convert -D torch --to jax --n 2")
    assert done.code == 1
    assert done.out.count("ZeroDivisionError: division by zero") == 2


@pytest.mark.parametrize(("line", "code"), [("", 0), ("-D torch", 2), ("--require", 2)])
def test_a_failing_import(shelf_of_fakes: Any, line: str, code: int) -> None:
    shelf_of_fakes("broken", "modular")
    done = deconv(f"verify --convert --n 1 {line}")
    assert done.code == code
    assert "torch is installed but cannot be imported: ImportError: libmissing.so.1" in done.out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--convert -D tensorflow", ("not installed: tensorflow", "pip install")),
        ("--convert --require", ("not installed: tensorflow", "pip install")),
        ("--convert --to webnn", ("there is no framework to run for webnn",)),
        ("--to jax", ("--to without --convert", "-D")),
    ],
)
def test_refused(shelf_of_fakes: Any, line: str, words: tuple[str, ...]) -> None:
    shelf_of_fakes("agreeable", "modular", "absent")
    refused(deconv(f"verify {line}"), *words)


def test_a_process_runs_a_limited_number_of_modules(
    shelf_of_fakes: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from deconvcli.conversion import verification
    from deconvcli.frameworks.driver.process import DriverProcess

    started: list[str] = []
    start = DriverProcess._start

    def count(self: Any) -> Any:
        started.append(self.driver.dialect)
        return start(self)

    shelf_of_fakes("agreeable", "modular")
    monkeypatch.setattr(DriverProcess, "_start", count)
    monkeypatch.setattr(verification, "MODULES_PER_PROCESS", 2)
    done = deconv("verify --convert -D torch --to jax --n 5")
    assert (done.code, done.out.splitlines()[1].split()[2:5]) == (0, ["5", "5", "5"])
    assert started == ["torch", "jax", "jax", "jax"]


def test_a_crash_costs_one_layer(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("frail", "modular")
    done = deconv("verify --convert -D torch --to jax --n 3")
    assert (done.code, done.out.splitlines()[1].split()[2:5]) == (0, ["3", "3", "3"])


def test_one_layer_alone(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("wrong")
    whole = deconv("verify --n 40 --seed 2").out
    line = next(line for line in whole.splitlines() if line.startswith("error["))
    number = line.partition("#")[2].partition(":")[0]
    alone = deconv(f"verify --seed 2 --layer {number}")
    assert (alone.code, line in alone.out) == (1, True)
    assert "1 disagreement in 1 layer\n" in alone.out
