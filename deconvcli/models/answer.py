"""A model file as the answer that a pasted network has: each layer with its size."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.common.errors import Refused, UsageError
from deconvcli.common.findings import Severity
from deconvcli.layers.axis import Size
from deconvcli.models.other_files import explain_other_file
from deconvcli.models.reading import find_reader, read_model
from deconvcli.models.table import count_macs, make_table, name_layer
from deconvcli.networks.pasted.answer import LayerAnswer, NetworkAnswer


def answer_path(
    text: str,
    size: Sequence[Size] | None,
    reader: str | None,
    words: Mapping[str, Any],
) -> NetworkAnswer | None:
    """Return the layers of the model file that a text names; None where it names none.

    words: by name what has a meaning for a pasted text alone.

    Raises:
        Refused: something in the model fails at this size.
        Unreadable: the file cannot be read, or holds no graph.
        UsageError: one of the words is given, or as `answer_model`.
    """
    if reader is None and find_reader(text) is None:
        other = explain_other_file(text) if os.path.isfile(text) else None
        if other is not None:
            raise other
        return None
    for name, value in words.items():
        if value is not None:
            raise UsageError(f"{name} has no effect on a model file", help="leave it out.")
    answer = answer_model(text, size, reader)
    if answer.error is not None:
        raise answer.error
    return answer


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
