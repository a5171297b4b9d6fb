"""The shelf of vocoders and codecs whose configs are read: one file for each rule of padding."""

from __future__ import annotations

from deconvcli.common.shelf import Shelf
from deconvcli.models.vocoders._family import HOP, Decoder, Family, Upsampling

__all__ = [
    "FAMILIES",
    "HOP",
    "Decoder",
    "Family",
    "Upsampling",
]

FAMILIES: Shelf[Family] = Shelf("deconvcli.models.vocoders", "FAMILY", "family")
