"""Upsampling: each element repeated or interpolated, a whole number of times."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.values import per_axis
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._sizes import at_least, refuse, some_axes


class Upsample(Operation):
    """Nearest, bilinear ...: the size is the same in each."""

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
        Key("align_corners", KeyForm.ANY, None, "where the samples lie"),
    )
    calls = (
        Call("torch", ("Upsample",), ("size", "scale_factor", "mode", "align_corners")),
        # Keras calls `size` what is a factor; `size` is our key for the output size.
        Call(
            "keras",
            ("UpSampling{n}D",),
            ("size", "data_format", "interpolation"),
            {"size": "scale"},
        ),
    )

    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Each axis `scale` times as long, or of the size given."""
        words, [given] = self.values(parameters), inputs
        rank = some_axes(given)
        if (words["scale"] is None) == (words["size"] is None):
            refuse("scale", "upsample needs scale or size, and not both", "give scale: 2.")
        name = "size" if words["scale"] is None else "scale"
        factors = per_axis(words[name], rank, name)
        at_least(factors, 1, name)
        if name == "size":
            return given._replace(spatial=factors)
        pairs = zip(given.spatial, factors, strict=True)
        return given._replace(spatial=tuple([n * factor for n, factor in pairs]))


OPERATION: Operation = Upsample()
