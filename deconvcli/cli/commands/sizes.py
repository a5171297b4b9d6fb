"""List the input sizes for which a network with skips works.

Help section: A network, 2
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import click

from deconvcli.checks.checking import ReadModel, read_configs_and_models
from deconvcli.checks.configs import Config
from deconvcli.cli.help import Command
from deconvcli.cli.model_options import reader_option, size_option
from deconvcli.cli.options import option, takes, takes_output
from deconvcli.cli.output import Output
from deconvcli.cli.sized_models import explain_axes, find_model_axes
from deconvcli.cli.types import Sizes
from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.shelf import suggestion
from deconvcli.layers.axis import Size
from deconvcli.networks.graph import (
    AxisSizes,
    MeetingSizes,
    Network,
    SizeSet,
    UnmetExpect,
    find_axis_sizes,
    find_first_failure,
    find_unmet_expects,
)
from deconvcli.views.answers.report import Block, Lines, Report, Table

MODELS = "Model files"
COLUMNS = ("input", "axis", "works for", "no remainder", "yours", "smaller", "larger", "pad")
# Only where the network expects a size in numbers.
MEETING_COLUMN = "meets expect"


class SizedNetwork(NamedTuple):
    """A network of a file, and the sizes that work on each axis of its inputs.

    network: of a config. unmet: the layers that miss a size expected in numbers. model: of a model
    file, which is a network of its own. notes: what is not known.
    """

    file: str
    name: str
    axes: Sequence[AxisSizes]
    network: Network | None = None
    unmet: Sequence[UnmetExpect] = ()
    model: ReadModel | None = None
    notes: Sequence[str] = ()


@click.command(cls=Command, short_help=__doc__)
@takes(
    click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path()),
    option("--at", type=Sizes(), help="Your input size, instead of the one in the file."),
    option("--network", "name", metavar="NAME", help="Show only the network of this name."),
    size_option(section=MODELS),
    reader_option(section=MODELS),
)
@takes_output("the sizes that work")
def command(
    paths: tuple[str, ...],
    name: str | None,
    at: tuple[Size, ...] | None,
    sizes: Mapping[str, tuple[Size, ...]],
    reader: str | None,
    output: Output,
) -> int:
    """List all input sizes for which every layer of a network works.

    Each axis gets a rule, the nearest working sizes below and above yours, and the padding that
    reaches the larger one. The sizes under "no remainder" are those for which no layer drops
    elements of its input by rounding down. Exits with 1 if no size works.

    An `expect` with letters has to hold for every size listed. An `expect` in numbers alone is
    compared at the input size in the file, and the sizes under "meets expect" are those that give
    it. Exits with 1 if it is not met.

    Of a model of ONNX, each open axis of its inputs gets a rule; --size opens axes whose sizes the
    file stores. --at gives the sizes of the open axes after the batch.

    \b
    Examples:
      deconv sizes unet.yaml
      deconv sizes unet.yaml --at 600x900
      deconv sizes networks/ --network generator --format json
      deconv sizes net.onnx --size x=1x3xHxW
    """
    configs, models = read_configs_and_models(paths, sizes, reader)
    if sizes and not models:
        raise UsageError(
            "--size is of model files, and none is given",
            help="use --at for the input size of a config.",
        )
    sized = [
        SizedNetwork(
            config.document.name,
            read.graph.name,
            find_axis_sizes(read.graph, at),
            read.graph,
            find_unmet_expects(read.graph),
        )
        for config in configs
        for read in config.networks
        if name in (None, read.graph.name)
    ]
    if name is None:
        # In a folder, files without an open size are no question.
        sized += [_size_model(one, at) for one in models if one.is_named or one.model.open_axes]
    if not sized:
        raise _no_network(configs, name)
    report = _report(sized)
    output.show(report)
    return 1 if report.findings else 0


def _size_model(read: ReadModel, at: tuple[Size, ...] | None) -> SizedNetwork:
    axes = find_model_axes(read, at)
    title = read.model.title
    return SizedNetwork(read.name, title, axes, model=read, notes=list(explain_axes(read)))


def _no_network(configs: Sequence[Config], name: str | None) -> UsageError:
    known = sorted({read.graph.name for config in configs for read in config.networks})
    return UsageError(
        f"there is no network {name!r}" if name else "these files contain no network",
        help=suggestion(name or "", known) or "write `networks:` in a file.",
        code="unknown-network",
    )


def _report(sized: Sequence[SizedNetwork]) -> Report:
    """Return a table per network, and findings where no size works or an `expect` is not met."""
    rules = (axis.working.text(axis.letter) for one in sized for axis in one.axes)
    blocks: list[Block] = [_table(one) for one in sized]
    if notes := [note for one in sized for note in one.notes]:
        blocks.append(Lines(notes))
    findings = [
        _nothing_works(one)
        for one in sized
        if any(not axis.working.progressions for axis in one.axes)
    ]
    findings += [_unmet(one.network, unmet) for one in sized if one.network for unmet in one.unmet]
    data = {"networks": [_data(one) for one in sized]}
    return Report("deconv.sizes/1", "\n".join(dict.fromkeys(rules)), blocks, data, findings)


def _table(sized: SizedNetwork) -> Table:
    rows: list[tuple[str, ...]] = [_cells(axis) for axis in sized.axes]
    columns: tuple[str, ...] = COLUMNS
    if any(axis.meeting is not None for axis in sized.axes):
        columns = (*COLUMNS, MEETING_COLUMN)
        meeting = [axis.meeting.text(axis.letter) if axis.meeting else "-" for axis in sized.axes]
        rows = [(*cells, text) for cells, text in zip(rows, meeting, strict=True)]
    return Table(f"{sized.file}: {sized.name}", columns, rows)


def _cells(axis: AxisSizes) -> tuple[str, ...]:
    """Return a row below `COLUMNS`."""
    exact = axis.without_remainder
    without_remainder = "-" if exact is None else exact.text(axis.letter)
    return (
        axis.input,
        axis.axis,
        axis.working.text(axis.letter),
        "the same" if exact == axis.working else without_remainder,
        str(axis.given),
        *("-" if size is None else str(size) for size in (axis.smaller, axis.larger, axis.pad)),
    )


def _nothing_works(sized: SizedNetwork) -> Diagnostic:
    """Return the finding that no size works, with what fails at the network's own size."""
    because, name = "", sized.name
    if sized.network is not None:
        failed = find_first_failure(sized.network)
        because = f": {failed.node.name}: {failed.error.message}" if failed and failed.error else ""
    elif sized.model is not None:
        name = sized.file
        errors = [one for one in sized.model.model.findings if one.severity is Severity.ERROR]
        because = f": {errors[0].message}" if errors else ""
    return Diagnostic(
        "no-size",
        Severity.ERROR,
        f"{name} works for no input size{because}",
        "run `deconv check` on the file to see every error.",
    )


def _unmet(network: Network, unmet: UnmetExpect) -> Diagnostic:
    """Return the finding that an `expect` in numbers is not met, with the sizes that meet it."""
    meets = "" if unmet.meeting is None else f"; {_format_meeting(unmet.meeting, network)}"
    return Diagnostic(
        "expect",
        Severity.ERROR,
        f"{network.name}: {unmet.node}: {unmet.message}{meets}",
        "use an input size that gives it, or change the expected size."
        if unmet.meeting
        else "change the expected size, or a layer above it.",
    )


def _format_meeting(meeting: Sequence[MeetingSizes], network: Network) -> str:
    """Return `n = 572 gives it`, with the axis where not all axes have this rule."""
    if not meeting:
        return "no input size gives it"
    rules = dict.fromkeys(axis.text for axis in meeting)
    every = sum(len(shape.spatial) for shape in network.inputs.values())
    if len(rules) == 1 and len(meeting) == every:
        return f"{next(iter(rules))} gives it"
    several = len(network.inputs) > 1
    named = (f"{axis.input} " * several + f"{axis.axis} {axis.text}" for axis in meeting)
    return f"{', '.join(named)} {'gives' if len(meeting) == 1 else 'give'} it"


def _data(sized: SizedNetwork) -> dict[str, Any]:
    return {
        "file": sized.file,
        "network": sized.name,
        "axes": [
            {
                "input": axis.input,
                "axis": axis.axis,
                "rule": axis.working.text(axis.letter),
                "progressions": _progressions(axis.working),
                "without_rest": None
                if axis.without_remainder is None
                else _progressions(axis.without_remainder),
                "yours": axis.given,
                "works": axis.is_working,
                "smaller": axis.smaller,
                "larger": axis.larger,
                "pad": axis.pad,
                "meets_expect": None if axis.meeting is None else _meeting_data(axis, axis.meeting),
            }
            for axis in sized.axes
        ],
        "notes": sized.notes,
    }


def _meeting_data(axis: AxisSizes, meeting: SizeSet) -> dict[str, Any]:
    return {"rule": meeting.text(axis.letter), "progressions": _progressions(meeting)}


def _progressions(sizes: SizeSet) -> list[dict[str, Any]]:
    return [progression._asdict() for progression in sorted(sizes.progressions)]
