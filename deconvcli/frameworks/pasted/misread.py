"""Errors for text that is not a transposed convolution, each with what to paste instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import nearest

_IMAGE = re.compile(r"\S+\.(png|jpe?g|gif|webp|bmp|svg|pdf)", re.IGNORECASE)
# `conv2d_transpose (Conv2DTranspose)  (None, 16, 16, 64)  36,928` of Keras, in any frame, and
# `ConvTranspose2d-5  [-1, 64, 32, 32]  32,768` of torchsummary and torchinfo.
_SUMMARY_ROW = re.compile(
    r"[^\w]*(?:\w+\s*\(\w*(?:Transpose|Deconv)\w*\)|\w*(?:Transpose|Deconv)\w*\s*(?:-|:\s*)\d[\d-]*)"
    r"\W*[(\[]\s*(?:None|-?\d+)\b[^)\]]*[)\]]",
    re.IGNORECASE,
)
_OBJECT = re.compile(r"<(?:[\w.]+\.)?(\w*(?:Transpose|Deconv)\w*)\b[^>]*>")
_JULIA = re.compile(r"ConvTranspose\s*\([^=]*=>")
_MATLAB = re.compile(r"transposedConv(\d)dLayer\s*\(")
# Classes of projects, which make the layer and then cut off some of its output.
_CUTTING = re.compile(r"(?:Causal|Streaming|^S)Conv\w*Transpose|(?:Causal|Streaming)\w*Deconv")
_EXAMPLES = "nn.ConvTranspose2d(...), Conv2DTranspose(...) or tf.nn.conv2d_transpose(...)"
# The transposed convolution that belongs to a forward one, by the forward one's name.
_FORWARD = (
    (re.compile(r"(Lazy)?Conv([123])d"), r"\1ConvTranspose\2d"),
    (re.compile(r"(?:Separable|Depthwise)?(?:Conv|Convolution)([123])D"), r"Conv\1DTranspose"),
    (re.compile(r"Conv"), "ConvTranspose"),
    (re.compile(r"conv([123])d"), r"conv_transpose\1d"),
    (re.compile(r"Convolution"), "Deconvolution"),
)


def explain_text(text: str) -> UsageError | None:
    """Return the error for a text that only mentions a layer: an image, a row of a summary."""
    stripped = text.strip()
    if _IMAGE.fullmatch(stripped):
        return _error(f"{stripped[-60:]!r} is an image", "paste the code that creates the layer.")
    if _SUMMARY_ROW.match(stripped):
        return _error(
            "this is a row of a summary, which has the output's size but not the layer",
            "paste the code that creates the layer, its line of print(model), or its get_config().",
        )
    if found := _OBJECT.fullmatch(stripped):
        return _error(
            f"this is how a {found[1]} is printed, without its parameters",
            "paste the code that creates the layer, or what its get_config() returns.",
        )
    if _JULIA.search(stripped):
        return _error(
            "this is a layer of Flux, in Julia, which is not read",
            "write ConvTranspose((4, 4), 64 => 32, stride = 2, pad = 1) as"
            " nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1).",
        )
    if found := _MATLAB.search(stripped):
        return _error(
            "this is a layer of MATLAB, which is not read",
            "write the channels, the filter size, 'Stride' and 'Cropping' as"
            f" nn.ConvTranspose{found[1]}d(in, out, size, stride=..., padding=...).",
        )
    return None


def explain_unknown_call(
    call: str, dialect: str | None, owners: Sequence[str], known: Sequence[str] = ()
) -> UsageError:
    """Return the error for a call that no dialect has, or not the named one.

    owners: the dialects that have it. known: the names of all calls.
    """
    message = f"{call!r} is not a transposed convolution of {dialect or 'any dialect here'}"
    head, _, last = call.rpartition(".")
    if owners:
        having = f"{' and '.join(owners)} {'has' if len(owners) == 1 else 'have'} it"
        named = "name that one" if len(owners) == 1 else "name one of these"
        return _error(message, f"{having}: leave the dialect out, or {named}.")
    if error := explain_text(f"{call}("):
        return error
    if head == "self":
        return _error(
            f"{call!r} is a layer that was created elsewhere",
            f"paste the code that creates it, such as {call} = nn.ConvTranspose2d(64, 32, 4).",
        )
    if _CUTTING.search(last):
        return _error(
            f"{call!r} is a class of its project, which may cut off a part of the output",
            "paste the transposed convolution that it creates, and subtract what it cuts off.",
        )
    prefix = f"{head}." if head else ""
    for pattern, transposed in _FORWARD:
        if found := pattern.fullmatch(last):
            name = found.expand(transposed)
            if head.endswith("tf.nn") or head == "tensorflow.nn":
                name = f"{last}_transpose"
            return _error(
                f"{call!r} is a forward convolution",
                f"its transposed one is {prefix}{name}; for networks with both there is deconv"
                " check.",
            )
    close = nearest(last, known)
    guess = f"did you mean {prefix}{close}? Otherwise " if close else ""
    return _error(message, f"{guess}paste one such as {_EXAMPLES}, or give options.")


def _error(message: str, help: str) -> UsageError:
    return UsageError(message, help=help, code="pasted-call")
