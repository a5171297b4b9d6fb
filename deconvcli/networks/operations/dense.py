"""Dense: a matrix product over the channels."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._channels import IN_CHANNELS, OUT_CHANNELS, check_in_channels
from deconvcli.networks.operations._sizes import read_channels


class Dense(Operation):
    """A matrix product over the channels, the same at every position."""

    name = "dense"
    aliases = ("linear", "fully_connected")
    title = "a matrix product over the channels"
    keys = (
        OUT_CHANNELS._replace(name="units", aliases=("out_features", "out_channels", "features")),
        IN_CHANNELS,
        Key("bias", KeyForm.FLAG, True, "one number added per unit", aliases=("use_bias",)),
    )
    calls = (
        Call("torch", ("Linear",), ("in_features", "out_features", "bias", "device", "dtype")),
        Call(
            "mlx",
            ("Linear",),
            ("input_dims", "output_dims", "bias"),
            {"input_dims": "in_channels", "output_dims": "units"},
            required=2,
        ),
        Call("keras", ("Dense",), ("units", "activation", "use_bias"), required=1),
        Call("flax", ("Dense",), ("features", "use_bias"), required=1),
        Call(
            "mxnet",
            ("Dense",),
            ("units", "activation", "use_bias", "flatten", "dtype"),
            required=1,
        ),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the input's shape with `units` channels."""
        values, [given] = self.values(parameters), inputs
        check_in_channels(values, given)
        return given._replace(channels=read_channels(values["units"], "units"))

    def mac_factors(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> Sequence[Size]:
        """Return the factors: one product per input channel and unit, at every position."""
        # The frameworks multiply along the last axis; a config's channels are that axis.
        return (*inputs[0].sizes, int(self.values(parameters)["units"]))

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Return the size of the matrix, and one bias per unit."""
        values = self.values(parameters)
        [channels] = require_numbers([inputs[0].channels])
        return (channels + (1 if values["bias"] else 0)) * int(values["units"])


OPERATION: Operation = Dense()
