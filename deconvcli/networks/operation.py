"""A kind of layer: its table of keys, and the output shape that it computes from input shapes.

A file in `operations/` holds only what is particular to its kind; what all share is here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

from deconvcli.layers.axis import Axis, Size


class KeyForm(Enum):
    """The form in which a key's value is written."""

    INTEGER = "one integer"
    SIZES = "one integer, or a list with one per axis"
    FACTORS = "one number, whole or in halves, quarters ..., or a list with one per axis"
    OUTPUT_SIZES = "one size, or a list with one per axis: integers, or letters such as 2H"
    SIDES = "one integer, a list with one per axis or with [begin, end] per axis, or a word"
    WORD = "a word"
    FLAG = "true or false"
    SHAPE = "a list of integers, channels first, -1 for the one that follows from the others"
    ANY = "any value: it has no influence on the geometry"


class Key(NamedTuple):
    """One parameter of a kind of layer.

    aliases: the frameworks' own names for it. choices: the words allowed, empty for any.
    """

    name: str
    form: KeyForm
    default: Any = None
    meaning: str = ""
    required: bool = False
    aliases: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    choices: tuple[str, ...] = ()


class Call(NamedTuple):
    """A framework's call that makes this kind of layer, as people paste it.

    names: without their module; `{n}` stands for 1, 2 and 3. parameters: the call's own, in
    order; None for a call whose arguments touch no size and are not read. means: our key for each
    parameter whose name is another key of ours. implies: our keys that the call itself settles.
    required: how many of the parameters have no default. last_axis_first: the parameters whose
    (begin, end) are listed from the last axis to the first. channels_last: those whose last number
    is of the channels. by_name: arguments that the call must have by name.
    """

    framework: str
    names: tuple[str, ...]
    parameters: tuple[str, ...] | None = None
    means: Mapping[str, str] = MappingProxyType({})
    implies: Mapping[str, Any] = MappingProxyType({})
    required: int = 0
    last_axis_first: tuple[str, ...] = ()
    channels_last: tuple[str, ...] = ()
    by_name: tuple[str, ...] = ()

    @property
    def full_names(self) -> Iterator[str]:
        """All names, with a number in place of `{n}`."""
        for name in self.names:
            numbered = (name.replace("{n}", str(rank)) for rank in (1, 2, 3))
            yield from numbered if "{n}" in name else (name,)


class Shape(NamedTuple):
    """One tensor without its batch; channels first, whatever the framework's own order."""

    channels: Size
    spatial: tuple[Size, ...] = ()

    @property
    def sizes(self) -> tuple[Size, ...]:
        """All sizes: (channels, *spatial)."""
        return (self.channels, *self.spatial)

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.sizes))}]"


Parameters = Mapping[str, Any]


class Operation(ABC):
    """One kind of layer.

    title: one line. calls: what people paste for it. implies: our keys that an alias settles, as
    `batch_norm` settles which norm. inputs: the smallest and the largest number of them; None for
    any number. size_keys: the keys whose values may have letters. mixes_axes: whether the size of
    one spatial axis influences more than that axis.
    """

    name: ClassVar[str]
    aliases: ClassVar[tuple[str, ...]] = ()
    title: ClassVar[str]
    keys: ClassVar[tuple[Key, ...]] = ()
    calls: ClassVar[tuple[Call, ...]] = ()
    implies: ClassVar[Mapping[str, Mapping[str, Any]]] = MappingProxyType({})
    inputs: ClassVar[tuple[int, int | None]] = (1, 1)
    mixes_axes: ClassVar[bool] = False

    def __init__(self) -> None:
        # Once per kind: `values` is called for every node of every walk.
        self._defaults = {key.name: key.default for key in self.keys}
        self.size_keys = tuple(k.name for k in self.keys if k.form is KeyForm.OUTPUT_SIZES)

    @abstractmethod
    def shape(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> Shape:
        """Return the output's shape.

        parameters: under the keys' own names; keys left out have their defaults. dialect:
        `torch`, `keras@jax` ...

        Raises:
            Refused: the framework would refuse the layer, or nothing is left of the input.
            UsageError: a value is not of its key's form.
            NotLinear: a symbolic size has no single formula here.
        """

    def unevenness(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[str, ...]:
        """Return for each axis how the output misses whole strides of the input, or nothing.

        Raises: as `shape`.
        """
        return ()

    def leftover(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Size, ...]:
        """Return for each axis how many elements of the input a floor cut off from every output.

        Raises: as `shape`.
        """
        return ()

    def crop_begin(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Size, ...]:
        """Return for each axis the elements cut off at the start.

        Less than zero where some are added; empty for a layer that leaves the start as it is.

        Raises: as `shape`.
        """
        return ()

    def adjoint(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> tuple[Axis, ...]:
        """Return for each axis the scatter that puts every output back where it was read.

        Its output has the size of the input. Empty for a layer without a sliding window.

        Raises: as `shape`.
        """
        return ()

    def mac_factors(
        self, parameters: Parameters, inputs: Sequence[Shape], dialect: str
    ) -> Sequence[Size]:
        """Return the factors of the multiply-accumulates for one image; 0 without weights.

        Two symbols have no product, but a table can still show both.
        """
        return (0,)

    def parameter_count(self, parameters: Parameters, inputs: Sequence[Shape], dialect: str) -> int:
        """Return how many parameters the layer has, as its framework's own summary counts them."""
        return 0

    def values(self, parameters: Parameters) -> dict[str, Any]:
        """Return the value given for each key, else its default."""
        return {**self._defaults, **parameters}
