"""A tensor as the walk knows it, and the operation that makes it from others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import Any, NamedTuple, TypeAlias, TypeVar

from deconvcli.common.errors import NotLinear
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import MAX_INT64
from deconvcli.layers.axis import Linear, Size

MAX_VALUES = 1024
"""The most elements of a tensor whose values are known."""
MAX_RANK = 64

OpenSize: TypeAlias = Size | None
"""A size, or None where nothing is known about it."""
Values: TypeAlias = tuple[Any, ...]
"""The elements of a tensor, flat: numbers, sizes in letters, and None for unknown ones."""

_T = TypeVar("_T")


class Tensor(NamedTuple):
    """The sizes of a tensor, None if not even their number is known, and its elements."""

    sizes: tuple[OpenSize, ...] | None = None
    values: Values | None = None

    @property
    def rank(self) -> int | None:
        """The number of axes."""
        return None if self.sizes is None else len(self.sizes)


UNKNOWN = Tensor()


class Call(NamedTuple):
    """One operation with what it is given. outputs: their number.

    inputs: None for those that are left out. version: that of the operation's domain.
    """

    operation: str
    inputs: tuple[Tensor | None, ...]
    attributes: Mapping[str, Any]
    version: int
    outputs: int = 1

    def input(self, place: int) -> Tensor:
        """Return an input; a tensor of which nothing is known where it is left out."""
        return (self.inputs[place] if place < len(self.inputs) else None) or UNKNOWN

    def has(self, place: int) -> bool:
        """Return whether there is such an input."""
        return place < len(self.inputs) and self.inputs[place] is not None

    def values(self, place: int) -> Values | None:
        """Return the elements of an input; None where they are not known."""
        return self.input(place).values

    def number(self, name: str, default: int) -> int:
        """Return an attribute that is one integer."""
        value = self.attributes.get(name)
        return value if isinstance(value, int) else default

    def numbers(self, name: str) -> list[int] | None:
        """Return an attribute that is a list of integers; None where there is none."""
        value = self.attributes.get(name)
        is_list = isinstance(value, list) and all(isinstance(one, int) for one in value)
        return value if is_list else None

    def text(self, name: str, default: str) -> str:
        """Return an attribute that is a word."""
        value = self.attributes.get(name)
        return value if isinstance(value, str) else default

    def list_or_input(self, name: str, place: int) -> Values | None:
        """Return numbers that old versions have as an attribute, and later ones as an input."""
        listed = self.numbers(name)
        return tuple(listed) if listed is not None else self.values(place)


Operator: TypeAlias = Callable[[Call], Sequence[Tensor]]


class Problem(Exception):
    """Raised by an operation that no runtime can compute at these sizes.

    message: a function where many walks fail and nobody reads why. sizes: those that are wrong, if
    not all of its inputs. outputs: the tensors with which the walk
    goes on.
    """

    def __init__(
        self,
        code: str,
        message: str | Callable[[], str],
        help: str,
        sizes: Sequence[OpenSize] | None = None,
    ) -> None:
        super().__init__(code)
        self._code, self._message, self._help = code, message, help
        self.sizes = sizes
        self.outputs: Sequence[Tensor] = ()

    @property
    def finding(self) -> Diagnostic:
        """The problem for people."""
        message = self._message if isinstance(self._message, str) else self._message()
        return Diagnostic(self._code, Severity.ERROR, message, self._help)


def compute(function: Callable[..., _T], *sizes: Any) -> _T | None:
    """Return the function of sizes; None where one of them is unknown, or letters meet."""
    for size in sizes:
        if size is None:
            return None
    try:
        return function(*sizes)
    except NotLinear:
        return None


def count_elements(sizes: Iterable[OpenSize]) -> OpenSize:
    """Return the product of sizes; None where one is unknown."""
    sizes = list(sizes)
    return compute(lambda *known: prod(known), *sizes)


def find_place(axis: int, rank: int) -> int:
    """Return an axis counted from the first one.

    Raises:
        Problem: the tensor has no such axis.
    """
    if not -rank <= axis < rank:
        raise Problem(
            "rank", f"axis {axis} of a tensor with {rank} axes", "export the model again."
        )
    return axis % rank


def make_vector(values: Sequence[Any]) -> Tensor:
    """Return a tensor of one axis with these elements, unless they are too many."""
    return Tensor((len(values),), tuple(values) if len(values) <= MAX_VALUES else None)


def make_tensor(sizes: Sequence[OpenSize], values: Sequence[Any] | None = None) -> Tensor:
    """Return a tensor; its elements are dropped where they are not as many as its sizes say."""
    if len(sizes) > MAX_RANK:
        raise Problem("rank", f"a tensor of {len(sizes)} axes", "export the model again.")
    sizes = tuple([_check_size(size) for size in sizes])
    if values is not None:
        known = all(isinstance(size, int) for size in sizes)
        if not known or len(values) > MAX_VALUES or prod(sizes) != len(values):  # type: ignore[arg-type]
            values = None
    return Tensor(sizes, None if values is None else tuple(values))


def _check_size(size: Any) -> OpenSize:
    """Return the size; None for what is none, such as a number that no memory could hold.

    Raises:
        Problem: it is less than 0.
    """
    if not isinstance(size, int):
        return size if isinstance(size, Linear) else None
    if size < 0:
        raise Problem("illegal-value", f"a size of {size}", "use another input size.")
    return int(size) if size <= MAX_INT64 else None


def pick(values: Values, sizes: Sequence[int], axis: int, indices: Sequence[int]) -> list[Any]:
    """Return the elements at these indices along one axis."""
    inner, outer, length = prod(sizes[axis + 1 :]), prod(sizes[:axis]), sizes[axis]
    if inner * outer * len(indices) > MAX_VALUES:
        return []
    return [
        values[(row * length + index) * inner + place]
        for row in range(outer)
        for index in indices
        for place in range(inner)
    ]


def is_number(size: Any) -> bool:
    """Return whether it is a number, and no letter."""
    return size is not None and not isinstance(size, Linear)
