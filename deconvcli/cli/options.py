"""Each shared option, defined once: those of a layer, and those of the output."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from deconvcli.cli.help import OPTIONS, Option
from deconvcli.cli.output import Output, open_output
from deconvcli.cli.types import Count, Numbers, RequestedSizes, Sides, Sizes, Typed, Variables
from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import MAX_INT64
from deconvcli.frameworks.dialects import DIALECTS, in_order, resolve_name
from deconvcli.views.answers.renderers import RENDERERS

# Each dialect has limits of its own, and refuses with its reason.
ANY_NUMBERS = Numbers(-MAX_INT64)
ANY_COUNT = Count(-MAX_INT64)

# Words that stand in place of names of dialects.
ALL, NONE = "all", "none"

Command = TypeVar("Command", bound=Callable[..., Any])


class Word(click.Choice[str]):
    """A choice whose error names the nearest right word."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        """Return the error as Click does, shorter and with a guess."""
        return f"{value!r} is not known; {suggestion(str(value), list(self.choices))}"


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


class DialectName(Typed):
    """One dialect, or one implementation of it: `torch`, `keras@jax`."""

    name = "dialect"
    metavar = "NAME"
    after_flag = ": "

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
        return word if word in self.words else resolve_name(text)


class DialectNames(DialectName):
    """Dialects and implementations, separated by commas: `torch,keras@jax`."""

    metavar = "NAME[,NAME]"

    def parse(self, text: str) -> tuple[str, ...]:
        """Return the names, each of them known."""
        # Python finds no class for a bare super() within a generator.
        return tuple(super(DialectNames, self).parse(name) for name in text.split(","))


def option(*names: str, section: str = OPTIONS, **settings: Any) -> Callable[[Any], Any]:
    """Return an option that --help lists in this section."""
    return click.option(*names, cls=Option, section=section, **settings)


def names_option(
    *names: str, words: Sequence[str] = (), help: str, section: str = OPTIONS
) -> Callable[[Any], Any]:
    """Return an option for dialects: a list by comma, to which a repeated option adds.

    The command gets a tuple without doubles, or None where the option is not given. words: `all`
    or `none`, where the option takes them; they become the names that they stand for.
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
    names = tuple(dict.fromkeys(name for part in given for name in part))
    word = next((name for name in names if name in (ALL, NONE)), None)
    if word is None:
        return names
    if len(names) > 1:
        raise UsageError(
            f"{param.opts[0]} has {word} and other names", help=f"give {word} alone, or only names."
        )
    return tuple(in_order()) if word == ALL else ()


def _join_variables(
    ctx: click.Context, param: click.Parameter, given: Sequence[Mapping[str, Any]]
) -> Mapping[str, Any] | None:
    joined: dict[str, Any] = {}
    for values in given:
        if twice := sorted(joined.keys() & values.keys()):
            raise UsageError(f"--set gives {twice[0]} two values", help="give it once.")
        joined |= values
    return joined or None


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

# Characters of a pasted text that are read from standard input; far fewer are accepted.
MAX_TYPED = 2**20


def read_standard_input(
    ctx: click.Context, param: click.Parameter, given: str | None
) -> str | None:
    """Return the pasted text, that of standard input for `-`."""
    if given != "-":
        return given
    text = "" if sys.stdin is None else sys.stdin.buffer.read(MAX_TYPED).decode("utf-8", "replace")
    if not text.strip():
        raise UsageError(
            "standard input is empty", help="pipe in a call, or what print(model) writes."
        )
    return text


CALL_ARGUMENT = click.argument("call", required=False, callback=read_standard_input)

MORE = "More options of the layer"


def layer_options(
    *,
    size: str = "Input size: 5 or 5x5.",
    kernel: str = "Kernel size: 3 or 3x5.",
    dialect: Callable[[Any], Any] = DIALECT_OPTION,
    numbers: Typed = ANY_NUMBERS,
    sides: Typed | None = None,
    is_search: bool = False,
    section: str = OPTIONS,
    more: str = MORE,
) -> tuple[Callable[[Any], Any], ...]:
    """Return the options of a layer; those that few layers need have a section of their own.

    size, kernel: the help of these options. dialect: the option for the dialect, or for several.
    numbers, sides: the types of numbers per axis and of the padding. is_search: whether the layer
    is searched, so that it has neither a batch nor an output size of its own.
    """
    of_data = (
        # Most frameworks take an empty batch.
        option("--batch", "batch", type=Count(0), help="Batch size.", section=more),
        option(
            "--output-size",
            "--output-shape",
            "output_size",
            type=RequestedSizes(),
            help="Output size to request, in dialects with such a parameter; letters of the input"
            " are allowed: 2Hx2W.",
            section=more,
        ),
        option(
            "--auto-pad",
            "auto_pad",
            metavar="WORD",
            help="Padding by a word in ONNX, OpenVINO and TensorRT: SAME_UPPER, VALID ...",
            section=more,
        ),
    )
    return (
        option("--in", "input_size", type=Sizes(), help=size, section=section),
        option(
            "-k",
            "--kernel",
            "--kernel-size",
            "kernel",
            type=numbers,
            help=kernel,
            section=section,
        ),
        option(
            "-s",
            "--stride",
            "--strides",
            "stride",
            type=numbers,
            help="Stride: the distance in the output between two inputs.",
            section=section,
        ),
        option(
            "-p",
            "--padding",
            "padding",
            type=sides or Sides(),
            help="Padding: valid, same, 1, 1x2, or begin:end per axis: 1:2,0:1.",
            section=section,
        ),
        dialect,
        option(
            "--op",
            "--output-padding",
            "output_padding",
            type=numbers,
            help="Elements added back at the end of each axis.",
            section=more,
        ),
        option(
            "-d",
            "--dilation",
            "--dilation-rate",
            "dilation",
            type=numbers,
            help="Dilation: the distance between two kernel elements.",
            section=more,
        ),
        option(
            "-g",
            "--groups",
            "groups",
            type=ANY_COUNT,
            help="Number of channel groups.",
            section=more,
        ),
        option(
            "--in-channels",
            "in_channels",
            type=Count(1),
            help="Number of input channels.",
            section=more,
        ),
        option(
            "--out-channels",
            "--filters",
            "out_channels",
            type=Count(1),
            help="Number of output channels.",
            section=more,
        ),
        *(() if is_search else of_data),
        option(
            "--transpose-kernel",
            "transpose_kernel",
            is_flag=True,
            # Not False: a flag that is not given is no parameter of the layer.
            default=None,
            help="Flip the kernel, in JAX and Flax.",
            section=more,
        ),
        option(
            "--data-format",
            "data_format",
            metavar="WORD",
            help="Order of the axes: channels_last, NCHW ...",
            section=more,
        ),
        option(
            "--set",
            "variables",
            type=Variables(),
            multiple=True,
            callback=_join_variables,
            help="Values of variables in CALL: k=4,s=2.",
            section=more,
        ),
    )


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


def takes(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Return a decorator that adds options in the order in which --help lists them."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add
