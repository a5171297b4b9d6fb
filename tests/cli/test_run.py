"""`deconv run`: inputs, weights, comparisons, what is written, and what is refused before work."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import deconvcli
from deconvcli.cli.running import arrays, outcome
from deconvcli.compute.runner import ENGINES, Prepared, prepare
from tests.cli.commandline import deconv, refused, rows, saved

QUICK = "--engine numpy"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test writes into a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ramp(*shape: int, dtype: str = "float32") -> NDArray[Any]:
    """Distinct small numbers, exact in every type."""
    return (np.arange(np.prod(shape)) % 32).reshape(shape).astype(dtype)


class TestInput:
    def test_random_input(self) -> None:
        done = deconv(f"run --in 5x5 -k 3 -s 2 --padding valid {QUICK}")
        assert done.code == 0
        printed = rows(done.out)
        assert (printed["predicted"], printed["actual"], printed["agree"]) == (
            "11x11",
            "11x11",
            "yes",
        )
        assert printed["numbers"] == "input random, weights random, bias random (seed 0)"

    @pytest.mark.parametrize(
        ("shape", "options", "output", "form"),
        [
            ((5,), "", "7", "rank 1, spatial only"),
            ((5, 6), "", "7x8", "rank 2, spatial only"),
            ((2, 5), "--rank 1", "1x7", "rank 1, channels and spatial, no batch"),
            ((2, 5, 6), "", "1x7x8", "rank 2, channels and spatial, no batch"),
            ((2, 3, 6), "--rank 1", "2x1x8", "rank 1, a batch"),
            ((4, 5, 6), "--rank 3", "6x7x8", "rank 3, spatial only"),
            ((2, 3, 5, 6), "", "2x1x7x8", "rank 2, a batch"),
            ((2, 3, 5, 6), "-D keras", "2x5x7x1", "rank 2, a batch"),
            ((2, 4, 5, 6), "--rank 3", "1x6x7x8", "rank 3, channels and spatial, no batch"),
            ((2, 3, 4, 5, 6), "", "2x1x6x7x8", "rank 3, a batch"),
        ],
    )
    def test_axes(self, shape: tuple[int, ...], options: str, output: str, form: str) -> None:
        name = saved(Path("x.npy"), ramp(*shape))
        done = deconv(f"run {name} -k 3 --check {QUICK} {options}")
        assert done.code == 0, done
        printed = rows(done.out)
        assert (printed["predicted"], printed["actual"]) == (output, output)
        assert f"input {'x'.join(map(str, shape))}: {form}\n" in done.err

    def test_an_input_alone_is_enough_and_says_what_is_assumed(self) -> None:
        name = saved(Path("x.npy"), ramp(5, 5))
        done = deconv(f"run {name} {QUICK}")
        assert "assumed: kernel 3" in done.err
        assert rows(done.out)["actual"] == "7x7"

    @pytest.mark.parametrize("order", ["C", "F"])
    @pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f8", ">f8", "<f2", ">f2"])
    def test_order_byte_order_and_precision(self, order: Any, dtype: str) -> None:
        array = ramp(4, 5, 6)
        plain = saved(Path("plain.npy"), array.astype(dtype[1:]))
        other = saved(Path("other.npy"), np.asarray(array, dtype, order=order))
        for source in (plain, other):
            done = deconv(f"run {source} -k 3 {QUICK} --check --out {source[:-4]}.out.npy")
            assert done.code == 0
            assert rows(done.out)["engine"] == f"numpy, {np.dtype(dtype).newbyteorder('=')}"
        result = np.load("other.out.npy")
        assert result.dtype == np.dtype(dtype[1:])
        np.testing.assert_array_equal(result, np.load("plain.out.npy"), strict=True)

    @pytest.mark.parametrize("dtype", ["uint8", "int64", ">i2", "bool"])
    def test_integers_need_a_word(self, dtype: str) -> None:
        name = saved(Path("x.npy"), ramp(5, 5).astype(dtype))
        refused_ = deconv(f"run {name} -k 3 -q {QUICK}")
        refused(refused_, "x.npy: holds", "--cast")
        done = deconv(f"run {name} -k 3 {QUICK} --cast --check")
        assert (done.code, rows(done.out)["engine"]) == (0, "numpy, float64")

    def test_nan_is_counted(self) -> None:
        array = ramp(5, 5)
        array[1, 2] = np.nan
        array[3, 3] = np.inf
        name = saved(Path("x.npy"), array)
        done = deconv(f"run -q {name} -k 3 --check {QUICK}")
        assert done.code == 0
        assert "the input contains 2 NaN or infinite numbers" in done.err

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ("x.npy --in 5x5", ("--in and an input file",)),
            ("x.npy --batch 2", ("--batch and an input file",)),
            ("x.npy --in-channels 3", ("--in-channels is 3, the input has 1",)),
            ("x.npy --weights w.npy", ("1 channels", "3")),
            ("x.npy --rank 3", ("x.npy has 2 axes",)),
            ("x.npy --dtype float64", ("does not change an input file",)),
            ("x.npy x.npy", ("2 arguments were given",)),
            ("zero.npy", ("zero.npy has 0 axes",)),
            ("six.npy", ("six.npy has 6 axes",)),
            ("empty.npy", ("an input of size 0 has no elements",)),
            ("", ("no input is named",)),
            ("nn.ConvTranspose2d(8,4,3)", ("the input size is not known", "give --in")),
            ("Conv2DTranspose(4,3,input_shape=(None,5,8))", ("the input size is not known",)),
            ("--in 6 Conv2DTranspose(4,3,input_shape=(5,5,8))", ("input_shape of the call is",)),
            ("--in N", ("N is a symbol", "as a number")),
            ("--in 5x5 -D all", ("all is not a name here",)),
        ],
    )
    def test_inputs_that_do_not_fit(self, options: str, words: tuple[str, ...]) -> None:
        saved(Path("x.npy"), ramp(5, 5))
        saved(Path("w.npy"), ramp(3, 4, 3, 3))
        saved(Path("zero.npy"), np.float32(1))
        saved(Path("six.npy"), ramp(1, 1, 1, 1, 2, 2))
        saved(Path("empty.npy"), ramp(0, 5))
        refused(deconv(f"run -q {QUICK} {options}"), *words)


@pytest.mark.parametrize(
    ("call", "output"),
    [
        ("Conv2DTranspose(4, 3, strides=2, input_shape=(5, 6, 8))", "11x13x4"),
        ("Conv1DTranspose(4, 3, padding='same', input_shape=(7, 2))", "7x4"),
        ("Conv3DTranspose(1, 2, strides=2, batch_shape=(2, 2, 3, 4, 1))", "4x6x8x1"),
        ("{'filters': 4, 'kernel_size': 3, 'batch_shape': [None, 5, 5, 8]}", "7x7x4"),
        ("F.conv_transpose2d(torch.zeros(1, 8, 5, 5), torch.zeros(8, 4, 3, 3))", "1x4x7x7"),
        ("tf_keras.layers.Conv2DTranspose(2, 3, batch_input_shape=(None, 4, 4, 1))", "6x6x2"),
    ],
)
def test_the_shape_in_a_call_is_the_size_of_random_input(call: str, output: str) -> None:
    done = deconv(f"run -q {QUICK}", call)
    assert (done.code, done.out) == (0, f"{output}\n")


class TestWeights:
    CALL = "nn.ConvTranspose2d(3, 4, 3, stride=2)"

    def test_they_are_used(self, folder: Path) -> None:
        x, w, bias = ramp(3, 5, 6), ramp(3, 4, 3, 3), ramp(4)
        names = [
            saved(folder / f"{name}.npy", a) for name, a in zip("xwb", (x, w, bias), strict=True)
        ]
        line = f"run {QUICK} --out y.npy {names[0]} --weights {names[1]} --bias {names[2]}"
        assert deconv(line, self.CALL).code == 0
        layer = deconvcli.layer(
            "torch",
            input_shape=x.shape,
            rank=2,
            kernel_size=3,
            stride=2,
            in_channels=3,
            out_channels=4,
        )
        expected = deconvcli.run(layer, x, w, bias)
        np.testing.assert_array_equal(np.load("y.npy"), expected)
        assert expected.any()

    def test_the_kernel_comes_from_them(self) -> None:
        name = saved(Path("w.npy"), ramp(1, 2, 4, 5))
        done = deconv(f"run --in 5x5 --weights {name} {QUICK} --check")
        printed = rows(done.out)
        assert (printed["actual"], printed["weights"]) == ("8x9", "1x2x4x5")
        assert "assumed" not in done.err

    def test_weights_alone_get_no_random_bias(self) -> None:
        name = saved(Path("w.npy"), np.zeros((1, 1, 3, 3), "float32"))
        done = deconv(f"run --in 5x5 --weights {name} {QUICK} --out y.npy")
        assert rows(done.out)["numbers"] == "input random, weights w.npy, bias none (seed 0)"
        assert not np.load("y.npy").any()

    def test_digits_are_not_dropped_without_a_word(self) -> None:
        name = saved(Path("w.npy"), ramp(1, 1, 3, 3, dtype="float64") * 1e300)
        done = deconv(f"run -q --in 5x5 --weights {name} {QUICK}")
        assert done.code == 0
        assert done.err == "w.npy: float64 is rounded to float32\n"

    @pytest.mark.parametrize(
        ("shape", "words"),
        [
            ((4, 3, 3, 3), ("channels",)),
            ((3, 4, 5, 5), ("the kernel is 3, the weights have 5x5",)),
            ((3, 4, 3), ("3 axes",)),
            ((3, 4), ("2 axes",)),
            ((), ("shape []",)),
        ],
    )
    def test_weights_that_do_not_fit(self, shape: tuple[int, ...], words: tuple[str, ...]) -> None:
        name = saved(Path("w.npy"), ramp(*shape))
        done = deconv(f"run -q --in 5x5 --weights {name} {QUICK}", self.CALL)
        refused(done, *words)

    def test_weights_of_no_layer(self) -> None:
        name = saved(Path("w.npy"), ramp(3, 3))
        refused(deconv(f"run --in 5x5 --weights {name}"), "weights of 2 axes belong to no layer")

    def test_a_bias_that_does_not_fit(self) -> None:
        name = saved(Path("b.npy"), ramp(3))
        done = deconv(f"run -q --in 5x5 --bias {name} {QUICK}", self.CALL)
        refused(done, "b.npy has shape [3], the layer's bias is [4]")


class TestOut:
    LINE = f"run -q --in 5x5 -k 3 {QUICK} --out"

    def test_it_is_written_as_npy(self) -> None:
        done = deconv(f"run --in 5x5 -k 3 {QUICK} --dtype float16 --out y.npy")
        assert rows(done.out)["written"] == "y.npy, 7x7"
        assert (np.load("y.npy").shape, np.load("y.npy").dtype) == ((7, 7), np.float16)

    def test_channels_are_never_lost(self) -> None:
        done = deconv(f"run --in 5x5 -k 3 --out-channels 4 {QUICK} --out y.npy")
        assert rows(done.out)["written"] == "y.npy, 1x4x7x7"
        assert np.load("y.npy").shape == (1, 4, 7, 7)

    def test_never_over_a_file_without_force(self, folder: Path) -> None:
        (folder / "y.npy").write_bytes(b"kept")
        refused(deconv(f"{self.LINE} y.npy"), "y.npy: already exists", "--force")
        assert (folder / "y.npy").read_bytes() == b"kept"
        assert deconv(f"{self.LINE} y.npy --force").code == 0
        assert np.load("y.npy").shape == (7, 7)

    @pytest.mark.parametrize("option", ["", "--weights", "--bias", "--reference"])
    def test_never_over_an_input(self, option: str, folder: Path) -> None:
        name = saved(folder / "in.npy", ramp(1, 1, 3, 3))
        (folder / "other.npy").hardlink_to(name)
        given = f"{option} {name} --in 5x5" if option else name
        for out in ("in.npy", "other.npy", f"../{folder.name}/in.npy"):
            done = deconv(f"run -q {given} {QUICK} --force --out {out}")
            refused(done, "is also read from", "another name")
        np.testing.assert_array_equal(np.load(name), ramp(1, 1, 3, 3))

    @pytest.mark.parametrize("out", ["nowhere/y.npy", ".", "folder", "''"])
    def test_a_name_that_cannot_become_a_file(
        self, out: str, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "folder").mkdir()
        monkeypatch.setattr(outcome, "prepare", None)  # refused before any work
        arguments = ("--out", "" if out == "''" else out)
        refused(deconv(f"run -q --in 5x5 -k 3 {QUICK}", *arguments), "cannot become a file")
        assert [path.name for path in folder.rglob("*")] == ["folder"]

    def test_a_failed_write_leaves_the_old_file_and_nothing_else(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*anything: Any) -> None:
            raise OSError(28, "No space left on device")

        (folder / "y.npy").write_bytes(b"kept")
        monkeypatch.setattr("deconvcli.compute.npyfile._write.write_array", full)
        done = deconv(f"{self.LINE} y.npy --force")
        refused(done, "y.npy: cannot be written: No space left on device")
        assert [path.read_bytes() for path in folder.iterdir()] == [b"kept"]

    @pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes")
    def test_a_full_disk(self, folder: Path) -> None:
        script = (
            "import resource, sys; from deconvcli.cli.main import main;"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096)); main(sys.argv[1:])"
        )
        line = f"run -q --in 99x99 -k 3 {QUICK} --out y.npy"
        done = subprocess.run(
            [sys.executable, "-c", script, *line.split()], capture_output=True, text=True
        )
        assert (done.returncode, done.stdout) == (2, "")
        assert "y.npy: cannot be written: File too large" in done.stderr
        assert list(folder.iterdir()) == []


class TestComparisons:
    def test_check(self) -> None:
        done = deconv(f"run --in 5x6 -k 3 -s 2 --padding same --check {QUICK}")
        assert done.code == 0
        assert rows(done.out)["values"].startswith("all 120 within the proven bound (largest")

    def test_check_fails_on_a_wrong_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Wrong(Prepared):
            def __call__(self, *given: Any) -> NDArray[Any]:
                return super().__call__(*given) + np.float32(0.01)

        monkeypatch.setattr("deconvcli.compute.runner.prepared.Prepared", Wrong)
        done = deconv(f"run --in 5x6 -k 3 --check {QUICK}")
        assert done.code == 1
        assert rows(done.out)["values"].startswith("NOT within the proven bound, first at (0,")

    def test_a_reference_right_and_wrong(self) -> None:
        line = f"run --in 5x6 -k 3 -s 2 -p 1 {QUICK}"
        assert deconv(f"{line} --out y.npy").code == 0
        right = deconv(f"{line} --reference y.npy")
        assert (right.code, rows(right.out)["reference"][:6]) == (0, "all 99")
        y = np.load("y.npy")
        saved(Path("full.npy"), y[None, None])
        assert deconv(f"{line} --reference full.npy").code == 0
        y[4, 5] += 1
        saved(Path("wrong.npy"), y)
        wrong = deconv(f"{line} --reference wrong.npy")
        assert wrong.code == 1
        assert rows(wrong.out)["reference"].startswith(
            "NOT within the proven bound, first at (0, 0, 4, 5)"
        )

    def test_a_reference_of_another_shape(self) -> None:
        name = saved(Path("y.npy"), ramp(5, 5))
        done = deconv(f"run -q --in 5x5 -k 3 {QUICK} --reference {name}")
        refused(done, "the reference has shape [5, 5], the output [1, 1, 7, 7]")

    def test_json_has_no_infinity(self) -> None:
        name = saved(Path("y.npy"), np.full((7, 7), np.nan, "float32"))
        done = deconv(f"run -q --in 5x5 -k 3 {QUICK} --reference {name} --format json")
        printed = json.loads(done.out, parse_constant=pytest.fail)
        assert (done.code, printed["schema"]) == (1, "deconv.run/1")
        assert printed["checks"]["reference"]["agrees"] is False
        assert (printed["predicted"], printed["agree"]) == ([7, 7], True)

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            (
                lambda y: y + 2,
                "NOT within the proven bound, first at (0, 0, 0) (5 of 5 differ, 100 %, by",
            ),
            (lambda y: np.add(y, [0, 0, 0, 0, 2]), "(0, 0, 4) (1 of 5 differs, 20 %, by up to 2"),
            (
                lambda y: np.add(y, [0, 0, 0, 0, 1e-9]),
                "(0, 0, 4) (1 of 5 differs, 20 %, by up to 1e-09",
            ),
            (lambda y: y * np.nan, "(0, 0, 0) (5 of 5 differ, 100 %, some NaN or infinite)"),
            (
                lambda y: np.add(y, [0, np.inf, 0, 0, 1]),
                "(0, 0, 1) (2 of 5 differ, 40 %, some NaN or infinite)",
            ),
        ],
    )
    def test_no_share_of_a_bound_of_nothing(self, change: Callable[[Any], Any], words: str) -> None:
        """The last output of this layer has no terms, so that its bound is 0."""
        source = saved(Path("x.npy"), np.array([3, 4]))
        line = f"run {source} -k 2 -s 2 --op 1 --cast {QUICK}"
        assert deconv(f"{line} --out y.npy").code == 0
        saved(Path("wrong.npy"), change(np.load("y.npy")))
        done = deconv(f"{line} --reference wrong.npy")
        assert done.code == 1
        assert words in rows(done.out)["reference"]
        assert "inf %" not in done.out


class TestEngines:
    @pytest.mark.parametrize("engine", ENGINES)
    def test_each_computes_the_same(self, engine: str) -> None:
        done = deconv(f"run --in 4x5 -k 3 -s 2 --padding same --check --engine {engine}")
        assert done.code == 0
        assert rows(done.out)["engine"] == f"{engine}, float32"
        assert ("compilation included" in done.err) == (engine == "numba")

    def test_threads_do_not_change_a_bit(self) -> None:
        for threads in (1, 3):
            line = f"run -q --in 40x50 -k 3 --in-channels 5 --threads {threads}"
            assert deconv(f"{line} --out {threads}.npy").code == 0
        assert Path("1.npy").read_bytes() == Path("3.npy").read_bytes()

    def test_threads_reach_the_engine(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen = []
        real = prepare

        def spy(*given: Any, **settings: Any) -> Any:
            seen.append(settings["threads"])
            return real(*given, **settings)

        monkeypatch.setattr(outcome, "prepare", spy)
        deconv(f"run -q --in 5 -k 3 {QUICK} --threads 2")
        deconv(f"run -q --in 5 -k 3 {QUICK}")
        assert seen == [2, None]

    def test_a_seed_gives_the_same_bytes(self) -> None:
        for name, seed in (("a", 5), ("b", 5), ("c", 6)):
            assert deconv(f"run -q --in 9 -k 3 {QUICK} --seed {seed} --out {name}.npy").code == 0
        a, b, c = (Path(f"{name}.npy").read_bytes() for name in "abc")
        assert a == b != c

    def test_without_numba_numpy_computes_and_says_so(self) -> None:
        script = (
            "import sys; sys.modules['numba'] = None;"
            "from deconvcli.cli.main import main; main(sys.argv[1:])"
        )
        line = "run -q --in 5x5 -k 3 --check --format json"
        done = subprocess.run(
            [sys.executable, "-c", script, *line.split()], capture_output=True, text=True
        )
        assert (done.returncode, json.loads(done.stdout)["engine"]) == (0, "numpy")
        assert done.stderr.startswith("numba cannot be imported here (ModuleNotFoundError: ")
        assert "; numpy computes instead: reinstall numba" in done.stderr
        assert done.stderr.count("\n") == 1


class TestMemory:
    def test_refused_with_the_figures_before_anything_happens(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(arrays, "random_array", None)
        done = deconv("run --in 20000x20000 -k 3 --max-memory 1GiB --out y.npy")
        refused(done, "input 1.5 GiB", "output 1.5 GiB", "1.0 GiB is the limit of --max-memory")
        assert list(folder.iterdir()) == []

    def test_the_limit_is_what_is_available(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("deconvcli.common.memory.available_bytes", lambda: 2048)
        monkeypatch.setattr(arrays, "random_array", None)
        refused(deconv("run --in 100x100 -k 3"), "2.0 KiB are available", "smaller input")

    def test_sizes_no_machine_has(self) -> None:
        done = deconv("run --in 9000000000000000000x9000000000000000000 -k 3 -q")
        refused(done, "PiB", "are available")

    def test_enough_is_enough(self) -> None:
        assert deconv(f"run -q --in 5x5 -k 3 {QUICK} --max-memory 1e6").code == 0

    @pytest.mark.parametrize("text", ["much", "-1", "0", "5i", "1e99"])
    def test_no_memory_size(self, text: str) -> None:
        refused(deconv(f"run -q --in 5x5 -k 3 --max-memory {text}"), "is not a memory size")


def test_quiet_is_quiet() -> None:
    assert deconv(f"run -q --in 5x5 -k 3 {QUICK}") == (0, "7x7\n", "")
