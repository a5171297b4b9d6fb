"""The inputs of a whole layer: all that a slow search finds, in every dialect."""

from __future__ import annotations

import random
from itertools import islice, product
from typing import Any

import pytest

from deconvcli.common.errors import DeconvError, Refused
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.frameworks.request import LayerRequest
from deconvcli.layers.layer import Reading
from deconvcli.solver.inputs import Inputs, Read, find_inputs
from deconvcli.solver.ways import find_ways

FAR = 9


def reader(dialect: str, rank: int, roles: dict[str, Any]) -> Read:
    request = LayerRequest(None, dialect, (5,) * rank, roles=roles)
    pasted, _ = request.parse()
    return lambda sizes: request._replace(input_size=sizes).read(pasted).reading


def find(call: str, *wanted: int, **roles: Any) -> Inputs:
    request = LayerRequest(call, None, wanted, roles=roles)
    pasted, _ = request.parse()
    return find_inputs(
        lambda sizes: request._replace(input_size=sizes).read(pasted).reading, wanted
    )


def throw_roles(dice: random.Random, dialect: str, rank: int, outputs: tuple[int, ...]) -> Any:
    """Return random parameters, half of them with a requested size where there is one."""
    ways = find_ways(dialect, rank)
    way = dice.choice(ways)
    own = DIALECTS.take(dialect)
    roles: dict[str, Any] = {
        "kernel": tuple(dice.randint(1, 6) for _ in range(rank)),
        "stride": tuple(dice.randint(1, 4) for _ in range(rank)),
    }
    if way.word:
        roles["padding"] = way.word
    elif way.is_pair:
        roles["padding"] = tuple((dice.randint(0, 2), dice.randint(0, 2)) for _ in range(rank))
    else:
        roles["padding"] = tuple(dice.randint(0, 2) for _ in range(rank))
    if way.adds:
        roles["output_padding"] = tuple(dice.randint(0, stride - 1) for stride in roles["stride"])
    elif way.requests or (own.argument("output_size") is not None and dice.random() < 0.5):
        roles["output_size"] = outputs
    return roles


def search_slowly(read: Read, wanted: tuple[int, ...]) -> tuple[set[tuple[int, ...]], int]:
    """Return the inputs up to FAR that have the output, and how many are accepted."""
    found, accepted = set(), 0
    for sizes in product(range(1, FAR + 1), repeat=len(wanted)):
        try:
            accepted += 1
            if read(sizes).output_sizes == wanted:
                found.add(sizes)
        except Refused:
            accepted -= 1
    return found, accepted


@pytest.mark.parametrize("dialect", DIALECTS.names)
def test_all_inputs_are_found_and_no_others(dialect: str) -> None:
    dice, seen = random.Random(31), 0
    ranks = [rank for rank in (1, 2) if rank in DIALECTS.take(dialect).spatial_axes]
    for _ in range(25):
        rank = dice.choice(ranks)
        wanted = tuple(dice.randint(1, 18) for _ in range(rank))
        read = reader(dialect, rank, throw_roles(dice, dialect, rank, wanted))
        slow, accepted = search_slowly(read, wanted)
        try:
            found = find_inputs(read, wanted)
        except DeconvError:
            assert accepted == 0
            continue
        columns = [[n for n in islice(axis.list_inputs(), FAR) if n <= FAR] for axis in found.axes]
        assert {*product(*columns)} == slow
        assert found.solutions[:1] == tuple(islice(product(*columns), 1)) or not slow
        assert bool(found) == (not found.reason)
        seen += len(slow)
        for reading in found.nearest:
            assert reading.output_sizes != wanted
    assert seen > 0


@pytest.mark.parametrize(
    ("call", "wanted", "inputs"),
    [
        ("nn.ConvTranspose2d(64, 32, 16, stride=8, padding=4)", (488, 368), (61, 46)),
        ("nn.ConvTranspose2d(8, 8, 4, 2, 1)", (28, 30), (14, 15)),
        ("nn.ConvTranspose1d(8, 8, 22, 11, 6, 1)", (275000,), (25000,)),
        ("nn.ConvTranspose1d(8, 8, 4, 2, 1)", (2**50,), (2**49,)),
        ('Conv2DTranspose(8, 3, strides=2, padding="same", output_padding=0)', (23, 25), (12, 13)),
        ("nn.ConvTranspose3d(8, 8, 3, 2, 1)", (7, 9, 11), (4, 5, 6)),
    ],
)
def test_an_input_is_found_without_trying_all(
    call: str, wanted: tuple[int, ...], inputs: tuple[int, ...]
) -> None:
    assert find(call, *wanted).solutions == (inputs,)


def test_none_names_the_nearest_inputs_on_both_sides() -> None:
    found = find("nn.ConvTranspose2d(64, 32, 16, stride=8, padding=4)", 489, 368)
    assert not found
    assert found.count == 0
    assert found.reason == "height: 61 gives 488 and 62 gives 496, and no input 489"
    assert [(one.spatial, one.output_sizes) for one in found.nearest] == [
        ((61, 46), (488, 368)),
        ((62, 46), (496, 368)),
    ]
    smallest = find("nn.ConvTranspose1d(8, 8, 4, stride=2)", 1)
    assert smallest.reason == "1 gives 4, and no input 1"
    assert [one.spatial for one in smallest.nearest] == [(1,)]


def request(dialect: str, outputs: tuple[int, ...], **roles: Any) -> Inputs:
    return find_inputs(reader(dialect, len(outputs), {**roles, "output_size": outputs}), outputs)


def test_a_requested_size_is_accepted_by_all_inputs_that_map_to_it() -> None:
    numbers = {"kernel": (4, 4), "stride": (2, 3)}
    assert request("tensorflow", (489, 368), padding="same", **numbers).solutions == ((245, 123),)
    long = request("tensorflow", (44100,), padding="valid", kernel=(16,), stride=(1,))
    assert long.solutions == ((44085,),)
    every = request("onnx", (21,), kernel=(4,), stride=(2,))
    assert every.count is None
    assert every.axes[0].first == 1
    assert every.axes[0].last is None


def test_a_layer_that_requests_another_size_has_no_input() -> None:
    read = reader("torch", 1, {"kernel": (4,), "stride": (2,), "output_size": (21,)})
    found = find_inputs(read, (28,))
    assert found.reason == "9 gives 21, and no input 28"


def test_a_layer_that_is_never_accepted_is_refused() -> None:
    with pytest.raises(Refused, match="output_padding 5 is not smaller"):
        find("nn.ConvTranspose1d(8, 8, 4, 2, output_padding=5)", 21)


def test_any_function_whose_larger_inputs_have_no_smaller_outputs_will_do() -> None:
    plain = reader("torch", 1, {"kernel": (1,)})

    def read(sizes: tuple[int, ...]) -> Reading:
        # Two inputs have each output, which grows by steps.
        return plain((max(1, sizes[0] // 2),))

    assert find_inputs(read, (7,)).solutions == ((14,), (15,))
    assert find_inputs(read, (1,)).solutions == ((1,), (2,), (3,))
