"""Which of a few shades a count has, and their colours, told apart by colour-blind people too.

Shade 0 is a gap; 1 to 5 go from few to many. On the first four text is black, on the others white.
"""

from __future__ import annotations

# Blues of one hue, light to dark, and the orange of Okabe & Ito (2008) for what nothing reaches.
BACKGROUNDS = ("#e69f00", "#deebf7", "#9ecae1", "#6baed6", "#2171b5", "#084594")
FOREGROUNDS = ("#000000",) * 4 + ("#ffffff",) * 2


def shade(count: int, most: int) -> int:
    """0 for none, else 1 to 5 by the count's part of the most."""
    return min(5, max(1, -(-5 * count // most))) if count else 0
