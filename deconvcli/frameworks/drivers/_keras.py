"""Keras on any backend: its layers, and in Keras 3 the function that they call."""

from __future__ import annotations

from importlib import import_module
from random import Random
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Case, Framework, Trace, format_call, to_tuples
from deconvcli.frameworks.drivers._dice import Dice, Geometry


class Keras(Framework):
    """Conv{1,2,3}DTranspose and keras.ops.conv_transpose.

    package: keras or tf_keras. has_ops: whether the package has the function.
    """

    package: ClassVar[str] = "keras"
    has_ops: ClassVar[bool] = True

    def draw(self, random: Random) -> Case:
        """Return a layer with padding in any case, any output_padding, strides and dilation."""
        dice = Dice(random)
        geometry = dice.geometry(dilated=0.15)
        into, out = dice.channels()
        ops = self.has_ops and dice.chance(0.3)
        dilation = dice.spoil(geometry.d, 0.02, 0)
        strides = (
            geometry.s if ops or max(dilation) == 1 or dice.chance(0.3) else [1] * len(dilation)
        )
        params: dict[str, Any] = {
            "api": "ops" if ops else "layer",
            "strides": dice.form(dice.spoil(strides, 0.02, 0, -1)),
            "padding": dice.choose(*["valid", "same"] * 14, "Same", "VALID", "full"),
            "output_padding": self._output_padding(dice, strides),
            "data_format": dice.choose("channels_last", "channels_last", "channels_first"),
            "dilation_rate": dice.form(dilation),
        }
        if not ops:
            params["filters"] = 0 if dice.chance(0.01) else out
            params["kernel_size"] = dice.form(geometry.k)
        seen = into + 1 if ops and dice.chance(0.05) else into
        shape = self._shape(params["data_format"], dice.batch(), seen, geometry)
        return Case(params, shape, (*geometry.k, out, into), geometry.rank)

    def _output_padding(self, dice: Dice, strides: list[int]) -> Any:
        if dice.chance(0.4):
            return None
        return dice.form(dice.spoil(dice.up_to([s - 1 for s in strides]), 0.2, -1, strides[0]))

    def _shape(
        self, data_format: str, batch: int, channels: int, geometry: Geometry
    ) -> tuple[int, ...]:
        if data_format == "channels_first":
            return (batch, channels, *geometry.n)
        return (batch, *geometry.n, channels)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array; a layer adds its compute_output_shape to the answer."""
        # KERAS_BACKEND is read at the first import, so a process serves one backend only.
        keras = import_module(self.package)
        params = {name: to_tuples(value) for name, value in case.params.items()}
        if params.pop("api", "layer") == "ops":
            return keras.ops.convert_to_numpy(keras.ops.conv_transpose(x, w, **params))
        trace.stage = "construct"
        layer = getattr(keras.layers, f"Conv{case.rank}DTranspose")(**params, use_bias=False)
        # Built before it is called, so that an error shows which of the two refuses.
        trace.stage = "build"
        layer.build(x.shape)
        layer.kernel.assign(w)
        trace.stage = "call"
        trace.details["compute_output_shape"] = [
            None if size is None else int(size) for size in layer.compute_output_shape(x.shape)
        ]
        return self.array(layer(x))

    def array(self, y: Any) -> Any:
        """Return the backend's tensor as an array."""
        import keras

        return keras.ops.convert_to_numpy(y)

    def code(self, case: Case) -> str:
        """Return a call of the function, or a layer whose kernel is set."""
        params = dict(case.params)
        if params.pop("api", "layer") == "ops":
            function = format_call("keras.ops.conv_transpose", "x", "w", **params)
            return f"import keras; y = keras.ops.convert_to_numpy({function})"
        layer = format_call(f"K.layers.Conv{case.rank}DTranspose", **params, use_bias=False)
        steps = "layer.build(x.shape); layer.kernel.assign(w)"
        return f"import {self.package} as K; layer = {layer}; {steps}; y = layer(x)"
