"""Upsampling: each element repeated or interpolated, a whole number of times."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.layers.axis import read_sizes
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._like import read_size_of
from deconvcli.networks.operations._sizes import check_minimum, refuse, require_axes


class Upsample(Operation):
    """An upsampling in any mode, nearest, bilinear ...: the size is the same in each."""

    name = "upsample"
    aliases = ("upsampling", "interpolate", "resize")
    title = "repeated or interpolated elements"
    inputs = (1, 2)
    keys = (
        Key(
            "scale",
            KeyForm.SIZES,
            None,
            "how many times as large",
            aliases=("scale_factor", "factor"),
            at_least=1,
        ),
        Key(
            "size",
            KeyForm.OUTPUT_SIZES,
            None,
            "the output size itself, if no second input gives it",
            at_least=1,
        ),
        Key("mode", KeyForm.ANY, None, "nearest, bilinear ...", aliases=("interpolation",)),
        Key("align_corners", KeyForm.ANY, None, "whether corner samples are aligned"),
    )
    calls = (
        Call("torch", ("Upsample",), ("size", "scale_factor", "mode", "align_corners")),
        Call(
            "torch",
            ("UpsamplingNearest2d", "UpsamplingBilinear2d"),
            ("size", "scale_factor", "mode"),
        ),
        # What Keras calls `size` is a factor; our key `size` is the output size.
        Call(
            "keras",
            ("UpSampling{n}D",),
            ("size", "data_format", "interpolation"),
            {"size": "scale"},
            implies={"scale": 2},
        ),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return each axis `scale` times as long, or with the given size or the second input's."""
        values, [given, *likes] = self.values(parameters), inputs
        rank = require_axes(given)
        if len(likes) + (values["scale"] is not None) + (values["size"] is not None) != 1:
            refuse(
                "scale",
                "upsample needs one of scale, size and a second input",
                "write scale: 2, or list the layer whose size it takes as the second input.",
            )
        if likes:
            return given._replace(spatial=read_size_of(likes[0], given))
        name = "size" if values["scale"] is None else "scale"
        factors = read_sizes(values[name], rank, name)
        check_minimum(factors, 1, name)
        if name == "size":
            return given._replace(spatial=factors)
        pairs = zip(given.spatial, factors, strict=True)
        return given._replace(spatial=tuple([n * factor for n, factor in pairs]))


OPERATION: Operation = Upsample()
