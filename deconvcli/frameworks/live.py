"""Layer objects of any dialect, made into readings, and what to do with all other objects."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.common.values import compact, shorten
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.live import LiveLayer, list_classes
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading

_FORWARD = re.compile(
    r"(?:Lazy|Parametrized|Traced)?(?:Depthwise|Separable)?(Conv|Convolution)([123]?)([dD]?)"
)
# Classes whose objects compute what the one layer in them computes, and where they keep it.
_WRAPPERS = {
    **dict.fromkeys(("Sequential", "HybridSequential"), ("layers", "_children", "children")),
    **dict.fromkeys(("DataParallel", "DistributedDataParallel"), ("module",)),
    "OptimizedModule": ("_orig_mod",),
    **dict.fromkeys(("SpectralNormalization", "SpectralNorm"), ("layer", "layer_instance")),
    **dict.fromkeys(("WeightNormalization", "WeightNorm"), ("layer", "layer_instance")),
}
MAX_SUGGESTIONS = 4
MAX_DEPTH = 6
MAX_VISITED = 2000
"""Objects of a network that are looked at before it is reported as one without such layers."""


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
    dialect, live = _describe(_unwrap(module))
    for name, given in parameters.items():
        if name in live.words:
            raise UsageError(
                f"{name}={shorten(given)} was given, the layer object has {name}="
                f"{shorten(compact(live.words[name]))}",
                help=f"leave {name} out, or change it in the layer object.",
                code="given-twice",
            )
    _compare(rank, live.rank, "rank")
    words = {**_drop_defaults(dialect, live), **parameters}
    shape = _add_batch(live, input_shape)
    weight = _complete(live.weight, dialect, live, shape)
    if weight_shape is not None and weight is not None:
        _compare(tuple(weight_shape), weight, "weight_shape")
    name = f"{dialect.name}@{live.implementation}" if live.implementation else dialect.name
    reading = read_layer(name, words, shape, weight or weight_shape, live.rank)
    # The batch axis was only added for the dialect; the object's own output has none.
    if shape is not input_shape:
        reading = reading._replace(sizes=reading.sizes._replace(batch=()))
    if live.circular:
        reading = reading._replace(layer=reading.layer._replace(circular=True))
    return reading


def _unwrap(module: Any) -> Any:
    """Return the only layer of a container that computes nothing besides, else the object."""
    # A class of the user's own may compute more than its parent.
    (_, name), *_ = list_classes(module)
    for attribute in _WRAPPERS.get(name, ()):
        inner = getattr(module, attribute, None)
        if attribute == "children" and callable(inner):
            inner = list(inner())
        if isinstance(inner, Mapping):
            inner = list(inner.values())
        if isinstance(inner, Sequence):
            return _unwrap(inner[0]) if len(inner) == 1 else module
        if inner is not None:
            return _unwrap(inner)
    return module


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
                # Ours: the object is read, and its dialect refuses what it has.
                except UsageError:
                    raise
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


def _add_batch(live: LiveLayer, input_shape: Sequence[int]) -> Sequence[int]:
    """Return the shape with the batch axis that a layer adds for an image without one.

    Raises:
        UsageError: the layer does not take so many axes.
    """
    if live.batch_axes is None:
        return input_shape
    known = isinstance(input_shape, (list, tuple))
    batch = len(input_shape) - live.rank - 1 if known else -1
    if batch not in live.batch_axes:
        taken = "one batch axis or none" if 1 in live.batch_axes else "no batch axis"
        raise UsageError(
            f"input_shape is {shorten(input_shape)}; this layer takes {taken}",
            help=f"give {live.rank + 1} sizes, of the channels and of {live.rank} spatial axes.",
            code="rank",
        )
    return input_shape if batch else (1, *input_shape)


def _complete(
    weight: Sequence[int | None] | None,
    dialect: Dialect,
    live: LiveLayer,
    input_shape: Sequence[int],
) -> tuple[int, ...] | None:
    """Return the shape of the weights with the input's channels in place of None."""
    if weight is None:
        return None
    last = dialect.data_layout(live.words, live.rank).axes[-1] == "C"
    place = -1 if last else -live.rank - 1
    return tuple(input_shape[place] if size is None else size for size in weight)


def _compare(given: Any, own: Any, name: str) -> None:
    if given is not None and given != own:
        raise UsageError(
            f"{name} is {shorten(given)}, the layer object's is {shorten(own)}",
            help=f"leave {name} out.",
            code=name.replace("_", "-"),
        )


def _drop_defaults(dialect: Dialect, live: LiveLayer) -> dict[str, Any]:
    """Return the words that a person would write: without those that repeat a default."""
    words = live.words
    found = [argument for argument in dialect.arguments if argument.name in words]
    return {
        argument.name: words[argument.name]
        for argument in found
        if argument.name == dialect.entry_point
        or (
            compact(words[argument.name]) != argument.default
            and not (argument.role == "data_format" and _is_usual(dialect, live, argument.name))
        )
    }


def _is_usual(dialect: Dialect, live: LiveLayer, name: str) -> bool:
    """Return whether the layouts would be the same without this parameter."""
    others = {word: value for word, value in live.words.items() if word != name}
    layouts = (dialect.data_layout, dialect.weight_layout)
    return all(layout(live.words, live.rank) == layout(others, live.rank) for layout in layouts)


def _unknown(module: object) -> UsageError:
    """Return the error for an object that is not a transposed convolution."""
    name = _format_class(module)
    if isinstance(module, type):
        return _error(
            f"{module.__name__} is a class, not a layer object",
            f"make a layer of it first, or paste the call: deconvcli.paste('{module.__name__}"
            "(...)', input_shape=...).",
        )
    inner = list(islice(_find_inner(module), MAX_SUGGESTIONS))
    if name.startswith("TimeDistributed ") and inner:
        return _error(
            f"{name} calls its layer once for each step in time",
            "pass that layer, model.layer, with the input shape of one step.",
        )
    if inner:
        return _error(f"{name} is a network, not one layer", f"pass a layer: {', '.join(inner)}.")
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
    # PyTorch's and Paddle's; the layers of all others are found in their attributes.
    for name in ("named_modules", "named_sublayers"):
        found = getattr(module, name, None)
        if callable(found):
            for path, inner in found():
                if _is_transposed(inner):
                    yield _format_path(path)
            return
    yield from _walk("model", module)


def _walk(path: str, module: Any) -> Iterator[str]:
    """Yield the same for an object that lists no layers, from its attributes and items."""
    known: set[int] = set()
    level = [(path, module)]
    for _ in range(MAX_DEPTH):
        below = []
        for place, owner in level:
            for step, inner in _list_parts(owner):
                # Parts often refer to their owner, which would be walked again and again.
                if id(inner) in known or len(known) > MAX_VISITED:
                    continue
                known.add(id(inner))
                if _is_transposed(inner):
                    yield f"{place}{step}"
                else:
                    below.append((f"{place}{step}", inner))
        level = below


def _list_parts(owner: Any) -> Iterator[tuple[str, Any]]:
    """Yield (how to write it, part) of a container or of an object's public attributes."""
    if isinstance(owner, Mapping):
        yield from ((f"[{key!r}]", part) for key, part in owner.items())
    elif isinstance(owner, Sequence) and not isinstance(owner, (str, bytes)):
        yield from ((f"[{place}]", part) for place, part in enumerate(owner))
    elif isinstance(layers := getattr(owner, "layers", None), (list, tuple)):
        yield from ((f".layers[{place}]", part) for place, part in enumerate(layers))
    else:
        own = getattr(owner, "__dict__", {})
        yield from ((f".{name}", part) for name, part in own.items() if name[:1] != "_")


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
