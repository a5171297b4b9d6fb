"""Say a layer or a network in another framework, and prove it.

Help section: One layer, 6
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import IO, Any

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import (
    ALL,
    CALL_ARGUMENT,
    CONFIG,
    FORCE_OPTION,
    Word,
    format_option,
    layer_options,
    names_option,
    option,
    out_option,
    takes,
)
from deconvcli.cli.output import Output, open_output, say
from deconvcli.cli.request import read_request
from deconvcli.common.errors import NotExpressible, UsageError
from deconvcli.frameworks.request import Understood
from deconvcli.views.answers.renderers import RENDERERS

PYTHON, YAML = "python", "yaml"


@click.command(cls=Command, short_help=__doc__)
@takes(
    CALL_ARGUMENT,
    *layer_options(kernel="Kernel size: 3 or 3x5.  [default: that of --weights]"),
    names_option(
        "--to",
        "names",
        words=(ALL, CONFIG),
        help="The framework that the layer is carried into, such as keras or onnx@onnxruntime;"
        " several, or all. A network also into config, its own words.",
    ),
    out_option(help="Write the result to FILE instead of printing it."),
    option(
        "--against",
        is_flag=True,
        help="Run the printed module in the installed framework, and compare the values.",
    ),
    option(
        "--weights",
        metavar="FILE",
        help="Weights of the layer, in its own layout: .npy, .npz or .safetensors;"
        " model.safetensors:up1.weight names one of several.",
    ),
    option("--out-weights", metavar="FILE", help="Write the weights in the target's layout."),
    option("--bias", metavar="FILE", help="Bias of the layer, to be written beside its weights."),
    option(
        "--out-bias",
        metavar="FILE",
        help="Write the bias.  [default: into a .npz or .safetensors file of --out-weights]",
    ),
    FORCE_OPTION,
    format_option(
        (*RENDERERS.names, PYTHON, YAML),
        help="Format of the result; python is a module that runs, and yaml a network as a config.",
    ),
    option(
        "--without",
        type=Word(("transposed",)),
        help="Use other operations in place of a transposed convolution.",
    ),
    option(
        "--way",
        type=Word(("matrix", "resize", "subpixel", "zeros")),
        help="How to do without it; the default is the way with the fewest multiplications.",
    ),
    option("-q", "--quiet", "quiet", is_flag=True, help="Print only the call."),
)
def command(
    names: tuple[str, ...] | None,
    out: str | None,
    force: bool,
    format: str,
    quiet: bool,
    against: bool,
    weights: str | None,
    out_weights: str | None,
    bias: str | None,
    out_bias: str | None,
    without: str | None,
    way: str | None,
    **options: Any,
) -> int:
    """Carry a layer or a network into another framework: calls, steps around them, and weights.

    Where one layer cannot say it, its output is sliced or continued with zeros, groups become
    layers side by side or one kernel with zeros, and a dilation becomes zeros in the kernel. Both
    sides are then computed on small integers and compared.

    --format python prints a module that needs NumPy and the target framework alone. Its
    build(weight, bias=None) takes the arrays of the layer that is converted, and returns a function
    of an array in the target's layout. Exits with 1 where nothing says the layer.

    --against runs that module in the installed framework, and the layer itself in its own
    framework where that is installed too. Exits with 1 where their values differ.

    --weights and --out-weights carry the weights over, bit by bit, in their own number type.

    CALL may be a config, such as net.yaml, or net.yaml:NAME for one of its networks. Each layer is
    then said in the target, with its name and its skips; --format yaml writes a config, and
    --format python a module of torch, Keras, Flax or ONNX. Exits with 1 where one is missing.

    CALL may also be a model of ONNX whose graph is one of layers that configs have. --to config
    writes them into a config in the words of ONNX; --in gives sizes that the file leaves open.

    \b
    Examples:
      deconv convert --in 5x5 -k 3 -s 2 -p same --to torch
      deconv convert 'nn.ConvTranspose1d(8, 4, 3, 2, 1, 1)' --in 9 --to keras
      deconv convert -k 4 -s 2 -p 1 --in 8 --to jax --format python
      deconv convert 'Conv2DTranspose(4, 3, 2, "same")' --in 5x5x8 --to all
      deconv convert -k 4 -s 2 -p 1 --in 8 --to keras@torch --against
      deconv convert -k 4 -s 2 --in 8 --to jax --weights w.npy --out-weights j.npy
      deconv convert net.yaml:decoder --to keras --format python
      deconv convert net.onnx --to config -o net.yaml
    """
    if names is None:
        raise UsageError("--to is missing", help="name a framework: --to keras.", code="no-target")
    from deconvcli.checks.checking import find_path  # which other commands do not need

    path, network = find_path(options["call"] or "")
    is_other = without is not None or way is not None
    if path:
        arrays = {"--weights": weights, "--out-weights": out_weights, "--bias": bias}
        of_layers = arrays | {"--out-bias": out_bias, "--without": without, "--way": way}
        _refuse_beside_network(of_layers | {"--against": "" if against else None})
        opened = open_output(out, force=force)
        return _convert_network(path, network, names, opened, format, quiet, options)
    _refuse_together(format, against, is_other, names)
    # NumPy loads here, where values are about to be compared.
    from deconvcli.cli.carrying import carry, take_files, understand
    from deconvcli.cli.converting import convert_to, report_conversions, run_modules
    from deconvcli.cli.equivalents import avoid, report_equivalents

    files = take_files(weights, out_weights, bias, out_bias)
    if files is not None:
        files.refuse_beside(names, out, is_module=format == PYTHON)
    with open_output(out, force=force) as file:
        understood = understand(read_request(options), files, names[0])
        if format == PYTHON:
            return _write_module(understood, names, is_other, way, file)
        # Weights are written before the report, since a closed pipe ends the process.
        answers: Sequence[Any]
        if is_other:
            answers = [avoid(understood, name, way) for name in names]
        else:
            answers = [convert_to(understood, name) for name in names]
            answers = run_modules(understood, answers) if against else answers
        written = carry(files, understood, answers[0].weights_target, force=force)
        answers = [answers[0]._replace(written=written), *answers[1:]]
        report = report_equivalents if is_other else report_conversions
        Output(format, quiet, file).show(report(understood, answers))
    said = [answer.is_said for answer in answers]
    # Of all frameworks some never say a layer, and nobody asked for those.
    is_enough = any(said) if len(said) > 2 else all(said)
    return 0 if is_enough and all(answer.agrees for answer in answers) else 1


def _refuse_beside_network(options: Mapping[str, str | None]) -> None:
    """Refuse options of single layers, by flag, where a network is given."""
    for flag, value in options.items():
        if value is not None:
            raise UsageError(f"{flag} is of a single layer", help="leave it out.")


def _refuse_together(format: str, against: bool, is_other: bool, names: Sequence[str]) -> None:
    """Refuse options that do not fit together, or not a single layer."""
    if format == YAML or names == (CONFIG,):
        raise UsageError(
            "a single layer is no config",
            help="take --format json, or give a config or a model.",
            code="form",
        )
    if against and (is_other or format == PYTHON):
        beside = "--without" if is_other else "--format python"
        raise UsageError(
            f"--against was given beside {beside}", help="leave one of them out.", code="together"
        )


def _write_module(
    understood: Understood,
    names: Sequence[str],
    is_other: bool,
    way: str | None,
    file: IO[bytes] | None,
) -> int:
    """Print the module of a layer, and return the exit code."""
    from deconvcli.cli.converting import write_module
    from deconvcli.cli.equivalents import write_other_module

    try:
        text = (
            write_other_module(understood, names, way)
            if is_other
            else write_module(understood, names)
        )
    except NotExpressible as error:
        say(f"{error}")
        return 1
    Output("text", file=file).write(text)
    return 0


def _convert_network(
    path: str,
    name: str,
    names: Sequence[str],
    opened: AbstractContextManager[IO[bytes] | None],
    format: str,
    quiet: bool,
    options: Mapping[str, Any],
) -> int:
    """Print a network in other frameworks, and return the exit code."""
    from deconvcli.cli.porting import port_to, report_ports, write_network

    with opened as file:
        ports, notes = port_to(path, name, names, options)
        if names == (CONFIG,) and format == "text":
            format = YAML
        if format in (PYTHON, YAML):
            Output("text", file=file).write(write_network(ports, format, notes))
        else:
            Output(format, quiet, file).show(report_ports(ports))
    return 1 if any(port.missing for port in ports) else 0
