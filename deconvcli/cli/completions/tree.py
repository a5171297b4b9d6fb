"""The commands, options and values to complete, read through Click's public interface."""

from __future__ import annotations

import re
from typing import NamedTuple

import click

_SUFFIX = re.compile(r"\.\w+")
# Words that need no quoting in any of the shells.
_PLAIN = re.compile(r"[A-Za-z0-9_@.+-]+")


class Value(NamedTuple):
    """The values for one place: words, files (those with `suffix` first), or free text.

    is_list: whether further words may follow, after commas.
    """

    label: str
    words: tuple[str, ...]
    files: bool
    suffix: str
    is_list: bool = False


class CompletedOption(NamedTuple):
    """One option under all its names; without a value it is a flag."""

    names: tuple[str, ...]
    help: str
    repeats: bool
    value: Value | None


class CompletedCommand(NamedTuple):
    """A command; the program itself has an empty name, and its argument is a command."""

    name: str
    help: str
    options: tuple[CompletedOption, ...]
    argument: Value | None


def read_commands(program: click.Group) -> list[CompletedCommand]:
    """Return the program itself, then its commands as --help lists them; nothing hidden.

    Raises:
        ValueError: a word to be completed would need quoting in a shell.
    """
    context = click.Context(program, **program.context_settings)
    found = ((name, program.get_command(context, name)) for name in program.list_commands(context))
    commands = [
        _command(name, click.Context(command, context, name, **command.context_settings))
        for name, command in found
        if command is not None and not command.hidden
    ]
    names = Value("command", tuple(command.name for command in commands), False, "")
    return [_command("", context)._replace(argument=names), *commands]


def _command(name: str, context: click.Context) -> CompletedCommand:
    options, arguments = [], []
    for param in context.command.get_params(context):
        value = _value(param, context)
        if isinstance(param, click.Option) and not param.hidden:
            options.append(_option(param, value))
        elif isinstance(param, click.Argument):
            arguments.append(value)
    # Click's own limit of 45 characters would cut most of them off.
    help, *_ = context.command.get_short_help_str(limit=1000).splitlines() or [""]
    return CompletedCommand(name, help, tuple(options), _join_arguments(arguments))


def _option(option: click.Option, value: Value) -> CompletedOption:
    return CompletedOption(
        (*option.opts, *option.secondary_opts),
        " ".join((option.help or "").split()),
        option.multiple or option.count,
        None if option.is_flag or option.count else value,
    )


def _join_arguments(arguments: list[Value]) -> Value | None:
    """Return all arguments of a command as one: the scripts do not count them."""
    if not arguments:
        return None
    return Value(
        " ".join(argument.label for argument in arguments),
        tuple(word for argument in arguments for word in argument.words),
        any(argument.files for argument in arguments),
        next((argument.suffix for argument in arguments if argument.suffix), ""),
    )


def _value(param: click.Parameter, context: click.Context) -> Value:
    items = param.shell_complete(context, "")
    suffix = _SUFFIX.search(param.metavar or "")  # INPUT.npy stands for a file, whatever its type
    return Value(
        (param.metavar or str(param.name)).replace("_", " "),
        tuple(_plain(item.value) for item in items if item.type == "plain"),
        bool(suffix) or any(item.type in ("file", "dir") for item in items),
        suffix[0] if suffix else "",
        "[," in param.make_metavar(context),
    )


def _plain(word: str) -> str:
    if not _PLAIN.fullmatch(word):
        raise ValueError(f"{word!r} would need quoting in the shells; name it {_PLAIN.pattern}")
    return word
