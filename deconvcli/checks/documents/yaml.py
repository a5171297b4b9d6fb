"""YAML 1.2 through PyYAML's events: what they mean is settled here, by the core schema.

PyYAML's own values are of YAML 1.1 (`no` is false, 5:30 is 330), and its composer recurses: events
do neither. Source: YAML 1.2.2, section 10.3.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from deconvcli.checks.documents._builder import LONGEST, Builder, Misplaced
from deconvcli.checks.documents._numbers import fraction, whole

# libyaml where the wheel has it: fifteen times as fast, and the same events.
_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)

_TOO_DEEP = "exceeded maximum nesting depth"
"""What libyaml says of 1,000 open brackets from PyYAML 6.0.4 on."""

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
        Misplaced: it is not YAML, or uses tags, aliases or several documents.
    """
    try:
        for event in iter(_LOADER(text).get_event, None):
            _HANDLERS[type(event)](event, builder)
    except yaml.MarkedYAMLError as error:
        if error.problem == _TOO_DEEP and (mark := error.problem_mark):
            # It has looked ahead: what stands before this place is refused by us.
            read(text[: mark.index], builder.anew())
        raise _syntax(error, text) from error
    if not builder.spans:  # nothing but comments, if anything: to YAML an empty value
        builder.scalar(None, 0, 0)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Misplaced:
    """The parser's reason, at its place."""
    mark = error.problem_mark or error.context_mark
    offset = mark.index if mark else 0
    if text[offset : offset + 1] == "\t":
        return Misplaced(offset, "a tab stands where YAML wants spaces", "indent with spaces.")
    return Misplaced(
        offset, f"this is not YAML: {error.problem}", "correct it here or just before."
    )


def _nothing(event: Any, builder: Builder) -> None:
    """Begin and end of the stream and of its document."""


def _start(event: Any, builder: Builder) -> None:
    if builder.spans:
        raise Misplaced(
            event.start_mark.index,
            "a second document begins here",
            "keep one document to a file.",
        )


def _scalar(event: Any, builder: Builder) -> None:
    if event.anchor is not None or event.tag is not None:
        raise _decorated(event)
    text, begin = event.value, event.start_mark.index
    if builder.wants_key:
        builder.key(text, begin)
    else:
        value = _resolved(text, begin) if event.implicit[0] else text
        builder.scalar(value, begin, event.end_mark.index)


def _sequence(event: yaml.SequenceStartEvent, builder: Builder) -> None:
    _open(event, builder, [])


def _mapping(event: yaml.MappingStartEvent, builder: Builder) -> None:
    _open(event, builder, {})


def _open(event: Any, builder: Builder, container: dict[str, Any] | list[Any]) -> None:
    if event.anchor is not None or event.tag is not None:
        raise _decorated(event)
    begin = event.start_mark.index
    if builder.wants_key:
        raise Misplaced(begin, "a list or mapping is no key", "write a name.")
    builder.open(container, begin)


def _close(event: Any, builder: Builder) -> None:
    builder.close(event.end_mark.index)


def _alias(event: yaml.AliasEvent, builder: Builder) -> None:
    raise _refused(event, f"the alias *{event.anchor}")


def _decorated(event: Any) -> Misplaced:
    """Anchors and tags: what they can do, a config does not need."""
    if event.anchor is not None:
        return _refused(event, f"the anchor &{event.anchor}")
    return _refused(event, f"the tag {event.tag}")


def _refused(event: Any, what: str) -> Misplaced:
    return Misplaced(
        event.start_mark.index,
        f"{what[:LONGEST]} is not taken: a config holds its values where they are used",
        "write the value itself; for blocks that come again there is `repeat`.",
    )


def _resolved(text: str, offset: int) -> Any:
    """A plain scalar by the core schema; what it does not know is text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _BEGINS_A_NUMBER:
        return text
    if _WHOLE.fullmatch(text):
        return whole(text, offset)
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
