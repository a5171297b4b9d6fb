"""Channels, groups and bias, where only the author's program may have their numbers.

The size of an output needs none of them. A reading has a number for each, the minimum where it is
not known; what people see of these counts comes from here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import prod
from typing import NamedTuple

from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.layer import Layer, Reading, product_text
from deconvcli.layers.layout import Layout


class Unknown:
    """A number that only the author's program has, by its expression: `ngf * 4`.

    parameter: the parameter of the call that has this expression; empty if nobody gave the number,
    so that the expression is only a name for it.
    """

    __slots__ = ("expression", "parameter")

    def __init__(self, expression: str, parameter: str = "") -> None:
        self.expression = expression
        self.parameter = parameter

    def __eq__(self, other: object) -> bool:
        # One expression is one number, whichever parameters have it.
        return isinstance(other, Unknown) and self.expression == other.expression

    def __hash__(self) -> int:
        return hash(self.expression)

    def __repr__(self) -> str:
        return f"Unknown({self.expression!r}, {self.parameter!r})"

    def __str__(self) -> str:
        return f"({self.expression})"

    @property
    def factor(self) -> str:
        """The expression as a factor of a product."""
        return self.expression if self.expression.isidentifier() else str(self)


Count = Size | Unknown
Shape = tuple[Size | Unknown, ...]


class Counts(NamedTuple):
    """The counts of a layer; bias is 1 for a layer with a bias, and 0 for one without."""

    in_channels: Count
    out_channels: Count
    groups: Count
    bias: Count

    @classmethod
    def of(cls, layer: Layer, unknown: Mapping[str, Unknown | Linear]) -> Counts:
        """Return the counts of a layer; unknown: those that are no numbers, by name."""
        known: dict[str, Count] = {name: getattr(layer, name) for name in cls._fields[:3]}
        return cls(**{**known, "bias": int(layer.has_bias), **unknown})

    def input_shape(self, reading: Reading) -> Shape:
        """Return the input's shape in the dialect's layout."""
        return _replace(
            reading.input_shape,
            reading.data_layout,
            {"C": self.in_channels},
            len(reading.sizes.batch),
        )

    def output_shape(self, reading: Reading) -> Shape:
        """Return the output's shape in the dialect's layout."""
        return _replace(
            reading.output_shape,
            reading.output_layout,
            {"C": self.out_channels},
            len(reading.sizes.batch),
        )

    def weight_shape(self, reading: Reading) -> Shape:
        """Return the weights' shape in the dialect's layout."""
        into, out, groups = self.in_channels, self.out_channels, self.groups
        counts = {"G": groups, "GI": into, "GO": out}
        counts |= {"I": _divide(into, groups), "O": _divide(out, groups)}
        return _replace(reading.weight_shape, reading.weight_layout, counts)

    def write_macs(self, reading: Reading) -> tuple[str, str]:
        """Return the multiply-accumulates as products: all, and those that the crop keeps."""
        batch = prod(reading.sizes.batch)
        full = self._write_product([batch * prod(reading.layer.kernel), *reading.spatial])
        return full, self._write_product([batch, *reading.useful_products])

    def write_parameters(self, layer: Layer) -> tuple[str, str]:
        """Return the trained numbers as a formula: all, and those of the bias (or nothing)."""
        weights = self._write_product([prod(layer.kernel)])
        if self.bias == 0:
            return weights, ""
        bias = _product_text([self.out_channels, self.bias])
        return f"{weights} + {bias}", bias

    def _write_product(self, factors: list[Size]) -> str:
        """Return the factors times the products of channels: input and output channels by group."""
        channels, groups = [self.in_channels, self.out_channels], self.groups
        # As many groups as channels, as in a depthwise layer, cancel out even without a number.
        if groups in channels:
            channels.remove(groups)
            groups = 1
        numbers = [one for one in (*factors, *channels) if isinstance(one, int)]
        others = [one for one in (*factors, *channels) if not isinstance(one, int)]
        number = prod(numbers)
        if isinstance(groups, int) and number % groups == 0:
            return _product_text([number // groups, *others])
        return f"{_product_text([number, *others])}/{_product_text([groups])}"


def _product_text(factors: Iterable[Size | Unknown]) -> str:
    """Return a product as text: the numbers, the input's letters, then the expressions."""
    factors = list(factors)
    sizes = [factor for factor in factors if not isinstance(factor, Unknown)]
    expressions = [factor.factor for factor in factors if isinstance(factor, Unknown)]
    head = product_text(sizes)
    return "*".join(expressions if expressions and head == "1" else [head, *expressions])


def _divide(count: Count, groups: Count) -> Count:
    """Return the channels of one group."""
    if count == groups:
        return 1
    if isinstance(count, int) and isinstance(groups, int):
        return count // groups
    if groups == 1:
        return count
    return Unknown(f"{_product_text([count])} / {_product_text([groups])}")


def _replace(
    shape: tuple[Size, ...], layout: Layout, counts: Mapping[str, Count], batch_axes: int = 0
) -> Shape:
    """Return a shape with these counts on the axes of their letters."""
    width = {"N": batch_axes, "*": len(shape) - batch_axes * ("N" in layout.axes)}
    width["*"] -= sum(axis not in width for axis in layout.axes)
    replaced: list[Size | Unknown] = []
    for axis in layout.axes:
        own = shape[len(replaced) : len(replaced) + width.get(axis, 1)]
        replaced += [counts[axis]] if axis in counts else own
    return tuple(replaced)
