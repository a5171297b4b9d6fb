"""Layers that add elements to the ends of axes, or remove them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from deconvcli.networks.operation import Shape
from deconvcli.networks.porting.source import Source
from deconvcli.networks.porting.step import Pairs, Step
from deconvcli.networks.porting.words import find_word

ZEROS = "zeros"
# The end of a class that is of one rank: Pad2d, Padding2D.
_RANK = re.compile(r"\d[dD]$")
# The frameworks' words for what the added elements are.
PAD_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "zeros": ZEROS,
        "constant": ZEROS,
        "reflect": "reflect",
        "reflection_pad": "reflect",
        "replicate": "replicate",
        "replication_pad": "replicate",
        "edge": "replicate",
        "symmetric": "symmetric",
        "circular": "circular",
        "circular_pad": "circular",
        "wrap": "circular",
    }
)


def make_pad(shape: Shape, pairs: Pairs, mode: Any) -> Step:
    """Return a pad by (begin, end) on each axis. mode: a word, or the number that is added."""
    axes = zip(shape.spatial, pairs, strict=True)
    longer = shape._replace(spatial=tuple([n + begin + end for n, (begin, end) in axes]))
    return Step("pad", {"amount": pairs, "mode": mode}, (shape,), longer)


def make_cut(source: Source) -> list[Step]:
    """Return the crop, or the pad, that gives a layer its size; nothing where it has it."""
    pairs = source.cut
    if not any(any(pair) for pair in pairs):
        return []
    cuts = tuple([(max(0, begin), max(0, end)) for begin, end in pairs])
    if any(any(pair) for pair in cuts):
        return [Step("crop", {"amount": cuts}, (source.given,), source.output)]
    pads = tuple([(-begin, -end) for begin, end in pairs])
    return [make_pad(source.given, pads, _read_mode(source))]


def _read_mode(source: Source) -> Any:
    """Return what the added elements are: a word of ours, or a number."""
    given = source.keys.get("mode")
    if given is None:
        called = _RANK.sub("", source.called) if source.call else source.called
        given = find_word(called, PAD_WORDS) or ZEROS
    if isinstance(given, int | float) and not isinstance(given, bool):
        return given or ZEROS
    word = find_word(given, PAD_WORDS)
    if word is None:
        source.refuse(f"the elements that it adds are {given}", "use zeros, reflect or replicate.")
    return PAD_WORDS[word]
