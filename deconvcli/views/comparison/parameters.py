"""A layer's parameters as text, without numbers for counts that are not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.wording import write_unknown
from deconvcli.layers.counts import Count
from deconvcli.layers.layer import Reading


def write_parameters(reading: Reading, unknown: Mapping[str, Count], hidden: Iterable[str]) -> str:
    """Return the parameters of a layer in its dialect.

    unknown: the counts that are no numbers, by role. hidden: roles that are left out.
    """
    dialect = take(reading.spelling.dialect)[0]
    return dialect.text(write_unknown(reading, unknown), tuple(hidden))
