"""For a layer that works and is uneven: another kernel, as changes of the document."""

from __future__ import annotations

from itertools import islice

from deconvcli.checks.documents import Document
from deconvcli.checks.rules import LARGEST_BLAMED
from deconvcli.checks.rules._blame import changes
from deconvcli.checks.rules._rule import Transposed
from deconvcli.common.findings import Fixes
from deconvcli.networks.graph.repairs import Failure, find_even_kernels

# Each takes a check of the whole file before it is told.
MOST_KERNELS = 3


class EvenKernels:
    """The same sizes with kernels that are multiples of the stride, for `most` layers of a file.

    Several rules ask for one layer, which is looked at once.
    """

    def __init__(self, document: Document, most: int) -> None:
        self._document = document
        self._most = most
        self._found: dict[tuple[str, str], Fixes] = {}

    def __call__(self, layer: Transposed) -> Fixes:
        """Its fixes, the nearest kernels first."""
        asked = layer.walked.read.graph.name, layer.outcome.node.name
        if asked not in self._found and len(self._found) < self._most:
            self._found[asked] = self._fixes(layer)
        return self._found.get(asked, ())

    def _fixes(self, layer: Transposed) -> Fixes:
        read, outcomes = layer.walked
        if len(outcomes) > LARGEST_BLAMED:
            return ()
        found = islice(
            find_even_kernels(Failure(read.graph, outcomes, layer.outcome)), MOST_KERNELS
        )
        return tuple([tuple(changes(self._document, read, fix)) for fix in found])
