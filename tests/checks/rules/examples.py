"""The examples of the rules' pages, completed into whole configs.

An example is one of three things, in the form in which a user may write it:

* a list of layers: `- {op: conv, kernel: 3}`;
* the keys of one network: `input`, `targets`, `layers` and so on;
* a whole file, which begins with `networks`.

A list becomes the `layers` of a network. A network without an input gets one of 64 channels and
28x28 elements. A comment `# locked: 64x64` after a layer states its size in the lock file.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from textwrap import dedent, indent

from deconvcli.checks.rules import page

INPUT = "input: {channels: 64, size: 28x28}\n"
NETWORK = "example"


def example_of(name: str) -> str:
    """Return the example of a rule's page, without its indent."""
    [text] = re.findall(r"^Example:\n((?:    .*\n|\n)+)", page(name), re.MULTILINE)
    return dedent(text).strip() + "\n"


def complete(example: str) -> str:
    """Return a config that holds the example and whatever it needs besides."""
    if example.startswith("networks:"):
        return example
    if example.startswith("- "):
        example = f"layers:\n{indent(example, '  ')}"
    if not re.search(r"^inputs?:", example, re.MULTILINE):
        example = INPUT + example
    return f"networks:\n  {NETWORK}:\n{indent(example, '    ')}"


def lock_of(config: str, sizes: Sequence[str]) -> list[str]:
    """Return the sizes of a network as its lock file has them: with those of the comments."""
    locked = dict(re.findall(r"name: (\w+).*# locked: (\S+)", config))
    return [
        f"{line.rpartition(' ')[0]} {locked[name]}"
        if (name := line.split(":")[0]) in locked
        else line
        for line in sizes
    ]
