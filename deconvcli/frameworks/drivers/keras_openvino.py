"""Keras 3 on OpenVINO, which only infers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.drivers._keras import Keras
from deconvcli.frameworks.releases import KERAS, OPENVINO


class KerasOnOpenVino(Keras):
    """Keras with KERAS_BACKEND=openvino."""

    dialect = "keras@openvino"
    needs = (KERAS, OPENVINO)
    in_extra = False
    environment: ClassVar[Mapping[str, str]] = {"KERAS_BACKEND": "openvino"}


FRAMEWORK: Framework = KerasOnOpenVino()
