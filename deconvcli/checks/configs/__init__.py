"""The config format: networks with named layers. README.md in this folder describes it."""

from __future__ import annotations

from typing import NamedTuple

from deconvcli.checks.configs._networks import Defaults, NetworkSource, read_defaults, read_network
from deconvcli.checks.configs._problems import Problems
from deconvcli.checks.configs._tables import FILE, NETWORK
from deconvcli.checks.documents import Document
from deconvcli.common.findings import Diagnostic
from deconvcli.common.values import shorten_list
from deconvcli.networks.pasted.layer import Arguments

__all__ = ["Arguments", "Config", "NetworkSource", "read"]


class Config(NamedTuple):
    """The networks of a document, and the problems in how they are written.

    A layer that could not be read is a node without an operation; sizes after it are unknown.
    """

    document: Document
    networks: tuple[NetworkSource, ...]
    problems: tuple[Diagnostic, ...]


def read(document: Document, targets: tuple[str, ...] = ()) -> Config:
    """Return the config in a document; every problem in it becomes a finding.

    targets: those of a config that names none.
    """
    problems = Problems(document)
    # Never stop at the first problem: the author fixes all of them in one go.
    value = document.value
    # Networks at the top lack that key alone, and each of their own keys would repeat that.
    is_network, names = False, []
    if isinstance(value, dict) and "networks" not in value:
        is_network = "layers" in value
        names = [
            name for name, each in value.items() if isinstance(each, dict) and "layers" in each
        ]
    known = {**FILE, **(NETWORK if is_network else {}), **dict.fromkeys(names)}
    help = "write networks:, and under it a name with input and layers."
    given = problems.require_mapping(value, (), "the file", known, help)
    common = read_defaults(given, (), Defaults(targets=targets), problems)
    named = given.get("networks", {})
    if "networks" not in given and isinstance(value, dict):
        if is_network:
            help = "write networks:, and under it a name with these keys."
        elif names:
            help = f"write networks: above {shorten_list(names)}, and indent what is below it."
        problems.report_missing((), "the file", "networks", help)
    elif isinstance(named, list):
        help = "write each network under its name: networks: {NAME: {input: ..., layers: ...}}."
        problems.report("illegal-value", ("networks",), "networks is a list", help)
        named = {}
    elif not isinstance(named, dict) or ("networks" in given and not named):
        help = "write a name with input and layers under networks."
        problems.report("illegal-value", ("networks",), "networks contains no network", help)
        named = {}
    networks = tuple(
        read_network(name, value, ("networks", name), common, problems)
        for name, value in named.items()
    )
    return Config(document, networks, problems.found)
