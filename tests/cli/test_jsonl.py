"""`deconv shape --jsonl`: one answer a line, whatever the line holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.frameworks.jsonl import MAX_LINE_BYTES
from tests.cli.commandline import Done, deconv, process, refused

REQUEST = {
    "id": 7,
    "dialect": "torch",
    "input_shape": [1, 64, 5, 5],
    "weight_shape": [64, 32, 4, 4],
    "params": {"stride": 2, "padding": 1},
}
ANSWER = {
    "id": 7,
    "output_shape": [1, 32, 10, 10],
    "crop": [[1, 1], [1, 1]],
    "flipped": False,
    "weight_shape": [64, 32, 4, 4],
    "findings": [],
}


def answers(*lines: bytes) -> list[Any]:
    """Return the answers to lines on standard input, strictly parsed."""
    done = deconv("shape --jsonl -", stdin=b"\n".join(lines))
    assert (done.code, done.err) == (0, "")
    return [json.loads(line, parse_constant=pytest.fail) for line in done.out.splitlines()]


def answer(**changes: Any) -> Any:
    """Return the answer to the request with some fields changed."""
    [printed] = answers(json.dumps({**REQUEST, **changes}).encode())
    return printed


def test_the_fields_are_those_of_the_contract() -> None:
    assert answer() == ANSWER
    assert list(answer()) == list(ANSWER)


def test_a_file_is_read_like_standard_input(tmp_path: Path) -> None:
    file = tmp_path / "layers.jsonl"
    file.write_text(json.dumps(REQUEST) + "\n")
    done = deconv("shape --jsonl", str(file))
    assert (done.code, json.loads(done.out), done.err) == (0, ANSWER, "")


def test_other_fields_are_ignored() -> None:
    assert answer(dialect_version="2.13", tags=["edge"], output_shape=[0], error=3) == ANSWER


def test_weights_may_be_left_to_the_parameters() -> None:
    params = {"filters": 8, "kernel_size": 3, "strides": 2, "padding": "same"}
    printed = answer(dialect="keras", input_shape=[2, 5, 6, 4], weight_shape=None, params=params)
    assert printed["output_shape"] == [2, 10, 12, 8]
    assert printed["weight_shape"] == [3, 3, 8, 4]
    assert printed["crop"] == [[0, 1], [0, 1]]


def test_rank_tells_an_unbatched_input_apart() -> None:
    params = {"kernel_size": 3, "out_channels": 2}
    printed = answer(input_shape=[4, 5, 5], weight_shape=None, rank=2, params=params)
    assert printed["output_shape"] == [2, 7, 7]


def test_findings_have_code_severity_and_message() -> None:
    printed = answer(
        dialect="onnx",
        weight_shape=[64, 2, 3, 3],
        params={"dilations": [4, 4], "group": 1} | {"output_padding": [2, 2]},
    )
    [finding] = printed["findings"]
    assert list(finding) == ["code", "severity", "message"]
    assert finding["code"] == "onnxruntime-output-padding"
    assert finding["severity"] == "warning"


def test_a_refusal_has_findings_where_an_implementation_does_otherwise() -> None:
    empty = {"dialect": "torch", "input_shape": [2, 1, 1], "weight_shape": [1, 1, 2]}
    [printed, other] = answers(
        json.dumps({**empty, "params": {"padding": 1}}).encode(),
        json.dumps({**empty, "params": {"padding": 2}}).encode(),
    )
    [finding] = printed["error"]["findings"]
    assert finding["code"] == "empty-output"
    assert finding["severity"] == "note"
    assert "oneDNN" in finding["message"]
    assert "findings" not in other["error"]


def test_the_order_is_kept_and_a_bad_line_hides_no_other() -> None:
    good = [json.dumps({**REQUEST, "id": number}).encode() for number in range(20)]
    good[7:9] = [b"{", b'{"id": 8, "dialect": "torh", "input_shape": [1, 1, 5]}']
    printed = answers(*good)
    assert [line["id"] for line in printed] == [*range(7), None, 8, *range(9, 20)]
    assert [place for place, line in enumerate(printed) if "error" in line] == [7, 8]


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        (b"{", "not-json", "no JSON object"),
        (b"shape", "not-json", "no JSON object"),
        (b"[1, 2]", "not-json", "it is JSON, but no object"),
        (b"null", "not-json", "it is JSON, but no object"),
        (b'{"id": 1} {"id": 2}', "not-json", "something follows at column 10"),
        (b'{"id": 1, "x": NaN}', "not-json", "JSON has no NaN"),
        (b'{"id": -Infinity}', "not-json", "JSON has no -Infinity"),
        (b'{"id": \xff\xfe}', "not-json", "utf-8"),
        (b'{"id": ' + b"9" * 5000 + b"}", "not-json", "4300 digits"),
        (b'{"id": ' + b"[" * 100_000, "not-json", "recursion"),
        (b'{"id": 1e999}', "bad-request", "id cannot be repeated"),
        (b" " * MAX_LINE_BYTES + b"{}", "not-json", f"more than {MAX_LINE_BYTES} bytes"),
        (b'{"id": 1}', "bad-request", "no dialect"),
        (b'{"dialect": "torch"}', "bad-request", "no input_shape"),
        (b'{"dialect": 3, "input_shape": [1]}', "bad-request", "dialect must be a string"),
    ],
)
def test_a_line_that_is_no_request(line: bytes, code: str, message: str) -> None:
    [printed] = answers(line)
    assert list(printed) == ["id", "error"]
    assert list(printed["error"]) == ["code", "message", "help"]
    assert printed["error"]["code"] == code
    assert message in printed["error"]["message"]
    assert len(printed["error"]["message"]) < 200


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"dialect": "torh"}, "unknown-dialect", "'torh'"),
        ({"dialect": "keras@mxnet"}, "unknown-implementation", "'mxnet'"),
        ({"dialect": "\x1b[31m"}, "unknown-dialect", "\\x1b"),
        ({"params": 3}, "bad-request", "params an object"),
        ({"params": {"strid": 2}}, "unknown-parameter", "'strid'"),
        ({"params": {"stride": "2"}}, "bad-value", "stride is '2'"),
        ({"params": {"stride": [2, None]}}, "bad-value", "stride is [2, None]"),
        ({"params": {"stride": 10**4000}}, "bad-value", "stride is 1000"),
        ({"params": {"stride": 0}}, "stride", "stride 0 is not positive"),
        ({"params": {"dialect": "torch"}}, "unknown-parameter", "'dialect'"),
        ({"params": {"input_shape": [1]}}, "unknown-parameter", "'input_shape'"),
        ({"params": {"padding": 99}}, "empty-output", "size"),
        ({"params": {"groups": 3}}, "groups", "3 equal groups"),
        ({"input_shape": [64, 5]}, "rank", "too few axes"),
        ({"input_shape": "abc"}, "bad-request", "must be arrays"),
        ({"input_shape": [1, 64, 5, -5]}, "bad-size", "a value that is not a size"),
        ({"input_shape": [1, 64, 5, 10**4000]}, "bad-size", "a value that is not a size"),
        ({"input_shape": [1, 64, 5, 5.0]}, "bad-size", "a value that is not a size"),
        ({"weight_shape": 3}, "bad-request", "must be arrays"),
        ({"weight_shape": [32, 64, 4, 4]}, "channels", "64 channels"),
        ({"rank": "two"}, "bad-request", "rank"),
        ({"rank": True}, "bad-request", "rank"),
    ],
)
def test_a_request_that_is_refused(changes: dict[str, Any], code: str, message: str) -> None:
    printed = answer(**changes)
    assert printed["id"] == 7
    assert printed["error"]["code"] == code
    assert message in printed["error"]["message"]
    assert printed["error"]["help"]
    assert len(printed["error"]["message"]) < 300


def test_a_refusal_has_the_source_of_its_limit() -> None:
    parameters = {"filters": 1, "kernel_size": 4, "strides": 2, "padding": "same"}
    refusal = answer(
        dialect="keras2",
        input_shape=[1, 5, 5, 2],
        weight_shape=None,
        params={**parameters, "output_padding": 0},
    )["error"]
    assert refusal["code"] == "output-padding"
    assert refusal["source"].startswith("measured with tf_keras")


def test_windows_line_ends_a_mark_and_empty_lines() -> None:
    line = json.dumps(REQUEST).encode()
    assert answers(b"\xef\xbb\xbf" + line + b"\r", b"", b"  \r", b"\t", line + b"\r", b"") == [
        ANSWER,
        ANSWER,
    ]


@pytest.mark.parametrize("name", ["\ud800", "\u202e\x1b[31m", 10**30, [1, {"a": None}], None, 1.5])
def test_any_id_comes_back(name: Any) -> None:
    done = deconv("shape --jsonl -", stdin=json.dumps({**REQUEST, "id": name}).encode())
    assert json.loads(done.out) == {**ANSWER, "id": name}
    assert done.out.isascii()
    assert "\x1b" not in done.out


def test_nothing_in_nothing_out() -> None:
    assert answers() == []


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read(name: str) -> None:
    refused(deconv("shape --jsonl", name), "cannot be read", "one JSON object a line")


@pytest.mark.parametrize(
    "option", ["--in 5x5", "-k 3", "--macs", "--expect 5x5", "--dialect torch", "--batch 2"]
)
def test_options_that_would_do_nothing_are_refused(option: str) -> None:
    refused(deconv(f"shape --jsonl - {option}"), "has no effect with --jsonl")


def test_a_bug_is_an_answer_and_exit_code_3(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*anything: Any) -> None:
        raise ZeroDivisionError("oops")

    monkeypatch.setattr(type(DIALECTS.take("keras")), "read", broken)
    lines = [json.dumps({**REQUEST, "dialect": name}).encode() for name in ("keras", "torch")]
    done = deconv("shape --jsonl -", stdin=b"\n".join(lines))
    first, second = map(json.loads, done.out.splitlines())
    assert (first["error"]["code"], first["id"], second) == ("bug", 7, ANSWER)
    assert done.code == 3
    assert done.err.startswith("error[bug]: ZeroDivisionError: oops\n")


def test_answers_come_one_by_one() -> None:
    talk = subprocess.Popen(
        [sys.executable, "-m", "deconvcli", "shape", "--jsonl", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"},
    )
    # Without an answer the next line would be waited for without end.
    overdue = threading.Timer(30, talk.kill)
    overdue.start()
    with talk:
        assert talk.stdin is not None
        assert talk.stdout is not None
        for name in range(3):
            talk.stdin.write(json.dumps({**REQUEST, "id": name}).encode() + b"\n")
            talk.stdin.flush()
            assert json.loads(talk.stdout.readline())["id"] == name
    overdue.cancel()
    assert talk.returncode == 0


PEAK = """
import resource, sys
from deconvcli.cli.main import main
try:
    main(["shape", "--jsonl", sys.argv[1]])
finally:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if sys.platform == "linux":  # where getrusage counts what the parent held before exec
        lines = open("/proc/self/status").read().splitlines()
        peak = next(line.split()[1] for line in lines if line.startswith("VmHWM"))
    print(peak, file=sys.stderr)
"""


def peak(lines: int, tmp_path: Path) -> int:
    """Largest memory in use for so many requests, in kilobytes (bytes on macOS)."""
    file = tmp_path / f"{lines}.jsonl"
    file.write_text((json.dumps({**REQUEST, "tags": ["x" * 300]}) + "\n") * lines)
    done = subprocess.run(
        [sys.executable, "-c", PEAK, str(file)],
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert done.stdout.count(b"\n") == lines
    return int(done.stderr)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_memory_does_not_grow_with_the_lines(tmp_path: Path) -> None:
    unit = 1024 if sys.platform == "darwin" else 1
    few, many = peak(1_000, tmp_path), peak(40_000, tmp_path)
    # 20 MB of requests and 6 MB of answers pass through.
    assert many - few < 3_000 * unit


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_standard_input_that_is_a_terminal_is_refused() -> None:
    ours, theirs = os.openpty()
    try:
        done = process("shape --jsonl -", stdin=theirs)
    finally:
        os.close(ours)
        os.close(theirs)
    refused(Done(done.returncode, done.stdout, done.stderr), "standard input", "pipe one into")


def test_a_process_of_its_own_says_the_same() -> None:
    done = process("shape --jsonl -", input=json.dumps(REQUEST))
    assert (done.returncode, json.loads(done.stdout), done.stderr) == (0, ANSWER, "")
