"""Conditions around layers in Python source: values for which they do not hold make no layer."""

from __future__ import annotations

from pathlib import Path

import pytest

from deconvcli.models.reading import read_model
from tests.models.test_python_values import kernels

UP = "nn.ConvTranspose1d(3, 3, k)"
# Each with (kernel, stride) of its layers.
CONDITIONS = {
    f"def f(k=0):\n    if k > 0:\n        return {UP}": [],
    f"def f(k=2):\n    if k > 0:\n        return {UP}": [(2, 1)],
    f"def f(k=0):\n    return {UP} if k else None": [],
    f"def f(k=0):\n    if not k:\n        return None\n    return {UP}": [],
    f"def f(k=0):\n    assert k, 'no kernel'\n    return {UP}": [],
    f"def f(k=0):\n    if k is None or k == 0:\n        pass\n    else:\n        return {UP}": [],
    f"class A:\n    def __init__(self, k=0):\n        self.k = k\n        if self.k > 0:\n"
    f"            B(k)\nclass B:\n    def __init__(self, k):\n        {UP}": [],
    f"def f(k):\n    if k > 1:\n        {UP}\nf(0), f(2)": [(2, 1)],
    f"for k in (0, 1, 2):\n    if k == 0:\n        continue\n    {UP}": [(1, 1), (2, 1)],
    f"a = [{UP} if k else None for k in (0, 3)]": [(3, 1)],
    # The branch is an option of the author, on which the kernel does not depend.
    f"def f(fixed=True, k=2):\n    if fixed:\n        pass\n    else:\n        {UP}": [(2, 1)],
    f"FAST = False\nk = 3\nif FAST:\n    {UP}": [(3, 1)],
    # A function is called later, where its own conditions hold.
    f"def f(k=0):\n    if k == 1:\n        def g(k=2):\n            {UP}": [(2, 1)],
}


@pytest.mark.parametrize("text", CONDITIONS, ids=range(len(CONDITIONS)))
def test_values_for_which_a_condition_does_not_hold_make_no_layer(
    text: str, tmp_path: Path
) -> None:
    assert kernels(tmp_path, text) == CONDITIONS[text]

    # Such a layer would be refused.
    path = tmp_path / "a.py"
    assert read_model(str(path), {}).findings == ()


EXPRESSIONS = {
    "up = nn.ConvTranspose1d(3, 3, 4 if True else 3)": [(4, 1)],
    "def f(fast=True):\n    k = 4 if fast else 3\n    nn.ConvTranspose1d(3, 3, k)": [(4, 1)],
    "def f(k=None):\n    nn.ConvTranspose1d(3, 3, k or 3)": [(3, 1)],
    "K = [3, 4, 5]\nnn.ConvTranspose1d(3, 3, len(K), max(K[0], K[1]))": [(3, 4)],
    "K = [3, 4, 5]\nnn.ConvTranspose1d(3, 3, sum(K), min(2, K[0]))": [(12, 2)],
    "K = [2 ** i for i in range(1, 3)]\nnn.ConvTranspose1d(3, 3, K[1], K[0])": [(4, 2)],
    "for k in [2 * i for i in (1, 2)]:\n    nn.ConvTranspose1d(3, 3, k)": [(2, 1), (4, 1)],
    "K = [3, 4, 5, 6]\nnn.ConvTranspose1d(3, 3, K[1:][0], K[::-2][1])": [(4, 4)],
    "import math\nnn.ConvTranspose1d(3, 3, math.floor(4.5), 2 if 1 < 2 else 3)": [(4, 2)],
    "for k in list([2, 3]):\n    nn.ConvTranspose1d(3, 3, k)": [(2, 1), (3, 1)],
    "K = {'a': 4}\nnn.ConvTranspose1d(3, 3, K['a'])": [(4, 1)],
    "import math\nnn.ConvTranspose1d(3, 3, math.ceil(7 / 2))": [(4, 1)],
    "nn.ConvTranspose1d(3, 3, int(2.0) if 'a' in ['a'] else 1)": [(2, 1)],
}


@pytest.mark.parametrize("text", EXPRESSIONS, ids=range(len(EXPRESSIONS)))
def test_expressions_that_are_computed(text: str, tmp_path: Path) -> None:
    assert kernels(tmp_path, text) == EXPRESSIONS[text]


UNKNOWN = [
    "nn.ConvTranspose1d(3, 3, 4 if fast else 3)",
    "nn.ConvTranspose1d(3, 3, own.max(3, 4))",
    "def max(*a): return 7\nnn.ConvTranspose1d(3, 3, max(3, 4))",
    "nn.ConvTranspose1d(3, 3, given or 3)",
    "nn.ConvTranspose1d(3, 3, {'a': 4}[key])",
    "nn.ConvTranspose1d(3, 3, [4, 5][:n][0])",
    "nn.ConvTranspose1d(3, 3, int(k))",
    "nn.ConvTranspose1d(3, 3, sum(['a']))",
    "K = [i for i in range(3) if i]\nnn.ConvTranspose1d(3, 3, K[1])",
    "nn.ConvTranspose1d(3, 3, 1 if 'a' < 3 else 2)",
]


@pytest.mark.parametrize("text", UNKNOWN)
def test_expressions_that_are_not_known(text: str, tmp_path: Path) -> None:
    assert kernels(tmp_path, text) == []
