"""Keras 3 on PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.drivers._keras import Keras
from deconvcli.frameworks.releases import KERAS, TORCH


class KerasOnTorch(Keras):
    """Keras with KERAS_BACKEND=torch."""

    dialect = "keras@torch"
    needs = (KERAS, TORCH)
    # As in torch.py: the number of threads decides which kernel runs.
    environment: ClassVar[Mapping[str, str]] = {"KERAS_BACKEND": "torch", "OMP_NUM_THREADS": "1"}
    in_extra = True


FRAMEWORK: Framework = KerasOnTorch()
