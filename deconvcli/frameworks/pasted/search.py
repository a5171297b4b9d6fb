"""The dialect that a pasted call belongs to, by the call's name and by its arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.pasted.misread import explain_unknown_call
from deconvcli.frameworks.pasted.python_call import Name, PythonCall, Tensor

# Nobody develops these any more: a call that fits a living framework as well is taken for that.
RETIRED = ("caffe", "mxnet")
# By the dialect that a call is taken for: others that its arguments may fit with another meaning,
# and from how many positional arguments on. Only these are loaded, so that a call starts fast.
RIVALS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "torch": (("mlx", 6),),
    "keras": (("paddle", 3),),
    "paddle": (("mxnet", 3),),
}
# Modules that many programs call by one short name, so that it names no framework.
_SHORT_MODULES = ("nn.", "F.")
_COUNTS = ("in_channels", "out_channels", "groups")
_NUMBERS = ("kernel", "stride", "dilation", "output_padding")


class Match(NamedTuple):
    """A signature of a dialect. others: dialects that the call fits with another meaning."""

    dialect: Dialect
    implementation: str
    signature: Signature
    others: tuple[str, ...] = ()


def find_signature(
    call: PythonCall, dialect_name: str | None, preferred: str | None = None
) -> Match:
    """Return the signature of a call in the named dialect, else in the one that it fits best.

    preferred: the dialect that is tried first, where none is named.

    Raises:
        UsageError: no dialect has this call.
    """
    names = [dialect_name] if dialect_name else _search_order(preferred)
    best: tuple[int, Match] | None = None
    # A name such as `L.Conv2DTranspose` gives a module by a name of the program's own.
    for has_name in (Signature.answers, _has_last_name):
        for match in _list_matches(call.name, names, has_name):
            misfits = count_misfits(match.dialect, match.signature, call)
            if misfits == 0:
                rivals = () if dialect_name else _list_rivals(match.dialect, call)
                return match._replace(others=rivals)
            if best is None or misfits < best[0]:
                best = misfits, match
        if (best and call.name in best[1].signature.paths) or _is_foreign(call.name, names):
            break
    if best is None:
        raise explain_unknown_call(call.name, dialect_name, _find_owners(call.name))
    return best[1]


def count_misfits(dialect: Dialect, signature: Signature, call: PythonCall) -> int:
    """Return how many arguments the signature does not take or lacks; 0 for a call that fits."""
    parameters = unbind(signature, call.name).parameters
    arguments = {argument.name: argument for argument in dialect.arguments}
    named = dict(zip(parameters, call.positional, strict=False))
    misfits = max(0, len(call.positional) - len(parameters))
    misfits += len(named.keys() & call.keywords.keys())
    roles = {arguments[name].role for name in parameters if name in arguments} - {""}
    tensors = (signature.data, signature.weight)
    for name in call.keywords.keys() - {*parameters, *tensors}:
        # MXNet has `stride` in its operator, where its layer has `strides`.
        misfits += name not in arguments or arguments[name].role in roles
    named |= call.keywords
    misfits += sum(type(named.get(name)) in (int, str) for name in tensors)
    misfits += sum(
        not _takes_value(arguments[name], value)
        for name, value in named.items()
        if name in arguments
    )
    return misfits + sum(name not in named for name in _list_required(parameters, arguments))


def unbind(signature: Signature, call: str) -> Signature:
    """Return the signature without the tensor that a method is called on."""
    if signature.names(call) or signature.parameters[:1] != ("self",):
        return signature
    return signature._replace(parameters=signature.parameters[1:])


def _search_order(preferred: str | None) -> list[str]:
    base = (preferred or "").partition("@")[0]
    others = [name for name in in_order() if name != base]
    others.sort(key=lambda name: name in RETIRED)
    return [preferred, *others] if preferred else others


def _list_matches(call: str, names: Iterable[str], has_name: Any) -> Iterator[Match]:
    """Yield the signatures with this name; a dialect is loaded only when its turn comes."""
    for name in names:
        dialect, implementation = take(name)
        for signature in dialect.signatures:
            if has_name(signature, call):
                yield Match(dialect, implementation, signature)


def _has_last_name(signature: Signature, call: str) -> bool:
    last = call.rpartition(".")[2]
    return any(path.rpartition(".")[2] == last for path in signature.paths)


def _is_foreign(call: str, names: list[str]) -> bool:
    """Return whether this is the whole name of a call that none of these dialects has."""
    if len(names) > 1 or "." not in call or call.startswith(_SHORT_MODULES):
        return False
    own = take(names[0])[0].name
    return any(
        call in signature.paths
        for name in in_order()
        if name != own
        for signature in take(name)[0].signatures
    )


def _find_owners(call: str) -> list[str]:
    """Return the dialects that have this call, or else a call that ends in this name."""
    for has_name in (Signature.answers, _has_last_name):
        if found := list(_list_matches(call, _search_order(None), has_name)):
            return list(dict.fromkeys(match.dialect.name for match in found))
    return []


def _list_rivals(dialect: Dialect, call: PythonCall) -> tuple[str, ...]:
    """Return the dialects whose call of this name takes the same arguments in other roles."""
    names = [name for name, least in RIVALS.get(dialect.name, ()) if len(call.positional) >= least]
    return tuple(
        match.dialect.name
        for match in _list_matches(call.name, names, Signature.answers)
        if count_misfits(match.dialect, match.signature, call) == 0
    )


def _list_required(
    parameters: tuple[str, ...], arguments: Mapping[str, Argument]
) -> tuple[str, ...]:
    """Return the parameters of a layer up to its kernel, which no framework has a default for."""
    kernels = [
        place
        for place, name in enumerate(parameters)
        if name in arguments and arguments[name].role == "kernel"
    ]
    return parameters[: kernels[0] + 1] if kernels else ()


def _takes_value(argument: Argument, value: Any) -> bool:
    """Return whether a value is of the parameter's kind; a variable may be of any."""
    if isinstance(value, Name | None):
        return True
    if argument.role in _COUNTS:
        return type(value) is int
    if argument.role in _NUMBERS:
        items = value if isinstance(value, list) else [value]
        return all(type(item) is int or isinstance(item, Name | None) for item in items)
    if argument.role == "bias":
        return type(value) is not int
    if argument.role != "padding":
        return argument.role == "" or not isinstance(value, Tensor)
    if isinstance(value, str):
        return Form.WORD in argument.forms
    if type(value) is int:
        return Form.INTS in argument.forms or not argument.forms
    return isinstance(value, list) and argument.forms.keys() != {Form.WORD}
