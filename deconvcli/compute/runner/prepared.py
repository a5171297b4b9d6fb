"""A layer with prepared weights, which can be computed any number of times."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from deconvcli.common.arguments import require_count
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
    load_channel_order,
    load_engine,
    use_numpy_from_now_on,
)
from deconvcli.compute.runner.foreign import BFLOAT16, as_array
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.number_types import COMPLEX, INTEGERS

VECTOR_DTYPES = frozenset(map(np.dtype, ("float32", "float64")))
"""Number types that the engine can reorder with vectors; NumPy reorders all others."""
MAX_THREADS = 2**31 - 1
MAX_REORDERED_BYTES = 32 << 20
"""Bytes of an output above which a layout other than the engines' is written block by block."""

_LOADED_FIELDS = ("_prepare", "_channel_order", "_steps")
"""Fields that every process makes for itself."""


class Prepared:
    """A layer with prepared weights: step(x) -> y, any number of times and from any thread."""

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
        _require_fit(weight, reading.weight_shape, "weight")
        _require_type(reading, weight.dtype, "weight")
        if bias is not None:
            _require_fit(bias, (reading.layer.out_channels,), "bias")
            _require_type(reading, bias.dtype, "bias")
        self._given, self._bias = weight.dtype, bias
        self._types: dict[np.dtype[Any], tuple[np.dtype[Any], np.dtype[Any]]] = {}
        self._weight = canonical_weight(reading, weight)
        self._threads, self._once = threads, once
        # Found once: what follows took 52 of 57 us of a call when each call asked for it.
        self._input_shape = tuple(require_numbers(reading.input_shape))
        self._outputs = prod(require_numbers(reading.output_shape))
        # With two batch axes the output cannot be seen as one (N, C, *spatial) without a copy.
        self._has_own_order = not in_order(reading) and len(reading.sizes.batch) < 2
        self._is_canonical = is_canonical(reading)
        self._load(engine)

    def __getstate__(self) -> dict[str, Any]:
        """Return what pickle and copy keep: the layer and its weights, not what was compiled."""
        return {name: kept for name, kept in self.__dict__.items() if name not in _LOADED_FIELDS}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Prepare the layer again with the engine that computes here."""
        self.__dict__.update(state)
        self._load(self.engine)

    def _load(self, name: str) -> None:
        """Load the engine, and prepare the layer for the number type of its weights."""
        dtype = _widen(self._given)
        # Integers are exact only in integers, which no compiled engine computes.
        name = name if dtype.kind == "f" else "numpy"
        try:
            self._use(load_engine(name))
            # Prepared at once: a compiler that fails shows itself here, not in a later call.
            self._step(dtype)
        except NotCompiled as error:
            self._use(use_numpy_from_now_on(error))
            self._step(dtype)

    def _use(self, engine: Engine) -> None:
        """Compute with this engine from now on; `why` says why it is not the requested one."""
        self.engine, self._prepare, self.why = engine
        is_reordered = is_channels_last(self.reading)
        self._channel_order = load_channel_order(self.engine) if is_reordered else None
        self._steps: dict[np.dtype[Any], Step] = {}

    def __call__(self, x: ArrayLike, progress: Progress | None = None) -> Array:
        """Return the output in the dialect's own layout.

        x: the reading's input_shape, of any framework. The output has its dtype; where the weights
        have another one, what the framework makes of the two. progress(done, total) is called
        between tasks.

        Raises:
            Refused: the framework does not compute this dtype, or not with that of the weights.
            UsageError: x does not fit, or is of a dtype that nobody computes.
        """
        array = as_array(x, "x")
        _require_fit(array, self._input_shape, "x")
        # NumPy builds the name of a type in each call, which takes as long as a small layer.
        types = self._types.get(array.dtype)
        if types is None:
            types = self._types[array.dtype] = self._find_types(array.dtype)
        dtype, wide = types
        if array.dtype != wide:
            array = array.astype(wide)
        try:
            y = self._compute(array, progress)
        except NotCompiled as error:  # from reordering channels, which is not part of a step
            self._use(use_numpy_from_now_on(error))
            y = self._compute(array, progress)
        if dtype == wide:
            return y
        with np.errstate(over="ignore"):  # beyond bfloat16's largest number lies infinity
            return y.astype(dtype)

    def _find_types(self, data: np.dtype[Any]) -> tuple[np.dtype[Any], np.dtype[Any]]:
        """Return the dtypes of the output and of the computation for this one of the input."""
        _require_type(self.reading, data, "x")
        weights = self._given
        name = self.reading.number_types.join(data.name, weights.name)
        if name is None:
            raise Refused(
                f"{self.reading.spelling.name} does not compute {data.name} data with"
                f" {weights.name} weights",
                help="convert one of them, as in weight.astype(x.dtype).",
                code="mixed-types",
            )
        dtype = next((one for one in (data, weights) if one.name == name), None)
        # Two types of 16 bits become one that is neither.
        dtype = np.dtype(name) if dtype is None else dtype
        wide = _widen(dtype)
        if wide.kind == "c" and self.engine == "numba":  # real weights, complex data
            self._use(load_engine("numpy"))
        return dtype, wide

    def _compute(self, x: Array, progress: Progress | None) -> Array:
        """Return the output of an input that fits."""
        reading = self.reading
        # Most torch layers: nothing is copied.
        if self._is_canonical:
            return self.step(x, progress=progress)
        if self.engine == "numba" and self._moves_much(x):
            return self._compute_in_blocks(x, progress)
        # Kept, since a step that cannot be compiled changes the engine on the way.
        order = self._channel_order
        if order is not None and x.dtype in VECTOR_DTYPES:
            y = self.step(order.channels_first(x, self._threads), progress=progress)
            return order.channels_last(y, self._threads)
        y = self.step(canonical_input(reading, x), progress=progress)
        return own_output(reading, y)

    def _moves_much(self, x: Array) -> bool:
        """Whether the layout would need another large copy of y, and can be written in blocks."""
        return self._has_own_order and self._outputs * x.itemsize > MAX_REORDERED_BYTES

    def _compute_in_blocks(self, x: Array, progress: Progress | None) -> Array:
        """Return the same bits without a second copy of input and output in another layout."""
        reading = self.reading
        y = np.empty(require_numbers(reading.output_shape), x.dtype)
        target = canonical_output(reading, y)
        budget = Budget(MAX_REORDERED_BYTES, 2 * x.itemsize, 2 * x.itemsize)
        data, axes = canonical_input(reading, x), axes_of(reading)
        stream(self.step, data, target, axes, budget, x.dtype, progress)
        return y

    def step(
        self,
        x: Array,
        axes: Sequence[AxisNumbers] | None = None,
        progress: Progress | None = None,
    ) -> Array:
        """Compute y (N, Cout, *out) from x (N, Cin, *n); a block of x has `axes` of its own."""
        try:
            return self._step(x.dtype)(x, axes, progress)
        except NotCompiled as error:
            self._use(use_numpy_from_now_on(error))
            return self._step(x.dtype)(x, axes, progress)

    def _step(self, dtype: np.dtype[Any]) -> Step:
        """Return the engine's step with weights of this type."""
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
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    threads: int | None = None,
    engine: str = "numba",
    once: bool = False,
) -> Prepared:
    """Return the layer with its weights copied into the engine's order.

    weight: reading.weight_shape; bias: (out_channels,) or None. threads: None means all CPUs that
    this process may use. once: the layer will be computed once, for which large weights are not
    worth a copy.

    Raises:
        Refused: the framework gives a shape for this layer, but no values.
        UsageError: a shape or dtype does not fit the layer, or the engine is unknown.
    """
    refuse_without_values(reading)
    if threads is None:
        threads = usable_cpus()
    threads = require_count(
        threads,
        "threads",
        largest=MAX_THREADS,
        code="threads",
        otherwise=", or None for all CPUs",
    )
    addend = None if bias is None else as_array(bias, "bias")
    return Prepared(reading, as_array(weight, "weight"), addend, threads, engine, once)


def run(
    reading: Reading,
    x: ArrayLike,
    weight: ArrayLike,
    bias: ArrayLike | None = None,
    *,
    threads: int | None = None,
    engine: str = "numba",
) -> Array:
    """Compute the layer once; the arguments are those of `prepare` and `Prepared`."""
    prepared = prepare(reading, weight, bias, threads=threads, engine=engine, once=True)
    return prepared(x)


def refuse_without_values(reading: Reading) -> None:
    """Refuse a layer for which the framework gives a shape, but no values.

    Raises:
        Refused: the layer has no values; the message says why.
    """
    if reading.no_values:
        name = reading.spelling.name
        raise Refused(
            f"{name} gives the shape {list(reading.output_shape)}, but no values:"
            f" {reading.no_values}",
            help="run `deconv shape` on the layer, and change it as the findings say.",
            code="no-values",
            findings=reading.findings,
        )


def _widen(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type to compute in: its products are exact, or wrap around as integers do."""
    if dtype.name == BFLOAT16:
        return np.dtype(np.float32)
    # Modulo 2**64 is modulo every smaller power of two, and signs make no difference to that.
    return np.dtype(np.int64) if dtype.name in INTEGERS else dtype


def _require_fit(array: Array, shape: tuple[int, ...], name: str) -> None:
    """Refuse an array of another shape.

    Raises:
        UsageError: the shape does not fit.
    """
    if array.shape != shape:
        raise UsageError(
            f"{name} has shape {list(array.shape)}; the layer takes {list(shape)}",
            help="pass the array in the dialect's own layout.",
            code="array-shape",
        )


def _require_type(reading: Reading, dtype: np.dtype[Any], name: str) -> None:
    """Refuse a number type that the framework, or nobody here, computes.

    Raises:
        Refused: the framework does not compute it.
        UsageError: it is no type of real numbers in native byte order.
    """
    types = reading.number_types
    if types.computes(dtype.name) and dtype.isnative:
        return
    help, known = "convert the array with numpy.ndarray.astype.", ", ".join(types.names)
    if dtype.name in (*INTEGERS, *COMPLEX) and dtype.isnative:
        instead = types.instead if dtype.name in INTEGERS else ""
        raise Refused(
            f"{name} has dtype {dtype.name}, which {reading.spelling.name} does not compute:"
            f" {instead or f'it takes {known}'}",
            help=help,
            code="dtype",
        )
    if dtype.name.startswith("float8"):
        help = f"convert it to float16, which holds the same numbers: {name}.astype('float16')."
    raise UsageError(
        f"{name} has dtype {dtype}; {known} in native byte order are allowed",
        help=help,
        code="dtype",
    )
