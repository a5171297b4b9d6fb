"""What a settings file may say, and what it is answered if it says something else."""

from __future__ import annotations

from pathlib import Path

import pytest

from deconvcli.checks.checking import Settings, discover_settings, read_settings
from deconvcli.checks.checking._settings import MAX_SETTINGS_BYTES
from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.common.findings import Severity


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Return the path of a settings file in a project of its own."""
    (tmp_path / ".git").mkdir()
    return tmp_path / "deconv.toml"


def test_every_setting_is_read(file: Path) -> None:
    file.write_text(
        "select = ['all']\nignore = 'dcv201, DCV1'\nseverity = {DCV202 = 'note'}\n"
        "strict = true\nuseless-share = 1\nexclude = ['tests']\ntargets = ['ort', 'pnnx']\n"
    )
    assert discover_settings(str(file.parent)) == Settings(
        select=("DCV",),
        ignore=("DCV201", "DCV1"),
        severity={"DCV202": Severity.NOTE},
        strict=True,
        useless_share=1.0,
        source=str(file),
        targets=("onnx@onnxruntime", "pnnx"),
        exclude=("tests",),
    )


@pytest.mark.parametrize(
    ("line", "message", "help"),
    [
        ("select = 3", "select or ignore is 3", "a list of codes"),
        ("ignore = [3]", r"select or ignore is \[3\]", "a list of codes"),
        ("select = ['']", "no rule has the code", ""),
        ("severity = 'error'", "severity is 'error'", "a table of error, warning or note"),
        ("severity = {DCV2 = 'error'}", "severity.DCV2 is 'error'", "a table of error"),
        ("severity = {DCV201 = 'fatal'}", "severity.DCV201 is 'fatal'", "a table of error"),
        ("strict = 1", "strict is 1", "true or false"),
        ("exclude = 'tests'", "exclude is 'tests'", "a list of patterns"),
        ("exclude = ['']", "exclude is", "a list of patterns"),
        ("targets = ['nobody']", "target 'nobody' is not known", "--targets all"),
        ("useless-share = true", "useless-share is True", "a number from 0 to 1"),
        ("useless-share = 1.5", "useless-share is 1.5", "a number from 0 to 1"),
        ("useless-share = nan", "useless-share is nan", "a number from 0 to 1"),
    ],
)
def test_a_wrong_value_is_refused_with_its_file(
    line: str, message: str, help: str, file: Path
) -> None:
    file.write_text(line)
    with pytest.raises(UsageError, match=message) as caught:
        read_settings(str(file))
    assert str(caught.value).startswith(f"{file}: ")
    assert help in caught.value.help


def test_a_pyproject_whose_table_is_a_value_is_refused(file: Path) -> None:
    pyproject = file.with_name("pyproject.toml")
    pyproject.write_text("tool.deconv = 3\n")
    with pytest.raises(UsageError, match="the table is 3"):
        discover_settings(str(file.parent))
    pyproject.write_text("tool = 3\n")
    assert discover_settings(str(file.parent)) == Settings()


def test_a_huge_settings_file_is_refused(file: Path) -> None:
    file.write_bytes(b"#" * (MAX_SETTINGS_BYTES + 1))
    with pytest.raises(Unreadable, match="more than 1,048,576 bytes"):
        read_settings(str(file))
