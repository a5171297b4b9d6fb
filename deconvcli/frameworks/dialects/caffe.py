"""Caffe: `pad` crops both ends alike; there is no output padding.

Weights have the input channels first. One number stands for every axis; in 2-D, kernel, stride
and pad may also be given as _h and _w.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import per_axis, read_count, read_optional_count
from deconvcli.frameworks.dialect import ANY_AXES, Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import (
    INPUT_EXISTS,
    OUTPUT_EXISTS,
    STACKED_TAPS,
    not_negative,
    positive,
)
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, plain
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.releases import OPENCV4
from deconvcli.layers.arithmetic import FULL, OUT, SPAN, Arithmetic, Step
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, Layout

ARITHMETIC = Arithmetic(
    INPUT_EXISTS,
    positive("k", "kernel_size"),
    positive("s", "stride"),
    not_negative("d", "dilation"),
    # Kernel and stride are checked against zero, the dilation is not.
    STACKED_TAPS,
    not_negative("p", "pad"),
    SPAN,
    FULL,
    Step("crop_begin", "p", "pad crops the start"),
    Step("crop_end", "p", "and the end"),
    OUT,
    OUTPUT_EXISTS,
)

_DILATION_LOST = Diagnostic(
    "caffe-opencv-dilation",
    Severity.WARNING,
    f"{OPENCV4}, which runs Caffe's models, computes the size of this layer without its dilation,"
    " and wrong values; the answer here is that of Caffe's source",
    "run the model with Caffe itself, or write the zeros between the taps into the kernel.",
    f"measured with {OPENCV4}, CPU",
    differs=True,
)
_PAD_BEYOND_TAP = Diagnostic(
    "caffe-opencv-pad",
    Severity.WARNING,
    f"{OPENCV4}, which runs Caffe's models, was seen to compute wrong values for pads around a"
    " kernel of 1x1, and to end the process; the answer here is that of Caffe's source",
    "use pad 0, and slice the output after it.",
    f"measured with {OPENCV4}, CPU",
    differs=True,
)


class Caffe(Dialect):
    """A layer of type "Deconvolution", by the fields of its convolution_param."""

    name = "caffe"
    title = "Caffe"
    aliases = ("bvlccaffe",)
    source = (
        "BVLC Caffe 9b89154 (2020-02-13): src/caffe/layers/deconv_layer.cpp, base_conv_layer.cpp,"
        " src/caffe/proto/caffe.proto"
    )
    evidence = Evidence(f"{OPENCV4}, which reads Caffe's models", rows=400)
    accidents: ClassVar[Accidents] = {"": (_DILATION_LOST, _PAD_BEYOND_TAP)}
    batch_axes = range(ANY_AXES)
    spatial_axes = range(1, ANY_AXES)
    forward = "Convolution"
    brackets = "[]"
    windows = Windows(rounds_up=True)
    arguments = (
        Argument("num_output", "out_channels", None, "output channels"),
        Argument("kernel_size", "kernel", None, "kernel size"),
        Argument("stride", "stride", 1, "distance between two stamps"),
        Argument("pad", "padding", 0, "elements cropped from both ends"),
        Argument("dilation", "dilation", 1, "distance between two taps"),
        Argument("group", "groups", 1, "independent groups of channels"),
        Argument("bias_term", "bias", True, "one number added per channel", {Form.FLAG: plain}),
        *(
            # 0, the default of protocol buffers, whatever the field means.
            Argument(f"{name}_{side}", role, 0, f"instead of {whole}, in 2-D", {})
            for name, role, whole in (
                ("kernel", "kernel", "kernel_size"),
                ("stride", "stride", "stride"),
                ("pad", "padding", "pad"),
            )
            for side in ("h", "w")
        ),
        *(Argument(name) for name in ("axis", "engine", "force_nd_im2col")),
        *(Argument(name) for name in ("weight_filler", "bias_filler")),
    )
    arithmetics = (ARITHMETIC,)
    # By the fields of convolution_param, as NetSpec and the text of a network have them.
    signatures = (Signature(("caffe.layers.Deconvolution",), ()),)

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first, at `axis`; everything before them is batch."""
        return CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as LayerSetUp and compute_output_shape compute it."""
        words = self.values(spelling)
        self._check_axis(words["axis"], sizes)
        rank = len(sizes.spatial)
        kernel = self._kernel(spelling, sizes)
        groups = read_count(words["group"], "group")
        rows = zip(
            sizes.spatial,
            kernel,
            self._read_sides(spelling, "stride", rank),
            per_axis(_unlist(words["dilation"]), rank, "dilation"),
            self._read_sides(spelling, "pad", rank),
            strict=True,
        )
        reading = self.build_reading(
            spelling,
            sizes,
            ARITHMETIC,
            ("n", "k", "s", "d", "p"),
            rows,
            channels=self.channels(
                CANONICAL_WEIGHT,
                kernel,
                sizes,
                groups,
                given_out=read_optional_count(words["num_output"], "num_output"),
            ),
            groups=groups,
            has_bias=bool(words["bias_term"]),
            weight_layout=CANONICAL_WEIGHT,
            data_layout=CHANNELS_FIRST,
        )
        axes = reading.layer.axes
        if any(axis.dilation > 1 for axis in axes):
            return reading._replace(findings=(*reading.findings, _DILATION_LOST))
        if all(axis.kernel == 1 for axis in axes) and any(axis.crop_begin for axis in axes):
            return reading._replace(findings=(*reading.findings, _PAD_BEYOND_TAP))
        return reading

    def _check_axis(self, given: Any, sizes: Sizes) -> None:
        """Refuse an input whose channels are not at `axis`."""
        axis, leading, rank = 1 if given is None else given, len(sizes.batch), len(sizes.spatial)
        # A negative axis counts from the end.
        if axis not in (leading, -rank - 1):
            self.refuse(
                "axis",
                f"axis {axis} is not the channels, which come after {leading} batch axes",
                f"use axis {leading}, or give as many batch axes as it says.",
            )

    def _kernel(self, spelling: Spelling, sizes: Sizes) -> tuple[int, ...]:
        given = spelling.arguments.get("kernel_size")
        if not {"kernel_h", "kernel_w"}.isdisjoint(spelling.arguments):
            given = self._read_sides(spelling, "kernel_size", len(sizes.spatial))
        return self.kernel(_unlist(given), "kernel_size", sizes)

    def _read_sides(self, spelling: Spelling, name: str, rank: int) -> tuple[int, ...]:
        """Return one number per axis from `name`, or in 2-D from its two fields."""
        sides = [f"{name.removesuffix('_size')}_{side}" for side in ("h", "w")]
        if spelling.arguments.keys().isdisjoint(sides):
            return per_axis(_unlist(self.values(spelling)[name]), rank, name)
        if rank != 2 or name in spelling.arguments:
            self.refuse(
                name.replace("_", "-"),
                f"{' and '.join(sides)} are for two axes, in place of {name}",
                f"use {name} alone.",
            )
        # A missing field is 0, the default of protocol buffers.
        return per_axis([spelling.arguments.get(side, 0) for side in sides], 2, " and ".join(sides))

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the layer of a network's text."""
        kernel = reading.layer.kernel
        if len(kernel) > 2:
            # One number would go with any number of axes, and is read as that of an image.
            named = {**named, "kernel_size": str([*kernel])}
        # Protocol buffers write lists and flags as JSON does.
        fields = " ".join(f"{own}: {value.lower()}" for own, value in named.items())
        return f'layer {{ type: "Deconvolution" convolution_param {{ {fields} }} }}'

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield pad from the start; the end has to be the same."""
        yield {
            "num_output": layer.out_channels,
            "kernel_size": list(layer.kernel),
            "stride": [axis.stride for axis in layer.axes],
            "pad": [axis.crop_begin for axis in layer.axes],
            "dilation": [axis.dilation for axis in layer.axes],
            "group": layer.groups,
            "bias_term": layer.has_bias,
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: ends that differ, or that append."""
        return (
            f"{self.describe_crop(layer)}; Caffe crops both ends alike and never appends",
            "crop less in the layer and put a Crop layer after it.",
        )


def _unlist(given: Any) -> Any:
    """Return the number of a list of one, which stands for every axis."""
    return given[0] if isinstance(given, (list, tuple)) and len(given) == 1 else given


DIALECT: Dialect = Caffe()
