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

NOT_FINITE = "NaN or infinite numbers; they travel as in the definition"


def input_array(job: Job) -> Array:
    """x in the dialect's layout."""
    shape = tuple(require_numbers(job.reading.input_shape))
    if job.source is None:
        return _random(job, shape, INPUT)
    return npyfile.read(job.source, cast=job.options["cast"]).reshape(shape)


def weight_array(job: Job) -> Array:
    """The weights in the dialect's layout.

    Raises:
        UsageError: a file of another shape.
    """
    shape = job.reading.weight_shape
    return _random(job, shape, WEIGHTS) if job.options["weights"] is None else _read(job, "weights")


def bias_array(job: Job) -> Array | None:
    """One number per output channel, or None.

    Raises:
        UsageError: a file of another shape.
    """
    if job.has_random_bias:
        return _random(job, (job.reading.layer.out_channels,), BIAS)
    return None if job.options["bias"] is None else _read(job, "bias")


def reference_array(job: Job) -> Array:
    """The output that was given to be held against the layer, in the dialect's layout.

    Raises:
        UsageError: a file of another shape.
    """
    path = job.options["reference"]
    given = npyfile.read(path, cast=job.options["cast"])
    refuse_reference(job, given.shape)
    return rounded(given, job.dtype, path).reshape(tuple(require_numbers(job.reading.output_shape)))


def refuse_reference(job: Job, shape: tuple[int, ...]) -> None:
    """A reference has the output's shape, or that of the question.

    Raises:
        UsageError: it has another.
    """
    output = tuple(require_numbers(job.reading.output_shape))
    if shape not in (output, tuple(job.understood.shown_output)):
        raise UsageError(
            f"the reference has shape {list(shape)}, the output {list(output)}",
            help="give the output of this layer in the same layout.",
            code="array-shape",
        )


def rounded(array: Array, dtype: Any, path: str) -> Array:
    """The array in this number type; digits are not dropped without a word."""
    say_rounded(array.dtype, dtype, path)
    with np.errstate(over="ignore"):  # what overflows is infinite, and counted where it matters
        return array.astype(dtype, copy=False)


def say_rounded(held: np.dtype[Any], dtype: Any, path: str) -> None:
    """That a file has more digits than are computed with."""
    if held.itemsize > np.dtype(dtype).itemsize:
        say(f"{npyfile.format_path(path)}: {held.newbyteorder('=')} is rounded to {dtype}")


def _random(job: Job, shape: tuple[int, ...], stream: int) -> Array:
    return random_array(shape, job.dtype, job.options["seed"], stream)


def _read(job: Job, name: str) -> Array:
    """The file that the option `name` gives, of the shape that the layer has for it."""
    layer, path = job.reading.layer, job.options[name]
    shape = {"weights": job.reading.weight_shape, "bias": (layer.out_channels,)}[name]
    array = npyfile.read(path, cast=job.options["cast"])
    if array.shape != shape:
        raise UsageError(
            f"{npyfile.format_path(path)} has shape {list(array.shape)}, the layer's"
            f" {name} is {list(shape)}",
            help=f"give it in {job.reading.spelling.dialect}'s layout.",
            code="array-shape",
        )
    return rounded(array, job.dtype, path)
