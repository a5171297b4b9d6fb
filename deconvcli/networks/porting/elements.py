"""Layers that change values and no size: activations, norms, dropout; and sums of layers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from deconvcli.networks.operation import Shape
from deconvcli.networks.porting.source import Source
from deconvcli.networks.porting.step import Step
from deconvcli.networks.porting.words import find_word

# The functions that are the same in all frameworks, with other words for them.
FUNCTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "relu": (),
        "relu6": (),
        "leaky_relu": (),
        "prelu": (),
        "elu": (),
        "selu": (),
        "gelu": (),
        "silu": ("swish",),
        "mish": (),
        "hard_swish": ("hard_silu",),
        "hard_sigmoid": (),
        "sigmoid": (),
        "tanh": (),
        "softmax": ("softmax2d",),
        "log_softmax": (),
        "log_sigmoid": (),
        "softplus": (),
        "softsign": (),
        "linear": ("identity",),
    }
)
APPROXIMATE = ("flax",)
"""Frameworks whose GELU is that of tanh where nothing is said."""
_EPSILONS = MappingProxyType({"keras": 1e-3, "keras2": 1e-3})
# The share of the running mean that a step of the training keeps; torch states the other share.
NEW_SHARES = ("torch", "mlx")
_KEPT = MappingProxyType({"keras": 0.99, "keras2": 0.99, "flax": 0.99})
_SUMS = MappingProxyType(
    {
        "add": ("sum",),
        "multiply": ("mul",),
        "average": (),
        "maximum": (),
        "subtract": (),
    }
)


def find_function(word: Any) -> str | None:
    """Return our name of a function, by any framework's word for it."""
    every = {other: name for name, others in FUNCTIONS.items() for other in (name, *others)}
    found = find_word(word, every)
    return None if found is None else every[found]


def make_activation(source: Source) -> list[Step]:
    """Return a function of each element; the identity is no step."""
    given = source.keys["kind"]
    if given is None and source.called == "Activation":
        given = source.argument("activation", 0)
    kind = find_function(given if given is not None else source.called)
    if kind is None:
        source.refuse(f"deconv knows no function {given or source.called}")
    return make_function(source, kind, source.given)


def make_function(source: Source, kind: str, shape: Shape) -> list[Step]:
    """Return one function of the elements of a tensor, with the numbers of the source's layer."""
    keys: dict[str, Any] = {"kind": kind}
    if kind == "linear":
        return []
    if kind == "leaky_relu":
        slope = source.keys.get("negative_slope")
        slope = _read_own(source, "negative_slope", slope)
        keys["negative_slope"] = _find_slope(source) if slope is None else slope
    if kind == "elu":
        alpha = _read_own(source, "alpha", source.keys.get("negative_slope"))
        keys["alpha"] = 1.0 if alpha is None else alpha
    if kind == "gelu":
        word = _read_own(source, "approximate", source.keys.get("approximate"))
        keys["approximate"] = (
            source.family in APPROXIMATE if word is None else word not in (False, "none")
        )
    if kind in ("softmax", "log_softmax"):
        _check_axis(source, shape)
    if kind == "prelu":
        slopes = source.keys.get("num_parameters")
        if source.keys.get("shared_axes") is not None or (
            slopes is None and source.family in ("keras", "keras2")
        ):
            source.refuse("it has a slope for each element", "use one slope for each channel.")
        keys["num_parameters"] = slopes or 1
    return [Step("activation", keys, (shape,), shape)]


def _has_own_layer(source: Source) -> bool:
    """Return whether the function is a layer of its own, and no word in another layer."""
    return source.operation.name == "activation" and source.called != "Activation"


def _read_own(source: Source, name: str, default: Any) -> Any:
    """Return the first argument of a function's own layer; a word in another layer has none."""
    return source.argument(name, 0, default) if _has_own_layer(source) else default


def _find_slope(source: Source) -> float:
    """Return the slope where none is given.

    Source: Keras 3.15.1, whose layer has another default than its function.
    """
    if source.family not in ("keras", "keras2"):
        return 0.01
    return 0.3 if _has_own_layer(source) else 0.2


def _check_axis(source: Source, shape: Shape) -> None:
    """Refuse a softmax over another axis than the channels."""
    axis = _read_own(source, "dim", _read_own(source, "axis", source.keys.get("axis")))
    rank = len(shape.spatial)
    if source.has_word("softmax2d") or rank == 0:
        return
    is_last = source.is_last
    if axis is None and is_last:
        return
    if axis not in ((-1, rank + 1) if is_last else (1, -rank - 1)):
        source.refuse(f"its axis is {axis}, and not that of the channels", "write it yourself.")


def is_trained(kind: str, family: str) -> bool:
    """Return whether a norm has a scale and a shift where nothing is said."""
    return kind != "instance" or family not in ("torch", "mlx")


def find_kept(family: str) -> float:
    """Return the share of the running mean that is kept where nothing is said."""
    return _KEPT.get(family, 0.9)


def make_norm(source: Source) -> list[Step]:
    """Return a normalisation."""
    values, shape = source.keys, source.given
    kind = values["kind"]
    if kind is None:
        source.refuse("its kind is not known", "write batch_norm, group_norm or another kind.")
    if kind == "weight":
        source.refuse("it is a part of the layer before it", "give that layer its own weights.")
    if values["normalized_shape"] is not None or values["axis"] not in (None, -1, [-1]):
        listed = values["normalized_shape"]
        if listed not in (shape.channels, [shape.channels]) or shape.spatial:
            source.refuse("it normalises other axes than the channels")
    affine = values["affine"]
    if affine is None:
        affine = is_trained(kind, source.family)
    eps, momentum = values["eps"], values["momentum"]
    kept = find_kept(source.family)
    if momentum is not None:
        kept = 1 - momentum if source.family in NEW_SHARES else momentum
    keys = {
        "kind": kind,
        "groups": values["groups"],
        "scale": bool(affine and values["scale"]),
        "center": bool(affine and values["center"] and kind != "rms"),
        "eps": _EPSILONS.get(source.family, 1e-5) if eps is None else eps,
        "kept": round(kept, 9),
    }
    return [Step("norm", keys, (shape,), shape)]


def make_dropout(source: Source) -> list[Step]:
    """Return a dropout; the identity, which has no rate, is no step."""
    if source.has_word("identity"):
        return []
    for word in ("ChannelShuffle", "GaussianDropout", "GaussianNoise", "AlphaDropout"):
        if source.called == word:
            source.refuse(f"deconv writes no {word}")
    rate = source.argument("p", 0, source.argument("rate", 0, source.keys["rate"]))
    return [Step("dropout", {"rate": 0.5 if rate is None else rate}, (source.given,), source.given)]


def make_sum(source: Source) -> list[Step]:
    """Return an addition, or another function of elements of several inputs."""
    every = {other: name for name, others in _SUMS.items() for other in (name, *others)}
    word = find_word(source.called, every)
    assert word is not None
    return [Step("add", {"kind": every[word]}, source.inputs, source.output)]
