"""The page as one file: its template, its style, its scripts and the variants of its form."""

from __future__ import annotations

from collections.abc import Sequence
from json import dumps
from pathlib import Path

from deconvcli.common.values import MAX_INT64, axis_name
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.views.drawing.scene import MAX_PLANE_CELLS, MAX_SIGNAL_CELLS
from deconvcli.views.page.constants import write_constants
from deconvcli.views.page.start import fill_form
from deconvcli.views.page.variants import Variant, find_variants
from deconvcli.views.palette import DARK, LIGHT, Theme, css_colour

_FOLDER = Path(__file__).parent
# In this order: constants of one script must exist when the next one runs.
_SCRIPTS = (
    *("shared", "integers", "answer", "overlap", "window", "picture"),
    *("form", "fields", "output", "start"),
)
_LEVELS = 8
"""The number of tints between the ground and the full tint of a count."""


def write_page(reading: Reading) -> str:
    """Return the page that opens with this layer, as HTML.

    Raises:
        NotLinear: an input size is a symbol.
        UsageError: the page has no fields for this layer.
    """
    require_numbers(reading.spatial)
    rank = len(reading.spatial)
    found = [variant for name in _dialect_names() for variant in find_variants(name, rank)]
    variants = [variant for variant in found if variant.is_exact]
    form = fill_form(reading, variants)
    settings = {
        "axes": [axis_name(place, rank) for place in range(rank)],
        "titles": {name: take(name)[0].title for name in _dialect_names()},
        "cells": MAX_SIGNAL_CELLS if rank == 1 else MAX_PLANE_CELLS,
        # JSON numbers would become Number, which is exact only to 2**53.
        "maxField": str(MAX_INT64),
        "maxSizes": {name: str(take(name)[0].max_size) for name in _dialect_names()},
        "levels": _LEVELS,
        "leftOut": _list_left_out(found),
        "start": {
            "dialect": reading.spelling.name,
            "flipped": reading.flipped,
            "variant": variants.index(form.variant),
            "fields": {name: list(map(str, values)) for name, values in form.fields.items()},
        },
    }
    return _fill_template(f"const settings = {dumps(settings)};\n{write_constants(variants)}")


def _dialect_names() -> list[str]:
    """Return every dialect, each followed by its implementations."""
    return [
        full
        for name in in_order()
        for full in (name, *(f"{name}@{made}" for made in take(name)[0].implementations))
    ]


def _list_left_out(found: Sequence[Variant]) -> list[str]:
    """Return the dialects without any variant, and the variants that are not exact."""
    reached = {variant.dialect for variant in found}
    return [name for name in _dialect_names() if name not in reached] + [
        f"{variant.dialect} with {variant.padding.label}"
        + (" and output_padding" if variant.has_output_padding else "")
        for variant in found
        if not variant.is_exact
    ]


def _fill_template(constants: str) -> str:
    parts = {"style": _colours() + _read("page.css"), "constants": _escape_script(constants)}
    parts["script"] = _escape_script("\n".join(_read(f"script/{name}.js") for name in _SCRIPTS))
    page = _read("page.html")
    for name, part in parts.items():
        page = page.replace(f"/*{name}*/", part)
    return page


def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _escape_script(script: str) -> str:
    """Return a script that no text in it can end.

    HTML ends a script at `</script`, even inside a string, and `<!--` opens a state in which it
    does not. Inside JavaScript strings the backslashes change nothing.
    """
    return script.replace("</", "<\\/").replace("<!--", "<\\!--")


def _colours() -> str:
    """Return the colours of the pictures for both themes, as CSS."""
    dark = f"@media (prefers-color-scheme: dark) {{\n{_theme_rules(DARK)}}}\n"
    return _theme_rules(LIGHT) + dark


def _theme_rules(theme: Theme) -> str:
    colours = {
        "ground": theme.ground,
        "ink": theme.ink,
        "muted": theme.muted,
        "line": theme.line,
        "stamp": theme.stamp,
        "input": theme.warm(0.1),
        "lit": theme.warm(0.4),
        "accent": theme.accent,
    }
    variables = " ".join(f"--{name}: {css_colour(colour)};" for name, colour in colours.items())
    tints = [theme.tint(level / _LEVELS) for level in range(_LEVELS + 1)]
    levels = "".join(
        f"svg .cell.level{level} rect {{ fill: {css_colour(tint)}; }}\n"
        f"svg .cell.level{level} text {{ fill: {css_colour(theme.text_on(tint))}; }}\n"
        for level, tint in enumerate(tints)
    )
    return f":root {{ {variables} }}\n{levels}"
