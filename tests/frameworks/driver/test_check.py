"""The check of one framework's output, from Python."""

from __future__ import annotations

import numpy as np
import pytest

import deconvcli
from deconvcli.frameworks.driver.base import Framework
from deconvcli.frameworks.driver.check import check_framework
from deconvcli.frameworks.drivers import coreml, tflite
from tests.fakes import agreeable, wrong

pytestmark = pytest.mark.usefixtures("fakes_can_be_found")
X, W = np.ones((1, 2, 2), "float32"), np.ones((2, 1, 3), "float32")
LAYER = deconvcli.layer("torch", input_shape=X.shape, weight_shape=W.shape)


@pytest.mark.parametrize(
    ("framework", "agrees", "why"),
    [
        (agreeable.FRAMEWORK, True, ""),
        (wrong.FRAMEWORK, False, ""),
        (coreml.FRAMEWORK, None, "infers shapes and computes no values"),
        (tflite.FRAMEWORK, None, "cannot "),
    ],
    ids=["right", "wrong", "without values", "not expressible"],
)
def test_a_check_agrees_or_says_why_it_cannot(
    framework: Framework, agrees: bool | None, why: str
) -> None:
    check = check_framework(framework, LAYER, X, W)
    assert (check.name, check.agrees) == (framework.dialect, agrees)
    assert (check.agreement is None) == (agrees is None)
    assert check.why.startswith(why)
    assert bool(check.why) == bool(why)
