"""Documents: values and places in every format, and refusals with their places."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from deconvcli.checks.documents import MAX_DOCUMENT_BYTES, Document, Path, path_text, read
from deconvcli.common.errors import Unreadable
from deconvcli.common.findings import Where

YAML = """\
dialect: torch
networks:
  generator:
    layers:
      - {op: conv, kernel: [3, 3]}
      - op: dense
"""


def test_every_part_has_its_place() -> None:
    document = read("a.yaml", YAML.encode(), "yaml")
    path: Path = ("networks", "generator", "layers", 0, "kernel", 1)
    assert document.where(path) == ("a.yaml", 5, 32, "networks.generator.layers[0].kernel[1]")
    assert document.where_key(path[:-1])[1:3] == (5, 20)
    assert document.place(path[:4]).end == (5, 35)
    assert document.where(("networks", "generator", "nothing", 7))[1:3] == (4, 5)


# Text to PyYAML, which writes YAML 1.1, and a number to a reader of 1.2.
_NUMBER_SINCE_1_2 = re.compile(r"[-+]?[\d.]+[eE][-+]?\d+")

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"))).filter(
        lambda text: not _NUMBER_SINCE_1_2.fullmatch(text)
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc é"), inner),
    max_leaves=12,
)


@given(JSON_VALUES, st.sampled_from((None, 1)))
@example({"a": "\\", "b": [1.5e300, -0.0]}, None)
def test_json_has_the_standard_librarys_values(value: Any, indent: int | None) -> None:
    text = json.dumps(value, indent=indent)
    assert read("a.json", text.encode(), "json").value == value


@given(JSON_VALUES, st.sampled_from((True, False, None)))
def test_yaml_has_the_values_that_were_dumped(value: Any, flow: bool | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    assert read("a.yaml", text.encode(), "yaml").value == value


def leaves(value: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    """Return (path, value) of every part that contains no others."""
    if not isinstance(value, dict | list):
        return [(path, value)]
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    return [leaf for key, inner in pairs for leaf in leaves(inner, (*path, key))]


def text_at(document: Document, path: Path) -> str:
    """Return the text at the place of a part on one line."""
    begin, end = document.place(path)[1:]
    return document.text.split("\n")[begin.line - 1][begin.column - 1 : end.column - 1]


@given(JSON_VALUES, st.sampled_from((None, 2)))
def test_json_places_enclose_the_text(value: Any, indent: int | None) -> None:
    document = read("a.json", json.dumps(value, indent=indent).encode(), "json")
    for path, leaf in leaves(value):
        assert text_at(document, path) == json.dumps(leaf)


@given(
    st.recursive(st.integers(-9, 99), lambda i: st.lists(i) | st.dictionaries(st.text("xyz"), i))
)
def test_yaml_places_enclose_the_text(value: Any) -> None:
    document = read("a.yaml", yaml.safe_dump(value).encode(), "yaml")
    for path, leaf in leaves(value):
        assert text_at(document, path) == str(leaf)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("5:30", "5:30"),
        ("017", "017"),
        ("2026-11-22", "2026-11-22"),
        ("1_000", "1_000"),
        (".nan", ".nan"),
        ("0x1f", "0x1f"),
        ("'7'", "7"),
        ("7", 7),
        ("-7", -7),
        ("1e3", 1000),
        ("1.5", 1.5),
        ("True", True),
        ("~", None),
        ("", None),
    ],
)
def test_yaml_is_of_version_1_2(text: str, value: Any) -> None:
    found = read("a.yaml", f"key: {text}\n".encode(), "yaml").value["key"]
    assert (found, type(found)) == (value, type(value))


def test_a_byte_order_mark_is_not_part_of_the_text() -> None:
    assert read("a.yaml", b"\xef\xbb\xbfa: 1", "yaml").where_key(("a",))[1:3] == (1, 1)
    assert read("a.json", b"\xef\xbb\xbf[1]", "json").value == [1]


REFUSED = [
    ("yaml", b"[" * 400_000, (1, 33), "nested more than 32 deep"),
    ("yaml", b"- " * 200_000, (1, 65), "nested more than 32 deep"),
    ("yaml", b"? " * 200_000, (1, 3), "a key cannot be a list or a mapping"),
    ("json", b"[" * 400_000, (1, 33), "nested more than 32 deep"),
    ("json", b'{"a":' * 80_000, (1, 161), "nested more than 32 deep"),
    ("yaml", b"a: &x [1]\nb: *x", (1, 4), "the anchor &x is not supported"),
    ("yaml", b"b: *x", (1, 4), "the alias *x is not supported"),
    ("yaml", b"a: !!python/object:os.system x", (1, 4), "the tag tag:yaml.org,2002:python"),
    ("yaml", b"a: 1\nb: 2\na: 3", (3, 1), "the key 'a' is given twice, first on line 1"),
    ("json", b'{"a": 1,\n "a": 2}', (2, 2), "the key 'a' is given twice, first on line 1"),
    ("yaml", b"a:\n\t- 1", (2, 1), "YAML does not allow a tab"),
    ("yaml", b"a: b\x00c", (1, 5), "the character U+0000"),
    ("yaml", b"a: \x1b[31m", (1, 4), "the character U+001B"),
    ("json", b'["\xff"]', (1, 3), "this byte is not valid UTF-8"),
    ("yaml", "a: 1".encode("utf-16"), (1, 1), "this byte is not valid UTF-8"),
    ("yaml", b"a: " + b"9" * 5000, (1, 4), "has 5000 digits"),
    ("json", b"[" + b"9" * 5000 + b"]", (1, 2), "has 5000 digits"),
    ("json", b'{"a": NaN}', (1, 7), "'NaN' is not a value"),
    ("json", b"[-Infinity]", (1, 2), "expected a value"),
    ("json", b"[017]", (1, 2), "'017' is not a value"),
    ("json", b"[1,\n2,]", (2, 2), "there is a comma before ']'"),
    ("json", b"[1,,2]", (1, 4), "expected a value"),
    ("json", b"[,]", (1, 2), "expected a value"),
    ("json", b"[1] 2", (1, 5), "text after the end"),
    ("json", b"{1: 2}", (1, 2), "expected a key in double quotes"),
    ("json", b'{"a" 1}', (1, 6), "expected ':'"),
    ("json", b'["a\nb"]', (1, 4), "Invalid control character"),
    ("json", b"", (1, 1), "expected a value"),
    ("yaml", b"a: 1\n---\nb: 2", (2, 1), "a second document starts here"),
    ("yaml", b"a: [1, 2", (1, 9), "did not find expected"),
    ("yaml", b"a: 'x", (1, 6), "unexpected end of stream"),
    ("yaml", b"{[1]: 2}", (1, 2), "a key cannot be a list or a mapping"),
    ("yaml", b"".join(b"k%d: 1\n" % n for n in range(60_000)), (20_000, 9), "more than 20,000"),
    (
        "yaml",
        b"".join(b"k%d: 1\n" % n for n in range(1_000_000)),
        (1, 1),
        f"than {MAX_DOCUMENT_BYTES:,} bytes",
    ),
]


@pytest.mark.parametrize(("kind", "data", "mark", "message"), REFUSED)
def test_refusals_have_their_place(
    kind: str, data: bytes, mark: tuple[int, int], message: str
) -> None:
    begun = time.process_time()
    with pytest.raises(Unreadable) as caught:
        read("bad.file", data, kind)
    assert message in caught.value.message
    assert caught.value.help
    assert caught.value.where is not None
    assert caught.value.where[:3] == ("bad.file", *mark)
    assert time.process_time() - begun < 1


@given(st.binary() | st.text("{}[]:,-?'\"\\ \n\t#&*!|>%@`ab1.~\0\ufeff").map(str.encode))
@pytest.mark.parametrize("kind", ["yaml", "json"])
def test_any_bytes_are_read_or_refused(kind: str, data: bytes) -> None:
    where = refusal(kind, data)
    assert where is None or 1 <= where.line <= data.count(b"\n") + data.count(b"\r") + 2


def refusal(kind: str, data: bytes) -> Where | None:
    """Return where the document is refused, or None if it is read."""
    try:
        read("any", data, kind)
    except Unreadable as error:
        return error.where
    return None


def test_paths_are_written_as_people_write_them() -> None:
    assert path_text(("networks", "g", "layers", 3, "kernel")) == "networks.g.layers[3].kernel"
    assert path_text(()) == ""
