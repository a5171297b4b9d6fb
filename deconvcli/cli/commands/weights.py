"""Make bilinear, nearest or ones weights in a layer's layout.

Help section: One layer, 7
"""

from __future__ import annotations

from typing import Any

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import (
    CALL_ARGUMENT,
    FORCE_OPTION,
    Word,
    layer_options,
    option,
    out_option,
    print_options,
    takes,
)
from deconvcli.cli.output import Output
from deconvcli.cli.request import NAMES, read_request
from deconvcli.cli.rows import layer_rows
from deconvcli.common.values import axis_name
from deconvcli.frameworks.request import LayerRequest, Understood
from deconvcli.layers.axis import Linear
from deconvcli.layers.text import size_text
from deconvcli.views.answers.report import Fields, Lines, Report

MOST_SUMS = 8


@click.command(cls=Command, short_help=__doc__)
@takes(
    click.argument("kind", type=Word(("bilinear", "nearest", "ones"))),
    CALL_ARGUMENT,
    *layer_options(size="Input size: 5 or 5x5; a pasted call needs none."),
    out_option(metavar="W.npy", help="Write the weights to W.npy."),
    option(
        "--normalize",
        is_flag=True,
        help="Divide the taps on every output away from the edges by their sum.",
    ),
    option(
        "--dtype",
        type=Word(("float16", "float32", "float64")),
        default="float32",
        show_default=True,
        help="Number type of the weights.",
    ),
    FORCE_OPTION,
    *print_options("the shape of the weights"),
)
def command(
    kind: str,
    out: str | None,
    normalize: bool,
    dtype: str,
    force: bool,
    format: str,
    quiet: bool,
    **options: Any,
) -> None:
    """Make the weights that a layer starts from, in its dialect's layout.

    The kernel stands on the diagonal of the channels: each output channel is made of the input
    channel of its own number, within its group. `bilinear` is a hat along each axis, as wide as the
    kernel, `nearest` the taps that repeat each input, and `ones` has every tap 1.

    The report says where the layer then equals interpolation, and where it does not or why, and
    shows the lines of NumPy that make the same array.

    \b
    Examples:
      deconv weights bilinear 'nn.ConvTranspose2d(21, 21, 4, 2, 1)' -o w.npy
      deconv weights bilinear --in 8x8 -k 4 -s 2 -p same -D keras
      deconv weights ones 'nn.ConvTranspose1d(8, 8, 5, 2, groups=8)' --normalize
    """
    # NumPy loads here, where an array is about to be made.
    from deconvcli.compute import npyfile
    from deconvcli.compute.initial_weights import make_weights

    understood = _understand(read_request(options))
    # As the pasted call's framework stores the taps, which may not be the dialect's order.
    made = make_weights(understood.own, kind, normalize=normalize, dtype=dtype)
    if out is not None:
        npyfile.write(out, made.array, force=force)
    reading = understood.reading
    shape, layout = made.array.shape, str(reading.weight_layout)
    names = [axis_name(place, len(made.axes)) for place in range(len(made.axes))]
    sums = [_sums_text(axis.sums, axis.gaps) for axis in made.axes]
    rows = [
        ("weights", f"{size_text(shape)} ({dtype})"),
        *([("file", out)] if out else []),
        ("layout", layout),
        *layer_rows(understood)[:1],
        (
            "tap sums",
            sums[0]
            if len(set(sums)) == 1
            else "; ".join(f"{name} {text}" for name, text in zip(names, sums, strict=True)),
        ),
        ("result", made.sentences[0]),
        *[("note", sentence) for sentence in made.sentences[1:]],
    ]
    if understood.assumed:
        rows.append(("assumed", f"1 for {' and '.join(understood.assumed)}"))
    data = {
        "kind": kind,
        "dialect": reading.spelling.name,
        "parameters": dict(reading.spelling.arguments),
        "shape": shape,
        "layout": list(reading.weight_layout.axes),
        "dtype": dtype,
        "normalized": normalize,
        "axes": [
            {
                "axis": name,
                "taps": axis.taps.tolist(),
                "sums": axis.sums,
                "gaps": axis.gaps,
                "edges": [axis.before, axis.after],
                "shift": axis.shift,
            }
            for name, axis in zip(names, made.axes, strict=True)
        ],
        "interpolates": all(axis.shift == 0 for axis in made.axes),
        "sentences": made.sentences,
        "code": made.code,
        "file": out,
    }
    code = Lines([f"  {line}" for line in made.code])
    report = Report(
        "deconv.weights/1", size_text(shape), [Fields(rows), code], data, reading.findings
    )
    Output(format, quiet).show(report)


def _understand(request: LayerRequest) -> Understood:
    """Return the layer; of a call without an input the size stays open, as weights need none."""
    if request.call and request.input_size is None:
        pasted = request.parse()[0]
        if pasted.data is None:
            request = request._replace(input_size=(Linear("N"),))
    return request.understand().assume_minimum(NAMES)


def _sums_text(sums: tuple[float, ...], gaps: int) -> str:
    """Return the sums of the taps on each output of a stride, a number that all share once."""
    shown = [f"{one:.4g}" for one in sums]
    texts = shown[:1] if len(set(shown)) == 1 else shown[:MOST_SUMS]
    more = [f"{len(sums) - len(texts)} more"] if len(texts) > 1 and len(sums) > len(texts) else []
    none = [f"none on {gaps}"] if gaps else []
    return ", ".join([*texts, *more, *none])
