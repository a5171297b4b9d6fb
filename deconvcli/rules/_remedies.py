"""For a layer that works and is uneven: another kernel, as changes of the document."""

from __future__ import annotations

from itertools import islice

from deconvcli.diagnostics import Fixes
from deconvcli.documents import Document
from deconvcli.network.repairs import Failure, evened
from deconvcli.rules._blame import changes
from deconvcli.rules._rule import Transposed

# Each takes a check of the whole file before it is told.
MOST = 3


def even_kernels(document: Document, layer: Transposed) -> Fixes:
    """The same sizes with kernels that are multiples of the stride, the nearest first."""
    read = layer.walked.read
    found = evened(Failure(read.graph, layer.walked.outcomes, layer.outcome))
    return tuple([tuple(changes(document, read, fix)) for fix in islice(found, MOST)])
