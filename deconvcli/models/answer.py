"""A model file as the answer that a pasted network has: each layer with its size."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.errors import Refused
from deconvcli.common.findings import Severity
from deconvcli.layers.axis import Size
from deconvcli.models.reading import read_model
from deconvcli.models.table import count_macs, make_table, name_layer
from deconvcli.networks.pasted.answer import LayerAnswer, NetworkAnswer


def answer_model(
    path: str, size: Sequence[Size] | None = None, reader: str | None = None
) -> NetworkAnswer:
    """Return the layers of a model file, with formulas as text where its sizes are open.

    size: of its first input, with batch and channels, by default as in the file. reader: of one
    kind of models, by default as the file's name ends.

    Raises:
        Unreadable: the file cannot be read, or is no such model.
        UsageError: no reader has this name, or the input has another number of axes.
    """
    model = read_model(path, {} if size is None else {"": tuple(size)}, reader)
    layers = tuple(
        [
            LayerAnswer(
                name_layer(one),
                one.kind,
                None if one.where is None else one.where.line,
                one.output,
                one.parameters,
                count_macs(one),
                None,
            )
            for one in model.layers
        ]
    )
    given = {name for one in model.layers for name in one.gives}
    first = next((name for one in model.layers for name in one.takes if name not in given), "")
    wrong = next((one for one in model.findings if one.severity is Severity.ERROR), None)
    table = make_table(model)
    return NetworkAnswer(
        "",
        model.tensors.get(first) or (),
        layers[-1].output if layers else None,
        {},
        layers,
        table.parameters,
        None,
        (model.title, *model.notes),
        table.cells,
        error=None if wrong is None else Refused(wrong.message, help=wrong.help, code=wrong.code),
    )
