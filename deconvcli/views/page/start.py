"""The form with which the page opens: the variant and the field values of a given layer."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.frameworks.spelling import respell
from deconvcli.layers.layer import Reading
from deconvcli.views.page.variants import FieldValues, Variant, read_fields


class FilledForm(NamedTuple):
    """A variant with the values of its fields."""

    variant: Variant
    fields: FieldValues


def fill_form(reading: Reading, variants: Iterable[Variant]) -> FilledForm:
    """Return the form for this layer, or for the same crop under other parameters.

    Raises:
        UsageError: no variant can express the layer.
    """
    own = [variant for variant in variants if variant.dialect == reading.spelling.name]
    for equivalent in (reading, *_prefer_own(reading)):
        for variant in own:
            fields = _field_values(variant, equivalent)
            # A variant may refuse what the next one can express.
            with suppress(DeconvError):
                if read_fields(variant, fields).crop == reading.crop:
                    return FilledForm(variant, fields)
    raise UsageError(
        f"the page has no fields for this layer: {reading.spelling.name}, {reading.spelling.text}",
        help="draw it as .svg or .png, or give it by padding, output_padding, stride and dilation"
        " in a dialect that computes the output size.",
        code="no-fields",
    )


def _prefer_own(reading: Reading) -> list[Reading]:
    """Return the layer under the parameters that its dialect prefers, if it has any."""
    with suppress(DeconvError):
        return [respell(reading, reading.spelling.name)]
    return []


def _field_values(variant: Variant, reading: Reading) -> FieldValues:
    """Return the fields for the numbers of a layer; 0 where it has no such number."""
    found = {field: (0,) * len(reading.numbers) for field in variant.fields}
    for name, bound in variant.numbers.items():
        if isinstance(bound, str):
            found[bound] = tuple(row.get(name, 0) for row in reading.numbers)
    return found
