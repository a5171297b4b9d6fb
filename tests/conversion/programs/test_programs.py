"""Every program: its modules are plain Python, and right where their framework is installed."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deconvcli.conversion import convert
from deconvcli.conversion.programs import PROGRAMS
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.spelling import read_layer
from tests.conversion.drawn import SOURCES, draw_layers

DRAWN, EXECUTED = 4, 8
# tinygrad without a compiler takes a third of a second for each, and a converted model one.
FEWER = {"tinygrad": 2, "tflite": 1}
# TensorFlow converts the models that LiteRT runs.
ALSO = {"tflite": ["tensorflow"]}
# What a module imports besides NumPy and the standard library.
OWN = {
    "flax": {"jax", "flax"},
    "jax": {"jax"},
    "keras": {"keras"},
    "keras2": {"tensorflow", "tf_keras"},
    "mlx": {"mlx"},
    "onnx": {"onnx", "onnxruntime"},
    "openvino": {"openvino"},
    "paddle": {"paddle"},
    "tensorflow": {"tensorflow"},
    "tflite": {"tensorflow", "ai_edge_litert"},
    "tinygrad": {"tinygrad"},
    "torch": {"torch"},
}
DRIVERS = {FRAMEWORKS.take(name).dialect: name for name in FRAMEWORKS.names}
# Plain names take what Keras' settings, or the newest implementation, would.
EXECUTING = {name: DRIVERS.get(name) for name in PROGRAMS.names} | {
    "keras": "keras_tensorflow",
    "keras@torch": "keras_torch",
    "keras@jax": "keras_jax",
    "onnx": "onnx_onnxruntime",
    "onnx@reference": "onnx_reference",
}


@pytest.fixture(scope="module", params=PROGRAMS.names)
def modules(request: pytest.FixtureRequest) -> tuple[str, list[str]]:
    """Return a dialect, and modules of random layers."""
    name: str = request.param
    layers = [one for driver in SOURCES for one in draw_layers(driver, DRAWN, seed=3)]
    # Some frameworks refuse an empty batch.
    return name, [convert(one, name).write_program() for one in layers if all(one.sizes.batch)]


def test_modules_define_build_alone(modules: tuple[str, list[str]]) -> None:
    for text in modules[1]:
        documentation, *body = ast.parse(text).body
        assert isinstance(documentation, ast.Expr)
        [build] = [node for node in body if isinstance(node, ast.FunctionDef)]
        assert ast.unparse(build.args) == "weight, bias=None"
        assert (build.name, ast.unparse(build.body[-1])) == ("build", "return apply")
        assert "array" in (ast.get_docstring(build) or "")


def test_modules_need_numpy_and_their_framework_alone(modules: tuple[str, list[str]]) -> None:
    name, texts = modules
    for text in texts:
        found = set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                found.add((node.module or "").partition(".")[0])
        assert found - {"os"} <= OWN[name] | {"numpy"}


def test_modules_are_formatted(modules: tuple[str, list[str]], tmp_path: Path) -> None:
    name, texts = modules
    for number, text in enumerate(dict.fromkeys(texts)):
        (tmp_path / f"{name}_{number}.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", str(tmp_path)],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[:2000]


@pytest.mark.parametrize(
    ("name", "dtype"),
    [*[(name, "float32") for name in EXECUTING], ("torch", "float64"), ("paddle", "float64")],
)
def test_modules_give_the_values_of_their_layer(name: str, dtype: str) -> None:
    driver = FRAMEWORKS.take(EXECUTING[name] or "")
    needed = [driver, *[FRAMEWORKS.take(also) for also in ALSO.get(name, [])]]
    if any(one.find_missing() for one in needed):
        assert not (driver.in_extra and os.environ.get("DECONV_REQUIRE_FRAMEWORKS"))
        pytest.skip(f"{take(name)[0].title} is not installed")
    count = str(FEWER.get(name, EXECUTED))
    done = subprocess.run(
        [sys.executable, "-m", "tests.conversion.programs.executed", name, count, dtype],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
        env={**os.environ, **driver.environment},
    )
    *wrong, count = done.stdout.splitlines()
    assert wrong == []
    executed, layers = count.split(" of ")
    assert int(executed) >= 0.97 * int(layers)


def test_the_channels_of_all_groups_are_there_before_they_are_split() -> None:
    words = {"kernel_size": 3, "groups": 3}
    layer = read_layer("torch", words, (1, 6, 2, 4, 4), (6, 2, 3, 3, 3))
    conversion = convert(layer, "tflite")
    assert conversion.target.layer.in_channels == 4
    assert conversion.before[-1] == "tf.reshape(x, (-1, 4, 4, 12))"


def test_the_reference_evaluator_gets_no_bias_with_groups() -> None:
    # It adds the first group's to every group.
    layer = read_layer("torch", {"kernel_size": 3, "groups": 2}, (1, 2, 5), (2, 1, 3))
    conversion = convert(layer, "onnx@reference")
    assert '["X", "W"]' in conversion.call
    assert conversion.after[-1] == 'helper.make_node("Add", ["Y", "bias"], ["biased"])'
    conversion = convert(layer, "onnx@onnxruntime")
    assert '["X", "W", "B"]' in conversion.call
    assert conversion.after == []
