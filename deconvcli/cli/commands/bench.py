"""Time our kernel and the installed frameworks in one run.

Help section: Trust it, 2
"""

from __future__ import annotations

from typing import Any

import click

from deconvcli.bench.suites import SUITES
from deconvcli.cli.help import Command
from deconvcli.cli.listing import list_layers
from deconvcli.cli.options import (
    Word,
    layer_options,
    name_option,
    names_option,
    option,
    takes,
    takes_output,
)
from deconvcli.cli.output import Output, say
from deconvcli.cli.request import read_request
from deconvcli.cli.types import Seconds, Whole
from deconvcli.common.errors import UsageError

OWN = "A layer of your own"


@click.command(cls=Command, short_help=__doc__)
@takes(
    click.argument("what", nargs=-1, metavar="[LAYER ...] [CALL]"),
    option("--suite", type=Word(SUITES.names), help="Suite of layers to time.  [default: study]"),
    option("--list", "lists", is_flag=True, help="List the layers of the suites and time nothing."),
    names_option(
        "-D",
        "--frameworks",
        "frameworks",
        help="Time only these frameworks, such as torch,onnx@onnxruntime."
        "  [default: all installed]",
    ),
    option(
        "--seconds",
        type=Seconds(),
        default=1.0,
        show_default=True,
        help="Time for each engine on each layer, including pauses.",
    ),
    option(
        "--threads",
        type=Whole(1, 1024),
        help="Number of threads.  [default: one per usable CPU]",
    ),
    option(
        "--dtype",
        type=Word(("float32", "float64")),
        default="float32",
        show_default=True,
        help="Number type of all arrays.",
    ),
    option(
        "--engine",
        type=Word(("numba", "numpy", "reference")),
        default="numba",
        show_default=True,
        help="Which of our engines to time.",
    ),
    *layer_options(
        size="Input size: 64 or 64x64.",
        # Without a short name: -D names the frameworks here.
        dialect=name_option(
            "--dialect",
            "--framework",
            "dialect",
            help="The dialect of these options.  [default: as --padding suggests]",
            section=OWN,
        ),
        section=OWN,
        more=OWN,
    ),
)
@takes_output("the summary, or the names of --list")
def command(
    what: tuple[str, ...],
    suite: str | None,
    lists: bool,
    frameworks: tuple[str, ...] | None,
    threads: int | None,
    seconds: float,
    dtype: str,
    engine: str,
    output: Output,
    **options: Any,
) -> int:
    """Time our kernel and the installed frameworks in one run.

    LAYER is a layer of a suite, such as unet or HiFi-GAN/ups.0. A layer of your own is a pasted
    CALL, or options describe it. Every engine computes the same numbers in a process of its own.
    Its values are compared with ours, and the engines are timed in turn. Exits with 1 if values
    differ.

    \b
    Examples:
      deconv bench unet fcn8 HiFi-GAN/ups.0
      deconv bench --suite study --threads 2 --format markdown
      deconv bench -D torch,jax --in 64x64 'nn.ConvTranspose2d(128, 64, 4, 2, 1)'
    """
    if lists:
        output.show(list_layers(suite))
        return 0
    # NumPy and Numba load here, since listing needs neither.
    from deconvcli.bench.contest.benchmark import plan_benchmark, run_benchmark
    from deconvcli.bench.contest.contest import BenchmarkSettings
    from deconvcli.cli.benching import choose_layers
    from deconvcli.cli.figures import report_benchmark
    from deconvcli.cli.progress import progress
    from deconvcli.compute.runner import usable_cpus
    from deconvcli.frameworks.installed import note_missing, select_timed
    from deconvcli.frameworks.pasted.forms import is_layer_text

    calls = [text for text in what if is_layer_text(text)]
    if len(calls) > 1:
        raise UsageError("several calls were pasted", help="paste one; name others of a suite.")
    names = [text for text in what if text not in calls]
    own = read_request({**options, "call": next(iter(calls), None)})
    layers, rows = choose_layers(names, suite, own)
    installed, missing = select_timed(frameworks or ())
    settings = BenchmarkSettings(threads or usable_cpus(), seconds, dtype, engine)
    plan = plan_benchmark(layers, installed, settings)
    if plan.engine_note:
        say(plan.engine_note)
    with progress(plan.seconds) as bars:
        benchmark = run_benchmark(plan, bars("seconds"))
    output.show(report_benchmark(benchmark, rows, note_missing(missing)))
    return 0 if benchmark.is_right else 1
