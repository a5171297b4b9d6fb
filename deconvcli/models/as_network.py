"""A model as a network of ours, as its author could have written it into a config."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from deconvcli.common.errors import NotExpressible, Unreadable, UsageError
from deconvcli.common.findings import Severity
from deconvcli.common.values import shorten_list
from deconvcli.layers.text import size_text
from deconvcli.models.model import GivenSizes, ModelStep, ModelSteps, Sizes, Step, write_sizes
from deconvcli.models.reading import list_steps, read_model
from deconvcli.networks.graph import Network, Node, walk
from deconvcli.networks.operation import Shape

IDENTITY = "identity"
SUMS = ("add", "average", "multiply")


class ModelNetwork(NamedTuple):
    """The network of a model, and what of the model it does not have, by layer."""

    network: Network
    notes: Sequence[str]


def read_network(
    path: str, name: str, spatial: Sequence[int] | None = None, reader: str | None = None
) -> ModelNetwork:
    """Return the network of a model file whose graph is one of layers that configs have.

    name: of the network. spatial: the sizes of the axes after the channels, of every input.

    Raises:
        Unreadable: the file cannot be read, or is no model.
        NotExpressible: an operation is none that a config has.
        UsageError: an input is open, or has another number of axes.
    """
    try:
        listed = list_steps(path, {}, reader)
    except Unreadable as error:
        raise Unreadable(f"{path}: {error.message}", help=error.help) from None
    given = _give_sizes(path, listed, spatial)
    for finding in read_model(path, given, reader).findings:
        if finding.severity is Severity.ERROR:
            raise NotExpressible(
                f"{path}: {finding.message}", help=finding.help, code="not-expressible"
            )
    return _make_network(path, name, list_steps(path, given, reader) if given else listed)


def _give_sizes(path: str, listed: ModelSteps, spatial: Sequence[int] | None) -> GivenSizes:
    """Return sizes for the inputs that the file leaves open, or that are given.

    Raises:
        UsageError: a size is missing, or there is one too many.
    """
    given: dict[str, list[int]] = {}
    for name, sizes in listed.inputs.items():
        if sizes is None or len(sizes) < 2:
            raise _make_refusal(path, f"its input {name} has no batch and channels")
        axes = len(sizes) - 2
        wanted = [*spatial] * axes if spatial and len(spatial) == 1 else [*(spatial or ())]
        if spatial is not None and len(wanted) != axes:
            raise UsageError(
                f"--in has {len(wanted)} sizes, the input {name} {axes} axes after the channels",
                help="give the spatial sizes; batch and channels are in the file.",
                code="rank",
            )
        # The batch counts for no layer; one that is open is any number.
        whole = [sizes[0] if isinstance(sizes[0], int) else 1, sizes[1], *(wanted or sizes[2:])]
        if open_sizes := [size for size in whole if not isinstance(size, int)]:
            raise UsageError(
                f"{path}: the input {name} is {write_sizes(sizes)}, and"
                f" {shorten_list(list(map(str, open_sizes)))} is open",
                help=f"give its size in numbers: --in {size_text([64] * axes)}.",
                code="no-size",
            )
        if whole != list(sizes):
            given[name] = [int(size) for size in whole if size is not None]
    return given


def _make_network(path: str, name: str, listed: ModelSteps) -> ModelNetwork:
    inputs = {
        one: Shape(int(sizes[1] or 0), tuple([int(size or 0) for size in sizes[2:]]))
        for one, sizes in listed.inputs.items()
        if sizes is not None
    }
    # The layer, or the input, that gives each tensor.
    origins = {one: one for one in inputs}
    nodes: list[Node] = []
    notes: list[str] = []
    sizes: dict[str, Sizes] = {}
    for one, own in zip(listed.steps, _name_steps(listed.steps, inputs), strict=True):
        step = _adapt(one)
        if step is None or one.output is None or not set(one.takes) <= set(origins):
            raise _make_refusal(path, f"{own} is {one.kind}, of {write_sizes(one.output or ())}")
        if step.note:
            notes.append(f"{own}: {step.note}")
        if step.operation == IDENTITY:
            origins[one.gives[0]] = origins[one.takes[0]]
            continue
        origins[one.gives[0]] = own
        takes = tuple([origins[tensor] for tensor in one.takes])
        nodes.append(Node(own, step.operation, step.parameters, takes))
        sizes[own] = one.output
    if not nodes:
        raise _make_refusal(path, "it has no layer")
    used = {taken for node in nodes for taken in node.inputs}
    outputs = tuple([node.name for node in nodes if node.name not in used])
    kept = {one: shape for one, shape in inputs.items() if one in used}
    network = Network(name, kept, tuple(nodes), outputs, listed.dialect)
    _check_sizes(path, network, sizes)
    return ModelNetwork(network, notes)


def _adapt(one: ModelStep) -> Step | None:
    """Return the step of an operation; None where it takes tensors in place of weights."""
    step, count = one.step, len(one.takes)
    if step is None:
        return None
    if step.operation == "concat":
        return step if count > 1 else None
    if step.operation in SUMS:
        note = f"{one.kind} with a constant, which changes no size"
        return step if count > 1 else Step(IDENTITY, {}, note)
    return step if count == 1 else None


def _name_steps(steps: Sequence[ModelStep], inputs: Iterable[str]) -> Iterator[str]:
    """Yield a name for each step that nothing else has: its own, or that of its tensor."""
    taken = Counter([*inputs, *[one.name for one in steps]])
    for one in steps:
        name = one.name if taken[one.name] == 1 else one.gives[0]
        while name != one.name and taken[name]:
            name += "_"
        taken[name] += name != one.name
        yield name


def _check_sizes(path: str, network: Network, sizes: dict[str, Sizes]) -> None:
    """Refuse a network of which a layer has another size than in the model.

    Raises:
        NotExpressible: a layer has.
    """
    for outcome in walk(network):
        own = outcome.node.name
        if outcome.error is not None or outcome.shape is None:
            reason = outcome.error.message if outcome.error else "its size is not known"
            raise _make_refusal(path, f"{own}: {reason}")
        if outcome.shape.sizes != sizes[own][1:]:
            raise _make_refusal(
                path,
                f"{own} gives {write_sizes(sizes[own][1:])} in the model, and"
                f" {size_text(outcome.shape.sizes)} as {outcome.node.operation}",
            )


def _make_refusal(path: str, reason: str) -> NotExpressible:
    return NotExpressible(
        f"{path}: the model is no network of layers that configs have: {reason}",
        help="`deconv check` gives the size of every tensor; write the part that you need.",
        code="not-expressible",
    )
