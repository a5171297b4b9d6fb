"""Layer objects of any dialect, made into readings, and what to do with all other objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import compact, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.live import LiveLayer, list_classes
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading

_FORWARD = re.compile(r"(?:Lazy|Parametrized)?(Conv|Convolution)([123]?)([dD]?)")
MAX_SUGGESTIONS = 4


def read_live(
    module: object,
    parameters: Mapping[str, Any],
    input_shape: Sequence[int],
    weight_shape: Sequence[int] | None = None,
    rank: int | None = None,
) -> Reading:
    """Return the layer that an object of a framework is, at this input size.

    parameters: those that the object lacks, such as torch's output_size, which comes with a call.
    input_shape: as the object takes it. weight_shape: for an object without weights so far.

    Raises:
        Refused: the framework would refuse the layer.
        UsageError: the object is not a transposed convolution, or a value contradicts it.
    """
    dialect, live = _describe(module)
    for name, given in parameters.items():
        if name in live.words:
            raise UsageError(
                f"{name}={shorten(given)} was given, the layer object has {name}="
                f"{shorten(compact(live.words[name]))}",
                help=f"leave {name} out, or change it in the layer object.",
                code="given-twice",
            )
    _compare(rank, live.rank, "rank")
    if weight_shape is not None and live.weight is not None:
        _compare(tuple(weight_shape), live.weight, "weight_shape")
    words = {**_drop_defaults(dialect, live.words), **parameters}
    name = f"{dialect.name}@{live.implementation}" if live.implementation else dialect.name
    weight = live.weight or weight_shape
    if live.has_batch:
        return read_layer(name, words, input_shape, weight, live.rank)
    if not isinstance(input_shape, (list, tuple)) or len(input_shape) != live.rank + 1:
        raise UsageError(
            f"input_shape is {shorten(input_shape)}; this layer takes no batch axis",
            help=f"give {live.rank + 1} sizes: the channels, then {live.rank} spatial ones.",
            code="rank",
        )
    reading = read_layer(name, words, (1, *input_shape), weight, live.rank)
    return reading._replace(sizes=reading.sizes._replace(batch=()))


def _describe(module: object) -> tuple[Dialect, LiveLayer]:
    """Return the first dialect that knows the object's class, and the object in its parameters.

    Raises:
        UsageError: no dialect does, or the object lacks an attribute of its class.
    """
    for name in () if isinstance(module, type) else in_order():
        dialect, _ = take(name)
        for known in dialect.live:
            if known.owns(module):
                try:
                    live = known.describe(module)
                # The attributes of an object that only has the name may be anything.
                except Exception as error:
                    reason = shorten(f"{type(error).__name__}: {error}", 120).strip("'\"")
                    raise UsageError(
                        f"{_format_class(module)} has the name of a layer of {dialect.title}, and"
                        f" cannot be read as one: {reason}",
                        help="give the parameters: deconvcli.layer"
                        f"({name!r}, input_shape=..., ...).",
                        code="live-layer",
                    ) from error
                if live is not None:
                    return dialect, live
    raise _unknown(module)


def _compare(given: Any, own: Any, name: str) -> None:
    if given is not None and given != own:
        raise UsageError(
            f"{name} is {shorten(given)}, the layer object's is {shorten(own)}",
            help=f"leave {name} out.",
            code=name.replace("_", "-"),
        )


def _drop_defaults(dialect: Dialect, words: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words that a person would write: without those that repeat a default."""
    found = [argument for argument in dialect.arguments if argument.name in words]
    return {
        argument.name: words[argument.name]
        for argument in found
        if argument.name == dialect.entry_point or compact(words[argument.name]) != argument.default
    }


def _unknown(module: object) -> UsageError:
    """Return the error for an object that is not a transposed convolution."""
    name = _format_class(module)
    if isinstance(module, type):
        return _error(
            f"{module.__name__} is a class, not a layer object",
            f"make a layer of it first, or paste the call: deconvcli.paste('{module.__name__}"
            "(...)', input_shape=...).",
        )
    inner = list(_find_inner(module))
    if inner:
        listed = ", ".join(inner[:MAX_SUGGESTIONS])
        return _error(f"{name} is a network, not one layer", f"pass one of its layers: {listed}.")
    for package, own in list_classes(module):
        forward = _FORWARD.fullmatch(own)
        if forward and package != "builtins":
            transposed = _name_transposed(*forward.groups())
            return _error(
                f"{name} is a forward convolution", f"pass its transposed layer, {transposed}."
            )
    return _error(
        f"{name} is not a transposed convolution",
        "pass one layer object, such as model.up[0], or the name of a dialect with the layer's"
        " parameters.",
    )


def _error(message: str, help: str) -> UsageError:
    return UsageError(message, help=help, code="live-layer")


def _name_transposed(kind: str, rank: str, axes: str) -> str:
    """Return the name of the transposed layer: in `Conv2D` the letter comes before the word."""
    return f"{kind}{rank}DTranspose" if axes == "D" else f"ConvTranspose{rank}{axes}"


def _find_inner(module: Any) -> Iterator[str]:
    """Yield how to write each transposed convolution in a network: `model.up[0]`."""
    layers = getattr(module, "layers", None)
    if isinstance(layers, list | tuple):
        places = enumerate(layers)
        yield from (f"model.layers[{place}]" for place, inner in places if _is_transposed(inner))
        return
    for name in ("named_modules", "named_sublayers"):
        found = getattr(module, name, None)
        if callable(found):
            yield from (_format_path(path) for path, inner in found() if _is_transposed(inner))


def _format_path(path: str) -> str:
    """Return `model.up[0]` for `up.0`."""
    parts = (f"[{part}]" if part.isdecimal() else f".{part}" for part in path.split("."))
    return f"model{''.join(parts)}"


def _is_transposed(module: object) -> bool:
    known = (one for name in in_order() for one in take(name)[0].live)
    return any(one.owns(module) for one in known)


def _format_class(module: object) -> str:
    """Return `Conv2d of torch`."""
    [(package, name), *_] = list_classes(module)
    return name if package == "builtins" else f"{name} of {package}"
