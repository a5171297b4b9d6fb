"""Even kernels for layers that work and are uneven, as changes of the document."""

from __future__ import annotations

from itertools import islice

from deconvcli.checks.documents import Document
from deconvcli.checks.rules import MAX_REPAIRED_LAYERS
from deconvcli.checks.rules._fixes import document_fix
from deconvcli.checks.rules._rule import TransposedLayer
from deconvcli.common.findings import Fixes
from deconvcli.networks.graph.repairs import Failure, find_even_kernels

# Trying one of them costs a check of the whole file.
MAX_KERNELS_TRIED = 3


class EvenKernels:
    """A search for kernels that are multiples of the stride and keep the layer's sizes.

    It answers for at most `max_layers` layers of a file. Several rules ask about one layer, which
    is searched once.
    """

    def __init__(self, document: Document, max_layers: int) -> None:
        self._document = document
        self._max_layers = max_layers
        self._found: dict[tuple[str, str], Fixes] = {}

    def __call__(self, layer: TransposedLayer) -> Fixes:
        """Return the layer's fixes, the nearest kernels first."""
        key = layer.walked.source.graph.name, layer.outcome.node.name
        if key not in self._found and len(self._found) < self._max_layers:
            self._found[key] = self._search(layer)
        return self._found.get(key, ())

    def _search(self, layer: TransposedLayer) -> Fixes:
        source, outcomes = layer.walked
        if len(outcomes) > MAX_REPAIRED_LAYERS:
            return ()
        found = find_even_kernels(Failure(source.graph, outcomes, layer.outcome))
        return tuple(
            [document_fix(fix, self._document, source) for fix in islice(found, MAX_KERNELS_TRIED)]
        )
