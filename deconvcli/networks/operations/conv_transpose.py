"""Transposed convolution, as the layer's dialect reads it."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.frameworks.wording import read_roles
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.layer import Reading, Sizes
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._channels import (
    GROUPS,
    IN_CHANNELS,
    OUT_CHANNELS,
    check_in_channels,
)
from deconvcli.networks.operations._like import read_size_of
from deconvcli.networks.operations._sizes import (
    check_not_empty,
    format_factor,
    refuse,
    require_axes,
)
from deconvcli.networks.operations._window import DILATION, KERNEL, STRIDE

PADDING = Key(
    "padding",
    KeyForm.SIDES,
    None,
    "in the dialect's own sense; default: the dialect's",
    aliases=("pads", "pad"),
)


class TransposedConvolution(Operation):
    """A transposed convolution by the rules of its dialect, which reads the layer itself."""

    name = "conv_transpose"
    aliases = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "deconv")
    title = "transposed convolution"
    inputs = (1, 2)
    keys = (
        OUT_CHANNELS,
        KERNEL._replace(meaning="kernel size"),
        STRIDE._replace(meaning="distance in the output between two input elements"),
        PADDING,
        Key(
            "output_padding",
            KeyForm.SIZES,
            None,
            "elements added back at the end",
            aliases=("adj",),
        ),
        DILATION,
        GROUPS,
        IN_CHANNELS,
        Key(
            "output_size",
            KeyForm.OUTPUT_SIZES,
            None,
            "the output size itself; a second input gives its own",
            aliases=("output_shape", "target_shape"),
            at_least=1,
        ),
        Key("auto_pad", KeyForm.WORD, None, "ONNX, OpenVINO: SAME_UPPER ..."),
        Key(
            "transpose_kernel",
            KeyForm.FLAG,
            None,
            "JAX, Flax: whether the stored kernel is flipped",
        ),
        Key("bias", KeyForm.FLAG, None, "one number added per channel", aliases=("use_bias",)),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the shape that the dialect gives."""
        reading = self.read(parameters, inputs, dialect)
        # Some dialects accept an empty output; in a network nothing can follow it.
        return Shape(
            reading.layer.out_channels, check_not_empty(reading.output_sizes, "the output")
        )

    def read(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Reading:
        """Return the layer as its dialect reads it, with all that the findings need.

        Raises:
            Refused: the framework would refuse it.
            UsageError: the dialect has no such parameter, or a value is not of its form.
        """
        [given, *likes] = inputs
        check_in_channels(self.values(parameters), given)
        require_axes(given)
        roles = {role: value for role, value in parameters.items() if value is not None}
        for like in likes:
            roles["output_size"] = _size_like(like, given, roles)
        channels = None if isinstance(given.channels, Linear) else given.channels
        return read_roles(dialect, roles, Sizes(given.spatial, channels=channels))

    def unevenness(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[str, ...]:
        """Return by how much the output misses stride times the input."""
        reading = self.read(parameters, inputs, dialect)
        axes = zip(reading.spatial, reading.output_sizes, reading.layer.axes, strict=True)
        return tuple([_format_unevenness(n, out, axis.stride) for n, out, axis in axes])

    def crop_begin(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Size, ...]:
        """Return what the dialect crops at the start of the full scatter."""
        return tuple([begin for begin, _ in self.read(parameters, inputs, dialect).crop])

    def mac_factors(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> Sequence[Size]:
        """Return the factors of the full scatter, before the crop."""
        return self.read(parameters, inputs, dialect).mac_factors

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Return the number of weights, and of biases if the framework's layer has them."""
        return self.read(parameters, inputs, dialect).layer.parameter_count


def _size_like(like: Shape, given: Shape, roles: Parameters) -> list[Size]:
    """Return the spatial size of the second input, as `up(x, output_size=skip.size())` does.

    Raises:
        Refused: it has other axes, or the size is given as well.
    """
    if "output_size" in roles:
        refuse(
            "inputs",
            "conv_transpose has a second input and an output_size",
            "keep the second input, whose size the output takes, or the output_size.",
        )
    return list(read_size_of(like, given))


def _format_unevenness(n: Size, out: Size, stride: int) -> str:
    """Return `256 -> 1281, 1 more than 5 * 256`; empty for a whole multiple."""
    off = out - n * stride
    if off == 0:
        return ""
    amount = f"{off} more" if off > 0 else f"{-off} less"
    return f"{n} -> {out}, {amount} than {stride} * {format_factor(n)}"


OPERATION: Operation = TransposedConvolution()
