"""Values in Python source: constants, defaults, loops, call sites; and what has none."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from deconvcli.layers.layer import Reading
from deconvcli.models.reading import read_model

HEAD = "from torch import nn\n"
# Tracing of coverage takes several times as long as the second that is allowed.
MAX_SECONDS = 1.0 if sys.gettrace() is None else 10.0


def read(tmp_path: Path, text: str) -> list[Reading]:
    """Return the layers that a text has."""
    path = tmp_path / "a.py"
    path.write_text(HEAD + text, encoding="utf-8")
    found = [layer.reading for layer in read_model(str(path), {}).layers]
    return [reading for reading in found if reading is not None]


def kernels(tmp_path: Path, text: str) -> list[tuple[int, int]]:
    """Return (kernel, stride) of each layer that a text has."""
    axes = [reading.layer.axes[0] for reading in read(tmp_path, text)]
    return [(axis.kernel, axis.stride) for axis in axes]


KNOWN = {
    "K, S = 4, 2\nup = nn.ConvTranspose2d(3, 3, K, S)": [(4, 2)],
    "K = 2 * 3\nup = nn.ConvTranspose2d(3, 3, K - 1, K // 3)": [(5, 2)],
    "RATES = [8, 4]\nup = nn.ConvTranspose2d(3, 3, RATES[0], RATES[-1])": [(8, 4)],
    "def make(c, k=4, *, s=2):\n    return nn.ConvTranspose2d(c, c, k, s)": [(4, 2)],
    "def make(k):\n    s = k // 2\n    return nn.ConvTranspose2d(3, 3, k, s)\n"
    "make(4), make(k=8), make(4)": [(4, 2), (8, 4)],
    "def inner(k):\n    return nn.ConvTranspose2d(3, 3, k)\n"
    "def outer(k):\n    return inner(k + 1)\nouter(3)": [(4, 1)],
    "for k, s in zip([16, 4], (8, 2)):\n    nn.ConvTranspose1d(3, 3, k, s)": [(16, 8), (4, 2)],
    "for i in range(2):\n    k = 2 + i\n    nn.ConvTranspose1d(3, 3, k)": [(2, 1), (3, 1)],
    "for i, k in enumerate((5, 7), 1):\n    nn.ConvTranspose1d(3, 3, k, i)": [(5, 1), (7, 2)],
    "for i, k in enumerate((5, 7)):\n    nn.ConvTranspose1d(3, 3, k, i + 1)": [(5, 1), (7, 2)],
    "for k in reversed([5, 7]):\n    nn.ConvTranspose1d(3, 3, k)": [(7, 1), (5, 1)],
    "a = [nn.ConvTranspose1d(3, 3, k) for k in (2, 3)]": [(2, 1), (3, 1)],
    "a = [nn.ConvTranspose1d(3, 3, k, s) for k, s in zip(*[[2], [1]])]": [],
    "for s in (1, 2):\n    a = [nn.ConvTranspose1d(3, 3, k, s) for k in (2, 3)]": [
        *[(2, 1), (2, 2), (3, 1), (3, 2)]
    ],
    "for k in (1, 2):\n    pass\nfor k in (3, 4):\n    nn.ConvTranspose1d(3, 3, k)": [
        *[(3, 1), (4, 1)]
    ],
    "class A(nn.Module):\n    K = 4\n    def f(self):\n        nn.ConvTranspose1d(3, 3, self.K)": [
        (4, 1)
    ],
    "class Config:\n    k = 4\nup = nn.ConvTranspose1d(3, 3, Config.k)": [(4, 1)],
    "class A(nn.Module):\n    def __init__(self, k=3):\n        self.k = k\n"
    "    def f(self):\n        nn.ConvTranspose1d(3, 3, self.k)\nA(5)": [(5, 1)],
    "class A(nn.Module):\n    def __init__(self):\n        self.up = self.make(6)\n"
    "    def make(self, k, s=2):\n        return nn.ConvTranspose1d(3, 3, k, s)": [(6, 2)],
    "class A(nn.Module):\n    def __init__(self, k):\n        nn.ConvTranspose1d(3, 3, k)\n"
    "class B(A):\n    def __init__(self):\n        super().__init__(7)": [(7, 1)],
    "class A(nn.Module):\n    def __init__(self, k):\n        nn.ConvTranspose1d(3, 3, k)\n"
    "class B(A):\n    pass\nB(7)": [(7, 1)],
    "class A:\n    @staticmethod\n    def make(k):\n        nn.ConvTranspose1d(3, 3, k)\n"
    "    def f(self):\n        self.make(3)": [(3, 1)],
    "def make(**more):\n    return nn.ConvTranspose1d(3, 3, **dict(kernel_size=3))": [(3, 1)],
    "def make(*sizes, **more):\n    return nn.ConvTranspose1d(*sizes, **more)\n"
    "make(c, 3, 5), make(3, 3, kernel_size=6, stride=2)": [(5, 1), (6, 2)],
    "def make(c, *sizes, up=1, **more):\n    return nn.ConvTranspose1d(c, c, *sizes, **more)\n"
    "make(3, 5), make(3, 6, up=3, stride=2)": [(5, 1), (6, 2)],
    "class A(nn.Module):\n    def __init__(self, c, *sizes):\n"
    "        nn.ConvTranspose1d(c, c, *sizes)\nA(3, 5), A(3, 6, 2)": [(5, 1), (6, 2)],
    "def make(**more):\n    return nn.ConvTranspose1d(3, 3, more['k'], more.get('s', 2))\n"
    "make(k=3), make(k=4, s=1)": [(3, 2), (4, 1)],
}


@pytest.mark.parametrize("text", KNOWN, ids=range(len(KNOWN)))
def test_values_that_the_file_has(text: str, tmp_path: Path) -> None:
    assert kernels(tmp_path, text) == KNOWN[text]


UNKNOWN = [
    "def make(k):\n    return nn.ConvTranspose2d(3, 3, k)",
    "K = 4\nK = 5\nup = nn.ConvTranspose2d(3, 3, K)",
    "K = 4\nK += 1\nup = nn.ConvTranspose2d(3, 3, K)",
    "if x:\n    K = 4\nelse:\n    K = 5\nup = nn.ConvTranspose2d(3, 3, K)",
    "K = 4\ndef f():\n    global K\n    K = 5\nup = nn.ConvTranspose2d(3, 3, K)",
    "K = 4\ndel K\nup = nn.ConvTranspose2d(3, 3, K)",
    "R = [4]\nR[0] = 5\nup = nn.ConvTranspose2d(3, 3, R[0])",
    "R = [4]\nR.insert(0, 5)\nup = nn.ConvTranspose2d(3, 3, R[0])",
    "K = 4\nwith x as K:\n    up = nn.ConvTranspose2d(3, 3, K)",
    "K = 4\nmatch x:\n    case {**K}:\n        up = nn.ConvTranspose2d(3, 3, K)",
    "K = 4\nup = nn.ConvTranspose2d(3, 3, (K := 3))",
    "K = 4\ndef make(*K):\n    up = nn.ConvTranspose2d(3, 3, K)",
    "K = 4\nup = lambda K: nn.ConvTranspose2d(3, 3, K)",
    "def make(k=4):\n    k = k or 3\n    return nn.ConvTranspose2d(3, 3, k)",
    "def make(k=4):\n    return nn.ConvTranspose2d(3, 3, k)\nmake(*rates)",
    "def make(k=4):\n    return nn.ConvTranspose2d(3, 3, k)\nmake(**rates)",
    "def make(*sizes):\n    return nn.ConvTranspose2d(*sizes)",
    "def make(*sizes):\n    return nn.ConvTranspose2d(*sizes)\nmake(*own)",
    "def make(**more):\n    more.setdefault('kernel_size', 3)\n"
    "    return nn.ConvTranspose2d(3, 3, **more)\nmake(kernel_size=4)",
    "def make(k):\n    return make(k + 1) if k else nn.ConvTranspose2d(3, 3, k)",
    "for k in rates:\n    nn.ConvTranspose1d(3, 3, k)",
    "for k in range(100_000):\n    nn.ConvTranspose1d(3, 3, k)",
    "for k in (3, 4):\n    pass\nnn.ConvTranspose1d(3, 3, k)",
    "for k in (3, 4):\n    n = k\nnn.ConvTranspose1d(3, 3, n)",
    "for k in (3, 4):\n    def f():\n        nn.ConvTranspose1d(3, 3, k)",
    "def zip(a, b): ...\nfor k, s in zip([4], [2]):\n    nn.ConvTranspose1d(3, 3, k, s)",
    "class A:\n    K = 4\n    def f(self):\n        self.K = 5\n"
    "        nn.ConvTranspose1d(3, 3, self.K)",
    "class A:\n    K = 4\n    def f(self):\n        nn.ConvTranspose1d(3, 3, self.K)\n"
    "class B(A):\n    K = 5",
    "class A:\n    k = 4\nA.k = 5\nnn.ConvTranspose1d(3, 3, A.k)",
    "class A:\n    K = 4\n    def f(self):\n        nn.ConvTranspose1d(3, 3, K)",
    "a = b\nb = a\nnn.ConvTranspose1d(3, 3, a)",
    "class A:\n    def __init__(self):\n        self.k = [3]\n        self.k.append(4)\n"
    "        nn.ConvTranspose1d(3, 3, self.k[0])",
    "class A:\n    def __init__(self):\n        self.k = [3]\n        self.k[0] = 4\n"
    "        nn.ConvTranspose1d(3, 3, self.k[0])",
    "K = [3]\nfor K[0] in (4, 5):\n    nn.ConvTranspose1d(3, 3, K[0])",
    "K = [3]\nK[0] += 1\nnn.ConvTranspose1d(3, 3, K[0])",
    "K = [3]\ndel K[0]\nnn.ConvTranspose1d(3, 3, K[0])",
    "class A:\n    k = 3\n    def f(self):\n        for self.k in (4, 5):\n"
    "            nn.ConvTranspose1d(3, 3, self.k)",
    "K = 4\ntry:\n    pass\nexcept Error as K:\n    nn.ConvTranspose2d(3, 3, K)",
    "def make(k, *sizes):\n    for n in range(k, *sizes):\n        nn.ConvTranspose1d(3, 3, n)",
]


@pytest.mark.parametrize("text", UNKNOWN, ids=range(len(UNKNOWN)))
def test_values_that_only_the_program_has(text: str, tmp_path: Path) -> None:
    assert kernels(tmp_path, text) == []


def test_fields_of_flax_are_parameters(tmp_path: Path) -> None:
    text = (
        "import flax.linen as linen\nclass Up(linen.Module):\n    features: int\n    k: int = 3\n"
        "    def __call__(self, x):\n"
        "        return linen.ConvTranspose(self.features, (self.k, self.k))(x)\n"
    )
    assert kernels(tmp_path, text) == [(3, 1)]
    assert kernels(tmp_path, text + "Up(3), Up(4, 5), Up(4, k=7)\n") == [(3, 1), (5, 1), (7, 1)]


def test_layers_of_one_call_are_told_apart_by_what_differs(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(
        HEAD + "def make(c, k, s=2):\n    up = nn.ConvTranspose2d(c, c, k, s)\n    return up\n"
        "make(3, 4), make(8, 4), make(8, 5)\n",
        encoding="utf-8",
    )
    layers = read_model(str(path), {}).layers
    assert [layer.name for layer in layers] == ["make.up (k=4)", "make.up (k=5)"]
    # The channels of the first differ from call to call.
    assert [layer.output for layer in layers] == [(1, None, "2H+2", "2W+2"), (1, 8, "2H+3", "2W+3")]
    assert layers[0].parameters is None


def test_a_test_may_expect_an_error(tmp_path: Path) -> None:
    text = "with pytest.raises(ValueError):\n    nn.ConvTranspose2d(3, 3, 0)\n"
    assert read(tmp_path, text) == []
    path = tmp_path / "a.py"
    assert read_model(str(path), {}).findings == ()
    path.write_text(HEAD + "nn.ConvTranspose2d(3, 3, 0)\n", encoding="utf-8")
    assert len(read_model(str(path), {}).findings) == 1


def test_hostile_dependencies_end(tmp_path: Path) -> None:
    lines = [f"a{number} = a{number + 1} + b{number + 1}\n" for number in range(300)]
    lines += [f"b{number} = a{number + 1} - b{number + 1}\n" for number in range(300)]
    assert kernels(tmp_path, "".join(lines) + "nn.ConvTranspose2d(3, 3, a0)\n") == []
    calls = "".join(f"f{number + 1}(x), f{number + 1}(x)\n" for number in range(30))
    functions = "".join(f"def f{number}(x):\n    f{number + 1}(x)\n" for number in range(30))
    text = f"{functions}{calls}def f31(x):\n    nn.ConvTranspose2d(3, 3, x)\n"
    assert kernels(tmp_path, text) == []


HEAVY = {
    "powers": "nn.ConvTranspose1d(3, 3, 10 ** 10 ** 10)\nnn.ConvTranspose1d(3, 3, 9 ** 64 ** 9)",
    "repeated": "nn.ConvTranspose1d(3, 3, 'a' * 10 ** 12)\n"
    "nn.ConvTranspose1d(3, 3, ([1] * 10 ** 12)[0])",
    "comprehensions": f"K = {'[' * 6}i{' for i in range(64)]' * 6}\nnn.ConvTranspose1d(3, 3, K[0])",
    "ranges": "for k, s in zip(range(10 ** 12), range(10 ** 12)):\n    nn.ConvTranspose1d(3, 3, k)",
    "sums": "nn.ConvTranspose1d(3, 3, sum(range(10 ** 12)))",
    "doubled": "K0 = [1]\n"
    + "".join(f"K{n + 1} = [K{n}, K{n}]\n" for n in range(40))
    + "nn.ConvTranspose1d(3, 3, K20)",
    "conditions": "def f(k=1):\n"
    + "    if k == 0:\n        return\n" * 5_000
    + "    nn.ConvTranspose1d(3, 3, s)\n" * 200,
    "sums of names": f"nn.ConvTranspose1d(3, 3, {'k + ' * 400}1)",
    "calls": "def f(k):\n    nn.ConvTranspose1d(3, k, unknown(k))\n" + "f(1)\n" * 10_000,
}


@pytest.mark.parametrize("name", HEAVY)
def test_heavy_expressions_have_no_value_and_take_no_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text(HEAD + HEAVY[name], encoding="utf-8")
    started = time.process_time()
    found = read_model(str(path), {})
    assert time.process_time() - started < MAX_SECONDS
    assert all(layer.output is None for layer in found.layers)
    assert "numbers that only the program has" in found.notes[0]
