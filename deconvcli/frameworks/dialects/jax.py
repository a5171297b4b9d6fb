"""JAX: explicit padding surrounds the dilated input, so more of it gives a larger output.

`lax.conv_transpose` is a forward convolution, so it uses the kernel in reverse order unless
transpose_kernel is set. SAME and VALID are Keras's. In lower case they are a forward
layer's, as are all words of `lax.conv_general_dilated`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import suggestion
from deconvcli.common.values import per_axis, read_count, shorten
from deconvcli.frameworks.dialect import ANY_AXES, Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.live import LiveClass, LiveLayer, find_shape, read_values
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each, plain
from deconvcli.frameworks.dialect.windows import XLA_WINDOWS
from deconvcli.frameworks.dialects._jax_family import (
    NAMES,
    Arithmetics,
    both_ends,
    list_pairs,
    pads_of,
)
from deconvcli.frameworks.dialects._xla import ACCIDENTS, add_accidents
from deconvcli.frameworks.releases import EQUINOX, HAIKU, JAX
from deconvcli.layers.arithmetic import Arithmetic
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import Layout
from deconvcli.layers.number_types import INTEGERS, Mixing, NumberTypes

Pairs: TypeAlias = Sequence[Sequence[int]]

_ARITHMETICS = {
    "conv_transpose": Arithmetics("strides", "rhs_dilation"),
    "conv_general_dilated": Arithmetics("lhs_dilation", "rhs_dilation"),
}

# By function and rank: the default letters of input, kernel and output.
# JAX writes the depth after the width: NHWDC, where TensorFlow has NDHWC.
_DEFAULTS = {
    "conv_transpose": {
        1: ("NHC", "HIO", "NHC"),
        2: ("NHWC", "HWIO", "NHWC"),
        3: ("NHWDC", "HWDIO", "NHWDC"),
    },
    "conv_general_dilated": {
        1: ("NCH", "OIH", "NCH"),
        2: ("NCHW", "OIHW", "NCHW"),
        3: ("NCHWD", "OIHWD", "NCHWD"),
    },
}
_REQUIRED = ({"N", "C"}, {"I", "O"}, {"N", "C"})
# Parameters that only one of the functions has.
_OWN = {
    "conv_transpose": {"strides", "transpose_kernel", "use_consistent_padding"},
    "conv_general_dilated": {
        "window_strides",
        "lhs_dilation",
        "feature_group_count",
        "batch_group_count",
        "out_sharding",
    },
}
_COMMON = ("rhs_dilation", "dimension_numbers")
_PARAMETERS = {
    "conv_transpose": (
        *("lhs", "rhs", "strides", "padding", *_COMMON, "transpose_kernel"),
        *("precision", "preferred_element_type", "use_consistent_padding"),
    ),
    "conv_general_dilated": (
        *("lhs", "rhs", "window_strides", "padding", "lhs_dilation", *_COMMON),
        *("feature_group_count", "batch_group_count", "precision", "preferred_element_type"),
        "out_sharding",
    ),
}
_NEEDS = {
    "conv_transpose": ("strides", "padding"),
    "conv_general_dilated": ("window_strides", "padding"),
}

# One of its parameters is no stride, though it is called so.
_EXAMPLES = {"conv_general_dilated": "x, w, (1, 1), padding=((2, 2), (2, 2)), lhs_dilation=(2, 2)"}


def _to_dimension_numbers(word: str, rank: int) -> list[str]:
    """Return a data format as dimension_numbers: the data's letters, or all three with commas."""
    specs = word.upper().split(",")
    axes = "".join(letter for letter in specs[0] if letter not in "NC")
    # The kernel's channels stand where the data's do, as in the defaults of both functions.
    kernel = f"OI{axes}" if specs[0].startswith("NC") else f"{axes}IO"
    return specs if len(specs) > 1 else [specs[0], kernel, specs[0]]


_EQUINOX = ("kernel_size", "stride", "padding", "output_padding", "dilation", "groups")


def _describe_equinox(module: Any) -> LiveLayer:
    """Return the call of conv_general_dilated that an equinox.nn.ConvTranspose makes.

    Source: ConvTranspose._padding_transpose and _circular_pad in equinox/nn/_conv.py.
    """
    words = read_values(module, {name: name for name in (*_EQUINOX, "padding_mode")})
    rank, pads = len(words["kernel_size"]), []
    given = [(0, 0)] * rank if words["padding"] == "VALID" else words["padding"]
    for place in range(rank):
        kernel, stride, extra, dilation = (
            words[name][place] for name in ("kernel_size", "stride", "output_padding", "dilation")
        )
        most = dilation * (kernel - 1)
        if isinstance(given, str):
            total = most - stride + extra + 1
            extra, total = max(-total, 0), max(total, 0)
            low = (total + (given == "SAME_LOWER")) // 2
            begin, end = low, total - low
        else:
            begin, end = given[place]
        pads.append([most - begin, most - end + extra])
    call = {
        "window_strides": [1] * rank,
        "padding": pads,
        "lhs_dilation": words["stride"],
        "rhs_dilation": words["dilation"] if max(words["dilation"]) > 1 else None,
        "feature_group_count": words["groups"],
        "api": "conv_general_dilated",
    }
    # The same call then has another input, whose ends are copied from the opposite ends as far as
    # the padding would reach.
    circular = words["padding_mode"] == "CIRCULAR"
    # A layer of Equinox takes one input; users map it over a batch.
    return LiveLayer(call, rank, find_shape(module.weight), batch_axes=range(1), circular=circular)


def _describe_haiku(module: Any) -> LiveLayer:
    """Return the call of conv_transpose that a haiku.ConvNDTranspose makes.

    Source: ConvNDTranspose in haiku/_src/conv.py.

    Raises:
        UsageError: it has an output_shape, which becomes another padding for each input.
    """
    if module.output_shape is not None:
        raise UsageError(
            f"this layer of Haiku has output_shape {shorten(module.output_shape)}, which is not"
            " read: it becomes another padding for each input size",
            help="make the layer without output_shape.",
            code="output-size",
        )
    words = read_values(module, {"stride": "strides", "padding": "padding"})
    rank, axes = module.num_spatial_dims, "HWD"[: module.num_spatial_dims]
    data = f"N{axes}C" if module.channel_index == -1 else f"NC{axes}"
    words |= {"dimension_numbers": [data, f"{axes}OI", data], "api": "conv_transpose"}
    # The weights are in no attribute, and their last axis is the input's channels.
    weight = (*module.kernel_shape, module.output_channels, None)
    return LiveLayer(words, rank, weight, batch_axes=range(2))


class Jax(Dialect):
    """jax.lax.conv_transpose, and jax.lax.conv_general_dilated with lhs_dilation."""

    name = "jax"
    spatial_axes = range(1, ANY_AXES)
    title = "JAX"
    aliases = ("lax", "jax.lax")
    source = (
        f"{JAX}: jax/_src/lax/convolution.py; {EQUINOX}: equinox/nn/_conv.py;"
        f" {HAIKU}: haiku/_src/conv.py"
    )
    empty = f"{JAX} was seen to accept sizes of 0: it returns zeros or an empty array"
    evidence = Evidence(f"{JAX}, CPU", rows=800)
    # XLA computes every type, but lax.conv_general_dilated requires one for both arguments.
    number_types = NumberTypes(Mixing.REFUSED, INTEGERS, has_complex=True)
    windows = XLA_WINDOWS
    required = ("strides",)
    arguments = (
        Argument("strides", "stride", None, "distance between two stamps", {Form.INTS: each}),
        Argument(
            "padding",
            "padding",
            None,
            "'SAME', 'VALID', or (low, high) per axis around the dilated input; required",
            {
                Form.WORD: lambda word, rank: word.upper(),
                Form.INTS: both_ends,
                Form.PAIRS: list_pairs,
            },
        ),
        Argument("rhs_dilation", "dilation", None, "distance between two taps", {Form.INTS: each}),
        Argument(
            "dimension_numbers",
            "data_format",
            None,
            "the axes of input, kernel and output, a letter each",
            {Form.WORD: _to_dimension_numbers},
        ),
        Argument(
            "transpose_kernel",
            "transpose_kernel",
            False,
            "the kernel is a forward layer's: not reversed, I and O exchanged",
            {Form.FLAG: plain},
        ),
        Argument(
            "use_consistent_padding", "padding", False, "numbers crop, as in PyTorch", forms={}
        ),
        Argument("lhs_dilation", "stride", None, "conv_general_dilated's stride", forms={}),
        Argument("window_strides", "stride", None, "conv_general_dilated's own: all 1", forms={}),
        Argument("feature_group_count", "groups", 1, "groups, in conv_general_dilated"),
        Argument("batch_group_count", "groups", 1, "groups of the batch: only 1", forms={}),
        Argument("api", meaning="'conv_transpose' or 'conv_general_dilated'"),
        *(Argument(name) for name in ("precision", "preferred_element_type", "out_sharding")),
    )
    orientation = "reversed, unless transpose_kernel is set"
    accidents: ClassVar[Accidents] = {"": ACCIDENTS}
    arithmetics = tuple(found for family in _ARITHMETICS.values() for found in family.all)
    signatures = tuple(
        Signature(
            (f"jax.lax.{name}",),
            parameters,
            None,
            {"api": name},
            "lhs",
            "rhs",
            _EXAMPLES.get(name, ""),
            needs=_NEEDS[name],
        )
        for name, parameters in _PARAMETERS.items()
    )
    live = (
        LiveClass("equinox", "ConvTranspose(?:[123]d)?", _describe_equinox),
        LiveClass("haiku", "Conv[123N]DTranspose", _describe_haiku),
    )

    def complete(self, words: Mapping[str, Any], rank: int) -> dict[str, Any]:
        """Return the parameters of options as the function that has them takes them."""
        completed = super().complete(words, rank)
        groups = completed.pop("feature_group_count", 1)
        if groups == 1:
            return completed
        # Only conv_general_dilated has groups; its stride has another name.
        general = {"window_strides": [1] * rank, "lhs_dilation": completed.pop("strides")}
        return {**general, **completed, "feature_group_count": groups}

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return the input's letters, its spatial axes in the order of the kernel's."""
        data, kernel, _ = self._specs(arguments, rank)
        return _layout(data, kernel, {"N": "N", "C": "C"})

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return the kernel's letters; transpose_kernel exchanges I and O."""
        _, kernel, _ = self._specs(arguments, rank)
        transposed = bool(arguments.get("transpose_kernel"))
        # A forward kernel's inputs are this layer's outputs, so groups move to the other letter.
        names = {"I": "GO", "O": "I"} if transposed else {"I": "I", "O": "GO"}
        return _layout(kernel, kernel, names)

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as one of the two functions computes it."""
        words, rank = self.values(spelling), len(sizes.spatial)
        function = self._function(words)
        if sizes.weight is None:
            self.refuse("rhs", "the kernel's shape is not known", "give the weights' shape.")
        stride = self._stride(spelling, function, rank)
        arithmetic, pads = self._padding(words, function, stride)
        layout = self.weight_layout(words, rank)
        kernel = layout.split(sizes.weight, rank)["*"]
        dilation = self.read_list(spelling, "rhs_dilation", rank, 1)
        befores, afters = zip(*pads, strict=True)
        rows = zip(sizes.spatial, kernel, stride, dilation, befores, afters, strict=True)
        groups = read_count(words["feature_group_count"], "feature_group_count")
        data, kernel_spec, output = self._specs(words, rank)
        reading = self.build_reading(
            spelling,
            sizes,
            arithmetic,
            NAMES,
            rows,
            channels=self.channels(
                layout, kernel, sizes, groups, data=self.data_layout(words, rank)
            ),
            groups=groups,
            # A forward convolution of the dilated input meets the taps in reverse order.
            flipped=not words["transpose_kernel"],
            weight_layout=layout,
            data_layout=self.data_layout(words, rank),
            output_layout=None
            if output == data
            else _layout(output, kernel_spec, {"N": "N", "C": "C"}),
        )
        return add_accidents(reading)

    def _function(self, words: Mapping[str, Any]) -> str:
        """Return the function that these parameters belong to.

        Raises:
            Refused: one of them belongs to the other function.
        """
        given_names = {name for name, given in words.items() if given != self._defaults.get(name)}
        function = str(words.get("api"))
        if function not in _OWN:
            is_general = not given_names.isdisjoint(_OWN["conv_general_dilated"])
            function = "conv_general_dilated" if is_general else "conv_transpose"
        foreign = [
            name for other in _OWN if other != function for name in given_names & _OWN[other]
        ]
        if foreign:
            self.refuse(
                "parameters",
                f"lax.{function} has no parameter {min(foreign)}",
                "conv_transpose has strides and transpose_kernel; conv_general_dilated has groups,"
                " and lhs_dilation for the stride.",
            )
        return function

    def _stride(self, spelling: Spelling, function: str, rank: int) -> tuple[int, ...]:
        if function == "conv_transpose":
            return self.read_list(spelling, "strides", rank, 1)
        windows = self.read_list(spelling, "window_strides", rank, 1)
        batches = spelling.arguments.get("batch_group_count", 1)
        if set(windows) != {1} or batches != 1:
            self.refuse(
                "forward",
                f"window_strides {list(windows)} and batch_group_count {shorten(batches)}"
                " are not a transposed convolution",
                "use 1 for both; the stride of a transposed convolution is lhs_dilation.",
            )
        return self.read_list(spelling, "lhs_dilation", rank, 1)

    def _padding(
        self, words: Mapping[str, Any], function: str, stride: tuple[int, ...]
    ) -> tuple[Arithmetic, Pairs]:
        """Return (formulas, numbers per axis), zeros for a word."""
        given, consistent = words["padding"], bool(words["use_consistent_padding"])
        if isinstance(given, str):
            return self._by_word(given, function, consistent, stride), [(0, 0)] * len(stride)
        known = _ARITHMETICS[function]
        if consistent and isinstance(given, (list, tuple)):
            given = given[: len(stride)]  # JAX ignores further pairs
        if not isinstance(given, (list, tuple)) or len(given) != len(stride):
            self.refuse(
                "padding",
                "padding is required and not given"
                if given is None
                else f"padding is {shorten(given)}",
                f"use 'SAME', 'VALID', or {len(stride)} (low, high) in a list.",
            )
        pads = [per_axis(pair, 2, "padding of one axis") for pair in given]
        return known.consistent if consistent else known.explicit, pads

    def _by_word(
        self, word: str, function: str, consistent: bool, stride: tuple[int, ...]
    ) -> Arithmetic:
        """Return the formulas of a word; conv_general_dilated takes one only with stride 1."""
        known = _ARITHMETICS[function]
        if function == "conv_transpose":
            found = known.find_by_word(word, stride, consistent=consistent)
            advice = suggestion(word, tuple(known.by_word))
        else:
            found = known.find_forward(word, stride)
            advice = "use (low, high), or lax.conv_transpose for its SAME and VALID."
        if found is None:
            self.refuse(
                "padding",
                f"{function} does not take padding {shorten(word)} with stride {list(stride)}",
                advice,
            )
        return found

    def weight_rank(self, arguments: Mapping[str, Any], weight_shape: Sequence[int]) -> int:
        """Return the number of axes without the two channel axes, whatever their letters."""
        return len(weight_shape) - 2

    def _specs(self, arguments: Mapping[str, Any], rank: int) -> Sequence[str]:
        """Return the letters of input, kernel and output, one for each axis.

        Raises:
            Refused: they are no such letters, or their spatial letters differ.
        """
        given = arguments.get("dimension_numbers")
        if given is None:
            return self._default_specs(arguments, rank)
        specs = given if isinstance(given, (list, tuple)) else [given]
        spatial = {
            frozenset(spec) - required if _is_spec(spec, required, rank) else None
            for spec, required in zip(specs, _REQUIRED, strict=False)
        }
        if len(specs) != 3 or None in spatial or len(spatial) != 1:
            names = _DEFAULTS["conv_transpose"].get(rank, _DEFAULTS["conv_transpose"][2])
            self.refuse(
                "dimension-numbers",
                f"dimension_numbers is {shorten(given)}",
                f"give three strings of {rank + 2} letters, such as {names}: N and C in the first"
                " and last, I and O in the second, each spatial letter once in all three.",
            )
        return specs

    def _default_specs(self, arguments: Mapping[str, Any], rank: int) -> Sequence[str]:
        function = self._function(arguments)
        if rank not in _DEFAULTS[function]:
            self.refuse(
                "rank",
                f"{rank} spatial axes have no default dimension_numbers",
                "give dimension_numbers, or 1 to 3 spatial axes.",
            )
        return _DEFAULTS[function][rank]

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield words and explicit padding of conv_transpose, or the other function for groups."""
        stride = [axis.stride for axis in layer.axes]
        dilation = [axis.dilation for axis in layer.axes]
        # Only conv_general_dilated has groups.
        if layer.groups == 1:
            for padding in ("SAME", "VALID", pads_of(layer)):
                yield {"strides": stride, "padding": padding, "rhs_dilation": dilation}
            return
        yield {
            "window_strides": [1] * len(layer.axes),
            "padding": pads_of(layer),
            "lhs_dilation": stride,
            "rhs_dilation": dilation,
            # Its own default is channels first, unlike that of conv_transpose.
            "dimension_numbers": list(_DEFAULTS["conv_transpose"][len(layer.axes)]),
            "feature_group_count": layer.groups,
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: padding expresses only crops that are numbers."""
        return (
            f"{self.describe_crop(layer)}; padding cannot express this at this input size",
            "give the input size as a number that leaves an output.",
        )


def _is_spec(spec: Any, required: set[str], rank: int) -> bool:
    """Return whether this is a string of one letter per axis with the required letters."""
    return isinstance(spec, str) and len(spec) == len(set(spec)) == rank + 2 and required <= {*spec}


def _layout(spec: str, kernel: str, names: Mapping[str, str]) -> Layout:
    """Return axes by their letters, spatial ones numbered in the order of the kernel's."""
    spatial = [letter for letter in kernel if letter not in "IO"]
    axes = "".join(str(spatial.index(at)) if at in spatial else at for at in spec)
    together = "".join(map(str, range(len(spatial))))
    return Layout(tuple(names.get(at, at) for at in axes.replace(together, "*")))


DIALECT: Dialect = Jax()
