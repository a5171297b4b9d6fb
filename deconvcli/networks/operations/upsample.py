"""Upsampling: each element repeated or interpolated."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.layers.axis import read_sizes
from deconvcli.networks.operation import Call, Key, KeyForm, Operation, Parameters, Shape
from deconvcli.networks.operations._like import read_size_of
from deconvcli.networks.operations._sizes import (
    check_minimum,
    check_not_empty,
    refuse,
    require_axes,
)
from deconvcli.networks.operations._trained import counts_as_keras


class Upsample(Operation):
    """An upsampling in any mode, nearest, bilinear ...: the size is the same in each."""

    name = "upsample"
    aliases = ("upsampling", "interpolate", "resize")
    title = "repeated or interpolated elements"
    inputs = (1, 2)
    keys = (
        Key(
            "scale",
            KeyForm.FACTORS,
            None,
            "how many times as large; the size is rounded down",
            aliases=("scale_factor", "factor"),
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
        if values["size"] is not None:
            sizes = read_sizes(values["size"], rank, "size")
            check_minimum(sizes, 1, "size")
            return given._replace(spatial=sizes)
        # Exact, as all factors are multiples of a power of two.
        ratios = [factor.as_integer_ratio() for factor in _read_factors(values, rank, dialect)]
        pairs = zip(given.spatial, ratios, strict=True)
        sizes = tuple([n * times // parts for n, (times, parts) in pairs])
        return given._replace(spatial=check_not_empty(sizes, "the output"))


def _read_factors(values: Parameters, rank: int, dialect: str) -> list[int | float]:
    """Return the factor of each axis.

    Raises:
        Refused: Keras repeats elements a whole number of times.
        UsageError: they are no factors, or not one per axis.
    """
    scale = values["scale"]
    factors = list(scale) if isinstance(scale, (list, tuple)) else [scale] * rank
    known = [factor for factor in factors if type(factor) in (int, float) and factor > 0]
    if len(known) < len(factors) or len(factors) != rank:
        raise UsageError(
            f"scale is {shorten(scale)}, and the input has {rank} spatial axes",
            help="give one number more than 0, or one for each axis.",
            code="bad-value",
        )
    if counts_as_keras(dialect) and not all(type(factor) is int for factor in factors):
        refuse("scale", f"{dialect} repeats elements, not {shorten(scale)} times", "use integers.")
    return factors


OPERATION: Operation = Upsample()
