"""The README's Python example, run on a small layer without frameworks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deconvcli.bench import contest
from deconvcli.common.shelf import Shelf
from deconvcli.frameworks import installed
from deconvcli.frameworks.driver.base import Framework


@pytest.mark.usefixtures("fakes_can_be_found")
def test_the_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fakes: Shelf[Framework] = Shelf("tests.fakes", "FRAMEWORK", "framework")
    fakes.names = ["agreeable"]
    monkeypatch.setattr(installed, "FRAMEWORKS", fakes)
    page = Path(contest.__path__[0], "README.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    quick = example.replace('"unet", "fcn8"', '"fcn_depthwise"')
    quick = quick.replace(
        "BenchmarkSettings(threads=2)", "BenchmarkSettings(2, 0.001, engine='numpy')"
    )
    assert len(quick) != len(example)
    exec(quick, {})
    assert float(capsys.readouterr().out) > 0
