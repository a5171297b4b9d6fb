"""Draw a layer as an animation, or the layers of a whole network.

Help section: One layer, 3
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any

import click

from deconvcli.cli.help import Command
from deconvcli.cli.model_options import CALL_OR_FILE_ARGUMENT, reader_option, size_option
from deconvcli.cli.options import (
    FORCE_OPTION,
    layer_options,
    option,
    out_option,
    print_options,
    takes,
)
from deconvcli.cli.output import Output
from deconvcli.cli.request import FLAGS, read_request
from deconvcli.cli.rows import layer_rows
from deconvcli.cli.types import Whole
from deconvcli.common.errors import UsageError
from deconvcli.common.files import format_path, open_atomically, report_write_errors
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.request import Understood
from deconvcli.layers.axis import Size
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Fields, Report
from deconvcli.views.drawing.clock import time_frames
from deconvcli.views.drawing.picture import draw_layer
from deconvcli.views.drawing.svg import write_animation, write_frame

NETWORK = "A network"
Writer = Callable[[Understood, int | None], bytes]


@click.command(cls=Command, short_help=__doc__)
@takes(
    CALL_OR_FILE_ARGUMENT,
    out_option(help="The file to write; its name ends in .svg, .png or .html."),
    *layer_options(),
    size_option(section=NETWORK),
    reader_option(section=NETWORK),
    option(
        "--frame",
        type=Whole(1, MAX_INT64),
        help="Draw only this frame.  [default: all; the last in a PNG]",
    ),
    FORCE_OPTION,
    *print_options("the file's name"),
)
def command(
    out: str | None,
    sizes: Mapping[str, tuple[Size, ...]],
    reader: str | None,
    frame: int | None,
    force: bool,
    format: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Draw a transposed convolution with its own numbers, or the layers of a network.

    Each input in turn stamps the kernel onto the full scatter, whose elements count the pairs of
    inputs and kernel elements that have reached them. Then the crop closes in. The file needs no
    other file and no network.

    CALL may be a model, such as net.onnx, or a config, net.yaml or net.yaml:NAME for one of its
    networks. Each resolution is a column, layers follow each other down, and arcs are skips;
    layers that change no size stand in the box before them, and what is wrong is marked.

    \b
    Examples:
      deconv draw --in 5x5 -k 3 -s 2 --padding same -o layer.svg
      deconv draw --in 5x5 -k 3 -s 2 --padding same -o layer.svg --frame 9
      deconv draw --in 8 'nn.ConvTranspose1d(1, 1, 4, 2, 1)' -o layer.png
      deconv draw --in 5x5 -k 3 -s 2 --padding same -o layer.html
      deconv draw net.onnx --size x=1x3x64x64 -o net.svg
    """
    if out is None:
        raise UsageError("-o is missing", help=f"give -o FILE with a name that ends in {_ENDINGS}.")
    write = _find_writer(out)
    path, name = _find_path(options["call"], reader)
    if path:
        _refuse_layer_options(frame, options)
        _draw_network(path, name, sizes, reader, out, force=force, output=Output(format, quiet))
        return
    if sizes or reader:
        raise UsageError(
            f"{'--size' if sizes else '--reader'} is of a network's file, and none is given",
            help="name one: deconv draw net.onnx; a layer takes --in.",
        )
    understood = read_request(options).understand()
    content = write(understood, frame)
    with open_atomically(out, force=force) as file, report_write_errors(format_path(out)):
        file.write(content)
    Output(format, quiet).show(_report(understood, out, len(content)))


def _find_path(call: str | None, reader: str | None) -> tuple[str, str]:
    """Return the file that is to be drawn and the name of a network in it; empty for a layer."""
    from deconvcli.checks.checking import find_path  # which a layer's options do not need

    if call is not None and os.path.isdir(call):
        raise UsageError(
            f"{format_path(call)} is a folder, and one picture shows one network",
            help="name a file in it: a model, or a config.",
        )
    if call is None or reader is not None:
        return call or "", ""
    return find_path(call)


def _refuse_layer_options(frame: int | None, options: Mapping[str, Any]) -> None:
    """Refuse the options of single layers where a file is drawn."""
    others = {"input_size": "--in", "batch": "--batch", "dialect": "-D/--dialect"}
    others |= {"variables": "--set", **FLAGS}
    flags = [flag for name, flag in others.items() if options[name] is not None]
    flags += ["--frame"] if frame is not None else []
    if flags:
        raise UsageError(
            f"{flags[0]} is of a single layer, and a file is drawn",
            help="leave it out; --size gives a network's input its size.",
        )


def _draw_network(
    path: str,
    name: str,
    sizes: Mapping[str, tuple[Size, ...]],
    reader: str | None,
    out: str,
    *,
    force: bool,
    output: Output,
) -> None:
    """Write the picture of a network, and report it."""
    from deconvcli.cli.pictures.files import WRITERS as NETWORK_WRITERS
    from deconvcli.cli.pictures.files import draw_file, report_network

    drawing = draw_file(path, name, sizes, reader)
    content = NETWORK_WRITERS[os.path.splitext(out)[1].lower()](drawing)
    with open_atomically(out, force=force) as file, report_write_errors(format_path(out)):
        file.write(content)
    output.show(report_network(drawing, out, len(content)))


def _find_writer(out: str) -> Writer:
    """Return the function that writes the format named by the file's ending.

    Raises:
        UsageError: the ending names no format.
    """
    ending = os.path.splitext(out)[1].lower()
    if ending not in WRITERS:
        raise UsageError(
            f"{format_path(out)} is not a picture format",
            help=f"use a name that ends in {_ENDINGS}.",
        )
    return WRITERS[ending]


def _svg(understood: Understood, frame: int | None) -> bytes:
    drawing = draw_layer(understood.shown)
    return (write_animation(drawing) if frame is None else write_frame(drawing, frame)).encode()


def _png(understood: Understood, frame: int | None) -> bytes:
    from deconvcli.views.drawing.png import render_png  # needs resvg, an optional dependency

    drawing = draw_layer(understood.shown)
    return render_png(drawing, drawing.scene.frames if frame is None else frame)


def _html(understood: Understood, frame: int | None) -> bytes:
    from deconvcli.views.page.write import write_page  # loads every dialect

    if frame is not None:
        raise UsageError("--frame has no effect on a page", help="leave it out, or write an .svg.")
    return write_page(understood.reading).encode()


WRITERS: dict[str, Writer] = {".svg": _svg, ".png": _png, ".html": _html}
_ENDINGS = " or ".join(WRITERS)


def _report(understood: Understood, out: str, size: int) -> Report:
    reading, drawing = understood.reading, draw_layer(understood.shown)
    frames, seconds = drawing.scene.frames, time_frames(drawing.scene).total
    rows = [
        ("file", f"{out} ({size:,} bytes)"),
        ("frames", f"{frames}, in {seconds:.1f} s"),
        ("output", size_text(understood.shown_output)),
        *layer_rows(understood),
        *[("note", note) for note in drawing.caption.notes],
    ]
    data = {
        "file": out,
        "bytes": size,
        "frames": frames,
        "seconds": seconds,
        "width": drawing.width,
        "height": drawing.height,
        "output": reading.output_sizes,
        "notes": drawing.caption.notes,
    }
    return Report("deconv.draw/1", out, [Fields(rows)], data, reading.findings)
