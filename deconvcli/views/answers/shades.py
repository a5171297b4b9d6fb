"""Which of a few shades a count has, and their colours: the pictures', light and dark.

Shade 0 is a gap; 1 to 5 go from few to many.
"""

from __future__ import annotations

from deconvcli.views.palette import LIGHT, ORANGE, Theme, text

_MOST = 5


def colours(theme: Theme) -> list[tuple[str, str]]:
    """(ground, text on it) of each shade, as CSS writes them."""
    counted = [theme.tint(level / (_MOST - 1)) for level in range(_MOST)]
    return [(text(ground), text(theme.text_on(ground))) for ground in (ORANGE, *counted)]


BACKGROUNDS, FOREGROUNDS = zip(*colours(LIGHT), strict=True)


def shade(count: int, most: int) -> int:
    """0 for none, else 1 to 5 by the count's part of the most."""
    return min(_MOST, max(1, -(-_MOST * count // most))) if count else 0
