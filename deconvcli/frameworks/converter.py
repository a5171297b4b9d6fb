"""What a program of another kind makes of a layer: a converter, or a runtime for one device.

A file in `converters/` holds only what such a program refuses, or does differently.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import ClassVar, NamedTuple, NoReturn

from deconvcli.common.errors import Refused
from deconvcli.common.values import per_axis
from deconvcli.frameworks.releases import Need
from deconvcli.layers.axis import Axis, Size
from deconvcli.layers.layer import Reading

Crop = tuple[tuple[Size, Size], ...]


class Carried(NamedTuple):
    """A layer as a program has it: the sizes and the crop of its output, in axis order.

    no_values: why its values are meaningless; empty where they are those of this crop.
    """

    output_sizes: tuple[Size, ...]
    crop: Crop
    no_values: str = ""


class Converter(ABC):
    """A program that takes layers in the words of a framework.

    release: what was measured. through: how, where the name does not say it. takes: the dialect
    whose words it reads. aliases: other usual names.
    """

    release: ClassVar[Need]
    through: ClassVar[str] = ""
    takes: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def carry(self, reading: Reading) -> Carried:
        """Return what becomes of a layer in the words of `takes`.

        Raises:
            Refused: the program refuses it, or the model that it writes is refused.
        """

    @property
    def title(self) -> str:
        """The program in a sentence."""
        return self.release.title or self.release.module

    @property
    def source(self) -> str:
        """The measurement."""
        return f"measured with {self.release}" + (f", {self.through}" if self.through else "")

    def refuse(self, reason: str, help: str, code: str = "target") -> NoReturn:
        """Raise Refused. reason: begins with a verb, after the program's name."""
        raise Refused(f"{self.title} {reason}", help=help, code=code, source=self.source)

    def refuse_empty(self, sizes: Iterable[Size], reason: str = "refuses an empty array") -> None:
        """Refuse sizes of which a number is below 1. reason: see `refuse`.

        Raises:
            Refused: one is.
        """
        if any(isinstance(size, int) and size < 1 for size in sizes):
            self.refuse(reason, "crop less, and leave one element everywhere.", "empty-output")


def keep(reading: Reading) -> Carried:
    """Return the layer as it is."""
    return Carried(reading.output_sizes, reading.crop)


def crop_at(reading: Reading, begins: Sequence[Size], sizes: Sequence[Size]) -> Carried:
    """Return a layer that crops this much at the starts, and at the ends down to these sizes."""
    full = reading.layer.full_sizes(reading.spatial)
    ends = [whole - begin - size for whole, begin, size in zip(full, begins, sizes, strict=True)]
    return Carried(tuple(sizes), tuple(zip(begins, ends, strict=True)))


def list_words(reading: Reading, name: str) -> tuple[int, ...]:
    """Return a parameter that has one number for each axis, 0 where it is left out."""
    return per_axis(reading.spelling.arguments.get(name) or 0, len(reading.spatial), name)


def is_dilated(axis: Axis) -> bool:
    """Return whether there are zeros between the taps."""
    return axis.dilation > 1 and axis.kernel > 1


def has_groups(reading: Reading) -> bool:
    """Return whether the channels are divided."""
    return reading.layer.groups > 1
