"""How `deconv run` shows what explains a difference, and which layer has such an output."""

from __future__ import annotations

from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError
from deconvcli.compute.differences import REVERSED_TAPS, Difference
from deconvcli.frameworks.dialects import in_order
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import crop_text
from deconvcli.views.comparison.parameters import write_parameters

_HIDDEN = ("in_channels", "out_channels", "bias")
UNPROVEN = "; a sample says so, and a run without --mmap compares all elements"


def difference_rows(reading: Reading, difference: Difference) -> list[tuple[str, str]]:
    """Return labelled lines: the difference, and the layer that gives it, if one is known."""
    same = _find_same(reading, difference)
    text = difference.text if difference.proven else difference.text + UNPROVEN
    return [("difference", text), *([("matches", same.text)] if same else [])]


def difference_text(reading: Reading, difference: Difference) -> str:
    """Return the same in one sentence."""
    same = _find_same(reading, difference)
    text = difference.text
    text = f"the values are {text}" if text.startswith("equal") else text
    return f"{text}; it is the output of {same.text}" if same else text


def difference_data(reading: Reading, difference: Difference) -> dict[str, Any]:
    """Return the same for programs."""
    same = _find_same(reading, difference)
    return {**difference._asdict(), "same_as": same._asdict() if same else None}


class Same(NamedTuple):
    """A layer that gives the reference from the same weights, apart from other causes."""

    dialect: str
    parameters: str
    crop: tuple[tuple[Size, Size], ...]

    @property
    def text(self) -> str:
        """The layer in one line."""
        return f"{self.dialect}: {self.parameters}, crop {crop_text(self.crop)} (begin:end)"


def _find_same(reading: Reading, difference: Difference) -> Same | None:
    """Return the layer of the first dialect that has the crop and the order of taps, if any.

    The layer's own dialect comes first.
    """
    is_reversed = REVERSED_TAPS in difference.causes
    if difference.crop is None and not is_reversed:
        return None
    crop = difference.crop or reading.crop
    axes = tuple(
        axis._replace(crop_begin=begin, crop_end=end)
        for axis, (begin, end) in zip(reading.layer.axes, crop, strict=True)
    )
    moved = reading._replace(layer=reading.layer._replace(axes=axes))
    for dialect in (reading.spelling.dialect, *in_order()):
        try:
            found = respell(moved, dialect)
        except DeconvError:  # this one cannot express it
            continue
        if found.reverses_taps(reading) == is_reversed:
            return Same(dialect, write_parameters(found, {}, _HIDDEN), crop)
    return None
