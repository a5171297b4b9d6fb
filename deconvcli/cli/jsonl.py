"""`deconv shape --jsonl`: one request a line, one answer a line, in constant memory."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from itertools import islice
from json import JSONDecoder, JSONEncoder, dumps
from typing import Any, BinaryIO

from deconvcli.common.errors import DeconvError, Unreadable, UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading

LONGEST = 1 << 20
"""Bytes of one line; a request has some hundred."""

AT_ONCE = 256
"""Answers written together; where output is not buffered each write waits for the system."""

_HELP = 'write {"dialect": "torch", "input_shape": [1, 8, 5, 5], "params": {...}}.'


def stream(path: str) -> None:
    """Answer every line of a file, or of standard input for `-`.

    Raises:
        Unreadable: there is no such file.
        Exception: the last bug of ours that a line met, after all lines are answered.
    """
    if path != "-":
        with _opened(path) as file:
            _answer_all(file, AT_ONCE)
        return
    if sys.stdin is None or sys.stdin.isatty():
        raise _unreadable("standard input", "it is a terminal, or closed")
    # Who asks line by line waits for each answer.
    _answer_all(sys.stdin.buffer, 1)


def _opened(path: str) -> BinaryIO:
    try:
        return open(path, "rb")
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise _unreadable(path, getattr(error, "strerror", None) or str(error)) from error


def _unreadable(name: str, why: str) -> Unreadable:
    return Unreadable(
        f"{name}: cannot be read: {why}",
        help="name a file with one JSON object a line, or pipe one into --jsonl -.",
    )


def _answer_all(file: BinaryIO, at_once: int) -> None:
    bugs: deque[Exception] = deque(maxlen=1)
    answers = (answer(line, bugs) for line in _lines(file) if not line.isspace())
    while block := list(islice(answers, at_once)):
        sys.stdout.write("\n".join([*block, ""]))
        sys.stdout.flush()
    if bugs:
        raise bugs[0]


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Every line, of those that are too long only the beginning."""
    while line := file.readline(LONGEST + 1):
        end = line
        while len(end) > LONGEST and not end.endswith(b"\n"):
            end = file.readline(LONGEST + 1)
        yield line


def answer(line: bytes, bugs: deque[Exception]) -> str:
    """The answer to one request, as one line of JSON without its end.

    A bug of ours is an answer too, and is added to `bugs`: it must not hide the other lines.
    """
    name = "null"
    try:
        request = _request(line)
        name = _name(request)
        return _told(name, _reading(request))
    except DeconvError as error:
        told: dict[str, Any] = {"code": error.code, "message": error.message, "help": error.help}
        if error.source:
            told["source"] = error.source
        if error.findings:
            told["findings"] = _findings(error.findings)
    except Exception as error:
        bugs.append(error)
        what = f"{type(error).__name__}: {str(error)[:200]}"
        told = {"code": "bug", "message": what, "help": "this is a bug in deconv: report it."}
    return f'{{"id": {name}, "error": {dumps(told)}}}'


def _request(line: bytes) -> dict[str, Any]:
    if len(line) > LONGEST:
        raise _no_json(f"it has more than {LONGEST} bytes")
    try:
        text = line.decode().strip("\ufeff \t\r\n")
        request, end = _decode(text)
        if end != len(text):
            raise _no_json(f"something follows at column {end + 1}")
    except (ValueError, RecursionError) as error:
        raise _no_json(str(error)[:120]) from error
    if not isinstance(request, dict):
        raise _no_json("it is another value than an object")
    return request


def _no_json(why: str) -> UsageError:
    return UsageError(
        f"the line is no JSON object: {why}", help="write one JSON object a line.", code="not-json"
    )


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"JSON has no {name}")


_decode = JSONDecoder(parse_constant=_refuse_constant).raw_decode
_encode = JSONEncoder(allow_nan=False).encode


def _name(request: dict[str, Any]) -> str:
    """The id as JSON."""
    try:
        return _encode(request.get("id"))
    except (ValueError, RecursionError) as error:  # 1e999 is JSON, and infinite in Python
        raise _bad("id cannot be repeated", "use a number or a string.") from error


def _bad(what: str, help: str) -> UsageError:
    return UsageError(what, help=help, code="bad-request")


def _reading(request: dict[str, Any]) -> Reading:
    try:
        dialect, data = request["dialect"], request["input_shape"]
    except KeyError as missing:
        raise _bad(f"the request has no {missing.args[0]}", _HELP) from None
    params, weight, rank = (
        request.get("params", {}),
        request.get("weight_shape"),
        request.get("rank"),
    )
    if not isinstance(params, dict) or not isinstance(dialect, str):
        raise _bad("dialect must be a string and params an object", _HELP)
    if not isinstance(data, list) or (weight is not None and not isinstance(weight, list)):
        raise _bad("input_shape and weight_shape must be arrays", _HELP)
    if rank is not None and (type(rank) is not int or rank not in (1, 2, 3)):
        raise _bad("rank is no number of spatial axes", "give 1, 2 or 3, or leave it out.")
    return read_layer(dialect, params, data, weight, rank)


def _told(name: str, reading: Reading) -> str:
    # Lists of integers look the same in Python and in JSON, and str() is five times faster.
    crop = [[axis.crop_begin, axis.crop_end] for axis in reading.layer.axes]
    return (
        f'{{"id": {name}, "output_shape": {list(reading.output_shape)}, "crop": {crop},'
        f' "flipped": {"true" if reading.flipped else "false"},'
        f' "weight_shape": {list(reading.weight_shape)},'
        f' "findings": {dumps(_findings(reading.findings)) if reading.findings else "[]"}}}'
    )


def _findings(findings: tuple[Diagnostic, ...]) -> list[dict[str, str]]:
    return [{"code": f.code, "severity": f.severity, "message": f.message} for f in findings]
