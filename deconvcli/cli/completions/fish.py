"""Fish: one `complete` line per option, each bound to its command."""

from __future__ import annotations

from deconvcli.cli.completions.tree import CompletedCommand, CompletedOption, Value

_HEAD = """\
# Completion of deconv for fish.
# Written by `python -m deconvcli.cli.completions`; changes here are lost.

# Whether the line is at this command; without an argument, whether no command is typed yet.
function __deconv_at
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if not string match -q -- '-*' $word
            test "$word" = "$argv"
            return
        end
    end
    test -z "$argv"
end

# Files with this suffix, then all others; for the value of --option=value as well.
function __deconv_files
    set -l token (commandline -ct | string replace -r -- '^--[^=]*=' '')
    __fish_complete_suffix "$token" $argv
end

# These words, each after the commas and words that are typed already.
function __deconv_list
    set -l token (commandline -ct | string replace -r -- '^--[^=]*=' '')
    printf '%s\\n' (string replace -r -- '[^,]*$' '' "$token")$argv
end

complete -c deconv -f
"""


def script(commands: list[CompletedCommand]) -> str:
    """Return the file for fish's folder of completions."""
    program, *others = commands
    named = [f"-a {command.name} -d {_quote(command.help)}" for command in others]
    return (
        _HEAD
        + _lines("__deconv_at", [*named, *_options(program)])
        + "".join(_command(command) for command in others)
    )


def _command(command: CompletedCommand) -> str:
    argument = [_value(command.argument)] if command.argument else []
    return _lines(f"__deconv_at {command.name}", [*argument, *_options(command)])


def _lines(condition: str, ends: list[str]) -> str:
    return "\n" + "".join(f"complete -c deconv -n '{condition}' {end}\n" for end in ends)


def _options(command: CompletedCommand) -> list[str]:
    return [_option(option) for option in command.options]


def _option(option: CompletedOption) -> str:
    names = " ".join(
        f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names
    )
    takes = f" -r {_value(option.value)}" if option.value else ""
    help = f" -d {_quote(option.help)}" if option.help else ""
    return f"{names}{takes}{help}"


def _value(value: Value) -> str:
    """Return words in their order, then files; `-f` offers no files, `-F` all of them."""
    if value.is_list:
        return f"-f -k -a '(__deconv_list {' '.join(value.words)})'"
    # A word that ends in a tab is shown without the option's description.
    offered = [rf"{word}\t" for word in value.words]
    if value.suffix:
        offered.append(f"(__deconv_files {value.suffix})")
    flag = "-F" if value.files and not value.suffix else "-f"
    return f"{flag} -k -a '{' '.join(offered)}'" if offered else flag


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
