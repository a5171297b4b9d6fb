"""The shelf of programs: how each framework's code makes a layer, slices, pads and concatenates."""

from __future__ import annotations

from deconvcli.common.shelf import Shelf
from deconvcli.conversion.program import Program

PROGRAMS: Shelf[Program] = Shelf("deconvcli.conversion.programs", "PROGRAM", "program")


def take_program(dialect: str) -> Program:
    """Return the program of a dialect; without one, that which writes steps with NumPy."""
    return PROGRAMS.take(dialect) if dialect in PROGRAMS.names else Program()
