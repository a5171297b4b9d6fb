"""`deconv convert --against` with fake frameworks, in whose processes printed modules run."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.cli.commandline import deconv, refused, rows

pytestmark = pytest.mark.usefixtures("fakes_can_be_found")
LAYER = "convert -k 3 -s 2 -p 1 --in-channels 2 --out-channels 1 --in 5x5 --to jax"
LINE = f"{LAYER} --against"
BACK = "convert -D jax -k 3 -s 2 -p same --in-channels 2 --in 5 --to torch --against"


def test_the_module_is_compared_with_the_framework_of_the_layer(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable", "modular")
    done = deconv(LINE)
    assert (done.code, done.err) == (0, "")
    text = rows(done.out)["against"]
    assert text.startswith("81 values equal: jax (deconvcli ")
    assert "and torch (deconvcli " in text
    against = json.loads(deconv(f"{LINE} --format json").out)["against"]
    assert (against["framework"], against["source"]["framework"]) == ("jax", "torch")
    assert (against["elements"], against["equal"], against["difference"]) == (81, 81, None)
    assert "against" not in json.loads(deconv(f"{LAYER} --format json").out)


def test_without_that_framework_our_values_are_compared(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("modular")
    done = deconv(LINE)
    assert done.code == 0
    assert rows(done.out)["against"].endswith(" and deconv")


def test_a_framework_that_refuses_its_layer_is_named(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("frail", "modular")
    done = deconv(LINE.replace("5x5", "1x1"))
    assert done.code == 0
    assert "and deconv (torch: ProcessCrash: process ended with 7)" in rows(done.out)["against"]


def test_other_values_are_explained(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable", "shifted")
    done = deconv(LINE)
    assert done.code == 1
    assert " of 81 values equal: jax (" in rows(done.out)["against"]
    assert "after a shift by (-1, 0)" in rows(done.out)["difference"]
    against = json.loads(deconv(f"{LINE} --format json").out)["against"]
    assert against["equal"] < against["elements"]
    assert against["difference"]["shift"] == [-1, 0]


def test_a_layer_in_letters_is_compared_on_a_small_input(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable", "modular")
    done = deconv(LINE.replace("5x5", "NxN"))
    assert done.code == 0
    assert rows(done.out)["against"].startswith("289 values equal, for 9x9: jax (")


def test_a_module_that_fails_has_its_error(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("agreeable")
    done = deconv(BACK)
    assert done.code == 1
    assert "ModuleNotFoundError: No module named 'torch'" in rows(done.out)["against"]


def test_a_framework_that_cannot_be_imported(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("broken")
    done = deconv(BACK)
    assert done.code == 1
    assert "cannot be imported: ImportError: libmissing.so.1" in rows(done.out)["against"]


def test_of_several_targets_those_that_are_installed_are_run(shelf_of_fakes: Any) -> None:
    shelf_of_fakes("modular", "absent")
    several = deconv(f"{LAYER},tensorflow --against")
    assert several.code == 0
    assert "not run: not installed: tensorflow" in several.out
    table = deconv(f"{LAYER},tensorflow,flax,caffe --against")
    assert table.code == 0
    assert "against" in table.out.splitlines()[2]
    assert "81 values equal: jax (" in table.out


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("--to tensorflow", ("not installed: tensorflow", "pip install")),
        ("--to webnn", ("there is no framework to run for webnn",)),
        ("--to jax --format python", ("--against was given beside --format python",)),
        ("--to jax --without transposed", ("--against was given beside --without",)),
    ],
)
def test_refused(shelf_of_fakes: Any, line: str, words: tuple[str, ...]) -> None:
    shelf_of_fakes("modular", "absent")
    refused(deconv(f"convert -k 3 --in 5 --against {line}"), *words)
