"""The shelf of converters: one file for each program, with what it refuses or changes."""

from __future__ import annotations

from deconvcli.common.shelf import Shelf
from deconvcli.frameworks.converter import Converter

CONVERTERS: Shelf[Converter] = Shelf("deconvcli.frameworks.converters", "CONVERTER", "converter")
