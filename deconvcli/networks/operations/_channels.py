"""What layers that mix channels share: how many come in and go out, and their groups."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.layers.axis import Size
from deconvcli.networks.operation import Key, KeyForm, Shape
from deconvcli.networks.operations._sizes import positive_channels, refuse

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
    "input channels, where you want them checked",
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


def entering(words: Mapping[str, Any], given: Shape) -> None:
    """Refuse an input with other channels than the layer says it takes."""
    said = words["in_channels"]
    if said is not None and given.channels != positive_channels(said, "in_channels"):
        refuse(
            "channels",
            f"the input has {given.channels} channels, the layer takes {said}",
            f"set in_channels to {given.channels}, or change the layer above.",
        )


def mixed(words: Mapping[str, Any], given: Shape) -> int:
    """Output channels, where groups divide both sides.

    Raises:
        Refused: the channels do not fit.
    """
    entering(words, given)
    out = positive_channels(words["out_channels"], "out_channels")
    for kind, count in (("input", given.channels), ("output", out)):
        divided(kind, count, words["groups"])
    return out


def divided(kind: str, count: Size, groups: Any) -> None:
    """Refuse channels that the groups do not divide."""
    if isinstance(count, int) and count % positive_channels(groups, "groups"):
        refuse(
            "groups",
            f"{count} {kind} channels cannot be split into {groups} equal groups",
            f"use a multiple of {groups}, or fewer groups.",
        )
