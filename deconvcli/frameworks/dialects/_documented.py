"""What dialects taken from documents share: how many axes they take, and a size that is told.

cuDNN and oneDNN are told the output's size, as the gradient of a convolution is, and only check
that the forward layer maps it back to the input's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.common.values import per_axis
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.limits import positive
from deconvcli.layers.arithmetic import Limit, Step
from deconvcli.layers.layer import Layer, Sizes
from deconvcli.layers.layout import CHANNELS_FIRST, Layout


def hold_axes(dialect: Dialect, sizes: Sizes, ranks: Sequence[int]) -> None:
    """Refuse an input that has not one batch axis and one of these numbers of spatial axes."""
    rank, leading = len(sizes.spatial), len(sizes.batch)
    if rank in ranks and leading == 1:
        return
    wanted = " or ".join(str(rank + 2) for rank in ranks)
    dialect.refuse(
        "rank",
        f"the input has {leading} batch and {rank} spatial axes, {dialect.title} takes tensors of"
        f" {wanted} axes",
        f"give one batch axis, channels and {' or '.join(map(str, ranks))} spatial axes; further"
        " spatial axes may have size, kernel and stride 1."
        if rank not in ranks
        else "give a batch axis, of size 1 for a single input.",
    )


def weight_of(dialect: Dialect, sizes: Sizes, layout: Layout) -> tuple[int, ...]:
    """The weights' shape, which must have an axis for everything that the layout names."""
    axes = len(sizes.spatial) + len(layout.axes) - 1
    if sizes.weight is None:
        dialect.refuse(
            "weights", "the weights' shape is not known", f"give it in the layout {layout}."
        )
    if len(sizes.weight) != axes:
        dialect.refuse(
            "weights",
            f"weights of shape {list(sizes.weight)} have not {axes} axes",
            f"give them in the layout {layout}.",
        )
    return sizes.weight


def told_size(name: str, otherwise: str = "") -> tuple[Step | Limit, ...]:
    """Steps for a size that is told; they take full, s, begin, end, size and asked.

    otherwise: a condition under which a size outside the interval is taken as well.
    """
    smallest, largest = "{smallest}", "{smallest + s - 1}"
    return (
        Step("smallest", "full - begin - end", "the smallest size that maps back to the input"),
        Limit(
            "asked",
            "output-size",
            f"{name} has no default: the output's size is told, not computed",
            f"choose {smallest} to {largest} here.",
        ),
        Step("out", "size", "as told"),
        positive("out", name)._replace(code="output-size"),
        Limit(
            f"smallest <= out <= smallest + s - 1{otherwise}",
            "output-size",
            f"{name} asks for {{out}}, the sizes that a forward layer maps to {{n}} are"
            f" {smallest} to {largest}",
            f"ask for {smallest} to {largest}.",
        ),
        Step("crop_begin", "begin", "padding crops the start"),
        Step("crop_end", "full - out - crop_begin", "the rest at the end; negative appends"),
    )


class ToldSize(Dialect):
    """A dialect with channels first whose parameter `told` is the output's shape."""

    told: str

    def data_layout(self, arguments: Mapping[str, Any], rank: int) -> Layout:
        """Channels first; how they lie in memory is a matter of strides."""
        return CHANNELS_FIRST

    def size_of(
        self, words: Mapping[str, Any], sizes: Sizes
    ) -> tuple[tuple[int, ...], int | None, bool]:
        """(spatial sizes, channels, whether they were told); zeros and None where not.

        From options, which know spatial sizes only, those are enough.
        """
        given, rank = words[self.told], len(sizes.spatial)
        if given is None:
            return (0,) * rank, None, False
        if not isinstance(given, (list, tuple)) or len(given) != rank + 2:
            return per_axis(given, rank, self.told), None, True
        batch, channels, *spatial = per_axis(given, rank + 2, self.told)
        if (batch,) != sizes.batch:
            self.refuse(
                "batch",
                f"{self.told} has batch {batch}, the input {sizes.batch[0]}",
                "give both the same batch size.",
            )
        return tuple(spatial), channels, True

    def told_shape(self, layer: Layer, sizes: Sizes) -> list[Any]:
        """The output's shape as this dialect is told it."""
        return [*sizes.batch, layer.out_channels, *layer.output_sizes(sizes.spatial)]
