"""The arrays of a run, read from files or random."""

from __future__ import annotations

from typing import Any

import numpy as np

from deconvcli.cli.output import say
from deconvcli.cli.running.job import Job
from deconvcli.common.errors import UsageError
from deconvcli.compute import npyfile
from deconvcli.compute.runner import Array, random_array
from deconvcli.layers.layer import require_numbers

# Streams of the seed, so that each array is the same whatever else is given.
INPUT, WEIGHTS, BIAS = range(3)

NOT_FINITE = "NaN or infinite numbers; they propagate as in the definition"


def read_input(job: Job) -> Array:
    """Return x in the dialect's layout."""
    shape = tuple(require_numbers(job.reading.input_shape))
    if job.source is None:
        return _random(job, shape, INPUT)
    return npyfile.read(job.source, cast=job.options.cast).reshape(shape)


def read_weight(job: Job) -> Array:
    """Return the weights in the dialect's layout.

    Raises:
        UsageError: the file has another shape.
    """
    shape = job.reading.weight_shape
    path = job.options.weights
    return _random(job, shape, WEIGHTS) if path is None else _read(job, "weights", path, shape)


def read_bias(job: Job) -> Array | None:
    """Return one number per output channel, or None.

    Raises:
        UsageError: the file has another shape.
    """
    shape = (job.reading.layer.out_channels,)
    if job.has_random_bias:
        return _random(job, shape, BIAS)
    path = job.options.bias
    return None if path is None else _read(job, "bias", path, shape)


def read_reference(job: Job, path: str) -> Array:
    """Return the output that is to be compared with the layer's, in the dialect's layout.

    Its sizes along the spatial axes may be others.

    Raises:
        UsageError: the file has another batch, other channels, or axes in another order.
    """
    given = npyfile.read(path, cast=job.options.cast)
    return _round(given, job.dtype, path).reshape(_find_reference_shape(job, given.shape))


def _find_reference_shape(job: Job, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return a shape in the dialect's layout, from that or from the form of the input."""
    reading, leading = job.reading, job.understood.leading
    layout, batch = reading.output_layout, reading.sizes.batch
    channels, rank = (reading.layer.out_channels,), len(reading.spatial)
    whole = shape
    if leading == 0 and len(shape) == rank:
        whole = tuple(require_numbers(layout.shape({"N": batch, "C": channels}, shape)))
    elif leading == 1 and len(shape) == len(reading.output_shape) - len(batch):
        whole = (*batch, *shape)
    if len(whole) == len(reading.output_shape):
        parts = layout.split(whole, rank)
        if parts.get("N", ()) == batch and parts["C"] == channels:
            return whole
    raise reference_shape_error(job, shape)


def refuse_reference(job: Job, shape: tuple[int, ...]) -> None:
    """Refuse a reference that has not the output's shape, whole or in the form of the input.

    Raises:
        UsageError: it has another shape.
    """
    if _find_reference_shape(job, shape) != tuple(job.reading.output_shape):
        raise reference_shape_error(job, shape)


def reference_shape_error(job: Job, shape: tuple[int, ...], help: str = "") -> UsageError:
    """Return the error of a reference with another shape; help: what to do, if that is known."""
    output = tuple(require_numbers(job.reading.output_shape))
    rank = len(job.reading.spatial)
    channels = len(shape) - rank - 1
    if not help and len(shape) == len(output) and channels >= 0:
        # Channels lie before or after the spatial axes; which way round it is, the sizes show.
        places = tuple(range(len(shape)))
        batch, others = places[:channels], places[channels:]
        for order in ((*batch, *others[-1:], *others[:-1]), (*batch, *others[1:], *others[:1])):
            if tuple(shape[place] for place in order) == output:
                help = f"transpose the reference: its axes in the order {order} have that shape"
    return UsageError(
        f"the reference has shape {list(shape)}, the output {list(output)}",
        help=f"{help or 'give the output of this layer in the same layout'}.",
        code="array-shape",
    )


def _round(array: Array, dtype: Any, path: str) -> Array:
    """Return the array in this number type, and say if that drops digits."""
    say_rounded(array.dtype, dtype, path)
    with np.errstate(over="ignore"):  # what overflows is infinite, and counted where it matters
        return array.astype(dtype, copy=False)


def say_rounded(stored: np.dtype[Any], dtype: Any, path: str) -> None:
    """Say if a file has more digits than the computation."""
    if stored.itemsize > np.dtype(dtype).itemsize:
        say(f"{npyfile.format_path(path)}: {stored.newbyteorder('=')} is rounded to {dtype}")


def _random(job: Job, shape: tuple[int, ...], stream: int) -> Array:
    return random_array(shape, job.dtype, job.options.seed, stream)


def _read(job: Job, name: str, path: str, shape: tuple[int, ...]) -> Array:
    """Return the array of the option `name`, which has this shape."""
    array = npyfile.read(path, cast=job.options.cast)
    if array.shape != shape:
        raise UsageError(
            f"{npyfile.format_path(path)} has shape {list(array.shape)}, the layer's"
            f" {name} is {list(shape)}",
            help=f"give it in {job.reading.spelling.dialect}'s layout.",
            code="array-shape",
        )
    return _round(array, job.dtype, path)
