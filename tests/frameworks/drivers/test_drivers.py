"""Every driver without its framework: its random layers, and the line that shows an answer."""

from __future__ import annotations

import ast
import json
import sys
import tomllib
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.driver.base import Case
from deconvcli.frameworks.driver.compare import predict
from deconvcli.frameworks.driver.verify import draw_cases
from deconvcli.frameworks.drivers import FRAMEWORKS

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "deconvcli" / "frameworks" / "drivers"
OWN = {"deconvcli", "numpy", "__future__", *sys.stdlib_module_names}


def draw(name: str, count: int = 300) -> list[Case]:
    return list(draw_cases(FRAMEWORKS.take(name), count, seed=5))


@pytest.mark.parametrize("name", FRAMEWORKS.names)
def test_draws_are_plain_and_the_same_for_a_seed(name: str) -> None:
    layers = draw(name)
    assert layers == draw(name)
    assert len({str(layer) for layer in layers}) > 250
    for layer in layers:
        assert json.loads(json.dumps(layer)) == json.loads(json.dumps([*layer]))
        assert json.loads(json.dumps(layer.params)) == layer.params
        assert all(type(size) is int for size in (*layer.input_shape, *layer.weight_shape))
        assert layer.rank in (1, 2, 3)
    assert Counter(layer.rank for layer in layers).total() == 300


@pytest.mark.parametrize("name", FRAMEWORKS.names)
def test_every_draw_is_read_or_refused_and_both_occur(name: str) -> None:
    framework = FRAMEWORKS.take(name)
    predictions = [predict(framework.dialect, layer) for layer in draw(name)]
    refused = sum(isinstance(prediction, DeconvError) for prediction in predictions)
    assert 0.02 < refused / len(predictions) < 0.55
    codes = {p.code for p in predictions if isinstance(p, DeconvError)}
    assert "unknown-parameter" not in codes


@pytest.mark.parametrize("name", FRAMEWORKS.names)
def test_the_line_for_a_shell_is_python_in_one_pair_of_quotes(name: str) -> None:
    framework = FRAMEWORKS.take(name)
    for layer in islice(draw(name), 100):
        settings, source, end = framework.repro(layer).split("'")
        assert settings.endswith("python -c ")
        assert end == ""
        assert "\n" not in source
        stored = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
        assert {"x", "w", "y"} <= stored


@pytest.mark.parametrize("name", FRAMEWORKS.names)
def test_pinned_requirements(name: str) -> None:
    framework = FRAMEWORKS.take(name)
    # npm has one = less, and names that start with @.
    signs = [text.count("==") or text[1:].count("@") for text in framework.requirements]
    assert set(signs) == {1}
    assert framework.module == f"deconvcli.frameworks.drivers.{name}"


def test_the_extra_installs_the_needs_of_its_drivers() -> None:
    file = ROOT / "pyproject.toml"
    extra = tomllib.loads(file.read_text())["project"]["optional-dependencies"]["frameworks"]
    drivers = [FRAMEWORKS.take(name) for name in FRAMEWORKS.names]
    needed = {text for driver in drivers if driver.in_extra for text in driver.requirements}
    # Off Linux, TensorFlow's distribution has its plain name.
    given = {
        text.partition(";")[0].strip().replace("tensorflow-cpu", "tensorflow") for text in extra
    }
    assert given == {text.replace("tensorflow-cpu", "tensorflow") for text in needed}


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.py")), ids=lambda file: file.name)
def test_foreign_code_is_imported_inside_functions_alone(file: Path) -> None:
    assert foreign_at_top(file.read_text(encoding="utf-8")) == set()


def foreign_at_top(source: str) -> set[str]:
    """Return the foreign modules that a module imports when it is imported itself."""
    found = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found - OWN


def test_the_import_search_can_fail() -> None:
    assert foreign_at_top("import torch.nn\ndef f():\n    import jax") == {"torch"}
