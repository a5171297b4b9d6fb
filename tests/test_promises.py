"""The promises of growth: a dialect, a rule, a reporter ... is one new file and its test."""

from __future__ import annotations

import pytest

from tests.copies import PackageCopy


@pytest.fixture
def copy(tmp_path_factory: pytest.TempPathFactory) -> PackageCopy:
    return PackageCopy(tmp_path_factory.mktemp("copy"))


def test_the_copy_is_what_runs(copy: PackageCopy) -> None:
    where = copy.run_python("import deconvcli; print(deconvcli.__file__)")
    assert where.strip() == str(copy.package / "__init__.py")


def test_a_dialect_in_the_copy_is_found(copy: PackageCopy) -> None:
    copy.add_variant(
        "frameworks/dialects/torch.py",
        "frameworks/dialects/newframework.py",
        {'name = "torch"': 'name = "newframework"'},
    )
    assert "newframework" in copy.run("dialects").stdout
