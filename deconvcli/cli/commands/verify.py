"""Compare our predictions with the installed frameworks.

Help section: Trust it, 1
"""

from __future__ import annotations

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import DIALECT, names_option, option, takes, takes_output
from deconvcli.cli.output import Output
from deconvcli.cli.types import Whole
from deconvcli.common.values import MAX_INT64

MOST = 10**6


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
        type=Whole(1, MOST),
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
        "--require", is_flag=True, help="Fail if a framework that our CI uses is not installed."
    ),
)
@takes_output("the number of disagreements")
def command(
    dialects: tuple[str, ...] | None, count: int, seed: int, require: bool, output: Output
) -> int:
    """Compute random layers in the installed frameworks and compare.

    Every framework runs in a process of its own. Shape, refusal and every value are compared. A
    disagreement comes with code that shows the framework's own answer. Exits with 1 if any
    disagreement is unexplained.

    \b
    Examples:
      deconv verify
      deconv verify -D torch,keras@jax -n 1000
      deconv verify --require --format json
    """
    # NumPy and Rich load here, where layers are about to be computed.
    from deconvcli.cli.progress import progress
    from deconvcli.cli.verifying import report_verification
    from deconvcli.frameworks.driver.verify import verify
    from deconvcli.frameworks.installed import select_frameworks

    installed, missing = select_frameworks(dialects or (), needs_extra=require, needs_any=True)
    with progress(count) as bars:
        verification = verify(installed, count, seed, bars)
    output.show(report_verification(verification, missing))
    if (dialects or require) and not verification.has_started_all:
        return 2
    return 1 if verification.disagreements else 0
