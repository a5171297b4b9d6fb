"""Notebooks of Jupyter.

Suffixes: .ipynb.

Recognised by the end of its name. The cells of code are read as one Python source, in their order;
none is executed.
"""

from __future__ import annotations

from deconvcli.common.findings import Diagnostic
from deconvcli.models.model import GivenSizes, Model, Reader
from deconvcli.models.python_source.listing import list_layers
from deconvcli.models.python_source.notebook import (
    Notebook,
    is_too_large,
    join_cells,
    load_cells,
    write_code,
)
from deconvcli.models.python_source.parsing import (
    MAX_TOKENS,
    decode,
    has_layers,
    is_too_long,
    leave_out,
    parse_text,
    read_bytes,
    unparsable,
)

TITLE = "notebook"
MAX_BYTES = 24 << 20
"""Pictures in a notebook are text, of which most of its size is."""


class JupyterNotebook(Reader):
    """The layers of a notebook."""

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the transposed convolutions in the cells, in their order."""
        data = read_bytes(path, MAX_BYTES)
        if not has_layers(data):
            return Model(TITLE, {}, (), text="")
        if len(data) > MAX_BYTES or is_too_large(data):
            return Model(TITLE, {}, (), leave_out(f"{MAX_BYTES >> 20} MiB").findings, text="")
        raw = decode(data)
        cells = load_cells(raw)
        code = write_code(cells)
        if not has_layers(code):  # an output has their names
            return Model(TITLE, {}, (), text=raw)
        if is_too_long(code):
            findings = leave_out(f"{MAX_TOKENS:,} words and signs").findings
            return Model(TITLE, {}, (), findings, text=raw)
        return _read_cells(join_cells(raw, cells), sizes)


def _read_cells(notebook: Notebook, sizes: GivenSizes) -> Model:
    source = parse_text(notebook.code)
    if source.tree is None:
        return Model(TITLE, {}, (), source.findings, text=notebook.raw)
    try:
        found = list_layers(source.text, source.tree, sizes)
    except RecursionError as error:
        raise unparsable() from error
    layers = [
        layer._replace(
            name=notebook.name(layer.name, layer.where),
            where=layer.where and notebook.locate(layer.where),
        )
        for layer in found.layers
    ]
    broken = [f"cell {number} is no Python, and is left out" for number in notebook.broken]
    placed = found._replace(
        layers=tuple(layers),
        findings=tuple([_place(notebook, each) for each in found.findings]),
        notes=(*found.notes, *broken),
        unread=tuple(map(notebook.locate_line, found.unread)),
    )
    return Model(TITLE, {}, placed.layers, placed.findings, placed.list_notes(), notebook.raw)


def _place(notebook: Notebook, found: Diagnostic) -> Diagnostic:
    """Return a finding with its cell, and at its place in the file."""
    if found.where is None:
        return found
    path = notebook.name(found.where.path, found.where)
    where = notebook.locate(found.where)._replace(path=path)
    return found._replace(message=notebook.name(found.message, found.where), where=where)


READER: Reader = JupyterNotebook()
