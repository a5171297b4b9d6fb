"""Arrays of any framework as NumPy's, without importing a framework."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deconvcli.common.errors import UsageError

BFLOAT16 = "bfloat16"


def as_array(given: Any, name: str) -> NDArray[Any]:
    """Return an array, a list, or the tensor of any framework that NumPy can read.

    Raises:
        UsageError: NumPy cannot read it: it is on another device, or in a type of its own.
    """
    if isinstance(given, np.ma.MaskedArray) and np.ma.is_masked(given):
        raise UsageError(
            f"{name} has masked values, and a layer needs a number everywhere",
            help="fill them: x.filled(0).",
            code="array",
        )
    if isinstance(given, np.ndarray):
        return given
    try:
        # PyTorch lets nobody read a tensor that records gradients, as all weights do, nor one
        # that is a view with other signs.
        for view in ("detach", "resolve_conj", "resolve_neg"):
            if callable(step := getattr(given, view, None)):
                given = step()
        if str(getattr(given, "dtype", "")).rpartition(".")[2].endswith(BFLOAT16):
            return _read_bfloat16(given)
        return _read(given)
    except UsageError:
        raise
    except Exception as error:
        reason = " ".join(str(error).split())[:200]
        raise UsageError(
            f"{name}, a {type(given).__name__}, cannot be read as an array: {reason}",
            help="pass a NumPy array, or a tensor with numbers on the CPU: not on another device,"
            " and not inside of a compiled function.",
            code="array",
        ) from error


def _read(given: Any) -> NDArray[Any]:
    # Without one of these NumPy would walk through a tensor element by element.
    if not hasattr(given, "__array__"):
        if callable(numpy := getattr(given, "numpy", None)):
            return np.asarray(numpy())
        if hasattr(given, "__dlpack__"):
            return np.from_dlpack(given)
    return np.asarray(given)


def _read_bfloat16(given: Any) -> NDArray[Any]:
    """Return the same numbers in ml_dtypes' type; most frameworks hand out float32 only."""
    try:
        bfloat16 = import_module("ml_dtypes").bfloat16
    except ImportError as error:
        raise UsageError(
            "NumPy has no bfloat16 without the package ml_dtypes",
            help="install ml_dtypes, or pass float32, which holds the same numbers.",
            code="dtype",
        ) from error
    try:
        # Each framework that does not hand out bfloat16 refuses with an error of its own.
        array = _read(given)
    except Exception:
        array = _read(given.float() if callable(getattr(given, "float", None)) else _widen(given))
    # Paddle hands out the bits as uint16.
    if array.dtype.kind == "u":
        array = _read(_widen(given))
    return array.astype(bfloat16, copy=False)


def _widen(given: Any) -> Any:
    """Return a float32 tensor; MLX names types by objects of its own."""
    home = sys.modules.get(type(given).__module__)
    return given.astype(getattr(home, "float32", "float32"))
