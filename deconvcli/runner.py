"""The only door from layers to arrays: layouts and orientation are settled, then an engine runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from importlib import import_module
from math import prod
from typing import Any, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from deconvcli.errors import Refused, UsageError
from deconvcli.geometry import Axis
from deconvcli.kernels.stream import Budget, stream
from deconvcli.layers import Reading, numbers
from deconvcli.layout import CANONICAL_WEIGHT, Layout

Array = NDArray[Any]
AxisNumbers = tuple[int, int, int, int, int]
Progress = Callable[[int, int], None]
"""Told how much is done, and of how much, in any unit."""
Step = Callable[[Array, Sequence[AxisNumbers] | None, Progress | None], Array]

# What users type, and the room that holds it.
ENGINES = {"numba": "engine", "numpy": "scatter", "reference": "reference"}
DTYPES = ("float16", "float32", "float64")
RANDOM_BLOCK = 1 << 20
IN_BLOCKS = 32 << 20
"""Bytes of an output in another layout than the engines' that is made block by block."""
CANONICAL_DATA = Layout(("N", "C", "*"))


class Prepared:
    """A layer with its weights in place: step(x) -> y, as often as you like, from any thread."""

    def __init__(
        self, reading: Reading, weight: Array, bias: Array | None, threads: int, engine: str
    ) -> None:
        self.reading = reading
        self.engine, self._prepare = load_engine(engine)
        self._weight = canonical_weight(reading, _fitting(weight, reading.weight_shape, "weight"))
        if bias is not None:
            bias = _fitting(bias, (reading.layer.out_channels,), "bias")
        self._bias = bias
        self._threads = threads
        self._steps: dict[np.dtype[Any], Step] = {}
        self._step(weight.dtype)

    def __call__(self, x: Array, progress: Progress | None = None) -> Array:
        """The output in the dialect's own layout, of x's dtype.

        x: the reading's input_shape, float16, float32 or float64. progress(done, total) is called
        between pieces of work.
        """
        reading = self.reading
        x = _fitting(x, tuple(numbers(reading.input_shape)), "x")
        if self.engine == "numba" and _moves_much(reading, x):
            return self._in_blocks(x, progress)
        y = self.step(canonical_input(reading, x), progress=progress)
        return _own(reading, reading.output_layout, y)

    def _in_blocks(self, x: Array, progress: Progress | None) -> Array:
        """The same bits, without a second copy of input and output in another layout."""
        reading = self.reading
        y = np.empty(numbers(reading.output_shape), x.dtype)
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
        return self._step(x.dtype)(x, axes, progress)

    def _step(self, dtype: np.dtype[Any]) -> Step:
        """The engine with the weights in this type."""
        if dtype not in self._steps:
            self._steps[dtype] = self._prepare(
                self._weight.astype(dtype, copy=False),
                None if self._bias is None else self._bias.astype(dtype, copy=False),
                axes_of(self.reading),
                self.reading.layer.groups,
                _canonical_shape(self.reading),
                self._threads,
            )
        return self._steps[dtype]


def prepare(
    reading: Reading,
    weight: Any,
    bias: Any = None,
    *,
    threads: int | None = None,
    engine: str = "numba",
) -> Prepared:
    """Weights brought into the engine's order once.

    weight: reading.weight_shape; bias: (out_channels,) or None. threads: None for the CPUs that
    this process may use.

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
    return Prepared(reading, np.asarray(weight), as_array, threads, engine)


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
    return prepare(reading, weight, bias, threads=threads, engine=engine)(np.asarray(x))


def _moves_much(reading: Reading, x: Array) -> bool:
    """Whether the output's layout would take another large copy, and can be written in parts."""
    batch, rank = len(reading.sizes.batch), len(reading.spatial)
    order = _order(CANONICAL_DATA, reading.output_layout, batch, rank)
    size = prod(numbers(reading.output_shape)) * x.itemsize
    # Two axes of images may not lie as one.
    return order != sorted(order) and batch < 2 and size > IN_BLOCKS


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


def load_engine(name: str) -> tuple[str, Callable[..., Step]]:
    """(engine taken, what prepares it): NumPy where Numba is asked for and cannot be imported.

    Raises:
        UsageError: there is no such engine.
    """
    if name not in ENGINES:
        raise UsageError(
            f"engine {name!r} is not known", help=f"choose from: {', '.join(ENGINES)}."
        )
    try:
        module = import_module(f"deconvcli.kernels.{ENGINES[name]}")
    except ImportError:
        if name != "numba":
            raise
        return load_engine("numpy")
    return name, cast(Callable[..., Step], module.prepare)


def usable_cpus() -> int:
    """CPUs that this process may use: affinity, and the quota of its control group."""
    allowed = getattr(os, "process_cpu_count", None) or _affinity
    return max(1, min(allowed() or 1, *_quota()))


def _affinity() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _quota() -> list[int]:
    """Whole CPUs of cgroup v2's cpu.max, rounded up; several thousand where there is none."""
    try:
        with open("/sys/fs/cgroup/cpu.max", encoding="ascii") as file:
            quota, period = file.read().split()
        return [-(-int(quota) // int(period))]
    except (OSError, ValueError):
        return [1 << 12]


def axes_of(reading: Reading) -> list[AxisNumbers]:
    """The five numbers of each axis, for the input that `canonical_input` gives."""
    axes = reading.layer.axes
    if reading.layer.circular:
        axes = tuple(axis for axis, _, _ in _unrolled(reading))
    return [cast(AxisNumbers, tuple(numbers(axis))) for axis in axes]


def _canonical_shape(reading: Reading) -> tuple[int, ...]:
    """(N, Cin, *n) of what `canonical_input` gives."""
    spatial = numbers(reading.spatial)
    if reading.layer.circular:
        pairs = zip(spatial, _unrolled(reading), strict=True)
        spatial = [n + before + after for n, (_, before, after) in pairs]
    return (prod(reading.sizes.batch), reading.layer.in_channels, *spatial)


def canonical_input(reading: Reading, x: Array) -> Array:
    """(N, C, *spatial) from the dialect's layout, a circular layer's input repeated."""
    x = plain_input(reading, x)
    if reading.layer.circular:
        around = [(before, after) for _, before, after in _unrolled(reading)]
        x = np.pad(x, [(0, 0), (0, 0), *around], mode="wrap")
    return x


def plain_input(reading: Reading, x: Array) -> Array:
    """(N, C, *spatial) from the dialect's layout, nothing repeated."""
    return _canonical(reading, reading.data_layout, x)


def own_input(reading: Reading, x: Array) -> Array:
    """The dialect's layout from (N, C, *spatial), contiguous."""
    return _own(reading, reading.data_layout, x)


def canonical_output(reading: Reading, y: Array) -> Array:
    """(N, C, *spatial) from the dialect's layout."""
    return _canonical(reading, reading.output_layout, y)


def _unrolled(reading: Reading) -> list[tuple[Axis, int, int]]:
    pairs = zip(reading.layer.axes, numbers(reading.spatial), strict=True)
    return [axis.unrolled(n) for axis, n in pairs]


def _canonical(reading: Reading, layout: Layout, array: Array) -> Array:
    """(N, C, *spatial); a missing or a second batch axis becomes N."""
    rank = len(reading.spatial)
    batch = array.ndim - rank - 1
    array = array.transpose(_order(layout, CANONICAL_DATA, batch, rank))
    return array.reshape(prod(reading.sizes.batch), *array.shape[batch:])


def _own(reading: Reading, layout: Layout, array: Array) -> Array:
    """Back from (N, C, *spatial), contiguous."""
    rank, batch = len(reading.spatial), reading.sizes.batch
    array = array.reshape(*batch, *array.shape[1:])
    order = _order(CANONICAL_DATA, layout, len(batch), rank)
    return np.ascontiguousarray(array.transpose(order))


def _order(source: Layout, target: Layout, batch: int, rank: int) -> list[int]:
    """The transposition from one data layout to another."""
    places = source.split(tuple(range(batch + 1 + rank)), rank)
    places |= {str(axis): (place,) for axis, place in enumerate(places["*"])}
    return [place for axis in target.axes for place in places[axis]]


def canonical_weight(reading: Reading, weight: Array) -> Array:
    """(Cin, Cout/groups, *kernel), not flipped, from the dialect's layout and orientation."""
    sizes, order = _weight_parts(reading)
    parts = weight.reshape(sizes).transpose(order)
    return _unflipped(reading, parts.reshape(reading.layer.weight_shape(CANONICAL_WEIGHT)))


def own_weight(reading: Reading, weight: Array) -> Array:
    """The dialect's layout and orientation from (Cin, Cout/groups, *kernel), contiguous."""
    sizes, order = _weight_parts(reading)
    parts = _unflipped(reading, weight).reshape([sizes[place] for place in order])
    own = parts.transpose([order.index(place) for place in range(len(order))])
    return np.ascontiguousarray(own.reshape(reading.weight_shape))


def _weight_parts(reading: Reading) -> tuple[list[int], list[int]]:
    """(a size for each letter of the layout, the order that makes them G, I, O and the kernel)."""
    layer = reading.layer
    kernel = {str(place): size for place, size in enumerate(layer.kernel)}
    letters = {
        **kernel,
        "G": layer.groups,
        "I": layer.in_channels // layer.groups,
        "O": layer.out_channels // layer.groups,
    }
    held = [
        letter
        for axis in reading.weight_layout.axes
        for letter in (kernel if axis == "*" else axis)
    ]
    if "G" not in held:
        held, letters["G"] = ["G", *held], 1
    return [letters[letter] for letter in held], [held.index(part) for part in "GIO"] + [
        held.index(place) for place in kernel
    ]


def _unflipped(reading: Reading, weight: Array) -> Array:
    """(Cin, Cout/groups, *kernel) with its taps in the other order where they are stored so."""
    return np.flip(weight, tuple(range(2, weight.ndim))) if reading.flipped else weight


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
    if str(array.dtype) not in DTYPES:
        raise UsageError(
            f"{name} has dtype {array.dtype}",
            help=f"convert it to {', '.join(DTYPES)} in native byte order.",
            code="dtype",
        )
    return array


class Memory(NamedTuple):
    """Bytes that a run will hold, by what they are for."""

    input: int
    weights: int
    output: int
    workspace: int

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self)


def memory_needed(reading: Reading, dtype: str, *, checked: bool) -> Memory:
    """Before anything is allocated: the arrays, their copies in canonical order, the check's."""
    size = np.dtype(dtype).itemsize
    wide = max(size, 4)
    data, weights, output = (
        prod(numbers(shape))
        for shape in (reading.input_shape, reading.weight_shape, reading.output_shape)
    )
    copies = wide * (2 * data + 2 * weights + output)
    if checked:
        # The check holds input, weights and their absolute values in a wider type, in blocks.
        copies += 4 * wide * (data + weights)
    return Memory(size * data, size * weights, size * output, copies)


def random_array(shape: Sequence[int], dtype: str, seed: int, stream: int) -> Array:
    """Numbers in [-1, 1), the same for a seed and stream on every machine and NumPy version."""
    bits = np.random.PCG64(np.random.SeedSequence([seed, stream]))
    array = np.empty(prod(shape), dtype)
    for start in range(0, array.size, RANDOM_BLOCK):
        raw = bits.random_raw(min(RANDOM_BLOCK, array.size - start))
        # 24 bits are exact in float32; a Generator's methods may change between NumPy versions.
        array[start : start + RANDOM_BLOCK] = (raw >> 40) * 2.0**-23 - 1
    return array.reshape(shape)
