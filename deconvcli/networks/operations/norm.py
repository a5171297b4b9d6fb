"""Normalisation: each channel or group scaled to a mean and a variance; it keeps the shape."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._channels import GROUPS, check_groups
from deconvcli.networks.operations._same_shape import SameShape


class Norm(SameShape):
    """Batch, group, instance and layer normalisation."""

    name = "norm"
    aliases = ("batch_norm", "group_norm", "instance_norm", "layer_norm", "rms_norm", "weight_norm")
    title = "normalisation"
    keys = (
        GROUPS._replace(meaning="groups of channels in a group norm", aliases=("num_groups",)),
        Key("affine", KeyForm.FLAG, True, "a trained scale and shift per channel"),
        Key("eps", KeyForm.ANY, None, "added to the variance", aliases=("epsilon",)),
        Key("momentum", KeyForm.ANY, None, "momentum of the running mean"),
    )
    calls = (
        Call("torch", ("BatchNorm{n}d", "GroupNorm", "LayerNorm", "LayerNorm{n}d")),
        # By default the only norm that trains nothing.
        Call("torch", ("InstanceNorm{n}d",), implies={"affine": False}),
        Call(
            "keras",
            ("BatchNormalization", "GroupNormalization", "LayerNormalization"),
        ),
        Call("flax", ("BatchNorm", "InstanceNorm")),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the input's shape, whose channels the groups must divide."""
        [given] = inputs
        check_groups("input", given.channels, self.values(parameters)["groups"])
        return given

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Return two numbers per channel, a scale and a shift, where they are trained."""
        [channels] = require_numbers([inputs[0].channels])
        return 2 * channels if self.values(parameters)["affine"] else 0


OPERATION: Operation = Norm()
