"""Models of Keras 2 and 3, also as TensorFlow.js stores them.

Suffixes: .keras, .h5, .hdf5.
JSON with: "class_name":"Functional", "class_name":"Sequential", "class_name":"Model".

Recognised by the first bytes: an archive with config.json, an HDF5 file with the text of a config,
or JSON. Sizes are computed layer by layer and compared with those that Keras 3 stores; where a
layer has no rule, as a Lambda, the stored one goes on. Weights and the code of Lambdas are not
read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deconvcli.common.values import shorten, shorten_list
from deconvcli.layers.axis import Linear
from deconvcli.models.expressions import Size, add, multiply, name_size
from deconvcli.models.inputs import match_inputs
from deconvcli.models.keras_model.graph import Graph, StoredShape, read_graph
from deconvcli.models.keras_model.sizes import Shape
from deconvcli.models.keras_model.stored import read_stored, refuse
from deconvcli.models.keras_model.walk import Walk, list_input_shapes
from deconvcli.models.model import GivenSizes, Model, Reader

LETTERS = ((), ("L",), ("H", "W"), ("D", "H", "W"))
"""The names of the open sizes of the first input, by their number."""
BATCH = "batch"


class Keras(Reader):
    """Archives, HDF5 files and JSON of Keras."""

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the model; of a subclassed model there is no graph to read."""
        stored = read_stored(path)
        try:
            graph = read_graph(stored.config, stored.version)
            inputs = _name_inputs(graph)
            shapes = _take_sizes(inputs, sizes)
            walk = Walk("keras2" if graph.is_second else "keras")
            walk.run(graph, list(shapes.values()))
        except RecursionError:
            raise refuse("is nested too deep") from None
        # Whatever a field has in place of what it should have.
        except (KeyError, IndexError, TypeError, AttributeError, ValueError) as error:
            reason = shorten(f"{type(error).__name__}: {error}", 100)
            raise refuse(f"is no model as Keras writes them ({reason})") from error
        notes = []
        if walk.unknown:
            kinds = shorten_list(list(walk.unknown))
            notes.append(f"no rule is known for {kinds}; sizes after it are those of the file")
        title = f"Keras {stored.version or (2 if graph.is_second else 3)}"
        return Model(
            title,
            walk.tensors,
            walk.connections.connect(walk.layers),
            tuple(walk.findings),
            tuple(notes),
        )


def _name_inputs(graph: Graph) -> dict[str, StoredShape | None]:
    """Return the stored shape of each input by the name of its layer."""
    names = [one.layer for one in graph.inputs]
    return dict(zip(names, list_input_shapes(graph), strict=True))


def _take_sizes(
    inputs: Mapping[str, StoredShape | None], sizes: GivenSizes
) -> dict[str, Shape | None]:
    """Return the shape of each input: given, stored, or with a name for what is open.

    Raises:
        UsageError: an input, or a number of axes, that does not exist.
    """
    given = match_inputs(sizes, inputs)
    found: dict[str, Shape | None] = {}
    for place, (name, stored) in enumerate(inputs.items()):
        if name in given:
            found[name] = tuple([_take_size(size) for size in given[name]])
        else:
            found[name] = None if stored is None else _open_shape(name, stored, is_first=place == 0)
    return found


def _take_size(size: int | Linear) -> Size:
    if isinstance(size, int):
        return size
    return add(multiply(name_size(size.letter), size.factor), size.offset)


def _open_shape(name: str, stored: Sequence[int | None], *, is_first: bool) -> Shape:
    """Return a stored shape with a name for each size that is open."""
    places = [place for place, size in enumerate(stored) if size is None and place > 0]
    letters: Sequence[str] = [f"{name}.{place}" for place in places]
    if is_first and len(places) < len(LETTERS):
        letters = LETTERS[len(places)]
    names = dict(zip(places, letters, strict=True)) | {0: BATCH}
    return tuple(
        [name_size(names[place]) if size is None else size for place, size in enumerate(stored)]
    )


READER: Reader = Keras()
