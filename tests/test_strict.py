"""The fixes that our pages recommend, and the examples that they show, pass `check --strict`."""

from __future__ import annotations

import re
import shlex
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from deconvcli.checks.checking import CheckedFile, Settings, check_bytes
from deconvcli.checks.documents import read
from deconvcli.checks.edits import edit_text
from deconvcli.checks.edits.writing import write_change
from deconvcli.checks.rules import rules, take
from deconvcli.common.findings import Diagnostic, Severity
from tests import readme
from tests.checks.rules.examples import complete, example_of

GOOD = sorted((readme.ROOT / "tests" / "examples" / "good").iterdir())
PAGES = sorted(
    page
    for page in readme.ROOT.rglob("*.md")
    if not {"node_modules", "shared"} & {*page.parts} and not any(p[0] == "." for p in page.parts)
)
STRICT = Settings(strict=True)

# Warnings of published networks, each of which is true of the published code.
DEFENDED = {
    # Kernel 3 and stride 2: some outputs have one tap along an axis, others two.
    "autoencoder.json": ["conv_transpose1 DCV201", "conv_transpose2 DCV201"],
    # Kernel 5 and stride 2: two and three taps, the checkerboard of the paper that the rule cites.
    "dcgan_keras.yaml": ["conv_transpose1 DCV201", "conv_transpose2 DCV201"],
    # Kernel 4 and stride 8: half of the outputs along an axis hold the bias alone.
    "densepose_hrfpn.yaml": ["interp3 DCV202"],
}


def check_strictly(text: str, name: str = "a.yaml") -> CheckedFile:
    return check_bytes(name, text.encode(), name.rpartition(".")[2], STRICT)


def list_errors(checked: CheckedFile) -> list[str]:
    """Return layer and code of everything that fails a strict check."""
    return [
        f"{found.message.partition(': ')[0]} {found.code}"
        for found in checked.findings
        if found.severity is Severity.ERROR
    ]


@pytest.mark.parametrize("file", GOOD, ids=lambda file: file.name)
def test_good_examples_have_no_warning_that_is_not_defended(file: Path) -> None:
    checked = check_strictly(file.read_text(encoding="utf-8"), file.name)
    assert list_errors(checked) == DEFENDED.get(file.name, [])


def list_configs() -> Iterator[tuple[str, str]]:
    """Yield (page, config) for each config that a page shows."""
    for page in PAGES:
        for text in re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            if re.search("^networks:", text, re.MULTILINE):
                yield page.relative_to(readme.ROOT).as_posix(), text


def test_the_pages_show_configs() -> None:
    assert {page for page, _ in list_configs()} >= {
        "README.md",
        "deconvcli/checks/configs/README.md",
    }


@pytest.mark.parametrize(("page", "text"), [*list_configs()])
def test_configs_on_pages_pass(page: str, text: str) -> None:
    assert list_errors(check_strictly(text)) == []


def list_checked_files() -> list[str]:
    """Return the files that `deconv check` has findings in on a page."""
    texts = [page.read_text(encoding="utf-8") for page in PAGES]
    shown = [shlex.split(command) for text in texts for command, _ in readme.shown(text)]
    paths = {word for words in shown if words[:2] == ["deconv", "check"] for word in words[2:]}
    return sorted(path for path in paths if (readme.ROOT / path).is_file())


def test_the_pages_show_checks() -> None:
    assert "tests/examples/bad/hifigan_16khz.yaml" in list_checked_files()


@pytest.mark.parametrize("path", list_checked_files())
def test_every_fix_that_a_page_recommends_passes(path: str) -> None:
    document = read(path, (readme.ROOT / path).read_bytes(), path.rpartition(".")[2])
    before = check_strictly(document.text, path).findings
    for found, fix in [(each, fix) for each in before for fix in each.fixes]:
        edits = [write_change(document, change) for change in fix.changes]
        after = check_strictly(edit_text(document.text, edits), path)
        assert is_gone(found, before, after.findings), fix
        # Where a file has more than one mistake, a layer that now works may show others.
        assert len(before) > 1 or list_errors(after) == [], fix


def is_gone(found: Diagnostic, before: Sequence[Diagnostic], after: Sequence[Diagnostic]) -> bool:
    """Return whether one finding fewer has this code at this place."""
    counts = [
        sum((f.code, f.where) == (found.code, found.where) for f in each)
        for each in (after, before)
    ]
    return counts[0] < counts[1]


@pytest.mark.parametrize("code", rules())
def test_every_fix_of_a_rules_page_passes(code: str) -> None:
    text = complete(example_of(take(code)[0]))
    checked = check_bytes("a.yaml", text.encode(), "yaml", STRICT._replace(fix_hints=True))
    for found, fix in checked.fixes.items():
        if found.code == code:
            after = check_strictly(edit_text(text, fix.edits))
            others = Counter(list_errors(checked)) - Counter(
                [f"{found.message.partition(': ')[0]} {code}"]
            )
            assert Counter(list_errors(after)) <= others
