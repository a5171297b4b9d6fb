"""PyTorch's operations."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.conversion.operations import (
    Convolve,
    Fold,
    InsertZeros,
    Multiply,
    Pair,
    Resize,
    Shuffle,
)
from deconvcli.conversion.programs.torch import Torch
from deconvcli.conversion.writer import FIRST, Writer, write_numbers
from deconvcli.layers.axis import Size


class TorchWriter(Writer):
    """Functions of torch.nn.functional."""

    form = FIRST

    def insert_zeros(self, name: str, operation: InsertZeros) -> list[str]:
        """Return the same for every size: axes that are added, padded, and joined."""
        index, zeros, joined = [":", ":"], list[Pair](), ""
        for stride in operation.strides:
            index.append(":")
            zeros.append((0, 0))
            if stride > 1:
                # From the last axis on, so that the others keep their numbers.
                joined = f".flatten({len(index) - 1}, {len(index)})" + joined
                index.append("None")
                zeros.append((0, stride - 1))
        apart = f"{name}[{', '.join(index)}]"
        return [self.program.pad(apart, self.over_all(zeros)), f"{name}{joined}"]

    def shuffle(self, name: str, operation: Shuffle) -> list[str]:
        """Return a call of pixel_shuffle, which has two axes and one stride."""
        stride, *others = operation.strides
        if others == [stride]:
            return [f"F.pixel_shuffle({name}, {stride})"]
        return super().shuffle(name, operation)

    def multiply(self, name: str, operation: Multiply) -> str:
        """Return a matrix product with the positions as columns."""
        groups, channels = operation.groups, operation.in_channels
        if groups == 1:
            return f"w @ {name}.flatten(2)"
        parts = f"{name}.unflatten(1, ({groups}, {channels // groups})).flatten(3)"
        return f"(w @ {parts}).flatten(1, 2)"

    def fold(self, name: str, operation: Fold) -> list[str]:
        """Return a call of F.fold, which has two axes; one axis is two of which the first is 1."""
        rank = len(operation.kernel)
        if rank > 2:
            return super().fold(name, operation)
        first = [1] * (2 - rank)

        def write(numbers: Sequence[Size]) -> str:
            sizes = [n if isinstance(n, int) else n.code for n in (*first, *numbers)]
            return f"({', '.join(map(str, sizes))})"

        words = [name, write(operation.sizes), write(operation.kernel)]
        for word, numbers in (("dilation", operation.dilation), ("stride", operation.strides)):
            if any(number != 1 for number in numbers):
                words.append(f"{word}={write(numbers)}")
        folded = f"F.fold({', '.join(words)})"
        return [folded if rank == 2 else f"{folded}.squeeze(2)"]

    def add_up(self, name: str, index: str, count: str) -> str:
        """Return a sum into zeros."""
        zeros = f"{name}.new_zeros({count}, {name}.shape[1])"
        return f"{zeros}.index_add(0, torch.from_numpy({index}), {name})"

    def convolve(self, name: str, operation: Convolve) -> str:
        """Return a call of F.conv1d, 2d or 3d."""
        words = ""
        if any(step != 1 for step in operation.dilation):
            words += f", dilation={write_numbers(operation.dilation)}"
        if operation.groups != 1:
            words += f", groups={operation.groups}"
        return f"F.conv{len(operation.kernel)}d({name}, w{words})"

    def resize(self, name: str, operation: Resize) -> list[str]:
        """Return a call of F.interpolate, which has another name for each number of axes."""
        kind = operation.kind
        if kind != "nearest":
            kind = ("linear", "bilinear", "trilinear")[len(operation.strides) - 1]
        words = f'scale_factor={write_numbers(operation.strides)}, mode="{kind}"'
        return [f"F.interpolate({name}, {words})"]


WRITER: Writer = TorchWriter(Torch())
