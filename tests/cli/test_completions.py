"""The completion scripts agree with the commands, and real shells complete with them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from deconvcli.cli.commands.completion import SHELLS
from deconvcli.cli.completions import SCRIPTS, bash, fish, scripts, zsh
from deconvcli.cli.completions.__main__ import REPOSITORY, command
from deconvcli.cli.completions.tree import read_commands
from deconvcli.cli.main import cli
from tests.cli.commandline import deconv
from tests.programs import needs

needs_bash = pytest.mark.skipif(sys.platform == "win32", reason="bash is not Windows' shell")
needs_zsh, needs_fish = needs("zsh"), needs("fish")

# Where the options of one command stand.
SECTION = {
    "deconv.bash": r"^ {8}%s\)\n.*?^ {12};;",
    "_deconv": r"^ {12}%s\)\n.*?^ {16};;",
    "deconv.fish": r"^complete -c deconv -n '__deconv_at %s' .*?(?=\n\n|\Z)",
}


def output_of(
    *arguments: object, cwd: Path | None = None, env: dict[str, str] | None = None
) -> str:
    """Return what a shell prints; it must neither fail nor complain."""
    done = subprocess.run(
        [str(argument) for argument in arguments],
        capture_output=True,
        check=False,
        cwd=cwd,
        encoding="utf-8",
        env=env,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def names_of(name: str) -> Iterator[str]:
    """Yield all options of a command, from Click."""
    context = click.Context(cli, **cli.context_settings)
    found = cli.get_command(context, name)
    assert found is not None
    for param in found.get_params(click.Context(found, context, name)):
        if isinstance(param, click.Option):
            yield from (*param.opts, *param.secondary_opts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files to complete, of which the .npy files do not come first by name."""
    (tmp_path / "weights").mkdir()
    for name in ("a.txt", "w.npy", "two words.npy", "weights/in.npy"):
        (tmp_path / name).touch()
    return tmp_path


@pytest.mark.parametrize("name", SCRIPTS)
def test_the_committed_script_agrees_with_the_commands(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    assert (REPOSITORY / name).read_bytes() == scripts()[name], (
        f"completions/{name} is out of date: run `python -m deconvcli.cli.completions`"
    )


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_command_and_option_occurs(name: str) -> None:
    script = scripts()[name].decode()
    for command_name in cli.list_commands(click.Context(cli)):
        section = re.search(SECTION[name] % command_name, script, re.MULTILINE | re.DOTALL)
        assert section, f"{command_name} is missing in {name}"
        words = set(re.findall(r"[\w-]+", section[0]))
        for option in names_of(command_name):
            written = option.lstrip("-") if name == "deconv.fish" else option
            assert written in words, f"{command_name} {option} is missing in {name}"


def test_writing_then_checking(tmp_path: Path) -> None:
    run = CliRunner().invoke
    missing = run(command, ["--check", str(tmp_path)])
    assert missing.exit_code == 1
    assert all(str(tmp_path / name) in missing.output for name in SCRIPTS)
    assert run(command, [str(tmp_path)]).exit_code == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(SCRIPTS)
    assert run(command, ["--check", str(tmp_path)]).output == ""

    (tmp_path / "_deconv").write_text("changed")
    changed = run(command, ["--check", str(tmp_path)])
    assert changed.exit_code == 1
    assert changed.stdout.splitlines() == [f"{tmp_path / '_deconv'} differs from the commands"]


@pytest.mark.parametrize(("shell", "name"), SHELLS.items())
def test_the_program_prints_each_script(shell: str, name: str) -> None:
    done = deconv(f"completion {shell}")
    assert (done.code, done.err) == (0, "")
    assert done.out.encode() == scripts()[name]


def test_every_script_has_a_shell() -> None:
    assert set(SHELLS.values()) == set(SCRIPTS)


def test_an_absent_folder_is_refused(tmp_path: Path) -> None:
    assert CliRunner().invoke(command, [str(tmp_path / "absent")]).exit_code == 2


def program_of(*params: click.Parameter) -> click.Group:
    shown = click.Command("paint", params=list(params), help="Paint's [best]: one.", callback=print)
    hidden = click.Command("secret", hidden=True)
    return click.Group("deconv", commands={"paint": shown, "secret": hidden})


COMING = program_of(
    click.Argument(["what"], type=click.Choice(["box", "line"])),
    click.Argument(["paths"], type=click.Path(), nargs=-1),
    click.Option(["--near/--far"], help="How it's [seen]: near."),
    click.Option(["-v"], count=True),
    click.Option(["--like"], multiple=True, metavar="X.npy"),
    click.Option(["--unseen"], hidden=True),
)


def test_coming_commands_are_read() -> None:
    program, paint = read_commands(COMING)
    assert program.argument is not None
    assert program.argument.words == ("paint",)
    assert [option.names for option in paint.options] == [
        ("--near", "--far"),
        ("-v",),
        ("--like",),
        ("--help",),
    ]
    assert [option.repeats for option in paint.options] == [False, True, True, False]
    assert paint.argument is not None
    assert paint.argument.words == ("box", "line")
    assert paint.argument.files


def test_coming_commands_in_zsh() -> None:
    script = zsh.script(read_commands(COMING))
    assert r"""'(--near --far)'{--near,--far}'[How it'"'"'s \[seen\]\: near.]'""" in script
    assert "'*'-v''" in script
    assert """'*'--like=':X.npy:_files -g "*.npy(-.)"'""" in script
    assert "'*:what paths:{compadd - box line; _files}'" in script


def test_coming_commands_in_fish_and_bash() -> None:
    lines = fish.script(read_commands(COMING)).splitlines()
    at = "complete -c deconv -n '__deconv_at paint'"
    assert rf"{at} -l near -l far -d 'How it\'s [seen]: near.'" in lines
    assert rf"{at} -F -k -a 'box\t line\t'" in lines
    assert "words='box line' files='*'" in bash.script(read_commands(COMING))


def test_a_word_that_needs_quoting_is_refused() -> None:
    with pytest.raises(ValueError, match="'two words' would need quoting"):
        read_commands(program_of(click.Option(["--to"], type=click.Choice(["two words"]))))


# As bash does for an interactive line; compopt works only there, and readline then adds files.
BASH = r"""
set -u
source "$1"; shift
readline_files='(files)'
compopt() { [[ $* != '+o default' ]] || readline_files=''; }
COMP_WORDBREAKS=$' \t\n"\'@><=;|&(:'
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_deconv
[[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=("$readline_files")
printf '%s\n' "${COMPREPLY[@]}"
"""


def bash_offers(folder: Path, line: str) -> list[str]:
    """Return the completions of the last word; `(files)` if that is left to readline.

    line: the words as bash breaks them, so with spaces around = and @.
    """
    words = [REPOSITORY / "deconv.bash", "deconv", *line.split(" ")]
    output = output_of("bash", "--norc", "-c", BASH, "bash", *words, cwd=folder)
    return output.removesuffix("\n").split("\n")


@needs_bash
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sha", ["shape"]),
        ("--ver", ["--version"]),
        ("-V sha", ["shape"]),
        ("nothing", [""]),
        ("shape --pad", ["--padding"]),
        ("shape --in 5x5 --kern", ["--kernel", "--kernel-size"]),
        ("shape -p ", ["valid", "same"]),
        ("shape -p v", ["valid"]),
        ("shape --padding =", ["valid", "same"]),
        ("shape --padding = v", ["valid"]),
        ("shape --kernel ", [""]),
        ("shape --macs =", [""]),
        ("shape --macs --exp", ["--expect"]),
        ("shape -p 1 : 2,0 : 1 --exp", ["--expect"]),
        ("shape -D keras @ t", ["@tensorflow", "@torch"]),
        (
            "shape --dialect = onnx @ o",
            ["@onnxruntime", "@onnxruntime_web", "@opencv", "@opencv4", "@openvino"],
        ),
        ("shape --framework al", ["all"]),
        ("explain --framework al", [""]),
        ("shape -D torch,tensorr", ["torch,tensorrt"]),
        ("explain --compare = torch,none,fl", ["torch,none,flax"]),
        ("run --against torch,keras @ t", ["@tensorflow", "@torch"]),
        ("draw -D torch,tensorr", [""]),
        ("shape --jsonl ", ["(files)"]),
        ("run --dtype = float6", ["float64"]),
        ("run --engine n", ["numba", "numpy"]),
        ("run ", ["two words.npy", "w.npy", "weights"]),
        ("run a", ["(files)"]),
        ("run --weights = w", ["w.npy", "weights"]),
        ("run --weights weights/", ["weights/in.npy"]),
        ("run -- --exp", ["(files)"]),
    ],
)
def test_bash_completes(folder: Path, line: str, offered: list[str]) -> None:
    assert sorted(bash_offers(folder, line)) == sorted(offered)


@needs_bash
def test_bash_offers_every_command_and_option(folder: Path) -> None:
    names = cli.list_commands(click.Context(cli))
    assert bash_offers(folder, "") == names
    for name in names:
        assert bash_offers(folder, f"{name} -") == list(names_of(name))


@needs_fish
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("sha", ["shape"]),
        ("-V --ver", ["--version"]),
        ("nothing ", []),
        ("shape --pad", ["--padding"]),
        ("shape -p ", ["valid", "same"]),
        ("shape --padding=v", ["--padding=valid"]),
        ("shape --kernel ", []),
        ("shape -D keras@t", ["keras@tensorflow", "keras@torch"]),
        ("shape --framework al", ["all"]),
        ("explain --framework all", []),
        ("shape -D torch,tensorr", ["torch,tensorrt"]),
        ("shape --dialect=torch,tensorr", ["--dialect=torch,tensorrt"]),
        ("draw -D torch,tensorr", []),
        ("shape --jsonl a", ["a.txt"]),
        ("run --engine n", ["numba", "numpy"]),
        ("run ", ["two words.npy", "w.npy", "weights/", "a.txt"]),
        ("run --weights ", ["two words.npy", "w.npy", "weights/", "a.txt"]),
        ("run --weights=weights/", ["--weights=weights/in.npy"]),
    ],
)
def test_fish_completes(folder: Path, line: str, offered: list[str]) -> None:
    source = "source $argv[1]; complete -C $argv[2]"
    script = REPOSITORY / "deconv.fish"
    home = str(folder / ".home")  # where fish finds nothing of the user's
    env = {**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home}
    output = output_of("fish", "-c", source, script, f"deconv {line}", cwd=folder, env=env)
    assert [answer.partition("\t")[0] for answer in output.splitlines()] == offered


# Zsh completes only in its line editor, which wants a terminal. Its prompt tells when it reads, the
# # typed after each TAB when it is done; the kill character (^U) then makes room for the next line.
ZSH = r"""
zmodload zsh/zpty
folder=$1; shift
zpty shell zsh -f -i
setup="PROMPT_EOL_MARK= LISTMAX=1000; fpath=(${(q)folder} \$fpath)"
zpty -w shell "$setup; autoload -Uz compinit; compinit -u -D; PS1=rea''dy"
zpty -r shell seen '*ready'
for line; do
    zpty -n -w shell "deconv $line"$'\t#'
    zpty -r shell seen '*\#'
    zpty -n -w shell $'\x15'
    print -rN -- $seen
done
zpty -d shell
"""

ZSH_ADDS = {
    "sha": "pe",
    "shape --padd": "ing",
    "shape --padding=v": "alid",
    "shape -D onnx@o": "nnxruntime",
    "shape --framework a": "ll",
    "shape -D torch,tensorr": "t",
    "shape --dialect=torch,fl": "ax",
    "run --for": "Replace an existing file.",
    "run --weights=weights/": "in.npy",
    "run t": "wo\\ words.npy",
    "run a": ".txt",
}


@needs_zsh
def test_zsh_completes(folder: Path) -> None:
    seen = output_of("zsh", "-f", "-c", ZSH, "zsh", REPOSITORY, *ZSH_ADDS, cwd=folder).split("\0")
    for (line, added), screen in zip(ZSH_ADDS.items(), seen[:-1], strict=True):
        assert added in screen, f"deconv {line}"


@pytest.mark.parametrize(
    ("shell", "name"),
    [
        pytest.param("bash", "deconv.bash", marks=needs_bash),
        pytest.param("zsh", "_deconv", marks=needs_zsh),
        pytest.param("fish", "deconv.fish", marks=needs_fish),
    ],
)
def test_shell_can_parse_its_script(shell: str, name: str) -> None:
    assert output_of(shell, "-n", REPOSITORY / name) == ""
