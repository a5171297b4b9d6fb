"""A layer computed from file to file, for arrays larger than memory."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from time import perf_counter
from typing import NamedTuple

import numpy as np

from deconvcli.common.errors import UsageError
from deconvcli.compute import npyfile
from deconvcli.compute.kernels.direct import Progress
from deconvcli.compute.kernels.reference import accumulator
from deconvcli.compute.kernels.stream import Cut, Sizes, stream_blocks
from deconvcli.compute.npyfile import Stored, StrPath
from deconvcli.compute.runner.checking import BlockChecks
from deconvcli.compute.runner.prepared import Prepared
from deconvcli.layers.layer import require_numbers
from deconvcli.layers.layout import Layout


class Files(NamedTuple):
    """The .npy files of a run, in the dialect's layout.

    output_shape: the shape that the output file gets. dtype: its number type, and that of the
    computation. cast: whether integers are accepted. reference: an output to check as well.
    """

    input: StrPath
    output: StrPath
    output_shape: Sizes
    dtype: str
    reference: StrPath | None = None
    cast: bool = False
    force: bool = False


class FileRun(NamedTuple):
    """The seconds that computing took, and whether every input was finite."""

    seconds: float
    is_finite: bool


def run_files(
    prepared: Prepared,
    files: Files,
    cut: Cut,
    checks: BlockChecks | None = None,
    progress: Progress | None = None,
) -> FileRun:
    """Compute a layer block by block from one file to another, and check every block.

    cut: the blocks, from `cut_for_files`. checks: the arrays to check, named "values" (the output)
    and "reference".

    Raises:
        UsageError: the layer is circular.
        Unreadable: a file cannot be read, or there is no room for the output.
    """
    reading = prepared.reading
    if reading.layer.circular:
        raise UsageError(
            "a circular layer reads its input beyond both ends, which needs it in memory",
            help="compute it in memory.",
        )
    with ExitStack() as stack:
        x = stack.enter_context(npyfile.open_stored(files.input, cast=files.cast))
        outputs = {}
        if files.reference is not None:
            opened = npyfile.open_stored(files.reference, cast=files.cast)
            outputs["reference"] = stack.enter_context(opened)
        # After the inputs: a wrong one is found before the output takes its space.
        reserved = npyfile.reserve(files.output, files.output_shape, files.dtype, force=files.force)
        outputs["values"] = stack.enter_context(reserved)
        arrays = {
            name: arrange(output, reading.output_layout, cut.y) for name, output in outputs.items()
        }
        data = arrange(x, reading.data_layout, cut.x)
        return _fill(prepared, cut, checks, data, arrays, progress)


def arrange(stored: Stored, layout: Layout, sizes: Sizes) -> Stored:
    """Return the array of this layout in canonical order, where its sizes are these."""
    batch, channels, *spatial = sizes
    shape = tuple(require_numbers(layout.shape({"N": (batch,), "C": (channels,)}, tuple(spatial))))
    places = layout.split(tuple(range(len(shape))), len(spatial))
    return stored.rearrange(shape, [*places["N"], *places["C"], *places["*"]])


def _fill(
    prepared: Prepared,
    cut: Cut,
    checks: BlockChecks | None,
    x: Stored,
    arrays: Mapping[str, Stored],
    progress: Progress | None,
) -> FileRun:
    """Compute the output and check it."""
    wide = accumulator(arrays["values"].dtype)
    seconds, is_finite = 0.0, True
    begin = perf_counter()
    work = stream_blocks(prepared.step, x, arrays["values"], cut.axes, cut.budget, wide, progress)
    for block, given in work:
        # The clock stands still while a block is checked: these are the seconds of computing.
        seconds += perf_counter() - begin
        if checks is not None:
            checks.add(block, given, arrays)
        is_finite = is_finite and bool(np.isfinite(given).all())
        begin = perf_counter()
    # Rates are quotients by it, and a coarse clock may not have moved.
    return FileRun(max(seconds, 1e-9), is_finite)
