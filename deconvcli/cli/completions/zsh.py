"""Zsh: the tree as specifications for `_arguments`, which does the completing."""

from __future__ import annotations

import re
from shlex import quote

from deconvcli.cli.completions.tree import CompletedCommand, CompletedOption, Value

_HEAD = """\
#compdef deconv
# Completion of deconv for zsh.
# Written by `python -m deconvcli.cli.completions`; changes here are lost.

_deconv() {
    local curcontext=$curcontext context state state_descr line ret=1
    local -a commands
    local -A opt_args
"""

_COMMANDS = """\
    if [[ $state == command ]]; then
        commands=(
{commands}
        )
        _describe -t commands command commands && ret=0
    fi
"""

_ARGUMENTS = """\
    if [[ $state == arguments ]]; then
        curcontext="${curcontext%:*:*}:deconv-$words[1]:"
        case $words[1] in
"""

_TAIL = """\
        esac
    fi
    return ret
}

# Loaded from a folder of $fpath it is called at once; sourced, it only says what it completes.
if [[ $funcstack[1] == _deconv ]]; then
    _deconv "$@"
else
    compdef _deconv deconv
fi
"""


def script(commands: list[CompletedCommand]) -> str:
    """Return the file `_deconv` for a folder of $fpath; it can be sourced after compinit too."""
    program, *others = commands
    # What follows the command becomes $words of its own, which starts at the command.
    specs = [*_options(program), "'1:command:->command'", "'*::argument:->arguments'"]
    named = [f"            {quote(f'{command.name}:{command.help}')}" for command in others]
    return "".join(
        [
            _HEAD,
            _arguments("-s -S -C", specs, "    "),
            _COMMANDS.format(commands="\n".join(named)),
            _ARGUMENTS,
            *(_command(command) for command in others),
            _TAIL,
        ]
    )


def _command(command: CompletedCommand) -> str:
    specs = _options(command)
    if command.argument is not None:
        specs.append(quote("*" + _value(command.argument)))
    arguments = _arguments("-s -S", specs, " " * 16)
    return f"            {command.name})\n{arguments}                ;;\n"


def _arguments(flags: str, specs: list[str], indent: str) -> str:
    lines = [f"{indent}_arguments {flags} :", *specs]
    return f" \\\n{indent}    ".join(lines) + " && ret=0\n"


def _options(command: CompletedCommand) -> list[str]:
    return [_option(option) for option in command.options]


def _option(option: CompletedOption) -> str:
    names = [name + _glue(name) if option.value else name for name in option.names]
    once = "*" if option.repeats else f"({' '.join(option.names)})"
    name = names[0] if len(names) == 1 else f"{{{','.join(names)}}}"
    value = _value(option.value) if option.value else ""
    return f"{quote(once)}{name}{quote(_help(option.help) + value)}"


def _help(text: str) -> str:
    escaped = re.sub(r"([\[\]\\:])", r"\\\1", text)
    return f"[{escaped}]" if text else ""


def _glue(name: str) -> str:
    """Return the mark for `_arguments` that the value may follow in the same word: --in=5, -k3."""
    return "=" if name.startswith("--") else "+"


def _value(value: Value) -> str:
    label = value.label.replace("\\", r"\\").replace(":", r"\:")
    words = " ".join(value.words)
    if value.is_list:
        return f":{label}:{{_sequence compadd - {words}}}"
    if not value.files:
        return f":{label}:({words})" if words else f":{label}: "
    files = f'_files -g "*{value.suffix}(-.)"' if value.suffix else "_files"
    return f":{label}:{{compadd - {words}; {files}}}" if words else f":{label}:{files}"
