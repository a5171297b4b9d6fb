"""A shelf lists files, imports one when it is taken, and guesses what a wrong name meant."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from deconvcli.common.errors import UsageError
from deconvcli.common.shelf import Shelf, is_slip, nearest, suggestion


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf[str]:
    """Two files, a folder, and a file that is kept off."""
    folder = tmp_path / "shelf_under_test"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "_hidden.py").write_text("")
    (folder / "apple.py").write_text('"""Round and red."""\nITEM = "an apple"\n')
    (folder / "pear").mkdir()
    (folder / "pear" / "__init__.py").write_text('"""Green and large."""\nITEM = "a pear"\n')
    # What editors, Python and moved files leave behind is on no shelf.
    (folder / ".#apple.py").write_text("")
    (folder / "apple.py~").write_text("")
    (folder / "__pycache__").mkdir()
    (folder / "plum" / "__pycache__").mkdir(parents=True)
    (folder / "broken.py").write_text('"""Not importable."""\nraise RuntimeError\n')
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("shelf_under_test")]:
        monkeypatch.delitem(sys.modules, name)
    return Shelf("shelf_under_test", "ITEM", "fruit")


def test_listing_imports_nothing(shelf: Shelf[str]) -> None:
    assert shelf.names == ["apple", "broken", "pear"]
    assert shelf.docstring("broken") == "Not importable."
    assert "shelf_under_test.apple" not in sys.modules


def test_taking_imports_one_file(shelf: Shelf[str]) -> None:
    assert shelf.take("apple") == "an apple"
    assert shelf.take("apple") is shelf.take("apple")
    assert "shelf_under_test.broken" not in sys.modules


def test_a_folder_is_a_large_file(shelf: Shelf[str]) -> None:
    assert shelf.docstring("pear") == "Green and large."
    assert shelf.take("pear") == "a pear"


def test_a_wrong_name_is_answered_with_the_nearest(shelf: Shelf[str]) -> None:
    with pytest.raises(UsageError, match="fruit 'appel' is not known") as error:
        shelf.take("appel")
    assert "did you mean 'apple'?" in error.value.help
    assert error.value.code == "unknown-fruit"


def test_suggestions() -> None:
    assert nearest("KERAS", ["torch", "keras"]) == "keras"
    assert nearest("zzz", ["torch", "keras"]) is None
    assert suggestion("zzz", ["torch", "keras"]) == "choose from: torch, keras."
    assert suggestion("same", [f"s{i}me" for i in range(20)]).startswith("did you mean")
    assert nearest("doctor", ["dialects", "draw"]) is None
    assert suggestion("zzz", [f"name{i}" for i in range(100)]) == ""


@pytest.mark.parametrize("times", [1, 2, 3, 4, 100_000])
def test_a_long_word_is_not_near(times: int) -> None:
    assert nearest("torch" * times, ["torch", "tf"]) == ("torch" if times < 3 else None)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        *(("kreas", "keras"), ("rleu", "relu"), ("kernl", "kernel"), ("kernelsize", "kernel_size")),
        *(("skipp", "skip"), ("Inptu", "input"), ("kernl_sise", "kernel_size"), ("x", "x")),
        *(
            ("taregts", "targets"),
            ("onnxrntime", "onnxruntime"),
            ("ad", "add"),
            ("strides", "stride"),
        ),
    ],
)
def test_slips_are_known(word: str, name: str) -> None:
    assert is_slip(word, name)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        *(("pooling", "max_pooling"), ("previous", "openvino"), ("conv", "ov"), ("", "add")),
        *(
            ("oinputp", "inputs"),
            ("skip1", "skip2"),
            ("skip", "skip2"),
            ("conv1", "convolution"),
            ("relu", "prelus"),
        ),
    ],
)
def test_guesses_are_no_slips(word: str, name: str) -> None:
    assert not is_slip(word, name)
