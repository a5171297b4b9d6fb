"""A framework that is installed in another version than the measured one."""

from __future__ import annotations

from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.releases import Need
from tests.fakes._fake import Fake


class Newer(Fake):
    """A framework outside the extra, newer than its measured version."""

    dialect = "onnx@onnxruntime"
    needs = (Need("deconvcli", "deconvcli", "0.0.1"),)
    in_extra = False


FRAMEWORK: Framework = Newer()
