"""Factors, and chains of layers that multiply to one: rates of published vocoders and codecs."""

from __future__ import annotations

from itertools import product
from math import prod

import pytest

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.layers.axis import Linear
from deconvcli.solver import Bounds, ask_factor, find_rates, read_bounds, solve
from deconvcli.solver.choices import read_choices
from deconvcli.solver.products import list_best, list_products, list_strides

MANY = 100_000


@pytest.mark.parametrize(
    ("rates", "place"),
    [
        ((8, 8, 2, 2), 2),  # HiFi-GAN V1, VITS
        ((8, 8, 4), 0),  # HiFi-GAN V3, UnivNet
        ((8, 8, 4, 2), 1),  # DAC 44.1 kHz
        ((8, 5, 4, 2), 3),  # EnCodec, SoundStream
        ((4, 4, 2, 2, 2, 2), 0),  # BigVGAN 24 kHz
        ((8, 4, 2, 2, 2, 2), 1),  # BigVGAN 44 kHz
        ((5, 5, 4, 3), 3),  # Parallel WaveGAN's HiFi-GAN for JSUT
        ((10, 10, 2, 2), 0),  # RVC 40 kHz
        ((10, 6, 5, 2), 0),
    ],
)
def test_published_rates_are_among_the_first(rates: tuple[int, ...], place: int) -> None:
    found = find_rates("torch", prod(rates), len(rates))
    chain = found.chains[place]
    assert chain.strides == rates
    assert chain.kernels == tuple(2 * stride for stride in rates)
    for stride, stage in zip(rates, chain.stages, strict=True):
        parameters = stage.solution.parameters
        # As DAC and EnCodec have it; for an even stride it is HiFi-GAN's and BigVGAN's.
        assert parameters["padding"] == -(-stride // 2)
        assert parameters["output_padding"] == stride % 2
    assert chain.stages[-1].reading.output_sizes == (Linear("N", prod(rates)),)


def test_a_hop_of_275_has_two_stages_where_strides_may_be_25() -> None:
    bounds = read_bounds({"kernel": range(1, 65), "stride": range(1, 33)})
    found = find_rates("torch", 275, 2, bounds=bounds)
    [chain] = [chain for chain in found if chain.strides == (11, 25)]
    numbers = [tuple(stage.solution.parameters.values()) for stage in chain.stages]
    assert numbers == [(22, 11, 1, 6, 1), (50, 25, 1, 13, 1)]


@pytest.mark.parametrize(("factor", "stages"), [(600, 4), (256, 3), (7, 1), (36, 2), (720, 5)])
def test_all_products_are_found_and_no_others(factor: int, stages: int) -> None:
    found = find_rates("torch", factor, stages, limit=MANY)
    slow = {strides for strides in product(range(2, 17), repeat=stages) if prod(strides) == factor}
    assert found.count == len(found) == len(slow)
    assert {chain.strides for chain in found} == slow


def test_falling_strides_come_first_then_few_odd_ones_then_small_ones() -> None:
    strides = [chain.strides for chain in find_rates("torch", 600, 4, limit=MANY)]
    falling = [one for one in strides if list(one) == sorted(one, reverse=True)]
    assert strides[: len(falling)] == falling
    assert falling == sorted(falling, key=lambda one: (sum(s % 2 for s in one), sum(one), one))


@pytest.mark.parametrize("dialect", DIALECTS.names)
def test_every_stage_is_exact_and_even_for_every_input(dialect: str) -> None:
    rank = 2 if DIALECTS.take(dialect).spatial_axes[0] == 2 else 1
    for n in (1, 2, 3, 17):
        found = find_rates(dialect, 60, 3, (n,) * rank)
        assert found.count > 0
        for chain in found.chains[:3]:
            assert chain.stages[-1].reading.output_sizes == (60 * n,) * rank
            assert {stage.solution.overlap for stage in chain.stages} == {"even"}


def test_a_dialect_with_one_padding_for_both_ends_has_kernels_that_it_can_crop() -> None:
    # A kernel of 22 leaves 11 elements to crop, which is no even number.
    found = find_rates("caffe", 22, 2, bounds=read_bounds({"kernel": range(1, 65)}))
    assert found.chains[0].strides == (11, 2)
    assert found.chains[0].kernels == (33, 4)


@pytest.mark.parametrize(
    ("factor", "stages", "bounds", "reason"),
    [
        (601, 4, {}, "601 is prime, and strides end at 16"),
        (1202, 2, {}, "1202 is 2*601, 601 is prime, and strides end at 16"),
        (275, 2, {}, "275 is no product of 2 strides from 2 to 16; 3 strides multiply to it,"
         " such as 11, 5, 5"),
        (600, 2, {}, "3 to 6 strides multiply to it, such as 10, 10, 6"),
        (2, 4, {}, "a single layer of stride 2 is enough"),
        (64, 3, {"stride": range(8, 9)}, "64 is no product of 3 strides from 8 to 8; 2 strides"
         " multiply to it, such as 8, 8"),
        (64, 3, {"stride": range(7, 8)}, "64 is no product of 3 strides from 7 to 7, nor of any"
         " other number of them"),
        (600, 4, {"kernel": 3}, "torch has no layer with kernel 3 and an even overlap that makes"
         " exactly 10N of every N"),
    ],
)  # fmt: skip
def test_a_reason_names_the_stages_that_do(
    factor: int, stages: int, bounds: dict[str, object], reason: str
) -> None:
    found = find_rates("torch", factor, stages, bounds=read_bounds(bounds))
    assert not found
    assert reason in found.reason


@pytest.mark.parametrize(
    ("factor", "stages", "message"),
    [
        (1, 4, "the factor 1 is outside 2 to 1000000"),
        (10**7, 4, "the factor 10000000 is outside"),
        (600, 0, "0 stages are outside 1 to 19"),
        (600, 20, "20 stages are outside 1 to 19"),
    ],
)
def test_a_chain_that_no_network_has_is_refused(factor: int, stages: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        find_rates("torch", factor, stages)


@pytest.mark.parametrize("dialect", DIALECTS.names)
@pytest.mark.parametrize("factor", [1, 2, 3, 5])
def test_a_factor_has_the_layers_that_are_exact_for_every_input(dialect: str, factor: int) -> None:
    rank = 2 if DIALECTS.take(dialect).spatial_axes[0] == 2 else 1
    bounds = read_bounds({"kernel": range(1, 7), "stride": range(1, 7)})
    answer = solve(ask_factor(dialect, (factor,) * rank, (), bounds, {}), 1)
    found = {axis.choice for axis in answer.axes[0].solutions()}
    for n in (8, 9):
        asked = answer.question._replace(
            input=(n,) * rank, output=(n * factor,) * rank, exact=False, shown=()
        )
        exact = {one.choice for one in solve(asked, 1).axes[0].solutions() if one.exact}
        assert exact == found
    for choice in found:
        for n in (1, 2, 3, 4, 5, 11):
            reading = read_choices(answer.question, (choice,) * rank, (n,) * rank)
            assert reading.output_sizes == (n * factor,) * rank


def test_a_factor_without_an_input_is_shown_in_letters() -> None:
    answer = solve(ask_factor("tensorflow", (2, 3), (), Bounds(), {}), 1)
    [layer] = answer.solutions
    assert layer.reading.output_sizes == (Linear("H", 2), Linear("W", 3))
    assert layer.macs == "2H*3W"


@pytest.mark.parametrize(
    ("factor", "bounds", "reason"),
    [
        (600, {}, "600 is no stride from 1 to 16; 3 to 6 strides multiply to it, such as 10"),
        (17, {}, "17 is prime, and strides end at 16"),
        (2, {"kernel": 3, "padding": 1, "output_padding": 0}, "kernel 3, stride 2, padding 1 and"
         " output_padding 0 make 2N-1, not exactly 2N of every N"),
        (3, {"kernel": 2, "padding": 1}, "not exactly 3N of every N"),
    ],
)  # fmt: skip
def test_a_factor_that_no_layer_has_says_what_does(
    factor: int, bounds: dict[str, object], reason: str
) -> None:
    answer = solve(ask_factor("torch", (factor,), (), read_bounds(bounds), {}), 1)
    assert not answer
    assert reason in answer.reason
    assert answer.nearest == ()


def test_products_of_the_most_divisible_factor_are_listed_at_once() -> None:
    strides = list_strides(720720, (1, 4096))
    best = list_best(list_products(720720, 8, strides))
    assert prod(next(best)) == 720720
