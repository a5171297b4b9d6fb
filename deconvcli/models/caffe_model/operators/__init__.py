"""The sizes that layers of Caffe give."""

from __future__ import annotations

from collections.abc import Mapping

from deconvcli.models.caffe_model.operators import arranging, windows
from deconvcli.models.walk.tensors import Operator

OPERATORS: Mapping[str, Operator] = {**arranging.OPERATORS, **windows.OPERATORS}
TRANSPOSED = windows.TRANSPOSED
