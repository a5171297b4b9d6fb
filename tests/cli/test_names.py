"""Dialects are typed the same way everywhere: a list by comma, and repeated options add up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from deconvcli.cli.main import cli
from deconvcli.cli.options import DialectName, DialectNames
from deconvcli.common.errors import UsageError
from tests.cli.commandline import deconv, refused

LAYER = "--in 5 -k 3"


def takers(kind: type[DialectName]) -> list[tuple[str, str]]:
    """Return (command, option) for every option whose values have this type."""
    found = []
    for name in cli.list_commands(click.Context(cli)):
        command = cli.get_command(click.Context(cli), name)
        assert command is not None
        for param in command.params:
            if isinstance(param, click.Option) and isinstance(param.type, kind):
                found += [(name, option) for option in param.opts]
    return found


def value(command: str, option: str, *arguments: str) -> Sequence[str] | str | None:
    """Return what the command gets for this option."""
    found = cli.get_command(click.Context(cli), command)
    assert found is not None
    [param] = (param for param in found.params if option in param.opts)
    context = click.Context(found, info_name=command, **cli.context_settings)
    parsed, _, _ = found.make_parser(context).parse_args([*arguments])
    given, _ = param.handle_parse_result(context, parsed, [])
    return given  # type: ignore[no-any-return]


def test_every_option_for_dialects_takes_a_list() -> None:
    assert set(takers(DialectName)) == set(takers(DialectNames))
    expected = [
        ("shape", "-D"),
        ("explain", "-D"),
        ("explain", "--compare"),
        ("run", "--against"),
        ("verify", "-D"),
        ("verify", "--framework"),
        ("bench", "-D"),
        ("bench", "--frameworks"),
    ]
    assert set(expected) <= set(takers(DialectNames))


ONE_DIALECT = ("convert", "draw", "run", "vectors", "weights")


@pytest.mark.parametrize(
    ("command", "option"),
    [
        (command, option)
        for command, option in takers(DialectNames)
        if (command, option[:3]) not in [(c, o) for c in ONE_DIALECT for o in ("-D", "--d", "--f")]
        and (command, option) not in [("bench", "--dialect"), ("bench", "--framework")]
    ],
)
def test_repeated_options_add_up(command: str, option: str) -> None:
    assert value(command, option, option, "torch,keras@jax") == ("torch", "keras@jax")
    given = (option, "torch", option, "keras,torch", option, "mlx")
    assert value(command, option, *given) == ("torch", "keras", "mlx")
    assert value(command, option) is None


@pytest.mark.parametrize("command", ["draw", "run", "bench"])
def test_where_one_is_needed_two_are_refused(command: str) -> None:
    done = deconv(f"{command} {LAYER} --dialect torch --dialect keras")
    refused(done, "--dialect", f"names torch, keras, and deconv {command} takes one")
    assert value(command, "--dialect", "--dialect", "torch", "--dialect", "torch") == "torch"


@pytest.mark.parametrize(("command", "option"), takers(DialectNames))
@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("torch,kers", ("'kers' is not known", "did you mean 'keras'?")),
        ("torch,", ("a name is missing", "such as torch,keras")),
        ("keras@torhc", ("keras has no implementation 'torhc'", "did you mean 'keras@torch'?")),
        ("torch,all", ("all",)),
    ],
)
def test_a_wrong_name_names_the_option_and_the_nearest(
    command: str, option: str, names: str, words: tuple[str, ...], tmp_path: Path
) -> None:
    done = deconv(f"{command} {option} {names}")
    refused(done, *words)
    assert option in done.err or "-D" in done.err or "--dialect" in done.err


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_codes_of_rules_are_typed_like_names(option: str) -> None:
    given = (option, "DCV201,dcv11", option, "DCV301")
    with pytest.raises(
        UsageError, match=f"^{option}: no rule has the code 'DCV301'\n  help: did you mean"
    ):
        value("check", option, *given)
    assert value("check", option, *given[:-1], "DCV202") == ("DCV201", "DCV11", "DCV202")
    assert value("check", option) == ()


def test_words_that_stand_for_names() -> None:
    every = value("shape", "-D", "-D", "all")
    assert every is not None
    assert every[0] == "torch"
    assert len(every) > 15
    assert value("explain", "--compare", "--compare", "none") == ()
    refused(
        deconv(f"shape {LAYER} -D all -D torch"), "-D has all and other names", "give all alone"
    )


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ("PyTorch,TF", ("torch", "tensorflow")),
        ("torch,pytorch", ("torch",)),
        ("ort,onnx@ORT,lax", ("onnx@onnxruntime", "jax")),
        ("tf.keras,Keras@TF", ("keras", "keras@tensorflow")),
    ],
)
def test_other_usual_names_are_taken(given: str, names: Sequence[str]) -> None:
    assert value("shape", "-D", "-D", given) == names
    assert value("explain", "--compare", "--compare", given) == names
