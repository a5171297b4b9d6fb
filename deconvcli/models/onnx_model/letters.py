"""The open sizes of a model's inputs, each under a name of its own.

Names that files store are not to be trusted: some name different sizes alike, others none at all.
A name is kept where it stands once in every input that has it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.models.onnx_model.graph import Dimension, Graph

_NAME = re.compile(r"[A-Za-z_]\w*")


def name_open_sizes(
    graph: Graph, given: Mapping[str, Sequence[Any]]
) -> dict[str, tuple[Any, ...] | None]:
    """Return the sizes of each input: numbers, what was given, and names of open sizes."""
    stored = {one.name: one.sizes for one in graph.inputs if one.name not in given}
    kept = _find_names(stored)
    return {
        one.name: tuple(given[one.name])
        if one.name in given
        else None
        if one.sizes is None
        else tuple(
            [
                size
                if isinstance(size, int) or size in kept
                else f"{re.sub(r'[^A-Za-z0-9]', '_', one.name) or 'input'}_{axis}"
                for axis, size in enumerate(one.sizes)
            ]
        )
        for one in graph.inputs
    }


def _find_names(stored: Mapping[str, tuple[Dimension, ...] | None]) -> set[str]:
    """Return the names that stand for one size, as far as the inputs show it."""
    twice: set[str] = set()
    names: set[str] = set()
    for sizes in stored.values():
        counts = Counter(size for size in sizes or () if isinstance(size, str))
        names |= {name for name in counts if _NAME.fullmatch(name) and "__" not in name}
        twice |= {name for name, count in counts.items() if count > 1}
    return names - twice
