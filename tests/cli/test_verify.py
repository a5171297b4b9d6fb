"""`deconv verify` with fake frameworks, since the real ones are rarely installed."""

from __future__ import annotations

import json
import signal
import sys
import time
from typing import Any

import psutil
import pytest

from tests.cli.commandline import deconv, refused
from tests.processes import python

pytestmark = pytest.mark.usefixtures("fakes_can_be_found")


def test_agreement(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable")
    done = deconv("verify --n 30")
    assert (done.code, done.err) == (0, "")
    header, row, empty, answer = done.out.splitlines()
    assert header.split("  ")[0] == "framework"
    assert row.split()[0] == "torch"
    assert row.split()[4:7] == ["30", "0", "0"]
    assert (empty, answer) == ("", "0 disagreements in 30 layers")
    assert deconv("verify --n 5 -q").out == "0 disagreements in 5 layers\n"


def test_disagreements_are_findings_with_a_line_that_shows_them(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("wrong")
    done = deconv("verify --n 40 --seed 2")
    assert done.code == 1
    for kind in ("shape", "values", "refusal"):
        assert f"error[disagreement-{kind}]: torch #" in done.out
    assert "deconv predicts 1x1x3, the framework answers 1x1x2\n  help: python -c '" in done.out
    assert "deconv predicts 1x1x4, the framework answers 1x1x4 with other values" in done.out
    assert done.out == deconv("verify --n 40 --seed 2").out
    assert done.out != deconv("verify --n 40 --seed 3").out


def test_json(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("wrong", "absent")
    done = deconv("verify --n 20 --format json")
    data = json.loads(done.out)
    assert data["schema"] == "deconv.verify/1"
    assert (data["n"], data["seed"]) == (20, 0)
    [framework] = data["frameworks"]
    assert framework["cases"] == framework["accepted"] + framework["refused"] == 20
    assert framework["agree"] + len(framework["disagreements"]) == 20
    assert data["disagreements"] == len(framework["disagreements"]) > 0
    first = framework["disagreements"][0]
    assert set(first) == {
        *("number", "kind", "params", "input_shape", "weight_shape", "rank"),
        *("deconv", "framework", "repro"),
    }
    assert data["missing"] == [
        {"framework": "tensorflow", "install": "pip install no-such-module==1.2"}
    ]


@pytest.mark.parametrize("format", ["markdown", "jsonl"])
def test_other_formats(shelf_of_fakes: Any, format: str) -> None:
    shelf_of_fakes("agreeable")
    out = deconv(f"verify --n 3 --format {format}").out
    assert out.startswith("| framework | cases |" if format == "markdown" else '{"schema":')


def test_a_framework_that_changes_its_mind_is_no_disagreement(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("unsteady")
    done = deconv("verify --n 4")
    assert done.code == 0
    assert "warning[unsteady-framework]: torch #0: the framework's values, in shape" in done.out
    assert done.out.splitlines()[1].split()[4:7] == ["0", "4", "0"]


def test_a_crash_is_a_disagreement_and_does_not_hide_the_others(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("frail")
    done = deconv("verify --n 8")
    assert done.code == 1
    assert "the framework answers nothing (process ended with 7)" in done.out
    assert json.loads(deconv("verify --n 8 --format json").out)["frameworks"][0]["agree"] > 0


def test_missing_frameworks_are_named_with_their_command(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable", "absent")
    done = deconv("verify --n 2")
    assert done.code == 0
    assert "note[not-installed]: not installed: tensorflow\n" in done.out
    assert "help: pip install no-such-module==1.2" in done.out


@pytest.mark.parametrize(
    ("fakes", "line", "words"),
    [
        (("agreeable", "absent"), "--dialect tensorflow", ("not installed: tensorflow", "pip")),
        (("agreeable", "absent"), "--require", ("not installed: tensorflow", "pip install")),
        (("absent",), "", ("no framework is installed", "pip install no-such-module==1.2")),
        ((), "", ("no framework is installed",)),
        (("agreeable",), "--dialect keras", ("there is no framework to run for keras",)),
        (("agreeable",), "--dialect tourch", ("'tourch' is not known", "did you mean 'torch'")),
        (("agreeable",), "--n 0", ("--n", "0 is less than 1")),
    ],
)
def test_refused(
    shelf_of_fakes: Any, fakes: tuple[str, ...], line: str, words: tuple[str, ...]
) -> None:
    shelf_of_fakes(*fakes)
    refused(deconv(f"verify {line}"), *words)


def test_another_version_is_reported(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("newer")
    done = deconv("verify --n 1 -D onnx@onnxruntime")
    assert "note[other-version]: onnx@onnxruntime runs on another release than" in done.out
    assert "instead of 0.0.1" in done.out
    assert "help: for the measured release: pip install deconvcli==0.0.1" in done.out


@pytest.mark.parametrize(("line", "code"), [("", 0), ("--require", 2), ("-D torch", 2)])
def test_a_failing_import(shelf_of_fakes: Any, line: str, code: int) -> None:
    shelf_of_fakes("agreeable", "broken")
    done = deconv(f"verify --n 1 {line}")
    assert done.code == code
    assert "torch is installed but cannot be imported: ImportError: libmissing.so.1" in done.out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ctrl_c_ends_the_children() -> None:
    script = (
        "from deconvcli.frameworks import installed; from deconvcli.common.shelf import Shelf;"
        "s = installed.FRAMEWORKS = Shelf('tests.fakes', 'FRAMEWORK', 'framework');"
        "s.names = ['agreeable']; from deconvcli.cli.main import main;"
        "main(['verify', '--n', '1000000'])"
    )
    with python("-c", script) as done:
        children = framework_processes(done.pid)
        done.send_signal(signal.SIGINT)
        out, err = done.communicate(timeout=30)
    assert (done.returncode, out, err) == (130, b"", b"\n")
    assert psutil.wait_procs(children, timeout=10)[1] == []


def framework_processes(pid: int, count: int = 1) -> list[psutil.Process]:
    """Return the processes of the frameworks, as soon as there are `count` of them."""
    for _ in range(600):
        children: list[psutil.Process] = psutil.Process(pid).children()
        if len(children) >= count:
            return children
        time.sleep(0.05)
    raise AssertionError("no framework was started")


def test_a_documented_dialect_has_no_framework_to_run(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable")
    done = deconv("verify --dialect tensorrt")
    refused(done, "no framework to run for tensorrt", "documentation only; choose from: torch.")
