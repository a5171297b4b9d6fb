"""JAX: explicit padding surrounds the dilated input, so more of it gives a larger output.

`lax.conv_transpose` is a forward convolution, so it uses the kernel in reverse order unless
transpose_kernel is set. SAME and VALID are Keras's; in other letters they are a forward layer's,
and so are all words of `lax.conv_general_dilated`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from deconvcli.common.shelf import suggestion
from deconvcli.common.values import per_axis, read_count, shorten
from deconvcli.frameworks.dialect import Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each, plain
from deconvcli.frameworks.dialect.windows import XLA_WINDOWS
from deconvcli.frameworks.dialects._jax_family import (
    NAMES,
    Arithmetics,
    both_ends,
    listed_pairs,
    pads_of,
)
from deconvcli.frameworks.dialects._xla import ACCIDENTS, with_accidents
from deconvcli.frameworks.releases import JAX
from deconvcli.layers.arithmetic import Arithmetic
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import Layout

Pairs: TypeAlias = Sequence[Sequence[int]]

_ARITHMETICS = {
    "conv_transpose": Arithmetics("strides", "rhs_dilation"),
    "conv_general_dilated": Arithmetics("lhs_dilation", "rhs_dilation"),
}

# By function: what the letters of input, kernel and output are if nothing is said.
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


def _numbers(word: str, rank: int) -> list[str]:
    """--data-format as dimension_numbers: the data's letters, or all three with commas."""
    specs = word.upper().split(",")
    axes = "".join(letter for letter in specs[0] if letter not in "NC")
    kernel = f"OI{axes}" if specs[0].startswith("NC") else f"{axes}IO"
    return specs if len(specs) > 1 else [specs[0], kernel, specs[0]]


class Jax(Dialect):
    """jax.lax.conv_transpose, and jax.lax.conv_general_dilated with lhs_dilation."""

    name = "jax"
    title = "JAX"
    source = f"{JAX}: jax/_src/lax/convolution.py"
    evidence = Evidence(f"{JAX}, CPU", rows=800)
    windows = XLA_WINDOWS
    arguments = (
        Argument("strides", "stride", None, "distance of two stamps", {Form.INTS: each}),
        Argument(
            "padding",
            "padding",
            None,
            "'SAME', 'VALID', or (low, high) per axis around the dilated input; required",
            {
                Form.WORD: lambda word, rank: word.upper(),
                Form.INTS: both_ends,
                Form.PAIRS: listed_pairs,
            },
        ),
        Argument("rhs_dilation", "dilation", None, "distance of two taps", {Form.INTS: each}),
        Argument(
            "dimension_numbers",
            "data_format",
            None,
            "the axes of input, kernel and output, a letter each",
            {Form.WORD: _numbers},
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
    orientation = "reversed, but for transpose_kernel"
    accidents: ClassVar[Accidents] = {"": ACCIDENTS}
    arithmetics = tuple(found for by_name in _ARITHMETICS.values() for found in by_name.all)
    signatures = tuple(
        Signature((f"jax.lax.{name}",), parameters, None, {"api": name}, "lhs", "rhs")
        for name, parameters in _PARAMETERS.items()
    )

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """The input's letters, its spatial axes in the order of the kernel's."""
        data, kernel, _ = self._specs(arguments, rank)
        return _layout(data, kernel, {"N": "N", "C": "C"})

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """The kernel's letters; transpose_kernel exchanges I and O."""
        _, kernel, _ = self._specs(arguments, rank)
        transposed = bool(arguments.get("transpose_kernel"))
        names = {"I": "GO", "O": "I"} if transposed else {"I": "I", "O": "GO"}
        return _layout(kernel, kernel, names)

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """The layer as one of the two functions computes it."""
        words, rank = self.values(spelling), len(sizes.spatial)
        function = self._function(words)
        if sizes.weight is None:
            self.refuse("rhs", "the kernel's shape is not known", "give the weights' shape.")
        if len(sizes.batch) != 1:
            self.refuse(
                "rank",
                f"the input has {len(sizes.batch) + rank + 1} axes, the kernel {rank + 2}",
                "give both as many: the input has exactly one batch axis.",
            )
        stride = self._stride(spelling, function, rank)
        arithmetic, pads = self._padding(words, function, stride)
        layout = self.weight_layout(words, rank)
        kernel = layout.split(sizes.weight, rank)["*"]
        dilation = self.listed(spelling, "rhs_dilation", rank, 1)
        befores, afters = zip(*pads, strict=True)
        rows = zip(sizes.spatial, kernel, stride, dilation, befores, afters, strict=True)
        groups = read_count(words["feature_group_count"], "feature_group_count")
        data, kernel_spec, output = self._specs(words, rank)
        reading = self.reading(
            spelling,
            sizes,
            arithmetic,
            NAMES,
            rows,
            channels=self.channels(layout, kernel, sizes, groups),
            groups=groups,
            flipped=not words["transpose_kernel"],
            weight_layout=layout,
            data_layout=self.data_layout(words, rank),
            output_layout=None
            if output == data
            else _layout(output, kernel_spec, {"N": "N", "C": "C"}),
        )
        return with_accidents(reading)

    def _function(self, words: Mapping[str, Any]) -> str:
        """The function that these words belong to.

        Raises:
            Refused: one of them belongs to the other function.
        """
        said = {name for name, given in words.items() if given != self._defaults.get(name)}
        function = str(words.get("api"))
        if function not in _OWN:
            is_general = not said.isdisjoint(_OWN["conv_general_dilated"])
            function = "conv_general_dilated" if is_general else "conv_transpose"
        foreign = [name for other in _OWN if other != function for name in said & _OWN[other]]
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
            return self.listed(spelling, "strides", rank, 1)
        windows = self.listed(spelling, "window_strides", rank, 1)
        batches = spelling.arguments.get("batch_group_count", 1)
        if set(windows) != {1} or batches != 1:
            self.refuse(
                "forward",
                f"window_strides {list(windows)} and batch_group_count {shorten(batches)}"
                " make no transposed convolution",
                "use 1 for both; the stride of a transposed convolution is lhs_dilation.",
            )
        return self.listed(spelling, "lhs_dilation", rank, 1)

    def _padding(
        self, words: Mapping[str, Any], function: str, stride: tuple[int, ...]
    ) -> tuple[Arithmetic, Pairs]:
        """(formulas, numbers per axis: zeros for a word)."""
        given, consistent = words["padding"], bool(words["use_consistent_padding"])
        if isinstance(given, str):
            return self._by_word(given, function, consistent, stride), [(0, 0)] * len(stride)
        known = _ARITHMETICS[function]
        if consistent and isinstance(given, (list, tuple)):
            given = given[: len(stride)]  # what is too much is left unread
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
        """The formulas of a word, which conv_general_dilated takes only with stride 1."""
        known = _ARITHMETICS[function]
        if function == "conv_transpose":
            found = known.of_word(word, stride, consistent=consistent)
            advice = suggestion(word, tuple(known.by_word))
        else:
            found = known.of_forward(word, stride)
            advice = "use (low, high), or lax.conv_transpose for its SAME and VALID."
        if found is None:
            self.refuse(
                "padding",
                f"{function} takes no padding {shorten(word)} with stride {list(stride)}",
                advice,
            )
        return found

    def weight_rank(self, arguments: Mapping[str, Any], weight_shape: Sequence[int]) -> int:
        """All but the two channel axes, whatever their letters are."""
        return len(weight_shape) - 2

    def _specs(self, arguments: Mapping[str, Any], rank: int) -> Sequence[str]:
        """The letters of input, kernel and output, one for each axis.

        Raises:
            Refused: no such letters, or not the same spatial ones in all three.
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
                " and last, I and O in the second, each spatial letter once in all.",
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

    def wordings(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """A word of conv_transpose or explicit padding; conv_general_dilated for groups."""
        stride = [axis.stride for axis in layer.axes]
        dilation = [axis.dilation for axis in layer.axes]
        if layer.groups == 1:
            for padding in ("SAME", "VALID", pads_of(layer)):
                yield {"strides": stride, "padding": padding, "rhs_dilation": dilation}
            return
        yield {
            "window_strides": [1] * len(layer.axes),
            "padding": pads_of(layer),
            "lhs_dilation": stride,
            "rhs_dilation": dilation,
            "dimension_numbers": list(_DEFAULTS["conv_transpose"][len(layer.axes)]),
            "feature_group_count": layer.groups,
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Padding says every crop that is a number."""
        return (
            f"{self.cropped(layer)}, which padding cannot say at this input size",
            "give the input size as a number, and one that leaves an output.",
        )


def _is_spec(spec: Any, required: set[str], rank: int) -> bool:
    """Whether this is a string with one letter for each axis, the required ones among them."""
    return isinstance(spec, str) and len(spec) == len(set(spec)) == rank + 2 and required <= {*spec}


def _layout(spec: str, kernel: str, names: Mapping[str, str]) -> Layout:
    """The axes by their letters; spatial ones are numbered in the order of the kernel's."""
    spatial = [letter for letter in kernel if letter not in "IO"]
    axes = "".join(str(spatial.index(at)) if at in spatial else at for at in spec)
    together = "".join(map(str, range(len(spatial))))
    return Layout(tuple(names.get(at, at) for at in axes.replace(together, "*")))


DIALECT: Dialect = Jax()
