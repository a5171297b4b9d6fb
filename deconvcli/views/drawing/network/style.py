"""The style sheet of the picture of a network, in both themes."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.views.drawing.network.content import LETTERS, SMALL_LETTERS
from deconvcli.views.drawing.network.layout import HEAD_LETTERS
from deconvcli.views.drawing.style import FONT
from deconvcli.views.palette import DARK, LIGHT, Theme, css_colour, mix

_SHAPES = (
    f"text{{font-family:{FONT};font-size:{LETTERS}px}}"
    f".h{{font-size:16px;font-weight:600}}.k,.c{{font-weight:600}}.c{{font-size:{HEAD_LETTERS}px}}"
    f".n,.m,.l{{font-size:{SMALL_LETTERS}px}}.e{{text-anchor:end}}.c,.m,.l,.v{{text-anchor:middle}}"
    ".b rect{stroke-width:1}.t rect{stroke-width:2.5}.j rect{stroke-width:1.5}"
    ".g rect{stroke-dasharray:1 3;stroke-linecap:round;stroke-width:2}"
    ".w rect{stroke-dasharray:7 3;stroke-width:3}"
    ".p,.q,.r{fill:none}.p{stroke-width:1.5}.q{stroke-width:2}"
    ".r{stroke-width:2}.v{font-size:11px;font-weight:700}.x{font-weight:600}"
)


def write_css() -> str:
    """Return the colours of both themes."""
    dark = "".join(_list_colours(DARK))
    return f"{write_light_css()}@media (prefers-color-scheme:dark){{{dark}}}"


def write_light_css() -> str:
    """Return the colours of the light theme, for programs that ignore media queries."""
    return _SHAPES + "".join(_list_colours(LIGHT))


def _list_colours(theme: Theme) -> Iterator[str]:
    ground, ink, muted, line = map(css_colour, theme[:4])
    accent, stamp = css_colour(theme.accent), css_colour(theme.stamp)
    yield f".ground{{fill:{ground}}}text{{fill:{ink}}}.n,.m,.muted{{fill:{muted}}}"
    yield f".band{{fill:{css_colour(mix(theme.ground, theme.accent, 0.05))}}}"
    yield f".b rect{{fill:{ground};stroke:{line}}}"
    yield f".i rect{{fill:{css_colour(mix(theme.ground, theme.ink, 0.08))};stroke:{ink}}}"
    yield f".j rect{{fill:{css_colour(mix(theme.ground, theme.accent, 0.14))};stroke:{accent}}}"
    yield f".t rect{{fill:{css_colour(theme.warm(0.12))};stroke:{stamp}}}"
    yield f".w rect{{stroke:{stamp}}}.o{{fill:{stamp}}}"
    yield f".v{{fill:{css_colour(theme.text_on(theme.stamp))}}}"
    yield f".p{{stroke:{ink}}}.a{{fill:{ink}}}.q{{stroke:{accent}}}.z{{fill:{accent}}}"
    yield f".l{{fill:{accent}}}.r{{stroke:{muted}}}"
