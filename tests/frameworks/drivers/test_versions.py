"""The measured release of a framework: written in its driver, and the same wherever it is named."""

from __future__ import annotations

import json
import lzma
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from deconvcli.frameworks.drivers import FRAMEWORKS
from tests.conformance.measure import version_text

ROOT = Path(__file__).parents[3]
TABLES = sorted((ROOT / "tests" / "conformance").glob("*.jsonl.xz"))
PLACES = ("README.md", "pyproject.toml", "docs", "deconvcli", "tests/conformance/README.md")

# Module of a driver, by the names that texts and pip use for it.
NAMES = {
    "ONNX Runtime": "onnxruntime",
    "PaddlePaddle": "paddle",
    "ai-edge-litert": "ai_edge_litert",
    "tensorflow-cpu": "tensorflow",
    "tf-keras": "tf_keras",
}
# Other releases that a text is about.
HISTORY = {"TensorFlow 2.15", "MXNet 2.0"}


def measured() -> dict[str, set[str]]:
    """Return the measured releases of each module: one, but for OpenCV, whose series differ."""
    versions: dict[str, set[str]] = {}
    for need in {need for name in FRAMEWORKS.names for need in FRAMEWORKS.take(name).needs}:
        versions.setdefault(need.module, set()).add(need.version)
    assert [name for name, found in versions.items() if len(found) > 1] == ["cv2"]
    return versions


def named_releases(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield (words, module, release) for each release that a text names."""
    versions = measured()
    modules = {name.lower(): NAMES.get(name, name) for name in (*NAMES, *versions)}
    names = "|".join(re.escape(name) for name in sorted(modules, key=len, reverse=True))
    found = re.finditer(rf"(?<![\w-])({names})(?: |==)(\d+(?:\.\d+)+)", text, re.IGNORECASE)
    for match in found:
        if match[0] not in HISTORY:
            yield match[0], modules[match[1].lower()], match[2]


@pytest.mark.parametrize("place", PLACES)
def test_every_text_names_the_measured_release(place: str) -> None:
    versions = measured()
    root = ROOT / place
    files = [root] if root.is_file() else [*root.rglob("*.py"), *root.rglob("*.md")]
    other = [
        f"{file.relative_to(ROOT)}: {words}"
        for file in files
        for words, module, release in named_releases(file.read_text(encoding="utf-8"))
        if not any(f"{version}.".startswith(f"{release}.") for version in versions[module])
    ]
    assert other == []


def test_the_search_can_fail() -> None:
    text = "as ONNX Runtime 1.30, keras==3.0.0 and TensorFlow 2.15 do"
    assert [*named_releases(text)] == [
        ("ONNX Runtime 1.30", "onnxruntime", "1.30"),
        ("keras==3.0.0", "keras", "3.0.0"),
    ]


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.name.partition(".")[0])
def test_every_table_is_of_the_measured_release(table: Path) -> None:
    name = table.name.partition(".")[0]
    needed = {need.module: need.version for need in FRAMEWORKS.take(name).needs}
    with lzma.open(table, "rt", encoding="utf-8") as lines:
        versions = {json.loads(line)["dialect_version"] for line in lines}
    # A build starts with the number of its release: 2.13.0+cpu.
    releases = {re.sub(r"\+\w+|-\d\S+", "", version) for version in versions}
    assert releases == {version_text(name, needed)}
