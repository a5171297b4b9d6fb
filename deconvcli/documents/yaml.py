"""YAML 1.2 through PyYAML's events: what they mean is settled here, by the core schema.

PyYAML's own values are of YAML 1.1 (`no` is false, 5:30 is 330), and its composer recurses: events
do neither. Source: YAML 1.2.2, section 10.3.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from deconvcli.documents._builder import LONGEST, Builder, Mark, unreadable
from deconvcli.documents._numbers import fraction, whole
from deconvcli.errors import Unreadable

# libyaml where the wheel has it: fifteen times as fast, and the same events.
_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_BEGINS_A_NUMBER = frozenset("+-.0123456789")
# 017 is 15 to one program and 17 to another: it stays text.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def read(text: str, builder: Builder) -> None:
    """Hand the one document in `text` to the builder.

    Raises:
        Unreadable: it is not YAML, or uses tags, aliases or several documents.
    """
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            _HANDLERS[type(event)](event, builder)
    except yaml.MarkedYAMLError as error:
        raise _syntax(error, text) from error
    if not builder.places:  # nothing but comments, if anything: to YAML an empty value
        builder.scalar(None, Mark(1, 1), Mark(1, 1))


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Unreadable:
    """The parser's reason, at its place."""
    mark = _mark(error.problem_mark or error.context_mark)
    lines = text.splitlines()
    line = lines[mark.line - 1] if mark.line <= len(lines) else ""
    if line[mark.column - 1 : mark.column] == "\t":
        return unreadable(mark, "a tab stands where YAML wants spaces", "indent with spaces.")
    return unreadable(mark, f"this is not YAML: {error.problem}", "correct it here or just before.")


def _mark(mark: Any) -> Mark:
    return Mark(mark.line + 1, mark.column + 1) if mark else Mark(1, 1)


def _nothing(event: Any, builder: Builder) -> None:
    """Begin and end of the stream and of its document."""


def _start(event: yaml.DocumentStartEvent, builder: Builder) -> None:
    if builder.places:
        raise unreadable(
            _mark(event.start_mark),
            "a second document begins here",
            "keep one document to a file.",
        )


def _scalar(event: yaml.ScalarEvent, builder: Builder) -> None:
    _refuse_decoration(event)
    begin = _mark(event.start_mark)
    if builder.wants_key:
        builder.key(event.value, begin)
        return
    value = _resolved(event.value, begin) if event.implicit[0] else event.value
    builder.scalar(value, begin, _mark(event.end_mark))


def _sequence(event: yaml.SequenceStartEvent, builder: Builder) -> None:
    _open(event, builder, [])


def _mapping(event: yaml.MappingStartEvent, builder: Builder) -> None:
    _open(event, builder, {})


def _open(event: Any, builder: Builder, container: dict[str, Any] | list[Any]) -> None:
    _refuse_decoration(event)
    if builder.wants_key:
        raise unreadable(_mark(event.start_mark), "a list or mapping is no key", "write a name.")
    builder.open(container, _mark(event.start_mark))


def _close(event: Any, builder: Builder) -> None:
    builder.close(_mark(event.end_mark))


def _alias(event: yaml.AliasEvent, builder: Builder) -> None:
    raise _refused(event, f"the alias *{event.anchor}")


def _refuse_decoration(event: Any) -> None:
    """Anchors and tags: what they can do, a config does not need."""
    if event.anchor is not None:
        raise _refused(event, f"the anchor &{event.anchor}")
    if event.tag is not None:
        raise _refused(event, f"the tag {event.tag}")


def _refused(event: Any, what: str) -> Unreadable:
    return unreadable(
        _mark(event.start_mark),
        f"{what[:LONGEST]} is not taken: a config holds its values where they are used",
        "write the value itself; for blocks that come again there is `repeat`.",
    )


def _resolved(text: str, mark: Mark) -> Any:
    """A plain scalar by the core schema; what it does not know is text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _BEGINS_A_NUMBER:
        return text
    if _WHOLE.fullmatch(text):
        return whole(text, mark)
    if _FRACTION.fullmatch(text) and not text.isdigit():
        return fraction(text)
    return text


_HANDLERS: dict[type, Any] = {
    yaml.StreamStartEvent: _nothing,
    yaml.StreamEndEvent: _nothing,
    yaml.DocumentStartEvent: _start,
    yaml.DocumentEndEvent: _nothing,
    yaml.ScalarEvent: _scalar,
    yaml.SequenceStartEvent: _sequence,
    yaml.MappingStartEvent: _mapping,
    yaml.SequenceEndEvent: _close,
    yaml.MappingEndEvent: _close,
    yaml.AliasEvent: _alias,
}
