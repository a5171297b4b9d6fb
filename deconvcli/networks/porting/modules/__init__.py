"""The shelf of modules: how each framework's code makes a network."""

from __future__ import annotations

from deconvcli.common.shelf import Shelf
from deconvcli.frameworks.dialects import take
from deconvcli.networks.porting.modules._code import Written
from deconvcli.networks.porting.modules._module import Module

__all__ = ["MODULES", "Module", "Written", "find_module"]

MODULES: Shelf[Module] = Shelf("deconvcli.networks.porting.modules", "MODULE", "module")


def find_module(target: str) -> Module | None:
    """Return how the framework of a dialect writes a network, if deconv writes it."""
    name = take(target)[0].name
    return MODULES.take(name) if name in MODULES.names else None
