"""The lock file: the size of every layer, so that a review sees when one changes.

A line of the file is one size, and lines are in the order of the layers: the lines that an edit
changes are those of the sizes that it changes. A layer without a name of its own has none here
either, since the numbers of the names that we invent change with every layer that is inserted.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from deconvcli.checks.checking._verdict import CheckedFile, Lock, Verdict
from deconvcli.checks.documents import Path, path_text
from deconvcli.checks.rules import WalkedNetwork
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Severity
from deconvcli.layers.text import size_text
from deconvcli.networks.graph import Node
from deconvcli.networks.operation import Shape
from deconvcli.networks.operations import take

SCHEMA = "deconv.lock/2"
OLD_SCHEMA = "deconv.lock/1"
UNKNOWN = "-"
INPUT = "input"
# No network has as many layers. Longer lists are a mistake, and comparing them would take long.
MAX_LINES = 4_000

_LINE = re.compile(r"(?:(?P<name>.*): )?(?P<kind>\S+) (?P<size>.+)", re.DOTALL)


class LockedTensor(NamedTuple):
    """An input or the output of a layer, as the lock file has it.

    name: empty where the author gave none. kind: of the layer, or `input`.
    """

    name: str
    kind: str
    size: str

    @property
    def label(self) -> str:
        """Return the name, or else the kind."""
        return self.name or self.kind

    def __str__(self) -> str:
        named = f"{self.name}: " if self.name else ""
        return f"{named}{self.kind} {self.size}"


def read_line(line: str) -> LockedTensor:
    """Return what a line of a lock file says; one that was written by hand may be anything."""
    found = _LINE.fullmatch(line)
    if found is None:
        return LockedTensor(line, "", UNKNOWN)
    return LockedTensor(found["name"] or "", found["kind"], found["size"])


def list_tensors(walked: WalkedNetwork) -> list[LockedTensor]:
    """Return the inputs and the layers of a network, in order."""
    inputs = walked.source.graph.inputs.items()
    tensors = [
        LockedTensor("" if name == INPUT else name, INPUT, _size(shape)) for name, shape in inputs
    ]
    for node, shape, error, _ in walked.outcomes:
        kind = take(node.operation).name if node.operation else ""
        # What is wrong with a layer is a finding already, in more detail.
        name = _find_own_name(node, walked.source.paths[node.name])
        tensors.append(LockedTensor(name, kind, _size(None if error else shape)))
    return tensors


def _size(shape: Shape | None) -> str:
    if shape is None:
        return UNKNOWN
    return size_text(shape.spatial) if shape.spatial else "flat"


def _find_own_name(node: Node, path: Path) -> str:
    """Return the name without the numbers of its rounds, or nothing for an invented name."""
    if re.fullmatch(f"{re.escape(node.operation or 'layer')}[0-9]+", node.name):
        return ""
    # After the network's name, `layers` stands once, and again for each block around the layer.
    rounds = path[2:].count("layers") - 1
    return node.name.rsplit(".", rounds)[0] if rounds else node.name


def read_lock(text: str, name: str) -> Lock:
    """Return the contents of a lock file.

    name: of the file, for errors.

    Raises:
        Unreadable: the text is not a lock file, or one of an earlier form.
    """
    try:
        document = json.loads(text)
        schema, files = document["schema"], document["files"]
    # RecursionError: a file of open brackets. Whatever else it is, it is no lock file.
    except (ValueError, LookupError, TypeError, RecursionError):
        schema, files = None, None
    if schema == OLD_SCHEMA:
        raise Unreadable(
            f"{name} was written by an earlier deconv, without the order of the layers",
            help="write it again with deconv check --lock, before you edit the networks.",
        )
    if schema != SCHEMA or not isinstance(files, dict):
        problem = "has a merge conflict" if "<<<<<<<" in text else "is not a lock file of deconv"
        raise Unreadable(f"{name} {problem}", help="write it again with deconv check --lock.")
    # A lock file is edited and merged by hand, so any part of it may be anything.
    return {
        file: {
            network: lines for network, given in networks.items() if (lines := _read_lines(given))
        }
        for file, networks in files.items()
        if isinstance(networks, dict)
    }


def _read_lines(given: Any) -> Sequence[str]:
    listed = given if isinstance(given, list) and len(given) <= MAX_LINES else ()
    return [line for line in listed if isinstance(line, str)]


def add_sizes(checked: CheckedFile, networks: Sequence[WalkedNetwork]) -> CheckedFile:
    """Return the file with the sizes of each network without errors."""
    paths = {
        walked.source.graph.name: path_text(("networks", walked.source.graph.name))
        for walked in networks
    }
    owners = {
        _find_owner(found.where.path if found.where else "", paths)
        for found in checked.findings
        if found.severity is Severity.ERROR
    }
    # An error outside the networks, such as an unknown dialect of the file, is one of each network.
    refused = [name for name in paths if name in owners or None in owners]
    sizes = {
        walked.source.graph.name: [str(tensor) for tensor in list_tensors(walked)]
        for walked in networks
        if walked.source.graph.name not in refused
    }
    return checked._replace(sizes=sizes, refused=tuple(refused))


def _find_owner(path: str, networks: Mapping[str, str]) -> str | None:
    """Return the network that a path lies in, or None.

    networks: the path of each network. Names may have dots, so that the longest one decides.
    """
    inside = [
        name for name, base in networks.items() if f"{path}.".startswith((f"{base}.", f"{base}["))
    ]
    return max(inside, key=len, default=None)


def update_lock(lock: Lock, verdict: Verdict) -> Lock:
    """Return the lock with the sizes of the checked files.

    What was not locked now keeps the sizes that it had: a network with errors, a file that could
    not be read, and a file that was not checked, as long as it exists.
    """
    files = {name: sizes for name, sizes in lock.items() if os.path.exists(name)}
    for file in verdict.files:
        before = files.pop(file.name, {})
        kept = file.refused if file.sizes or file.refused else before
        sizes = {**{name: before[name] for name in kept if name in before}, **file.sizes}
        if sizes:
            files[file.name] = sizes
    return files


def format_lock(lock: Lock) -> str:
    """Return the text of the lock file."""
    # Sorted, and one size per line, so that a change of one size is a change of one line.
    files = {name: dict(sorted(sizes.items())) for name, sizes in sorted(lock.items())}
    return json.dumps({"schema": SCHEMA, "files": files}, indent=1) + "\n"
