"""TensorFlow's operations."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.conversion.operations import Convolve, Shuffle
from deconvcli.conversion.programs.tensorflow import TensorFlow
from deconvcli.conversion.writer import PlaneWriter, Writer, write_numbers, write_sizes
from deconvcli.layers.axis import Size


class TensorFlowWriter(PlaneWriter):
    """Functions of tf.nn."""

    def shuffles_depth_first(self, groups: int, strides: Sequence[int]) -> bool:
        """Return whether depth_to_space does it, which has two axes and one stride."""
        return groups == 1 and len(strides) == 2 and strides[0] == strides[1]

    def shuffle(self, name: str, operation: Shuffle) -> list[str]:
        """Return a call of depth_to_space."""
        if operation.is_depth_first:
            return [f"tf.nn.depth_to_space({name}, {operation.strides[0]})"]
        return super().shuffle(name, operation)

    def add_up(self, name: str, index: str, count: str) -> str:
        """Return a call of math.unsorted_segment_sum."""
        return f"tf.math.unsorted_segment_sum({name}, {index}, {count})"

    def convolve(self, name: str, operation: Convolve) -> str:
        """Return a call of tf.nn.convolution, which takes the groups from the weights."""
        words = ""
        if any(step != 1 for step in operation.dilation):
            words = f", dilations={write_numbers(operation.dilation)}"
        groups = operation.groups
        if groups == 1 or len(operation.kernel) < 3:
            return f"tf.nn.convolution({name}, w{words})"
        # On a CPU, convolutions of three axes have no groups.
        parts = f"zip(tf.split({name}, {groups}, axis=-1), tf.split(w, {groups}, axis=-1))"
        call = f"tf.nn.convolution(one, k{words})"
        return self.program.join(f"[{call} for one, k in {parts}]", -1)

    def resize_plane(self, name: str, sizes: Sequence[Size], kind: str) -> str:
        """Return a call of tf.image.resize."""
        return f'tf.image.resize({name}, ({write_sizes(sizes)}), "{kind}")'


WRITER: Writer = TensorFlowWriter(TensorFlow())
