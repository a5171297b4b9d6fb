"""`deconv draw`: one file or none."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest

from tests.cli.commandline import deconv, refused, rows

LAYER = "draw --in 5x5 -k 3 -s 2 --padding same"


def test_a_picture_is_written_and_described(tmp_path: Path) -> None:
    out = tmp_path / "layer.svg"
    done = deconv(f"{LAYER} -o", str(out))
    assert (done.code, done.err) == (0, "")
    assert rows(done.out) == {
        "file": f"{out} ({out.stat().st_size:,} bytes)",
        "frames": "29, in 19.1 s",
        "output": "10x10",
        "layer": "keras: kernel_size=3, strides=2, padding='same'",
        "why": "keras, because padding 'same' is a word",
    }
    assert out.read_text(encoding="utf-8").startswith("<svg ")


def test_the_report_is_data_too(tmp_path: Path) -> None:
    done = deconv(f"{LAYER} --format json -o", str(tmp_path / "layer.svg"))
    data = json.loads(done.out)
    assert data["schema"] == "deconv.draw/1"
    assert (data["frames"], data["output"], data["notes"]) == (29, [10, 10], [])


def test_quiet_prints_the_name(tmp_path: Path) -> None:
    out = str(tmp_path / "layer.svg")
    assert deconv(f"{LAYER} -q -o", out).out == f"{out}\n"


def test_the_same_layer_gives_the_same_bytes(tmp_path: Path) -> None:
    one, other = tmp_path / "1.svg", tmp_path / "2.svg"
    for out in (one, other):
        deconv(f"{LAYER} -o", str(out))
    assert one.read_bytes() == other.read_bytes()


def test_one_frame_does_not_move(tmp_path: Path) -> None:
    out = tmp_path / "layer.svg"
    assert deconv(f"{LAYER} --frame 9 -o", str(out)).code == 0
    assert "keyframes" not in out.read_text(encoding="utf-8")


def test_a_page_is_written_and_has_no_frames(tmp_path: Path) -> None:
    out = tmp_path / "layer.html"
    assert deconv(f"{LAYER} -o", str(out)).code == 0
    assert out.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    other = str(tmp_path / "other.html")
    refused(deconv(f"{LAYER} --frame 9 -o", other), "--frame has no effect on a page")
    assert not os.path.exists(other)


def test_a_png_is_one_frame(tmp_path: Path) -> None:
    last, ninth, whole = (tmp_path / f"{name}.png" for name in ("last", "9", "29"))
    assert deconv(f"{LAYER} -o", str(last)).code == 0
    assert deconv(f"{LAYER} --frame 9 -o", str(ninth)).code == 0
    assert deconv(f"{LAYER} --frame 29 -o", str(whole)).code == 0
    assert last.read_bytes().startswith(b"\x89PNG\r\n")
    assert last.read_bytes() == whole.read_bytes() != ninth.read_bytes()


def test_without_resvg_a_png_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    done = deconv(f"{LAYER} -o", str(tmp_path / "layer.png"))
    refused(done, "no-resvg", "pip install resvg-py, or write an .svg.")
    assert os.listdir(tmp_path) == []


def test_without_a_font_a_png_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import resvg_py

    monkeypatch.setattr(resvg_py, "svg_to_bytes", lambda **given: b"nothing")
    done = deconv(f"{LAYER} -o", str(tmp_path / "layer.png"))
    refused(done, "no-font", "install DejaVu Sans")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("draw --in 5 -k 3", ["-o is missing", "give -o FILE"]),
        ("draw --in 5 -k 3 -o layer.gif", ["layer.gif is not a picture format", "ends in .svg"]),
        ("draw --in 5 -k 3 -o .svg", [".svg is not a picture format"]),
        ("draw --in N -k 3 -o layer.svg", ["N is a symbol", "give the input size as a number."]),
        ("draw --in 5 -k 0 -o layer.svg", ["kernel_size 0 is not positive"]),
        ("draw --in 5 -k 3 -o layer.svg --frame 7", ["this picture has no frame 7", "give 1 to 6"]),
        ("draw --in 5 -k 3 -o layer.svg --frame 0", ["--frame", "0 is less than 1"]),
        ("draw --in 5 -k 3 -D all -o layer.svg", ["-D/--dialect: all is not a name here"]),
        ("draw --in 5 -k 3 -o absent/layer.svg", ["absent/layer.svg: cannot be written"]),
    ],
)
def test_a_failure_leaves_no_file(
    line: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    refused(deconv(line), *words)
    assert os.listdir(tmp_path) == []


def test_an_existing_file_stays_unless_forced(tmp_path: Path) -> None:
    out = tmp_path / "layer.svg"
    out.write_text("old", encoding="utf-8")
    refused(deconv(f"{LAYER} -o", str(out)), "already exists", "--force")
    assert out.read_text(encoding="utf-8") == "old"
    assert deconv(f"{LAYER} --force -o", str(out)).code == 0
    assert os.listdir(tmp_path) == ["layer.svg"]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in the file system")
def test_neither_a_folder_nor_a_pipe_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "folder.svg").mkdir()
    os.mkfifo(tmp_path / "pipe.svg")
    for name in ("folder.svg", "pipe.svg"):
        refused(deconv(f"{LAYER} --force -o", str(tmp_path / name)), "is a folder or a device")


def test_a_full_disk_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    done = deconv(f"{LAYER} -o", str(tmp_path / "layer.svg"))
    refused(done, "No space left on device")
    assert os.listdir(tmp_path) == []


def test_foreign_words_do_not_reach_the_terminal(tmp_path: Path) -> None:
    out = str(tmp_path / "layer.svg")
    call = "nn.ConvTranspose2d(1, 1, 3, dtype='\x1b[31m<script>')"
    done = deconv("draw --in 5x5 -o", out, call)
    assert done.code == 0
    assert "\x1b" not in done.out
    text = Path(out).read_text(encoding="utf-8")
    assert "\x1b" not in text
    assert "<script" not in text
