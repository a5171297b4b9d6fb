"""Printed modules, run in the framework that they are written for, and compared exactly."""

from __future__ import annotations

import os
from math import prod
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from deconvcli.compute.runner import Array, plain_input
from deconvcli.conversion import Conversion
from deconvcli.conversion.programs import PROGRAMS
from deconvcli.frameworks.driver.ask import NoAnswer, error_text
from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.driver.process import DriverProcess

DTYPE = "float32"
"""The number type of the modules' arrays, which every framework computes in."""


def can_run_modules(framework: Framework) -> bool:
    """Return whether modules are written for a framework, and it computes values."""
    return framework.has_values and framework.dialect.partition("@")[0] in PROGRAMS.names


def run_module(
    process: DriverProcess[Any],
    conversion: Conversion,
    x: Array,
    weight: Array,
    bias: Array | None = None,
) -> Array:
    """Return what a conversion's module makes of arrays in the source's layouts.

    The result is in the target's layout.

    Raises:
        NoAnswer: the module fails there.
        NotExpressible: no module is written for the framework.
        NotStarted: the framework cannot be imported.
        Stopped: another thread has stopped the process.
    """
    given = {"x": place_input(conversion, x), "weight": weight}
    given |= {} if bias is None else {"bias": bias}
    program = conversion.write_program()
    with TemporaryDirectory() as folder:
        files = {name: os.path.join(folder, f"{name}.npy") for name in (*given, "out")}
        for name, array in given.items():
            np.save(files[name], array.astype(DTYPE))
        answer = process.run_program(program, **files)
        if "error" in answer:
            raise NoAnswer(error_text(answer))
        y: Array = np.load(files["out"])
    return y


def place_input(conversion: Conversion, x: Array) -> Array:
    """Return an input of the source's layout in that of the module."""
    last = conversion.target.data_layout.axes[-1] == "C"
    return _place(conversion, plain_input(conversion.source, x), channels_last=last)


def place_output(conversion: Conversion, y: Array) -> Array:
    """Return an output (N, C, *spatial) in the layout of the module."""
    last = conversion.target.output_layout.axes[-1] == "C"
    return _place(conversion, y, channels_last=last)


def collect_output(conversion: Conversion, y: Array) -> Array:
    """Return an output in the layout of the module as (N, C, *spatial).

    Raises:
        NoAnswer: it has another number of axes.
    """
    rank, batch = len(conversion.source.spatial), conversion.target.sizes.batch
    if y.ndim != len(batch) + 1 + rank:
        raise NoAnswer(f"an output of {y.ndim} axes, {list(y.shape)}")
    if conversion.target.output_layout.axes[-1] == "C":
        y = np.moveaxis(y, -1, len(batch))
    return y.reshape(-1 if y.size else prod(batch), *y.shape[len(batch) :])


def _place(conversion: Conversion, data: Array, *, channels_last: bool) -> Array:
    """Return (N, C, *spatial) with the channels in their place, and the target's batch axes."""
    if channels_last:
        data = np.moveaxis(data, 1, -1)
    return data.reshape(*conversion.target.sizes.batch, *data.shape[1:])


def describe_difference(found: Array, expected: Array) -> str:
    """Return in which way two outputs differ; an empty text if they are equal."""
    if found.shape != expected.shape:
        return f"the shape is {list(found.shape)} instead of {list(expected.shape)}"
    different = int((found != expected).sum())
    return f"{different} of {expected.size} values differ" if different else ""
