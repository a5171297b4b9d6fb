"""Arrays of frameworks, here made-up ones."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from ml_dtypes import bfloat16

from deconvcli.common.errors import UsageError
from deconvcli.compute.runner.foreign import as_array

NUMBERS = np.array([[1.5, -2.0]], "f4")


class Tensor:
    """A tensor with a dtype, and whatever else a test adds."""

    def __init__(self, dtype: str = "torch.float32") -> None:
        self.dtype = dtype


class WithArray(Tensor):
    """One that NumPy reads itself."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """The numbers."""
        return NUMBERS


class Recording(Tensor):
    """One that records gradients, as PyTorch's weights do."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """Refuse."""
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self) -> Tensor:
        """The same without a record."""
        return WithArray()


class WithNumpy(Tensor):
    """One with a method for it, and no other way."""

    def numpy(self) -> Any:
        """The numbers."""
        return NUMBERS


class WithDlpack(Tensor):
    """One that lends its memory."""

    def __dlpack__(self, **how: Any) -> Any:
        """The numbers' memory."""
        return NUMBERS.__dlpack__()

    def __dlpack_device__(self) -> Any:
        """The processor."""
        return NUMBERS.__dlpack_device__()


@pytest.mark.parametrize("made", [WithArray, Recording, WithNumpy, WithDlpack])
def test_tensors_become_arrays(made: type[Tensor]) -> None:
    np.testing.assert_array_equal(as_array(made(), "x"), NUMBERS)


def test_arrays_and_lists_stay_what_they_are() -> None:
    assert as_array(NUMBERS, "x") is NUMBERS
    assert as_array([[1, 2]], "x").dtype == np.int64


class OnAnotherDevice(Tensor):
    """One that nobody can read here."""

    def __array__(self, dtype: Any = None, copy: Any = None) -> Any:
        """Refuse."""
        raise TypeError("can't convert cuda:0 device type tensor to numpy.")


def test_what_cannot_be_read_is_refused_with_the_reason() -> None:
    with pytest.raises(UsageError, match=r"weight, a OnAnotherDevice, .* cuda:0") as caught:
        as_array(OnAnotherDevice(), "weight")
    assert "CPU" in caught.value.help


class Wide(OnAnotherDevice):
    """bfloat16 of PyTorch, which NumPy cannot read."""

    def float(self) -> Any:
        """The same numbers in float32."""
        return NUMBERS


class Bits(WithNumpy):
    """bfloat16 of Paddle, whose array holds the bits."""

    def numpy(self) -> Any:
        """The bits."""
        return NUMBERS.astype(bfloat16).view("u2")

    def astype(self, dtype: Any) -> Any:
        """The same numbers in another type."""
        assert dtype == "float32"
        return NUMBERS


class Own(OnAnotherDevice):
    """bfloat16 of MLX, whose types are objects."""

    def astype(self, dtype: Any) -> Any:
        """The same numbers in another type."""
        assert dtype == 7
        return NUMBERS


class Plain(WithNumpy):
    """bfloat16 of JAX, which uses ml_dtypes itself."""

    def numpy(self) -> Any:
        """The numbers."""
        return NUMBERS.astype(bfloat16)


@pytest.mark.parametrize("made", [Wide, Bits, Own, Plain])
def test_bfloat16_keeps_its_numbers(made: type[Tensor], monkeypatch: pytest.MonkeyPatch) -> None:
    home = ModuleType("own")
    home.__dict__["float32"] = 7
    monkeypatch.setitem(sys.modules, "own", home)
    monkeypatch.setattr(Own, "__module__", "own")
    array = as_array(made("torch.bfloat16"), "x")
    assert array.dtype == bfloat16
    np.testing.assert_array_equal(array.astype("f4"), NUMBERS)


def test_without_ml_dtypes_there_is_no_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    with pytest.raises(UsageError, match="no bfloat16 without") as caught:
        as_array(Wide("torch.bfloat16"), "x")
    assert "float32" in caught.value.help
