"""What a framework is to us: layers to draw, one layer to run, and the line that shows its answer.

A file in `frameworks/` says these three in that framework's own words. `draw` and `repro` import
nothing; only `run` and `prepared` import the framework, and only in a process of its own.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from enum import StrEnum
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from json import dumps
from random import Random
from typing import Any, ClassVar, NamedTuple

# The same arrays as deconvcli.frameworks.driver.pattern makes, for a line that needs NumPy alone.
_PATTERN = (
    "import numpy as np; g = lambda s, a, b, m:"
    ' ((a * np.arange(np.prod(s, dtype=int)) + b) % m - m // 2).astype("f").reshape(s)'
)


class Case(NamedTuple):
    """One question: a layer in the framework's own words and value forms, and its shapes.

    Lists stand for tuples, as they come out of JSON.
    """

    params: Mapping[str, Any]
    input_shape: tuple[int, ...]
    weight_shape: tuple[int, ...]
    rank: int


class Need(NamedTuple):
    """What must be installed: the module to import, and the release that was measured."""

    module: str
    distribution: str
    version: str

    @property
    def requirement(self) -> str:
        """As pip takes it."""
        return f"{self.distribution}=={self.version}"

    def is_installed(self) -> bool:
        """Whether the module can be found; it is not imported."""
        return find_spec(self.module) is not None


class Trace:
    """How far a run has come, and what it learned beside the output.

    stage: construct, build or call, for the report of an error. details: fields of the answer.
    """

    def __init__(self) -> None:
        self.stage = "call"
        self.details: dict[str, Any] = {}


class Askable(ABC):
    """What computes layers in a process of its own.

    needs: the first is itself. environment: of its process. has_values: whether it computes
    anything, or infers shapes only.
    """

    needs: ClassVar[tuple[Need, ...]]
    environment: ClassVar[Mapping[str, str]] = {}
    has_values: ClassVar[bool] = True

    @property
    def module(self) -> str:
        """Where this object lies, for the process that is to run it."""
        return type(self).__module__

    def versions(self) -> dict[str, str]:
        """Module to version, as installed here; imports them."""
        return {need.module: _version(need) for need in self.needs}

    @abstractmethod
    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """The output for these arrays, or its shape where there are no values.

        Raises:
            Exception: whatever the framework raises.
        """


class Framework(Askable):
    """One implementation that can be asked.

    in_extra: whether the extra `frameworks` installs it.
    """

    dialect: ClassVar[str]
    in_extra: ClassVar[bool] = False

    @property
    def requirements(self) -> tuple[str, ...]:
        """What pip has to install, in the measured versions."""
        return tuple(need.requirement for need in self.needs)

    def missing(self) -> list[Need]:
        """What is not installed here; nothing is imported to find out."""
        return [need for need in self.needs if not need.is_installed()]

    @abstractmethod
    def draw(self, random: Random) -> Case:
        """A layer, of every four about one that the framework refuses."""

    @abstractmethod
    def code(self, case: Case) -> str:
        """Python statements that make `y` from the NumPy arrays `x` and `w`."""

    def repro(self, case: Case) -> str:
        """One line for a shell that shows the framework's own answer."""
        settings = "".join(f"{name}={value} " for name, value in self.environment.items())
        shapes = literal(case.input_shape), literal(case.weight_shape)
        arrays = f"x = g({shapes[0]}, 7, 3, 11); w = g({shapes[1]}, 5, 1, 7)"
        return f"{settings}python -c '{_PATTERN}; {arrays}; {self.code(case)}; print(y.shape, y)'"


class Packing(StrEnum):
    """When weights are brought into the order that the kernel reads them in."""

    EVERY_CALL = "in every call"
    BEFOREHAND = "beforehand"


Step = Callable[[], Any]
"""Computes a layer once more; the output is there when it returns."""


class Timed(Askable):
    """What can be timed: all that a user does once for a layer is apart from what each call does.

    packing: of the weights, as this framework does it.
    """

    packing: ClassVar[Packing]

    @abstractmethod
    def prepared(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """The layer ready to be called, on so many threads.

        Raises:
            Exception: whatever the framework raises.
        """

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """The output of the first call."""
        return self.prepared(case, x, w, trace)()


class TimedFramework(Timed, Framework):
    """A framework that can be asked and timed; direct: words that choose its leanest form."""

    direct: ClassVar[Mapping[str, Any]] = {}


def _version(need: Need) -> str:
    module = import_module(need.module)
    return str(getattr(module, "__version__", None) or version(need.distribution))


def of_function(words: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a module that its function takes too; it sees the others in the weights."""
    module = {"in_channels", "out_channels", "kernel_size"}
    return {name: value for name, value in words.items() if name not in module}


def tupled(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    return tuple(tupled(item) for item in value) if isinstance(value, (list, tuple)) else value


def literal(value: Any) -> str:
    """The value as Python source without a single quote, which a shell would end at."""
    if isinstance(value, str):
        return dumps(value)
    if isinstance(value, (list, tuple)):
        items = ", ".join(literal(item) for item in value)
        return f"({items},)" if len(value) == 1 else f"({items})"
    return repr(value)


def call(function: str, *positional: str, **named: Any) -> str:
    """Source of a call: positional arguments as source, named ones as values."""
    keywords = [f"{name}={literal(value)}" for name, value in named.items()]
    return f"{function}({', '.join([*positional, *keywords])})"
