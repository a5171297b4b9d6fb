"""TensorFlow: the caller gives the output size, which the forward layer must map back.

`SAME` crops the smaller half at the start. Groups follow from the channels: those of output_shape
over those of the filters. Channels are last; weights have output channels before input channels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from deconvcli.common.errors import Refused
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import per_axis, shorten
from deconvcli.frameworks.dialect import Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.limits import suggest_sizes
from deconvcli.frameworks.dialect.parameters import (
    Argument,
    Form,
    Signature,
    each,
    each_pair,
    plain,
)
from deconvcli.frameworks.dialect.windows import XLA_WINDOWS
from deconvcli.frameworks.dialects.tensorflow.formulas import (
    BY_WORD,
    EXPLICIT,
    ONLY_ONEDNN,
    UNCHECKED,
)
from deconvcli.frameworks.releases import TENSORFLOW
from deconvcli.layers.axis import Linear, Size, has_zero, read_sizes
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CHANNELS_FIRST, CHANNELS_LAST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

WEIGHT = Layout(("*", "O", "GI"))
SOURCE = (
    f"{TENSORFLOW}: tensorflow/python/ops/nn_ops.py,"
    " tensorflow/core/kernels/conv_grad_shape_utils.cc"
)

# By rank: channels last, then channels first.
_FORMATS = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}
_PARAMETERS = ("input", "filters", "output_shape", "strides", "padding", "data_format", "dilations")
# TensorFlow 1 had other names for the tensors, with two and three axes.
_FORMER = ("value", "filter", "output_shape", "strides", "padding", "data_format", "name")


def _signature(name: str, rank: int | None, parameters: tuple[str, ...] = _PARAMETERS) -> Signature:
    paths = (f"tf.nn.{name}", f"tensorflow.nn.{name}", f"tf.compat.v1.nn.{name}")
    data, weight, *_ = parameters
    needs = ("output_shape", "strides", "padding")
    return Signature(paths, parameters, rank, {"api": name}, data, weight, needs=needs)


def _pad_tensor(pairs: tuple[tuple[int, int], ...], rank: int) -> list[list[int]]:
    """Return [begin, end] for every axis of the tensor, zeros for batch and channels."""
    return [[0, 0], *map(list, each_pair(pairs, rank)), [0, 0]]


class TensorFlow(Dialect):
    """tf.nn.conv{1,2,3}d_transpose and tf.nn.conv_transpose."""

    name = "tensorflow"
    title = "TensorFlow"
    aliases = ("tf", "tf2", "tensorflow2", "tf.nn")
    source = SOURCE
    empty = f"{TENSORFLOW} was seen to accept sizes of 0: it returns zeros or an empty array"
    evidence = Evidence(f"{TENSORFLOW}, CPU, oneDNN on", rows=800)
    requests_tensor = True
    required = ("strides",)
    other_axes = (
        "oneDNN was seen to accept an input of tf.nn.conv2d_transpose with one axis too many, and"
        " to ignore it"
    )
    brackets = "[]"
    forward = "tf.nn.conv{rank}d"
    windows = XLA_WINDOWS
    # Of the integers, its CPU kernels were measured to compute int32 alone.
    number_types = NumberTypes(Mixing.REFUSED, ("int32",))
    arguments = (
        Argument(
            "output_shape", "output_size", None, "the output's shape; required", {Form.INTS: each}
        ),
        Argument("strides", "stride", None, "distance between two stamps in the output; required"),
        Argument(
            "padding",
            "padding",
            "SAME",
            "'SAME', 'VALID' or, in 2-D, [begin, end] per axis of the tensor",
            {
                Form.WORD: lambda word, rank: word.upper(),
                Form.PAIRS: _pad_tensor,
            },
        ),
        Argument("data_format", "data_format", None, "NHWC (default), NCHW", {Form.WORD: plain}),
        Argument("dilations", "dilation", 1, "distance between two taps in the output"),
        Argument("api", meaning="conv1d_transpose, conv2d_transpose, conv3d_transpose ..."),
        Argument("name"),
    )
    accidents: ClassVar[Accidents] = {"": (UNCHECKED,)}
    arithmetics = (*BY_WORD.values(), EXPLICIT)
    signatures = (
        *(_signature(f"conv{rank}d_transpose", rank) for rank in (1, 2, 3)),
        _signature("conv_transpose", None),
        *(_signature(f"conv{rank}d_transpose", rank, _FORMER) for rank in (2, 3)),
    )

    def find_number_types(self, spelling: Spelling, rank: int) -> NumberTypes:
        """Return the number types; the kernel of three axes takes no integers."""
        return self.number_types._replace(integers=()) if rank > 2 else self.number_types

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels last, unless data_format puts C second."""
        given = arguments.get("data_format")
        if given is not None and given not in _FORMATS.get(rank, ()):
            self.refuse(
                "data-format",
                f"data_format is {shorten(given)}",
                f"use {' or '.join(_FORMATS.get(rank, _FORMATS[2]))}.",
            )
        return CHANNELS_FIRST if given and given[1] == "C" else CHANNELS_LAST

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return spatial axes, output channels of one group, input channels."""
        return WEIGHT

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer at the requested output size."""
        try:
            return self._read(spelling, sizes)
        # With an empty input or output oneDNN may still accept what is refused here.
        except Refused as refused:
            if refused.findings or not _has_nothing(spelling, sizes):
                raise
            raise Refused(
                refused.message,
                help=refused.help,
                code=refused.code,
                findings=(UNCHECKED,),
            ) from None

    def _read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        words = self.values(spelling)
        rank = len(sizes.spatial)
        if sizes.weight is None:
            self.refuse("filters", "the filters' shape is not known", "give the weights' shape.")
        layout = self.data_layout(words, rank)
        requested, batch, out_channels = self._read_output_shape(words, sizes, layout)
        strides = self._spread(words["strides"], layout, rank, "strides")
        dilations = self._spread(words["dilations"], layout, rank, "dilations")
        any_zero = has_zero((batch, out_channels, *requested))
        before, after = self._read_explicit(words, layout, rank)
        rows = zip(
            sizes.spatial,
            sizes.weight[:rank],
            strides,
            dilations,
            requested,
            before,
            after,
            (any_zero,) * rank,
            (has_zero(sizes.spatial),) * rank,
            strict=True,
        )
        groups = self._groups(out_channels, sizes.weight[rank], rank)
        explicit = isinstance(words["padding"], (list, tuple))
        if explicit and groups > 1:
            self.refuse(
                "padding",
                f"explicit padding is not supported with {groups} groups",
                "use 'SAME' or 'VALID', or slice the output.",
            )
        return self.build_reading(
            spelling,
            sizes,
            EXPLICIT if explicit else BY_WORD[words["padding"]],
            ("n", "k", "s", "d", "size", "before", "after", "any_zero", "no_input"),
            rows,
            channels=self.channels(WEIGHT, sizes.weight[:rank], sizes, groups, data=layout),
            groups=groups,
            weight_layout=WEIGHT,
            data_layout=layout,
            notes=_build_notes(layout, groups),
        )

    def _read_output_shape(
        self, words: Mapping[str, Any], sizes: Sizes, layout: Layout
    ) -> tuple[tuple[Size, ...], int, int]:
        """Return (spatial sizes, batch, channels) of output_shape."""
        given, rank = words["output_shape"], len(sizes.spatial)
        if given is None:
            each = None
            if words["strides"] is not None:
                each = self._spread(words["strides"], layout, rank, "strides")
            dilations = self._spread(words["dilations"], layout, rank, "dilations")
            assert sizes.weight is not None  # for mypy: compared by the caller
            spans = [d * (k - 1) + 1 for d, k in zip(dilations, sizes.weight[:rank], strict=True)]
            possible = suggest_sizes(words["padding"], sizes.spatial, spans, each)
            self.refuse(
                "output-shape",
                "output_shape is required and not given",
                f"choose a size; {possible}.",
            )
        is_spatial = isinstance(given, (list, tuple)) and len(given) == rank == 2
        # Of all functions this one takes the spatial sizes alone: conv1d_transpose refuses them,
        # and conv3d_transpose ends the process.
        takes_spatial = words["api"] in (None, "conv2d_transpose")
        if sizes.weight is not None and is_spatial and takes_spatial:
            return read_sizes(given, rank, "output_shape"), sizes.batch[0], sizes.weight[rank]
        if type(given) is int or isinstance(given, Linear):
            given = [given]
        shape = read_sizes(given, rank + 2, "output_shape")
        if [size for size in shape if size < 0]:
            self.refuse(
                "output-shape",
                f"output_shape {list(shape)} has a negative size; every size must be >= 0",
                "use 0 or more.",
            )
        parts = layout.split(shape, rank)
        if parts["N"] != sizes.batch:
            self.refuse(
                "batch",
                f"output_shape has batch {parts['N'][0]}, the input {list(sizes.batch)}",
                "give both the same batch size.",
            )
        batch, channels = parts["N"][0], parts["C"][0]
        # Only spatial sizes of a request may be symbols.
        assert isinstance(batch, int)
        assert isinstance(channels, int)
        return parts["*"], batch, channels

    def _groups(self, out_channels: int, held: int, rank: int) -> int:
        """Return the groups that the channels imply."""
        if out_channels == held:
            return 1
        # conv3d_transpose has no groups.
        if rank == 3 or held < 1 or out_channels < 1 or out_channels % held:
            self.refuse(
                "channels",
                f"output_shape asks for {out_channels} channels; the filters make {held}",
                "use as many as the filters make, or in 1-D and 2-D a multiple (groups).",
            )
        return out_channels // held

    def _spread(self, given: Any, layout: Layout, rank: int, name: str) -> tuple[int, ...]:
        """Return one number per spatial axis, given once, per spatial axis or per tensor axis."""
        if given is None and name == "dilations":
            return (1,) * rank
        if given is None:
            self.refuse("stride", f"{name} is required and not given", "give one number, or more.")
        if isinstance(given, (list, tuple)) and len(given) == 1:
            given = given[0]
        if isinstance(given, (list, tuple)) and len(given) == rank + 2:
            per_axis(given, rank + 2, name)
            given = layout.split(tuple(given), rank)["*"]
        return per_axis(given, rank, name)

    def _read_explicit(
        self, words: Mapping[str, Any], layout: Layout, rank: int
    ) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the begins and the ends of all axes; zeros for a word."""
        given = words["padding"]
        if given in ("SAME", "VALID"):
            return (0,) * rank, (0,) * rank
        if not isinstance(given, (list, tuple)) or len(given) != rank + 2:
            self.refuse(
                "padding",
                f"padding is {shorten(given)}",
                f"{suggestion(str(given), ('SAME', 'VALID'))} In 2-D, [begin, end] per axis works"
                " too.",
            )
        if rank != 2 or layout is CHANNELS_FIRST:
            self.refuse(
                "padding",
                "explicit padding is supported only by conv2d_transpose with channels last",
                "use 'SAME' or 'VALID', or slice the output.",
            )
        # With channels last, axes 1 and 2 of the tensor are the spatial ones.
        begins, ends = zip(*(per_axis(pair, 2, "padding") for pair in given[1:3]), strict=True)
        return begins, ends

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield SAME and VALID with the requested output size, then explicit padding in 2-D."""
        ways: list[Any] = ["SAME", "VALID"]
        if len(layer.axes) == 2:
            # Explicit padding is never negative; a larger output_shape appends instead.
            pairs = [[axis.crop_begin, max(axis.crop_end, 0)] for axis in layer.axes]
            ways.append([[0, 0], *pairs, [0, 0]])
        out = layer.output_sizes(sizes.spatial)
        for way in ways:
            yield {
                "output_shape": [*sizes.batch, *out, layer.out_channels],
                "strides": [axis.stride for axis in layer.axes],
                "padding": way,
                "dilations": [axis.dilation for axis in layer.axes],
            }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: a crop, or a size that no forward layer maps back."""
        return (
            f"{self.describe_crop(layer)}; no padding gives this with an output size that the"
            " forward layer maps back to the input's",
            "use VALID and slice its output.",
        )


def _has_nothing(spelling: Spelling, sizes: Sizes) -> bool:
    """Return whether input or output is empty, in which case TensorFlow checks little."""
    requested = spelling.arguments.get("output_shape")
    given = requested if isinstance(requested, (list, tuple)) else ()
    return has_zero((*sizes.batch, *sizes.spatial, *given))


def _build_notes(layout: Layout, groups: int) -> tuple[Diagnostic, ...]:
    """Return a warning for a layer that runs only with oneDNN."""
    what = (
        "layers with channels first" if layout is CHANNELS_FIRST else "groups" if groups > 1 else ""
    )
    if not what:
        return ()
    return (
        Diagnostic(
            "tensorflow-onednn-only",
            Severity.WARNING,
            f"{what} {ONLY_ONEDNN}",
            "keep channels last and one group for a layer that must run everywhere.",
            f"measured with {TENSORFLOW}, TF_ENABLE_ONEDNN_OPTS=0",
        ),
    )


DIALECT: Dialect = TensorFlow()
