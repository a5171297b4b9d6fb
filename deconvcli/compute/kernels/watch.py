"""Watching a number that another thread writes, without the interpreter's lock."""

from __future__ import annotations

from typing import Any

from numba.core import types
from numba.extending import intrinsic

from deconvcli.compute.kernels.compiled import compiled
from deconvcli.compute.kernels.machine import config
from deconvcli.compute.kernels.reference import Array


@intrinsic
def _now(typing_context: Any, array: Any) -> Any:
    """The first number of an int64 array, read anew each time."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, arguments[0])
        return builder.load_atomic(made.data, "acquire", 8)

    return types.int64(array), emit


@compiled
def _watch(number: Array, most: int, longer: int) -> None:
    now: Any = _now
    for _ in range(most):
        if now(number) == 0:
            for _ in range(longer):
                now(number)
            return


def watch(number: Array, most: int, longer: int) -> None:
    """Return when number[0] is 0, or has been read `most` times; then read it `longer` times more.

    number: int64. Without compilation it is not looked at: nobody could write it meanwhile.
    """
    if not config.DISABLE_JIT:
        _watch(number, most, longer)
