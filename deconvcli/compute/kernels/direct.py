"""The step of an engine that prepares nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
Axes: TypeAlias = Sequence[tuple[int, int, int, int, int]]
Compute: TypeAlias = Callable[[Array, Array, Array | None, Axes, int, int], Array]
Progress: TypeAlias = Callable[[int, int], None]
"""Called with the amount of work done and the total, in the same arbitrary unit."""


class Direct:
    """A step that calls an engine with the same weights each time: step(x) -> y."""

    def __init__(
        self,
        compute: Compute,
        w: Array,
        bias: Array | None,
        axes: Axes,
        groups: int,
        threads: int,
    ) -> None:
        self._compute, self._w, self._bias = compute, w, bias
        self._axes, self._groups, self._threads = axes, groups, threads

    def __call__(
        self, x: Array, axes: Axes | None = None, progress: Progress | None = None
    ) -> Array:
        """Compute y (N, Cout, *out) from x (N, Cin, *n); a block has `axes` of its own."""
        axes = self._axes if axes is None else axes
        y = self._compute(x, self._w, self._bias, axes, self._groups, self._threads)
        if progress is not None:
            progress(1, 1)
        return y
