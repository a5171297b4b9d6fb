"""The layer of one `deconv run`: what was requested, and what the files show of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from deconvcli.cli.request import NAMES
from deconvcli.cli.running.options import RunOptions
from deconvcli.common.errors import UsageError
from deconvcli.compute import npyfile
from deconvcli.compute.kernels.reference import accumulator
from deconvcli.compute.runner import refuse_without_values, usable_cpus
from deconvcli.frameworks.request import MAX_AXES, LayerRequest, Understood
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.text import size_text

Hint = Callable[[str], None]


class Job(NamedTuple):
    """The requested computation; source is the input file, hint prints facts beside the report."""

    source: str | None
    options: RunOptions
    understood: Understood
    dtype: str
    hint: Hint

    @property
    def reading(self) -> Reading:
        """Return the layer."""
        return self.understood.reading

    @property
    def checked_names(self) -> tuple[str, ...]:
        """Return the names of the arrays that are compared with an independent computation."""
        given = {"values": self.options.check, "reference": self.options.reference}
        return tuple(name for name, value in given.items() if value)

    @property
    def wide(self) -> np.dtype[Any]:
        """Return the number type of sums."""
        return accumulator(np.dtype(self.dtype))

    @property
    def threads(self) -> int:
        """Return how many threads may compute."""
        return self.options.threads or usable_cpus()

    @property
    def has_random_bias(self) -> bool:
        """Whether the bias is random: not beside weights of the user's own."""
        layer, options = self.reading.layer, self.options
        return layer.has_bias and options.weights is None and options.bias is None


def make_job(source: str | None, request: LayerRequest, options: RunOptions, hint: Hint) -> Job:
    """Return the layer, with sizes from files where they show them.

    Raises:
        DeconvError: a file is no .npy file, or the layer has no values to compute.
    """
    understood = _understand(source, request, options, hint)
    require_numbers(understood.reading.spatial)  # a symbol cannot be computed with
    refuse_without_values(understood.reading)
    return Job(source, options, understood, _find_dtype(source, options.dtype), hint)


def _understand(
    source: str | None, request: LayerRequest, options: RunOptions, hint: Hint
) -> Understood:
    weights = options.weights
    if weights is not None:
        request = request._replace(weight=npyfile.read_header(weights).shape)
    if source is not None:
        request = _add_input(request, source, options.rank, hint)
    elif request.input_size is None and request.call is None:
        raise UsageError(
            "no input is named",
            help="name an .npy file, or give --in for random numbers, as --in 5x5.",
            code="no-input",
        )
    if "kernel" not in request.roles and request.call is None and weights is None:
        hint("assumed: kernel 3; give -k or --weights for another")
        request = request._replace(roles={**request.roles, "kernel": (3,)})
    return request.understand().assume_minimum(NAMES)


def _add_input(request: LayerRequest, source: str, rank: int | None, hint: Hint) -> LayerRequest:
    """Return the request with the sizes of an input file."""
    if request.input_size is not None:
        raise UsageError(
            "--in and an input file were both given", help="drop --in: the file has the size."
        )
    if request.batch is not None:
        raise UsageError(
            "--batch and an input file were both given", help="drop --batch: the file has it."
        )
    shape = npyfile.read_header(source).shape
    # Images are the usual case; for three axes that are a batch of signals there is --rank.
    rank = rank or {3: 2, 4: 2, 5: 3}.get(len(shape), len(shape))
    if not 1 <= rank <= MAX_AXES or not rank <= len(shape) <= rank + 2:
        raise UsageError(
            f"{npyfile.format_path(source)} has {len(shape)} axes; an input has 1 to 3 that are"
            " spatial, and may have channels and a batch",
            help="reshape it, or give the number of its spatial axes with --rank.",
            code="rank",
        )
    form = ("spatial only", "channels and spatial, no batch", "a batch")[len(shape) - rank]
    hint(f"input {size_text(shape)}: rank {rank}, {form}")
    channels = 1 if len(shape) == rank else None
    return request._replace(input_size=shape, rank=rank, channels=channels)


def _find_dtype(source: str | None, wanted: str | None) -> str:
    """Return the number type of the computation."""
    if source is None:
        return wanted or "float32"
    stored = npyfile.read_header(source).dtype
    dtype = str(stored.newbyteorder("=")) if stored.kind == "f" else "float64"
    if wanted not in (None, dtype):
        raise UsageError(
            f"--dtype {wanted} does not change an input file, which is {dtype}",
            help="drop --dtype, or convert the file.",
            code="dtype",
        )
    return dtype
