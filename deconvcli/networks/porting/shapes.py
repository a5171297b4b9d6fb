"""Layers that change the shape: joins, reshapes, resizes, and products over the channels."""

from __future__ import annotations

from deconvcli.frameworks.dialects import take
from deconvcli.networks.porting.source import Source
from deconvcli.networks.porting.step import Step
from deconvcli.networks.porting.words import find_word

# The frameworks in which the blocks of a pixel shuffle are the outer part of the channels.
_OUTER_BLOCKS = ("keras", "keras2", "tensorflow", "tflite", "flax", "jax", "onnx", "coreml")
_MODES = {
    "nearest": ("nearest",),
    "linear": ("linear", "bilinear", "trilinear"),
    "cubic": ("cubic", "bicubic"),
}


def make_concat(source: Source) -> list[Step]:
    """Return a concatenation of channels."""
    return [Step("concat", {}, source.inputs, source.output)]


def make_reshape(source: Source) -> list[Step]:
    """Return a reshape, in the order of the source's axes."""
    return [Step("reshape", {"shape": source.output.sizes}, (source.given,), source.output)]


def make_flatten(source: Source) -> list[Step]:
    """Return a flatten; nothing for a tensor without axes."""
    if not source.given.spatial:
        return []
    if source.output.spatial and source.is_last:
        source.refuse("it joins only some axes", "write a reshape.")
    return make_reshape(source)


def make_dense(source: Source) -> list[Step]:
    """Return a matrix product over the channels."""
    keys = {"units": source.output.channels, "bias": source.keys["bias"]}
    return [Step("dense", keys, (source.given,), source.output)]


def make_upsample(source: Source) -> list[Step]:
    """Return an upsampling, by whole factors where it has them."""
    given = source.keys["mode"] or source.argument("interpolation", -1)
    if source.has_word("UpsamplingBilinear2d"):
        source.refuse("it aligns the corners", "use Upsample without align_corners.")
    word = find_word(given or "nearest", [one for words in _MODES.values() for one in words])
    mode = next((name for name, words in _MODES.items() if word in words), None)
    if mode is None:
        source.refuse(f"its mode is {given}", "use nearest or bilinear.")
    if mode == "cubic" and take(source.target)[0].name != source.family:
        source.refuse("bicubic is not the same in two frameworks", "use bilinear.")
    pairs = source.pair_sizes()
    is_whole = all(out % n == 0 for n, out in pairs)
    keys = {
        "scale": tuple([out // n for n, out in pairs]) if is_whole else None,
        "size": source.output.spatial,
        "mode": mode,
        "align_corners": bool(source.keys["align_corners"]) and mode != "nearest",
    }
    return [Step("upsample", keys, (source.given,), source.output)]


def make_global_pool(source: Source) -> list[Step]:
    """Return a pooling of all elements of a channel."""
    keys = {"kind": _find_mean(source), "keepdims": bool(source.output.spatial)}
    return [Step("global_pool", keys, (source.given,), source.output)]


def make_adaptive_pool(source: Source) -> list[Step]:
    """Return a pooling to a size, as one with equal windows where there is one."""
    kind = _find_mean(source)
    pairs = source.pair_sizes()
    if any(n % out for n, out in pairs):
        keys = {"kind": kind, "size": source.output.spatial}
        return [Step("adaptive_pool", keys, (source.given,), source.output)]
    kernel = tuple([n // out for n, out in pairs])
    window = {
        "kernel": kernel,
        "stride": kernel,
        "dilation": (1,) * source.rank,
        "pads": ((0, 0),) * source.rank,
        "counts_zeros": True,
    }
    return [Step(f"{kind}_pool", window, (source.given,), source.output)]


def _find_mean(source: Source) -> str:
    """Return whether a pooling takes the mean or the maximum."""
    called = source.called.lower()
    kind = "max" if "max" in called else "avg" if "avg" in called or "average" in called else ""
    if not kind:
        source.refuse("it is not known whether it takes the mean or the maximum", "write which.")
    return kind


def make_shuffle(source: Source) -> list[Step]:
    """Return a pixel shuffle or its inverse, with the order of the channels."""
    order = "outer" if source.family in _OUTER_BLOCKS else "inner"
    keys = {"factor": source.keys["factor"], "blocks": order}
    return [Step(source.operation.name, keys, (source.given,), source.output)]


def make_gated(source: Source) -> list[Step]:
    """Return a gated linear unit over the channels."""
    if source.output.channels == source.given.channels:
        source.refuse("it halves another axis than the channels")
    return [Step("glu", {}, (source.given,), source.output)]


def refuse_unpool(source: Source) -> list[Step]:
    """Refuse an unpooling, which takes the places of the maxima too."""
    source.refuse("it takes the places that a max pooling returns")


def refuse_opaque(source: Source) -> list[Step]:
    """Refuse a layer of which nothing but the shape is known."""
    source.refuse("only the shape of its output is known", "write the layer yourself.")
