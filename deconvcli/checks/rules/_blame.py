"""Who is to blame for a failing layer, and its fixes as changes of the document."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.checks.configs import Read
from deconvcli.checks.documents import Document
from deconvcli.checks.rules._rule import Walked
from deconvcli.common.findings import Change, Diagnostic, Verb
from deconvcli.common.shelf import nearest
from deconvcli.common.values import freeze
from deconvcli.networks.graph import Network, NodeOutcome
from deconvcli.networks.graph.diagnosis import diagnose
from deconvcli.networks.graph.edits import (
    InsertAfter,
    InsertBefore,
    NetworkEdit,
    ResizeInput,
    SetParameter,
)
from deconvcli.networks.graph.network import Node
from deconvcli.networks.graph.repairs import Fix
from deconvcli.networks.graph.shapes import MAX_COMPARED_NAMES
from deconvcli.networks.operations import take


def blamed(
    document: Document, walked: Walked, outcome: NodeOutcome, found: Diagnostic
) -> Diagnostic:
    """The finding with the layers above that are to blame, and with fixes that were tried."""
    told = diagnose(walked.read.graph, outcome.node.name, walked.outcomes)
    lost = "; ".join(map(str, told.culprits[:2]))
    message = f"{found.message} ({lost})" if lost else found.message
    help = f"{', or '.join(map(str, told.fixes))}." if told.fixes else found.help
    fixes = tuple([tuple(changes(document, walked.read, fix)) for fix in told.fixes])
    named = _renamed(document, walked, outcome.node) if _is_misnamed(outcome) else ()
    return found._replace(message=message, help=help, fixes=(*fixes, *named))


def _is_misnamed(outcome: NodeOutcome) -> bool:
    return outcome.error is not None and outcome.error.code == "unknown-input"


def _renamed(document: Document, walked: Walked, node: Node) -> tuple[tuple[Change, ...], ...]:
    """For the first input that no layer above has, the nearest name that one has."""
    graph, path = walked.read.graph, (*walked.read.paths[node.name], "inputs")
    names = [other.name for other in graph.nodes]
    above = [*graph.inputs, *names[: names.index(node.name)]]
    number, wrong = next((i, name) for i, name in enumerate(node.inputs) if name not in above)
    place = (*path, number) if isinstance(document.value_at(path), list) else path
    close = nearest(wrong, above[-MAX_COMPARED_NAMES:])
    return ((Change(Verb.SET, place, close),),) if close else ()


def changes(document: Document, read: Read, fix: Fix) -> Iterator[Change]:
    """The fix as it is written: parameters, new layers, and names in inputs that moved."""
    for edit in fix.edits:
        yield from _of_edit(document, read, edit)
    yield from _rewired(document, read, fix.network)
    if fix.network.outputs != read.graph.outputs:
        yield Change(Verb.SET, (*_home(read), "output"), fix.network.outputs[0])


def _home(read: Read) -> tuple[str | int, ...]:
    return ("networks", read.graph.name)


def _of_edit(document: Document, read: Read, edit: NetworkEdit) -> Iterator[Change]:
    match edit:
        case SetParameter():
            path = read.paths[edit.node]
            key = _spelled(document, read, read.graph.node(edit.node), edit.key)
            yield Change(Verb.SET, (*path, key), freeze(edit.value))
        case ResizeInput():
            inputs = document.value_at(_home(read))
            place = ("input",) if "input" in inputs else ("inputs", edit.input)
            sizes = edit.shape.spatial
            size = "x".join(map(str, sizes)) if len(sizes) > 1 else sizes[0]
            yield Change(Verb.SET, (*_home(read), *place, "size"), size)
        case InsertBefore():
            yield Change(Verb.INSERT, read.paths[edit.below], _layer(edit.node, edit.node.inputs))
        case InsertAfter():
            yield from _behind(document, read, edit)


def _behind(document: Document, read: Read, edit: InsertAfter) -> Iterator[Change]:
    """A layer that takes the one before it; what that one's own `expect` says goes with it."""
    if edit.above in read.graph.inputs:
        first = read.paths[read.graph.nodes[0].name]
        yield Change(Verb.INSERT, first, _layer(edit.node, ()))
        return
    *above, number = read.paths[edit.above]
    path = (*above, int(number))
    layer = _layer(edit.node, ())
    expect = (*path, "expect")
    if expect in document.places:
        layer += (("expect", freeze(document.value_at(expect))),)
        yield Change(Verb.DROP, expect)
    yield Change(Verb.INSERT, (*above, int(number) + 1), layer)


def _rewired(document: Document, read: Read, changed: Network) -> Iterator[Change]:
    """What must be said of inputs, where `previous` or a name means another layer by now."""
    before = {node.name: node for node in read.graph.nodes}
    previous = next(iter(changed.inputs), "")
    for node in changed.nodes:
        if node.name in before:
            yield from _inputs(document, read, before[node.name], node, previous)
        previous = node.name


def _inputs(
    document: Document, read: Read, before: Node, after: Node, previous: str
) -> Iterator[Change]:
    path = (*read.paths[after.name], "inputs")
    if path not in document.places:
        if after.inputs != (previous,):
            yield Change(Verb.SET, path, after.inputs)
        return
    said = document.value_at(path)
    for number, name in enumerate(after.inputs):
        is_list = isinstance(said, list)
        word = said[number] if is_list else said
        meant = previous if word == "previous" else before.inputs[number]
        if meant != name:
            yield Change(Verb.SET, (*path, number) if is_list else path, name)


def _spelled(document: Document, read: Read, node: Node, name: str) -> str | int:
    """The key as it is written there, under our name or a framework's; in a pasted call its place.

    Where it is not written, the framework's own name of it in a call, and ours elsewhere.
    """
    key = next(key for key in take(node.operation).keys if key.name == name)
    names = (key.name, *key.aliases)
    if node.name in read.calls:
        return read.calls[node.name].place(names)
    layer = document.value_at(read.paths[node.name])
    return next((alias for alias in names if alias in layer), name)


def _layer(node: Node, inputs: tuple[str, ...]) -> tuple[tuple[str, object], ...]:
    """A layer of its own as pairs: what it is called, its keys, and its inputs if not the one
    before."""
    given = tuple([(key, freeze(value)) for key, value in node.parameters.items()])
    taken = (("inputs", inputs),) if inputs else ()
    return (("op", node.operation), ("name", node.name), *given, *taken)
