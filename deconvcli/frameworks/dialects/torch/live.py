"""The parameters of layer objects, without an import of torch."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.dialect.live import LiveLayer, find_rank, find_shape, read_values

# torch.nn.utils.parametrize makes a class of its own for a layer, with Parametrized before it.
CLASSES = "(?:Lazy|Parametrized)?ConvTranspose([123])d"
_ATTRIBUTES = (
    *("in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding"),
    *("groups", "dilation", "padding_mode"),
)


def describe(module: Any) -> LiveLayer:
    """Return the parameters of torch.nn.ConvTranspose{1,2,3}d.

    It may be lazy, parametrised, quantised, or compiled by TorchScript.
    """
    rank = find_rank(module, CLASSES)
    if hasattr(module, "graph") and not hasattr(module, "stride"):
        return _describe_trace(module, rank)
    words = read_values(module, {name: name for name in _ATTRIBUTES})
    bias = getattr(module, "bias", None)
    # Quantised layers have methods in place of both parameters.
    words["bias"] = (bias() if callable(bias) and not hasattr(bias, "shape") else bias) is not None
    if not hasattr(module, "bias"):
        # In a frozen module it is a constant of the call.
        call = list(module.graph.findNode(f"aten::conv_transpose{rank}d").inputs())
        words["bias"] = _is_given(call[2])
    weight = find_shape(_find_parameter(module, "weight"))
    if weight is not None and len(weight) == rank + 2:
        # The weights count in a forward pass: pruning changes them and leaves the numbers alone.
        words["in_channels"], words["out_channels"] = weight[0], weight[1] * words["groups"]
        words["kernel_size"] = list(weight[2:])
    elif words["in_channels"]:
        # Weights that are packed, as a quantised layer's, or computed have no stored shape.
        into, out = words["in_channels"], words["out_channels"]
        weight = (into, out // words["groups"], *words["kernel_size"])
    else:
        weight = None
        del words["in_channels"]  # 0 until a lazy layer has seen its first input
    return LiveLayer(words, rank, weight)


def _describe_trace(module: Any, rank: int) -> LiveLayer:
    """Return the parameters of a trace, which keeps no more of the layer than its call."""
    call = list(module.graph.findNode("aten::_convolution").inputs())
    # aten::_convolution(input, weight, bias, stride, padding, dilation, transposed, ...)
    _, weight, bias, stride, padding, dilation, _, output_padding, groups, *_ = call
    into, per_group, *kernel = find_shape(getattr(module, "weight", None)) or weight.type().sizes()
    words = {
        "in_channels": into,
        "out_channels": per_group * groups.toIValue(),
        "kernel_size": kernel,
        "stride": _read_constants(stride),
        "padding": _read_constants(padding),
        "output_padding": _read_constants(output_padding),
        "groups": groups.toIValue(),
        "bias": _is_given(bias),
        "dilation": _read_constants(dilation),
    }
    return LiveLayer(words, rank, (into, per_group, *kernel))


def _is_given(value: Any) -> bool:
    return bool(value.type().str() != "NoneType")


def _read_constants(value: Any) -> list[int]:
    """Return a list in a graph of TorchScript: one constant, or a node that joins several."""
    whole = value.toIValue()
    return [one.toIValue() for one in value.node().inputs()] if whole is None else whole


def _find_parameter(module: Any, name: str) -> Any:
    """Return a parameter that is stored, None for one that is computed when it is asked for."""
    # Not by getattr: spectral normalisation takes a step of its power iteration whenever its weight
    # is read.
    own = vars(module)
    for stored in (own, own.get("_parameters") or {}, own.get("_buffers") or {}):
        if name in stored:
            return stored[name]
    return None
