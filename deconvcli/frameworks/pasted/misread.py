"""Errors for text that is not a transposed convolution, each with what to paste instead."""

from __future__ import annotations

import re
from collections.abc import Sequence

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import nearest
from deconvcli.frameworks.pasted.layer import FRAMEWORKS

_IMAGE = re.compile(r"\S+\.(png|jpe?g|gif|webp|bmp|svg|pdf)", re.IGNORECASE)
# `conv2d_transpose (Conv2DTranspose)  (None, 16, 16, 64)  36,928` of Keras, in any frame, and
# `ConvTranspose2d-5  [-1, 64, 32, 32]  32,768` of torchsummary and torchinfo.
_SUMMARY_ROW = re.compile(
    r"[^\w]*(?:\w+\s*\(\w*(?:Transpose|Deconv)\w*\)|\w*(?:Transpose|Deconv)\w*\s*(?:-|:\s*)\d[\d-]*)"
    r"\W*[(\[]\s*(?:None|-?\d+)\b[^)\]]*[)\]]",
    re.IGNORECASE,
)
# The frame of a whole summary, or what Keras prints above it.
_SUMMARY = re.compile(r"Model: \"|[\u2500-\u257f]|[=_]{30}")
_OBJECT = re.compile(r"<(?:[\w.]+\.)?(\w*(?:Transpose|Deconv)\w*)\b[^>]*>")
_ERROR_MESSAGE = re.compile(r"\s*(?:Traceback \(most|(?:[\w.]+ )?\(?[\w.]*(?:Error|Exception)\b)")
# PyTorch's, where the channels of the input are not the layer's.
_CHANNELS_MESSAGE = re.compile(
    r"transposed=(?:1|True), weight of size \[(\d+), (\d+), ([\d, ]+)\], expected input *"
    r"\[[\d, ]+\] to have (\d+) channels, but got (\d+)"
)
# HiFi-GAN's and its relatives'.
_VOCODER = re.compile(r"[\"']?(?:upsample_rates|upsample_scales|decoder_rates)[\"']?\s*:")
# A project's own function; the name says nothing of its parameters.
_HELPER = re.compile(r"_*(?:de|up)_?conv(?:_?\d?d)?(?:_(?:layer|block|bn|relu))*\d*", re.IGNORECASE)
# Layers of frameworks that are not read: the framework, a pattern of the name, what to write.
_FOREIGN = (
    (
        "Flux, in Julia",
        re.compile(r"ConvTranspose\s*\([^=]*=>"),
        "write ConvTranspose((4, 4), 64 => 32, stride = 2, pad = 1) as"
        " nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1).",
    ),
    (
        "MATLAB",
        re.compile(r"transposedConv\ddLayer\s*\("),
        "write the channels, the filter size, 'Stride' and 'Cropping' as"
        " nn.ConvTranspose2d(in, out, size, stride=..., padding=...).",
    ),
    (
        "Torch 7, in Lua",
        re.compile(r"(?:Spatial|Volumetric)FullConvolution\s*\("),
        "write SpatialFullConvolution(in, out, kW, kH, dW, dH, padW, padH, adjW, adjH) as"
        " nn.ConvTranspose2d(in, out, (kH, kW), (dH, dW), (padH, padW), (adjH, adjW)).",
    ),
    (
        "torch for R",
        re.compile(r"nnf?_conv_transpose\dd\s*\("),
        "write it as nn.ConvTranspose2d(...), with (3, 5) for c(3, 5) and True for TRUE.",
    ),
    (
        "tch, in Rust",
        re.compile(r"nn::conv_transpose\dd\s*\("),
        "write its channels and its configuration as nn.ConvTranspose2d(...).",
    ),
    (
        "TFLearn",
        re.compile(r"conv_[23]d_transpose\s*\("),
        "write conv_2d_transpose(x, filters, size, [H, W], strides) as Conv2DTranspose(filters,"
        " size, strides, padding='same'), and compare its output with [H, W].",
    ),
    (
        "Lasagne",
        re.compile(r"(?:TransposedConv[23]DLayer|\bDeconv2DLayer)\s*\("),
        "write its num_filters, filter_size, stride and crop as nn.ConvTranspose2d(in,"
        " num_filters, filter_size, stride, padding=crop).",
    ),
    (
        "TensorLayer",
        re.compile(r"(?:tlx?|tensorlayerx?)\.[\w.]*(?:ConvTranspose|DeConv)\dd\s*\("),
        "write its numbers as options (-k, -s, -p), with the dialect of its backend.",
    ),
    (
        "TVM",
        re.compile(r"(?:relay|tvm|topi)\.[\w.]*conv\dd_transpose\w*\s*\("),
        "write its channels, kernel_size, strides and padding as nn.ConvTranspose2d(in, channels,"
        " kernel_size, strides, padding, output_padding).",
    ),
    (
        "TensorFlow.js",
        re.compile(r"(?<!tf\.)(?<!tf\.layers\.)conv[23]dTranspose\s*\("),
        "write the whole call: tf.layers.conv2dTranspose({filters: 8, kernelSize: 3, strides: 2,"
        " padding: 'same'}).",
    ),
    (
        "CNTK",
        re.compile(r"(?:convolution_transpose|ConvolutionTranspose(?:[123]D)?)\s*\("),
        "write its filters, its strides and what it crops as nn.ConvTranspose2d(...).",
    ),
    (
        "ncnn",
        re.compile(r"Deconvolution(?:1D|3D|DepthWise)?\s+\S+\s+\d+ \d+ .*\b0=\d"),
        "write 0=, 1=, 3= and 4= as options: deconv shape -D ncnn --out-channels 0= -k 1= -s 3="
        " -p 4=.",
    ),
)
# Classes of projects, which make the layer and then cut off some of its output.
_CUTTING = re.compile(r"(?:Causal|Streaming|^S)Conv\w*Transpose|(?:Causal|Streaming)\w*Deconv")
_ENLARGING = re.compile(r"upsampl|pixel_?shuffle|interpolate|resize", re.IGNORECASE)
# Other names have nothing in common with any that could be meant.
_CONVOLVING = re.compile(r"con?v|trans?po", re.IGNORECASE)
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
    if _SUMMARY_ROW.match(stripped) or _SUMMARY.match(stripped):
        return _error(
            "this is a summary, or a row of one, which has the output's size but not the layer",
            "paste the code that creates the layer, its line of print(model), or its get_config().",
        )
    if found := _OBJECT.fullmatch(stripped):
        return _error(
            f"this is how a {found[1]} is printed, without its parameters",
            "paste the code that creates the layer, or what its get_config() returns.",
        )
    if _VOCODER.search(stripped):
        return _error(
            "this is the configuration of a vocoder, which has its layers in lists",
            "paste ConvTranspose1d(c, c // 2, k, u, padding=(k - u) // 2) with --set k=16,u=8, or"
            " write the layers into a file for deconv check.",
        )
    return _explain_error_message(stripped) or explain_foreign(stripped)


def explain_foreign(text: str) -> UsageError | None:
    """Return the error for a layer of a framework that is not read, with what to write."""
    for framework, pattern, help in _FOREIGN:
        if pattern.search(text):
            return _error(f"this is a layer of {framework}, which is not read", help)
    return None


def _explain_error_message(text: str) -> UsageError | None:
    if found := _CHANNELS_MESSAGE.search(text):
        axes = len(found[3].split(","))
        return _error(
            f"this is an error message of PyTorch: its layer takes {found[4]} channels, and the"
            f" input has {found[5]}",
            f"create the layer as nn.ConvTranspose{axes}d({found[5]}, {found[2]}, ({found[3]}),"
            f" ...), or give it an input of {found[4]} channels.",
        )
    if _ERROR_MESSAGE.match(text):
        return _error(
            "this is an error message, which has sizes but not the layer",
            "paste the line that creates the layer, and give the shape of its input.",
        )
    return None


def explain_unknown_call(
    call: str, dialect: str | None, owners: Sequence[str], known: Sequence[str] = ()
) -> UsageError:
    """Return the error for a call that no dialect has, or not the named one.

    owners: the dialects that have it. known: the dotted names of all calls.
    """
    message = f"{call!r} is not a transposed convolution of {dialect or 'any dialect here'}"
    head, _, last = call.rpartition(".")
    if owners:
        having = f"{' and '.join(owners)} {'has' if len(owners) == 1 else 'have'} it"
        named = "name that one" if len(owners) == 1 else "name one of these"
        compared = f"; deconv shape -D {owners[0]},{dialect} compares them" if dialect else ""
        return _error(message, f"{having}: leave the dialect out, or {named}{compared}.")
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
    if _HELPER.fullmatch(last):
        return _error(
            f"{call!r} is a function of its program",
            "paste the transposed convolution that it makes.",
        )
    prefix = f"{head}." if head else ""
    for pattern, transposed in _FORWARD:
        if found := pattern.fullmatch(last):
            name = found.expand(transposed)
            if head.endswith("tf.nn") or head == "tensorflow.nn":
                name = f"{last}_transpose"
            return _error(
                f"{call!r} is a forward convolution",
                f"its transposed one is {prefix}{name}; a network with both is read whole, pasted"
                " here or in a file for deconv check.",
            )
    if _ENLARGING.search(last):
        return _error(
            f"{call!r} enlarges its input without a transposed convolution",
            "a network that has it is read whole, pasted here or in a file for deconv check.",
        )
    close = _find_close(call, known) if _CONVOLVING.search(last) else ""
    guess = f"did you mean {close}? Otherwise " if close else ""
    return _error(message, f"{guess}paste one such as {_EXAMPLES}, or give options.")


def _find_close(call: str, known: Sequence[str]) -> str:
    """Return the most similar name, with its module where the call has one."""
    first = call.partition(".")[0]
    own = [path for path in known if first in FRAMEWORKS and path.startswith(f"{first}.")]
    prefix, _, last = call.rpartition(".")
    # A name with another number of axes is not the one that was meant; most layers have two.
    digits = {*"123"} & {*last}
    names = [path.rpartition(".")[2] for path in own or known]
    close = nearest(last, [n for n in names if {*"123"} & {*n} == (digits or {*"2"} & {*n})])
    if not close:
        return ""
    whole = f"{prefix}.{close}" if prefix else close
    if any(f".{path}".endswith(f".{whole}") for path in known):
        return whole
    # Of the modules of a framework, those of its dialect come last.
    ending = [path for path in own if path.endswith(f".{close}")]
    return ending[-1] if ending else close


def _error(message: str, help: str) -> UsageError:
    return UsageError(message, help=help, code="pasted-call")
