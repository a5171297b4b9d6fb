"""The picture of a network as the content of a file, and the report about it."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from deconvcli.cli.model_options import refuse_name
from deconvcli.cli.pictures.configs import GivenSizes, picture_config
from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.files import format_path
from deconvcli.models.model import OTHER_FILE
from deconvcli.models.reading import find_reader, list_suffixes
from deconvcli.views.answers.report import Fields, Report
from deconvcli.views.drawing.network.graph import DrawnNetwork
from deconvcli.views.drawing.network.layout import NetworkDrawing, draw_network
from deconvcli.views.drawing.network.svg import write_light_network, write_network

_CONFIGS = (".yaml", ".yml", ".json")
MAX_PIXELS = 40_000_000
"""The most pixels of a PNG, which takes four bytes of memory for each."""


def draw_file(path: str, name: str, sizes: GivenSizes, reader: str | None) -> NetworkDrawing:
    """Return the picture of a model, or of a network in a config. name: empty for the only one.

    Raises:
        Unreadable: the file cannot be read, or something in it is wrong.
        UsageError: it has no connections, or there is no such network, input or number of axes.
    """
    return draw_network(_read_network(path, name, sizes, reader))


def _read_network(path: str, name: str, sizes: GivenSizes, reader: str | None) -> DrawnNetwork:
    if reader is None and find_reader(path) is None:
        return _read_config(path, name, sizes)
    # Configs are drawn without the readers of models.
    from deconvcli.cli.pictures.models import picture_model

    refuse_name(path, name)
    return picture_model(path, os.path.basename(path), sizes, reader)


def _read_config(path: str, name: str, sizes: GivenSizes) -> DrawnNetwork:
    try:
        return picture_config(path, name, sizes)
    except Unreadable as error:
        suffix = os.path.splitext(path)[1].lower()
        if suffix in _CONFIGS or error.code == OTHER_FILE:
            raise
        known = ", ".join([*_CONFIGS, *list_suffixes()])
        raise UsageError(
            f"{format_path(path)} is neither a config nor a model by its name, whose end is one of"
            f" {known}",
            help="name such a file, choose its --reader, or export the model as ONNX.",
            code="no-reader",
        ) from error


def _write_svg(drawing: NetworkDrawing) -> bytes:
    return write_network(drawing).encode()


def _write_png(drawing: NetworkDrawing) -> bytes:
    from deconvcli.views.drawing.png import rasterize  # needs resvg, an optional dependency

    most = (MAX_PIXELS / (drawing.width * drawing.height)) ** 0.5
    return rasterize(write_light_network(drawing), min(2, most))


def _write_html(drawing: NetworkDrawing) -> bytes:
    from deconvcli.views.drawing.network.page import write_page

    return write_page(drawing).encode()


WRITERS: dict[str, Callable[[NetworkDrawing], bytes]] = {
    ".svg": _write_svg,
    ".png": _write_png,
    ".html": _write_html,
}


def report_network(drawing: NetworkDrawing, out: str, size: int) -> Report:
    """Return what was drawn. size: of the file, in bytes."""
    network = drawing.network
    problems = [problem.text for problem in network.problems]
    rows = [
        ("file", f"{out} ({size:,} bytes)"),
        ("network", network.title),
        ("drawn", " ".join(drawing.summary)),
        *[("problem", text) for text in problems],
        *[("note", text) for text in network.notes],
    ]
    data: dict[str, Any] = {
        "file": out,
        "bytes": size,
        "network": network.title,
        "layers": sum(not layer.is_input for layer in network.layers),
        "boxes": len(drawing.boxes),
        "resolutions": len(drawing.columns),
        "width": drawing.width,
        "height": drawing.height,
        "problems": problems,
        "notes": list(network.notes),
    }
    return Report("deconv.draw.network/1", out, [Fields(rows)], data)
