"""The parameters that decide a layer's crop: those given, and the defaults of the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialects import take
from deconvcli.layers.layer import Reading, Spelling

CROP_ROLES = ("padding", "auto_pad")
CHOICE_ROLES = ("output_padding", "output_size")


def dialect_of(reading: Reading) -> Dialect:
    """Return the dialect that the layer is written in."""
    return take(reading.spelling.dialect)[0]


def parameter_name(reading: Reading, role: str) -> str:
    """Return the name of the dialect's parameter for a role; empty if it has none."""
    argument = dialect_of(reading).argument(role)
    return argument.name if argument else ""


def parameter_values(reading: Reading, *roles: str) -> dict[str, Any]:
    """Return the parameters of these roles with their values, defaults included."""
    dialect = dialect_of(reading)
    values = dialect.values(reading.spelling)
    return {a.name: values[a.name] for a in dialect.arguments if a.role in roles}


def padding_word(reading: Reading) -> str:
    """Return `same`, `valid`, `same_upper` ... in lower case; empty if numbers give the crop."""
    # Words differ in case and ending: SAME, same, same_upper, SAME_LOWER.
    words = [
        given.lower()
        for given in parameter_values(reading, *CROP_ROLES).values()
        if isinstance(given, str)
    ]
    return next((word for word in words if word.startswith(("same", "valid"))), "")


def crop_parameters(reading: Reading) -> str:
    """Return `padding='same', output_padding=1`: the parameters that make the crop."""
    main = parameter_name(reading, "padding")
    written = {
        name: given
        for name, given in parameter_values(reading, *CROP_ROLES, *CHOICE_ROLES).items()
        # The main parameter crops even where nobody wrote it, by its default.
        if given is not None and (name in reading.spelling.arguments or name == main)
    }
    return call_text(written) or "no cropping parameter"


def call_text(arguments: Mapping[str, Any]) -> str:
    """Return names and values as a person would write them in a call."""
    return Spelling("", arguments).text
