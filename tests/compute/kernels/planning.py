"""Layers are planned once; who changes how they are, plans them anew."""

from __future__ import annotations

from deconvcli.compute.kernels import engine


def forget() -> None:
    """What the engine remembers of layers."""
    engine._choose.cache_clear()
    engine._cut.cache_clear()
