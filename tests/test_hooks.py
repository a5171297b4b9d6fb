"""The hooks that other projects run with pre-commit."""

from __future__ import annotations

import re

import yaml

from deconvcli.models.reading import list_suffixes
from tests import readme

# Most files with these names are no models, or have a hook of their own.
OTHERS = {".xml", ".py", ".ipynb"}


def test_the_hook_for_models_takes_the_files_of_every_reader() -> None:
    hooks = yaml.safe_load((readme.ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    [hook] = [one for one in hooks if one["id"] == "deconv-check-models"]
    taken = {suffix for suffix in list_suffixes() if re.search(hook["files"], f"net{suffix}")}
    assert taken == set(list_suffixes()) - OTHERS
