"""deconv check --lock and --locked: which sizes are written, and the cause of each change."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from deconvcli.checks.checking import Settings, check_bytes
from deconvcli.checks.checking.lock import format_lock, read_lock
from deconvcli.common.errors import Unreadable
from tests.cli.commandline import deconv

UNET = """\
networks:
  unet:
    input: {channels: 1, size: 572x572}
    layers:
      - repeat: {width: [64, 128, 256, 512]}
        layers:
          - {op: conv, out_channels: $width, kernel: 3}
          - {op: conv, out_channels: $width, kernel: 3, name: skip$width}
          - {op: max_pool, kernel: 2}
      - {op: conv, out_channels: 1024, kernel: 3}
      - {op: conv, out_channels: 1024, kernel: 3}
      - repeat: {width: [512, 256, 128, 64]}
        layers:
          - {op: conv_transpose, out_channels: $width, kernel: 2, stride: 2, name: up}
          - {op: crop_like, inputs: [skip$width, up], name: crop}
          - {op: concat, inputs: [crop, up]}
          - {op: conv, out_channels: $width, kernel: 3}
          - {op: conv, out_channels: $width, kernel: 3}
      - nn.Conv2d(64, 2, 1)
"""
MIDDLE = "      - {op: conv, out_channels: 1024, kernel: 3}\n"
POOL = "          - {op: max_pool, kernel: 2}\n"
SKIP = "name: skip$width}\n"
LAST = "nn.Conv2d(64, 2, 1"
UP = "op: conv_transpose, out_channels: $width, kernel: 2, stride: 2, name: up"
BRANCHES = """\
networks:
  net:
    inputs: {left: {channels: 3, size: 40x40}, right: {channels: 3, size: 60x60}}
    layers:
      - {op: conv, out_channels: 8, kernel: 3, inputs: left, name: a1}
      - {op: conv, out_channels: 8, kernel: 3, name: a2}
      - {op: conv, out_channels: 8, kernel: 3, inputs: right, name: b1}
      - {op: conv, out_channels: 8, kernel: 3, name: b2}
      - {op: conv, out_channels: 8, kernel: 3, name: b3}
"""

SECOND = "      - {op: conv, out_channels: 8, kernel: 3, name: a2}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty project the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lock_of(text: str) -> dict[str, dict[str, list[str]]]:
    """Return the lock of a config in `a.yaml`."""
    checked = check_bytes("a.yaml", text.encode(), "yaml", Settings(lock=True))
    return {"a.yaml": {name: list(lines) for name, lines in checked.sizes.items()}}


def changes(before: str, after: str, name: str = "a.yaml") -> list[str]:
    """Return the differences of a config from the lock of an earlier one."""
    settings = Settings(select=("DCV120",), locked=lock_of(before))
    return [found.message for found in check_bytes(name, after.encode(), "yaml", settings).findings]


def edited(text: str, *pairs: tuple[str, str]) -> str:
    """Return the text with the first of each old part replaced by the new one."""
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_a_size_is_a_line_in_the_order_of_the_layers(folder: Path) -> None:
    (folder / "a.yaml").write_text(BRANCHES)
    missing = deconv("check a.yaml --locked")
    assert (missing.code, missing.out) == (2, "")
    assert "there is no deconv.lock in the current folder" in missing.err
    written = deconv("check a.yaml --lock")
    assert (written.code, written.err) == (0, "wrote deconv.lock: sizes of 1 file\n")
    assert (folder / "deconv.lock").read_text() == (
        '{\n "schema": "deconv.lock/2",\n "files": {\n  "a.yaml": {\n   "net": [\n'
        '    "left: input 40x40",\n    "right: input 60x60",\n'
        '    "a1: conv 38x38",\n    "a2: conv 36x36",\n'
        '    "b1: conv 58x58",\n    "b2: conv 56x56",\n    "b3: conv 54x54"\n'
        "   ]\n  }\n }\n}\n"
    )
    assert deconv("check a.yaml --locked").code == 0


def test_layers_without_a_name_and_rounds_have_no_number_that_an_edit_changes() -> None:
    lines = lock_of(UNET)["a.yaml"]["unet"]
    assert lines[:4] == [
        "input 572x572",
        "conv 570x570",
        "skip64: conv 568x568",
        "max_pool 284x284",
    ]
    assert [line for line in lines if line.startswith("up")] == [
        f"up: conv_transpose {size}x{size}" for size in (56, 104, 200, 392)
    ]
    numbered = edited(BRANCHES, ("name: a1", "name: a.1"), ("name: a2", "name: a.2"))
    assert lock_of(numbered)["a.yaml"]["net"][2:4] == ["a.1: conv 38x38", "a.2: conv 36x36"]
    nested = edited(
        UNET,
        (MIDDLE, "      - {repeat: 2, layers: [{repeat: 2, layers: [{op: relu, name: r.9}]}]}\n"),
    )
    assert lock_of(nested)["a.yaml"]["unet"].count("r.9: activation 32x32") == 4
    more = lock_of(edited(UNET, (MIDDLE, f"{MIDDLE}      - relu\n")))["a.yaml"]["unet"]
    assert len(more) == len(lines) + 1
    more.remove("activation 30x30")
    assert more == lines


def test_a_change_has_its_place_and_the_line(folder: Path) -> None:
    (folder / "a.yaml").write_text(BRANCHES)
    deconv("check a.yaml --lock")
    (folder / "a.yaml").write_text(edited(BRANCHES, ("kernel: 3, name: b2", "kernel: 5, name: b2")))
    done = deconv("check a.yaml --locked")
    assert done.code == 1
    assert done.out == (
        "a.yaml:8:9: error[DCV120]: net: b2: 56x56 -> 54x54, 1 follows\n"
        "  8 |       - {op: conv, out_channels: 8, kernel: 5, name: b2}\n"
        "    |         ^\n"
        "  in: networks.net.layers[3]\n"
        "  help: undo the edit, or accept it with deconv check --lock.\n"
        "\n1 error in 1 file\n"
    )


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], []),
        ([("572x572", "588x588")], ["input: 572x572 -> 588x588, 35 follow"]),
        ([("572x572", "HxW")], ["input: 572x572 -> HxW, 35 follow"]),
        (
            [(MIDDLE, MIDDLE.replace("kernel: 3", "kernel: 5"))],
            ["conv5: 30x30 -> 28x28, 22 follow"],
        ),
        ([(MIDDLE, f"{MIDDLE}      - relu\n")], ["relu1 (30x30) was inserted"]),
        ([(MIDDLE, MIDDLE * 2)], ["conv7 (26x26) was inserted, 21 follow"]),
        (
            [(MIDDLE, f"      - relu\n{MIDDLE}{MIDDLE}      - dropout\n")],
            [
                "relu1 (32x32) was inserted",
                "conv6 (28x28), dropout1 (28x28) were inserted, 22 follow",
            ],
        ),
        ([(MIDDLE, "")], ["conv (28x28) was removed after conv5, 21 follow"]),
        (
            [(POOL, "")],
            ["max_pool (284x284) was removed after skip64.1, and in 3 more rounds, 9 follow"],
        ),
        (
            [(POOL, "          - {op: conv, out_channels: $width, kernel: 2, stride: 2}\n")],
            ["max_pool (284x284) was replaced by conv2 (284x284), and in 3 more rounds"],
        ),
        (
            [("64, 128, 256, 512", "64, 128, 256"), ("512, 256, 128, 64", "256, 128, 64")],
            [
                "skip512 (64x64), max_pool (32x32), conv (30x30) and 5 more were removed after"
                " conv4, 17 follow"
            ],
        ),
        (
            [("name: up}", "name: grow}"), (", up]", ", grow]"), ("crop, up]", "crop, grow]")],
            ["up was renamed to grow.1, and in 3 more rounds"],
        ),
        (
            [(MIDDLE, MIDDLE.replace("}", ", name: low}"))],
            ["a conv without a name is now low"],
        ),
        (
            [(UP, "op: upsample, scale: 2, name: up")],
            ["up.1: conv_transpose 56x56 -> upsample 56x56, and in 3 more rounds"],
        ),
        (
            [(SKIP, f"{SKIP}          - relu\n"), (LAST, f"{LAST}, padding=2")],
            ["relu1 (568x568) was inserted, and in 3 more rounds", "conv15: 388x388 -> 392x392"],
        ),
    ],
)
def test_a_cause_is_one_finding(edits: list[tuple[str, str]], expected: list[str]) -> None:
    found = changes(UNET, edited(UNET, *edits))
    assert len(found) == len(expected)
    for message, start in zip(found, expected, strict=True):
        assert message.startswith(f"unet: {start}")


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        (
            [
                ("8, kernel: 3, inputs: left", "8, kernel: 1, inputs: left"),
                ("3, name: b2", "1, name: b2"),
            ],
            ["a1: 38x38 -> 40x40, 1 follows", "b2: 56x56 -> 58x58, 1 follows"],
        ),
        (
            [("40x40", "41x41"), ("60x60", "62x60")],
            ["left: 40x40 -> 41x41, 2 follow", "right: 60x60 -> 62x60, 3 follow"],
        ),
        (
            [
                ("      - {op: conv, out_channels: 8, kernel: 3, name: a2}\n", ""),
                ("3, name: b3", "1, name: b3"),
            ],
            ["a2 (36x36) was removed after a1", "b3: 54x54 -> 56x56"],
        ),
        (
            [
                ("      - {op: conv, out_channels: 8, kernel: 3, inputs: left, name: a1}\n", ""),
                ("kernel: 3, name: a2", "kernel: 3, inputs: left, name: a2"),
            ],
            ["a1 (38x38) was removed after right, 1 follows"],
        ),
        (
            [("name: b2}", "name: mid}"), ("kernel: 3, inputs: right", "kernel: 1, inputs: right")],
            ["b1: 58x58 -> 60x60, 2 follow", "b2 was renamed to mid: 56x56 -> 58x58"],
        ),
        (
            [("left: {", "near: {"), ("inputs: left", "inputs: near")],
            ["left was renamed to near"],
        ),
    ],
)
def test_independent_causes_are_findings_of_their_own(
    edits: list[tuple[str, str]], expected: list[str]
) -> None:
    found = changes(BRANCHES, edited(BRANCHES, *edits))
    assert found == [f"net: {message}" for message in expected]


def chain(layers: Sequence[str]) -> str:
    """Return a config of unnamed layers."""
    listed = "".join(f"      - {layer}\n" for layer in layers)
    return f"networks:\n  n:\n    input: {{channels: 4, size: 300}}\n    layers:\n{listed}"


CONV, POINT = "{op: conv, out_channels: 4, kernel: 3}", "{op: conv, out_channels: 4, kernel: 1}"
KINDS = (CONV, POINT, "relu", "{op: avg_pool, kernel: 3, stride: 1}", "{op: pad, amount: 1}")


@pytest.mark.parametrize("seed", range(60))
def test_one_edit_of_a_random_chain_is_one_finding(seed: int) -> None:
    dice = random.Random(seed)
    layers = [dice.choice(KINDS) for _ in range(dice.randint(1, 25))]
    place = dice.randrange(len(layers))
    other = [*layers]
    edit = dice.choice(("insert", "remove", "change"))
    if edit == "insert":
        other.insert(place, dice.choice(KINDS))
    elif edit == "remove" and len(layers) > 1:
        del other[place]
    else:
        other[place] = CONV if other[place] == POINT else POINT
    before, after = lock_of(chain(layers)), lock_of(chain(other))
    found = changes(chain(layers), chain(other))
    # The findings are none exactly where the lock file would stay as it is.
    assert (found == []) == (before == after)
    assert len(found) <= 1


@pytest.mark.parametrize("seed", range(40))
def test_all_sizes_that_an_edit_changes_follow_from_it(seed: int) -> None:
    dice = random.Random(seed)
    layers = [dice.choice(KINDS) for _ in range(dice.randint(2, 25))]
    places = [place for place, layer in enumerate(layers) if layer == CONV]
    if not places:
        layers[0], places = CONV, [0]
    place = dice.choice(places)
    other = [*layers]
    other[place] = POINT
    follow = len(layers) - place - 1
    [message] = changes(chain(layers), chain(other))
    assert message.endswith({0: "", 1: ", 1 follows"}.get(follow, f", {follow} follow"))
    assert (" follow" in message) == (follow > 0)


def test_a_layer_with_an_error_has_no_second_finding(folder: Path) -> None:
    (folder / "a.yaml").write_text(BRANCHES)
    deconv("check a.yaml --lock")
    (folder / "a.yaml").write_text(
        edited(BRANCHES, ("kernel: 3, name: b2", "kernel: 5, expect: 56x56, name: b2"))
    )
    out = deconv("check a.yaml --locked").out
    assert "DCV109" in out
    assert out.endswith("\n1 error in 1 file\n")


def test_networks_that_are_new_renamed_or_gone() -> None:
    other = BRANCHES.split("\n", 1)[1].replace("net:", "other:")
    both = BRANCHES + other
    assert changes(BRANCHES, both) == ["other: this network is not in deconv.lock"]
    assert changes(both, BRANCHES) == [
        "other: this network of deconv.lock is no longer in the file"
    ]
    renamed = BRANCHES.replace("net:", "new:")
    assert changes(BRANCHES, renamed) == ["new: this network was net in deconv.lock"]
    larger = edited(renamed, ("40x40", "44x44"))
    assert changes(BRANCHES, larger) == [
        "new: this network was net in deconv.lock",
        "new: left: 40x40 -> 44x44, 2 follow",
    ]
    assert changes(both, edited(both, ("net:", "x:"), ("other:", "net:"), ("x:", "other:"))) == []


def test_a_file_that_was_moved_keeps_its_sizes(folder: Path) -> None:
    moved = ["this file was a.yaml in deconv.lock"]
    assert changes(BRANCHES, BRANCHES, "b.yaml") == moved
    larger = edited(BRANCHES, ("40x40", "44x44"))
    assert changes(BRANCHES, larger, "b.yaml") == [*moved, "net: left: 40x40 -> 44x44, 2 follow"]
    # A copy is a new file.
    (folder / "a.yaml").write_text(BRANCHES)
    assert changes(BRANCHES, BRANCHES, "b.yaml") == ["net: this network is not in deconv.lock"]


def test_a_network_with_errors_keeps_the_sizes_it_had(folder: Path) -> None:
    broken = edited(UNET, ("kernel: 2, stride: 2", "kernel: 2, strid: 2"))
    (folder / "a.yaml").write_text(BRANCHES + broken.split("\n", 1)[1])
    (folder / "b.yaml").write_text(broken)
    done = deconv("check . --lock")
    assert done.code == 1
    assert done.err == (
        "wrote deconv.lock: sizes of 1 file\n"
        "not locked, because of errors: unet (a.yaml), unet (b.yaml)\n"
        "  help: fix the errors, and run deconv check --lock again.\n"
    )
    lock = read_lock((folder / "deconv.lock").read_text(), "deconv.lock")
    assert lock == lock_of(BRANCHES)
    (folder / "b.yaml").write_text(UNET)
    assert deconv("check b.yaml --lock").code == 0
    (folder / "b.yaml").write_text(broken)
    before = (folder / "deconv.lock").read_text()
    assert deconv("check . --lock").code == 1
    assert (folder / "deconv.lock").read_text() == before


@pytest.mark.parametrize(
    "text",
    [
        "networks: [",
        "networks: {}\n",
        edited(BRANCHES, ("kernel: 3", "kernl: 3")),
        edited(BRANCHES, ("40x40", "2x2")),
        f"dialect: torhc\n{BRANCHES}",
        edited(BRANCHES, ("name: a1", "expect: 39x39, name: a1")),
    ],
)
def test_nothing_is_written_where_every_network_has_errors(text: str, folder: Path) -> None:
    (folder / "a.yaml").write_text(text)
    done = deconv("check a.yaml --lock")
    assert (done.code, "wrote" in done.err) == (1, False)
    assert not (folder / "deconv.lock").exists()
    (folder / "a.yaml").write_text(BRANCHES)
    deconv("check a.yaml --lock")
    before = (folder / "deconv.lock").read_text()
    (folder / "a.yaml").write_text(text)
    assert deconv("check a.yaml --lock").code == 1
    assert (folder / "deconv.lock").read_text() == before


def test_files_that_are_not_checked_stay_locked_while_they_exist(folder: Path) -> None:
    for name in ("one.yaml", "two.yaml", "three.yaml"):
        (folder / name).write_text(BRANCHES)
    deconv("check . --lock")
    (folder / "one.yaml").write_text(edited(BRANCHES, ("40x40", "44x44")))
    (folder / "three.yaml").unlink()
    assert deconv("check one.yaml --lock").code == 0
    assert deconv("check . --locked").code == 0
    lock = read_lock((folder / "deconv.lock").read_text(), "deconv.lock")
    assert list(lock) == ["one.yaml", "two.yaml"]


def test_the_lock_goes_with_other_options(folder: Path) -> None:
    for name in ("a.yaml", "b.yaml", "c.yaml"):
        (folder / name).write_text(BRANCHES)
    assert deconv("check . --lock -q") == (0, "", "")
    whole = (folder / "deconv.lock").read_text()
    assert json.loads(deconv("check . --lock --format json").out)["counts"]["error"] == 0
    assert deconv("check . --lock --table --jobs 2").code == 0
    assert (folder / "deconv.lock").read_text() == whole
    (folder / "b.yaml").write_text(edited(BRANCHES, ("40x40", "44x44")))
    for more in ("", "--jobs 2", "--fix-hints", "--table", "--format github", "-q"):
        done = deconv(f"check . --locked {more}")
        assert done.code == 1
        assert "net: left: 40x40 -> 44x44, 2 follow" in done.out
    assert deconv("check . --locked --ignore DCV120").code == 0
    assert "--lock and --locked are both given" in deconv("check . --lock --locked").err
    (folder / "deconv.toml").write_text("severity = {DCV120 = 'note'}\n")
    assert deconv("check . --locked").code == 0
    (folder / "deconv.toml").unlink()
    silenced = "right: {channels: 3, size: 60x60}}  # deconv: ignore[DCV120]"
    text = edited(BRANCHES, ("40x40", "44x44"), ("right: {channels: 3, size: 60x60}}", silenced))
    (folder / "b.yaml").write_text(text)
    assert deconv("check . --locked").out == "no findings in 3 files (1 ignored)\n"


@pytest.mark.parametrize(
    "text", ["{", "[]", "{}", "[" * 9999, '{"schema": "deconv.lock/2", "files": 3}']
)
def test_another_file_is_not_read_as_a_lock(text: str, folder: Path) -> None:
    (folder / "a.yaml").write_text(BRANCHES)
    (folder / "deconv.lock").write_text(text)
    done = deconv("check a.yaml --locked")
    assert (done.code, done.out) == (2, "")
    assert "deconv.lock is not a lock file of deconv" in done.err
    assert deconv("check a.yaml --lock").code == 0
    assert deconv("check a.yaml --locked").code == 0


def test_a_merge_conflict_is_named(folder: Path) -> None:
    (folder / "a.yaml").write_text(BRANCHES)
    deconv("check a.yaml --lock")
    lines = (folder / "deconv.lock").read_text().split("\n")
    lines[6:7] = ["<<<<<<< ours", lines[6], "=======", lines[7], ">>>>>>> theirs"]
    (folder / "deconv.lock").write_text("\n".join(lines))
    assert "deconv.lock has a merge conflict" in deconv("check a.yaml --locked").err
    assert deconv("check a.yaml --lock").code == 0
    assert deconv("check a.yaml --locked").code == 0


def test_a_lock_without_the_order_of_the_layers_is_refused(folder: Path) -> None:
    (folder / "a.yaml").write_text(BRANCHES)
    old = {"schema": "deconv.lock/1", "files": {"a.yaml": {"net": {"a1": "38x38"}}}}
    (folder / "deconv.lock").write_text(json.dumps(old))
    done = deconv("check a.yaml --locked")
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        "error[unreadable]: deconv.lock was written by an earlier deconv, without the order of the"
        " layers\n  help: write it again with deconv check --lock, before you edit the networks.\n"
    )


@pytest.mark.parametrize(
    "lines",
    [
        None,
        3,
        {"a1": "38x38"},
        [],
        [3, None, ["a1: conv 38x38"]],
        [
            "",
            ":",
            ": :",
            "a1",
            "a1:",
            "a1: conv",
            "\n",
            "\x00",
            "x" * 10_000,
            "a: b: c: conv 1 2 3",
        ],
        ["conv 1x1"] * 4_001,
        ["conv 1x1"] * 4_000,
    ],
)
def test_any_part_of_a_lock_may_be_anything(lines: object) -> None:
    for files in ({"a.yaml": {"net": lines}}, {"a.yaml": lines}, {"b.yaml": {"net": lines}}):
        text = json.dumps({"schema": "deconv.lock/2", "files": files})
        settings = Settings(locked=read_lock(text, "deconv.lock"))
        found = check_bytes("a.yaml", BRANCHES.encode(), "yaml", settings).findings
        assert 1 <= len(found) <= 8
        assert all(len(each.message) <= 200 for each in found)


@pytest.mark.parametrize("seed", range(100))
def test_a_lock_that_was_merged_by_hand_is_read_or_refused(seed: int) -> None:
    dice = random.Random(seed)
    lines = format_lock({**lock_of(UNET), "b.yaml": lock_of(BRANCHES)["a.yaml"]}).split("\n")
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(lines))
        dice.choice((lines.pop, lambda p: lines.insert(p, dice.choice(lines))))(place)
    try:
        locked = read_lock("\n".join(lines), "deconv.lock")
    except Unreadable:
        return
    checked = check_bytes("a.yaml", UNET.encode(), "yaml", Settings(locked=locked))
    is_same = locked.get("a.yaml") == lock_of(UNET)["a.yaml"]
    assert (checked.findings == ()) == is_same


def test_names_may_look_like_lines() -> None:
    text = edited(BRANCHES, ("name: a1", "name: 'a: conv 3'"), ("name: a2", "name: 'x 1: y 2'"))
    assert changes(text, text) == []
    found = changes(text, edited(text, ("kernel: 3, name: 'x", "kernel: 1, name: 'x")))
    assert found == ["net: x 1: y 2: 36x36 -> 38x38"]
