"""Arrays that have the shape of a layer's weights, and of which PyTorch first computes the weights.

Source: names in the state dicts of torch 2.13 (torch.nn.utils.weight_norm, spectral_norm, prune and
parametrizations).
"""

from __future__ import annotations

from collections.abc import Collection

from deconvcli.common.errors import UsageError

_REMOVE = "torch.nn.utils.parametrize.remove_parametrizations(layer, 'weight')"
# The end of the name, that of an array beside it, what computes, and what makes it plain weights.
_KINDS = (
    ("weight_v", "weight_g", "weight norm", "torch.nn.utils.remove_weight_norm(layer)"),
    ("weight_orig", "weight_mask", "pruning", "torch.nn.utils.prune.remove(layer, 'weight')"),
    ("weight_orig", "weight_u", "spectral norm", "torch.nn.utils.remove_spectral_norm(layer)"),
    (
        "parametrizations.weight.original1",
        "parametrizations.weight.original0",
        "weight norm",
        _REMOVE,
    ),
    ("parametrizations.weight.original", "", "a parametrization", _REMOVE),
)


def refuse_reparametrized(name: str, names: Collection[str]) -> None:
    """Refuse an array of a model's file that is not the weights, although it has their shape.

    names: those of all arrays of the file.

    Raises:
        UsageError: PyTorch computes the weights of this array, and of others.
    """
    for end, beside, what, call in _KINDS:
        layer = name.removesuffix(end)
        if (
            name.endswith(end)
            and layer[-1:] in ("", ".")
            and (not beside or layer + beside in names)
        ):
            others = f" and {layer + beside!r}" if beside else ""
            raise UsageError(
                f"{name!r} is not the layer's weights: {what} computes them of it{others}",
                help=f"call {call} before the model is saved.",
                code="reparametrized",
            )
