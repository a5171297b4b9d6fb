"""Our config format: networks with named layers, read from a document; README.md describes it."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.checks.configs._calls import Arguments
from deconvcli.checks.configs._networks import Habits, NetworkSource, habits, network
from deconvcli.checks.configs._problems import Problems
from deconvcli.checks.configs._tables import FILE
from deconvcli.checks.documents import Document
from deconvcli.common.findings import Diagnostic

__all__ = ["Arguments", "Config", "NetworkSource", "read"]


class Config(NamedTuple):
    """A document understood: its networks, and what is wrong with how they are written.

    A layer that could not be read is a node without an operation, below which nothing is known.
    """

    document: Document
    networks: tuple[NetworkSource, ...]
    problems: tuple[Diagnostic, ...]


def read(document: Document) -> Config:
    """The networks of a document; nothing in it ends the reading."""
    problems = Problems(document)
    given = problems.mapping(document.value, (), "the file", FILE)
    common = habits(given, (), Habits(), problems)
    named = given.get("networks", {})
    if "networks" not in given and isinstance(document.value, dict):
        problems.missing(
            (),
            "the file",
            "networks",
            "write networks: and below it a name, with input and layers.",
        )
    elif not isinstance(named, dict) or ("networks" in given and not named):
        help = "write names, each with an input and layers."
        problems.tell("illegal-value", ("networks",), "networks holds no networks", help)
        named = {}
    networks = tuple(
        network(name, value, ("networks", name), common, problems) for name, value in named.items()
    )
    return Config(document, networks, problems.found)
