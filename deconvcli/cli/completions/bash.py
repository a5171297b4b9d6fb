"""Bash: a table of the words for each place, and a function that picks from it.

Only file names take another process. Before bash 4 (macOS has 3.2) files are not filtered, and are
offered for numbers too.
"""

from __future__ import annotations

from shlex import quote

from deconvcli.cli.completions.tree import CompletedCommand, Value

_HEAD = """\
# Completion of deconv for bash.
# Written by `python -m deconvcli.cli.completions`; changes here are lost.

_deconv_value() {
    options='' words=${1-} files=${2-} list=${3-}
}

# The words for $command or, if $option needs a value, for that value.
_deconv_offers() {
    case $command in
"""

_TAIL = r"""    esac
}

_deconv() {
    local IFS=$' \t\n' line=() part joins='' command='' option='' ended='' head='' cur kept
    local words='' files='' options='' list=''
    COMPREPLY=()

    # Bash breaks --padding=same and keras@torch apart; here they are one word again.
    for part in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
        if [[ ${#line[@]} -gt 0 && ( $part == [=@:]* || ( -n $joins && -n $part ) ) ]]; then
            line[${#line[@]}-1]+=$part
        else
            line+=("$part")
        fi
        joins=''
        [[ $part == *[=@:] ]] && joins=1
    done

    cur=${line[${#line[@]}-1]}
    for part in "${line[@]:0:${#line[@]}-1}"; do
        [[ $part == -- ]] && ended=1
        [[ $part == -* || -n $command ]] || command=$part
        option=$part
    done
    if [[ $cur == --*=* ]]; then
        option=${cur%%=*} head=${cur%%=*}= cur=${cur#*=}
    fi

    _deconv_offers
    # If options are left, no value is expected: this one is a flag and takes none.
    [[ -n $head && -n $options ]] && _deconv_value
    [[ -n $ended ]] && options=''
    [[ $cur == -* && -n $options ]] && files=''
    [[ $cur == -* || -z $words$files ]] && words+=" $options"
    # In a list, only the word after the last comma is completed.
    [[ -n $list && $cur == *,* ]] && head+=${cur%,*}, cur=${cur##*,}
    for part in $words; do
        [[ $part == "$cur"* ]] && COMPREPLY+=("$head$part")
    done

    # An empty answer leaves files to readline, which knows all about quoting.
    if [[ -z $files ]]; then
        compopt +o default 2>/dev/null
    elif [[ $files != '*' ]] && compopt -o filenames 2>/dev/null; then
        while IFS= read -r part; do
            COMPREPLY+=("$head$part")
        done < <(compgen -f -X "!$files" -- "$cur" && compgen -d -X "$files" -- "$cur")
    fi

    # Readline replaces only what follows the last break character, a @ included.
    if [[ ${#COMPREPLY[@]} -gt 0 ]]; then
        cur=$head$cur
        kept=${cur%"${cur##*["$COMP_WORDBREAKS"]}"}
        COMPREPLY=("${COMPREPLY[@]#"${kept%@}"}")
    fi
    return 0
}

complete -o default -F _deconv deconv
"""


def script(commands: list[CompletedCommand]) -> str:
    """Return the file that a user sources, or puts into bash-completion's folder as `deconv`."""
    return _HEAD + "".join(_command(command) for command in commands) + _TAIL


def _command(command: CompletedCommand) -> str:
    names = " ".join(name for option in command.options for name in option.names)
    words, files = _offers(command.argument)
    lines = [
        f"        {quote(command.name)})",
        f"            options='{names}' words={words} files={files}",
        *_values(command),
        "            ;;",
    ]
    return "\n".join(lines) + "\n"


def _values(command: CompletedCommand) -> list[str]:
    """Return a `case` with one line for all options with the same values."""
    takers: dict[tuple[str, ...], list[str]] = {}
    for option in command.options:
        if option.value is not None:
            offers = (*_offers(option.value), *(["list"] if option.value.is_list else []))
            takers.setdefault(offers, []).extend(option.names)
    cases = [
        f"                {' | '.join(names)}) _deconv_value {' '.join(offers)} ;;"
        for offers, names in takers.items()
    ]
    return ["            case $option in", *cases, "            esac"] if cases else []


def _offers(value: Value | None) -> tuple[str, str]:
    """Return (words, pattern of files), quoted."""
    words = value.words if value else ()
    return quote(" ".join(words)), quote(f"*{value.suffix}" if value and value.files else "")
