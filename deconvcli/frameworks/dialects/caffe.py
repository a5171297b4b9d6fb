"""Caffe: `pad` crops both ends alike, and that is all; no output padding.

The weights have the input's channels first. One number counts for every axis, and in 2-D
kernel, stride and pad may be given as _h and _w.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from deconvcli.common.values import per_axis, read_count, read_optional_count
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import (
    INPUT_EXISTS,
    OUTPUT_EXISTS,
    STACKED_TAPS,
    not_negative,
    positive,
)
from deconvcli.frameworks.dialect.parameters import Argument, Form, plain
from deconvcli.frameworks.dialect.windows import Windows
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


class Caffe(Dialect):
    """A layer of type "Deconvolution", by the fields of its convolution_param."""

    name = "caffe"
    title = "Caffe"
    source = (
        "BVLC Caffe 9b89154 (2020-02-13): src/caffe/layers/deconv_layer.cpp, base_conv_layer.cpp,"
        " src/caffe/proto/caffe.proto"
    )
    evidence = Evidence("BVLC Caffe source of 2020-02-13 (9b89154)")
    forward = "Convolution"
    windows = Windows(rounds_up=True)
    arguments = (
        Argument("num_output", "out_channels", None, "output channels"),
        Argument("kernel_size", "kernel", None, "kernel size"),
        Argument("stride", "stride", 1, "distance of two stamps"),
        Argument("pad", "padding", 0, "elements cropped from both ends"),
        Argument("dilation", "dilation", 1, "distance of two taps"),
        Argument("group", "groups", 1, "independent groups of channels"),
        Argument("bias_term", "bias", True, "one number added per channel", {Form.FLAG: plain}),
        *(
            Argument(f"{name}_{side}", role, None, f"instead of {whole}, in 2-D", {})
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
    # Layers are written as protocol buffers, which the reader of pasted calls does not parse.
    arithmetics = (ARITHMETIC,)
    signatures = ()

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Channels first, at `axis`; everything before them is batch."""
        return CHANNELS_FIRST

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """The layer as LayerSetUp and compute_output_shape take it."""
        words = self.values(spelling)
        self._hold_axis(words["axis"], sizes)
        rank = len(sizes.spatial)
        kernel = self._kernel(spelling, sizes)
        groups = read_count(words["group"], "group")
        rows = zip(
            sizes.spatial,
            kernel,
            self._sided(spelling, "stride", rank),
            per_axis(_unlisted(words["dilation"]), rank, "dilation"),
            self._sided(spelling, "pad", rank),
            strict=True,
        )
        return self.reading(
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

    def _hold_axis(self, given: Any, sizes: Sizes) -> None:
        """Refuse an input whose channels are not where `axis` says."""
        axis, leading, rank = 1 if given is None else given, len(sizes.batch), len(sizes.spatial)
        if axis not in (leading, -rank - 1):
            self.refuse(
                "axis",
                f"axis {axis} does not hold the channels, which come after {leading} batch axes",
                f"use axis {leading}, or as many batch axes as it says.",
            )

    def _kernel(self, spelling: Spelling, sizes: Sizes) -> tuple[int, ...]:
        given = spelling.arguments.get("kernel_size")
        if not {"kernel_h", "kernel_w"}.isdisjoint(spelling.arguments):
            given = self._sided(spelling, "kernel_size", len(sizes.spatial))
        return self.kernel(_unlisted(given), "kernel_size", sizes)

    def _sided(self, spelling: Spelling, name: str, rank: int) -> tuple[int, ...]:
        """One number per axis from `name`, or from its two fields for 2-D, one of which may lack.

        What lacks is 0, as protocol buffers have it.
        """
        sides = [f"{name.removesuffix('_size')}_{side}" for side in ("h", "w")]
        if spelling.arguments.keys().isdisjoint(sides):
            return per_axis(_unlisted(self.values(spelling)[name]), rank, name)
        if rank != 2 or name in spelling.arguments:
            self.refuse(
                name.replace("_", "-"),
                f"{' and '.join(sides)} are for two axes and stand instead of {name}",
                f"use {name} alone.",
            )
        return per_axis([spelling.arguments.get(side, 0) for side in sides], 2, " and ".join(sides))

    def wordings(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """pad from the start; the end has to be the same."""
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
        """Ends that differ, or that append."""
        return (
            f"{self.cropped(layer)}, Caffe the same at both ends and never less than nothing",
            "crop less in the layer and put a Crop layer behind it.",
        )


def _unlisted(given: Any) -> Any:
    """A repeated field that is given once counts for every axis."""
    return given[0] if isinstance(given, (list, tuple)) and len(given) == 1 else given


DIALECT: Dialect = Caffe()
