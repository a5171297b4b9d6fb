"""The page of all kinds of layers, which `python -m tests.operations_page` writes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import deconvcli
from deconvcli.networks.operation import Key, KeyForm, Operation
from deconvcli.networks.operations import OPERATIONS

PAGE = Path(deconvcli.__file__).parent / "networks" / "operations" / "README.md"
HEAD = """# Kinds of layers

What a layer of a config may be: the words for `op`, and the keys of each kind under all their
names. Every layer may have `name`, `inputs`, `expect` and `dialect` too
([the format](../../checks/configs/README.md)). A key in **bold** is required.
"""


def write_page() -> str:
    """Return the text of the page."""
    sections = [section for name in OPERATIONS.names for section in write_kind(name)]
    return "\n".join([HEAD, *sections]).rstrip("\n") + "\n"


def write_kind(name: str) -> Iterator[str]:
    operation: Operation = OPERATIONS.take(name)
    yield f"## {name}\n"
    others = ", ".join(f"`{alias}`" for alias in operation.aliases)
    yield f"{operation.title[0].upper()}{operation.title[1:]}." + (
        f" Also {others}.\n" if others else "\n"
    )
    if operation.keys:
        yield "| key | other names | value | default | meaning |\n|---|---|---|---|---|"
        yield from map(write_key, operation.keys)
        yield ""


def write_key(key: Key) -> str:
    others = ", ".join(f"`{alias}`" for alias in key.aliases)
    form = " or ".join(f"`{word}`" for word in key.choices) if key.choices else key.form.value
    if key.form is KeyForm.ANY:
        form = "any"
    default = "" if key.default is None else f"`{str(key.default).lower()}`"
    name = f"**`{key.name}`**" if key.required else f"`{key.name}`"
    return f"| {name} | {others} | {form} | {default} | {key.meaning} |"


if __name__ == "__main__":
    PAGE.write_text(write_page(), encoding="utf-8")
