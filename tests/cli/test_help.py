"""--help: commands by subject and options by section, in sentences that fit into 80 columns."""

from __future__ import annotations

import re
from typing import Any

import click
import pytest

from deconvcli.cli.commands import COMMANDS
from deconvcli.cli.help import Command
from deconvcli.cli.main import cli
from deconvcli.cli.sections import list_by_use
from tests.cli.commandline import deconv

EVERY = pytest.mark.parametrize("name", COMMANDS.names)


def headings(text: str) -> list[str]:
    """Return the headings of the sections that list options or commands."""
    return re.findall(r"^(\S.*):$", text, re.MULTILINE)


def options(name: str) -> list[click.Option]:
    """Return the options of a command, --help included."""
    command = COMMANDS.take(name)
    context = click.Context(command, **cli.context_settings)
    return [param for param in command.get_params(context) if isinstance(param, click.Option)]


def test_without_a_command_the_help_is_an_error() -> None:
    done = deconv("")
    assert (done.code, done.out) == (2, "")
    assert done.err.rstrip() == deconv("--help").out.rstrip()


def test_commands_stand_below_their_subject_in_order_of_use() -> None:
    done = deconv("--help")
    assert (done.code, done.err) == (0, "")
    assert headings(done.out) == ["Options", "One layer", "A network", "Trust it", "Set it up"]
    assert "deconv shape --in 5x5 -k 3 -s 2 --padding valid" in done.out
    names = re.findall(r"^  ([a-z]+)  +[A-Z]", done.out, re.MULTILINE)
    assert names == [listed.name for listed in list_by_use(COMMANDS)]
    assert names[:4] == ["shape", "explain", "draw", "run"]
    assert sorted(names) == COMMANDS.names


def test_every_summary_is_one_sentence_and_its_place_its_own() -> None:
    listed = list_by_use(COMMANDS)
    for command in listed:
        assert re.fullmatch(r"[A-Z][^.]*\.", command.summary), command
        assert len(command.summary) <= 66, command
    assert len({(command.section, command.place) for command in listed}) == len(listed)


@EVERY
def test_help_of_a_command(name: str) -> None:
    done = deconv(name, "-h")
    assert (done.code, done.err) == (0, "")
    assert "Examples:\n" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert isinstance(COMMANDS.take(name), Command)
    assert headings(done.out)[0] == "Options"
    for option in options(name):
        assert re.search(rf"^  {option.opts[0]}\b", done.out, re.MULTILINE), option.opts


@EVERY
def test_the_help_of_an_option_is_a_sentence(name: str) -> None:
    for option in options(name):
        assert re.fullmatch(r"[A-Z].*(\.|\.\.\.|\])", option.help or ""), option.opts


@pytest.mark.parametrize("name", ["shape", "explain", "draw", "run"])
def test_common_options_of_a_layer_come_first(name: str) -> None:
    section = deconv(name, "-h").out.partition("\nOptions:\n")[2].partition("\n\n")[0]
    names = re.findall(r"^  (-[-\w]+)", section, re.MULTILINE)
    assert [one for one in names if one != "-o"][:5] == ["--in", "-k", "-s", "-p", "-D"]
    assert names[-1] == "-h"
    assert "--data-format" not in names


@pytest.mark.parametrize(
    "line",
    ["-k 3 -s 2 -q", "-k3 -s2 -q", "-k=3 -s=2 -q", "-qk3 -s 2", "-qk 3 -s2", "--kernel=3 -s=2 -q"],
)
def test_a_short_option_takes_its_value_in_each_form(line: str) -> None:
    assert deconv(f"shape --in 5 {line}").out == "11\n"


@pytest.mark.parametrize("line", ["-x", "-x 3", "-x=3", "-qx", "-q -x"])
def test_a_wrong_short_option_is_named(line: str) -> None:
    assert "no option -x\n" in deconv(f"shape --in 5 -k 3 {line}").err


def test_a_click_without_the_tables_that_make_it_fast(monkeypatch: pytest.MonkeyPatch) -> None:
    made = click.Command.make_parser

    class Renamed:
        """Click's parser, with other names for its tables of options."""

        def __init__(self, parser: Any) -> None:
            self._parser = parser

        def __getattr__(self, name: str) -> Any:
            if name in ("_long_opt", "_short_opt"):
                raise AttributeError(name)
            return getattr(self._parser, name)

    monkeypatch.setattr(
        click.Command, "make_parser", lambda command, ctx: Renamed(made(command, ctx))
    )
    for line in ("shape --in 5x5 -k 3 -s2 -p0 -q", "shape --in 5x5 --kernel=3 --strides 2 -qp 0"):
        done = deconv(line)
        assert (done.code, done.out, done.err) == (0, "11x11\n", "")
    assert "did you mean --kernel?" in deconv("shape --in 5x5 --kernal 3").err
