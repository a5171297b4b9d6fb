"""The layers that a name means: those of a framework, by the imports of the file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from deconvcli.frameworks.dialects import take
from deconvcli.models.python_source.scopes import Scope, Source

# The modules from which programs import a framework's layers, and its dialect. Names below them
# count as well: torch.nn.modules.conv, keras.src.layers.
_HOMES = {
    "torch.nn": "torch",
    "keras": "keras",
    "tensorflow.keras": "keras",
    "tf_keras": "keras2",
    "flax.linen": "flax",
    "flax.nnx": "flax",
    "paddle.nn": "paddle",
    "mlx.nn": "mlx",
    "tinygrad.nn": "tinygrad",
}
# Layers that are read as their dialect's function with weights.
_TRANSLATED = ("tinygrad.nn.ConvTranspose1d", "tinygrad.nn.ConvTranspose2d")
# Layers with the same names and other parameters.
_OTHERS = ("quantized", "quantizable", "qat", "intrinsic", "sparse")
MAX_LINKS = 8


class FrameworkLayer(NamedTuple):
    """A transposed convolution of a framework. path: the call's whole name in the dialect."""

    dialect: str
    path: str


class Resolver:
    """The meaning of names in one file."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def find_layer(self, function: ast.expr, scope: Scope) -> FrameworkLayer | None:
        """Return the framework's layer that is called; None for every other call."""
        found = {find_layer(path) for path in self.find_paths(function, scope)}
        # Two imports of one name, in `try` and `except`, may be one framework's.
        return found.pop() if len(found) == 1 else None

    def find_paths(self, node: ast.expr, scope: Scope, links: int = 0) -> Iterator[str]:
        """Yield the dotted names that an expression may stand for; an empty one for no import."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        if not isinstance(node, ast.Name) or links > MAX_LINKS:
            yield ""
            return
        holder = scope.find(node.id)
        if holder is None:
            yield from (f"{star}.{node.id}" for star in self._source.stars if not names)
            return
        for binding in holder.bindings[node.id]:
            if binding.path is not None:
                yield ".".join([binding.path, *names]) if binding.path else ""
            elif isinstance(binding.value, ast.Name | ast.Attribute):
                # `Up = nn.ConvTranspose2d`, `layers = keras.layers`.
                for path in self.find_paths(binding.value, binding.context.scope, links + 1):
                    yield ".".join([path, *names]) if path else ""
            else:
                yield ""


@cache
def find_layer(path: str) -> FrameworkLayer | None:
    """Return the layer with this dotted name, None if no framework has it."""
    module, _, name = path.rpartition(".")
    dialect = find_home(path)
    if dialect is None or any(part in _OTHERS for part in module.split(".")):
        return None
    if path in _TRANSLATED:
        return FrameworkLayer(dialect, path)
    # A function takes its weights, whose sizes only the program knows.
    signatures = [
        signature
        for signature in take(dialect)[0].signatures
        if not signature.weight and any(known.endswith(f".{name}") for known in signature.paths)
    ]
    # Flax has two layers of one name, in two modules.
    own = [each for each in signatures if any(_is_near(known, module) for known in each.paths)]
    return next((FrameworkLayer(dialect, each.paths[0]) for each in own or signatures), None)


@cache
def find_home(path: str) -> str | None:
    """Return the dialect of a framework whose layers are at this dotted name."""
    module = path.rpartition(".")[0]
    return next((_HOMES[home] for home in _HOMES if f"{module}.".startswith(f"{home}.")), None)


def _is_near(known: str, module: str) -> bool:
    """Return whether a dialect's name and a module have their first two parts in common."""
    return known.split(".")[:2] == module.split(".")[:2]
