"""A few mutated layers in each form; the module runs as many as one wants."""

from __future__ import annotations

import random
import time
from contextlib import suppress

import pytest

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.pasted.refusals import MAX_CALL_CHARACTERS
from tests.frameworks.pasted.fuzz import FORMS, MAX_SECONDS, tally

N = MAX_CALL_CHARACTERS - 100


@pytest.mark.parametrize("name", FORMS)
def test_mutated_layers_are_read_or_refused(name: str) -> None:
    found = tally(FORMS[name], 100, seed=7)
    assert found.errors == []
    assert min(found.accepted, found.refused) > 0


def test_another_error_is_found() -> None:
    def fail(text: str, dice: object) -> None:
        raise KeyError(text)

    found = tally(FORMS["sizes"]._replace(read=fail), 3, seed=7)
    assert [problem.partition(":")[0] for problem, _ in found.errors] == ["KeyError"] * 3


@pytest.mark.parametrize(
    "text",
    [
        *("```" + "(" * N, '"' + "(" * N + '"', "f(" + ")" * N, "(" * N, "f(" + "-" * N + "1)"),
        *("x: " * (N // 3) + "\n", "x\n" * (N // 2), "kernel_shape: " + "4, " * (N // 4)),
        *("a." * (N // 2) + "0 f(", "[name: 'a'" + ", name: 'b'" * (N // 11) + "]"),
        *(
            "\t" * N + "(",
            "\u2500" * N,
            "a" * N + "convolution_param {",
            "x=1\n" * (N // 4) + "f(x)",
        ),
        *("a=[1]\n" + "a=a+a\n" * (N // 6) + "f(a)", "f(" + "9**64*" * (N // 8) + "1)"),
        *("ConvTranspose( # Param: " + "<" * N, "f(" + "[1]*8*" * (N // 8) + "1)"),
        "tf.nn.conv2d_transpose(x, w, [" + "x.shape[1]*2, " * (N // 20) + "1], 2)",
        "Conv2DTranspose.from_config(" + '{"a":' * (N // 8) + "1" + "}" * (N // 8) + ")",
    ],
)
def test_a_long_text_is_read_or_refused_in_time(text: str) -> None:
    begun = time.process_time()
    with suppress(DeconvError):
        FORMS["requested"].read(text, random.Random(7))
    assert time.process_time() - begun < MAX_SECONDS
