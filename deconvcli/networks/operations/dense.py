"""Dense: each place's channels become other channels."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._channels import IN_CHANNELS, OUT_CHANNELS, entering
from deconvcli.networks.operations._sizes import positive_channels


class Dense(Operation):
    """A matrix product over the channels, at every place alike."""

    name = "dense"
    aliases = ("linear", "fully_connected")
    title = "a matrix product over the channels"
    keys = (
        OUT_CHANNELS._replace(name="units", aliases=("out_features", "out_channels")),
        IN_CHANNELS,
        Key("bias", KeyForm.FLAG, True, "one number added per unit", aliases=("use_bias",)),
    )
    calls = (
        Call("torch", ("Linear",), ("in_features", "out_features", "bias", "device", "dtype")),
        Call("keras", ("Dense",), ("units", "activation", "use_bias")),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """`units` channels."""
        words, [given] = self.values(parameters), inputs
        entering(words, given)
        return given._replace(channels=positive_channels(words["units"], "units"))

    def mac_factors(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> Sequence[Size]:
        """One product for each input channel and unit, at every place."""
        return (*inputs[0].sizes, int(self.values(parameters)["units"]))

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """The matrix, and one bias a unit."""
        words = self.values(parameters)
        [channels] = require_numbers([inputs[0].channels])
        return (channels + (1 if words["bias"] else 0)) * int(words["units"])


OPERATION: Operation = Dense()
