"""deconv check --fix, --diff and --add-ignore: what is written, and what is left."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from deconvcli.checks.checking import (
    CheckedFile,
    Settings,
    _file_check,
    _fixing,
    check,
    check_bytes,
)
from deconvcli.checks.checking._trial import Trial
from deconvcli.checks.checking.rewriting import write_files
from deconvcli.common.findings import Diagnostic, Severity, Where
from tests.cli.commandline import deconv, process, refused

EXAMPLES = Path(__file__).parents[2] / "examples"
HEAD = "networks:\n  net:\n    input: {channels: 3, size: 33x33}\n    layers:\n"
TYPO = f"{HEAD}      - {{op: conv, out_channels: 8, kernl: 3}}  # the first one\n"
FIXED = TYPO.replace("kernl", "kernel")
# A layer that works: with another kernel its weights do not fit any more.
UNEVEN = f"{HEAD}      - nn.ConvTranspose2d(3, 8, 3, 2, padding=1, output_padding=1)\n"
HOPELESS = f"{HEAD}      - {{op: conv, out_channels: no, kernel: 3}}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty project the current folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(name: str, text: str) -> Path:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(text.encode())
    return Path(name)


def text_of(name: str | Path) -> str:
    return Path(name).read_bytes().decode()


def test_a_fix_is_written_and_nothing_else_changes() -> None:
    write("a.yaml", TYPO)
    done = deconv("check a.yaml --fix")
    assert done == (0, "no findings in 1 file (1 fixed)\n", "")
    assert text_of("a.yaml") == FIXED
    assert os.listdir() == [".git", "a.yaml"] or sorted(os.listdir()) == [".git", "a.yaml"]


def test_what_remains_is_reported_and_decides_the_exit_code() -> None:
    write("a.yaml", TYPO + HOPELESS[len(HEAD) :])
    done = deconv("check a.yaml --fix")
    assert done.code == 1
    assert "DCV102" not in done.out
    assert "error[DCV104]: out_channels is 'no'" in done.out
    assert done.out.endswith("\n1 error in 1 file (1 fixed)\n")


def test_warnings_that_remain_are_no_failure_unless_strict() -> None:
    write("a.yaml", UNEVEN)
    assert deconv("check a.yaml --fix").code == 0
    assert deconv("check a.yaml --fix --strict").code == 1


def test_an_edit_that_changes_more_needs_unsafe() -> None:
    write("a.yaml", UNEVEN)
    done = deconv("check a.yaml --fix")
    assert text_of("a.yaml") == UNEVEN
    assert done.out.endswith(" in 1 file (1 more with --unsafe)\n")
    hinted = deconv("check a.yaml --fix-hints").out
    caution = "the weights of conv_transpose1 become 4x4; padded with zeros 0:1,0:1"
    assert f"  made with --unsafe only: {caution} (begin:end), trained ones give" in hinted
    assert hinted.endswith(" in 1 file (1 with --fix --unsafe)\n")
    done = deconv("check a.yaml --fix --unsafe")
    assert done == (0, "no findings in 1 file (1 fixed)\n", "")
    assert "nn.ConvTranspose2d(3, 8, 4, 2, padding=1, output_padding=0)" in text_of("a.yaml")


def test_the_safe_fix_is_taken_where_there_are_two() -> None:
    """HiFi-GAN: a crop at the end keeps all values; other paddings would move them."""
    shutil.copy(EXAMPLES / "bad" / "hifigan_16khz.yaml", "a.yaml")
    assert deconv("check a.yaml --fix").code == 0
    assert "crop_like" in text_of("a.yaml")


@pytest.mark.parametrize("name", sorted(file.name for file in (EXAMPLES / "bad").glob("*.yaml")))
@pytest.mark.parametrize("unsafe", ["", " --unsafe"])
def test_a_second_run_changes_nothing(name: str, unsafe: str) -> None:
    shutil.copy(EXAMPLES / "bad" / name, name)
    before = deconv(f"check {name} --format json")
    deconv(f"check {name} --fix{unsafe}")
    once = text_of(name)
    again = deconv(f"check {name} --fix{unsafe} --format json")
    assert text_of(name) == once
    assert json.loads(again.out)["files"][0]["fixed"] == {}
    errors = [json.loads(done.out)["counts"]["error"] for done in (before, again)]
    assert errors[1] <= errors[0]


def test_a_fix_uncovers_the_next() -> None:
    """The kind of the layer, then its key, then a size that does not come back."""
    layers = (
        "      - {op: max_poll, kernel_sise: 2}\n"
        "      - {op: upsample, scale: 2}\n      - {op: add, inputs: [previous, input]}\n"
    )
    write("a.yaml", HEAD + layers)
    done = deconv("check a.yaml --fix")
    assert done.code == 0, done.out
    assert "{op: max_pool, kernel_size: 2}" in text_of("a.yaml")
    assert "crop_like" in text_of("a.yaml")


def test_many_findings_are_fixed_in_several_rounds() -> None:
    """More than the twenty for which edits are sought at once."""
    layer = "      - {op: conv, out_channels: 3, kernl: 1}\n"
    write("a.yaml", HEAD + layer * 50)
    assert deconv("check a.yaml --fix").out == "no findings in 1 file (50 fixed)\n"
    assert text_of("a.yaml") == HEAD + layer.replace("kernl", "kernel") * 50


def network(name: str, *layers: str) -> str:
    listed = "".join(f"      - {layer}\n" for layer in layers)
    return f"  {name}:\n    input: {{channels: 3, size: 33x33}}\n    layers:\n{listed}"


UP = "{op: conv_transpose, out_channels: 3, kernl: 2, stride: 2}"
JOIN = "{op: add, inputs: [input, previous]}"
MANY = {
    "keys": (
        "networks:\n" + network("n", *["{op: conv, filters: 3, kernl: 1, strde: 1}"] * 60),
        120,
    ),
    "networks": (
        "networks:\n" + "".join(network(f"n{n}", "nn.MaxPool2d(2)", UP, JOIN) for n in range(30)),
        60,
    ),
    "values": (
        "networks:\n" + network("n", *["{op: conv, filters: 3, kernel: 1, bias: no}"] * 60),
        60,
    ),
}


@pytest.mark.parametrize("name", MANY)
def test_many_findings_are_fixed_with_few_checks(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    checks = 0

    def counted(*given: Any) -> CheckedFile:
        nonlocal checks
        checks += 1
        return check_bytes(*given)

    for module in (_file_check, _fixing):
        monkeypatch.setattr(module, "check_bytes", counted)
    text, count = MANY[name]
    write("a.yaml", text)
    assert deconv("check a.yaml --fix").out.endswith(f" in 1 file ({count} fixed)\n")
    assert checks < 100


def test_one_that_cannot_be_fixed_does_not_keep_others_from_it() -> None:
    """The first and the last rename would give a key twice."""
    layer = "{op: conv, filters: 3, kernl: 1, kernel: 1}"
    good = "{op: conv, filters: 3, kernl: 1}"
    write("a.yaml", "networks:\n" + network("n", layer, *[good] * 30, layer))
    assert json.loads(deconv("check a.yaml --fix --format json").out)["files"][0]["fixed"] == {
        "DCV102": 30
    }


def test_unsafe_fixes_do_not_keep_others_from_being_made() -> None:
    layer = UNEVEN[len(HEAD) :].replace("8", "3")
    write("a.yaml", HEAD.replace("33x33", "HxW") + layer * 24 + TYPO[len(HEAD) :])
    done = deconv("check a.yaml --fix --format json")
    [file] = json.loads(done.out)["files"]
    assert file["fixed"] == {"DCV102": 1}
    assert file["unsafe"] > 0


def test_one_cause_is_fixed_once() -> None:
    """Two joins of a layer that is too small by one: output_padding=1 is enough for both."""
    down = "      - nn.MaxPool2d(2)\n"
    up = "      - {op: conv_transpose, name: up, out_channels: 3, kernel: 2, stride: 2}\n"
    joins = "      - {op: add, inputs: [up, input]}\n" * 2
    write("a.yaml", HEAD + down + up + joins)
    deconv("check a.yaml --fix --unsafe")
    assert text_of("a.yaml") == HEAD + down + up.replace("}", ", output_padding: 1}") + joins


def test_an_error_of_a_rule_that_is_not_selected_is_not_added() -> None:
    text = (
        f"{HEAD}      - {{op: conv_transpose, out_channels: 3, kernel: 4, stride: 2, padding: 1}}\n"
    )
    write("a.yaml", f"{text}    expect: 65x65\n")
    for code in ("DCV1", "DCV109", "DCV2"):
        before = deconv("check a.yaml --format json")
        deconv(f"check a.yaml --fix --select {code}")
        after = deconv("check a.yaml --format json")
        counts = [json.loads(done.out)["counts"]["error"] for done in (before, after)]
        assert counts[1] <= counts[0]


def test_an_edit_after_which_a_file_cannot_be_read_is_not_made() -> None:
    """The nearest key is there already, and the error of a key given twice hides all others."""
    text = f"{HEAD}      - {{op: conv, filters: 8, kernl: 3, kernel: 3, strde: 1}}\n"
    write("a.yaml", text)
    assert "kernl" in deconv("check a.yaml --fix").out
    assert text_of("a.yaml") == text.replace("strde", "stride")


@pytest.mark.parametrize(
    ("sized", "unsized", "is_fixed"), [(4, 2, True), (5, 1, True), (4, 3, False), (3, 2, False)]
)
def test_a_layer_that_fails_only_with_an_edit_hides_findings(
    sized: int, unsized: int, is_fixed: bool
) -> None:
    """A join whose input fails is unknown, and has no finding any more."""
    found = Diagnostic("DCV110", Severity.ERROR, "unequal sizes", where=Where("a.yaml", path="x"))
    before = CheckedFile("a.yaml", (found,), sized=4, unsized=2)
    after = CheckedFile("a.yaml", (), sized=sized, unsized=unsized)
    assert Trial(before, lambda text: after).is_fixed([found], "") is is_fixed


@pytest.mark.parametrize(
    ("wrong", "guess"),
    [
        ("dialect: previous\n", "dialect: openvino\n"),
        ("{op: pooling, kernel: 2}", "{op: max_pooling, kernel: 2}"),
        ("{op: relu, inputs: skip2}", "{op: relu, inputs: skip1}"),
    ],
)
def test_a_guess_needs_unsafe(wrong: str, guess: str) -> None:
    """Names that are alike, and not by a slip: every layer would be read in another framework."""
    layer = "relu" if "dialect" in wrong else wrong
    head = wrong if "dialect" in wrong else ""
    text = f"{head}{HEAD}      - {{op: relu, name: skip1}}\n      - {layer}\n"
    write("a.yaml", text)
    assert "(1 more with --unsafe)" in deconv("check a.yaml --fix").out
    assert text_of("a.yaml") == text
    deconv("check a.yaml --fix --unsafe")
    assert text_of("a.yaml") == text.replace(wrong, guess)


def test_a_misspelled_key_of_inputs_has_one_finding() -> None:
    write("a.yaml", f"{HEAD}      - {{name: a, oinputp: max_pool, kernel: 3}}\n      - relu\n")
    assert deconv("check a.yaml").code == 1
    assert deconv("check a.yaml --fix").code == 1


STYLES = {
    "crlf": TYPO.replace("\n", "\r\n"),
    "no end": TYPO.rstrip("\n"),
    "bom": f"\ufeff{TYPO}",
    "bom in the first line": "\ufeffnetworks: {net: {inptu: {channels: 3}, layers: [relu]}}",
    "crlf and no end": TYPO.replace("\n", "\r\n").rstrip(),
    "tabs and blanks at the end": TYPO.replace("  # the first one", " \t # one \t "),
    "block": f"{HEAD}      - op: conv  # c\n\n        # k\n        kernl: 3\n        filters: 8\n",
    "call": f"{HEAD}      - nn.Conv2d(3, 8, kernl_size=3) # call\n",
    "quoted call": f"{HEAD}      - 'nn.Conv2d(3, 8, kernl_size=3)'\n",
    "accents": TYPO.replace("the first one", "première — 第一"),
    "flow": "{networks: {net: {input: {channels: 3, size: 33x33}, # i\n layers: [{op: rleu}]}}}\n",
    "document marks": f"%YAML 1.2\n---\n{TYPO}...\n",
}


@pytest.mark.parametrize("style", STYLES)
def test_the_style_of_a_file_stays(style: str) -> None:
    text = STYLES[style]
    write("a.yaml", text)
    assert deconv("check a.yaml --fix").code == 0
    now = text_of("a.yaml")
    assert now != text
    for wrong, right in (("kernl", "kernel"), ("rleu", "relu"), ("inptu", "input")):
        text = text.replace(wrong, right)
    assert now == text


@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_json_stays_json(indent: int | str | None) -> None:
    net = {
        "input": {"channels": 3, "size": "9x9"},
        "layers": [{"op": "conv", "kernl": 3, "filters": 8}],
    }
    text = json.dumps({"networks": {"net": net}}, indent=indent)
    write("a.json", text)
    assert deconv("check a.json --fix").code == 0
    assert text_of("a.json") == text.replace("kernl", "kernel")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes of files")
@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755, 0o664])
def test_permissions_stay(mode: int) -> None:
    write("a.yaml", TYPO).chmod(mode)
    deconv("check a.yaml --fix")
    assert text_of("a.yaml") == FIXED
    assert stat.S_IMODE(Path("a.yaml").stat().st_mode) == mode


def link(name: str, target: str) -> None:
    try:
        Path(name).symlink_to(target)
    except OSError:
        pytest.skip("this system makes no links")


def test_a_link_stays_a_link() -> None:
    write("real/a.yaml", TYPO)
    link("b.yaml", "real/a.yaml")
    assert deconv("check b.yaml --fix").code == 0
    assert Path("b.yaml").is_symlink()
    assert text_of("real/a.yaml") == FIXED


def test_a_file_under_two_names_is_edited_once() -> None:
    write("a.yaml", TYPO)
    link("b.yaml", "a.yaml")
    done = deconv("check a.yaml ./a.yaml b.yaml --fix")
    assert done == (0, "no findings in 2 files (2 fixed)\n", "")
    assert text_of("a.yaml") == FIXED


def git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    settings = ["-c", "core.autocrlf=false", "-c", "user.name=a", "-c", "user.email=a@b"]
    return subprocess.run(["git", *settings, *arguments], capture_output=True, check=True)


NAMES = (
    "a.yaml",
    "sub folder/b c.yaml",
    "sub/é.yaml",
    'q"u\\o.yaml',
    "tab\tnewline\n.yaml",
    ":colon.yaml",
    "-dash.yaml",
)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
@pytest.mark.parametrize("style", STYLES)
def test_git_applies_the_diff_and_gets_what_fix_writes(style: str, folder: Path) -> None:
    for name in NAMES:
        write(name, STYLES[style])
    for name, fixed in fixed_by_git_and_by_us(folder).items():
        assert fixed != STYLES[style], name


def test_git_applies_the_diff_of_every_example(folder: Path) -> None:
    for file in (EXAMPLES / "bad").glob("*.yaml"):
        shutil.copy(file, folder)
    before = {path.name: text_of(path.name) for path in Path().glob("*.yaml")}
    after = fixed_by_git_and_by_us(folder)
    assert len(after) == len(before) > 0
    assert after != before


def fixed_by_git_and_by_us(folder: Path) -> dict[str, str]:
    """Assert that our diff, applied by Git, is what --fix writes; return the texts of all files."""
    shutil.rmtree(folder / ".git")
    git("init")
    git("add", ".")
    assert deconv("check . --diff -o patch").code == 1
    assert git("diff").stdout == b""
    git("apply", "patch")
    applied = git("diff").stdout
    git("checkout", ".")
    deconv("check . --fix")
    assert git("diff").stdout == applied
    texts = {str(path): text_of(str(path)) for path in Path().rglob("*.yaml")}
    # From here on there is nothing to do.
    assert deconv("check . --diff -o patch --force").code == 0
    assert Path("patch").read_bytes() == b""
    return texts


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_git_applies_the_diff_of_a_link_in_a_folder_of_the_repository(folder: Path) -> None:
    shutil.rmtree(folder / ".git")
    git("init")
    write("sub/real.yaml", TYPO)
    link("sub/link.yaml", "real.yaml")
    git("add", ".")
    os.chdir("sub")
    deconv("check link.yaml real.yaml ./real.yaml --diff -o patch")
    git("apply", "patch")
    assert text_of("real.yaml") == FIXED
    assert Path("link.yaml").is_symlink()


def test_a_diff_is_printed_as_it_is() -> None:
    write("a.yaml", TYPO.replace("\n", "\r\n"))
    done = process("check a.yaml --diff", text=False)
    assert done.returncode == 1
    assert done.stdout == (
        b"--- a/a.yaml\n+++ b/a.yaml\n@@ -2,4 +2,4 @@\n"
        b"   net:\r\n     input: {channels: 3, size: 33x33}\r\n     layers:\r\n"
        b"-      - {op: conv, out_channels: 8, kernl: 3}  # the first one\r\n"
        b"+      - {op: conv, out_channels: 8, kernel: 3}  # the first one\r\n"
    )
    assert done.stderr == b"no file is changed; without --diff: 1 fixed\n"
    assert text_of("a.yaml") == TYPO.replace("\n", "\r\n")
    assert process("check a.yaml --diff -q", text=False).stderr == b""


def test_a_diff_has_an_exit_code_of_its_own() -> None:
    write("a.yaml", HOPELESS)
    done = process("check a.yaml --diff")
    assert (done.returncode, done.stdout) == (0, "")
    write("a.yaml", UNEVEN)
    done = process("check a.yaml --diff")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "no file is changed; without --diff: 1 more with --unsafe\n"
    assert process("check a.yaml --diff --unsafe").returncode == 1


def test_standard_input_is_printed_with_its_fixes() -> None:
    """As ruff does: the text on standard output, what is left on standard error."""
    source = f"{TYPO}{HOPELESS[len(HEAD) :]}".replace("\n", "\r\n").encode()
    done = process("check - --fix", text=False, input=source)
    assert done.returncode == 1
    assert done.stdout == source.replace(b"kernl", b"kernel")
    assert b"error[DCV104]" in done.stderr
    assert process("check - --fix", text=False, input=b"a: [").stdout == b"a: ["
    done = process("check - --diff", text=False, input=source)
    assert done.returncode == 1
    assert done.stdout.startswith(b"--- a/<stdin>\n")


def test_one_file_never_stops_another(folder: Path) -> None:
    write("a.yaml", "networks: [")
    write("b.yaml", TYPO)
    write("c.yaml", "services: {}\nnetworks: {}\n")
    write("d.txt", TYPO)
    link("e.yaml", "nowhere")
    done = deconv("check . d.txt e.yaml --fix --format json")
    assert done.code == 1
    assert [file["file"] for file in json.loads(done.out)["files"]] == [
        *("a.yaml", "b.yaml", "e.yaml", "d.txt")
    ]
    assert text_of("b.yaml") == text_of("d.txt") == FIXED
    assert text_of("c.yaml") == "services: {}\nnetworks: {}\n"


def test_files_without_a_fix_are_not_written() -> None:
    good = write("good.yaml", FIXED)
    os.utime(good, (1, 1))
    left = write("left.yaml", HOPELESS)
    os.utime(left, (1, 1))
    deconv("check . --fix")
    assert (good.stat().st_mtime, left.stat().st_mtime) == (1, 1)


def test_a_read_only_file_stays_and_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.yaml", "b.yaml"):
        write(name, TYPO)
    Path("a.yaml").chmod(0o444)
    # The system's answer to everybody but root, who may write anything.
    monkeypatch.setattr(os, "access", lambda path, mode: os.stat(path).st_mode & stat.S_IWUSR)
    done = deconv("check a.yaml b.yaml --fix")
    assert done.code == 1
    assert "a.yaml:1:1: error[DCV101]: cannot be written: Permission denied\n" in done.out
    assert "error[DCV102]" in done.out
    assert done.out.endswith("\n2 errors in 2 files (1 fixed)\n")
    assert (text_of("a.yaml"), text_of("b.yaml")) == (TYPO, FIXED)


def test_a_file_that_changed_since_it_was_read_is_not_overwritten() -> None:
    settings = Settings(fix=True)
    write("a.yaml", TYPO)
    verdict = check(["a.yaml"], settings)
    write("a.yaml", HOPELESS)
    [found, *_] = write_files(verdict, settings).findings
    assert found.message == "cannot be written: it has changed since it was read"
    assert text_of("a.yaml") == HOPELESS


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError(28, "No space left on device")])
def test_an_interruption_leaves_the_old_file(
    step: str, error: type[BaseException] | BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*given: object) -> None:
        raise error

    for name in ("a.yaml", "b.yaml"):
        write(name, TYPO)
    monkeypatch.setattr(os, step, fail)
    done = deconv("check . --fix")
    assert done.code == (130 if error is KeyboardInterrupt else 1)
    assert [text_of(name) for name in ("a.yaml", "b.yaml")] == [TYPO, TYPO]
    assert sorted(os.listdir()) == [".git", "a.yaml", "b.yaml"]


def test_processes_fix_as_one_does(folder: Path) -> None:
    outputs = []
    for jobs in (1, 3):
        for number in range(7):
            write(f"{number}.yaml", TYPO if number % 2 else UNEVEN)
        done = deconv(f"check . --fix --unsafe --format json --jobs {jobs}")
        outputs.append((done, [text_of(f"{number}.yaml") for number in range(7)]))
    assert outputs[0] == outputs[1]


def test_formats_report_what_remains() -> None:
    for format in ("json", "jsonl", "sarif", "github", "gitlab", "junit", "markdown"):
        write("a.yaml", TYPO + HOPELESS[len(HEAD) :])
        done = deconv(f"check a.yaml --fix --format {format}")
        out = done.out
        assert "DCV104" in out
        assert "1 fixed" in (out if format in ("github", "markdown") else done.err)
        findings = out.partition('"results"')[2] if format == "sarif" else out
        assert "DCV102" not in findings.replace('"fixed": {\n        "DCV102": 1', "")
        assert text_of("a.yaml").startswith(FIXED)


def test_json_says_what_was_fixed() -> None:
    write("a.yaml", TYPO + UNEVEN[len(HEAD) :].replace("3, 8", "8, 8"))
    [file] = json.loads(deconv("check a.yaml --fix --format json").out)["files"]
    assert (file["fixed"], file["unsafe"], file["silenced"]) == ({"DCV102": 1}, 1, 0)
    assert len(file["findings"]) == 1
    assert "edits" not in file["findings"][0]
    [file] = json.loads(deconv("check a.yaml --fix-hints --format json").out)["files"]
    assert "fixed" not in file
    assert "weights of conv_transpose1 become 4x4" in file["findings"][0]["caution"]


def test_nothing_is_edited_if_the_report_cannot_be_written() -> None:
    write("a.yaml", TYPO)
    write("report", "old")
    refused(deconv("check a.yaml --fix -o report"), "already exists")
    assert (text_of("a.yaml"), text_of("report")) == (TYPO, "old")


def test_the_lock_has_the_sizes_after_the_fixes() -> None:
    write("a.yaml", TYPO)
    assert deconv("check a.yaml --fix --lock").code == 0
    assert "31x31" in text_of("deconv.lock")
    assert deconv("check a.yaml --fix --locked").code == 0


@pytest.mark.parametrize(
    "line",
    ["--unsafe", "--diff --table", "--diff --lock", "--diff --locked", "--add-ignore --unsafe"],
)
def test_options_that_contradict_each_other_are_refused(line: str) -> None:
    write("a.yaml", TYPO)
    refused(deconv(f"check a.yaml {line}"))
    assert text_of("a.yaml") == TYPO
