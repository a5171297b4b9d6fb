"""Files checked in several processes: errors come back, and nothing waits for ever."""

from __future__ import annotations

import io
import json
import os
import pickle
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deconvcli.checks.checking import Settings, SourceFile, _processes, check
from deconvcli.checks.checking._worker import _pickle_error
from deconvcli.common.children import command
from tests.cli.commandline import process


def test_more_processes_than_files_find_the_same(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text("layers: [1, 2")
    assert check([str(tmp_path)], jobs=8) == check([str(tmp_path)])


@pytest.mark.parametrize("paths", ["- a.yaml b.yaml", "a.yaml - b.yaml", "a.yaml b.yaml -"])
def test_standard_input_is_read_here(paths: str, tmp_path: Path) -> None:
    """The other processes have questions on their standard inputs, and waited for ever."""
    for name in ("a.yaml", "b.yaml"):
        (tmp_path / name).write_text("networks: [")
    done = process(f"check {paths} --jobs 2 --format json", cwd=tmp_path, input="networks: {}\n")
    files = json.loads(done.stdout)["files"]
    assert [file["file"] for file in files] == paths.replace("-", "<stdin>").split()
    assert [len(file["findings"]) for file in files if file["file"] != "<stdin>"] == [1, 1]


def test_an_error_of_a_process_is_raised_here() -> None:
    bad: Any = None
    with pytest.raises(AttributeError):
        _processes.check_in_processes([bad, bad], Settings(), 2)


def test_a_process_answers_every_question_and_ends_with_its_input(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("networks: [")
    source = SourceFile("a.yaml", str(tmp_path / "a.yaml"))
    questions: list[Any] = [([source], Settings()), ([None], Settings()), ([], Settings())]
    # `check_in_processes` kills its processes, which is faster than letting them end.
    done = subprocess.run(
        command(_processes.WORKER),
        input=b"".join(map(pickle.dumps, questions)),
        capture_output=True,
        check=True,
    )
    answers = io.BytesIO(done.stdout)
    [checked] = pickle.load(answers)
    assert [found.code for found in checked.findings] == ["DCV101"]
    assert isinstance(pickle.load(answers), AttributeError)
    assert pickle.load(answers) == []
    assert answers.read() == b""


def test_a_process_that_ends_early_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_processes, "WORKER", "deconvcli.nowhere")
    sources: list[SourceFile] = [SourceFile("a.yaml", "a.yaml")] * 2
    with pytest.raises(RuntimeError, match="ended unexpectedly"):
        _processes.check_in_processes(sources, Settings(), 2)


def test_an_error_that_cannot_be_pickled_is_sent_as_text() -> None:
    class Unknown(Exception):
        pass

    assert b"Unknown: why" in _pickle_error(Unknown("why"))
    assert os.fspath(Path("a")).encode() in _pickle_error(ValueError("a"))
