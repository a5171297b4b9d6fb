"""Long lines of generated code, divided as a formatter would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

TAB = "    "
WIDTH = 88
_OPENING, _CLOSING = "([{", ")]}"
_CLAUSE = re.compile(r" (?=(?:for|if) )")
# Strings have no escapes in generated code.
_TOKEN = re.compile(r'"[^"]*"|' + r"'[^']*'|.")


def wrap(line: str) -> list[str]:
    """Return a line of code as lines of at most 88 characters, where its brackets allow it.

    What stands in the last brackets, or in those before them if the text before the last is too
    long, gets a line of its own, or one for each item.
    """
    if len(line) <= WIDTH:
        return [line]
    pairs = [(start, end) for start, end, depth in _list_pairs(line) if depth == 0]
    if not pairs:
        return [line]
    start, end = next((pair for pair in reversed(pairs) if pair[0] < WIDTH), pairs[-1])
    margin = line[: len(line) - len(line.lstrip())] + TAB
    head, body, tail = line[: start + 1], line[start + 1 : end], line[end:]
    if len(margin + body) > WIDTH:
        items = _split_items(body)
        lines = [one for item in items for one in wrap(f"{margin}{item}")]
    else:
        lines = [margin + body]
    return [head, *lines, margin.removesuffix(TAB) + tail]


def _split_items(body: str) -> list[str]:
    """Return the items between brackets, each with a comma, or the clauses of a comprehension."""
    inner = [False] * len(body)
    for start, end, _ in _list_pairs(body):
        inner[start:end] = [True] * (end - start)
    clauses = [match.start() for match in _CLAUSE.finditer(body) if not inner[match.start()]]
    commas = [place for place, _ in _list_tokens(body, ",") if not inner[place]]
    places = clauses or [place + 1 for place in commas]
    edges = [0, *places, len(body)]
    items = [body[a:b].strip() for a, b in pairwise(edges)]
    return items if clauses else [f"{item.removesuffix(',')}," for item in items if item]


def _list_pairs(line: str) -> list[tuple[int, int, int]]:
    """Return (start, end, depth) of the brackets that have something in them."""
    opened, found = [], []
    for place, text in _list_tokens(line, _OPENING + _CLOSING):
        if text in _OPENING:
            opened.append(place)
        else:
            start = opened.pop()
            if place > start + 1:
                found.append((start, place, len(opened)))
    return found


def _list_tokens(line: str, wanted: str) -> Iterator[tuple[int, str]]:
    """Yield (place, character) of these characters outside strings."""
    for match in _TOKEN.finditer(line):
        if match[0] in wanted:
            yield match.start(), match[0]
