"""The group of commands, and the handling of errors, signals and a closed output.

Exit codes: 0 ok, 1 findings or a mismatch, 2 usage or refused, 3 a bug of ours, 130 Ctrl-C,
141 closed pipe.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import signal
import sys
from typing import Any, NoReturn

import click
from click.core import ParameterSource

from deconvcli.cli.commands import COMMANDS
from deconvcli.cli.help import FromSource
from deconvcli.cli.output import say
from deconvcli.common.errors import DeconvError, Refused
from deconvcli.common.shelf import suggestion
from deconvcli.common.version import __version__

OK, FINDINGS, USAGE, BUG, INTERRUPTED, CLOSED_PIPE = 0, 1, 2, 3, 130, 141


# Names that people give the input's size, and that look like other options.
INPUT_SIZE_NAMES = ("--size", "--shape", "--input", "--input-size", "--input-shape", "--in-size")


class Commands(FromSource, click.Group):
    """The shelf of commands as a Click group: --help reads their docstrings, importing none."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command. Where a layer is refused, the help gets a change that is accepted."""
        try:
            return super().invoke(ctx)
        except Refused as error:
            if error.layer is not None:
                from deconvcli.cli.changes import explain_refusal  # a search, for a mistake only

                explain_refusal(error)
            raise

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the file names in the order of --help."""
        from deconvcli.cli.sections import list_by_use  # which only help and shells need

        return [listed.name for listed in list_by_use(COMMANDS)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return the command; None for an unknown name."""
        return COMMANDS.take(cmd_name) if cmd_name in COMMANDS.names else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command as Click does, with a guess for a wrong name."""
        if args and args[0] not in COMMANDS.names and not args[0].startswith("-"):
            from deconvcli.frameworks.pasted.misread import explain_text  # only for an error

            if error := explain_text(args[0]):
                raise error
            raise click.UsageError(
                f"no command {args[0]!r}; {suggestion(args[0], COMMANDS.names)}", ctx
            )
        return super().resolve_command(ctx, args)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; a layer without a command is one for `shape`."""
        has_layer = any(_is_pasted(given) or given.partition("=")[0] == "--in" for given in args)
        if args and args[0] not in COMMANDS.names and has_layer:
            # A wrong word in the place of a command is still refused, with a guess.
            args = ["shape", *args] if args[0][:1] == "-" or _is_pasted(args[0]) else args
        return super().parse_args(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write names and summaries by section."""
        from deconvcli.cli.sections import list_by_use, write_commands

        write_commands(formatter, list_by_use(COMMANDS))


def _is_pasted(argument: str) -> bool:
    """Return whether an argument may be a pasted layer; no command and no file looks like one."""
    return any(sign in argument for sign in ("(", "{", "\n", "kernel_s", ".ConvTranspose"))


EXAMPLES = """\b
Examples:
  deconv shape --in 5x5 -k 3 -s 2 --padding valid
  deconv shape --in 5x5 'nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)'
  deconv explain --in 8x8 'Conv2DTranspose(128, 3, strides=2, padding="same")'
  deconv run --in 5x5 -k 3 -s 2 --padding valid
"""


@click.group(
    cls=Commands,
    epilog=EXAMPLES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, "-V", "--version", message="deconv %(version)s")
def cli() -> None:
    """Output sizes, explanations and values of transposed convolutions (Conv2DTranspose,
    ConvTranspose2d, "deconvolution") as each framework really computes them."""


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run the command line and exit."""
    # Python would look for cyclic garbage many times during start-up and again at exit, which is
    # a tenth of the time that a size takes.
    gc.set_threshold(10_000)
    atexit.register(gc.freeze)
    _prepare_streams()
    code = _run(arguments)
    try:
        sys.stdout.flush()
    except OSError as error:
        code = code or _say_os_error(error)
        # The interpreter would try again at exit to write what is left.
        with contextlib.suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if code == INTERRUPTED:
        # Unloading Numba takes 0.3 s; whoever pressed Ctrl-C does not want to wait.
        atexit.register(os._exit, code)
    sys.exit(code)


def _prepare_streams() -> None:
    # Python makes an exception of it; under `| head` we end silently, as other programs do.
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    if sys.stdout is None:
        sys.exit(
            _say("error[io]: standard output is closed\n  help: redirect it to a file.", USAGE)
        )
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:  # a console without Unicode still gets every line
            reconfigure(errors="backslashreplace")


def _run(arguments: list[str] | None) -> int:
    try:
        code = cli.main(arguments, prog_name="deconv", standalone_mode=False)
    except click.ClickException as error:
        return _say_usage(error, arguments or sys.argv[1:])
    except DeconvError as error:
        notes = [
            f"{finding.severity}[{finding.code}]: {finding.message}" for finding in error.findings
        ]
        return _say("\n".join([f"error[{error.code}]: {error}", *notes]), USAGE)
    except (KeyboardInterrupt, click.Abort):
        return INTERRUPTED
    except SystemExit:  # Click's answer to a closed pipe where there is no SIGPIPE
        return CLOSED_PIPE
    except MemoryError:
        return _say("error[memory]: out of memory\n  help: use a smaller layer.", USAGE)
    except OSError as error:
        return _say_os_error(error)
    except Exception as error:
        return _say_bug(error)
    return code if isinstance(code, int) else OK


def _say(text: str, code: int) -> int:
    say(text)
    return code


def _say_usage(error: click.ClickException, arguments: list[str]) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "deconv"
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        return _say(error.format_message(), USAGE)
    message, guess = error.format_message(), ""
    if isinstance(error, click.BadOptionUsage):
        # Click's parser knows no context.
        command = next((word for word in arguments if word in COMMANDS.names), "shape")
        message, path = f"{error.option_name} needs a value", f"deconv {command}"
    elif isinstance(error, click.BadParameter) and context and _is_typed(error, context):
        message = message.replace(" (env var: 'DECONV_FORMAT')", "")
    if isinstance(error, click.NoSuchOption):
        message, guess = f"no option {error.option_name}", _guess(error.option_name, context)
    if message.startswith("Got unexpected extra argument") and message.count(")") > 1:
        # A shell without these quotes divides a call at its spaces.
        guess = 'put the whole call in double quotes: "nn.ConvTranspose2d(64, 32, 4)"; '
    return _say(f"error[usage]: {message}\n  help: {guess}see {path} --help", USAGE)


def _guess(option: str, context: click.Context | None) -> str:
    """Return the most similar option as a question; Click's own guess names three at once."""
    from difflib import get_close_matches  # 3 ms that only a mistake needs

    known = [name for param in context.command.params for name in param.opts] if context else []
    if option in INPUT_SIZE_NAMES and "--in" in known:
        return "did you mean --in? "
    words = [name.removeprefix("--") for name in known if name.startswith("--")]
    word = option.lstrip("-")
    begun = [name for name in words if len(word) > 1 and name.startswith(word.removesuffix("s"))]
    close = begun or get_close_matches(word, words, n=1)
    return f"did you mean --{close[0]}? " if close else ""


def _is_typed(error: click.BadParameter, context: click.Context) -> bool:
    """Return whether a wrong value was typed, and is not that of an environment variable."""
    name = error.param.name if error.param else None
    return name is not None and context.get_parameter_source(name) is ParameterSource.COMMANDLINE


def _say_os_error(error: OSError) -> int:
    place = f"{error.filename}: " if error.filename else ""
    return _say(
        f"error[io]: {place}{error.strerror or error}\n"
        "  help: free some space, or write elsewhere; the output is incomplete.",
        USAGE,
    )


def _say_bug(error: Exception) -> int:
    if os.environ.get("DECONV_DEBUG"):
        sys.excepthook(type(error), error, error.__traceback__)
    kind = type(error).__name__
    return _say(
        f"error[bug]: {kind}: {str(error)[:200]}\n"
        "  help: this is a bug in deconv; DECONV_DEBUG=1 shows the traceback for a report.",
        BUG,
    )
