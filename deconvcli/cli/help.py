"""Commands whose --help lists options by section."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import click

OPTIONS = "Options"


class Option(click.Option):
    """An option that --help lists in a section of its own name."""

    def __init__(self, *arguments: Any, section: str = OPTIONS, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self.section = section


class FromSource(click.Command):
    """A command or a group whose help is there although `python -OO` has removed docstrings."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the docstring of the function, from its source where nothing else has it."""
        from deconvcli.common.docstrings import read_docstring  # which only help needs

        if self.help is None and self.callback is not None:
            self.help = read_docstring(self.callback)
        super().format_help_text(ctx, formatter)


class Command(FromSource):
    """A command whose --help lists its options by section."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; `-pad 1` is a misspelled --pad, not -p with the value `ad`."""
        for arg in args:
            if arg[:1] == "-" and arg[1:3].isalpha():
                given = f"-{arg.partition('=')[0]}"
                if len(given) > 3 and any(
                    name.startswith(given) for param in self.params for name in param.opts
                ):
                    raise click.NoSuchOption(given[1:], ctx=ctx)
        return super().parse_args(ctx, args)

    def make_parser(self, ctx: click.Context) -> Any:
        """Return Click's parser, which finds `-k` at once and takes `-k=3` as `-k 3`."""
        parser = super().make_parser(ctx)
        # Click looks for a long option first, and compares each -k with all names for a guess. Its
        # tables are private: without them -k takes a little longer, and is still found.
        with suppress(AttributeError):
            parser._long_opt.update(parser._short_opt)
        return parser

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the sections, each in the order in which the command declares its options."""
        # It comes first, whichever option is declared first.
        sections: dict[str, list[tuple[str, str]]] = {OPTIONS: []}
        for param in self.get_params(ctx):
            record = param.get_help_record(ctx)
            if record is not None and isinstance(param, click.Option):
                sections.setdefault(getattr(param, "section", OPTIONS), []).append(record)
        for title, records in sections.items():
            with formatter.section(title):
                formatter.write_dl(records)
