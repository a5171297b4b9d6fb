"""Layers of all kinds as pictures, from the options that a user would type."""

from __future__ import annotations

from typing import Any

import click

from deconvcli.cli.options import CALL_ARGUMENT, layer_options, takes
from deconvcli.cli.request import read_request
from deconvcli.layers.layer import Reading
from deconvcli.views.drawing.layout import Drawing
from deconvcli.views.drawing.picture import draw_layer

# Cropped, appended to, with gaps, 1-D, 3-D, large, far off, circular, and with nothing left.
LAYERS = (
    "--in 5x5 -k 3 -s 2 --padding same",
    "--in 4x5 -k 3 -d 2 -p 5 -D jax",
    "--in 3x2 -k 2 -s 3 -p 0 --op 1",
    "--in 6 -k 4 -s 2 -p 1",
    "--in 2x3x4 -k 3 -s 2",
    "--in 64x64 -k 4 -s 2 -p 1",
    "--in 900 -k 3 -s 2 -p -100:3 -D jax",
    "--in 3x3 -k 3 -s 2 -p circular -D flax",
    "--in 1 -k 2 -s 2 -p same --op 0",
)


@click.command()
@takes(CALL_ARGUMENT, *layer_options())
def layer(**options: Any) -> None:
    """Take the options alone: a command of the program would remember this context's --help."""


def read_options(line: str) -> Reading:
    """Return the layer of a command line."""
    return read_request(layer.make_context("layer", line.split()).params).understand().reading


def draw_options(line: str) -> Drawing:
    """Return the picture of a command line's layer."""
    return draw_layer(read_options(line))
