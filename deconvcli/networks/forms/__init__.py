"""The forms of what people write for a key: one table both reads values and describes them."""

from __future__ import annotations

from deconvcli.networks.forms.sizes import Misfit, Schema, parse_sizes, sizes_schema
from deconvcli.networks.forms.values import FORMS, explain_misreading, format_value, guess_value

__all__ = [
    "FORMS",
    "Misfit",
    "Schema",
    "explain_misreading",
    "format_value",
    "guess_value",
    "parse_sizes",
    "sizes_schema",
]
