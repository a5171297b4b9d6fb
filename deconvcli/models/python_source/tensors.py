"""Calls that make a tensor, and where the shape stands in them."""

from __future__ import annotations

import ast
from collections.abc import Mapping

# In the arguments themselves: torch.zeros(3, 8, 4, 4).
_SPREAD = -1
_BY_NAME = None
_FILLED = ("zeros", "ones", "empty", "full", "rand", "randn")
_DRAWN = ("normal", "uniform", "truncated_normal")
_WORDS = ("shape", "size")


def _list_makers() -> Mapping[str, int | None]:
    """Return the position of the shape by the name of the function."""
    found: dict[str, int | None] = {}
    for home, place in {
        **dict.fromkeys(("torch", "paddle", "tinygrad.Tensor", "tinygrad.tensor.Tensor"), _SPREAD),
        **dict.fromkeys(("numpy", "jax.numpy", "mlx.core", "tensorflow", "keras.ops"), 0),
    }.items():
        found |= {f"{home}.{name}": place for name in _FILLED}
    for home in ("tensorflow.random", "keras.random", "mlx.core.random", "jax.random"):
        # JAX takes a key first, and MLX the bounds of what it draws.
        own = {"jax.random": 1, "mlx.core.random": _BY_NAME}.get(home, 0)
        found |= {f"{home}.{name}": own for name in _DRAWN}
    found |= {f"numpy.random.{name}": _SPREAD for name in ("rand", "randn")}
    found |= {f"numpy.random.{name}": _BY_NAME for name in _DRAWN}
    return found


_MAKERS = _list_makers()
# What returns a tensor of the shape of its first argument.
_PASSING = frozenset(
    (
        *("torch.nn.Parameter", "torch.nn.parameter.Parameter", "torch.autograd.Variable"),
        *("torch.from_numpy", "torch.as_tensor", "paddle.to_tensor", "mlx.core.array"),
        *("tensorflow.Variable", "tensorflow.constant", "tensorflow.convert_to_tensor"),
        *("jax.numpy.array", "jax.numpy.asarray", "keras.ops.convert_to_tensor"),
    )
)


def find_source(node: ast.Call, path: str) -> ast.expr | None:
    """Return the tensor whose shape a call with this dotted name passes on."""
    return node.args[0] if path in _PASSING and node.args else None


def find_shape(node: ast.Call, path: str) -> ast.expr | None:
    """Return the shape of the tensor that a call with this dotted name makes."""
    if path not in _MAKERS:
        return None
    named = [each.value for each in node.keywords if each.arg in _WORDS]
    place = _MAKERS[path]
    if named or place is None:
        return named[0] if named else None
    if place == _SPREAD and len(node.args) != 1:
        return ast.Tuple(list(node.args), ast.Load())
    place = max(place, 0)
    return node.args[place] if place < len(node.args) else None
