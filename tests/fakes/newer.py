"""Is installed in another version than was measured, outside the extra."""

from __future__ import annotations

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.releases import Need
from tests.fakes._fake import Fake


class Newer(Fake):
    """Ahead of its time."""

    dialect = "onnx@onnxruntime"
    needs = (Need("deconvcli", "deconvcli", "0.0.1"),)
    in_extra = False


FRAMEWORK: Framework = Newer()
