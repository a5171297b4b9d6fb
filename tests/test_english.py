"""Words that a native engineer would stop at do not occur in anything that we ship or show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENDINGS = {".py", ".md", ".html", ".css", ".js", ".toml", ".yml", ".yaml"}
FALSE_FRIENDS = {
    r"behind": "after, at the end",
    r"in front of": "before, at the start",
    r"rests?": "remainder, the others",
    r"told|untold": "reported, said",
    r"anew": "again",
    r"mend(s|ed|ing)?": "fix",
    r"waver(s|ed|ing)?": "vary",
    r"(held|hold|holds|holding) (\w+ ){0,4}against": "compared with",
    r"the least": "the minimum",
    r"as a rule": "usually",
}
# Keys of documents that programs read, which stay.
KEYS = {
    ("insertion.py", "behind"),
    # Parameters of ncnn.
    ("line.py", "_behind"),
    ("README.md", "`behind`"),
    ("sizes.py", '"without_rest"'),
}


def files() -> Iterator[Path]:
    """Yield what is in the wheel, and every page of the repository."""
    yield from (f for f in (ROOT / "deconvcli").rglob("*") if f.suffix in ENDINGS)
    yield from ROOT.glob("*.md")
    yield from (ROOT / "docs").rglob("*.md")
    yield from (ROOT / "tests").rglob("*.md")


def false_friends(text: str) -> list[str]:
    """Return each word found, with the line it is in."""
    pattern = rf"(?<![a-z])({'|'.join(f'(?:{word})' for word in FALSE_FRIENDS)})(?![a-z])"
    return [
        f"{found[0]}: {line.strip()[:90]}"
        for line in text.splitlines()
        for found in re.finditer(pattern, line, re.IGNORECASE)
    ]


@pytest.mark.parametrize("file", sorted(files()), ids=lambda file: str(file.relative_to(ROOT)))
def test_no_false_friends(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    for name, key in KEYS:
        text = text.replace(key, "") if file.name == name else text
    assert false_friends(text) == []


@pytest.mark.parametrize("word", ["behind", "In front of", "the rest of it", "_told", "mends"])
def test_false_friends_are_found(word: str) -> None:
    assert false_friends(f"a line\nthat is {word} here") != []


def test_english_words_are_none() -> None:
    assert false_friends("the restored tolder men, at least, against all odds") == []
