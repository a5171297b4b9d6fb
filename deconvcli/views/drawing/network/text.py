"""How wide text may be: an upper bound over the fonts of all systems, since SVG cannot wrap it."""

from __future__ import annotations

from collections.abc import Sequence

# Shares of the size of the letters, those of DejaVu Sans, which is the widest of the usual fonts.
_NARROW, _SLIM, _WIDE, _WIDEST = "iljI.,:;'| !·", '()[]{}/\\-frt*"', "mwMWGOQ+=<>~…%@", "MW@…%"
_USUAL, _CAPITAL = 0.66, 0.78
BOLD = 1.12
"""How much wider bold letters are."""


def measure(text: str, size: float, *, is_bold: bool = False) -> float:
    """Return how wide a line is at most, in pixels; size: that of its letters."""
    width = sum(_measure_letter(letter) for letter in text)
    return width * size * (BOLD if is_bold else 1.0)


def _measure_letter(letter: str) -> float:
    if letter in _WIDEST:
        return 1.02
    if letter in _WIDE:
        return 0.98 if letter == "m" else 0.86
    if letter in _SLIM:
        return 0.5
    if letter in _NARROW:
        return 0.4
    if not letter.isascii():
        return 1.1
    return _CAPITAL if letter.isupper() else _USUAL


def shorten_end(text: str, width: float, size: float, *, is_bold: bool = False) -> str:
    """Return a text that fits, with dots in place of its end."""
    if measure(text, size, is_bold=is_bold) <= width:
        return text
    while text and measure(text + "…", size, is_bold=is_bold) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def shorten_start(text: str, width: float, size: float) -> str:
    """Return a text that fits, with dots in place of its start: names of layers end differently."""
    if measure(text, size) <= width:
        return text
    while text and measure("…" + text, size) > width:
        text = text[1:]
    return "…" + text.lstrip()


def break_lines(parts: Sequence[str], separator: str, width: float, size: float) -> list[str]:
    """Return parts joined into lines that fit; a part that is too long for one is shortened."""
    end = separator.rstrip()
    lines: list[str] = []
    for number, part in enumerate(parts):
        text = part if number == len(parts) - 1 else part + end
        joined = f"{lines[-1]}{separator[len(end) :]}{text}" if lines else text
        if lines and measure(joined, size) <= width:
            lines[-1] = joined
        else:
            lines.append(shorten_end(text, width, size))
    return lines
