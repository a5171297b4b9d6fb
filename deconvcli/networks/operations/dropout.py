"""Dropout and identity: what trains and does not compute; the shape stays."""

from __future__ import annotations

from deconvcli.networks.operation import Call, Key, KeyForm, Operation
from deconvcli.networks.operations._kept import Kept


class Dropout(Kept):
    """Nothing, when the network runs."""

    name = "dropout"
    aliases = ("identity", "dropout1d", "dropout2d", "dropout3d", "spatial_dropout")
    title = "dropout, or nothing"
    keys = (Key("rate", KeyForm.ANY, None, "share of the elements left out", aliases=("p",)),)
    calls = (
        Call("torch", ("Dropout", "Dropout{n}d", "Identity")),
        Call("keras", ("SpatialDropout{n}D",)),
    )


OPERATION: Operation = Dropout()
