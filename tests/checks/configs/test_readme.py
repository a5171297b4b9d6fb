"""The format's page: its example is checked, its tables are those that read the file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from deconvcli.checks.checking import Settings, check_bytes
from deconvcli.checks.checking._settings import _READERS
from deconvcli.checks.configs import __file__ as home
from deconvcli.checks.configs._tables import FILE, LAYER, NETWORK

PAGE = Path(home).with_name("README.md").read_text(encoding="utf-8")


def test_the_example_has_the_sizes_of_the_paper() -> None:
    [text] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    checked = check_bytes("a.yaml", text.encode(), "yaml", Settings(tables=True))
    assert checked.findings == ()
    assert checked.networks[0].rows[-1].shape == "[2, 388, 388]"


def test_every_key_is_listed() -> None:
    for table in (FILE, NETWORK, LAYER):
        assert [key for key in table if f"`{key}`" not in PAGE and key != "$schema"] == []


def test_every_setting_is_listed() -> None:
    [text] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert tomllib.loads(text)["tool"]["deconv"].keys() == _READERS.keys()
