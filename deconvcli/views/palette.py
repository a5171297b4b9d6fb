"""The colours, light and dark: Okabe and Ito's, which colour-blind people can tell apart.

Counts go from a pale to a full tint, so that lightness alone orders them, and each has a digit.

Source: Okabe & Ito 2008, Color Universal Design; contrast: WCAG 2.2, success criterion 1.4.3.
"""

from __future__ import annotations

from typing import NamedTuple

Colour = tuple[int, int, int]

BLACK: Colour = (0, 0, 0)
WHITE: Colour = (255, 255, 255)
ORANGE: Colour = (230, 159, 0)
SKY_BLUE: Colour = (86, 180, 233)
BLUE: Colour = (0, 114, 178)
VERMILLION: Colour = (213, 94, 0)
_PALEST, _FULLEST = 0.12, 0.75


class Theme(NamedTuple):
    """counted: the full tint of counts. stamp: the kernel and the input it comes from."""

    ground: Colour
    ink: Colour
    muted: Colour
    line: Colour
    counted: Colour
    stamp: Colour

    def tint(self, share: float) -> Colour:
        """The ground of a count that is this share of the largest one."""
        return mix(self.ground, self.counted, _PALEST + (_FULLEST - _PALEST) * share)

    def warmed(self, share: float) -> Colour:
        """The ground with this share of the stamp's colour: inputs have it."""
        return mix(self.ground, self.stamp, share)

    def text_on(self, ground: Colour) -> Colour:
        """Black or white, whichever is easier to read there."""
        return max((BLACK, WHITE), key=lambda colour: contrast(colour, ground))


LIGHT = Theme(WHITE, (31, 35, 40), (89, 99, 110), (140, 149, 159), BLUE, VERMILLION)
DARK = Theme((13, 17, 23), (230, 237, 243), (145, 152, 161), (101, 108, 118), SKY_BLUE, ORANGE)


def mix(below: Colour, above: Colour, share: float) -> Colour:
    """`above` laid over `below`, covering this share of it."""
    red, green, blue = (round(b + (a - b) * share) for b, a in zip(below, above, strict=True))
    return red, green, blue


def text(colour: Colour) -> str:
    """As CSS writes it: #0072b2."""
    return "#" + "".join(f"{part:02x}" for part in colour)


def contrast(one: Colour, other: Colour) -> float:
    """The ratio of their luminances, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
