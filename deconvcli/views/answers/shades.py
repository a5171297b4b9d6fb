"""The shades of counts on a terminal and on a page, in the colours of the pictures.

Shade 0 marks a gap; shades 1 to 5 go from few pairs to many.
"""

from __future__ import annotations

from deconvcli.views.palette import LIGHT, ORANGE, Theme, css_colour

MAX_SHADE = 5


def shade_colours(theme: Theme) -> list[tuple[str, str]]:
    """Return (background, text colour) of each shade, as CSS writes them."""
    tints = [theme.tint(level / (MAX_SHADE - 1)) for level in range(MAX_SHADE)]
    return [(css_colour(one), css_colour(theme.text_on(one))) for one in (ORANGE, *tints)]


BACKGROUNDS, FOREGROUNDS = zip(*shade_colours(LIGHT), strict=True)


def choose_shade(count: int, most: int) -> int:
    """Return 0 for no pairs, else 1 to 5 by the count's share of the largest count."""
    return min(MAX_SHADE, max(1, -(-MAX_SHADE * count // most))) if count else 0
