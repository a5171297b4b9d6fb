"""The layers of a printed model, as torch prints it: modules within modules, each with a label."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.pasted.python_call import PythonCall, ValueReader
from deconvcli.frameworks.pasted.refusals import refuse_unreadable
from deconvcli.networks.pasted.calls import is_layer
from deconvcli.networks.pasted.entries import (
    MAX_DEPTH,
    MAX_LAYERS,
    PLAIN_CONTAINERS,
    Entry,
    Listing,
    too_many,
    unreadable,
)

# `(up): Upsample(`, `(0-3): 4 x Block(`, a string, or a bracket; of a module without a label
# only the root is one, as all others are arguments.
_TOKEN = re.compile(
    r"(?<![\w)\]])\((?P<label>[\w.-]+)\):[ \t]*(?:(?P<count>\d+)\s+x\s+)?"
    r"(?P<type>[A-Za-z_][\w.]*)\("
    r"|(?<![\w.])(?P<root>[A-Za-z_][\w.]*)\("
    r"|'[^'\n]*'|\"[^\"\n]*\""
    r"|(?P<open>[(\[{])|(?P<close>[)\]}])"
)
# torch prints these words without quotes.
_WORDS = {word: word for word in ("same", "valid")}


# Modules with weights beside those of the modules that they print.
_OPAQUE = ("MultiheadAttention",)
# What a model holds and its output does not pass.
_IDLE = re.compile(r"Parameter(List|Dict)|\w*Loss")
_GLOBAL_POOL = re.compile(r"Adaptive\w+Pool[123]d\((?:output_size=)?(?:1|\((?:1,? ?)+\))\)")
_PROMPT = re.compile(r"^\s*>>>.*$", re.MULTILINE)


class _Module:
    """A module as it is printed: its arguments, and the modules in it."""

    def __init__(self, labels: list[str], type: str, line: int) -> None:
        self.labels = labels
        self.type = type
        self.line = line
        self.arguments = ""
        self.children: list[_Module] = []


_LABELLED = re.compile(r"(?<![\w)\]])\([\w.-]+\):[ \t]*(?:\d+\s+x\s+)?(?:None\b|[A-Za-z_][\w.]*\()")


def is_printed(text: str) -> bool:
    """Return whether a text has modules with labels, as printed models do."""
    return _LABELLED.search(text) is not None


def read_printed(text: str) -> Listing:
    """Return the layers of a printed model in the order in which they stand.

    Raises:
        UsageError: it is cut short, nested too deeply, or has too many layers.
    """
    root = _read_modules(_PROMPT.sub("", text))
    reader = _EntryReader()
    # Repeated blocks in repeated blocks can be millions of layers: stop one beyond the limit.
    entries = tuple(islice(reader.list_entries(root, ""), MAX_LAYERS + 1))
    if len(entries) > MAX_LAYERS:
        raise too_many()
    return Listing(entries, bool(reader.own), own=frozenset(reader.own))


def _read_modules(text: str) -> _Module:
    """Return a module that holds those of the text."""
    root = _Module([""], "Sequential", 1)
    stack, depth, start, line, counted = [root], 0, 0, 1, 0
    for token in _TOKEN.finditer(text):
        kind, module = token.lastgroup, stack[-1]
        is_module = depth == 0 and (kind == "type" or (kind == "root" and module is root))
        ends_module = kind == "close" and depth == 0
        if is_module or ends_module:
            module.arguments += text[start : token.start()]
            start = token.end()
        if is_module:
            # Counted on from the module before: from the start it would take quadratic time.
            line += text.count("\n", counted, token.start())
            counted = token.start()
            name = token["type"] or token["root"]
            inner = _Module(_list_labels(token["label"] or "", token["count"], line), name, line)
            module.children.append(inner)
            stack.append(inner)
            if len(stack) > MAX_DEPTH:
                raise unreadable("its modules are nested too deeply")
        elif ends_module:
            if module is root:
                raise unreadable("it has a bracket too many")
            stack.pop()
        elif kind in ("type", "root", "open"):
            depth += 1
        elif kind == "close":
            depth -= 1
    if len(stack) > 1:
        raise unreadable(f"it ends before {stack[-1].type} does")
    return root


def _list_labels(label: str, count: str | None, line: int) -> list[str]:
    """Return the labels of equal modules, which torch prints once: `(0-3): 4 x Block(`."""
    if count is None:
        return [label]
    first, _, last = label.partition("-")
    # int() refuses numbers of thousands of digits, and no model repeats so often.
    is_range = all(part.isdecimal() and len(part) < 9 for part in (first, last, count))
    if is_range and int(last) - int(first) + 1 == int(count) <= MAX_LAYERS:
        return [str(place) for place in range(int(first), int(last) + 1)]
    raise unreadable(f"line {line} repeats ({label}) {count} times")


def _is_gate(module: _Module) -> bool:
    """Return whether a module multiplies its input by what it computes from its mean.

    Such a squeeze-and-excitation has the shape of its input. Source: Hu et al. 2018 (arXiv
    1709.01507), section 3.
    """
    last = module
    while last.children:
        last = last.children[-1]
    pools = any(_GLOBAL_POOL.fullmatch(f"{one.type}({one.arguments})") for one in module.children)
    return pools and last.type.lower().endswith("sigmoid") and module.type not in PLAIN_CONTAINERS


class _EntryReader:
    """Makes layers of modules.

    own: the paths of the modules so far that are classes of the program's own and hold others.
    """

    def __init__(self) -> None:
        self.own: set[str] = set()
        self._last = "input"
        # The layer that the next one takes, if it is not the last.
        self._resumed: str | None = None
        self._read: dict[str, PythonCall | None] = {}

    def list_entries(self, module: _Module, path: str) -> Iterator[Entry]:
        """Yield the layers in a module."""
        for child in module.children:
            arguments = child.arguments.strip()
            if "..." in arguments:
                raise unreadable(f"line {child.line} is cut short by ...")
            # A class of torch with arguments and modules has the parametrizations of its weights.
            is_leaf = not child.children or child.type in _OPAQUE
            is_leaf |= bool(arguments) and is_layer(child.type)
            for label in child.labels:
                name = ".".join(filter(None, (path, label)))
                if not is_leaf:
                    self.own |= {name} if child.type not in PLAIN_CONTAINERS else set()
                    before = self._last if self._resumed is None else self._resumed
                    yield from self.list_entries(child, name)
                    if _is_gate(child):
                        self._resumed = before
                elif child.type not in PLAIN_CONTAINERS and not _IDLE.fullmatch(child.type):
                    inputs = None if self._resumed is None else (self._resumed,)
                    self._last, self._resumed = name, None
                    call = self._read_call(child, arguments)
                    yield Entry(name, child.type, call, child.line, inputs)

    def _read_call(self, module: _Module, arguments: str) -> PythonCall | None:
        """Return the call that a layer stands for; None where nothing can be read in it."""
        text = f"{module.type}({arguments})"
        if text not in self._read:
            self._read[text] = None
            # A class of the program's own prints what it likes.
            with suppress(UsageError), refuse_unreadable(text):
                body = ast.parse(text, mode="eval").body
                if isinstance(body, ast.Call):
                    self._read[text] = ValueReader(_WORDS).read_call(body)
        return self._read[text]
