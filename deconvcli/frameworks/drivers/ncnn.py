"""ncnn on the CPU, one thread, float32: a network of one layer, read from a file."""

from __future__ import annotations

from importlib.metadata import version
from random import Random
from typing import Any

from deconvcli.frameworks.dialects.ncnn.line import APPENDED, BEGINS, ENDS, SAME, write_line
from deconvcli.frameworks.driver.base import Case, Framework, Trace
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import NCNN

_AXES = ("w", "h", "d")


class Ncnn(Framework):
    """Deconvolution, DeconvolutionDepthWise, and both in 1-D and 3-D."""

    dialect = "ncnn"
    needs = (NCNN,)

    def versions(self) -> dict[str, str]:
        """Return the version of the distribution; the module's has no date."""
        return {"ncnn": version("ncnn")}

    def draw(self, random: Random) -> Case:
        """Return a layer with any pads, with the words SAME, or with a requested size."""
        dice = Dice(random)
        geometry = dice.geometry()
        groups, rank = dice.groups(), geometry.rank
        into, out = dice.channels(groups)
        params: dict[str, Any] = {"num_output": out, "group": groups}
        for place, axis in enumerate(_AXES[:rank]):
            params[f"kernel_{axis}"] = geometry.k[-1 - place]
            params[f"stride_{axis}"] = geometry.s[-1 - place]
            params[f"dilation_{axis}"] = geometry.d[-1 - place]
        appended = dice.up_to([3] * rank) if dice.chance(0.3) else [0] * rank
        params |= dict(zip(APPENDED, appended, strict=False))
        sized, pads = dice.chance(0.3), dice.choose("none", "pads", "pads", "pads", "same")
        if pads == "pads":
            # Some are larger than what is computed, which ncnn refuses.
            params |= dict(
                zip(BEGINS, dice.up_to([f * 2 // 3 for f in geometry.full]), strict=False)
            )
            params |= dict(zip(ENDS, dice.up_to([f * 2 // 3 for f in geometry.full]), strict=False))
        elif pads == "same":
            params["pad_left"] = dice.choose(*SAME.values())
        if sized:
            for place, axis in enumerate(_AXES[:rank]):
                full = geometry.full[-1 - place] + appended[place]
                params[f"output_{axis}"] = dice.between(max(1, full // 2), full)
        return Case(params, (1, into, *geometry.n), (out, into // groups, *geometry.k), rank)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array with a batch axis."""
        return compute(case.params, x, w)

    def code(self, case: Case) -> str:
        """Return a call of `compute`, since ncnn builds no network in Python."""
        params = ", ".join(f'"{name}": {value}' for name, value in case.params.items())
        home = "from deconvcli.frameworks.drivers.ncnn import compute"
        return f"{home}; y = compute({{{params}}}, x, w)"


def compute(params: Any, x: Any, w: Any) -> Any:
    """Return the output of one layer for a batch of one."""
    import tempfile
    from pathlib import Path

    import ncnn
    import numpy

    values = {name: str(value) for name, value in params.items()}
    layer = write_line(x.ndim - 2, params["group"], {**values, "weight_data_size": str(w.size)})
    text = f"7767517\n2 2\nInput x 0 1 x\n{layer}\n"
    net = ncnn.Net()
    # The words are computed in float32; halves and 16 channels at once would round.
    net.opt.num_threads = 1
    for option in ("fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage"):
        setattr(net.opt, f"use_{option}", False)
    with tempfile.TemporaryDirectory() as folder:
        layers, weights = Path(folder, "net.param"), Path(folder, "net.bin")
        layers.write_text(text, encoding="utf-8")
        # Four zero bytes: the weights that follow are float32.
        weights.write_bytes(bytes(4) + w.astype("<f4").tobytes())
        if net.load_param(str(layers)) or net.load_model(str(weights)):
            raise ValueError("the layer is not loaded")
        extractor = net.create_extractor()
        extractor.input("x", ncnn.Mat(numpy.ascontiguousarray(x[0])).clone())
        code, y = extractor.extract("y")
    if code:
        raise ValueError(f"extract returns {code}")
    return numpy.array(y)[None]


FRAMEWORK: Framework = Ncnn()
