"""PyTorch's operations."""

from __future__ import annotations

from deconvcli.conversion.operations import Convolve, InsertZeros, Pair, Shuffle
from deconvcli.conversion.programs.torch import Torch
from deconvcli.conversion.writer import FIRST, Writer, write_numbers


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

    def convolve(self, name: str, operation: Convolve) -> str:
        """Return a call of F.conv1d, 2d or 3d."""
        words = ""
        if any(step != 1 for step in operation.dilation):
            words += f", dilation={write_numbers(operation.dilation)}"
        if operation.groups != 1:
            words += f", groups={operation.groups}"
        return f"F.conv{len(operation.kernel)}d({name}, w{words})"


WRITER: Writer = TorchWriter(Torch())
