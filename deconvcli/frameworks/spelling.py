"""From a framework's parameters to a layer, and from a layer to another framework's parameters.

Only dialects are needed here: the commands, the rules, the page and the drivers all convert.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialects import take
from deconvcli.layers.layer import REVERSED_TAPS, Reading, Spelling


def read_layer(
    dialect: str,
    parameters: Mapping[str, Any],
    input_shape: Sequence[int],
    weight_shape: Sequence[int] | None = None,
    rank: int | None = None,
) -> Reading:
    """Return the layer as its framework reads it.

    dialect: `torch`, `keras`, `keras@tensorflow` ... parameters: under that framework's own
    names. input_shape, weight_shape: in its own layouts. rank: the number of spatial axes, where
    the shapes leave it open (an unbatched input without weights).

    Raises:
        Refused: the framework would refuse the layer.
        UsageError: an unknown dialect or parameter, or a value of the wrong form.
    """
    reader, implementation = take(dialect)
    sizes = reader.sizes(parameters, input_shape, weight_shape, rank)
    return reader.read(Spelling(reader.name, parameters, implementation), sizes)


def respell(reading: Reading, dialect: str) -> Reading:
    """Return the same layer in another dialect's parameters, at the same input size.

    A finding says where its weights are those of the reading with the taps reversed.

    `conversion.convert` adds the steps that close the gap where one layer cannot express it.

    Raises:
        NotExpressible: that framework cannot express it, and why.
        Refused: the parameters exist, and the implementation named after `@` refuses them.
    """
    writer, implementation = take(dialect)
    sizes = writer.sizes_for(reading.layer, reading.sizes)
    spelling = writer.spell(reading.layer, sizes)._replace(implementation=implementation)
    return note_reversal(writer.read(spelling, sizes), reading)


def note_reversal(found: Reading, source: Reading) -> Reading:
    """Return a converted layer, with a finding where its weights are the source's reversed."""
    if not found.reverses_taps(source):
        return found
    dialect = take(found.spelling.dialect)[0]
    reversal = Diagnostic(
        REVERSED_TAPS,
        Severity.WARNING,
        f"{dialect.title} has this layer with the taps reversed, so the same weights give other"
        " values",
        "reverse the weights along each spatial axis.",
        dialect.source,
    )
    return found._replace(findings=(*found.findings, reversal))
