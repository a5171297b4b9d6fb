"""The colours, light and dark: Okabe and Ito's, which colour-blind people can tell apart.

Counts range from a pale to a full tint, so that lightness alone orders them. Every count is also
written as a number, so that no information is in colour alone.

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
_MIN_TINT, _MAX_TINT = 0.12, 0.75


class Theme(NamedTuple):
    """The colours of one theme.

    accent: the full tint of counts. stamp: the kernel and the input that it comes from.
    """

    ground: Colour
    ink: Colour
    muted: Colour
    line: Colour
    accent: Colour
    stamp: Colour

    def tint(self, share: float) -> Colour:
        """Return the background of a count that is this share of the largest count."""
        return mix(self.ground, self.accent, _MIN_TINT + (_MAX_TINT - _MIN_TINT) * share)

    def warm(self, share: float) -> Colour:
        """Return the background of an input: the ground with this share of the stamp's colour."""
        return mix(self.ground, self.stamp, share)

    def text_on(self, ground: Colour) -> Colour:
        """Return black or white, whichever has more contrast on this background."""
        # One of them always has more than the 4.5 that WCAG asks for: at worst sqrt(21), 4.58.
        return max((BLACK, WHITE), key=lambda colour: contrast(colour, ground))


LIGHT = Theme(WHITE, (31, 35, 40), (89, 99, 110), (140, 149, 159), BLUE, VERMILLION)
DARK = Theme((13, 17, 23), (230, 237, 243), (145, 152, 161), (101, 108, 118), SKY_BLUE, ORANGE)


def mix(below: Colour, above: Colour, share: float) -> Colour:
    """Return `below` covered by `above` with this opacity, from 0 to 1."""
    red, green, blue = (round(b + (a - b) * share) for b, a in zip(below, above, strict=True))
    return red, green, blue


def css_colour(colour: Colour) -> str:
    """Return the colour as CSS writes it: `#0072b2`."""
    return "#" + "".join(f"{part:02x}" for part in colour)


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: Colour) -> float:
    red, green, blue = (_linear(part / 255) for part in colour)
    # The weights and the gamma of sRGB, as WCAG 2.2 defines relative luminance.
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
