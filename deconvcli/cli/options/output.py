"""The format of the result, and the file that it goes to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import click
from click.core import ParameterSource

from deconvcli.cli.options.building import Word, option, takes
from deconvcli.cli.output import Output, open_output
from deconvcli.views.answers.renderers import RENDERERS


class FormatWord(Word):
    """The name of a format; another command's name, in the environment, means the default."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the name of a format that this command has."""
        if value not in self.choices and param and param.name and ctx and param.default is not None:
            in_environment = ctx.get_parameter_source(param.name) is ParameterSource.ENVIRONMENT
            # DECONV_FORMAT is set once for all commands of a CI job, and only some have `github`.
            if in_environment and value in _list_formats():
                return param.default
        return super().convert(value, param, ctx)


def _list_formats() -> list[str]:
    """Return the formats of all commands."""
    from deconvcli.checks.reporters import REPORTERS  # which only this question needs

    return [*RENDERERS.names, *REPORTERS.names]


def format_option(names: Sequence[str], help: str) -> Callable[[Any], Any]:
    """Return the option --format, one of these names; DECONV_FORMAT changes its default.

    A format that only other commands have is ignored there.
    """
    return option(
        "--format",
        "format",
        type=FormatWord(names),
        default="text",
        envvar="DECONV_FORMAT",
        show_envvar=True,
        show_default=True,
        help=help,
    )


def out_option(*aliases: str, metavar: str = "FILE", help: str) -> Callable[[Any], Any]:
    """Return the option -o/--out for the file that the command writes."""
    return option("-o", "--out", *aliases, "out", type=click.Path(), metavar=metavar, help=help)


FORCE_OPTION = option("--force", is_flag=True, help="Replace an existing file.")


def print_options(answer: str) -> tuple[Callable[[Any], Any], ...]:
    """Return --format and -q for a command whose bare result is this answer."""
    return (
        format_option(RENDERERS.names, help="Format of the result."),
        option("-q", "--quiet", "quiet", is_flag=True, help=f"Print only {answer}."),
    )


def takes_output(answer: str, *flags: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return a decorator that adds the options for the result, as one `output`.

    answer: what -q prints. flags: of the option for a file, where --out has another meaning.
    """

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        # `wraps` also copies the attribute in which Click keeps the options that the command has.
        @wraps(command)
        def call(*, format: str, quiet: bool, file: str | None, force: bool, **given: Any) -> Any:
            with open_output(file, force=force) as opened:
                return command(**given, output=Output(format, quiet, opened))

        out = option(
            *(flags or ("-o", "--out")),
            "file",
            type=click.Path(),
            metavar="FILE",
            help="Write the result to FILE instead of printing it.",
        )
        return takes(out, FORCE_OPTION, *print_options(answer))(call)

    return add
