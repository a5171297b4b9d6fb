"""What a pasted layer says. Apart from what reads calls, so that a config loads no parser."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from deconvcli.networks.graph import Node

if TYPE_CHECKING:
    from deconvcli.frameworks.pasted.python_call import PythonCall


class Arguments(NamedTuple):
    """The arguments of a call, as its author wrote them.

    order: the call's parameters. positional: the number of arguments without a name. named: the
    names of the others. rank: the number of spatial axes in the call's name, None without one.
    call: with the values, also those of arguments that affect no size.
    """

    order: tuple[str, ...] = ()
    positional: int = 0
    named: tuple[str, ...] = ()
    rank: int | None = None
    call: PythonCall | None = None

    def place(self, names: Sequence[str]) -> str | int:
        """Return the position of the parameter with one of these names, or the name it has here."""
        place = next((i for i, name in enumerate(self.order) if name in names), None)
        if place is not None and place < self.positional:
            return place
        written = next((name for name in self.named if name in names), None)
        return written or (names[0] if place is None else self.order[place])


class PastedLayer(NamedTuple):
    """The kind of a pasted layer, its keys, and its arguments as written.

    dialect: the one that has this call; empty for the network's own. name: its own name, as in
    `Conv2D(8, 3, name="stem")`, or empty. framework: the one whose call it was taken for.
    data_format: the order of the axes that the call gives, or empty.
    """

    operation: str
    parameters: Mapping[str, Any]
    dialect: str = ""
    arguments: Arguments = Arguments()
    name: str = ""
    framework: str = ""
    data_format: str = ""


def set_order(node: Node, dialect: str, data_format: str) -> Node:
    """Return a norm or a PReLU of Keras with the order in which it counts axes.

    Keras has no such parameter there: the author states it in other layers of the network.
    """
    family = (node.dialect or dialect).partition("@")[0].removesuffix("2")
    if node.operation not in ("norm", "activation") or family != "keras":
        return node
    is_first = data_format.startswith(("NC", "channels_first"))
    order = {"data_format": "channels_first" if is_first else "channels_last"}
    return node._replace(parameters={**order, **node.parameters})
