"""Transposed convolution, as the layer's dialect reads it."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.frameworks.wording import read_roles
from deconvcli.layers.axis import Linear, Size
from deconvcli.layers.layer import Reading, Sizes
from deconvcli.networks.operation import Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._channels import GROUPS, IN_CHANNELS, OUT_CHANNELS, entering
from deconvcli.networks.operations._sizes import existing, some_axes
from deconvcli.networks.operations._window import DILATION, KERNEL, STRIDE

PADDING = Key(
    "padding",
    KeyForm.SIDES,
    None,
    "as the dialect means it; default: the dialect's",
    aliases=("pads",),
)


class ConvTranspose(Operation):
    """Every dialect's rules: the layer is read by the dialect itself."""

    name = "conv_transpose"
    aliases = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d", "deconv")
    title = "transposed convolution"
    keys = (
        OUT_CHANNELS,
        KERNEL._replace(meaning="kernel size"),
        STRIDE._replace(meaning="how far apart two inputs lie in the output"),
        PADDING,
        Key(
            "output_padding",
            KeyForm.SIZES,
            None,
            "elements given back at the end",
            aliases=("adj",),
        ),
        DILATION,
        GROUPS,
        IN_CHANNELS,
        Key(
            "output_size",
            KeyForm.SIZES,
            None,
            "the output size itself",
            aliases=("output_shape", "target_shape"),
            at_least=1,
        ),
        Key("auto_pad", KeyForm.WORD, None, "ONNX, OpenVINO: SAME_UPPER ..."),
        Key("transpose_kernel", KeyForm.FLAG, None, "JAX, Flax: the kernel as stored is flipped"),
        Key("bias", KeyForm.FLAG, None, "one number added per channel", aliases=("use_bias",)),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """What the dialect answers; that it accepts an empty tensor does not make it a layer."""
        reading = self.reading(parameters, inputs, dialect)
        return Shape(reading.layer.out_channels, existing(reading.output_sizes, "the output"))

    def reading(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Reading:
        """The layer as its dialect reads it, with all that `explain` and the findings need.

        Raises:
            Refused: the framework would refuse it.
            UsageError: the dialect has no such word, or a value is not of its form.
        """
        [given] = inputs
        entering(self.values(parameters), given)
        some_axes(given)
        roles = {role: value for role, value in parameters.items() if value is not None}
        return read_roles(dialect, roles, _sizes(given))

    def unevenness(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[str, ...]:
        """By how much the output is not stride times the input."""
        reading = self.reading(parameters, inputs, dialect)
        axes = zip(reading.spatial, reading.output_sizes, reading.layer.axes, strict=True)
        return tuple([_off(n, out, axis.stride) for n, out, axis in axes])

    def mac_factors(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> Sequence[Size]:
        """Those of the full scatter, before the crop."""
        return self.reading(parameters, inputs, dialect).mac_factors

    def useful_macs(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Those that reach an element which the crop keeps."""
        return self.reading(parameters, inputs, dialect).macs_useful

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Weights, and the bias where the framework's layer has one."""
        return self.reading(parameters, inputs, dialect).layer.parameter_count


def _off(n: Size, out: Size, stride: int) -> str:
    """`256 -> 1281 is 1 more than 5 times`; empty where it is a whole multiple."""
    off = out - n * stride
    if off == 0:
        return ""
    amount = f"{off} more" if off > 0 else f"{-off} less"
    return f"{n} -> {out} is {amount} than {stride} times"


def _sizes(given: Shape) -> Sizes:
    known = None if isinstance(given.channels, Linear) else given.channels
    return Sizes(given.spatial, channels=known)


OPERATION: Operation = ConvTranspose()
