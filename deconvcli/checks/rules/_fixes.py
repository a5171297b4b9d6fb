"""Fixes of a network, as changes of its document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from deconvcli.checks.configs import NetworkSource
from deconvcli.checks.documents import Document, Path
from deconvcli.checks.rules._rule import WalkedNetwork
from deconvcli.common.findings import GUESSED, Change, Diagnostic, DocumentFix, Fixes, Verb
from deconvcli.common.shelf import is_slip, nearest
from deconvcli.common.values import freeze
from deconvcli.layers.axis import Linear
from deconvcli.networks.graph import Network
from deconvcli.networks.graph.diagnosis import FailedNode
from deconvcli.networks.graph.edits import (
    InsertAfter,
    InsertBefore,
    NetworkEdit,
    ResizeInput,
    SetParameter,
    TakeSize,
    apply_edits,
    join_words,
)
from deconvcli.networks.graph.network import Node
from deconvcli.networks.graph.repairs import Fix
from deconvcli.networks.graph.shapes import MAX_COMPARED_NAMES
from deconvcli.networks.operations import take


def explain_failure(
    document: Document, walked: WalkedNetwork, failed: FailedNode, found: Diagnostic
) -> Diagnostic:
    """Return the finding with the layers above that cause it, and with fixes that were tried."""
    outcome, diagnosis, assumed = failed
    culprits = "; ".join(map(str, diagnosis.culprits[:2]))
    message = f"{found.message} ({culprits})" if culprits else found.message
    before = next(known for known in walked.outcomes if known.node.name == outcome.node.name)
    if before.is_unknown:
        message += f", once {join_words(assumed)} {'are' if len(assumed) > 1 else 'is'} fixed"
    help = f"{', or '.join(map(str, diagnosis.fixes))}." if diagnosis.fixes else found.help
    found_fixes = [document_fix(fix, document, walked.source) for fix in diagnosis.fixes]
    fixes = tuple([fix for fix in found_fixes if fix.changes])
    if outcome.error is not None and outcome.error.code == "unknown-input":
        fixes += _correct_input(document, walked.source, outcome.node)
    return found._replace(message=message, help=help, fixes=fixes)


def _correct_input(document: Document, source: NetworkSource, node: Node) -> Fixes:
    """Return the nearest existing name for the first input that no layer above has."""
    graph, path = source.graph, (*source.paths[node.name], "inputs")
    if path not in document.places:  # the key is misspelled, and has its own fix
        return ()
    names = [other.name for other in graph.nodes]
    above = [*graph.inputs, *names[: names.index(node.name)]]
    number, wrong = next((i, name) for i, name in enumerate(node.inputs) if name not in above)
    place = (*path, number) if isinstance(document.value_at(path), list) else path
    close = nearest(wrong, above[-MAX_COMPARED_NAMES:])
    if close is None:
        return ()
    caution = "" if is_slip(wrong, close) else GUESSED
    return (DocumentFix((Change(Verb.SET, place, close),), caution),)


def document_fix(fix: Fix, document: Document, source: NetworkSource) -> DocumentFix:
    """Return a fix of a network as a fix of its document."""
    return DocumentFix(tuple(_changes_of(fix.edits, document, source)), fix.caution)


def _changes_of(
    edits: Sequence[NetworkEdit], document: Document, source: NetworkSource
) -> Iterator[Change]:
    """Yield the changes for a fix: parameters, new layers, and inputs that now need other names."""
    for edit in edits:
        yield from _changes_of_edit(edit, document, source)
    # Of these edits alone: the fix was proven with those of layers above, which the file lacks.
    changed = apply_edits(source.graph, [e for e in edits if not isinstance(e, TakeSize)])
    yield from _rewire(document, source, changed)
    if changed.outputs != source.graph.outputs:
        yield Change(Verb.SET, (*_network_path(source), "output"), changed.outputs[0])


def _network_path(source: NetworkSource) -> Path:
    return ("networks", source.graph.name)


def _changes_of_edit(
    edit: NetworkEdit, document: Document, source: NetworkSource
) -> Iterator[Change]:
    match edit:
        case SetParameter():
            path = source.paths[edit.node]
            key = _written_key(document, source, source.graph.node(edit.node), edit.key)
            # A file has no word for a value that nobody gives, a call has None.
            if edit.value is None and edit.node not in source.calls:
                yield Change(Verb.DROP, (*path, key))
            else:
                yield Change(Verb.SET, (*path, key), freeze(edit.value))
        case TakeSize():
            path = source.paths[edit.node]
            # A pasted call has no inputs: what its tensors are is in the code around it.
            if isinstance(document.value_at(path), dict):
                inputs = (*source.graph.node(edit.node).inputs, edit.input)
                yield Change(Verb.SET, (*path, "inputs"), inputs)
        case ResizeInput():
            home = _network_path(source)
            place = ("input",) if "input" in document.value_at(home) else ("inputs", edit.input)
            sizes = edit.shape.spatial
            size = "x".join(map(str, sizes)) if len(sizes) > 1 else sizes[0]
            yield Change(Verb.SET, (*home, *place, "size"), size)
        case InsertBefore():
            layer = _layer(edit.node, edit.node.inputs)
            yield Change(Verb.INSERT, source.paths[edit.below], layer)
        case InsertAfter():  # pragma: no branch - there is no other edit
            yield from _insert_after(edit, document, source)


def _insert_after(edit: InsertAfter, document: Document, source: NetworkSource) -> Iterator[Change]:
    if edit.above in source.graph.inputs:
        first = source.paths[source.graph.nodes[0].name]
        yield Change(Verb.INSERT, first, _layer(edit.node, ()))
        return
    *above, number = source.paths[edit.above]
    path = (*above, int(number))
    layer = _layer(edit.node, ())
    expect = (*path, "expect")
    # The author's `expect` describes the output of the pair, so it moves to the new layer.
    if expect in document.places:
        layer += (("expect", freeze(document.value_at(expect))),)
        yield Change(Verb.DROP, expect)
    yield Change(Verb.INSERT, (*above, int(number) + 1), layer)


def _rewire(document: Document, source: NetworkSource, changed: Network) -> Iterator[Change]:
    """Yield the inputs that must be rewritten, since a new layer changes what `previous` means."""
    before = {node.name: node for node in source.graph.nodes}
    previous = next(iter(changed.inputs), "")
    for node in changed.nodes:
        if node.name in before:
            path = (*source.paths[node.name], "inputs")
            # A layer that states no inputs takes the layer before it, which is the one it needs.
            if path in document.places:
                yield from _rewire_inputs(document, path, before[node.name], node, previous)
        previous = node.name


def _rewire_inputs(
    document: Document, path: Path, before: Node, after: Node, previous: str
) -> Iterator[Change]:
    written = document.value_at(path)
    is_list = isinstance(written, list)
    for number, name in enumerate(after.inputs):
        word = written[number] if is_list else written
        # An unedited file would now take this input: a name keeps its layer, `previous` may not.
        taken = previous if word == "previous" else before.inputs[number]
        if taken != name:
            yield Change(Verb.SET, (*path, number) if is_list else path, name)


def _written_key(document: Document, source: NetworkSource, node: Node, name: str) -> str | int:
    """Return the key as the file writes it: under our name or a framework's, or by position.

    A key that is not written gets the framework's own name in a pasted call, and ours elsewhere.
    """
    key = next(key for key in take(node.operation).keys if key.name == name)
    names = (key.name, *key.aliases)
    if node.name in source.calls:
        return source.calls[node.name].place(names)
    layer = document.value_at(source.paths[node.name])
    return next((alias for alias in names if alias in layer), name)


def _layer(node: Node, inputs: tuple[str, ...]) -> tuple[tuple[str, object], ...]:
    """Return a new layer as pairs; without inputs it takes the layer before it."""
    written = {key: _write_letters(value) for key, value in node.parameters.items()}
    parameters = tuple([(key, freeze(value)) for key, value in written.items()])
    named_inputs = (("inputs", inputs),) if inputs else ()
    return (("op", node.operation), ("name", node.name), *parameters, *named_inputs)


def _write_letters(value: Any) -> Any:
    """Return a value of a parameter as files have it: symbolic sizes as text."""
    if isinstance(value, list):
        return [_write_letters(item) for item in value]
    return str(value) if isinstance(value, Linear) else value
