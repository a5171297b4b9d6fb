"""Dropout and identity, which do nothing when a network is run and keep the shape."""

from __future__ import annotations

from deconvcli.networks.operation import Call, Key, KeyForm, Operation
from deconvcli.networks.operations._same_shape import SameShape


class Dropout(SameShape):
    """A layer that acts in training only, or never."""

    name = "dropout"
    aliases = ("identity", "dropout1d", "dropout2d", "dropout3d", "spatial_dropout")
    title = "dropout, or nothing"
    keys = (Key("rate", KeyForm.ANY, None, "share of the elements set to zero", aliases=("p",)),)
    calls = (
        Call("torch", ("Dropout", "Dropout{n}d", "AlphaDropout", "Identity", "ChannelShuffle")),
        Call("paddle", ("Dropout2D", "Dropout3D")),
        Call("keras", ("SpatialDropout{n}D", "GaussianDropout", "GaussianNoise")),
    )


OPERATION: Operation = Dropout()
