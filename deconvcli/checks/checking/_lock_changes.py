"""The differences between networks and a lock file: one finding for each cause.

Layers are matched in order, as a diff matches lines, so that a layer that was inserted, removed or
renamed is one finding. A changed size follows from others if the layer reads a tensor that changed;
a change that follows from nothing is a cause.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

from deconvcli.checks.checking._verdict import Lock, Sizes
from deconvcli.checks.checking.lock import UNKNOWN, LockedTensor, list_tensors, read_line
from deconvcli.checks.documents import Document
from deconvcli.checks.rules import WalkedNetwork, assign_code
from deconvcli.common.findings import Diagnostic, Severity, Where
from deconvcli.common.values import format_count, shorten_list

UNDO = "undo the edit, or accept it with deconv check --lock."
ADD = "add it with deconv check --lock."
MAX_MESSAGE = 200


def find_changes(
    document: Document, networks: Sequence[WalkedNetwork], lock: Lock
) -> Iterator[Diagnostic]:
    """Yield a finding for each cause of a difference from the lock file."""
    # A network that could not be walked has its own findings.
    walkable = {walked.source.graph.name: walked for walked in networks if walked.outcomes}
    lines = {name: [str(each) for each in list_tensors(w)] for name, w in walkable.items()}
    locked = lock.get(document.name, {})
    if not locked and (moved := _find_moved(lines, lock)) is not None:
        yield _report(f"this file was {moved} in deconv.lock", Where(document.name), UNDO)
        locked = lock[moved]
    present = {walked.source.graph.name for walked in networks}
    gone = {name: known for name, known in locked.items() if name not in present}
    added = [name for name in walkable if name not in locked]
    for name, walked in walkable.items():
        where = document.where_key(("networks", name))
        before = name if name in locked else _find_renamed(lines[name], gone, added)
        if before is None:
            yield _report(f"{name}: this network is not in deconv.lock", where, ADD)
            continue
        if before != name:
            yield _report(f"{name}: this network was {before} in deconv.lock", where, UNDO)
            del gone[before]
        yield from _Comparison(document, walked, locked[before]).find_causes()
    for name in gone:
        message = f"{name}: this network of deconv.lock is no longer in the file"
        yield _report(message, document.where_key(("networks",)), UNDO)


def _find_moved(lines: Sizes, lock: Lock) -> str | None:
    """Return the file of the lock that is gone and had these networks, at best with these sizes."""
    same = [name for name, known in lock.items() if known.keys() == lines.keys()]
    gone = [name for name in same if not os.path.exists(name)]
    return next((name for name in gone if lock[name] == lines), next(iter(gone), None))


def _find_renamed(lines: Sequence[str], gone: Sizes, added: Sequence[str]) -> str | None:
    """Return the network that is gone and had these sizes, or is the only one and was replaced."""
    only = next(iter(gone)) if len(gone) == len(added) == 1 else None
    return next((name for name, known in gone.items() if known == lines), only)


def _report(message: str, where: Where, help: str) -> Diagnostic:
    # Cut short: the lock file may say anything, at any length.
    found = Diagnostic("changed-size", Severity.ERROR, message[:MAX_MESSAGE], help, where=where)
    return assign_code(found)


class _Block(NamedTuple):
    """A part of both sequences: layers that are matched one by one, or an edit of some by others.

    The numbers are those of the first layer and of the one after the last.
    """

    is_match: bool
    old: range
    new: range


def _match(old: Sequence[LockedTensor], new: Sequence[LockedTensor]) -> Iterator[_Block]:
    """Yield the blocks of both sequences, in order."""
    # Many layers have no name and differ in nothing but their place. Whatever has the same size is
    # kept at the start; after it an edit is as early as possible, so that the changes below follow
    # from it.
    first = _count_equal(old, new, str)
    last = _count_equal(old[first:][::-1], new[first:][::-1], _label)
    whole = _Block(False, range(first, len(old) - last), range(first, len(new) - last))
    yield _Block(True, range(first), range(first))
    for block in _match_by(whole, old, new, _label):
        # Within an edit, a layer of the same kind has been renamed.
        yield from [block] if block.is_match else _match_by(block, old, new, _kind)
    yield _Block(True, range(len(old) - last, len(old)), range(len(new) - last, len(new)))


def _label(tensor: LockedTensor) -> str:
    return tensor.label


def _kind(tensor: LockedTensor) -> str:
    return tensor.kind


Key = Callable[[LockedTensor], str]


def _count_equal(old: Sequence[LockedTensor], new: Sequence[LockedTensor], key: Key) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((i for i, (was, now) in pairs if key(was) != key(now)), min(len(old), len(new)))


def _match_by(
    block: _Block, old: Sequence[LockedTensor], new: Sequence[LockedTensor], key: Key
) -> Iterator[_Block]:
    """Yield the parts of a block, matched by a key."""
    was = [key(old[i]) for i in block.old]
    now = [key(new[i]) for i in block.new]
    for tag, *ends in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        first, last, begin, end = ends
        yield _Block(tag == "equal", block.old[first:last], block.new[begin:end])


class _Comparison:
    """One network and its lines in the lock file."""

    def __init__(self, document: Document, walked: WalkedNetwork, lines: Sequence[str]) -> None:
        self._document = document
        self._source = walked.source
        self._graph = walked.source.graph
        self._old = [read_line(line) for line in lines]
        self._new = list_tensors(walked)
        self._names = [*self._graph.inputs, *(node.name for node in self._graph.nodes)]
        places = {name: place for place, name in enumerate(self._names)}
        self._reads: list[list[int]] = [[] for _ in self._graph.inputs]
        for node in self._graph.nodes:
            self._reads.append([places[name] for name in node.inputs if name in places])
        # By tensor: the causes of its change, and those of what was removed after it.
        self._causes: list[set[int]] = [set() for _ in self._new]
        self._removed: list[set[int]] = [set() for _ in self._new]
        # By place in the file: the rounds of a block that was edited have one cause.
        self._found: dict[tuple[Where, bool], list[str]] = {}
        self._followers: Counter[int] = Counter()

    def find_causes(self) -> Iterator[Diagnostic]:
        """Yield a finding for each cause, in the order of the layers."""
        for block in _match(self._old, self._new):
            if block.is_match:
                for was, now in zip(block.old, block.new, strict=True):
                    self._compare(self._old[was], now)
            elif all(self._new[place].size != UNKNOWN for place in block.new):
                self._add_edit(block)
        for cause, ((where, _), messages) in enumerate(self._found.items()):
            [first, *others] = messages
            rounds = f", and in {format_count(len(others), 'more round')}" if others else ""
            count = self._followers[cause]
            follow = f", {count} follow{'s' if count == 1 else ''}" if count else ""
            message = f"{self._graph.name}: {first}"[: MAX_MESSAGE - len(rounds + follow)]
            yield _report(message + rounds + follow, where, UNDO)

    def _add(self, message: str, place: int, *, is_removal: bool = False) -> int:
        """Add a finding, or one more round of it, and return its number."""
        key = self._where(place), is_removal
        self._found.setdefault(key, []).append(message)
        return list(self._found).index(key)

    def _compare(self, was: LockedTensor, place: int) -> None:
        """Compare a layer with itself in the lock file."""
        now, above = self._new[place], self._find_causes_above(place)
        # A layer without a size has a finding of its own, or one above it has.
        if now == was or now.size == UNKNOWN:
            return
        cause = set()
        if not above or now[:2] != was[:2]:
            cause = {self._add(self._describe(was, place), place)}
        if now.size != was.size:
            self._causes[place] = above or cause
            self._followers.update(above - cause)

    def _find_causes_above(self, place: int) -> set[int]:
        return {
            cause
            for read in self._reads[place]
            for cause in (*self._causes[read], *self._removed[read])
        }

    def _describe(self, was: LockedTensor, place: int) -> str:
        name, now = self._names[place], self._new[place]
        if now.kind != was.kind:
            return f"{name}: {was.kind} {was.size} -> {now.kind} {now.size}"
        sizes = "" if now.size == was.size else f": {was.size} -> {now.size}"
        if now.name == was.name:
            return f"{name}{sizes}"
        if not was.name:
            return f"a {was.kind} without a name is now {name}{sizes}"
        return f"{was.name} was renamed to {name}{sizes}"

    def _add_edit(self, block: _Block) -> None:
        """Add layers that were inserted, removed or replaced."""
        before = max(block.new.start - 1, 0)
        place = block.new.start if block.new else before
        added = self._add(self._describe_edit(block), place, is_removal=not block.new)
        cause = set() if self._keeps_size(block) else {added}
        for new in block.new:
            self._causes[new] = self._find_causes_above(new) | cause
        if block.old:
            # Nothing says which input the first layers read.
            inputs = range(len(self._graph.inputs))
            for read in inputs if before in inputs else (before,):
                self._removed[read] |= cause

    def _keeps_size(self, block: _Block) -> bool:
        """Return whether the layers below see the size that they saw before."""
        if not (block.old.start and block.new.start):
            return False
        before_was, before_now = self._old[block.old.start - 1], self._new[block.new.start - 1]
        was, now = self._old[block.old.stop - 1], self._new[block.new.stop - 1]
        is_neutral = was.size == before_was.size and now.size == before_now.size
        return was.size == now.size or is_neutral

    def _describe_edit(self, block: _Block) -> str:
        old = shorten_list(
            [f"{self._old[place].label} ({self._old[place].size})" for place in block.old]
        )
        new = shorten_list(
            [f"{self._names[place]} ({self._new[place].size})" for place in block.new]
        )
        were = "were" if len(block.old or block.new) > 1 else "was"
        if not block.old:
            return f"{new} {were} inserted"
        if block.new:
            return f"{old} {were} replaced by {new}"
        after = f" after {self._names[block.new.start - 1]}" if block.new.start else ""
        return f"{old} {were} removed{after}"

    def _where(self, place: int) -> Where:
        name, base = self._names[place], ("networks", self._graph.name)
        if place >= len(self._graph.inputs):
            return self._document.where(self._source.paths[name])
        inputs = (*base, "inputs", name, "size")
        is_named = inputs in self._document.places
        return self._document.where(inputs if is_named else (*base, "input", "size"))
