"""A layer's parameters as text, without numbers for counts that are not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deconvcli.frameworks.dialects import take
from deconvcli.layers.counts import Count
from deconvcli.layers.layer import Reading


def write_parameters(reading: Reading, unknown: Mapping[str, Count], hidden: Iterable[str]) -> str:
    """Return the parameters of a layer in its dialect.

    unknown: the counts that are no numbers, by role; the shape of an output has their expressions.
    hidden: roles that are left out.
    """
    spelling, count = reading.spelling, unknown.get("out_channels")
    dialect = take(spelling.dialect)[0]
    argument = dialect.argument("output_size")
    given = spelling.arguments.get(argument.name) if argument else None
    axes = len(reading.output_shape)
    is_shape = isinstance(given, list | tuple) and len(given) == axes
    if argument and given and count is not None and is_shape:
        places = range(axes)
        [place] = reading.output_layout.split(tuple(places), len(reading.spatial))["C"]
        shape = [count if at == place else given[at] for at in places]
        spelling = spelling._replace(arguments={**spelling.arguments, argument.name: shape})
    return dialect.text(spelling, tuple(hidden))
