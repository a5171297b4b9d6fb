"""deconv check as people and CI meet it: findings, exit codes, settings, hostile files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deconvcli.checks.checking import Settings, check, read_configs
from deconvcli.common.errors import Unreadable
from tests.checks.checking import fuzz
from tests.cli.commandline import deconv

ROOT = Path(__file__).parents[3]
GOOD = "networks: {net: {input: {channels: 3, size: 8x8}, layers: [relu]}}\n"
UNEVEN = """\
networks:
  net:
    input: {channels: 3, size: 8x8}
    layers:
      - {op: conv_transpose, out_channels: 3, kernel: 3, stride: 2, padding: 1, name: up}
"""
BAD = GOOD.replace("relu", "{op: conv, out_channels: 3, kernl: 3}")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty project the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_finding_has_its_place_its_line_and_what_to_do(folder: Path) -> None:
    (folder / "a.yaml").write_text(BAD)
    done = deconv("check a.yaml")
    assert done.code == 1
    column = BAD.index("kernl") + 1
    assert done.out == (
        f"a.yaml:1:{column}: error[DCV102]: conv has no key 'kernl'\n"
        f"  1 | {BAD.rstrip()}\n"
        f"    | {' ' * (column - 1)}^\n"
        "  in: networks.net.layers[0].kernl\n"
        "  help: did you mean 'kernel'?\n"
        "\n"
        "1 error in 1 file\n"
    )


def test_one_broken_file_never_hides_another(folder: Path) -> None:
    (folder / "a.yaml").write_text("networks: [")
    (folder / "b.yaml").write_text(BAD)
    (folder / "c.json").write_text('{"networks": NaN}')
    codes = [found.code for found in check(["."]).findings]
    assert codes == ["DCV101", "DCV102", "DCV101"]


def test_other_programs_files_in_a_folder_are_left_alone(folder: Path) -> None:
    (folder / "compose.yaml").write_text("services: {}\nnetworks: {a: {driver: bridge}}\n")
    (folder / "k8s.yaml").write_text("a: 1\n---\nb: 2\n")
    (folder / "good.yaml").write_text(GOOD)
    assert [file.name for file in check(["."]).files] == ["good.yaml"]
    assert deconv("check compose.yaml").code == 1


def test_exit_codes(folder: Path) -> None:
    (folder / "good.yaml").write_text(GOOD)
    (folder / "warned.yaml").write_text(UNEVEN)
    assert deconv("check good.yaml") == (0, "no findings in 1 file\n", "")
    assert deconv("check -q good.yaml") == (0, "", "")
    assert deconv("check warned.yaml").code == 0
    assert deconv("check warned.yaml --strict").code == 1
    missing = deconv("check nothing.yaml")
    assert (missing.code, missing.out) == (2, "")
    assert missing.err.startswith("error[no-such-file]: nothing.yaml: there is no such file")
    assert deconv("check .git").err.startswith("error[no-files]")
    assert deconv("check good.yaml --select DCV9").err.startswith("error[unknown-rule]")


def test_standard_input_and_globs(folder: Path) -> None:
    (folder / "one.yaml").write_text(GOOD)
    assert deconv("check -", stdin=BAD.encode()).out.startswith("<stdin>:1:")
    assert deconv("check *.yaml").out == "no findings in 1 file\n"


def test_a_comment_silences_its_line(folder: Path) -> None:
    for comment, left in (("ignore[DCV201]", 0), ("ignore", 0), ("ignore[DCV202]", 1)):
        text = UNEVEN.replace("name: up}", f"name: up}}  # deconv: {comment}")
        (folder / "a.yaml").write_text(text)
        assert len(list(check(["a.yaml"]).findings)) == left


def test_settings_of_the_project(folder: Path) -> None:
    (folder / "a.yaml").write_text(UNEVEN)
    settings = folder / "pyproject.toml"
    settings.write_text("[tool.deconv]\nignore = ['DCV201']\n")
    assert "1 ignored" in deconv("check a.yaml").out
    assert "DCV201" in deconv("check a.yaml --isolated").out
    settings.write_text("[tool.deconv]\nseverity = {DCV201 = 'error'}\n")
    assert deconv("check a.yaml").code == 1
    settings.write_text("[tool.deconv]\nignor = []\n")
    assert "'ignor' is not a setting\n  help: did you mean 'ignore'?" in deconv("check a.yaml").err
    settings.write_text("[tool.deconv\n")
    assert deconv("check a.yaml").err.startswith("error[unreadable]")


def test_the_longer_prefix_decides() -> None:
    settings = Settings(("DCV", "DCV201"), ("DCV2",))
    assert [settings.selects(code) for code in ("DCV102", "DCV201", "DCV202")] == [
        True,
        True,
        False,
    ]


def test_output_is_written_completely_and_replaces_nothing(folder: Path) -> None:
    (folder / "a.yaml").write_text(BAD)
    assert deconv("check a.yaml -o found.txt") == (1, "", "")
    assert (folder / "found.txt").read_text() == deconv("check a.yaml").out
    again = deconv("check a.yaml -o found.txt")
    assert (again.code, again.out) == (2, "")
    assert "found.txt: already exists" in again.err
    assert deconv("check a.yaml --format json -o found.txt --force").code == 1
    assert json.loads((folder / "found.txt").read_text())["counts"]["error"] == 1
    assert deconv("check a.yaml -o nowhere/found.txt").code == 2
    assert sorted(file.name for file in folder.iterdir()) == [".git", "a.yaml", "found.txt"]


def test_settings_of_a_named_file(folder: Path) -> None:
    (folder / "a.yaml").write_text(UNEVEN)
    (folder / "ci.toml").write_text("ignore = ['DCV201']\n")
    assert "1 ignored" in deconv("check a.yaml --config ci.toml").out
    assert "DCV201" in deconv("check a.yaml").out
    assert "none.toml: No such file" in deconv("check a.yaml --config none.toml").err


@pytest.mark.skipif(sys.platform == "win32", reason="deconv is replaced by a shell script here")
def test_the_action_prints_annotations_and_writes_sarif(folder: Path) -> None:
    (folder / "a b.yaml").write_text(BAD)
    program = folder / "deconv"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m deconvcli "$@"\n')
    program.chmod(0o755)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DECONV": str(program),
        "PATHS": "a b.yaml\n",
        "ARGUMENTS": "--select\nDCV1\n",
        "SARIF": "found.sarif",
    }
    run = ["bash", str(ROOT / ".github" / "actions" / "check" / "run.sh")]
    for _ in range(2):  # a runner may keep the file of the run before
        done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 1, done.stderr
        assert done.stdout.startswith("::error file=a b.yaml,line=1,")
    [found] = json.loads((folder / "found.sarif").read_text())["runs"][0]["results"]
    assert found["ruleId"] == "DCV102"


def test_the_table(folder: Path) -> None:
    (folder / "a.yaml").write_text(UNEVEN)
    out = deconv("check a.yaml --table --select DCV1").out
    assert out == (
        "a.yaml: net\n"
        "layer  kind            shape        parameters  macs\n"
        "up     conv_transpose  [3, 15, 15]  84          5,184\n"
        "total                               84          5,184\n"
        "\n"
        "no findings in 1 file (1 ignored)\n"
    )


LETTERS = """\
networks:
  net:
    input: {channels: 80, size: T}
    layers:
      - {op: conv, out_channels: 8, kernel: 3}
      - {op: conv_transpose, out_channels: 4, kernel: 4, stride: 2, padding: 1}
      - {op: conv, out_channels: 8, kernel: 3, stride: 4}
      - flatten
      - {op: dense, out_channels: 2}
"""


def test_the_table_of_letters(folder: Path) -> None:
    (folder / "a.yaml").write_text(LETTERS)
    out = deconv("check a.yaml --table --select DCV1").out
    assert out == (
        "a.yaml: net\n"
        "layer            kind            shape         parameters  macs\n"
        "conv1            conv            [8, T-2]      1,928       1920*(T-2)\n"
        "conv_transpose1  conv_transpose  [4, 2T-4]     132         128*(T-2)\n"
        "conv2            conv            [8, (T-2)/2]  104         96*((T-2)/2)\n"
        "flatten1         flatten         [4T-8]        0           0\n"
        "dense1           dense           [2]           -           2*(4T-8)\n"
        "total                                          -           -\n"
        "formulas hold for T = 2m + 4, m >= 0\n"
        "give sizes as numbers to get a total of the macs\n"
        "\n"
        "no findings in 1 file\n"
    )


def test_processes_find_the_same(folder: Path) -> None:
    for number, text in enumerate((BAD, UNEVEN, GOOD, "[")):
        (folder / f"{number}.yaml").write_text(text + ("# networks" if text == "[" else ""))
    assert check(["."], jobs=2) == check(["."])


@pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="Windows has no named pipes, and its links need a right"
)
def test_circular_links_and_unreadable_files(folder: Path) -> None:
    (folder / "loop.yaml").symlink_to(folder / "loop.yaml")
    (folder / "here").symlink_to(folder)
    (folder / "gone.yaml").symlink_to(folder / "nothing")
    os.mkfifo(folder / "pipe.yaml")  # which no reader must wait for
    assert [found.code for found in check(["."]).findings] == ["DCV101"] * 3
    with pytest.raises(Unreadable, match=r"loop\.yaml: ") as caught:
        read_configs(["loop.yaml"])
    assert "make the file readable" in caught.value.help


@contextmanager
def _without_rights() -> Iterator[None]:
    """Run as another user than root, which may read every file."""
    own = os.geteuid()
    os.seteuid(own or 65534)
    try:
        yield
    finally:
        os.seteuid(own)


@pytest.mark.skipif(not hasattr(os, "seteuid"), reason="Windows has no such rights of files")
def test_a_named_file_that_may_not_be_read_hides_no_other(folder: Path) -> None:
    folder.chmod(0o755)
    (folder / "secret.yaml").write_text(GOOD)
    (folder / "bad.yaml").write_text(BAD)
    (folder / "secret.yaml").chmod(0)
    assert (
        deconv("check bad.yaml").code == 1
    )  # first, while files that only root can read can still be imported
    with _without_rights():
        done = deconv("check secret.yaml bad.yaml --isolated")
    assert done.code == 1
    assert done.out.startswith("secret.yaml:1:1: error[DCV101]: Permission denied")
    assert "error[DCV102]" in done.out


ROUND = "{repeat: 1000, layers: [%s]}"
HOSTILE = {
    "brackets": b"networks: " + b"[" * 400_000,
    "bomb": b"networks: &a [x, x]\nb: &b [*a, *a]\n",
    "twice": b"networks: {}\nnetworks: {}\n",
    "tab": b"networks:\n\tnet: 1\n",
    "nul": b"networks: \0\n",
    "keys": b"networks:\n" + b"".join(b"  k%d: 1\n" % n for n in range(1_000_000)),
    "huge": b"networks: " + b"9" * 100_000,
    "utf16": "networks: {}".encode("utf-16"),
    "repeats": GOOD.replace("relu", ROUND % (ROUND % "relu")).encode(),
    "tag": b"networks: " + b"!" * 400_000,
    "anchor": b"networks: &" + b"a" * 400_000 + b" 1",
    "long key twice": b"".join(b"k" * 400_000 + b": 1\n" for _ in range(2)),
    "long key": b"networks:\n  " + b"k" * 400_000 + b": 1\n",
    "long name": GOOD.replace("relu", "{op: relu, name: %s}" % ("n" * 400_000)).encode(),
    "empty": b"",
    "comments": b"# networks\n\n# none\n",
    "dates": GOOD.replace("8x8", "2026-11-23").encode(),
    "text": b'networks: {n: {input: "no", layers: [relu]}}\n',
}
MEASURED = """
import sys
from deconvcli.cli.main import main
try:
    main(["check", sys.argv[1], "--format", "json"])
finally:
    # Not ru_maxrss, which remembers the process that this one was forked from.
    lines = open("/proc/self/status").read().splitlines()
    print(next(line.split()[1] for line in lines if line.startswith("VmHWM")), file=sys.stderr)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the memory of a process is read from /proc")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_give_one_clear_finding(name: str, folder: Path) -> None:
    import resource  # which only Unix has

    (folder / "hostile.yaml").write_bytes(HOSTILE[name])
    begun = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "hostile.yaml"], capture_output=True, check=False
    )
    took = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - begun
    assert done.returncode == 1, done.stderr
    [file] = json.loads(done.stdout)["files"]
    assert len(file["findings"]) == 1, file
    assert file["findings"][0]["help"]
    assert len(done.stdout) < 3000
    assert took < 1
    assert int(done.stderr) < 200 * 1024


def test_mutated_configs_give_declared_findings_only() -> None:
    fuzz.found_codes.clear()
    assert list(fuzz.find_errors(1000, seed=int(time.time()))) == []
    assert len(fuzz.found_codes) > 8


def test_fixes_make_no_mutated_config_worse() -> None:
    assert list(fuzz.find_bad_fixes(40, seed=int(time.time()))) == []


EXAMPLES = fuzz.EXAMPLES


@pytest.mark.parametrize("file", sorted((EXAMPLES / "good").iterdir()), ids=lambda file: file.name)
def test_good_examples_have_no_errors(file: Path) -> None:
    verdict = check([str(file)], Settings(tables=True))
    assert [found for found in verdict.findings if found.severity == "error"] == []
    assert all(row.size for table in verdict.files[0].networks for row in table.rows)


FINDINGS = "check --isolated --select DCV1,DCV204,DCV205"
HINTS = "check --isolated --fix-hints"


@pytest.mark.parametrize(
    ("line", "ending"), [(FINDINGS, ".expected"), (HINTS, ".hints")], ids=["findings", "hints"]
)
@pytest.mark.parametrize(
    "file", sorted((EXAMPLES / "bad").glob("*.yaml")), ids=lambda file: file.name
)
def test_bad_examples_have_their_findings(
    file: Path, line: str, ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`UPDATE_GOLDEN=1 pytest` writes the expected output again; look at the difference."""
    monkeypatch.chdir(file.parent)
    out = deconv(line, file.name).out
    golden = file.with_suffix(ending)
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(out, encoding="utf-8")
    assert out == golden.read_text(encoding="utf-8")
