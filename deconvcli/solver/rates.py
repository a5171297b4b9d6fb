"""The rates of a vocoder, a codec or a decoder: layers in a row whose strides multiply to a factor.

Each stage makes exactly its stride times every input, with an even overlap. A stride has one
layer: the one whose kernel is nearest to twice the stride, as HiFi-GAN, BigVGAN, DAC and EnCodec
have it. So the chains are all products of strides, in every order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from math import prod
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.comparison import Comparable
from deconvcli.common.errors import UsageError
from deconvcli.common.values import compact
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Size
from deconvcli.layers.layer import Reading
from deconvcli.solver.answer import Solution, solve
from deconvcli.solver.choices import Family, read_choices
from deconvcli.solver.families import find_families
from deconvcli.solver.order import describe_overlap
from deconvcli.solver.products import (
    Strides,
    check_factor,
    count_orders,
    explain_product,
    list_best,
    list_counts,
    list_products,
    list_strides,
)
from deconvcli.solver.question import LARGEST_BOUND, Bounds, Question, Range, ask_factor

RATES_ORDER = (
    "larger strides before smaller ones, then few odd strides (their crop is not symmetric), small"
    " kernels"
)
MAX_STAGES = 19
"""As many strides above 1 as multiply to the largest factor."""


class Stage(NamedTuple):
    """One layer of a chain. reading: at the size that the stages before it make."""

    solution: Solution
    reading: Reading

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters under the dialect's own names; a requested size is that of this stage."""
        found, own = self.solution.parameters, take(self.reading.spelling.name)[0]
        requested = own.argument("output_size")
        if requested is not None and requested.name in found:
            found[requested.name] = compact([*self.reading.output_sizes])
        return found


class Chain(NamedTuple):
    """Layers in a row, each the same on all axes."""

    stages: tuple[Stage, ...]

    @property
    def strides(self) -> Strides:
        """The strides in order."""
        return tuple([stage.reading.layer.axes[0].stride for stage in self.stages])

    @property
    def kernels(self) -> Strides:
        """The kernels in order."""
        return tuple([stage.reading.layer.axes[0].kernel for stage in self.stages])

    @property
    def macs_per_input(self) -> int:
        """The multiply-accumulates of all stages for each element of the first input."""
        total, inputs = 0, 1
        for stage in self.stages:
            layer = stage.reading.layer
            total += inputs * layer.weight_count
            inputs *= prod(axis.stride for axis in layer.axes)
        return total


class Rates(Comparable):
    """What `find_rates` returns: `chains`, the best first, and `count`, of all there are.

    possible: the numbers of stages whose strides can multiply to the factor. reason: why there
    are no chains; empty where there are.
    """

    def __init__(self, question: Question, factor: int, stages: int, limit: int) -> None:
        self.question, self.factor, self.stages = question, factor, stages
        limits = _share(question, "stride")
        strides = list_strides(factor, limits)
        found = {stride: _find_kernel(question, stride) for stride in strides}
        kernels = {stride: kernel for stride, kernel in found.items() if kernel}
        products = [*list_products(factor, stages, kernels)]
        self.count = sum(map(count_orders, products))
        self.chains = tuple(_build_chains(question, islice(list_best(products), limit), kernels))
        self.possible = list_counts(factor, kernels)
        self.reason = ""
        if not products:
            others = next(list_best(list_products(factor, stages, strides)), ())
            missing = next((stride for stride in others if stride not in kernels), None)
            self.reason = (
                _explain_layer(question, missing)
                if missing
                else explain_product(factor, stages, limits, kernels)
            )

    def _identity(self) -> tuple[Any, ...]:
        return self.question, self.factor, self.stages, self.count, self.chains

    def __bool__(self) -> bool:
        return self.count > 0

    def __iter__(self) -> Iterator[Chain]:
        return iter(self.chains)

    def __len__(self) -> int:
        return len(self.chains)


def find_rates(
    dialect: str,
    factor: int,
    stages: int,
    inputs: Sequence[Size] = (),
    bounds: Bounds | None = None,
    roles: Mapping[str, Any] = MappingProxyType({}),
    limit: int = 10,
    *,
    rank: int = 1,
) -> Rates:
    """Return the chains of `stages` layers that make exactly `factor` times every input.

    inputs: the sizes at which the layers are read; without them `rank` axes of any size. bounds:
    by default strides of 1 to 16, and kernels of up to twice that.

    Raises:
        UsageError: a factor or a number of stages that no network has, or an unknown dialect.
    """
    check_factor(factor, 2)
    if not 1 <= stages <= MAX_STAGES:
        raise UsageError(
            f"{stages} stages are outside 1 to {MAX_STAGES}",
            help="give the number of layers with a stride, such as 4.",
            code="stages",
        )
    factors = (factor,) * (len(inputs) or rank)
    limits = bounds or widen_kernels(Bounds())
    question = ask_factor(dialect, factors, tuple(inputs), limits, roles)
    return Rates(question, factor, stages, limit)


def widen_kernels(bounds: Bounds) -> Bounds:
    """Return the bounds with kernels of 1 to twice the largest stride."""
    largest = max(last for _, last in bounds.stride)
    return bounds._replace(kernel=((1, min(2 * largest, LARGEST_BOUND)),))


def _find_kernel(question: Question, stride: int) -> int | None:
    """Return the kernel nearest to twice a stride of which there is an exact and even layer."""
    first, last = _share(question, "kernel")
    even = range(-(-first // stride) * stride, last + 1, stride)
    for kernel in sorted(even, key=lambda kernel: (abs(kernel - 2 * stride), -kernel)):
        asked = _ask(question, stride, kernel)
        rows = {*zip(asked.input, asked.output, asked.axis_bounds(), strict=True)}
        # Whether there is one is known long before which is the best.
        if all(any(map(_is_even, find_families(asked, *row))) for row in rows):
            return kernel
    return None


def _ask(question: Question, stride: int, kernel: int) -> Question:
    bounds = question.bounds._replace(kernel=((kernel, kernel),), stride=((stride, stride),))
    return question._replace(output=tuple([n * stride for n in question.input]), bounds=bounds)


def _is_even(family: Family) -> bool:
    return describe_overlap(family.first) == "even"


def _share(question: Question, name: str) -> Range:
    """Return the numbers that the bounds of all axes allow."""
    ranges = [getattr(bounds, name) for bounds in question.axis_bounds()]
    return max(first for first, _ in ranges), min(last for _, last in ranges)


def _build_chains(
    question: Question, products: Iterable[Strides], kernels: Mapping[int, int]
) -> Iterator[Chain]:
    """Yield the chains of these strides. Most stages are those of other chains too."""

    @cache
    def find_layer(stride: int) -> Solution:
        return solve(_ask(question, stride, kernels[stride]), 1, distinct=True).solutions[0]

    @cache
    def build_stage(stride: int, sizes: tuple[Size, ...]) -> Stage:
        layer = find_layer(stride)
        choices = [axis.choice for axis in layer.axes]
        return Stage(layer, read_choices(question, choices, sizes))

    for strides in products:
        stages: list[Stage] = []
        sizes = question.shown_input
        for stride in strides:
            stages.append(build_stage(stride, sizes))
            sizes = stages[-1].reading.output_sizes
        yield Chain(tuple(stages))


def _explain_layer(question: Question, stride: int) -> str:
    first, last = _share(question, "kernel")
    kernels = f"kernel {first}" if first == last else f"a kernel from {first} to {last}"
    return (
        f"{question.dialect} has no layer with {kernels} and an even overlap that makes exactly"
        f" {stride}N of every N"
    )
