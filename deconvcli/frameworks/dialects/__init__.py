"""The shelf of dialects: one file per framework, with only what is different about it."""

from __future__ import annotations

from functools import cache, lru_cache

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import Shelf, nearest, suggestion
from deconvcli.common.values import shorten
from deconvcli.frameworks.dialect import Dialect

DIALECTS: Shelf[Dialect] = Shelf("deconvcli.frameworks.dialects", "DIALECT", "dialect")

# Searched first, in this order, if no dialect is named; all others follow by name.
PREFERRED = ("torch", "keras", "tensorflow", "onnx")
# Frameworks without a dialect, and the one whose layers have the same sizes.
_RELATIVES = {
    **dict.fromkeys(("equinox", "eqx", "mindspore", "chainer", "oneflow", "megengine"), "torch"),
    **dict.fromkeys(("haiku", "hk", "dmhaiku"), "flax"),
    **dict.fromkeys(("sonnet", "snt", "slim", "tfslim", "tf1", "keras1"), "keras2"),
}
_SEPARATORS = str.maketrans("", "", "-_ ")


def in_order() -> list[str]:
    """Return all dialects, those that most people use first."""
    return [*PREFERRED, *(name for name in DIALECTS.names if name not in PREFERRED)]


@cache
def aliases() -> dict[str, str]:
    """Return the other usual names of dialects and implementations, with the names used here."""
    found: dict[str, str] = {}
    for name in in_order():
        dialect = DIALECTS.take(name)
        found |= dict.fromkeys(dialect.aliases, name)
        for alias, implementation in dialect.implementation_aliases.items():
            found[alias] = f"{name}@{implementation}"
    return found


def resolve_name(name: str) -> str:
    """Return `torch` for `PyTorch`, `onnx@onnxruntime` for `ort`; a name in use stays as it is.

    Raises:
        UsageError: no dialect, or no implementation of this dialect, has this name.
    """
    dialect, implementation = take(name)
    return f"{dialect.name}@{implementation}" if implementation else dialect.name


# Any case is taken, so that one dialect has many names.
@lru_cache(maxsize=256)
def take(name: str) -> tuple[Dialect, str]:
    """Return (dialect, implementation) of `keras` or `keras@tensorflow`, or of another usual name.

    Raises:
        UsageError: either part is unknown.
    """
    base, at, implementation = name.partition("@")
    # The aliases of every dialect are loaded only for a name that is not filed.
    base, implied = (base, "") if base in DIALECTS.names else _resolve(base)
    dialect = DIALECTS.take(base)
    if not at:
        return dialect, implied
    # `ort` is an implementation already, and `ort@reference` would be two.
    if implied or implementation not in dialect.implementations:
        implementation = _find_implementation(dialect, implementation, name, bool(implied))
    return dialect, implementation


def _resolve(text: str) -> tuple[str, str]:
    """Return (dialect, implementation) of a name in any case, or of an alias."""
    simple = _simplify(text)
    found = simple if simple in DIALECTS.names else aliases().get(simple)
    if found is None:
        raise UsageError(
            f"dialect {shorten(text)} is not known",
            help=_suggest(text),
            code="unknown-dialect",
        )
    dialect, _, implementation = found.partition("@")
    return dialect, implementation


# Cached, since a stream of layers may name one unknown dialect in every line.
@lru_cache(maxsize=256)
def _suggest(text: str) -> str:
    if relative := _RELATIVES.get(_simplify(text)):
        return f"name {relative}, or paste the call, which may have other defaults."
    known = [*in_order(), *aliases()]
    return suggestion(text, known if nearest(text, known) else in_order())


def _find_implementation(dialect: Dialect, text: str, name: str, is_complete: bool) -> str:
    """Return the implementation of a dialect in any case, or by another name of its framework.

    is_complete: the dialect's part of the name is that of an implementation already.
    """
    simple = _simplify(text)
    by_simple = {_simplify(known): known for known in dialect.implementations}
    # `keras@tf` and `onnx@ort`: the alias of the dialect, or of the implementation itself.
    meant = aliases().get(simple, simple).rpartition("@")[2]
    found = by_simple.get(simple) or by_simple.get(_simplify(meant))
    if found is None or is_complete:
        known = [f"{dialect.name}@{known}" for known in dialect.implementations]
        raise UsageError(
            f"{dialect.name} has no implementation {shorten(text)} here",
            help=suggestion(name, known or [dialect.name]),
            code="unknown-implementation",
        )
    return found


def _simplify(text: str) -> str:
    """Return a name in small letters, without what separates its words: `tf-lite`, `Core ML`."""
    return text.strip().lower().translate(_SEPARATORS)
