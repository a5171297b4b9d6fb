"""TensorFlow's operations."""

from __future__ import annotations

from deconvcli.conversion.operations import Convolve
from deconvcli.conversion.programs.tensorflow import TensorFlow
from deconvcli.conversion.writer import Writer, write_numbers


class TensorFlowWriter(Writer):
    """Functions of tf.nn."""

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


WRITER: Writer = TensorFlowWriter(TensorFlow())
