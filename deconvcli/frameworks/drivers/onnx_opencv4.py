"""OpenCV 4's reader of ONNX, in a Python of its own."""

from __future__ import annotations

from random import Random

from deconvcli.frameworks.driver.base import Case, Framework
from deconvcli.frameworks.drivers.onnx_opencv import OnOpenCv
from deconvcli.frameworks.releases import ONNX, OPENCV4


class OnOpenCv4(OnOpenCv):
    """The same call of the series before, which cannot be installed beside OpenCV 5."""

    dialect = "onnx@opencv4"
    needs = (OPENCV4, ONNX)
    interpreter = OPENCV4.variable

    def draw(self, random: Random) -> Case:
        """Return mostly a layer of two axes, equal pads and no dilation: it takes few others."""
        while True:
            case = super().draw(random)
            if case.rank == 2 or random.random() < 0.02:
                break
        params = dict(case.params)
        if random.random() < 0.8:
            params.pop("dilations", None)
        pads = params.get("pads")
        if isinstance(pads, list) and random.random() < 0.8:
            params["pads"] = pads[: case.rank] * 2
        return case._replace(params=params)


FRAMEWORK: Framework = OnOpenCv4()
