"""Apache MXNet on the CPU without oneDNN."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.drivers.mxnet import MXNet


class MXNetWithoutOneDnn(MXNet):
    """MXNet's own kernels."""

    dialect = "mxnet@native"
    environment: ClassVar[Mapping[str, str]] = {"MXNET_MKLDNN_ENABLED": "0"}


FRAMEWORK: Framework = MXNetWithoutOneDnn()
