"""Normalisation: each channel or group scaled to a mean and a variance; it keeps the shape."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Any

from deconvcli.common.errors import NotLinear, UsageError
from deconvcli.common.values import shorten
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._channels import GROUPS, check_groups
from deconvcli.networks.operations._same_shape import SameShape
from deconvcli.networks.operations._sizes import refuse
from deconvcli.networks.operations._trained import DATA_FORMAT, counts_as_keras, split_axes

# By kind: whether a norm without further keys has a shift beside its scale.
KINDS: Mapping[str, bool] = MappingProxyType(
    {"batch": True, "group": True, "instance": True, "layer": True, "rms": False, "weight": False}
)
# The dialects whose instance norm trains nothing unless it is asked to.
PLAIN_INSTANCE_NORMS = ("torch", "mlx")


class Norm(SameShape):
    """Batch, group, instance, layer and root-mean-square normalisation."""

    name = "norm"
    aliases = ("batch_norm", "group_norm", "instance_norm", "layer_norm", "rms_norm", "weight_norm")
    title = "normalisation"
    keys = (
        GROUPS._replace(
            meaning="groups of channels in a group norm; -1 for one channel each",
            aliases=("num_groups",),
            at_least=-1,
        ),
        Key("kind", KeyForm.WORD, None, "which norm", choices=tuple(KINDS)),
        Key(
            "affine",
            KeyForm.FLAG,
            None,
            "a trained scale and shift; default: true, but not in an instance norm of torch or mlx",
            aliases=("elementwise_affine",),
        ),
        Key("scale", KeyForm.FLAG, True, "a trained scale", aliases=("use_scale",)),
        Key("center", KeyForm.FLAG, True, "a trained shift", aliases=("bias", "use_bias")),
        Key(
            "num_features",
            KeyForm.ANY,
            None,
            "input channels, if you want them checked",
            aliases=("num_channels",),
        ),
        Key(
            "normalized_shape",
            KeyForm.ANY,
            None,
            "sizes of a layer norm, with one scale and shift for each element",
        ),
        Key("axis", KeyForm.ANY, None, "axes of a Keras norm, with one scale and shift for each"),
        DATA_FORMAT,
        Key(
            "moving_statistics",
            KeyForm.FLAG,
            None,
            "whether mean and variance of a batch norm count; default: in Keras and Paddle",
        ),
        Key("eps", KeyForm.ANY, None, "added to the variance", aliases=("epsilon",)),
        Key("momentum", KeyForm.ANY, None, "momentum of the running mean"),
    )
    implies = MappingProxyType({f"{kind}_norm": {"kind": kind} for kind in KINDS})
    calls = (
        Call(
            "torch",
            ("BatchNorm{n}d", "SyncBatchNorm"),
            ("num_features", "eps", "momentum", "affine"),
            implies={"kind": "batch", "moving_statistics": False},
        ),
        # By default the only norm that trains nothing.
        Call(
            "torch",
            ("InstanceNorm{n}d",),
            ("num_features", "eps", "momentum", "affine"),
            implies={"kind": "instance", "affine": False},
        ),
        Call(
            "torch",
            ("GroupNorm",),
            ("num_groups", "num_channels", "eps", "affine"),
            implies={"kind": "group"},
        ),
        Call(
            "torch",
            ("LayerNorm",),
            ("normalized_shape", "eps", "elementwise_affine", "bias"),
            implies={"kind": "layer"},
        ),
        Call("torch", ("LayerNorm{n}d",), implies={"kind": "layer"}),
        Call(
            "torch",
            ("RMSNorm",),
            ("normalized_shape", "eps", "elementwise_affine"),
            implies={"kind": "rms"},
        ),
        Call(
            "keras",
            ("BatchNormalization",),
            ("axis", "momentum", "epsilon", "center", "scale"),
            implies={"kind": "batch", "moving_statistics": True},
        ),
        Call(
            "keras",
            ("GroupNormalization",),
            ("groups", "axis", "epsilon", "center", "scale"),
            # 32 is the default of Keras.
            implies={"kind": "group", "groups": 32},
        ),
        Call(
            "keras",
            ("LayerNormalization",),
            ("axis", "epsilon", "center", "scale"),
            implies={"kind": "layer"},
        ),
        Call("keras", ("RMSNormalization",), ("axis", "epsilon"), implies={"kind": "rms"}),
        # Paddle's summary counts mean and variance, as Keras' does.
        Call(
            "paddle",
            ("BatchNorm{n}D", "SyncBatchNorm"),
            ("num_features", "momentum", "epsilon", "weight_attr", "bias_attr"),
            {"weight_attr": "scale", "bias_attr": "center"},
            {"kind": "batch", "moving_statistics": True},
            required=1,
        ),
        Call(
            "paddle",
            ("InstanceNorm{n}D",),
            ("num_features", "epsilon", "momentum", "weight_attr", "bias_attr"),
            {"weight_attr": "scale", "bias_attr": "center"},
            {"kind": "instance", "affine": True},
            required=1,
        ),
        Call(
            "mxnet",
            ("BatchNorm",),
            ("axis", "momentum", "epsilon", "center", "scale"),
            implies={"kind": "batch", "data_format": "channels_first"},
        ),
        Call(
            "mlx",
            ("BatchNorm",),
            ("num_features", "eps", "momentum", "affine"),
            implies={"kind": "batch"},
            required=1,
        ),
        Call(
            "mlx",
            ("InstanceNorm",),
            ("dims", "eps", "affine"),
            {"dims": "num_features"},
            {"kind": "instance", "affine": False},
            required=1,
        ),
        Call("flax", ("BatchNorm",), ("use_running_average",), implies={"kind": "batch"}),
        Call("flax", ("InstanceNorm",), (), implies={"kind": "instance", "affine": True}),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the input's shape, whose channels the groups must divide."""
        values, [given] = self.values(parameters), inputs
        declared = values["num_features"]
        # An instance norm that trains nothing ignores its channels, in torch with a warning.
        if type(declared) is int and declared != given.channels and _is_affine(values, dialect):
            refuse(
                "channels",
                f"the input has {given.channels} channels, the layer takes {declared}",
                f"write {given.channels}, or change the layer above.",
            )
        sizes = _read_normalised(values, given, dialect)
        if values["groups"] != -1:
            count = sizes[0] if sizes and not values["normalized_shape"] else given.channels
            check_groups("input", count, values["groups"])
        return given

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Return a scale and a shift per channel, or per element of the shape that is given.

        Raises:
            NotLinear: which axis is meant depends on the order of the axes, which is not known.

        Source: measured with torch 2.13.0 and Keras 3.15.1. The means and variances of a batch
        norm are buffers in torch, and parameters that are not trained in Keras' `count_params`.
        """
        values, [given] = self.values(parameters), inputs
        sizes = _read_normalised(values, given, dialect)
        if sizes is None:
            raise NotLinear(
                f"axis {values['axis']} is spatial, or that of the channels where they are first",
                help="write data_format: channels_first or channels_last.",
            )
        count = prod(require_numbers(sizes))
        has_shift = KINDS.get(values["kind"] or "", True) and values["center"]
        trained = (bool(values["scale"]) + bool(has_shift)) if _is_affine(values, dialect) else 0
        moving = values["moving_statistics"]
        if moving is None:
            is_counted = counts_as_keras(dialect) or dialect == "paddle"
            moving = values["kind"] == "batch" and is_counted
        return (trained + (2 if moving else 0)) * count


def _is_affine(values: Mapping[str, Any], dialect: str) -> bool:
    affine = values["affine"]
    if affine is None:
        return values["kind"] != "instance" or dialect not in PLAIN_INSTANCE_NORMS
    return bool(affine)


def _read_normalised(values: Mapping[str, Any], given: Shape, dialect: str) -> list[Size] | None:
    """Return the sizes whose product is the number of scales; None where they are not known.

    Raises:
        UsageError: they are written in another form.
    """
    sizes, axes, order = values["normalized_shape"], values["axis"], values["data_format"]
    if sizes is None:
        if axes is None and (order is None or not counts_as_keras(dialect)):
            return [given.channels]
        listed = axes if isinstance(axes, (list, tuple)) else [-1 if axes is None else axes]
        found = split_axes(given, listed, "axis", order)[0]
        # Networks with channels first have axis 1 in their norms, and Keras' layers do not say so.
        is_open = order is None and len(listed) == 1
        return None if is_open and listed[0] not in (-1, len(given.sizes)) else found
    listed = list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]
    if not listed or not all(type(size) is int and size >= 1 for size in listed):
        raise UsageError(
            f"normalized_shape is {shorten(sizes)}",
            help="give the sizes, such as [64, 28, 28], or one number.",
            code="bad-value",
        )
    return listed


OPERATION: Operation = Norm()
