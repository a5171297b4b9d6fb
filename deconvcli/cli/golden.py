"""The layer that `deconv vectors` takes, and its report."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

from deconvcli.cli.request import NAMES
from deconvcli.common import memory
from deconvcli.common.errors import UsageError
from deconvcli.common.files import format_path
from deconvcli.common.values import format_count
from deconvcli.compute.runner import MemoryLimit, refuse_too_large
from deconvcli.frameworks.request import LayerRequest
from deconvcli.frameworks.vectors import MANIFEST, SCHEMA, Suite, write_check
from deconvcli.layers.layer import require_numbers
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Block, Lines, Report, Table

COLUMNS = ("vector", "input", "weights", "output", "MACs", "largest sum")


def take_layer(request: LayerRequest, hint: Callable[[str], None]) -> Suite:
    """Return the one layer that is requested.

    Raises:
        DeconvError: the layer is not complete, or too large.
    """
    understood = request.understand().assume_minimum(NAMES)
    reading = understood.reading
    require_numbers(reading.spatial)
    for name in understood.assumed:
        hint(f"assumed: 1 for {name}")
    available = memory.available_bytes()
    text = f"{memory.format_bytes(available)} are available"
    limit = MemoryLimit(available, text, "use a machine with more")
    refuse_too_large(reading, "float64", limit, checked=True, otherwise="take fewer channels")
    return Suite({"layer": reading}, {})


def report_vectors(folder: str, suite: Suite, manifest: Mapping[str, Any]) -> Report:
    """Return what `deconv vectors` prints."""
    vectors, left_out = manifest["vectors"], manifest["left_out"]
    rows = [
        (
            vector["name"],
            *(size_text(vector[tensor]["shape"]) for tensor in ("input", "weight", "output")),
            str(vector["macs"]),
            str(vector["largest_sum"]),
        )
        for vector in vectors
    ]
    path = os.path.join(folder, MANIFEST)
    written = f"{format_count(len(vectors), 'vector')} in {format_path(path)}"
    if left_out:
        written += f"; {len(left_out)} left out, which the dialect cannot express"
    checks = ["To compare your output, put it in place of y.npy:"]
    checks += [write_check(folder, vector) for vector in vectors if _is_read(vector)]
    if len(checks) == 1:
        name = vectors[0]["dialect"]
        checks = [f"deconv cannot read calls of {name}, so that it cannot compare your output."]
    blocks: list[Block] = [Table("", COLUMNS, rows), Lines([written]), Lines(checks)]
    # Each once: most layers of a suite share what is known of their dialect.
    findings = [*dict.fromkeys(found for one in suite.layers.values() for found in one.findings)]
    return Report(SCHEMA, format_path(path), blocks, manifest, findings)


def _is_read(vector: Mapping[str, Any]) -> bool:
    """Return whether a vector's call can be pasted; those of oneDNN and cuDNN are no Python."""
    try:
        LayerRequest(vector["call"], vector["dialect"]).parse()
    except UsageError:
        return False
    return True
