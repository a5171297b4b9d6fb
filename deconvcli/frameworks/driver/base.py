"""The interface of a driver: draw random layers, compute one, and show its answer in a shell.

A file in `frameworks/drivers/` implements these three in that framework's own parameters. `draw`
and `repro` import nothing; only `run` and `prepare` import the framework, and they are called in a
process of their own alone. A framework that crashes, or changes global state, then harms nobody.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from enum import StrEnum
from importlib import import_module
from importlib.metadata import version
from random import Random
from typing import Any, ClassVar, NamedTuple

from deconvcli.frameworks.releases import Need
from deconvcli.layers.layer import write_value

# The arrays of deconvcli.frameworks.driver.pattern, written out: a bug report to a framework needs
# a line that runs without deconv.
_PATTERN = (
    "import numpy as np; g = lambda s, a, b, m:"
    ' ((a * np.arange(np.prod(s, dtype=int)) + b) % m - m // 2).astype("f").reshape(s)'
)


class Case(NamedTuple):
    """One layer in the framework's own parameters and value forms, with its shapes.

    Lists stand for tuples, since cases travel to the process as JSON.
    """

    params: Mapping[str, Any]
    input_shape: tuple[int, ...]
    weight_shape: tuple[int, ...]
    rank: int


class Trace:
    """The stage that a run has reached, and details that it adds to the answer.

    stage: construct, build or call, reported with an error. details: more fields of the answer.
    """

    def __init__(self) -> None:
        self.stage = "call"
        self.details: dict[str, Any] = {}


class Driver(ABC):
    """A library that computes layers in a process of its own.

    needs: what must be installed, the library itself first. environment: variables of the process.
    has_values: False for a library that infers shapes and computes nothing. interpreter: the
    environment variable that names the Python to run in, where that is not ours.
    """

    needs: ClassVar[tuple[Need, ...]]
    environment: ClassVar[Mapping[str, str]] = {}
    interpreter: ClassVar[str] = ""
    has_values: ClassVar[bool] = True

    @property
    def module(self) -> str:
        """Return the module that defines this driver, for the process that is to run it."""
        return type(self).__module__

    def versions(self) -> dict[str, str]:
        """Import the modules of `needs` and return the installed version of each."""
        found = {}
        for need in self.needs:
            number = getattr(import_module(need.module), "__version__", None)
            found[need.module] = str(number or version(need.distribution))
        return found

    @abstractmethod
    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output for these arrays, or its shape if the driver has no values.

        Raises:
            Exception: any error of the framework.
        """


class Framework(Driver):
    """A driver of one implementation of a dialect.

    in_extra: whether the extra `frameworks` of our distribution installs it.
    """

    dialect: ClassVar[str]
    in_extra: ClassVar[bool] = False

    @property
    def requirements(self) -> tuple[str, ...]:
        """Return the requirements for pip, in the measured versions."""
        return tuple(need.requirement for need in self.needs)

    def find_missing(self) -> list[Need]:
        """Return the needs that are not installed here; nothing is imported.

        Of a driver in another Python only that one is looked for, which has the other needs.
        """
        own = [need for need in self.needs if need.variable or not self.interpreter]
        return [need for need in own if not need.is_installed()]

    @abstractmethod
    def draw(self, random: Random) -> Case:
        """Return a random layer; the framework refuses about one in four."""

    @abstractmethod
    def code(self, case: Case) -> str:
        """Return Python statements that compute `y` from the NumPy arrays `x` and `w`."""

    def repro(self, case: Case) -> str:
        """Return a line for a shell that prints the framework's own answer."""
        settings = "".join(f"{name}={value} " for name, value in self.environment.items())
        shapes = format_literal(case.input_shape), format_literal(case.weight_shape)
        arrays = f"x = g({shapes[0]}, 7, 3, 11); w = g({shapes[1]}, 5, 1, 7)"
        return f"{settings}python -c '{_PATTERN}; {arrays}; {self.code(case)}; print(y.shape, y)'"


class Packing(StrEnum):
    """The time at which weights are brought into the order in which the kernel reads them."""

    EVERY_CALL = "in every call"
    BEFOREHAND = "beforehand"


Step = Callable[[], Any]
"""Computes a prepared layer once; the output is complete when it returns."""


class TimedDriver(Driver):
    """A driver that can be timed: `prepare` does all work that a user does once for each layer.

    packing: when this library packs the weights.
    """

    packing: ClassVar[Packing]

    @abstractmethod
    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return a function that computes the layer on this number of threads.

        Raises:
            Exception: any error of the framework.
        """

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output of the first call."""
        return self.prepare(case, x, w, trace)()


class TimedFramework(TimedDriver, Framework):
    """A framework that can be timed.

    direct: parameters that choose the call with the smallest overhead, since that is compared.
    """

    direct: ClassVar[Mapping[str, Any]] = {}


def install_command(*frameworks: Framework) -> str:
    """Return the command that installs these frameworks in the measured versions.

    For one with a place of its own, the variable that names it follows.
    """
    needs = dict.fromkeys(need for framework in frameworks for need in framework.needs)
    # Listed one by one: the name of our extra could resolve to another project.
    steps = [
        f"{installer} install {' '.join(needed)}"
        for installer in ("pip", "npm")
        if (needed := [need.requirement for need in needs if need.installer == installer])
    ]
    return "; ".join([*steps, *(f"{n.variable} names {n.place}" for n in needs if n.variable)])


def function_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a module without those that a function reads off the weights."""
    sizes = {"in_channels", "out_channels", "kernel_size"}
    return {name: value for name, value in parameters.items() if name not in sizes}


def to_tuples(value: Any) -> Any:
    """Return the value with tuples in place of lists, at every depth."""
    return tuple(to_tuples(item) for item in value) if isinstance(value, (list, tuple)) else value


def format_literal(value: Any) -> str:
    """Return the value as Python source without single quotes, which end a string of the shell."""
    return write_value(to_tuples(value), quote='"')


def format_call(function: str, *positional: str, **named: Any) -> str:
    """Return the source of a call; positional arguments are source, named ones are values."""
    keywords = [f"{name}={format_literal(value)}" for name, value in named.items()]
    return f"{function}({', '.join([*positional, *keywords])})"
