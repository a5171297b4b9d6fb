"""The sizes that layers of ncnn give: of its CPU, measured with the release in `releases.py`.

A tensor has no batch axis, and its sizes are those of NumPy's view: channels, depth, height, width,
and of fewer axes the last ones. A parameter has the number of its key as its name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from deconvcli.layers.layer import Reading
from deconvcli.models.ncnn_model.operators import cutting, joining, shaping, windows
from deconvcli.models.walk.tensors import Call, Operator, Tensor

OPERATORS: Mapping[str, Operator] = {
    **windows.OPERATORS,
    **joining.OPERATORS,
    **shaping.OPERATORS,
    **cutting.OPERATORS,
}
TRANSPOSED: Mapping[str, Callable[[Call], tuple[Sequence[Tensor], Reading | None]]] = (
    windows.TRANSPOSED
)
