"""Requests as lines of JSON, and their answers: `deconv shape --jsonl`."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from json import JSONDecoder, JSONEncoder, dumps
from typing import Any, BinaryIO

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.common.findings import Diagnostic
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading

MAX_LINE_BYTES = 1 << 20  # a request has some hundred

_HELP = 'write {"dialect": "torch", "input_shape": [1, 8, 5, 5], "params": {...}}.'


def answer_lines(file: BinaryIO, bugs: deque[Exception]) -> Iterator[str]:
    """Yield the answer to each line that is not blank, in constant memory.

    bugs: gets the errors that are bugs of ours, to be raised after the last line.
    """
    return (answer_line(line, bugs) for line in _read_lines(file) if not line.isspace())


def _read_lines(file: BinaryIO) -> Iterator[bytes]:
    """Yield every line; of a line that is too long, only the start."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        end = line
        while len(end) > MAX_LINE_BYTES and not end.endswith(b"\n"):
            end = file.readline(MAX_LINE_BYTES + 1)
        yield line


def answer_line(line: bytes, bugs: deque[Exception]) -> str:
    """Return the answer to one request, as one line of JSON without its end.

    bugs: gets the error, if it is a bug of ours.
    """
    name = "null"
    try:
        request = _parse_request(line)
        name = _encode_id(request)
        return _format_answer(name, _read(request))
    except DeconvError as error:
        answer: dict[str, Any] = {"code": error.code, "message": error.message, "help": error.help}
        if error.source:
            answer["source"] = error.source
        if error.findings:
            answer["findings"] = _list_findings(error.findings)
    # A bug of ours is an answer too: it must not hide the other lines.
    except Exception as error:
        bugs.append(error)
        message = f"{type(error).__name__}: {str(error)[:200]}"
        answer = {"code": "bug", "message": message, "help": "this is a bug in deconv: report it."}
    return f'{{"id": {name}, "error": {dumps(answer)}}}'


def _parse_request(line: bytes) -> dict[str, Any]:
    if len(line) > MAX_LINE_BYTES:
        raise _not_json(f"it has more than {MAX_LINE_BYTES} bytes")
    try:
        # Some editors put a byte order mark before the first line.
        text = line.decode().strip("\ufeff \t\r\n")
        request, end = _decode(text)
        if end != len(text):
            raise _not_json(f"something follows at column {end + 1}")
    except (ValueError, RecursionError) as error:
        raise _not_json(str(error)[:120]) from error
    if not isinstance(request, dict):
        raise _not_json("it is JSON, but no object")
    return request


def _not_json(why: str) -> UsageError:
    return UsageError(
        f"the line is no JSON object: {why}", help="write one JSON object a line.", code="not-json"
    )


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"JSON has no {name}")


# Made once: json.loads would build one for every line, which takes longer than reading it.
_decode = JSONDecoder(parse_constant=_refuse_constant).raw_decode
_encode = JSONEncoder(allow_nan=False).encode


def _encode_id(request: dict[str, Any]) -> str:
    """Return the id as JSON."""
    try:
        return _encode(request.get("id"))
    except (ValueError, RecursionError) as error:  # 1e999 is JSON, and infinite in Python
        raise _bad_request("id cannot be repeated", "use a number or a string.") from error


def _bad_request(message: str, help: str) -> UsageError:
    return UsageError(message, help=help, code="bad-request")


def _read(request: dict[str, Any]) -> Reading:
    try:
        dialect, data = request["dialect"], request["input_shape"]
    except KeyError as missing:
        raise _bad_request(f"the request has no {missing.args[0]}", _HELP) from None
    params, weight, rank = (
        request.get("params", {}),
        request.get("weight_shape"),
        request.get("rank"),
    )
    if not isinstance(params, dict) or not isinstance(dialect, str):
        raise _bad_request("dialect must be a string and params an object", _HELP)
    if not isinstance(data, list) or (weight is not None and not isinstance(weight, list)):
        raise _bad_request("input_shape and weight_shape must be arrays", _HELP)
    if rank is not None and (type(rank) is not int or rank not in (1, 2, 3)):
        raise _bad_request("rank is no number of spatial axes", "give 1, 2 or 3, or leave it out.")
    return read_layer(dialect, params, data, weight, rank)


def _format_answer(name: str, reading: Reading) -> str:
    # Lists of integers look the same in Python and in JSON, and str() is five times faster.
    crop = [[axis.crop_begin, axis.crop_end] for axis in reading.layer.axes]
    return (
        f'{{"id": {name}, "output_shape": {list(reading.output_shape)}, "crop": {crop},'
        f' "flipped": {"true" if reading.flipped else "false"},'
        f' "weight_shape": {list(reading.weight_shape)},'
        f' "findings": {dumps(_list_findings(reading.findings)) if reading.findings else "[]"}}}'
    )


def _list_findings(findings: tuple[Diagnostic, ...]) -> list[dict[str, str]]:
    return [{"code": f.code, "severity": f.severity, "message": f.message} for f in findings]
