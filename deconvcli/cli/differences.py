"""How `deconv run` shows what explains a difference, and which layer has such an output."""

from __future__ import annotations

from typing import Any

from deconvcli.common.errors import DeconvError
from deconvcli.compute.differences import Difference
from deconvcli.frameworks.dialects import in_order
from deconvcli.frameworks.spelling import convert
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import crop_text
from deconvcli.views.comparison.parameters import write_parameters

_HIDDEN = ("in_channels", "out_channels", "bias")
UNPROVEN = "; a sample says so, and a run without --mmap compares all elements"


def difference_rows(reading: Reading, difference: Difference) -> list[tuple[str, str]]:
    """Return labelled lines: the difference, and the layer that gives it, if another crop does."""
    rows = [("difference", difference.text if difference.proven else difference.text + UNPROVEN)]
    if difference.crop is not None:
        rows.append(("matches", _describe_layer(reading, difference)))
    return rows


def difference_text(reading: Reading, difference: Difference) -> str:
    """Return the same in one sentence."""
    if difference.crop is None:
        return difference.text
    return f"{difference.text}; it is the output of {_describe_layer(reading, difference)}"


def _describe_layer(reading: Reading, difference: Difference) -> str:
    """Return the layer of another crop, in the parameters of the first dialect that has it."""
    assert difference.crop is not None
    crop = f"crop {crop_text(difference.crop)} (begin:end)"
    same = _find_same(reading, difference)
    return crop if same is None else f"{': '.join(same)}, {crop}"


def difference_data(reading: Reading, difference: Difference) -> dict[str, Any]:
    """Return the same for programs."""
    same = None if difference.crop is None else _find_same(reading, difference)
    return {
        **difference._asdict(),
        "same_as": None
        if same is None
        else dict(zip(("dialect", "parameters"), same, strict=True)),
    }


def _find_same(reading: Reading, difference: Difference) -> tuple[str, str] | None:
    """Return the first dialect, the layer's own if it can, that has a layer with such a crop."""
    assert difference.crop is not None
    axes = tuple(
        axis._replace(crop_begin=begin, crop_end=end)
        for axis, (begin, end) in zip(reading.layer.axes, difference.crop, strict=True)
    )
    moved = reading._replace(layer=reading.layer._replace(axes=axes))
    for dialect in (reading.spelling.dialect, *in_order()):
        try:
            return dialect, write_parameters(convert(moved, dialect), {}, _HIDDEN)
        except DeconvError:  # this one cannot express it
            continue
    return None
