"""Upsampling: each element repeated or interpolated, a whole number of times."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.values import per_axis
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import check_minimum, refuse, require_axes


class Upsample(Operation):
    """An upsampling in any mode, nearest, bilinear ...: the size is the same in each."""

    name = "upsample"
    aliases = ("upsampling", "interpolate", "resize")
    title = "repeated or interpolated elements"
    keys = (
        Key(
            "scale",
            KeyForm.SIZES,
            None,
            "how many times as large",
            aliases=("scale_factor", "factor"),
            at_least=1,
        ),
        Key("size", KeyForm.SIZES, None, "the output size itself, instead of scale", at_least=1),
        Key("mode", KeyForm.ANY, None, "nearest, bilinear ...", aliases=("interpolation",)),
        Key("align_corners", KeyForm.ANY, None, "whether corner samples are aligned"),
    )
    calls = (
        Call("torch", ("Upsample",), ("size", "scale_factor", "mode", "align_corners")),
        # What Keras calls `size` is a factor; our key `size` is the output size.
        Call(
            "keras",
            ("UpSampling{n}D",),
            ("size", "data_format", "interpolation"),
            {"size": "scale"},
        ),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return each axis `scale` times as long, or with the given size."""
        values, [given] = self.values(parameters), inputs
        rank = require_axes(given)
        if (values["scale"] is None) == (values["size"] is None):
            refuse("scale", "upsample needs scale or size, not both", "write scale: 2.")
        name = "size" if values["scale"] is None else "scale"
        factors = per_axis(values[name], rank, name)
        check_minimum(factors, 1, name)
        if name == "size":
            return given._replace(spatial=factors)
        pairs = zip(given.spatial, factors, strict=True)
        return given._replace(spatial=tuple([n * factor for n, factor in pairs]))


OPERATION: Operation = Upsample()
