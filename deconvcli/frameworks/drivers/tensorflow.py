"""TensorFlow on the CPU with oneDNN.

TensorFlow's builds turn oneDNN on or off by the processor. Without it, TensorFlow refuses dilation,
channels first and groups. It is turned on here, so that the answers do not depend on the machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from random import Random
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import (
    Case,
    Framework,
    Packing,
    Step,
    TimedFramework,
    Trace,
    format_call,
)
from deconvcli.frameworks.drivers._dice import Dice, Geometry
from deconvcli.frameworks.releases import TENSORFLOW

SETTINGS = {
    "TF_ENABLE_ONEDNN_OPTS": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    # A GPU would be used as soon as one is visible.
    "CUDA_VISIBLE_DEVICES": "",
    "OMP_NUM_THREADS": "1",
}
FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


class TensorFlow(TimedFramework):
    """tf.nn.conv{1,2,3}d_transpose and tf.nn.conv_transpose."""

    dialect = "tensorflow"
    needs = (TENSORFLOW,)
    environment: ClassVar[Mapping[str, str]] = SETTINGS
    in_extra = True
    packing = Packing.EVERY_CALL

    def draw(self, random: Random) -> Case:
        """Return a layer with output sizes around those that a forward convolution maps back."""
        dice = Dice(random)
        geometry = dice.geometry(dilated=0.15)
        rank = geometry.rank
        groups = dice.choose(1, 1, 1, 1, 2) if rank < 3 else 1
        into, out = dice.channels(groups)
        word = dice.choose(*["SAME", "VALID"] * 7, "pads")
        pads = [[dice.between(0, 2), dice.between(0, 2)] for _ in range(rank)]
        batch, first = dice.batch(), dice.chance(0.1)
        sizes = self._sizes(dice, geometry, word, pads)
        put = _first if first else _last
        params: dict[str, Any] = {
            "api": "conv_transpose" if dice.chance(0.1) else f"conv{rank}d_transpose",
            "output_shape": put(batch, out, sizes),
            "strides": dice.form(geometry.s),
            "padding": word if word != "pads" else put([0, 0], [0, 0], pads),
            "data_format": FORMATS[rank][first],
        }
        if max(geometry.d) > 1:
            params["dilations"] = dice.form(geometry.d)
        seen = into + 1 if dice.chance(0.03) else into
        weight = (*geometry.k, out // groups, into)
        return Case(params, tuple(put(batch, seen, geometry.n)), weight, rank)

    def _sizes(self, dice: Dice, geometry: Geometry, word: str, pads: list[list[int]]) -> list[int]:
        sizes = []
        for axis, (n, s) in enumerate(zip(geometry.n, geometry.s, strict=True)):
            # The sizes that map back to n end here, and there are s of them.
            largest = n * s
            if word == "VALID":
                largest = geometry.full[axis] + s - 1
            elif word == "pads":
                largest = geometry.full[axis] - sum(pads[axis]) + s - 1
            sizes.append(max(1, dice.between(largest - s + 1, largest)))
        return dice.spoil(sizes, 0.2, sizes[0] + geometry.s[0], max(1, sizes[0] - geometry.s[0]))

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        return self._function(case)(x, w).numpy()

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return the function as a graph."""
        import tensorflow

        threading = tensorflow.config.threading
        threading.set_intra_op_parallelism_threads(threads)
        threading.set_inter_op_parallelism_threads(threads)
        function = self._function(case)
        # Called outside a graph first: within one, the error message is a whole traceback.
        function(x, w)
        # The weights are an argument, as in a model in training, so that every call packs them.
        return partial(
            tensorflow.function(function), tensorflow.constant(x), tensorflow.constant(w)
        )

    def _function(self, case: Case) -> Callable[..., Any]:
        import tensorflow

        params = dict(case.params)
        return partial(getattr(tensorflow.nn, params.pop("api", "conv_transpose")), **params)

    def code(self, case: Case) -> str:
        """Return one call."""
        params = dict(case.params)
        function = params.pop("api", "conv_transpose")
        return (
            f"import tensorflow as tf; y = {format_call(f'tf.nn.{function}', 'x', 'w', **params)}"
        )


def _first(batch: Any, channels: Any, spatial: list[Any]) -> list[Any]:
    return [batch, channels, *spatial]


def _last(batch: Any, channels: Any, spatial: list[Any]) -> list[Any]:
    return [batch, *spatial, channels]


FRAMEWORK: Framework = TensorFlow()
