"""The operator's attributes, as every implementation of ConvTranspose reads them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import compact, read_count, shorten
from deconvcli.frameworks.dialect import ANY_AXES, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.parameters import (
    Argument,
    Form,
    Signature,
    each,
    each_pair,
    plain,
)
from deconvcli.frameworks.dialect.windows import ONNX_WINDOWS
from deconvcli.frameworks.releases import (
    ONNX,
    ONNXRUNTIME,
    ONNXRUNTIME_WEB,
    OPENCV,
    OPENCV4,
    OPENVINO,
    TRACT,
    TVM,
)
from deconvcli.layers.arithmetic import Arithmetic
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

_WORDS = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")
# TensorFlow's and Keras's same crops the smaller half at the start, as SAME_UPPER does.
_PADDING_WORDS = {"valid": "VALID", "same": "SAME_UPPER"}


def _begins_and_ends(pairs: tuple[tuple[int, int], ...], rank: int) -> list[int]:
    spread = each_pair(pairs, rank)
    return [begin for begin, _ in spread] + [end for _, end in spread]


def _both_ends(value: tuple[int, ...], rank: int) -> list[int]:
    return each(value, rank) * 2


def _word(word: str, rank: int) -> str:
    return _PADDING_WORDS.get(word.lower(), word.upper())


class ConvTranspose(Dialect):
    """The operator's attributes; a subclass holds how one implementation reads them."""

    name = "onnx"
    title = "ONNX ConvTranspose"
    source = f"ONNX operator ConvTranspose-22 ({ONNX}: onnx/defs/nn/defs.cc)"
    evidence = Evidence("the text of the specification, which its implementations depart from")
    implementations: ClassVar[Mapping[str, Evidence]] = {
        "onnxruntime": Evidence(f"{ONNXRUNTIME}, CPU", rows=900),
        "onnxruntime_web": Evidence(f"{ONNXRUNTIME_WEB}, WebAssembly in Node.js", rows=400),
        "opencv": Evidence(f"{OPENCV}, its reader of ONNX, CPU", rows=400),
        "opencv4": Evidence(f"{OPENCV4}, its reader of ONNX, CPU", rows=400),
        "openvino": Evidence(f"{OPENVINO}, its reader of ONNX, CPU", rows=400),
        "reference": Evidence(f"onnx.reference.ReferenceEvaluator of {ONNX}", rows=900),
        "shape_inference": Evidence(
            f"onnx.shape_inference of {ONNX}, strict mode", rows=900, values=False
        ),
        "tract": Evidence(f"{TRACT}, CPU", rows=400),
        "tvm": Evidence(f"{TVM}, its Relax importer of ONNX, llvm, CPU", rows=400),
    }
    modules: ClassVar[Mapping[str, str]] = {"onnx.helper": "helper"}
    brackets = "[]"
    spatial_axes = range(1, ANY_AXES)
    forward = "Conv"
    windows = ONNX_WINDOWS
    number_types = NumberTypes(Mixing.REFUSED)
    arguments = (
        Argument("kernel_shape", "kernel", None, "kernel size", {Form.INTS: each}),
        Argument("strides", "stride", 1, "distance between two stamps", {Form.INTS: each}),
        Argument(
            "pads",
            "padding",
            0,
            "crop: all begins, then all ends",
            {Form.INTS: _both_ends, Form.PAIRS: _begins_and_ends},
        ),
        Argument(
            "auto_pad",
            "auto_pad",
            "NOTSET",
            "how pads are computed",
            {Form.WORD: _word},
            ("padding",),
        ),
        Argument("output_padding", "output_padding", 0, "appended", {Form.INTS: each}),
        Argument("dilations", "dilation", 1, "distance between two taps", {Form.INTS: each}),
        Argument("group", "groups", 1, "independent groups of channels"),
        Argument("output_shape", "output_size", None, "requested spatial sizes", {Form.INTS: each}),
        Argument("B", "bias", None, "input: one number added per channel", {Form.FLAG: plain}),
        # Before opset 11, shape inference reads pads together with auto_pad differently.
        Argument("opset", default=22),
    )
    signatures = (
        Signature(
            ("op.ConvTranspose", "onnx.ConvTranspose"),
            ("X", "W", "B"),
            data="X",
            weight="W",
        ),
    )

    # By attribute: which implementations accept what is refused here, and their result.
    others: ClassVar[Mapping[str, str]] = {}

    @abstractmethod
    def arithmetic(self, word: str, words: Mapping[str, Any]) -> Arithmetic:
        """Return the formulas for an auto_pad with these attributes."""

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first, always."""
        return CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as this implementation reads it."""
        words = self.values(spelling)
        rank = len(sizes.spatial)
        word = self.auto_pad(words)
        kernel = self.kernel(
            words["kernel_shape"],
            "kernel_shape",
            sizes,
            otherwise=self.others.get("kernel_shape", ""),
        )
        groups = read_count(words["group"], "group")
        pads = self.pads(spelling, rank)
        rows = zip(
            sizes.spatial,
            kernel,
            self.read_list(spelling, "strides", rank, 1),
            self.read_list(spelling, "dilations", rank, 1),
            self.read_list(spelling, "output_padding", rank),
            self.requested_sizes(spelling, rank),
            pads[:rank],
            pads[rank:],
            strict=True,
        )
        channels = self.layer_channels(kernel, sizes, groups)
        return self.build_reading(
            spelling,
            sizes,
            self.arithmetic(word, words),
            ("n", "k", "s", "d", "op", "size", "begin", "end"),
            rows,
            channels=channels,
            groups=groups,
            has_bias=words["B"] not in (None, False),
            weight_layout=CANONICAL_WEIGHT,
            data_layout=CHANNELS_FIRST,
            notes=self.notes(sizes, channels, groups),
        )

    def auto_pad(self, words: Mapping[str, Any]) -> str:
        """Return the word by which pads are computed; NOTSET if they are given."""
        word = self.check_auto_pad(words)
        # Only the number 0 is the default: zeros in a list are pads, and shape inference refuses.
        if words["pads"] != 0 and word != "NOTSET":
            self.refuse(
                "padding",
                f"pads cannot be used together with auto_pad {word}",
                "give one of them.",
                self.others.get("pads with auto_pad", ""),
            )
        return word

    def check_auto_pad(self, words: Mapping[str, Any]) -> str:
        """Return auto_pad, which must be one of four words."""
        word = words["auto_pad"]
        if word not in _WORDS:
            self.refuse(
                "padding",
                f"auto_pad is {shorten(word)}",
                suggestion(str(word), _WORDS),
                self.others.get("auto_pad", ""),
            )
        return str(word)

    def pads(self, spelling: Spelling, rank: int) -> tuple[int, ...]:
        """Return all begins, then all ends; none may be negative."""
        pads = self.read_list(spelling, "pads", 2 * rank)
        if min(pads) < 0:
            self.refuse(
                "padding",
                f"pads {list(pads)} has a negative number",
                "use 0 or more.",
                self.others.get("pads", ""),
            )
        return pads

    def requested_sizes(self, spelling: Spelling, rank: int) -> tuple[Size, ...]:
        """Return output_shape, one size per spatial axis; zeros if it is not given."""
        given = spelling.arguments.get("output_shape")
        if isinstance(given, (list, tuple)) and len(given) == rank + 2:
            self.refuse(
                "output-shape",
                f"output_shape is {shorten(given)}",
                f"give a list of {rank}, the spatial sizes alone.",
                self.others.get("output_shape", ""),
            )
        return self.read_size_list(spelling, "output_shape", rank)

    def layer_channels(self, kernel: Sequence[int], sizes: Sizes, groups: int) -> tuple[int, int]:
        """Return (in, out) channels by weights, data and groups."""
        return self.channels(CANONICAL_WEIGHT, kernel, sizes, groups)

    def notes(self, sizes: Sizes, channels: tuple[int, int], groups: int) -> tuple[Diagnostic, ...]:
        """Return findings that belong to no axis."""
        return ()

    def has_wrong_bias(self, reading: Reading) -> bool:
        """Return whether the reference evaluator adds the first group's bias to every group."""
        # onnx/reference/ops/op_conv_transpose.py gives each group all of B.
        return reading.spelling.implementation == "reference" and reading.layer.groups > 1

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the call of onnx.helper that makes the node."""
        inputs = '["X", "W", "B"]' if "B" in named else '["X", "W"]'
        pads = reading.spelling.arguments.get("pads")
        if "auto_pad" in named and isinstance(pads, list | tuple):
            # Zeros are pads too: beside auto_pad some implementations take them, others refuse.
            named = {**named, "pads": str(list(pads))}
        strides = reading.spelling.arguments.get("strides")
        if "output_shape" in named and isinstance(strides, list | tuple):
            # OpenCV refuses output_shape in a node that has no strides, even if they are 1.
            named = {**named, "strides": str(list(strides))}
        # The opset is the whole model's.
        attributes = {own: value for own, value in named.items() if own not in ("B", "opset")}
        return super().join_call(
            reading, "helper.make_node", ['"ConvTranspose"', inputs, '["Y"]'], attributes
        )

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield pads from both crops; a negative end becomes output_padding."""
        ends = [max(0, axis.crop_end) for axis in layer.axes]
        yield {
            "kernel_shape": list(layer.kernel),
            "strides": [axis.stride for axis in layer.axes],
            "pads": [*(axis.crop_begin for axis in layer.axes), *ends],
            "output_padding": [max(0, -axis.crop_end) for axis in layer.axes],
            "dilations": [axis.dilation for axis in layer.axes],
            "group": layer.groups,
            **({"B": True} if layer.has_bias else {}),
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: crops that pads and output_padding cannot make."""
        most = compact([max(axis.stride, axis.dilation) - 1 for axis in layer.axes])
        return (
            f"{self.describe_crop(layer)}; pads are never negative, and output_padding appends"
            f" {most} at most",
            "add a Pad node after it.",
        )


def find_size_source(word: str, words: Mapping[str, Any]) -> str:
    """Return what gives the output size: asked (output_shape), same or pads."""
    if words["output_shape"] is not None:
        return "asked"
    return "same" if word.startswith("SAME") else "pads"
