"""A layer whose weights are in place, to be computed as often as one likes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from deconvcli.common.errors import Refused, UsageError
from deconvcli.compute.kernels.failure import NotCompiled
from deconvcli.compute.kernels.stream import Budget, stream
from deconvcli.compute.runner.canonical import (
    Array,
    AxisNumbers,
    axes_of,
    canonical_input,
    canonical_output,
    canonical_shape,
    canonical_weight,
    in_order,
    is_canonical,
    is_channels_last,
    own_output,
)
from deconvcli.compute.runner.cpus import usable_cpus
from deconvcli.compute.runner.engines import (
    Engine,
    Progress,
    Step,
    load_engine,
    load_turning,
    not_compiled,
)
from deconvcli.layers.layer import Reading, require_numbers

DTYPES = ("float16", "float32", "float64")
NATIVE = frozenset(map(np.dtype, DTYPES))
TURNED = frozenset(map(np.dtype, ("float32", "float64")))
"""What the machine's vectors hold; other numbers are moved by NumPy."""
IN_BLOCKS = 32 << 20
"""Bytes of an output in another layout than the engines' that is made block by block."""

_LOADED = ("_prepare", "_turn", "_steps")
"""Fields that a process makes for itself."""


class Prepared:
    """A layer with its weights in place: step(x) -> y, as often as you like, from any thread."""

    def __init__(
        self,
        reading: Reading,
        weight: Array,
        bias: Array | None,
        threads: int,
        engine: str,
        once: bool,
    ) -> None:
        self.reading = reading
        self._weight = canonical_weight(reading, _fitting(weight, reading.weight_shape, "weight"))
        if bias is not None:
            bias = _fitting(bias, (reading.layer.out_channels,), "bias")
        self._bias = bias
        self._threads, self._once = threads, once
        self._input_shape = tuple(require_numbers(reading.input_shape))
        self._outputs = prod(require_numbers(reading.output_shape))
        # Two axes of images may not lie as one.
        self._has_own_order = not in_order(reading) and len(reading.sizes.batch) < 2
        self._is_canonical = is_canonical(reading)
        self._load(engine)

    def __getstate__(self) -> dict[str, Any]:
        """Return what pickle and copy keep: the layer and its weights, not what was compiled."""
        return {name: kept for name, kept in self.__dict__.items() if name not in _LOADED}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Prepare the layer again with the engine that computes here."""
        self.__dict__.update(state)
        self._load(self.engine)

    def _load(self, name: str) -> None:
        """Load the engine, and prepare the layer for the number type of its weights."""
        try:
            self._use(load_engine(name))
            self._step(self._weight.dtype)
        except NotCompiled as error:
            self._use(not_compiled(error))
            self._step(self._weight.dtype)

    def _use(self, engine: Engine) -> None:
        """Compute with this engine from now on. `why`: why it is not the one that was asked for."""
        self.engine, self._prepare, self.why = engine
        is_turned = is_channels_last(self.reading)
        self._turn = load_turning(self.engine) if is_turned else None
        self._steps: dict[np.dtype[Any], Step] = {}

    def __call__(self, x: Array, progress: Progress | None = None) -> Array:
        """The output in the dialect's own layout, of x's dtype.

        x: the reading's input_shape, float16, float32 or float64. progress(done, total) is called
        between pieces of work.
        """
        x = _fitting(x, self._input_shape, "x")
        try:
            return self._computed(x, progress)
        except NotCompiled as error:  # turning of channels, which is no step
            self._use(not_compiled(error))
            return self._computed(x, progress)

    def _computed(self, x: Array, progress: Progress | None) -> Array:
        """Return the output of an input that fits."""
        reading = self.reading
        if self._is_canonical:
            return self.step(x, progress=progress)
        if self.engine == "numba" and self._moves_much(x):
            return self._in_blocks(x, progress)
        if self._turn is not None and x.dtype in TURNED:
            y = self.step(self._turn.channels_first(x, self._threads), progress=progress)
            return self._turn.channels_last(y, self._threads)
        y = self.step(canonical_input(reading, x), progress=progress)
        return own_output(reading, y)

    def _moves_much(self, x: Array) -> bool:
        """Whether the layout would take another large copy of y, and can be written in parts."""
        return self._has_own_order and self._outputs * x.itemsize > IN_BLOCKS

    def _in_blocks(self, x: Array, progress: Progress | None) -> Array:
        """The same bits, without a second copy of input and output in another layout."""
        reading = self.reading
        y = np.empty(require_numbers(reading.output_shape), x.dtype)
        target = canonical_output(reading, y)
        budget = Budget(IN_BLOCKS, 2 * x.itemsize, 2 * x.itemsize)
        data, axes = canonical_input(reading, x), axes_of(reading)
        stream(self.step, data, target, axes, budget, x.dtype, progress)
        return y

    def step(
        self,
        x: Array,
        axes: Sequence[AxisNumbers] | None = None,
        progress: Progress | None = None,
    ) -> Array:
        """y (N, Cout, *out) of x (N, Cin, *n), or of a block of it with the block's axes."""
        try:
            return self._step(x.dtype)(x, axes, progress)
        except NotCompiled as error:
            self._use(not_compiled(error))
            return self._step(x.dtype)(x, axes, progress)

    def _step(self, dtype: np.dtype[Any]) -> Step:
        """The engine with the weights in this type."""
        if dtype not in self._steps:
            self._steps[dtype] = self._prepare(
                self._weight.astype(dtype, copy=False),
                None if self._bias is None else self._bias.astype(dtype, copy=False),
                axes_of(self.reading),
                self.reading.layer.groups,
                canonical_shape(self.reading),
                self._threads,
                self._once,
            )
        return self._steps[dtype]


def prepare(
    reading: Reading,
    weight: Any,
    bias: Any = None,
    *,
    threads: int | None = None,
    engine: str = "numba",
    once: bool = False,
) -> Prepared:
    """Weights brought into the engine's order, of which a copy is kept.

    weight: reading.weight_shape; bias: (out_channels,) or None. threads: None for the CPUs that
    this process may use. once: the layer will be computed once, which is not worth a copy of
    large weights.

    Raises:
        Refused: the framework answers a shape, and no values belong to it.
        UsageError: a shape or dtype that does not fit, or an unknown engine.
    """
    refuse_without_values(reading)
    if threads is None:
        threads = usable_cpus()
    if threads < 1:
        raise UsageError(f"threads is {threads}", help="use 1 or more.", code="threads")
    as_array = None if bias is None else np.asarray(bias)
    return Prepared(reading, np.asarray(weight), as_array, threads, engine, once)


def run(
    reading: Reading,
    x: Any,
    weight: Any,
    bias: Any = None,
    *,
    threads: int | None = None,
    engine: str = "numba",
) -> Array:
    """The layer computed once; arguments as in `prepare` and `Prepared`."""
    prepared = prepare(reading, weight, bias, threads=threads, engine=engine, once=True)
    return prepared(np.asarray(x))


def refuse_without_values(reading: Reading) -> None:
    """Refuse a layer of which the framework knows a shape and nothing that could be computed.

    Raises:
        Refused: it is one, and why.
    """
    if reading.no_values:
        name = reading.spelling.name
        raise Refused(
            f"{name} answers the shape {list(reading.output_shape)}, and no values belong to it:"
            f" {reading.no_values}",
            help="change the layer as the findings of `deconv shape` say.",
            code="no-values",
            findings=reading.findings,
        )


def _fitting(array: Array, shape: tuple[int, ...], name: str) -> Array:
    """The array, if its shape and dtype are right.

    Raises:
        UsageError: they are not.
    """
    if array.shape != shape:
        raise UsageError(
            f"{name} has shape {list(array.shape)}, the layer takes {list(shape)}",
            help="give it in the dialect's own layout.",
            code="array-shape",
        )
    if array.dtype not in NATIVE:
        raise UsageError(
            f"{name} has dtype {array.dtype}",
            help=f"convert it to {', '.join(DTYPES)} in native byte order.",
            code="dtype",
        )
    return array
