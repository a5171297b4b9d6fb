"""The page as one file: its words, its style, and the rules that it answers by."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from pathlib import Path

from deconvcli.common.values import MAX_INT64, axis_name
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.views.drawing.scene import MAX_PLANE_CELLS, MAX_SIGNAL_CELLS
from deconvcli.views.page.doors import Door, doors
from deconvcli.views.page.rules import Rules
from deconvcli.views.page.start import start
from deconvcli.views.palette import DARK, LIGHT, Theme, css_colour

_FOLDER = Path(__file__).parent
_SCRIPTS = (
    *("shared", "integers", "answer", "overlap", "window", "picture"),
    *("form", "given", "said", "start"),
)
_LEVELS = 8


def page(reading: Reading) -> str:
    """Return the page that opens with this layer, as HTML.

    Raises:
        NotLinear: an input size is a symbol.
        UsageError: the page has no fields for this layer.
    """
    require_numbers(reading.spatial)
    rank = len(reading.spatial)
    found = [door for name in _names() for door in doors(name, rank)]
    opened = [door for door in found if door.is_open]
    begin = start(reading, opened)
    settings = {
        "axes": [axis_name(place, rank) for place in range(rank)],
        "titles": {name: take(name)[0].title for name in _names()},
        "cells": MAX_SIGNAL_CELLS if rank == 1 else MAX_PLANE_CELLS,
        "largest": str(MAX_INT64),
        "levels": _LEVELS,
        "leftOut": _left_out(found),
        "start": {
            "door": opened.index(begin.door),
            "fields": {name: list(map(str, given)) for name, given in begin.fields.items()},
        },
    }
    rules = f"const settings = {dumps(settings)};\n{Rules(opened)}"
    return _filled(rules)


def _names() -> list[str]:
    """Every dialect, and every implementation of it."""
    return [
        full
        for name in in_order()
        for full in (name, *(f"{name}@{made}" for made in take(name)[0].implementations))
    ]


def _left_out(found: Sequence[Door]) -> list[str]:
    """Dialects to which no door leads, and ways that are closed."""
    reached = {door.dialect for door in found}
    return [name for name in _names() if name not in reached] + [
        f"{door.dialect} with {door.way.label}"
        + (" and output_padding" if door.has_output_padding else "")
        for door in found
        if not door.is_open
    ]


def _filled(rules: str) -> str:
    """The template with everything in its place."""
    parts = {"style": _colours() + _read("page.css"), "rules": _harmless(rules)}
    parts["script"] = _harmless("\n".join(_read(f"script/{name}.js") for name in _SCRIPTS))
    made = _read("page.html")
    for name, part in parts.items():
        made = made.replace(f"/*{name}*/", part)
    return made


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _harmless(script: str) -> str:
    """A script in which no text can end it."""
    return script.replace("</", "<\\/").replace("<!--", "<\\!--")


def _colours() -> str:
    """The pictures' colours, for the page and its counts."""
    dark = f"@media (prefers-color-scheme: dark) {{\n{_rules(DARK)}}}\n"
    return _rules(LIGHT) + dark


def _rules(theme: Theme) -> str:
    named = {
        "ground": theme.ground,
        "ink": theme.ink,
        "muted": theme.muted,
        "line": theme.line,
        "stamp": theme.stamp,
        "given": theme.warm(0.1),
        "lit": theme.warm(0.4),
        "accent": theme.accent,
    }
    variables = " ".join(f"--{name}: {css_colour(colour)};" for name, colour in named.items())
    tints = [theme.tint(level / _LEVELS) for level in range(_LEVELS + 1)]
    levels = "".join(
        f"svg .cell.level{level} rect {{ fill: {css_colour(tint)}; }}\n"
        f"svg .cell.level{level} text {{ fill: {css_colour(theme.text_on(tint))}; }}\n"
        for level, tint in enumerate(tints)
    )
    return f":root {{ {variables} }}\n{levels}"
