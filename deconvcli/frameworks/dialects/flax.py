"""Flax: jax.lax.conv_transpose as a layer, with SAME as the default, and CIRCULAR.

CIRCULAR crops to n*stride and adds what it crops at the opposite end. An input may have no batch
axis, or several. Explicit padding surrounds the dilated input; the kernel is used in reverse order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from deconvcli.common.shelf import suggestion
from deconvcli.common.values import per_axis, read_optional_count, shorten
from deconvcli.frameworks.dialect import ANY_AXES, Accidents, Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.live import LiveClass, LiveLayer, find_shape, read_values
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature, each, plain
from deconvcli.frameworks.dialect.windows import XLA_WINDOWS
from deconvcli.frameworks.dialects._jax_family import (
    NAMES,
    TRANSPOSED_WEIGHT,
    WEIGHT,
    Arithmetics,
    both_ends,
    list_pairs,
    pads_of,
)
from deconvcli.frameworks.dialects._xla import ACCIDENTS, add_accidents
from deconvcli.frameworks.releases import FLAX, JAX
from deconvcli.layers.arithmetic import Arithmetic
from deconvcli.layers.layer import Layer, Reading, Sizes, Spelling
from deconvcli.layers.layout import CHANNELS_LAST, Layout
from deconvcli.layers.number_types import Mixing, NumberTypes

_ARITHMETICS = Arithmetics("strides", "kernel_dilation")
_WORDS = ("SAME", "VALID", "CIRCULAR")

_NUMBERS = ("strides", "padding", "kernel_dilation", "use_bias")
_LINEN = (
    *("features", "kernel_size", *_NUMBERS, "mask", "dtype", "param_dtype", "precision"),
    *("kernel_init", "bias_init", "transpose_kernel", "promote_dtype", "preferred_element_type"),
    *("parent", "name"),
)
_NNX = ("in_features", "out_features", "kernel_size", "strides")
_INERT = (
    *("mask", "dtype", "param_dtype", "precision", "kernel_init", "bias_init", "promote_dtype"),
    *("preferred_element_type", "parent", "name", "rngs", "kernel_metadata", "bias_metadata"),
)


_COMMON = ("kernel_size", "strides", "padding", "kernel_dilation", "use_bias", "transpose_kernel")


def _describe(module: Any) -> LiveLayer:
    """Return the parameters of a module of either API."""
    is_nnx = hasattr(module, "in_features")
    names = ("in_features", "out_features") if is_nnx else ("features",)
    words = read_values(module, {name: name for name in (*names, *_COMMON)})
    words["api"] = "nnx" if is_nnx else "linen"
    kernel = words["kernel_size"]
    rank = len(kernel) if isinstance(kernel, list) else 1
    if is_nnx:
        return LiveLayer(words, rank, find_shape(getattr(module, "kernel", None)))
    # A module of linen has variables only while it is bound to some.
    variables = module.variables if getattr(module, "scope", None) is not None else {}
    return LiveLayer(words, rank, find_shape(variables.get("params", {}).get("kernel")))


class Flax(Dialect):
    """flax.linen.ConvTranspose and flax.nnx.ConvTranspose."""

    name = "flax"
    title = "Flax"
    aliases = ("linen", "nnx", "flax.linen", "flax.nnx")
    source = f"{FLAX}: flax/linen/linear.py, flax/nnx/nn/linear.py"
    empty = f"{JAX} was seen to accept sizes of 0: it returns zeros or an empty array"
    evidence = Evidence(f"{FLAX} on {JAX}, CPU", rows=600)
    modules: ClassVar[Mapping[str, str]] = {"flax.linen": "nn", "flax.nnx": "nnx"}
    names_first = True
    batch_axes = range(ANY_AXES)
    circular = True
    number_types = NumberTypes(
        Mixing.PROMOTED,
        instead="it converts integers to float32, which rounds beyond 2**24",
        has_complex=True,
    )
    forward = "Conv"
    # Its Conv pads SAME by default too.
    windows = XLA_WINDOWS._replace(numbers=True, default="same")
    arguments = (
        Argument("features", "out_channels", None, "output channels, in flax.linen"),
        Argument(
            "in_features",
            "in_channels",
            None,
            "input channels, in flax.nnx",
            # Options mean flax.linen, which takes them from the input.
            {Form.INTS: lambda channels, rank: {}},
        ),
        Argument("out_features", "out_channels", None, "output channels, in flax.nnx"),
        Argument("kernel_size", "kernel", None, "kernel size per axis", {Form.INTS: each}),
        Argument("strides", "stride", None, "distance between two stamps in the output"),
        Argument(
            "padding",
            "padding",
            "SAME",
            "'SAME', 'VALID', 'CIRCULAR', or zeros around the dilated input: one number, or a"
            " number or (low, high) per axis",
            {
                Form.WORD: lambda word, rank: word.upper(),
                Form.INTS: both_ends,
                Form.PAIRS: list_pairs,
            },
        ),
        Argument("kernel_dilation", "dilation", None, "distance between two taps in the output"),
        Argument("use_bias", "bias", True, "one number added per feature", {Form.FLAG: plain}),
        Argument(
            "transpose_kernel",
            "transpose_kernel",
            False,
            "the kernel is a forward layer's: not reversed, in and out features exchanged",
            {Form.FLAG: plain},
        ),
        Argument("api", meaning="'linen' or 'nnx'"),
        *(Argument(name) for name in _INERT),
    )
    orientation = "reversed, unless transpose_kernel is set"
    accidents: ClassVar[Accidents] = {"": ACCIDENTS}
    arithmetics = _ARITHMETICS.all
    signatures = (
        Signature(
            # Programs import either of the two modules as nn: only the arguments tell them apart.
            ("flax.linen.ConvTranspose", "nn.ConvTranspose"),
            _LINEN,
            None,
            {"api": "linen"},
            lacks=("in_features", "out_features", "rngs"),
        ),
        Signature(
            ("flax.nnx.ConvTranspose", "nn.ConvTranspose"),
            _NNX,
            None,
            {"api": "nnx"},
            by_name=_COMMON[2:],
        ),
    )
    live = (LiveClass("flax", "ConvTranspose", _describe),)

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return channels last, after any number of batch axes."""
        return CHANNELS_LAST

    def weight_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Return spatial axes, then input and output features; transpose_kernel exchanges them."""
        return TRANSPOSED_WEIGHT if arguments.get("transpose_kernel") else WEIGHT

    def rank(
        self,
        arguments: Mapping[str, Any],
        input_shape: Sequence[int],
        weight_shape: Sequence[int] | None,
    ) -> int:
        """Return the kernel's number of spatial axes."""
        # Flax takes any number of batch axes, and one number as the kernel of one axis.
        kernel = arguments.get("kernel_size")
        if isinstance(kernel, list | tuple):
            return len(kernel)
        return 1 if type(kernel) is int else super().rank(arguments, input_shape, weight_shape)

    def sizes_for(self, layer: Layer, sizes: Sizes) -> Sizes:
        """Return the same data, without weights."""
        # Their shape depends on transpose_kernel, which is not decided yet.
        return self.adapt_batch(sizes)._replace(channels=layer.in_channels, weight=None)

    def read(self, spelling: Spelling, sizes: Sizes) -> Reading:
        """Return the layer as either of Flax's two APIs computes it."""
        words, rank = self.values(spelling), len(sizes.spatial)
        transposed = bool(words["transpose_kernel"])
        strides = _ones_or(words["strides"], rank, "strides")
        arithmetic, pads = self._padding(words["padding"], transposed, strides)
        is_circular = words["padding"] == "CIRCULAR"
        # The periods are split off by reshape(-1), which divides by the number of elements.
        if is_circular and 0 in sizes.batch:
            self.refuse(
                "batch",
                f"CIRCULAR does not take a batch of {sizes.batch}",
                "give a batch of 1 or more.",
            )
        kernel = self._kernel(words["kernel_size"], sizes)
        befores, afters = zip(*pads, strict=True)
        rows = zip(
            sizes.spatial,
            kernel,
            strides,
            _ones_or(words["kernel_dilation"], rank, "kernel_dilation"),
            befores,
            afters,
            strict=True,
        )
        layout = self.weight_layout(words, rank)
        reading = self.build_reading(
            spelling,
            sizes,
            arithmetic,
            NAMES,
            rows,
            channels=self.channels(
                layout,
                kernel,
                sizes,
                1,
                given_in=read_optional_count(words["in_features"], "in_features"),
                given_out=self._read_out_channels(words),
            ),
            has_bias=bool(words["use_bias"]),
            flipped=not transposed,
            circular=is_circular,
            weight_layout=layout,
            data_layout=CHANNELS_LAST,
        )
        return add_accidents(reading)

    def _kernel(self, given: Any, sizes: Sizes) -> tuple[int, ...]:
        """Return kernel sizes by the parameter or the weights; a single number is one axis."""
        rank = len(sizes.spatial)
        if type(given) is int and rank > 1:
            self.refuse(
                "kernel-size",
                f"kernel_size {given} is a kernel of one axis; the input has {rank}",
                f"write it once per axis: ({', '.join([str(given)] * rank)}).",
            )
        return self.kernel(given, "kernel_size", sizes)

    def _read_out_channels(self, words: Mapping[str, Any]) -> int | None:
        """Return output channels under the name that one of the APIs has for them."""
        linen = read_optional_count(words["features"], "features")
        nnx = read_optional_count(words["out_features"], "out_features")
        other = next((name for name in _NNX[:2] if words[name] is not None), None)
        if linen is not None and other:
            self.refuse(
                "channels",
                f"features {linen} and {other} {words[other]} are both given",
                "give features to flax.linen, in_features and out_features to flax.nnx.",
            )
        return nnx if linen is None else linen

    def _padding(
        self, given: Any, transposed: bool, stride: tuple[int, ...]
    ) -> tuple[Arithmetic, list[tuple[int, ...]]]:
        """Return (formulas, numbers per axis), zeros for a word."""
        rank = len(stride)
        if isinstance(given, str):
            return self._by_word(given, transposed, stride), [(0, 0)] * rank
        pads = [given] * rank if type(given) is int else given
        if not isinstance(pads, list | tuple) or len(pads) != rank:
            self.refuse(
                "padding",
                f"padding is {shorten(given)}",
                f"use 'SAME', 'VALID', 'CIRCULAR', one number, or {rank} in a list, each a number"
                " or (low, high).",
            )
        return _ARITHMETICS.explicit, [per_axis(pad, 2, "padding of one axis") for pad in pads]

    def _by_word(self, word: str, transposed: bool, stride: tuple[int, ...]) -> Arithmetic:
        if word == "CIRCULAR":
            return _ARITHMETICS.circular[transposed]
        found = _ARITHMETICS.find_by_word(word, stride, consistent=False)
        if found is None:
            self.refuse(
                "padding",
                f"padding {shorten(word)} is not accepted with strides {stride}",
                # flax.nnx documents CAUSAL for ConvTranspose as well, where it always fails.
                "use 'VALID' and slice off the end: CAUSAL works only in Conv."
                if word == "CAUSAL"
                else suggestion(word, _WORDS),
            )
        return found

    def join_call(
        self, reading: Reading, name: str, positional: Sequence[str], named: Mapping[str, str]
    ) -> str:
        """Return the call; that of flax.nnx makes its parameters at once, of random numbers."""
        rngs = {"rngs": "rngs"} if name.startswith("nnx.") else {}
        return super().join_call(reading, name, positional, {**named, **rngs})

    def propose(self, layer: Layer, sizes: Sizes) -> Iterable[Mapping[str, Any]]:
        """Yield words and explicit padding, or CIRCULAR for a circular layer."""
        ways: list[dict[str, Any]] = [
            {"padding": "SAME"},
            {"padding": "VALID"},
            {"padding": pads_of(layer)},
        ]
        if layer.circular:
            ways = [{"padding": "CIRCULAR"}, {"padding": "CIRCULAR", "transpose_kernel": True}]
        for way in ways:
            yield {
                "features": layer.out_channels,
                "kernel_size": list(layer.kernel),
                "strides": [axis.stride for axis in layer.axes],
                "kernel_dilation": [axis.dilation for axis in layer.axes],
                "use_bias": layer.has_bias,
                **way,
            }

    def why_not(self, layer: Layer) -> tuple[str, str]:
        """Return the reason: groups, or a circular crop with other ends."""
        if layer.groups > 1:
            return (
                f"it has {layer.groups} groups and ConvTranspose has none",
                "use one layer per group and concatenate, or lax.conv_general_dilated.",
            )
        if layer.circular:
            return (
                f"{self.describe_crop(layer)}; CIRCULAR crops both ends alike, an odd element at"
                " the end, or at the start with transpose_kernel",
                "roll the output of CIRCULAR.",
            )
        return (
            f"{self.describe_crop(layer)}; padding cannot express this at this input size",
            "give the input size as a number that leaves an output.",
        )


def _ones_or(given: Any, rank: int, name: str) -> tuple[int, ...]:
    """Return one number per axis of a parameter, where None means 1."""
    return per_axis(1 if given is None else given, rank, name)


DIALECT: Dialect = Flax()
