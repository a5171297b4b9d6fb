"""A sub-pixel block, a convolution and a shuffle of its channels, as a transposed convolution.

Output f of a stride s has tap k-1-j of the block at tap s*j + f of the layer, so that its kernel
has k*s taps. It is the way of `equivalents/subpixel.py` back.

Source: Shi et al. 2016 (arXiv 1609.07009), where both are one operation.
"""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple, TypeAlias

from deconvcli.common.comparison import Comparable
from deconvcli.common.errors import UsageError
from deconvcli.conversion import convert
from deconvcli.conversion.operations import Convolve, Shuffle, move_ends
from deconvcli.conversion.proof import (
    MOST_CHANNELS,
    MOST_GROUPS,
    MOST_MACS,
    MOST_SPATIAL,
    Proof,
    compute_plan,
    draw,
)
from deconvcli.conversion.recipe import Recipe, Step, reshape, reverse, transpose
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Reading, Spelling

Pair: TypeAlias = tuple[int, int]


class Block(NamedTuple):
    """A convolution of stride 1 whose channels a shuffle makes positions.

    name: the dialect, or one of its implementations. in_channels, out_channels: those of the block.
    zeros: (before, after) each axis of the input. strides: the positions of each axis.
    is_last, is_depth_first: as in `Convolve` and `Shuffle`.
    """

    name: str
    batch: int
    in_channels: int
    out_channels: int
    groups: int
    spatial: tuple[int, ...]
    taps: tuple[int, ...]
    zeros: tuple[Pair, ...]
    strides: tuple[int, ...]
    is_last: bool
    is_depth_first: bool

    @property
    def weight_shape(self) -> tuple[int, ...]:
        """The shape of the convolution's weights."""
        into, wide = self.in_channels // self.groups, self.out_channels * prod(self.strides)
        return (*self.taps, into, wide) if self.is_last else (wide, into, *self.taps)

    @property
    def sizes(self) -> list[int]:
        """The spatial sizes after the convolution, before the shuffle."""
        axes = zip(self.spatial, self.zeros, self.taps, strict=True)
        return [n + sum(zeros) - taps + 1 for n, zeros, taps in axes]

    def compute(self, x: Any, w: Any) -> Any:
        """Return (N, Cout, *out) from (N, Cin, *n) and the convolution's weights."""
        sizes = tuple(self.sizes)
        for operation in (
            *move_ends(self.spatial, self.zeros),
            Convolve(self.taps, (1,) * len(self.taps), self.groups, self.is_last),
            Shuffle(self.out_channels, sizes, self.strides, self.is_depth_first),
        ):
            x = operation.compute(x, w)
        return x

    def find_layer(self) -> Reading:
        """Return the transposed convolution, with weights of (Cin, Cout/groups, *kernel)."""
        kernel = [taps * stride for taps, stride in zip(self.taps, self.strides, strict=True)]
        shape = (self.in_channels, self.out_channels // self.groups, *kernel)
        words = {"stride": self.strides, "groups": self.groups}
        given = (self.batch, self.in_channels, *self.spatial)
        uncropped = read_layer("torch", words, given, shape)
        axes = zip(kernel, self.strides, self.taps, self.zeros, strict=True)
        cropped = [
            Axis(size, stride, 1, stride * (taps - 1 - before), stride * (taps - 1 - after))
            for size, stride, taps, (before, after) in axes
        ]
        return uncropped._replace(layer=uncropped.layer._replace(axes=tuple(cropped)))

    def join(self) -> list[Step]:
        """Return the steps from the convolution's weights to (Cin, Cout/groups, *kernel)."""
        groups, rank = self.groups, len(self.taps)
        into, out = self.in_channels // groups, self.out_channels // groups
        sizes = {"G": groups, "I": into, "O": out}
        sizes |= {f"t{axis}": size for axis, size in enumerate(self.taps)}
        sizes |= {f"f{axis}": size for axis, size in enumerate(self.strides)}
        taps, places = ([f"{letter}{axis}" for axis in range(rank)] for letter in "tf")
        channels = [*places, "O"] if self.is_depth_first else ["O", *places]
        pairs = [letter for pair in zip(taps, places, strict=True) for letter in pair]
        given, wanted = [*channels, "I", *taps], ["I", "O", *pairs]
        if self.is_last:
            given = [*taps, "I", *channels]
        if groups > 1:
            given.insert(given.index("O"), "G")
            wanted = ["G", *wanted]
        shape = [sizes[letter] for letter in wanted]
        kernel = [sizes[tap] * sizes[place] for tap, place in zip(taps, places, strict=True)]
        return [
            *reshape(self.weight_shape, [sizes[letter] for letter in given]),
            *transpose(tuple([given.index(letter) for letter in wanted])),
            # The last tap of a convolution has the first input.
            *reverse([wanted.index(tap) for tap in taps if sizes[tap] > 1]),
            *reshape(shape, [self.in_channels, out, *kernel]),
        ]

    def shrink(self) -> Block:
        """Return a block of the same kind that is not too large to be computed."""
        products = self.batch * prod(self.sizes) * prod(self.weight_shape)
        if products <= MOST_MACS:
            return self
        groups = min(self.groups, MOST_GROUPS)
        smallest = [max(MOST_SPATIAL, taps) for taps in self.taps]
        return self._replace(
            batch=1,
            in_channels=groups * min(self.in_channels // self.groups, MOST_CHANNELS + 1),
            out_channels=groups * min(self.out_channels // self.groups, MOST_CHANNELS),
            groups=groups,
            spatial=tuple(map(min, self.spatial, smallest)),
        )


class JoinedBlock(Comparable):
    """A sub-pixel block as a transposed convolution of a framework."""

    def __init__(self, block: Block) -> None:
        self._block = block
        self._conversion = convert(block.find_layer(), block.name)
        plan = self._conversion.plan
        self._plan = plan._replace(recipe=Recipe((*block.join(), *plan.recipe.steps), None, ()))

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle and copy make it again: its steps are functions, which they refuse."""
        return type(self), self._identity()

    def _identity(self) -> tuple[Any, ...]:
        return (self._block,)

    @property
    def layer(self) -> Reading:
        """The transposed convolution in the framework's parameters."""
        return self._conversion.target

    @property
    def call(self) -> str:
        """The call that makes or computes the layer."""
        return self._conversion.call

    @property
    def before(self) -> list[str]:
        """The expressions of x that make the layer's input, in the framework's own code."""
        return self._conversion.before

    @property
    def after(self) -> list[str]:
        """The expressions of y that make the output of what the layer gives."""
        return self._conversion.after

    @property
    def weight_code(self) -> str:
        """The lines of NumPy that make the convolution's weights `w` those of the layer."""
        return "\n".join(self._plan.recipe.lines)

    def weights(self, weight: Any) -> Any:
        """Return the layer's weights, a new array or a view, from those of the convolution.

        Raises:
            UsageError: the weights have another shape, or are no array.
        """
        return self._plan.recipe.apply(_read(weight, "weight", self._block.weight_shape))

    def bias(self, bias: Any) -> Any:
        """Return one number for each output channel from the convolution's bias.

        Raises:
            UsageError: the numbers of one output channel differ, so that no bias of the layer is
                the same, or their count is another one.
        """
        block = self._block
        places = prod(block.strides)
        array = _read(bias, "bias", (block.out_channels * places,))
        shape = (places, block.out_channels) if block.is_depth_first else (-1, places)
        rows = array.reshape(shape).T if block.is_depth_first else array.reshape(shape)
        if (rows != rows[:, :1]).any():
            raise UsageError(
                f"bias has other numbers at the {places} positions of one output channel, and a"
                " transposed convolution has one number for each channel",
                help="make the layer without a bias, and add the shuffled one to its output.",
                code="bias-shape",
            )
        return rows[:, 0]

    def module(self) -> str:
        """Return Python code that defines build(weight, bias=None), of the convolution's weights.

        The bias is that of the layer, one number for each output channel.

        Raises:
            NotExpressible: no code is written for this framework.
        """
        source = self._plan.source
        named = source._replace(
            spelling=Spelling("the block", {}),
            sizes=source.sizes._replace(weight=self._block.weight_shape),
        )
        return self._conversion._replace(plan=self._plan._replace(source=named)).write_program()

    def prove(self) -> Proof:
        """Return how many values are equal on small integers; large blocks are made smaller."""
        block = self._block.shrink()
        own = self if block == self._block else JoinedBlock(block)
        x = draw((block.batch, block.in_channels, *block.spatial), 0, 0)
        weight = draw(block.weight_shape, 0, 1)
        expected = block.compute(x, weight)
        found = compute_plan(own._plan, x, weight, draw((block.out_channels,), 0, 2) * 0)
        equal = int((found == expected).sum()) if found.shape == expected.shape else 0
        if own is self:
            return Proof(int(expected.size), equal)
        channels = block.in_channels, block.out_channels
        return Proof(int(expected.size), equal, channels, block.spatial)

    def __str__(self) -> str:
        before, after = self._conversion.lines
        return "\n".join([*before, self.call, *after])

    def __repr__(self) -> str:
        return f"<sub-pixel block in {self._block.name}: {self.call}>"


def _read(given: Any, name: str, shape: tuple[int, ...]) -> Any:
    """Return an array of the convolution."""
    from deconvcli.compute.runner.foreign import as_array

    array = as_array(given, name)
    if array.shape != shape:
        raise UsageError(
            f"{name} has the shape {array.shape}, the convolution {shape}",
            help="give that of the convolution, in its layout.",
            code=f"{name}-shape",
        )
    return array
