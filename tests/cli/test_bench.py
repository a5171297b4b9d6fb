"""`deconv bench` with fake frameworks; no test relies on a measured time."""

from __future__ import annotations

import json
import re
import signal
import sys
import types
from typing import Any

import psutil
import pytest

from deconvcli.bench.contest import rounds
from deconvcli.common import memory
from deconvcli.common.shelf import Shelf
from deconvcli.frameworks import installed
from deconvcli.frameworks.driver.base import Framework
from tests.cli.commandline import deconv, refused
from tests.cli.test_verify import framework_processes
from tests.processes import python

pytestmark = pytest.mark.usefixtures("fakes_can_be_found", "hurry")
OWN = "--in 5 -k 3 --in-channels 2 --out-channels 2 --dialect torch"
QUICK = "--engine numpy --seconds 0.001"
NUMBER = re.compile(r"\d+\.?\d*")


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bursts of one call."""
    monkeypatch.setattr(rounds, "BURST_SECONDS", 1e-9)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Put these fakes on the shelf in place of the frameworks."""

    def only(*names: str) -> None:
        fakes: Shelf[Framework] = Shelf("tests.fakes", "FRAMEWORK", "framework")
        fakes.names = list(names)
        monkeypatch.setattr(installed, "FRAMEWORKS", fakes)

    return only


def columns(line: str) -> list[str]:
    return re.split(r"  +", line.strip())


def test_a_layer_of_your_own(here: Any) -> None:
    here("agreeable")
    done = deconv(f"bench {OWN} {QUICK} --threads 1")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "layer      torch: in_channels=2, out_channels=2, kernel_size=3"
    assert "input      5" in lines
    assert any(re.fullmatch(r"processor  .+, 1 thread, float32", line) for line in lines)
    assert any(line.startswith("ours       engine numpy, deconvcli ") for line in lines)
    assert "ours+pack  the same, packs weights in every call" in lines
    assert any(re.fullmatch(r"torch .*; packs weights in every call", line) for line in lines)
    title = lines.index("Milliseconds: the fastest of 5 rounds, engines in turn")
    heading, row = columns(lines[title + 1]), columns(lines[title + 2])
    assert heading == ["layer", "ours", "ours+pack", "torch", "best/ours", "GFLOP/s"]
    assert row[0] == "this layer"
    assert re.fullmatch(r"\d+\.\d\d torch", row[4])
    assert all(NUMBER.fullmatch(row[place]) for place in (1, 2, 3, 5))


def test_layers_of_suites_and_their_means(here: Any) -> None:
    here("agreeable")
    done = deconv(f"bench fcn_depthwise HiFi-GAN/ups.0 fcn_depthwise {QUICK}")
    assert done.code == 0
    names = [line.split("  ")[0] for line in done.out.splitlines()]
    table = names[names.index("layer") + 1 :]
    assert table[:4] == ["fcn_depthwise", "HiFi-GAN/ups.0", "geometric mean", "over ours+pack"]


def test_wrong_values_are_marked_and_not_ranked(here: Any) -> None:
    here("agreeable", "mistaken")
    done = deconv(f"bench {OWN} {QUICK}")
    assert done.code == 1
    assert re.search(r"^this layer .* wrong +-  +\d+\.\d\d torch ", done.out, re.MULTILINE)
    assert (
        "error[other-values]: onnx@onnxruntime on this layer: its values differ by 0.001 of"
        " the largest; it is not ranked there\n"
    ) in done.out


def test_a_refusal_is_a_dash_and_a_note(here: Any) -> None:
    here("choosy", "agreeable")
    done = deconv(f"bench {OWN.replace('-k 3', '-k 4')} {QUICK}")
    assert done.code == 0
    assert re.search(r"^this layer  \S+  +\S+  +-  +\S+  +\d+\.\d\d torch ", done.out, re.MULTILINE)
    assert "note[no-time]: paddle on this layer: ValueError: a kernel has a middle\n" in done.out


def test_a_dialect_that_cannot_express_the_layer_is_a_dash_and_a_note(here: Any) -> None:
    here("agreeable")
    done = deconv(f"bench TF-CVAE/32to64 {QUICK}")
    assert done.code == 0
    assert "note[no-time]: torch on TF-CVAE/32to64: torch cannot express this layer: it" in done.out


def test_a_crash_between_calls_costs_one_layer_of_one_framework(here: Any) -> None:
    here("choosy")
    done = deconv(f"bench {OWN.replace('--in 5', '--in 9')} {QUICK}")
    assert done.code == 0
    assert "note[no-time]: paddle on this layer: ProcessCrash: process ended with 7" in done.out


def test_a_failing_import_is_reported(here: Any) -> None:
    here("broken")
    done = deconv(f"bench {OWN} {QUICK}")
    assert done.code == 0
    assert "took no part; packs weights in every call" in done.out
    assert "torch on this layer: cannot be imported: ImportError: libmissing.so.1" in done.out


def test_json_contains_every_number(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here("agreeable", "mistaken")
    kernel = types.SimpleNamespace(flops=lambda dtype, threads: 2e9 * threads)
    monkeypatch.setitem(sys.modules, "deconvcli.compute.kernels.limit", kernel)
    done = deconv(f"bench {OWN} --seconds 0.001 --threads 2 --format json")
    data = json.loads(done.out)
    assert data["schema"] == "deconv.bench/1"
    settings = [data[name] for name in ("threads", "seconds", "dtype", "engine", "limit_flops")]
    assert settings == [2, 0.001, "float32", "numba", 4e9]
    assert [(one["name"], one["packing"]) for one in data["engines"]] == [
        ("ours", "beforehand"),
        ("ours+pack", "in every call"),
        ("torch", "in every call"),
        ("onnx@onnxruntime", "beforehand"),
    ]
    assert set(data["engines"][0]["versions"]) == {"deconvcli", "numba", "numpy"}
    [layer] = data["layers"]
    assert (layer["layer"], layer["dialect"], layer["input_shape"]) == (
        *("this layer", "torch"),
        [1, 2, 5],
    )
    times = layer["times"]
    assert all(len(one["rounds"]) == 5 for one in times.values())
    assert all(min(one["rounds"]) == one["minimum"] <= one["median"] for one in times.values())
    assert times["torch"]["difference"] < 1e-6 < times["onnx@onnxruntime"]["difference"]
    ours, packing, theirs = (times[name]["minimum"] for name in ("ours", "ours+pack", "torch"))
    ratios = {"ours": theirs / ours, "ours+pack": theirs / packing}
    none = {"ours": None, "ours+pack": None}
    assert layer["ratios"] == {"torch": ratios, "onnx@onnxruntime": none}
    assert layer["best"] == "torch"
    assert layer["flops"] == 2 * layer["macs_useful"] / ours
    assert layer["share_of_limit"] == layer["flops"] / 4e9
    assert data["geometric_means"] == {
        "torch": pytest.approx(ratios),
        "onnx@onnxruntime": none,
        "best": pytest.approx(ratios),
    }
    assert [finding["code"] for finding in data["findings"]] == ["other-values"]


def test_markdown(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here("agreeable")
    kernel = types.SimpleNamespace(flops=lambda dtype, threads: 1e9)
    monkeypatch.setitem(sys.modules, "deconvcli.compute.kernels.limit", kernel)
    out = deconv(f"bench {OWN} --seconds 0.001 --format markdown").out
    assert "| limit | 1 GFLOP/s, measured without memory |\n" in out
    assert "\n| layer | ours | ours+pack | torch | best/ours | GFLOP/s | of limit |\n" in out
    assert re.search(
        r"^\| this layer (\| [\d.]+ ){3}\| [\d.]+ torch \| [\d.]+ \| \d+ % \|$", out, re.M
    )


def test_without_a_framework_our_own_times_remain(here: Any) -> None:
    here("absent")
    done = deconv(f"bench {OWN} {QUICK}")
    assert done.code == 0
    assert re.search(r"^layer       ours +ours\+pack  GFLOP/s$", done.out, re.MULTILINE)
    assert "note[not-installed]: not installed: tensorflow\n" in done.out
    assert re.fullmatch(r"[\d.]+ ms\n", deconv(f"bench {OWN} {QUICK} -q").out)


def test_quiet_is_the_means(here: Any) -> None:
    here("agreeable", "mistaken")
    assert re.fullmatch(r"\d+\.\d\d best\n", deconv(f"bench {OWN} {QUICK} -q").out)


def test_double_precision(here: Any) -> None:
    here("agreeable")
    data = json.loads(deconv(f"bench {OWN} {QUICK} --dtype float64 --format json").out)
    assert data["dtype"] == "float64"
    assert data["layers"][0]["times"]["torch"]["difference"] < 1e-14


def test_layers_that_do_not_fit_are_skipped(here: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    here("agreeable")
    monkeypatch.setattr(memory, "available_bytes", lambda: 20 << 20)
    done = deconv(f"bench fcn_depthwise pix2pix {QUICK}")
    assert done.code == 0
    assert re.search(
        r"warning\[memory\]: skipped: pix2pix needs \S+ \wiB in 3 processes; 20.0 MiB are avail",
        done.out,
    )
    assert "\nfcn_depthwise " in done.out
    refused(deconv(f"bench pix2pix {QUICK}"), "pix2pix needs", "name fewer --frameworks")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("unett", ("no suite has a layer 'unett'", "did you mean 'unet'?", "--list")),
        ("--suite stuck", ("--suite", "'stuck' is not known", "did you mean 'study'?")),
        ("unet --suite real", ("both layers and --suite were given",)),
        ("unet --batch 2", ("options of a layer were given with names", "paste the layer")),
        ("a(1) b(2)", ("several calls were pasted", "paste one")),
        ("--in 5", ("the kernel size is not known", "give -k")),
        ("--in N -k 3", ("N is a symbol",)),
        ("--in 5 -k 3 --batch 0", ("multiplies nothing", "batch of 1")),
        ("--in 5 -k 3 -s 2 --op 2 --dialect torch", ("output_padding 2 is not smaller",)),
        ("--frameworks torch,keras unet", ("keras cannot be timed", "choose from: torch")),
        ("--frameworks torhc unet", ("'torhc' is not known", "did you mean 'torch'?")),
        ("--frameworks tensorflow unet", ("not installed: tensorflow", "no-such-module==1.2")),
        ("--seconds 0 unet", ("--seconds '0': this is not a time above 0 and up to 3600",)),
        ("--seconds 1h unet", ("--seconds '1h': this is not a time", "write seconds")),
        ("--dtype float16 unet", ("'float16' is not known", "float32, float64")),
    ],
)
def test_refused(here: Any, line: str, words: tuple[str, ...]) -> None:
    here("agreeable", "absent", "untimed")
    refused(deconv(f"bench {line}"), *words)


def test_a_layer_that_no_timed_engine_can_express(here: Any) -> None:
    here("agreeable")
    circular = 'nn.ConvTranspose(features=8, kernel_size=(3, 3), padding="CIRCULAR")'
    refused(deconv("bench --in 8x8x2", circular), "onnx cannot express this layer")


def test_assumed_channels_are_reported(here: Any) -> None:
    here("agreeable")
    done = deconv(f"bench --in 5 -k 3 {QUICK}")
    assert done.err == (
        "assumed: the minimum of channels; give --in-channels, --out-channels for more\n"
    )


def test_the_layers_are_listed() -> None:
    done = deconv("bench --list --suite few")
    assert done.code == 0
    assert columns(done.out.splitlines()[1]) == [
        *("DCGAN/main.4", "few", "1x64x32x32", "1x3x64x64", "64x3x4x4"),
        "torch: stride=2, padding=1",
    ]
    names = deconv("bench --list -q").out.split()
    assert {"unet", "HiFi-GAN/ups.0"} <= set(names)
    data = json.loads(deconv("bench --list --suite study --format json").out)
    assert data["schema"] == "deconv.bench.list/1"
    assert data["layers"][4]["name"] == "unet"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT to send")
def test_ctrl_c_ends_the_children() -> None:
    script = (
        "from deconvcli.frameworks import installed; from deconvcli.common.shelf import Shelf;"
        "s = installed.FRAMEWORKS = Shelf('tests.fakes', 'FRAMEWORK', 'framework');"
        "s.names = ['agreeable']; from deconvcli.cli.main import main;"
        "main(['bench', 'fcn_depthwise', '--engine', 'numpy', '--seconds', '3600'])"
    )
    with python("-c", script) as done:
        children = framework_processes(done.pid, 3)
        done.send_signal(signal.SIGINT)
        out, err = done.communicate(timeout=30)
    assert (done.returncode, out, err) == (130, b"", b"\n")
    assert psutil.wait_procs(children, timeout=10)[1] == []
