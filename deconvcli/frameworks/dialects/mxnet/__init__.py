"""MXNet: `pad` crops both ends alike; `adj`, less than the stride, adds back at the end.

target_shape computes both: the larger half of the excess is cropped at the start. With oneDNN, the
default on the CPU, it gives the size alone, and pad what is cropped at the start. Gluon's layers
are the same operator under names like Keras's, where one number stands for every axis.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import compact, per_axis, read_count, read_optional_count, shorten
from deconvcli.frameworks.dialect import Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.live import LiveClass, LiveLayer, find_rank, to_plain
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each, plain
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects.mxnet.formulas import BY_PAD, BY_TARGET, BY_TARGET_ALONE
from deconvcli.frameworks.releases import MXNET
from deconvcli.layers.arithmetic import Arithmetic
from deconvcli.layers.axis import Axis, has_zero
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CANONICAL_WEIGHT, CHANNELS_FIRST, CHANNELS_LAST, Layout

_SOURCE = (
    "Apache MXNet 2.0 (b84609d): src/operator/nn/deconvolution.cc, deconvolution-inl.h,"
    " python/mxnet/gluon/nn/conv_layers.py"
)
_GARBAGE = Diagnostic(
    "mxnet-native-dilation",
    Severity.WARNING,
    f"{MXNET} without oneDNN computes wrong values where an axis has both a stride and a dilation",
    "leave oneDNN on, or write the zeros between the taps into the kernel.",
    f"measured with {MXNET}, CPU, MXNET_MKLDNN_ENABLED=0",
    differs=True,
)

# By rank, channels first and then, in 2-D and 3-D, last.
_LAYOUTS = {1: ("NCW",), 2: ("NCHW", "NHWC"), 3: ("NCDHW", "NDHWC")}
_WEIGHT_LAST = Layout(("GI", "*", "O"))

_OPERATOR = (
    *("data", "weight", "bias", "kernel", "stride", "dilate", "pad", "adj", "target_shape"),
    *("num_filter", "num_group", "workspace", "no_bias", "cudnn_tune", "cudnn_off", "layout"),
)
_GLUON = (
    *("channels", "kernel_size", "strides", "padding", "output_padding", "dilation", "groups"),
    *("layout", "activation", "use_bias", "weight_initializer", "bias_initializer", "in_channels"),
)
# Gluon's parameters, and the operator's for the same.
_SAME = {
    "channels": "num_filter",
    "kernel_size": "kernel",
    "strides": "stride",
    "padding": "pad",
    "output_padding": "adj",
    "dilation": "dilate",
    "groups": "num_group",
}


_LISTS = ("kernel", "stride", "pad", "adj", "dilate", "target_shape")


def _negate(value: bool, rank: int) -> bool:
    return not value


def _signatures() -> tuple[Signature, ...]:
    homes = ("mx.sym", "mx.nd", "mxnet.sym", "mxnet.nd", "mx.symbol", "mx.ndarray")
    paths = (*(f"{home}.Deconvolution" for home in homes), "mx.npx.deconvolution")
    operator = Signature(paths, _OPERATOR, data="data", weight="weight")
    layers = (
        Signature(
            tuple(f"{home}.gluon.nn.Conv{rank}DTranspose" for home in ("mx", "mxnet")),
            _GLUON,
            rank,
            {"api": "gluon"},
        )
        for rank in (1, 2, 3)
    )
    return (operator, *layers)


_LIVE = "Conv([123])DTranspose"


def _describe(layer: Any) -> LiveLayer:
    """Return the parameters of a layer of Gluon."""
    # Gluon keeps a layer's parameters under the names of its operator.
    own = layer._kwargs
    words = {gluon: to_plain(own[operator]) for gluon, operator in _SAME.items()}
    words["layout"] = None if own["layout"].startswith("NC") else own["layout"]
    words |= {"use_bias": not own["no_bias"], "api": "gluon"}
    # Before the first call the axis of the input's channels has size 0.
    weight = tuple(size or None for size in layer.weight.shape)
    return LiveLayer(words, find_rank(layer, _LIVE), weight)


class MXNet(Dialect):
    """The operator Deconvolution and gluon.nn.Conv{1,2,3}DTranspose."""

    name = "mxnet"
    title = "Apache MXNet"
    aliases = ("mx", "apachemxnet", "gluon")
    source = _SOURCE
    evidence = Evidence(f"{MXNET}, CPU, oneDNN on (its default)", rows=400)
    implementations: ClassVar[Mapping[str, Evidence]] = {
        "native": Evidence(f"{MXNET}, CPU, MXNET_MKLDNN_ENABLED=0", rows=400)
    }
    forward = "Convolution"
    windows = Windows(rounds_up=True)
    arguments = (
        Argument("num_filter", "out_channels", None, "output channels"),
        Argument("kernel", "kernel", None, "kernel size", {Form.INTS: each}),
        Argument("stride", "stride", 1, "distance between two stamps", {Form.INTS: each}),
        Argument("pad", "padding", 0, "elements cropped from both ends", {Form.INTS: each}),
        Argument("adj", "output_padding", 0, "elements added back at the end", {Form.INTS: each}),
        Argument("dilate", "dilation", 1, "distance between two taps", {Form.INTS: each}),
        Argument("target_shape", "output_size", None, "instead of pad, adj", {Form.INTS: each}),
        Argument("num_group", "groups", 1, "independent groups of channels"),
        # Unlike Convolution, the operator has no bias by default.
        Argument("no_bias", "bias", True, "whether there is no bias", {Form.FLAG: _negate}),
        Argument("layout", "data_format", None, "NCHW (default), NHWC", {Form.WORD: plain}),
        *(Argument(name) for name in ("bias", "workspace", "cudnn_tune", "cudnn_off")),
        Argument("channels", "out_channels", None, "num_filter, in Gluon", {}),
        Argument("in_channels", "in_channels", 0, "input channels, in Gluon; 0: as the input has"),
        Argument("kernel_size", "kernel", None, "kernel, in Gluon", {}),
        Argument("strides", "stride", 1, "stride, in Gluon", {}),
        Argument("padding", "padding", 0, "pad, in Gluon", {}),
        Argument("output_padding", "output_padding", 0, "adj, in Gluon", {}),
        Argument("dilation", "dilation", 1, "dilate, in Gluon", {}),
        Argument("groups", "groups", 1, "num_group, in Gluon", {}),
        Argument("use_bias", "bias", True, "whether there is a bias, in Gluon", {}),
        *(Argument(name) for name in ("activation", "weight_initializer", "bias_initializer")),
        Argument("api", meaning="'operator' (Deconvolution) or 'gluon' (Conv2DTranspose)"),
        Argument("name"),
    )
    accidents: ClassVar[Accidents] = {"native": (_GARBAGE,)}
    arithmetics = (BY_PAD, BY_TARGET, BY_TARGET_ALONE)
    signatures = _signatures()
    live = (LiveClass("mxnet", _LIVE, _describe),)

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels first unless the layout has them last."""
        given, known = arguments.get("layout"), _LAYOUTS.get(rank, _LAYOUTS[2])
        if given is not None and given not in known:
            self.refuse("data-format", f"layout is {shorten(given)}", f"use {' or '.join(known)}.")
        return CHANNELS_LAST if given and given[-1] == "C" else CHANNELS_FIRST

    def rank(
        self,
        arguments: Mapping[str, Any],
        input_shape: Sequence[int],
        weight_shape: Sequence[int] | None,
    ) -> int:
        """Return the number of spatial axes."""
        # The operator takes a number as a list of one, unlike Gluon's layers.
        if weight_shape is None and type(arguments.get("kernel")) is int:
            return 1
        return super().rank(arguments, input_shape, weight_shape)

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return the data's layout, with input channels in place of the batch."""
        given = arguments.get("layout")
        last = isinstance(given, str) and given.endswith("C")
        return _WEIGHT_LAST if last else CANONICAL_WEIGHT

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as the operator computes it."""
        words = self._operator_parameters(spelling, len(sizes.spatial))
        self.check_axes(sizes)
        rank = len(sizes.spatial)
        if 0 in sizes.batch:
            self.refuse("batch", "the batch is empty", "skip the layer where there is no input.")
        data, weight = self.data_layout(words, rank), self.weight_layout(words, rank)
        kernel = self.kernel(words["kernel"], "kernel", sizes, layout=weight)
        groups = read_count(words["num_group"], "num_group")
        operator = Spelling(self.name, words)
        dilate = self._dilate(operator, rank)
        target = self.read_size_list(operator, "target_shape", rank)
        rows = zip(
            sizes.spatial,
            kernel,
            self.read_list(operator, "stride", rank, 1),
            dilate,
            self.read_list(operator, "pad", rank),
            self.read_list(operator, "adj", rank),
            target,
            strict=True,
        )
        reading = self.build_reading(
            spelling,
            sizes,
            self._choose(spelling, target),
            ("n", "k", "s", "d", "pad", "adj", "size"),
            rows,
            channels=self.channels(
                weight,
                kernel,
                sizes,
                groups,
                given_in=read_optional_count(words["in_channels"] or None, "in_channels"),
                given_out=read_optional_count(words["num_filter"], "num_filter"),
                data=data,
            ),
            groups=groups,
            has_bias=bool(words["use_bias"]) if _is_gluon(words) else not words["no_bias"],
            weight_layout=weight,
            data_layout=data,
            notes=_gpu_note(data),
        )
        return self._check_support(reading) if spelling.implementation == "native" else reading

    def _check_support(self, reading: Reading) -> Reading:
        """Return the layer as MXNet's own kernels compute it, with what is wrong as a finding."""
        # Nothing is computed, and so nothing refused, where the output is empty.
        if len(reading.spatial) == 3 and not has_zero(reading.output_sizes):
            self.refuse(
                "rank",
                "MXNet computes three spatial axes with oneDNN alone",
                "leave oneDNN on (MXNET_MKLDNN_ENABLED=1).",
            )
        if any(map(_has_both, reading.layer.axes)):
            return reading._replace(findings=(*reading.findings, _GARBAGE))
        return reading

    def _choose(self, spelling: Spelling, target: Sequence[Any]) -> Arithmetic:
        """Return the formulas, which differ between oneDNN and MXNet's own kernels."""
        if not any(target):
            return BY_PAD
        return BY_TARGET_ALONE if spelling.implementation == "native" else BY_TARGET

    def _operator_parameters(self, spelling: Spelling, rank: int) -> dict[str, Any]:
        """Return all parameters, Gluon's under the operator's names; None for a list left out."""
        words = self.values(spelling)
        for name in _LISTS:
            given = spelling.arguments.get(name)
            # MXNet reads a number as a list of one.
            words[name] = [given] if type(given) is int and rank == 1 else given
        if type(words["kernel"]) is int:
            self.refuse(
                "kernel",
                f"kernel {words['kernel']} is a kernel of one axis; the input has {rank}",
                f"write it once per axis: ({', '.join([str(words['kernel'])] * rank)}).",
            )
        for gluon, operator in _SAME.items():
            given = spelling.arguments.get(gluon)
            if given is None:
                continue
            if operator in spelling.arguments:
                self.refuse(
                    operator.replace("_", "-"),
                    f"{gluon} and {operator} are one parameter, given twice",
                    "give it once.",
                )
            scalar = operator in ("num_filter", "num_group") or isinstance(given, (list, tuple))
            words[operator] = given if scalar else per_axis(given, rank, gluon)
        return words

    def _dilate(self, spelling: Spelling, rank: int) -> tuple[int, ...]:
        dilate = self.read_list(spelling, "dilate", rank, 1)
        if rank == 3 and dilate != (1, 1, 1):
            self.refuse(
                "dilate",
                f"dilate {list(dilate)} is not supported with three axes",
                "keep it at 1 in 3-D.",
            )
        return dilate

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the call, with the bias after the weights where the operator has one."""
        tensors = [*positional, "b"] if named.get("no_bias") == "False" else positional
        return super().join_call(reading, name, tensors, named)

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield the operator: pad from the start, adj from the difference at the end."""
        yield {
            "num_filter": layer.out_channels,
            "kernel": list(layer.kernel),
            "stride": [axis.stride for axis in layer.axes],
            "pad": [axis.crop_begin for axis in layer.axes],
            "adj": [axis.crop_begin - axis.crop_end for axis in layer.axes],
            "dilate": [axis.dilation for axis in layer.axes],
            "num_group": layer.groups,
            "no_bias": not layer.has_bias,
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: a dilation in 3-D, or crops that pad and adj cannot make."""
        if len(layer.axes) == 3 and any(axis.dilation > 1 for axis in layer.axes):
            return "it has dilations in 3-D, which MXNet refuses", "write zeros into the kernel."
        most = compact([axis.stride - 1 for axis in layer.axes])
        return (
            f"{self.describe_crop(layer)}; MXNet crops pad at the start and pad - adj at the end,"
            f" with adj from 0 to {most}",
            "crop less in the layer and slice its output.",
        )


def _has_both(axis: Axis) -> bool:
    return min(axis.kernel, axis.stride, axis.dilation) > 1


def _is_gluon(words: Mapping[str, Any]) -> bool:
    return bool(words["api"] == "gluon" or words["channels"] is not None)


def _gpu_note(layout: Layout) -> tuple[Diagnostic, ...]:
    """Return a warning for a layout that only a GPU accepts."""
    if layout is CHANNELS_FIRST:
        return ()
    return (
        Diagnostic(
            "mxnet-gpu-only",
            Severity.WARNING,
            "channels last is supported on GPUs only",
            "keep channels first for a layer that must run everywhere.",
            _SOURCE,
        ),
    )


DIALECT: Dialect = MXNet()
