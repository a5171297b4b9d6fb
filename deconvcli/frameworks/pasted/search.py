"""The dialect that a pasted call belongs to, by the call's name and by its arguments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.pasted.layer import FRAMEWORKS, Name
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor

if TYPE_CHECKING:  # loaded for an unusual call only
    from deconvcli.frameworks.pasted.borrowed import Borrowed

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
HasName = Callable[[Signature, str], bool]
_NUMBERS = ("kernel", "stride", "dilation", "output_padding")


class Match(NamedTuple):
    """A call and the signature of a dialect that it belongs to.

    misfits: how many of the call's arguments the signature does not take or lacks. others: dialects
    that the call fits with another meaning. origin: the call of another
    framework that was translated, and how the dialect differs from it.
    """

    call: PythonCall
    dialect: Dialect
    implementation: str
    signature: Signature
    misfits: int = 0
    others: tuple[str, ...] = ()
    origin: Borrowed | None = None


def find_match(
    call: PythonCall, dialect_name: str | None = None, preferred: str | None = None
) -> Match:
    """Return the signature of a call in the named dialect, else in the one that it fits best.

    preferred: the dialect that is tried first, where none is named.

    Raises:
        UsageError: no dialect has this call.
    """
    names = [dialect_name] if dialect_name else _search_order(preferred)
    best = _find_best(call, names, _answers)
    if best and best.misfits == 0:
        return best if dialect_name else best._replace(others=_list_rivals(best.dialect, call))
    # A whole name leaves no doubt: what does not fit is a mistake in the arguments, reported later.
    if best and call.name in best.signature.paths:
        return best
    # Loaded late: their tables and patterns take some ms, which only an unusual call should cost.
    from deconvcli.frameworks.pasted.borrowed import find_borrowed, list_names
    from deconvcli.frameworks.pasted.misread import explain_foreign, explain_unknown_call

    if borrowed := find_borrowed(call, whole=True):
        return _translate(*borrowed, dialect_name)
    # Before names are compared by their ends: TVM's conv2d_transpose ends as TensorFlow's.
    if error := explain_foreign(f"{call.name}("):
        raise error
    if not _is_foreign(call.name, names):
        # A name such as `L.Conv2DTranspose` gives a module by a name of the program's own.
        other = _find_best(call, names, _has_last_name)
        best = min((found for found in (best, other) if found), key=_misfits, default=None)
    is_open = dialect_name is None and call.name.partition(".")[0] not in FRAMEWORKS
    # A function of layers has a number where TensorFlow's has the weights.
    takes_numbers = bool(best and _has_number_as_tensor(best))
    is_other = best is None or takes_numbers or _has_foreign_keyword(call, names)
    if is_open and is_other and (borrowed := find_borrowed(call, whole=False, alone=takes_numbers)):
        return _translate(*borrowed, dialect_name)
    if best is None:
        # Of names that differ in case alone, the last is suggested: a dialect's.
        known = [*list_names(), *_list_known_names()]
        raise explain_unknown_call(call.name, dialect_name, _find_owners(call.name), known)
    return best


def _translate(borrowed: Borrowed, call: PythonCall, dialect_name: str | None) -> Match:
    """Return the match of a call that was translated from another framework.

    Raises:
        UsageError: the named dialect does not compute the same.
    """
    match = find_match(call)
    if dialect_name and take(dialect_name)[0] is not match.dialect:
        raise UsageError(
            f"the pasted call is {borrowed.title}'s, which is read as {match.dialect.name}'s,"
            f" not {dialect_name}'s",
            help=f"leave the dialect out, or name {match.dialect.name}.",
            code="pasted-call",
        )
    return match._replace(origin=borrowed)


def _find_best(call: PythonCall, names: Iterable[str], has_name: HasName) -> Match | None:
    """Return the first signature that fits, else the one with the fewest misfits."""
    best: Match | None = None
    for name, implementation, signature in _list_signatures(call.name, names, has_name):
        dialect = take(name)[0]
        misfits = count_misfits(dialect, signature, call)
        if best is None or misfits < best.misfits:
            best = Match(call, dialect, implementation, signature, misfits)
        if misfits == 0:
            break
    return best


def _misfits(match: Match) -> int:
    return match.misfits


def _has_number_as_tensor(match: Match) -> bool:
    signature = unbind(match.signature, match.call.name)
    given = dict(zip(signature.parameters, match.call.positional, strict=False))
    given |= match.call.keywords
    return any(type(given.get(name)) in (int, str) for name in (signature.data, signature.weight))


def _has_foreign_keyword(call: PythonCall, names: Iterable[str]) -> bool:
    """Return whether an argument's name is unknown to every dialect with a call of this name."""
    known = {
        name
        for dialect, _, signature in _list_signatures(call.name, names, _has_last_name)
        for name in (
            *signature.parameters,
            *(argument.name for argument in take(dialect)[0].arguments),
        )
    }
    # A name tells no framework from another.
    return not call.keywords.keys() - {"name"} <= known


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
        misfits += name not in arguments or arguments[name].role in roles or name in signature.lacks
    named |= call.keywords
    misfits += sum(type(named.get(name)) in (int, str) for name in tensors)
    misfits += sum(named.get(name, 0) is None for name in signature.needs)
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


def _list_signatures(
    call: str, names: Iterable[str], has_name: HasName
) -> Iterator[tuple[str, str, Signature]]:
    """Yield (dialect, implementation, signature) of those with this name.

    A dialect is loaded only when its turn comes.
    """
    for name in names:
        dialect, implementation = take(name)
        for signature in dialect.signatures:
            if has_name(signature, call):
                yield dialect.name, implementation, signature


def _answers(signature: Signature, call: str) -> bool:
    """Return whether this is its name, or a method of it."""
    # A method is called on a tensor, whose variable may have any name, and on no module.
    is_module = call.startswith(_SHORT_MODULES) or call.partition(".")[0] in FRAMEWORKS
    return signature.names(call) if is_module else signature.answers(call)


def _has_last_name(signature: Signature, call: str) -> bool:
    """Return whether a name ends as the call's does, and is not of another framework."""
    first, last = call.partition(".")[0], call.rpartition(".")[2]
    return any(
        path.rpartition(".")[2] == last
        and (first not in FRAMEWORKS or path.partition(".")[0] == first)
        for path in signature.paths
    )


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
    for has_name in (_answers, _has_last_name):
        if found := [name for name, *_ in _list_signatures(call, _search_order(None), has_name)]:
            return list(dict.fromkeys(found))
    return []


def _list_known_names() -> Iterator[str]:
    """Yield the dotted names of every call, those that most people use last."""
    for name in reversed(_search_order(None)):
        for signature in take(name)[0].signatures:
            yield from signature.paths


def _list_rivals(dialect: Dialect, call: PythonCall) -> tuple[str, ...]:
    """Return the dialects whose call of this name takes the same arguments in other roles."""
    rivals, count = RIVALS.get(dialect.name, ()), len(call.positional)
    names = [name for name, minimum in rivals if count >= minimum]
    return tuple(
        name
        for name, _, signature in _list_signatures(call.name, names, _answers)
        if count_misfits(take(name)[0], signature, call) == 0
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
    if argument.role in ("bias", "data_format"):
        return type(value) is not int
    if argument.role != "padding":
        return argument.role == "" or not isinstance(value, Tensor)
    if isinstance(value, str):
        return Form.WORD in argument.forms
    if type(value) is int:
        return Form.INTS in argument.forms or not argument.forms
    return isinstance(value, list) and argument.forms.keys() != {Form.WORD}
