"""Operations on data without a transposed convolution, each computed with NumPy.

Data are (N, C, *spatial) here; a `Writer` has the code of a framework for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, TypeAlias

from deconvcli.layers.axis import Size
from deconvcli.layers.layer import require_numbers

Pair: TypeAlias = tuple[int, int]


class Repeat(NamedTuple):
    """Elements (before, after) of each axis, copied from its opposite end."""

    pairs: tuple[Pair, ...]
    spatial: tuple[Size, ...]

    def compute(self, x: Any, w: Any) -> Any:
        """Return the longer data."""
        import numpy as np

        return np.pad(x, [(0, 0), (0, 0), *self.pairs], mode="wrap")


class InsertZeros(NamedTuple):
    """Zeros after each element of an axis, so that it has stride times as many elements."""

    channels: int
    spatial: tuple[Size, ...]
    strides: tuple[int, ...]

    def compute(self, x: Any, w: Any) -> Any:
        """Return the data with zeros, the last of which follow the last element."""
        import numpy as np

        sizes = [n * stride for n, stride in zip(x.shape[2:], self.strides, strict=True)]
        wide: Any = np.zeros((*x.shape[:2], *sizes), x.dtype)
        index = tuple([slice(None, None, stride) for stride in self.strides])
        wide[..., *index] = x
        return wide


class Cut(NamedTuple):
    """Elements (begin, end) of each axis that are removed."""

    pairs: tuple[Pair, ...]

    def compute(self, x: Any, w: Any) -> Any:
        """Return what remains."""
        pairs = zip(self.pairs, x.shape[2:], strict=True)
        index = tuple([slice(begin, size - end) for (begin, end), size in pairs])
        return x[..., *index]


class Pad(NamedTuple):
    """Zeros (before, after) each axis."""

    pairs: tuple[Pair, ...]

    def compute(self, x: Any, w: Any) -> Any:
        """Return the longer data."""
        import numpy as np

        return np.pad(x, [(0, 0), (0, 0), *self.pairs])


class Shuffle(NamedTuple):
    """Channels that become positions: stride times as many elements on each axis.

    channels, spatial: those of the data that are given, per position. is_depth_first: whether the
    positions are the slow part of the channels, and not the fast one.
    """

    channels: int
    spatial: tuple[Size, ...]
    strides: tuple[int, ...]
    is_depth_first: bool = False

    def compute(self, x: Any, w: Any) -> Any:
        """Return channels in place: position o is o // stride of the given data."""
        rank, spatial = len(self.strides), x.shape[2:]
        if self.is_depth_first:
            x = x.reshape(len(x), *self.strides, self.channels, *spatial)
            x = x.transpose(0, rank + 1, *range(1, rank + 1), *range(rank + 2, 2 * rank + 2))
        x = x.reshape(len(x), self.channels, *self.strides, *spatial)
        pairs = [axis for place in range(rank) for axis in (2 + rank + place, 2 + place)]
        sizes = [n * stride for n, stride in zip(spatial, self.strides, strict=True)]
        return x.transpose(0, 1, *pairs).reshape(len(x), self.channels, *sizes)


class Multiply(NamedTuple):
    """A matrix product over the channels of each group, at every position.

    spatial: the sizes of the data. is_last: whether the weights are (groups, Cin/groups, channels),
    and not (groups, channels, Cin/groups); without the first axis where there is one group.
    """

    groups: int
    in_channels: int
    spatial: tuple[Size, ...]
    is_last: bool

    def compute(self, x: Any, w: Any) -> Any:
        """Return (N, groups*channels, *spatial)."""
        into, spatial = self.in_channels // self.groups, x.shape[2:]
        if self.is_last:
            matrix = w.reshape(self.groups, into, -1).swapaxes(1, 2)
        else:
            matrix = w.reshape(self.groups, -1, into)
        product = matrix @ x.reshape(len(x), self.groups, into, -1)
        return product.reshape(len(x), -1, *spatial)


class Fold(NamedTuple):
    """Channels that are the taps of a kernel, added up at the outputs that they reach (col2im).

    spatial: the sizes of the data. The taps are the fast part of the channels.
    """

    channels: int
    spatial: tuple[Size, ...]
    kernel: tuple[int, ...]
    strides: tuple[int, ...]
    dilation: tuple[int, ...]

    @property
    def sizes(self) -> list[Size]:
        """The sizes of the result: all that the taps reach."""
        axes = zip(*self[1:], strict=True)
        return [(n - 1) * stride + step * (k - 1) + 1 for n, k, stride, step in axes]

    def compute(self, x: Any, w: Any) -> Any:
        """Return (N, channels, *sizes)."""
        import numpy as np

        spatial = x.shape[2:]
        taps = x.reshape(len(x), self.channels, *self.kernel, *spatial)
        sizes = self._replace(spatial=spatial).sizes
        y: Any = np.zeros((len(x), self.channels, *sizes), x.dtype)
        for j in np.ndindex(*self.kernel):
            axes = zip(j, spatial, self.strides, self.dilation, strict=True)
            index = [
                slice(tap * step, tap * step + (n - 1) * stride + 1, stride)
                for tap, n, stride, step in axes
            ]
            y[..., *index] += taps[:, :, *j]
        return y


class Convolve(NamedTuple):
    """A convolution of stride 1, whose kernel stays within the data.

    is_last: whether the weights are (*kernel, Cin/groups, Cout), and not (Cout, Cin/groups,
    *kernel).
    """

    kernel: tuple[int, ...]
    dilation: tuple[int, ...]
    groups: int
    is_last: bool

    def compute(self, x: Any, w: Any) -> Any:
        """Return sum over j of x[o + j*dilation] * w[j]."""
        import numpy as np

        from deconvcli.compute.kernels.scatter import transposed_convolution

        if self.is_last:
            w = np.moveaxis(w, (-1, -2), (0, 1))
        # Of stride 1 it is the transposed one with its kernel reversed, less the ends.
        groups, (out, into, *kernel) = self.groups, w.shape
        parts = w.reshape(groups, out // groups, into, *kernel)
        taps = parts.swapaxes(1, 2).reshape(groups * into, out // groups, *kernel)
        taps = np.flip(taps, tuple(range(2, taps.ndim)))
        spans = [step * (size - 1) for size, step in zip(kernel, self.dilation, strict=True)]
        axes = [
            (size, 1, step, span, span)
            for size, step, span in zip(kernel, self.dilation, spans, strict=True)
        ]
        return transposed_convolution(x, taps, None, axes, groups)


class Resize(NamedTuple):
    """Stride times as many elements on each axis, by interpolation with half-pixel centers.

    channels, spatial: those of the data that are given. kind: nearest or bilinear.
    """

    channels: int
    spatial: tuple[Size, ...]
    strides: tuple[int, ...]
    kind: str

    def compute(self, x: Any, w: Any) -> Any:
        """Return the longer data; integers have to be multiples of 2*stride on each axis."""
        import numpy as np

        for axis, stride in enumerate(self.strides, 2):
            if self.kind == "nearest":
                x = x.repeat(stride, axis)
                continue
            n, whole = x.shape[axis], 2 * stride
            # Output o has its center at (o + 1/2) / stride - 1/2 of the inputs.
            place, part = np.divmod(2 * np.arange(n * stride) + 1 - stride, whole)
            part = part.reshape(-1, *[1] * (x.ndim - axis - 1))
            first, second = (x.take((place + more).clip(0, n - 1), axis) for more in (0, 1))
            total = first * (whole - part) + second * part
            x = total // whole if x.dtype.kind == "i" else total / whole
        return x


Operation: TypeAlias = (
    Repeat | InsertZeros | Cut | Pad | Shuffle | Multiply | Fold | Convolve | Resize
)


def move_ends(spatial: Sequence[Size], pairs: Sequence[tuple[Size, Size]]) -> list[Operation]:
    """Return what makes axes longer, or shorter where a number is negative, by (begin, end).

    No more is cut than there is; what is then too much would be zeros.
    """
    cuts, zeros = [], []
    for size, (begin, end) in zip(spatial, pairs, strict=True):
        begin, end = require_pair(begin, end)
        gone = [max(0, -one - size) if isinstance(size, int) else 0 for one in (begin, end)]
        begin, end = begin + gone[0] - gone[1], end + gone[1] - gone[0]
        cuts.append((max(0, -begin), max(0, -end)))
        zeros.append((max(0, begin), max(0, end)))
    found: list[Operation] = []
    if any(map(any, cuts)):
        found.append(Cut(tuple(cuts)))
    if any(map(any, zeros)):
        found.append(Pad(tuple(zeros)))
    return found


def require_pair(begin: Size, end: Size) -> Pair:
    """Return both as numbers.

    Raises:
        NotLinear: one of them depends on a size that is a letter.
    """
    first, last = require_numbers((begin, end))
    return first, last
