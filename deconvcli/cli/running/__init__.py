"""What `deconv run` does, in order: the layer, what is refused, the values, the report."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deconvcli.cli.running.job import Hint, job
from deconvcli.cli.running.streaming import from_file_to_file
from deconvcli.cli.running.target import refuse_target
from deconvcli.cli.running.told import told
from deconvcli.cli.running.whole import whole
from deconvcli.views.answers.report import Report


def run(source: str | None, options: Mapping[str, Any], hint: Hint) -> tuple[Report, bool]:
    """(what to print, whether everything agrees).

    source: the input file, None for random numbers. options: the command's, by name. hint: told
    what is good to know and no part of the report.
    """
    asked = job(source, options, hint)
    refuse_target(asked)
    values = from_file_to_file if options["mmap"] else whole
    return told(asked, values(asked))
