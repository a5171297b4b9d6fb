"""JAX: explicit padding surrounds the dilated input, so more of it gives a larger output.

`lax.conv_transpose` is a forward convolution, so it uses the kernel in reverse order unless
transpose_kernel is set. SAME and VALID are Keras's. In lower case they are a forward
layer's, as are all words of `lax.conv_general_dilated`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from deconvcli.common.shelf import suggestion
from deconvcli.common.values import per_axis, read_count, shorten
from deconvcli.frameworks.dialect import ANY_AXES, Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.live import LiveClass
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
from deconvcli.frameworks.dialects.jax.dimension_numbers import (
    DEFAULTS,
    REQUIRED,
    is_spec,
    name_axes,
    to_dimension_numbers,
)
from deconvcli.frameworks.dialects.jax.functions import EXAMPLES, NEEDS, OWN, PARAMETERS
from deconvcli.frameworks.dialects.jax.live import describe_equinox, describe_haiku
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
            {Form.WORD: to_dimension_numbers},
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
            EXAMPLES.get(name, ""),
            needs=NEEDS[name],
        )
        for name, parameters in PARAMETERS.items()
    )
    live = (
        LiveClass("equinox", "ConvTranspose(?:[123]d)?", describe_equinox),
        LiveClass("haiku", "Conv[123N]DTranspose", describe_haiku),
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
        return name_axes(data, kernel, {"N": "N", "C": "C"})

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return the kernel's letters; transpose_kernel exchanges I and O."""
        _, kernel, _ = self._specs(arguments, rank)
        transposed = bool(arguments.get("transpose_kernel"))
        # A forward kernel's inputs are this layer's outputs, so groups move to the other letter.
        names = {"I": "GO", "O": "I"} if transposed else {"I": "I", "O": "GO"}
        return name_axes(kernel, kernel, names)

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
            else name_axes(output, kernel_spec, {"N": "N", "C": "C"}),
        )
        return add_accidents(reading)

    def _function(self, words: Mapping[str, Any]) -> str:
        """Return the function that these parameters belong to.

        Raises:
            Refused: one of them belongs to the other function.
        """
        given_names = {name for name, given in words.items() if given != self._defaults.get(name)}
        function = str(words.get("api"))
        if function not in OWN:
            is_general = not given_names.isdisjoint(OWN["conv_general_dilated"])
            function = "conv_general_dilated" if is_general else "conv_transpose"
        foreign = [name for other in OWN if other != function for name in given_names & OWN[other]]
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
            frozenset(spec) - required if is_spec(spec, required, rank) else None
            for spec, required in zip(specs, REQUIRED, strict=False)
        }
        if len(specs) != 3 or None in spatial or len(spatial) != 1:
            names = DEFAULTS["conv_transpose"].get(rank, DEFAULTS["conv_transpose"][2])
            self.refuse(
                "dimension-numbers",
                f"dimension_numbers is {shorten(given)}",
                f"give three strings of {rank + 2} letters, such as {names}: N and C in the first"
                " and last, I and O in the second, each spatial letter once in all three.",
            )
        return specs

    def _default_specs(self, arguments: Mapping[str, Any], rank: int) -> Sequence[str]:
        function = self._function(arguments)
        if rank not in DEFAULTS[function]:
            self.refuse(
                "rank",
                f"{rank} spatial axes have no default dimension_numbers",
                "give dimension_numbers, or 1 to 3 spatial axes.",
            )
        return DEFAULTS[function][rank]

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
            "dimension_numbers": list(DEFAULTS["conv_transpose"][len(layer.axes)]),
            "feature_group_count": layer.groups,
        }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: padding expresses only crops that are numbers."""
        return (
            f"{self.describe_crop(layer)}; padding cannot express this at this input size",
            "give the input size as a number that leaves an output.",
        )


DIALECT: Dialect = Jax()
