"""The channels of layers that mix them: how many come in and go out, and their groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Key, KeyForm, Shape
from deconvcli.networks.operations._sizes import read_channels, refuse

OUT_CHANNELS = Key(
    "out_channels",
    KeyForm.INTEGER,
    None,
    "output channels",
    required=True,
    aliases=("filters", "features"),
    at_least=1,
)
IN_CHANNELS = Key(
    "in_channels",
    KeyForm.INTEGER,
    None,
    "input channels, if you want them checked",
    aliases=("in_features",),
    at_least=1,
)
GROUPS = Key(
    "groups",
    KeyForm.INTEGER,
    1,
    "independent groups of channels",
    aliases=("group", "feature_group_count"),
    at_least=1,
)


def check_in_channels(values: Mapping[str, Any], given: Shape) -> None:
    """Refuse an input whose channels differ from those that the layer declares."""
    declared = values["in_channels"]
    if declared is not None and given.channels != read_channels(declared, "in_channels"):
        refuse(
            "channels",
            f"the input has {given.channels} channels, the layer takes {declared}",
            f"set in_channels to {given.channels}, or change the layer above.",
        )


def read_out_channels(values: Mapping[str, Any], given: Shape) -> int:
    """Return the output channels, once groups are known to divide both sides.

    Raises:
        Refused: the channels do not fit.
    """
    check_in_channels(values, given)
    out = read_channels(values["out_channels"], "out_channels")
    for kind, count in (("input", given.channels), ("output", out)):
        check_groups(kind, count, values["groups"])
    return out


def check_groups(kind: str, count: Size, groups: Any) -> None:
    """Refuse channels that the groups do not divide."""
    # Channels in letters, as a flatten makes them, cannot be divided here.
    if isinstance(count, int) and count % read_channels(groups, "groups"):
        refuse(
            "groups",
            f"{count} {kind} channels cannot be split into {groups} equal groups",
            f"use a multiple of {groups} channels, or fewer groups.",
        )
