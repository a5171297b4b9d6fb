"""Names of dialects and their implementations: one, or several separated by commas."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import click

from deconvcli.cli.help import OPTIONS
from deconvcli.cli.options.building import option
from deconvcli.cli.types import Typed
from deconvcli.common.errors import UsageError
from deconvcli.frameworks.converters import CONVERTERS
from deconvcli.frameworks.dialects import DIALECTS, in_order, resolve_name
from deconvcli.frameworks.targets import resolve_target

# Words that stand in place of names of dialects; `config` is the one that a network is in.
ALL, NONE, CONFIG = "all", "none", "config"


class DialectName(Typed):
    """One dialect, or one implementation of it: `torch`, `keras@jax`."""

    name = "dialect"
    metavar = "NAME"
    after_flag = ": "
    resolve: Callable[[str], str] = staticmethod(resolve_name)

    def __init__(self, *words: str) -> None:
        self.words = words  # accepted in place of a name

    def list_words(self) -> Iterable[str]:
        """Return every dialect, each with its implementations."""
        for name in DIALECTS.names:
            yield name
            yield from (f"{name}@{known}" for known in DIALECTS.take(name).implementations)
        yield from self.words

    def parse(self, text: str) -> Any:
        """Return the name used here, if the text is that or another usual name.

        Raises:
            UsageError: no dialect and no implementation has this name.
        """
        word = text.strip().lower()
        if word == ALL and ALL not in self.words:
            raise UsageError(
                "all is not a name here",
                help="name what you mean; deconv shape -D all compares all.",
            )
        if not word:
            raise UsageError(
                "a name is missing", help="write torch, or a list such as torch,keras."
            )
        return word if word in self.words else self.resolve(text)


class DialectNames(DialectName):
    """Dialects and implementations, separated by commas: `torch,keras@jax`."""

    metavar = "NAME[,NAME]"

    def parse(self, text: str) -> tuple[str, ...]:
        """Return the names, each of them known."""
        # Python finds no class for a bare super() within a generator.
        return tuple(super(DialectNames, self).parse(name) for name in text.split(","))


class TargetNames(DialectNames):
    """Dialects, implementations and converters: `onnx@opencv,tf2onnx`."""

    name = "target"
    resolve = staticmethod(resolve_target)

    def list_words(self) -> Iterable[str]:
        """Return every target."""
        return [*super().list_words(), *CONVERTERS.names]


def targets_option(*words: str, help: str) -> Callable[[Any], Any]:
    """Return an option for targets: a list by comma, to which a repeated option adds.

    words: `all`, where the option takes it; the command gets that word alone.
    """
    return option(
        "--targets",
        "--target",
        multiple=True,
        type=TargetNames(*words),
        callback=_join_targets,
        help=help,
    )


def _join_targets(
    ctx: click.Context, param: click.Parameter, given: Sequence[Sequence[str]]
) -> tuple[str, ...] | None:
    return _join(param, given) or None


def names_option(
    *names: str, words: Sequence[str] = (), help: str, section: str = OPTIONS
) -> Callable[[Any], Any]:
    """Return an option for dialects: a list by comma, to which a repeated option adds.

    The command gets a tuple without doubles, or None where the option is not given. words: `all`,
    `none` or `config`, where the option takes them; the first two become what they stand for.
    """
    return option(
        *names,
        multiple=True,
        type=DialectNames(*words),
        callback=_join_names,
        help=help,
        section=section,
    )


def name_option(*names: str, help: str, section: str = OPTIONS) -> Callable[[Any], Any]:
    """Return an option that accepts one dialect only; the command gets its name or None."""
    return option(
        *names,
        # Click would take the last of several names without a word.
        multiple=True,
        type=DialectNames(),
        metavar=DialectName.metavar,
        callback=_only_name,
        help=help,
        section=section,
    )


def _join_names(
    ctx: click.Context, param: click.Parameter, given: Sequence[Sequence[str]]
) -> tuple[str, ...] | None:
    if not given:
        return None
    names = _join(param, given)
    listed: dict[tuple[str, ...], tuple[str, ...]] = {(ALL,): tuple(in_order()), (NONE,): ()}
    return listed.get(names, names)


def _join(param: click.Parameter, given: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return all names without doubles, or a word that stands alone.

    Raises:
        UsageError: there is a word beside names.
    """
    names = tuple(dict.fromkeys(name for part in given for name in part))
    word = next((name for name in names if name in (ALL, NONE, CONFIG)), None)
    if word is not None and len(names) > 1:
        raise UsageError(
            f"{param.opts[0]} has {word} and other names", help=f"give {word} alone, or only names."
        )
    return names


def _only_name(
    ctx: click.Context, param: click.Parameter, given: Sequence[Sequence[str]]
) -> str | None:
    names = _join_names(ctx, param, given)
    if names is None:
        return None
    if len(names) > 1:
        raise UsageError(
            f"{'/'.join(param.opts[:2])} names {', '.join(names)}, and"
            f" {ctx.command_path} takes one dialect",
            help="name one; deconv shape and deconv explain compare several.",
        )
    return names[0]


DIALECT = ("-D", "--dialect", "--framework")

DIALECT_OPTION = name_option(
    *DIALECT,
    "dialect",
    help="The dialect of the options, such as torch or keras@jax."
    "  [default: as --padding suggests]",
)
