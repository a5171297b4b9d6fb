"""Python source.

Suffixes: .py.

Recognised by the end of its name. Transposed convolutions of PyTorch, Keras, Flax, PaddlePaddle,
MLX and tinygrad are found by the imports of the file, which is parsed and never executed.
"""

from __future__ import annotations

from deconvcli.models.model import GivenSizes, Model, Reader
from deconvcli.models.python_source.listing import list_layers
from deconvcli.models.python_source.parsing import parse_source, unparsable

TITLE = "Python source"


class PythonSource(Reader):
    """The layers of a Python file."""

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the transposed convolutions of the file, in the order of its lines."""
        source = parse_source(path)
        if source.tree is None:
            return Model(TITLE, {}, (), source.findings, text=source.text)
        try:
            found = list_layers(source.text, source.tree, sizes)
        except RecursionError as error:
            raise unparsable() from error
        return Model(TITLE, {}, found.layers, found.findings, found.list_notes(), source.text)


READER: Reader = PythonSource()
