"""Every command that the README or a page that it links shows prints what stands there."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import deconvcli
from deconvcli.checks.checking import Settings, check_bytes
from deconvcli.frameworks.dialects import in_order
from tests import readme

README = readme.PATH.read_text(encoding="utf-8")
DIALECTS = readme.DIALECTS.read_text(encoding="utf-8")
SHOWN = readme.shown(README)
BEHIND = [
    shown
    for page in (readme.DIALECTS, readme.RUNNER, readme.CHECKING)
    for shown in readme.shown(page.read_text(encoding="utf-8"))
]
# Rounding differs between processors; that it is within the bound does not.
ROUNDING = re.compile(r"largest error [\d.e+-]+, [\d.]+ %")


def test_the_readme_shows_commands() -> None:
    assert len(SHOWN) > 10


@pytest.mark.parametrize(
    ("command", "output"), SHOWN + BEHIND, ids=[command for command, _ in SHOWN + BEHIND]
)
def test_what_is_shown_is_printed(command: str, output: str) -> None:
    assert ROUNDING.sub("", readme.cut(readme.printed(command), output)) == ROUNDING.sub("", output)


def test_the_table_of_layers_is_true() -> None:
    page = readme.EXPLANATION.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(Conv2DTranspose\(.*\))` \| ([\dx]+) \| ([\dx]+) \|$", page, re.M)
    assert len(rows) == 3
    for call, size, output in rows:
        assert readme.printed(f"deconv shape -q --in {size} {shlex.quote(call)}") == f"{output}\n"
    tutorial = rows[1][0].replace(")", ", output_padding=(1, 1))")
    assert "| the same with `output_padding=(1, 1)` | 5x5x32 | 12x12x64 |" in page
    assert readme.printed(f"deconv shape -q --in 5x5x32 {shlex.quote(tutorial)}") == "12x12x64\n"


def test_the_python_example_runs() -> None:
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    names = {"x": np.ones((1, 64, 5, 5), "f4"), "weight": np.ones((64, 32, 4, 4), "f4")}
    exec(code, names)
    for expression, value in re.findall(r"^(layer\S.*?)\s+# (\(.*\))$", code, re.MULTILINE):
        assert str(eval(expression, names)) == value
    assert isinstance(names["layer"], deconvcli.Reading)


def test_the_network_has_its_sizes() -> None:
    [text] = re.findall(r"```yaml\n(networks:\n.*?)```", README, re.DOTALL)
    checked = check_bytes("a.yaml", text.encode(), "yaml", Settings(tables=True))
    assert checked.findings == ()
    assert checked.networks[0].rows[-1].shape == "[128, 16, 16]"


def test_links_lead_to_files() -> None:
    for page in readme.PAGES:
        text = page.read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)#:]+)\)", text.replace("\n", " "))
        assert [link for link in links if not (page.parent / link).is_file()] == []


def test_the_example_for_pytest_passes_and_can_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = readme.CHECKING.read_text(encoding="utf-8")
    [code] = re.findall(r"```py\n(.*?)```", page, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    (tmp_path / "networks").mkdir()
    monkeypatch.chdir(tmp_path)
    for example in ("good/dcgan.yaml", "bad/mismatch.yaml"):
        shutil.copy(readme.ROOT / "tests" / "examples" / example, tmp_path / "networks")
        if example.startswith("good"):
            names["test_sizes_through_our_networks"]()
    with pytest.raises(AssertionError, match="unequal sizes"):
        names["test_sizes_through_our_networks"]()


def test_every_dialect_is_shown() -> None:
    [listing] = [output for command, output in readme.shown(DIALECTS)]
    assert [name for name in in_order() if f"\n{name} " not in listing] == []


def test_what_the_commands_print_can_be_written_anew() -> None:
    (_, listing), *_ = SHOWN
    stale = README.replace(listing, "something else\n", 1)
    assert stale != README
    whole = {
        command: output.replace("\n...\n", "\n\nand more\n\nand more\n")
        for command, output in SHOWN
    }
    assert readme.renewed(stale, lambda command: whole[command]) == README
