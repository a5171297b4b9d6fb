"""The layers that a name means: those of a framework, by the imports of the file."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple

from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.pasted.python_call import PythonCall
from deconvcli.models.python_source.scopes import Binding, Context, Scope
from deconvcli.models.python_source.source import Source

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
# The modules of functions with weights, and their dialects; the backend of Keras 2 is TensorFlow's.
_FUNCTION_HOMES = {
    "torch": "torch",
    "torch.nn.functional": "torch",
    "paddle.nn.functional": "paddle",
    "mlx.core": "mlx",
    "jax.lax": "jax",
    "keras.ops": "keras",
    "tensorflow.nn": "tensorflow",
    "tensorflow.compat.v1.nn": "tensorflow",
    "keras.backend": "tensorflow",
    "tf_keras.backend": "tensorflow",
    "tensorflow.keras.backend": "tensorflow",
    "tinygrad.Tensor": "tinygrad",
    "tinygrad.tensor.Tensor": "tinygrad",
}
_BACKENDS = ("keras.backend", "tf_keras.backend", "tensorflow.keras.backend")
_TENSORS = frozenset(("tinygrad.Tensor", "tinygrad.tensor.Tensor"))
_METHOD = "tinygrad.Tensor.conv_transpose2d"
_GENERAL = "conv_general_dilated"
_FUNCTION = re.compile(r"conv(?:_transpose[123]?d?|[123]d_transpose|_general_dilated)")
# Layers with the same names and other parameters.
_OTHERS = ("quantized", "quantizable", "qat", "intrinsic", "sparse")
MAX_LINKS = 8


class FrameworkLayer(NamedTuple):
    """A transposed convolution of a framework.

    path: the call's whole name in the dialect. is_method: whether it is a method of its input.
    is_choice: whether the program may call another layer there. partial: the call of
    `functools.partial` that gives it arguments, and where that stands.
    """

    dialect: str
    path: str
    is_method: bool = False
    is_choice: bool = False
    partial: tuple[ast.Call, Context] | None = None


class Resolver:
    """The meaning of names in one file."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def find_layer(self, function: ast.expr, scope: Scope) -> FrameworkLayer | None:
        """Return the framework's layer that is called; None for every other call."""
        match function:
            case ast.Attribute(value=ast.Name() as tensor, attr="conv_transpose2d") if (
                self._is_tensor(tensor, scope)
            ):
                return FrameworkLayer("tinygrad", _METHOD, is_method=True)
        if (partial := self._find_partial(function, scope)) is not None:
            node, context = partial
            layer = self.find_layer(node.args[0], context.scope)
            return layer and layer._replace(partial=partial)
        paths = [*self.find_paths(function, scope)]
        found = {find_layer(path) for path in paths}
        layers = [layer for layer in found if layer is not None]
        if len(layers) != 1:
            return None
        # Two imports of one name, in `try` and `except`, may be one framework's.
        if len(found) == 1:
            return layers[0]
        # `layer = nn.ConvTranspose2d if up else nn.Conv2d`.
        is_choice = all(path and find_home(path) for path in paths)
        return layers[0]._replace(is_choice=True) if is_choice else None

    def _find_partial(self, function: ast.expr, scope: Scope) -> tuple[ast.Call, Context] | None:
        """Return the call of `functools.partial` whose result a variable has."""
        holder = scope.find(function.id) if isinstance(function, ast.Name) else None
        if holder is None or not isinstance(function, ast.Name):
            return None
        match holder.bindings[function.id]:
            case [Binding(context=context, value=ast.Call(func=maker, args=[_, *_]) as node)]:
                is_partial = [*self.find_paths(maker, context.scope)] == ["functools.partial"]
                # The layer may be a variable, but no other partial.
                is_plain = is_partial and not self._find_partial(node.args[0], context.scope)
                return (node, context) if is_plain else None
        return None

    def _is_tensor(self, node: ast.Name, scope: Scope) -> bool:
        """Return whether a variable is a tensor of tinygrad: annotated, or made by the class."""
        holder = scope.find(node.id)
        bindings = [] if holder is None else holder.bindings[node.id]
        return bool(bindings) and all(self._makes_tensor(each, node.id) for each in bindings)

    def _makes_tensor(self, binding: Binding, name: str) -> bool:
        source = _find_maker(binding, name)
        paths = [] if source is None else [*self.find_paths(source, binding.context.scope)]
        return bool(paths) and all({path, path.rpartition(".")[0]} & _TENSORS for path in paths)

    def find_paths(self, node: ast.expr, scope: Scope, links: int = 0) -> Iterator[str]:
        """Yield the dotted names that an expression may stand for; an empty one for no import."""
        names: list[str] = []
        while isinstance(node, ast.Attribute):
            names.insert(0, node.attr)
            node = node.value
        if isinstance(node, ast.IfExp) and links <= MAX_LINKS:
            for choice in (node.body, node.orelse):
                yield from _extend(self.find_paths(choice, scope, links + 1), names)
            return
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
            elif isinstance(binding.value, ast.Name | ast.Attribute | ast.IfExp):
                # `Up = nn.ConvTranspose2d`, `layers = keras.layers`.
                paths = self.find_paths(binding.value, binding.context.scope, links + 1)
                yield from _extend(paths, names)
            else:
                yield ""


@cache
def find_layer(path: str) -> FrameworkLayer | None:
    """Return the layer with this dotted name, None if no framework has it."""
    module, _, name = path.rpartition(".")
    if module in _FUNCTION_HOMES:
        return _find_function(module, name)
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


def _find_function(module: str, name: str) -> FrameworkLayer | None:
    """Return the function with this name in a module."""
    if not _FUNCTION.fullmatch(name):
        return None
    dialect = _FUNCTION_HOMES[module]
    if module in _BACKENDS:
        return FrameworkLayer(dialect, f"{module}.{name}")
    signatures = [each for each in take(dialect)[0].signatures if each.weight]
    paths = [path for each in signatures for path in each.paths]
    found = next((path for path in paths if path.rpartition(".")[2] == name), None)
    return None if found is None else FrameworkLayer(dialect, found)


def is_transposed(call: PythonCall) -> bool:
    """Return whether a call is a transposed convolution, as those of JAX's most general one are.

    It is one where it stretches the input and does nothing else; what only the program knows is
    not taken for that.
    """
    if not call.name.endswith(_GENERAL):
        return True
    given = dict(enumerate(call.positional))
    words = {"window_strides": given.get(2), "lhs_dilation": given.get(4), **call.keywords}
    strides, stretch = words.get("window_strides"), words.get("lhs_dilation")
    if not (isinstance(strides, list) and isinstance(stretch, list)):
        return False
    is_known = all(type(number) is int for number in (*strides, *stretch))
    is_alone = {*strides} == {1} and words.get("batch_group_count", 1) == 1
    return is_known and is_alone and {*stretch} != {1}


@cache
def find_home(path: str) -> str | None:
    """Return the dialect of a framework whose layers are at this dotted name."""
    module = path.rpartition(".")[0]
    return next((_HOMES[home] for home in _HOMES if f"{module}.".startswith(f"{home}.")), None)


def _extend(paths: Iterable[str], names: Sequence[str]) -> Iterator[str]:
    """Yield dotted names with further names; those of no import stay empty."""
    for path in paths:
        yield ".".join([path, *names]) if path else ""


def _find_maker(binding: Binding, name: str) -> ast.expr | None:
    """Return the annotation of a parameter, or the function whose result a variable gets."""
    match binding:
        case Binding(value=ast.Call(func=function)):
            return function
        case Binding(node=ast.FunctionDef(args=arguments)):
            named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            return next((each.annotation for each in named if each.arg == name), None)
    return None


def _is_near(known: str, module: str) -> bool:
    """Return whether a dialect's name and a module have their first two parts in common."""
    return known.split(".")[:2] == module.split(".")[:2]
