"""TensorFlow.js on its wasm backend, in Node.js."""

from __future__ import annotations

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.drivers.tfjs import TensorFlowJs


class TensorFlowJsOnWasm(TensorFlowJs):
    """The same calls on WebAssembly."""

    dialect = "tfjs@wasm"
    arguments = ("wasm",)


FRAMEWORK: Framework = TensorFlowJsOnWasm()
