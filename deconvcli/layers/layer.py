"""A layer in canonical form, its spelling in a framework, and the reading that joins them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import Any, NamedTuple, cast

from deconvcli.common.arguments import require_kind
from deconvcli.common.errors import NotLinear
from deconvcli.common.findings import Diagnostic, Where
from deconvcli.common.values import compact
from deconvcli.layers.arithmetic import Arithmetic
from deconvcli.layers.axis import Axis, Linear, Size
from deconvcli.layers.layout import Layout
from deconvcli.layers.number_types import NumberTypes
from deconvcli.layers.text import size_text

REVERSED_TAPS = "reversed-taps"
"""The code of the finding of a converted layer whose weights need the opposite order."""


class Layer(NamedTuple):
    """A transposed convolution: one Axis per spatial axis, channels, groups, bias.

    circular: what the crop cuts off is not lost but added at the opposite end, so the output is
    periodic; its size is a whole number of strides, n*s.
    """

    axes: tuple[Axis, ...]
    in_channels: int = 1
    out_channels: int = 1
    groups: int = 1
    has_bias: bool = False
    circular: bool = False

    @property
    def kernel(self) -> tuple[int, ...]:
        """The kernel sizes in axis order."""
        return tuple(axis.kernel for axis in self.axes)

    def full_sizes(self, spatial: Iterable[Size]) -> tuple[Size, ...]:
        """Return the spatial sizes of the full scatter."""
        return tuple(axis.full_size(n) for axis, n in zip(self.axes, spatial, strict=True))

    def output_sizes(self, spatial: Iterable[Size]) -> tuple[Size, ...]:
        """Return the spatial sizes after the crop."""
        return tuple(axis.output_size(n) for axis, n in zip(self.axes, spatial, strict=True))

    def weight_shape(self, layout: Layout) -> tuple[int, ...]:
        """Return the shape of its weights in a layout."""
        grouped = {
            "G": (self.groups,),
            "I": (self.in_channels // self.groups,),
            "O": (self.out_channels // self.groups,),
        }
        return cast(tuple[int, ...], layout.shape(grouped, self.kernel))

    @property
    def weight_count(self) -> int:
        """The number of trained numbers of the kernel."""
        return self.in_channels * (self.out_channels // self.groups) * prod(self.kernel)

    @property
    def parameter_count(self) -> int:
        """The number of trained numbers, including the bias."""
        return self.weight_count + (self.out_channels if self.has_bias else 0)


class Spelling(NamedTuple):
    """The parameters as the author wrote them, under a dialect's own names, and their place.

    sequences: the parameters of which the framework takes one number per axis, and no single one.
    """

    dialect: str
    arguments: Mapping[str, Any]
    implementation: str = ""
    where: Where | None = None
    sequences: frozenset[str] = frozenset()

    def __hash__(self) -> int:
        # Without the arguments, which no tuple with a mapping in it could hash.
        return hash((self.dialect, self.implementation, self.where, self.sequences))

    @property
    def name(self) -> str:
        """The dialect, as `keras`, or with an implementation, as `keras@tensorflow`."""
        return f"{self.dialect}@{self.implementation}" if self.implementation else self.dialect

    @property
    def text(self) -> str:
        """The arguments in one line, lists of equal numbers as that number where it is accepted."""
        # `api` names the function or class that is called, and is none of its parameters.
        shown = {
            name: _as_tuples(given)
            if name in self.sequences or has_pairs(given)
            else compact(given)
            for name, given in self.arguments.items()
            if name != "api"
        }
        return ", ".join(f"{name}={write_value(value)}" for name, value in shown.items())


def has_pairs(given: Any) -> bool:
    """Return whether it is a list of lists, of which one cannot stand for all."""
    is_list = isinstance(given, list | tuple)
    return is_list and any(isinstance(item, list | tuple) for item in given)


def _as_tuples(given: Any) -> Any:
    return tuple(map(_as_tuples, given)) if isinstance(given, list | tuple) else given


def write_value(value: Any, brackets: str = "()", quote: str = "'") -> str:
    """Return a value as code, but a symbol or an expression as it is typed.

    brackets: around the items of a tuple; those of a list are square.
    """
    if isinstance(value, list | tuple):
        opening, closing = ("[", "]") if isinstance(value, list) else (brackets[0], brackets[1])
        items = ", ".join([write_value(item, brackets, quote) for item in value])
        comma = "," if len(value) == 1 and opening == "(" else ""
        return f"{opening}{items}{comma}{closing}"
    if isinstance(value, str):
        # Python's own quotes, where others would need a backslash.
        plain = repr(value)
        return f"{quote}{value}{quote}" if plain == f"'{value}'" else plain
    # Symbols and expressions are the only values that JSON does not have.
    is_json = isinstance(value, bool | int | float | dict | None)
    return repr(value) if is_json else getattr(value, "expression", str(value))


class Sizes(NamedTuple):
    """The known sizes of the tensors, besides the parameters.

    spatial: one size per axis, numbers or symbols. batch: any number of leading axes.
    channels and weight, the weights' shape in the dialect's layout, may be unknown.
    """

    spatial: tuple[Size, ...]
    batch: tuple[int, ...] = (1,)
    channels: int | None = None
    weight: tuple[int, ...] | None = None


class Reading(NamedTuple):
    """A spelling with the layer that it means, at one input size.

    numbers: for each axis, the inputs and results of the arithmetic by name.
    inert: names in the spelling that do not change the geometry.
    flipped: the framework stores the kernel in reverse order, w[k - 1 - j] for w[j].
    own_output_layout: the output's axes, if they differ from the input's.
    answered: the number of spatial axes of the framework's answer; None for all.
    no_values: why no tensor belongs to this answer; empty if values can be computed.
    number_types: those that the framework computes.
    """

    spelling: Spelling
    layer: Layer
    sizes: Sizes
    data_layout: Layout
    weight_layout: Layout
    arithmetic: Arithmetic
    numbers: tuple[Mapping[str, Any], ...]
    inert: tuple[str, ...] = ()
    flipped: bool = False
    findings: tuple[Diagnostic, ...] = ()
    own_output_layout: Layout | None = None
    answered: int | None = None
    no_values: str = ""
    number_types: NumberTypes = NumberTypes()

    def __hash__(self) -> int:
        # Without `numbers`, which are mappings, and follow from these.
        return hash((self.spelling, self.layer, self.sizes))

    def __str__(self) -> str:
        parameters = self.spelling.text or "defaults"
        weights = f"weights {size_text(self.weight_shape)}"
        if any(found.code == REVERSED_TAPS for found in self.findings):
            weights += ", with the taps reversed"
        return f"{self.spelling.name}: {parameters}; {weights}; {self._shapes()}"

    def __repr__(self) -> str:
        return f"<{self.spelling.name} layer, {self._shapes()}>"

    def _shapes(self) -> str:
        return f"{size_text(self.input_shape)} -> {size_text(self.output_shape)}"

    @property
    def spatial(self) -> tuple[Size, ...]:
        """The input sizes in axis order."""
        return self.sizes.spatial

    @property
    def output_layout(self) -> Layout:
        """The axes of the output."""
        return self.own_output_layout or self.data_layout

    @property
    def output_sizes(self) -> tuple[Size, ...]:
        """The output sizes in axis order; fewer than axes if the framework's answer lacks some."""
        return tuple([numbers["out"] for numbers in self.numbers[: self.answered]])

    @property
    def input_shape(self) -> tuple[Size, ...]:
        """The input's shape in the dialect's layout."""
        return self._shape(self.data_layout, self.layer.in_channels, self.sizes.spatial)

    @property
    def output_shape(self) -> tuple[Size, ...]:
        """The output's shape in the dialect's layout."""
        return self._shape(self.output_layout, self.layer.out_channels, self.output_sizes)

    def _shape(self, layout: Layout, channels: int, spatial: tuple[Size, ...]) -> tuple[Size, ...]:
        return layout.shape({"N": self.sizes.batch, "C": (channels,)}, spatial)

    @property
    def weight_shape(self) -> tuple[int, ...]:
        """The weight's shape in the dialect's layout."""
        return self.sizes.weight or self.layer.weight_shape(self.weight_layout)

    def reverses_taps(self, other: Reading) -> bool:
        """Return whether only weights with the taps reversed give the values of `other`."""
        return self.flipped != other.flipped and max(self.layer.kernel) > 1

    @property
    def crop(self) -> tuple[tuple[Size, Size], ...]:
        """(begin, end) of each axis, cropped from the full scatter; negative ones append zeros."""
        return tuple([(axis.crop_begin, axis.crop_end) for axis in self.layer.axes])

    @property
    def macs(self) -> int:
        """The multiply-accumulates of the full scatter, before the crop.

        Raises:
            NotLinear: an input size is a symbol; use `macs_formula`.
        """
        return prod(require_numbers(self.mac_factors))

    @property
    def mac_factors(self) -> list[Size]:
        """The numbers and symbols whose product is `macs`."""
        taps = prod(self.layer.kernel)
        return [self._channel_products() * taps, *self.sizes.spatial]

    @property
    def macs_useful(self) -> int:
        """The multiply-accumulates that reach an element the crop keeps.

        Raises:
            NotLinear: an input size is a symbol.
        """
        return self._channel_products() * prod(require_numbers(self.useful_products))

    @property
    def macs_formula(self) -> tuple[str, str]:
        """(full, useful) as products with the input's letters, valid for large enough sizes."""
        channels = self._channel_products()
        return product_text(self.mac_factors), product_text([channels, *self.useful_products])

    def _channel_products(self) -> int:
        layer = self.layer
        return prod(self.sizes.batch) * layer.in_channels * layer.out_channels // layer.groups

    @property
    def useful_products(self) -> list[Size]:
        """The (input, tap) pairs of each axis that reach an element the crop keeps."""
        if self.layer.circular:
            # Nothing is lost: what the crop cuts off is added at the opposite end.
            return [n * axis.kernel for axis, n in zip(self.layer.axes, self.spatial, strict=True)]
        pairs = zip(self.layer.axes, self.sizes.spatial, strict=True)
        return [axis.useful_products(n) for axis, n in pairs]


def product_text(factors: Iterable[Size]) -> str:
    """Return a product as text, with the numbers multiplied and the symbols kept."""
    factors = list(factors)
    number = prod(factor for factor in factors if isinstance(factor, int))
    written = [str(factor) for factor in factors if isinstance(factor, Linear)]
    if number == 1 and len(written) == 1:
        return written[0]
    letters = [text if text.isalnum() else f"({text})" for text in written]
    return "*".join([str(number), *letters] if number != 1 or not letters else letters)


def require_reading(given: Any, name: str = "reading") -> Reading:
    """Return the layer that a Python function was given.

    Raises:
        UsageError: it is no reading.
    """
    what = "a layer, as deconvcli.layer and deconvcli.paste return it"
    return require_kind(given, Reading, name, what)


def require_numbers(sizes: Iterable[Size]) -> list[int]:
    """Return the sizes, none of which may be a symbol.

    Raises:
        NotLinear: one of them is a symbol.
    """
    found = []
    for size in sizes:
        if isinstance(size, Linear):
            raise NotLinear(f"{size} is a symbol", help="give the input size as a number.")
        found.append(size)
    return found
