"""Random layers of every dialect, said in every other one: the steps give exactly their values."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np
import pytest

from deconvcli.common.errors import DeconvError, NotExpressible, Refused
from deconvcli.conversion.plan import Plan, find_plan
from deconvcli.conversion.proof import prove
from deconvcli.frameworks.dialects import DIALECTS, in_order
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading

IMPLEMENTATIONS = [
    f"{name}@{one}" for name in in_order() for one in DIALECTS.take(name).implementations
]
DRAWN = 6


def draw_layers(driver: str, count: int, seed: int) -> Iterator[Reading]:
    """Yield random layers that the framework computes."""
    framework = FRAMEWORKS.take(driver)
    random = Random(f"{driver}:{seed}")
    while count:
        case = framework.draw(random)
        try:
            reading = read_layer(
                framework.dialect, case.params, case.input_shape, case.weight_shape, case.rank
            )
        except DeconvError:
            continue
        if not reading.no_values and reading.answered is None:
            count -= 1
            yield reading


def find(reading: Reading, name: str) -> Plan | None:
    try:
        return find_plan(reading, name)
    except (NotExpressible, Refused):
        return None


SOURCES = [name for name in FRAMEWORKS.names if FRAMEWORKS.take(name).has_values]


@pytest.mark.parametrize("driver", SOURCES)
def test_every_plan_gives_the_values_of_its_layer(driver: str) -> None:
    asked = said = 0
    for reading in draw_layers(driver, DRAWN, seed=1):
        for name in [*in_order(), *IMPLEMENTATIONS]:
            plan = find(reading, name)
            asked += 1
            if plan is None:
                continue
            said += 1
            proof = prove(plan)
            assert proof is not None
            assert proof.holds, (reading, name, plan)
            weight = np.arange(np.prod(reading.weight_shape)).reshape(reading.weight_shape)
            scope: dict[str, Any] = {"w": weight, "np": np}
            exec("\n".join(plan.recipe.lines), scope)
            assert np.array_equal(scope["w"], plan.recipe.apply(weight)), plan.recipe.lines
    assert said >= 0.9 * asked, (said, asked)


def test_a_wrong_plan_is_found_out() -> None:
    reading = read_layer("keras", {"strides": 2, "padding": "same"}, (1, 5, 5, 3), (3, 3, 2, 3))
    plan = find_plan(reading, "torch")
    assert plan.cuts == ((0, 1), (0, 1))
    shifted = plan._replace(cuts=((1, 0), (1, 0)))
    proof = prove(shifted)
    assert proof is not None
    assert not proof.holds
    assert str(proof).endswith("of 200 values equal")
