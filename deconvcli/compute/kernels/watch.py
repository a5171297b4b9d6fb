"""A wait for a number that another thread writes, without holding the interpreter's lock."""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic

from deconvcli.compute.kernels.compilation import compile_kernel
from deconvcli.compute.kernels.machine import config
from deconvcli.compute.kernels.reference import Array


@intrinsic  # pragma: no cover - the compiler runs it, if its result is not cached
def _load(typing_context: Any, array: Any) -> Any:
    """Return the first number of an int64 array, loaded again at each call.

    An atomic load: LLVM would move a plain one out of the loop.
    """

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.load_atomic(made.data, "acquire", 8)

    return types.int64(array), emit


@compile_kernel  # pragma: no cover - runs compiled only
def _watch(number: Array, most: int, longer: int) -> None:
    load: Any = _load
    for _ in range(most):
        if load(number) == 0:
            for _ in range(longer):
                load(number)
            return


def watch(number: Array, most: int, longer: int) -> None:
    """Return when number[0] is 0, or has been read `most` times; then read it `longer` times more.

    number: int64. Without compilation this returns at once: the loop would hold the interpreter's
    lock, and no other thread could write the number.
    """
    if not config.DISABLE_JIT:
        _watch(number, most, longer)
