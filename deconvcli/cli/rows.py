"""A layer in labelled lines, the same in every command."""

from __future__ import annotations

from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.request import Understood
from deconvcli.layers.counts import Unknown
from deconvcli.layers.text import size_text


def layer_rows(understood: Understood) -> list[tuple[str, str]]:
    """Return the layer in its dialect's parameters, and the reason for that dialect."""
    spelling = understood.spelling
    idle = _find_idle(understood)
    shaping = {name: given for name, given in spelling.arguments.items() if name not in idle}
    text = spelling._replace(arguments=shaping).text or "defaults"
    rows = [("layer", f"{spelling.name}: {text}")]
    kernel = take(spelling.dialect)[0].argument("kernel")
    if kernel is None or kernel.name not in shaping:
        rows.append(("weights", size_text(understood.weight_shape)))
    return [*rows, ("why", f"{spelling.name}, because {understood.why}")]


def inert_rows(understood: Understood, most: int = 4) -> list[tuple[str, str]]:
    """Return the parameters that are accepted and change nothing here."""
    names = _find_idle(understood)
    more = [f"{len(names) - most} more"] if len(names) > most else []
    listed = ", ".join([*names[:most], *more])
    return [("also", f"{listed}: no effect on the shape")] if names else []


def unknown_data(understood: Understood) -> dict[str, dict[str, str]]:
    """Return the expressions of the counts that are null in the shapes of a document, if any."""
    counts = understood.unknown.items()
    unknown = {role: one.expression for role, one in counts if isinstance(one, Unknown)}
    batch, values = understood.open_batch, understood.spelling.arguments.values()
    if isinstance(batch, Unknown) and any(isinstance(one, list) and batch in one for one in values):
        unknown["batch"] = batch.expression
    return {"unknown": unknown} if unknown else {}


def _find_idle(understood: Understood) -> list[str]:
    """Return the parameters without an effect on sizes, the bias of a layer excepted."""
    reading = understood.reading
    bias = take(reading.spelling.dialect)[0].argument("bias")
    # A bias that is switched on adds weights. One that is an input is a tensor, of which nobody
    # knows more than that it is there.
    switch = bias.name if bias and bias.default is not None else ""
    return [name for name in reading.inert if name != switch]
