"""A pasted network, whatever form it has, made into the nodes of a graph."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.common.shelf import suggestion
from deconvcli.frameworks.dialects import resolve_name
from deconvcli.frameworks.pasted.misread import explain_text
from deconvcli.frameworks.pasted.other_forms import leave_out_prompts
from deconvcli.frameworks.pasted.python_call import PythonCall
from deconvcli.frameworks.pasted.python_code import SIGNS
from deconvcli.frameworks.pasted.refusals import MAX_CALL_CHARACTERS, refuse_unreadable
from deconvcli.networks.forms import FORMS, Misfit, format_value
from deconvcli.networks.graph import Node
from deconvcli.networks.operations import index_calls, index_keys, take
from deconvcli.networks.pasted.calls import (
    AXES,
    find_class,
    find_data_format,
    is_layer,
    read_layer_call,
)
from deconvcli.networks.pasted.code import read_code
from deconvcli.networks.pasted.entries import Entry, Listing, unreadable
from deconvcli.networks.pasted.layer import PastedLayer, set_order
from deconvcli.networks.pasted.printed import is_printed, read_printed

# Classes of programs that keep the shape, by their names: those without parameters, and norms.
_PLAIN = re.compile(
    r"\w*(?:activation|relu|relu6|elu|gelu|silu|swish|mish|sigmoid|tanh|softmax|softplus|sine|act"
    r"|dropout|droppath|dropblock|stochasticdepth|identity|noise|quantstub|rescaling)(?:[123]d)?",
    re.IGNORECASE,
)
_TRAINED = re.compile(r"\w*(?:norm|normalization|snake\w*)(?:[123]d)?", re.IGNORECASE)


# Characters that are read within a second. Python takes several times as long for its code as a
# pattern takes for a printed model, in which each module has a line of its own.
MAX_PRINTED = 400_000
MAX_CODE = 100_000
# Unreadable layers after which the framework is no longer looked for.
MAX_TRIES = 8


class PastedNetwork(NamedTuple):
    """The layers of a text as nodes.

    failures: the first layer that could not be read, with the reason; the nodes from there on have
    no operation. kept: the classes that are taken to keep the shape, by layer. rank: the number of
    spatial axes of the first layer that shows one, 0 for a flat input, None where no layer shows
    it. data_format: the order of the axes, where a call gives it.
    """

    listing: Listing
    nodes: tuple[Node, ...]
    failures: Mapping[str, DeconvError]
    kept: Mapping[str, str]
    dialect: str
    rank: int | None
    data_format: str | None

    @property
    def entries(self) -> Mapping[str, Entry]:
        """The layers as they are written, by name."""
        return {entry.name: entry for entry in self.listing.entries}


def read_network(
    text: str,
    dialect: str | None = None,
    variables: Mapping[str, Any] = MappingProxyType({}),
) -> PastedNetwork:
    """Return the network in a text, which is parsed and never executed.

    dialect: the framework of calls that several have; by default what other calls suggest.

    Raises:
        UsageError: the text has no layers, or cannot be read.
    """
    listing = _read_listing(text, variables)
    if not listing.entries:
        raise unreadable("it has no layers")
    for name in [name for name in variables if name not in listing.used]:
        raise UsageError(
            f"the pasted network has no variable {name}",
            help="leave it out, or write it as the text does.",
            code="unused-variable",
        )
    return make_network(listing, dialect)


def make_network(listing: Listing, dialect: str | None = None) -> PastedNetwork:
    """Return the network of layers that have been listed; dialect: as for `read_network`."""
    main = resolve_name(dialect) if dialect else _find_dialect(listing)
    nodes, failures, kept = _read_nodes(listing, main)
    calls = [entry.call for entry in listing.entries if entry.call]
    data_format = next(filter(None, map(find_data_format, calls)), None)
    nodes = [set_order(node, main, data_format or "channels_last") for node in nodes]
    rank = _find_rank(listing)
    return PastedNetwork(listing, tuple(nodes), failures, kept, main, rank, data_format)


def has_parameters(type: str) -> bool:
    """Return whether a class that is taken to keep the shape may have parameters."""
    return _PLAIN.fullmatch(type) is None


def _read_listing(text: str, variables: Mapping[str, Any]) -> Listing:
    text = leave_out_prompts(text)
    printed = text.translate(SIGNS)
    most = MAX_PRINTED if is_printed(printed) else MAX_CODE
    if len(text) > most:
        raise unreadable(f"it has more than {most:,} characters", "paste a part of it.")
    if most == MAX_PRINTED:
        return read_printed(printed)
    with refuse_unreadable(text, most):
        try:
            return read_code(text, variables)
        except SyntaxError:
            if error := explain_text(text[:MAX_CALL_CHARACTERS]):
                raise error from None
            raise


def _find_dialect(listing: Listing) -> str:
    """Return the framework of the first call that only one has, else torch."""
    tries = 0
    for entry in listing.entries:
        calls = index_calls().get(find_class(entry.type), ())
        frameworks = {call.framework for _, call in calls}
        # A name with its number of axes is one framework's, as that of a transpose: others are
        # shared.
        if not AXES.search(entry.type) and (len(frameworks) > 1 or not is_layer(entry.type)):
            continue
        if entry.call is None:
            continue
        try:
            found = read_layer_call(entry.call, "").framework
        except UsageError:
            tries += 1
            if tries == MAX_TRIES:  # each takes some ms, and no other may be better
                break
            continue
        if found != "torch" or AXES.search(entry.type):
            return found
    return "keras" if listing.declared else "torch"


def _read_nodes(
    listing: Listing, dialect: str
) -> tuple[list[Node], dict[str, DeconvError], dict[str, str]]:
    """Return the layers as nodes, with the failures and the kept classes of `PastedNetwork`."""
    nodes: list[Node] = []
    failures: dict[str, DeconvError] = {}
    kept: dict[str, str] = {}
    for entry in listing.entries:
        inputs = entry.inputs or (nodes[-1].name if nodes else "input",)
        node = Node(entry.name, "", {}, inputs)
        if failures:  # nothing after this layer can be known
            nodes.append(node)
            continue
        try:
            operation, parameters, own = _read_entry(entry, dialect)
            node = node._replace(operation=operation, parameters=parameters, dialect=own)
        except UsageError as error:
            # By its name only now: a class that a framework has is read as that framework's.
            if _PLAIN.fullmatch(entry.type) or _TRAINED.fullmatch(entry.type):
                kept[entry.name] = entry.type
                node = node._replace(operation="identity")
            else:
                failures[entry.name] = error
        nodes.append(node)
    return nodes, failures, kept


def _read_entry(entry: Entry, dialect: str) -> tuple[str, Mapping[str, Any], str]:
    """Return (operation, parameters, dialect) of a layer.

    Raises:
        UsageError: the class is unknown, or its arguments are not those of the class.
    """
    if not is_layer(entry.call.name if entry.call else entry.type):
        raise UsageError(
            f"{entry.type} is a class that deconv does not know, so the sizes from here on are"
            " unknown",
            help="put layers that do the same in its place, such as Identity() or Flatten().",
            code="unknown-layer",
        )
    if entry.call is None:
        raise unreadable(f"the arguments of {entry.type} are no list of values")
    layer = read_layer_call(entry.call, dialect)
    parameters = _read_keys(entry, layer)
    axes = AXES.search(entry.type)
    if axes is None:
        return layer.operation, parameters, layer.dialect
    # One number is as many as the class has axes: Conv3d is no layer of an image.
    if type(parameters.get("kernel")) is int:
        parameters["kernel"] = [parameters["kernel"]] * int(axes[1])
    own = layer.dialect or ("" if layer.framework == dialect.partition("@")[0] else layer.framework)
    return layer.operation, parameters, own


def _read_keys(entry: Entry, layer: PastedLayer) -> dict[str, Any]:
    """Return the values under the operation's own keys."""
    keys, found = index_keys(layer.operation), {}
    for name, value in layer.parameters.items():
        if value is None:  # the default that the call states, as in output_padding=None
            continue
        if name not in keys:
            known = layer.arguments.order or [*keys]
            raise UsageError(
                f"{entry.type} has no parameter {name!r}",
                help=suggestion(name, list(known)),
                code="unknown-parameter",
            )
        try:
            found[keys[name].name] = FORMS[keys[name].form].take(keys[name], value)
        except Misfit as misfit:
            message = f"{name} is {format_value(value)}"
            raise UsageError(message, help=f"write {misfit}.", code="illegal-value") from None
    for key in take(layer.operation).keys:
        if key.required and key.name not in found:
            raise UsageError(
                f"{entry.type} has no {key.name}",
                help=f"add it to the call: {key.meaning}.",
                code="missing-key",
            )
    return found


def _find_rank(listing: Listing) -> int | None:
    """Return the number of spatial axes of the input, as the first layers show it."""
    if listing.declared is not None:
        return len(listing.declared) - 1
    for entry in listing.entries:
        # A network that begins with one of these takes a flat input.
        if entry.type in ("Linear", "Dense", "LazyLinear", "Unflatten", "Reshape"):
            return 0
        if axes := AXES.search(entry.type):
            return int(axes[1])
        if entry.call and (rank := _find_listed_rank(entry.call)):
            return rank
    return None


def _find_listed_rank(call: PythonCall) -> int | None:
    """Return the number of axes that a kernel in a list has: ConvTranspose(8, (3, 3))."""
    given: Sequence[Any] = [*call.positional[1:3], *call.keywords.values()]
    lists = [value for value in given if isinstance(value, list) and 1 <= len(value) <= 3]
    return len(lists[0]) if is_layer(call.name) and lists else None
