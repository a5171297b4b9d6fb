"""Every writer: its modules are plain Python, and right where their framework is installed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deconvcli.common.errors import NotExpressible
from deconvcli.conversion.equivalents import FOR_ANY_WEIGHTS, find_equivalent
from deconvcli.conversion.writers import WRITERS
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.drivers import FRAMEWORKS
from tests.conversion.drawn import SOURCES, draw_layers
from tests.conversion.equivalents.resized import CASES, list_layers

DRAWN, EXECUTED = 4, 5
DRIVERS = {FRAMEWORKS.take(name).dialect: name for name in FRAMEWORKS.names}
# Keras' plain name takes what its settings would.
EXECUTING = {name: DRIVERS.get(name, "") for name in WRITERS.names} | {
    "keras": "keras_tensorflow",
    "keras@torch": "keras_torch",
    "keras@jax": "keras_jax",
}


@pytest.fixture(scope="module", params=WRITERS.names)
def modules(request: pytest.FixtureRequest) -> list[str]:
    """Return modules of random layers in one dialect."""
    texts = []
    for driver in SOURCES:
        for layer in draw_layers(driver, DRAWN, seed=3):
            for way in FOR_ANY_WEIGHTS:
                try:
                    texts.append(find_equivalent(layer, request.param, way).write_module())
                except NotExpressible:
                    continue
    resized = [find_equivalent(one, request.param, "resize") for one in list_layers()]
    texts += [one.write_module() for one in resized]
    assert len(texts) > 3 * len(SOURCES)
    return texts


def test_modules_define_build_without_a_transposed_convolution(modules: list[str]) -> None:
    for text in modules:
        _, *body = ast.parse(text).body
        [build] = [node for node in body if isinstance(node, ast.FunctionDef)]
        assert (build.name, ast.unparse(build.args)) == ("build", "weight, bias=None")
        called = [node.func for node in ast.walk(build) if isinstance(node, ast.Call)]
        names = [ast.unparse(one) for one in called]
        assert not [one for one in names if "conv_transpose" in one or "ConvTranspose" in one]


def test_modules_are_formatted(modules: list[str], tmp_path: Path) -> None:
    for number, text in enumerate(dict.fromkeys(modules)):
        (tmp_path / f"module_{number}.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[:2000]


@pytest.mark.parametrize("name", EXECUTING)
def test_modules_give_the_values_of_their_layer(name: str) -> None:
    *wrong, count = execute("executed", name, str(EXECUTED))
    assert wrong == []
    executed, asked = count.split(" of ")
    assert int(executed) >= 0.9 * int(asked)


@pytest.mark.parametrize("name", EXECUTING)
def test_resizes_give_the_values_of_their_layer(name: str) -> None:
    assert execute("resized", name) == [str(len(CASES))]


def execute(program: str, name: str, *words: str) -> list[str]:
    """Return what a program of this folder prints in a framework; skip where that is missing."""
    driver = FRAMEWORKS.take(EXECUTING[name])
    if driver.find_missing():
        assert not (driver.in_extra and os.environ.get("DECONV_REQUIRE_FRAMEWORKS"))
        pytest.skip(f"{take(name)[0].title} is not installed")
    done = subprocess.run(
        [sys.executable, "-m", f"tests.conversion.equivalents.{program}", name, *words],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
        env={**os.environ, **driver.environment},
    )
    return done.stdout.splitlines()
