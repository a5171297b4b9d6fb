"""YAML 1.2, from PyYAML's events, with values decided here by the core schema.

PyYAML's own values follow YAML 1.1, where `no` is false and 5:30 is 330, and its composer recurses
once per level. Its events have neither problem. Source: YAML 1.2.2, section 10.3.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from deconvcli.checks.documents._builder import MAX_SHOWN_NAME, Builder, Misplaced
from deconvcli.checks.documents._numbers import read_fraction, read_integer

# libyaml, where the wheel includes it, is fifteen times as fast and gives the same events.
_LOADER: Any = getattr(yaml, "CLoader", yaml.Loader)

_TOO_DEEP = "exceeded maximum nesting depth"
"""The problem that libyaml reports for 1,000 open brackets, from PyYAML 6.0.4 on."""

_UNFIT = (
    "this does not continue the lines above",
    "check the indentation of this line, and the quotes and brackets above it.",
)
# What the parsers say about the commonest mistakes; libyaml's first, and then PyYAML's own.
_REASONS = (
    ("did not find expected key", *_UNFIT),
    ("did not find expected '-' indicator", *_UNFIT),
    ("expected <block end>", *_UNFIT),
    (
        "mapping values are not allowed",
        "a colon is not allowed here",
        "check the indentation of this line, and put text with a colon in quotes.",
    ),
)

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_BEGINS_A_NUMBER = frozenset("+-.0123456789")
# 017 is 15 to YAML 1.1 and 17 to YAML 1.2. It stays text, so that no reader is surprised.
_WHOLE = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FRACTION = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def read(text: str, builder: Builder) -> None:
    """Report the one document in `text` to the builder.

    Raises:
        Misplaced: the text is not YAML, or uses tags, aliases or several documents.
    """
    try:
        # Not yaml.parse, a generator around the same method, which costs time at each event.
        for event in iter(_LOADER(text).get_event, None):
            _HANDLERS[type(event)](event, builder)
    # The only other one, ReaderError, is about characters that `documents.read` has refused.
    except yaml.MarkedYAMLError as error:
        if error.problem == _TOO_DEEP and (mark := error.problem_mark):
            # libyaml looks ahead, so it stops before our own limit was reached. Read the part
            # before its mark again, to report the same error as with any other version.
            read(text[: mark.index], builder.restart())
        raise _syntax(error, text) from error
    if not builder.spans:  # a file of comments, or of nothing, is an empty value in YAML
        builder.scalar(None, 0, 0)


def _syntax(error: yaml.MarkedYAMLError, text: str) -> Misplaced:
    """Return the parser's error with our wording and its position."""
    mark = error.problem_mark or error.context_mark
    offset = mark.index if mark else 0
    if text[offset : offset + 1] == "\t":
        return Misplaced(offset, "YAML does not allow a tab for indentation", "indent with spaces.")
    for problem, reason, help in _REASONS:
        if problem in str(error.problem):
            return Misplaced(offset, f"this is not YAML: {reason}", help)
    return Misplaced(
        offset, f"this is not YAML: {error.problem}", "correct the text here or just before."
    )


def _nothing(event: Any, builder: Builder) -> None:
    """Ignore the start and end of the stream and of its document."""


def _start(event: Any, builder: Builder) -> None:
    if builder.spans:
        raise Misplaced(
            event.start_mark.index,
            "a second document starts here",
            "write one document per file.",
        )


def _scalar(event: Any, builder: Builder) -> None:
    if event.anchor is not None or event.tag is not None:
        raise _decoration_error(event)
    text, begin = event.value, event.start_mark.index
    if builder.wants_key:
        builder.key(text, begin)
    else:
        # Quoted text is text, whatever it looks like: only plain scalars have a type.
        value = _resolve(text, begin) if event.implicit[0] else text
        builder.scalar(value, begin, event.end_mark.index)


def _sequence(event: yaml.SequenceStartEvent, builder: Builder) -> None:
    _open(event, builder, [])


def _mapping(event: yaml.MappingStartEvent, builder: Builder) -> None:
    _open(event, builder, {})


def _open(event: Any, builder: Builder, container: dict[str, Any] | list[Any]) -> None:
    if event.anchor is not None or event.tag is not None:
        raise _decoration_error(event)
    begin = event.start_mark.index
    if builder.wants_key:
        raise Misplaced(begin, "a key cannot be a list or a mapping", "write a name.")
    builder.open(container, begin)


def _close(event: Any, builder: Builder) -> None:
    builder.close(event.end_mark.index)


def _alias(event: yaml.AliasEvent, builder: Builder) -> None:
    raise _refuse_feature(event, f"the alias *{event.anchor}")


def _decoration_error(event: Any) -> Misplaced:
    """Return the error for an anchor or a tag, neither of which a config needs."""
    if event.anchor is not None:
        return _refuse_feature(event, f"the anchor &{event.anchor}")
    return _refuse_feature(event, f"the tag {event.tag}")


def _refuse_feature(event: Any, feature: str) -> Misplaced:
    # Aliases can make a small file endless, and tags construct objects in other readers.
    return Misplaced(
        event.start_mark.index,
        f"{feature[:MAX_SHOWN_NAME]} is not supported: a config states each value where it is used",
        "write the value itself, or use `repeat` for repeated blocks.",
    )


def _resolve(text: str, offset: int) -> Any:
    """Return the value of a plain scalar by the core schema, which reads all else as text."""
    if text in _WORDS:
        return _WORDS[text]
    # Not empty, which is a word above. One look at it saves most texts the two patterns.
    if text[0] not in _BEGINS_A_NUMBER:
        return text
    if _WHOLE.fullmatch(text):
        return read_integer(text, offset)
    # 017 matches the pattern too, and must stay text.
    if _FRACTION.fullmatch(text) and not text.isdigit():
        return read_fraction(text)
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
