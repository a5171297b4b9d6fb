"""TensorFlow.js on its wasm backend, in Node.js."""

from __future__ import annotations

from typing import ClassVar

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.drivers.tfjs import TensorFlowJs


class TensorFlowJsOnWasm(TensorFlowJs):
    """The same calls on WebAssembly."""

    dialect = "tfjs@wasm"
    backend: ClassVar[str] = "wasm"


FRAMEWORK: Framework = TensorFlowJsOnWasm()
