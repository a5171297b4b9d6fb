"""Compare our predictions with the installed frameworks.

Help section: Trust it, 1
"""

from __future__ import annotations

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import DIALECT, names_option, option, takes, takes_output
from deconvcli.cli.output import Output
from deconvcli.cli.types import Whole
from deconvcli.common.errors import UsageError
from deconvcli.common.values import MAX_INT64

MAX_LAYERS = 10**6


@click.command(cls=Command, short_help=__doc__)
@takes(
    names_option(
        *DIALECT,
        "dialects",
        help="Verify only these, such as torch,keras@jax.  [default: all installed]",
    ),
    option(
        "-n",
        "--n",
        "count",
        type=Whole(1, MAX_LAYERS),
        default=200,
        show_default=True,
        help="Number of layers per framework.",
    ),
    option(
        "--seed",
        type=Whole(0, MAX_INT64),
        default=0,
        show_default=True,
        help="Seed of the random layers.",
    ),
    option(
        "--layer",
        "only",
        type=Whole(0, MAX_LAYERS),
        help="Verify only the layer of this number, as findings have it.",
    ),
    option(
        "--convert",
        "converts",
        is_flag=True,
        help="Compare the modules that deconv convert prints with their source's values.",
    ),
    names_option(
        "--to",
        "targets",
        help="With --convert: run the modules of these dialects.  [default: all installed]",
    ),
    option(
        "--require", is_flag=True, help="Fail if a framework that our CI uses is not installed."
    ),
)
@takes_output("the number of disagreements")
def command(
    dialects: tuple[str, ...] | None,
    count: int,
    seed: int,
    only: int | None,
    converts: bool,
    targets: tuple[str, ...] | None,
    require: bool,
    output: Output,
) -> int:
    """Compute random layers in the installed frameworks and compare.

    Every framework runs in a process of its own. Shape, refusal and every value are compared. A
    disagreement comes with code that shows the framework's own answer. Exits with 1 if any
    disagreement is unexplained.

    --convert compares frameworks with each other: each layer of those of -D is carried into each of
    --to, and the module that deconv convert prints is run there. Its values have to be those of the
    layer's own framework, exactly, and 97 % of the layers have to be expressible.

    \b
    Examples:
      deconv verify
      deconv verify -D torch,keras@jax -n 1000
      deconv verify --require --format json
      deconv verify --convert -D torch --to keras -n 50
    """
    if converts:
        return _verify_conversions(dialects, targets, count, seed, only, require, output)
    if targets is not None:
        raise UsageError(
            "--to without --convert", help="add --convert, or name the frameworks with -D."
        )
    # NumPy and Rich load here, where layers are about to be computed.
    from deconvcli.cli.progress import progress
    from deconvcli.cli.verifying import report_verification
    from deconvcli.frameworks.driver.verify import verify
    from deconvcli.frameworks.installed import select_frameworks

    installed, missing = select_frameworks(dialects or (), needs_extra=require, needs_any=True)
    with progress(count if only is None else 1) as bars:
        verification = verify(installed, count, seed, bars, only)
    output.show(report_verification(verification, missing))
    if (dialects or require) and not verification.has_started_all:
        return 2
    return 1 if verification.disagreements else 0


def _verify_conversions(
    dialects: tuple[str, ...] | None,
    targets: tuple[str, ...] | None,
    count: int,
    seed: int,
    only: int | None,
    require: bool,
    output: Output,
) -> int:
    """Run the modules of conversions, print the report and return the exit code."""
    from deconvcli.cli.progress import progress
    from deconvcli.cli.verifying_conversions import report_conversion_verification
    from deconvcli.conversion.execution import can_run_modules
    from deconvcli.conversion.verification import verify_conversions
    from deconvcli.frameworks.installed import select_frameworks

    sources = select_frameworks(
        dialects or (),
        needs_extra=require,
        needs_any=True,
        accepts=lambda framework: framework.has_values,
    )
    into = select_frameworks(
        targets or (), needs_extra=require, needs_any=True, accepts=can_run_modules
    )
    if sources.installed == into.installed and len(sources.installed) == 1:
        [alone] = sources.installed
        raise UsageError(
            f"{alone.dialect} is the only framework, and a layer is carried into another one",
            help="name others with -D or --to, or install them.",
            code="one-framework",
        )
    with progress(count if only is None else 1) as bars:
        verification = verify_conversions(
            sources.installed, into.installed, count, seed, bars, only
        )
    missing = dict.fromkeys([*sources.missing, *into.missing])
    output.show(report_conversion_verification(verification, list(missing)))
    if (dialects or targets or require) and not verification.has_started_all:
        return 2
    return 0 if verification.holds else 1
