"""deconv check --add-ignore: comments that silence findings, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.checks.checking.test_fixing import EXAMPLES, HEAD, HOPELESS, TYPO, UNEVEN, text_of, write
from tests.cli.commandline import deconv, process


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make an empty project the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)


def test_a_comment_silences_all_findings_of_its_line() -> None:
    write("a.yaml", UNEVEN)
    done = deconv("check a.yaml --add-ignore")
    assert done == (0, "no findings in 1 file (2 ignored, 1 silenced)\n", "")
    assert text_of("a.yaml") == UNEVEN.rstrip() + "  # deconv: ignore[DCV201, DCV203]\n"
    assert deconv("check a.yaml").out == "no findings in 1 file (2 ignored)\n"


LINES = {
    "  # known": "  # known  # deconv: ignore[DCV201, DCV203]",
    "   ": "  # deconv: ignore[DCV201, DCV203]   ",
    "  # deconv: ignore[DCV104]": "  # deconv: ignore[DCV104, DCV201, DCV203]",
    "  # deconv: ignore[DCV203] odd": "  # deconv: ignore[DCV203, DCV201] odd",
    "  # deconv: ignore[uneven-overlap]": "  # deconv: ignore[uneven-overlap, DCV203]",
    "  # deconv:ignore[ ]": "  # deconv:ignore[DCV201, DCV203]",
    "  #deconv: ignore[DCV104,]": "  #deconv: ignore[DCV104, DCV201, DCV203]",
}


@pytest.mark.parametrize("ends", ["\n", "\r\n", ""])
@pytest.mark.parametrize("comment", LINES)
def test_comments_are_kept_and_codes_are_added(comment: str, ends: str) -> None:
    write("a.yaml", UNEVEN.rstrip() + comment + ends)
    deconv("check a.yaml --add-ignore")
    assert text_of("a.yaml") == UNEVEN.rstrip() + LINES[comment] + ends
    assert deconv("check a.yaml --strict").code == 0


def test_a_comment_goes_to_the_line_of_its_finding() -> None:
    text = f"\ufeff{HEAD}      - op: conv\n        # first\n        kernel: 3\n        groups: 5\n"
    text += "        filters: 8\n    # the end\n"
    write("a.yaml", text)
    deconv("check a.yaml --add-ignore")
    comment = "  # deconv: ignore[DCV108]\n"
    assert text_of("a.yaml") == text.replace("groups: 5\n", f"groups: 5{comment}")


WITHOUT_COMMENTS = {
    "quoted.yaml": f'{HEAD}      - "nn.ConvTranspose2d(3, 8, 3, 2,\n        1, 1)"\n',
    "plain.yaml": f"{HEAD}      - nn.ConvTranspose2d(3, 8, 3, 2,\n          1, 1)\n",
    "a.json": '{"networks": {"net": {"input": {"channels": 3}, "layers": ["rleu"]}}}',
}


@pytest.mark.parametrize("name", WITHOUT_COMMENTS)
def test_findings_remain_where_a_comment_would_be_text(name: str) -> None:
    write(name, WITHOUT_COMMENTS[name])
    before = deconv(f"check {name} --strict")
    assert deconv(f"check {name} --strict --add-ignore") == before
    assert before.code == 1
    assert text_of(name) == WITHOUT_COMMENTS[name]


def test_a_block_of_text_has_its_comment_before_it() -> None:
    write("a.yaml", f"{HEAD}      - >-\n        nn.ConvTranspose2d(3, 8, 3, 2)\n")
    assert deconv("check a.yaml --strict --add-ignore").code == 0
    assert "      - >-  # deconv: ignore[DCV201" in text_of("a.yaml")


def test_a_file_that_cannot_be_read_is_not_silenced() -> None:
    write("a.yaml", "networks: [")
    assert deconv("check a.yaml --add-ignore").code == 1
    assert text_of("a.yaml") == "networks: ["


def test_with_fix_only_what_remains_is_silenced() -> None:
    write("a.yaml", TYPO + HOPELESS[len(HEAD) :] + UNEVEN[len(HEAD) :].replace("3, 8", "8, 8"))
    done = deconv("check a.yaml --fix --add-ignore")
    assert done.code == 0
    text = text_of("a.yaml")
    assert "kernel: 3}  # the first one\n" in text
    assert "out_channels: no, kernel: 3}  # deconv: ignore[DCV104]\n" in text
    assert json.loads(deconv("check a.yaml --fix --add-ignore --format json").out)["files"][0] == {
        "file": "a.yaml",
        "ignored": 1,
        "fixed": {},
        "unsafe": 0,
        "silenced": 0,
        "findings": [],
    }
    assert text_of("a.yaml") == text


def test_the_diff_of_comments_has_no_fixes() -> None:
    write("a.yaml", TYPO)
    done = process("check a.yaml --add-ignore --diff")
    assert done.returncode == 1
    assert done.stdout.endswith(
        "+      - {op: conv, out_channels: 8, kernl: 3}  # the first one"
        "  # deconv: ignore[DCV102]\n"
    )
    assert text_of("a.yaml") == TYPO


@pytest.mark.parametrize("name", sorted(file.name for file in EXAMPLES.glob("*/*.yaml")))
def test_every_example_is_silenced_and_means_the_same(name: str) -> None:
    [source] = EXAMPLES.glob(f"*/{name}")
    text = source.read_text(encoding="utf-8")
    write(name, text)
    table = deconv(f"check {name} --table --format json")
    deconv(f"check {name} --add-ignore --strict")
    assert deconv(f"check {name} --strict -q") == (0, "", "")
    once = text_of(name)
    deconv(f"check {name} --add-ignore")
    assert text_of(name) == once
    networks = [
        json.loads(done.out)["files"][0].get("networks")
        for done in (table, deconv(f"check {name} --table --format json"))
    ]
    assert networks[0] == networks[1]
    # Comments alone are added.
    lines = zip(text.split("\n"), once.split("\n"), strict=True)
    assert all(new.startswith(old.rstrip()) for old, new in lines)
