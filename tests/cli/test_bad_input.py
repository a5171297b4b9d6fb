"""Bad input of every kind ends in exit 2 and one clear error; nothing is printed or written."""

from __future__ import annotations

import errno
import io
import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from deconvcli.compute.kernels.machine import config
from deconvcli.frameworks.request import LayerRequest
from tests.cli.commandline import Done, deconv, process, refused, saved
from tests.processes import python

LONG = "9" * 5000
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX signals and descriptors")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder in which nothing new may be found afterwards."""
    monkeypatch.chdir(tmp_path)
    yield tmp_path
    assert not [path for path in tmp_path.iterdir() if path.suffix in (".out", ".tmp")]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("shape --in 5x5 -k 0", ("height: kernel_size 0 is not positive", "use 1 or more")),
        ("shape --in 5x5 -k 3 -s 0", ("stride 0 is not positive",)),
        ("shape --in 5x5 -k 3 -d -1", ("dilation -1 is not positive",)),
        ("shape --in -5x5 -k 3", ("--in '-5x5': -5 is less than 1", "\n    -5x5\n    ^\n")),
        ("shape --in 0 -k 3", ("0 is less than 1", "use 1 or more")),
        ("shape --in 0N -k 3", ("0 is less than 1",)),
        ("shape --in 5x -k 3", ("--in '5x': a number is missing here", "\n    5x\n      ^\n")),
        ("shape --in 5xx5 -k 3", ("a number is missing here", "\n    5xx5\n      ^\n")),
        ("shape --in x -k 3", ("a number is missing here",)),
        ("shape --in 5² -k 3", ("this is not a number", "\n    5²\n     ^\n")),
        ("shape --in 5y5 -k 3", ("this is not a number", "\n    5y5\n     ^\n")),
        ("shape --in 5 -k 3.5", ("-k/--kernel '3.5': this is not a whole number",)),
        ("shape --in 5x5 -k 3x3x3", ("--in has 2 numbers, -k/--kernel has 3", "or 3: one per")),
        ("shape --in 5x5 -k 3 -s 1x2x2x1", ("4 numbers; a layer has 3", "2x2 for TensorFlow's")),
        ("shape --in 5x5 -k 3 -d [1,1,2,2]", ("-d/--dilation has 4 numbers; a layer has 3",)),
        ("shape --in 5x5 -k 3 -s 2x2x2", ("--in has 2 numbers, -s/--stride has 3",)),
        ("shape --in 1x64x5x5x5 -k 3x3", ("1x64x5x5x5 has 5 sizes", "4 (with batch)")),
        ("shape --in 1x2x3x4x5x6 -k 3", ("1x2x3x4x5x6 has 6 sizes", "5 (with batch)")),
        ("shape --in 5x5 -k 3 --padding maybe", ("padding is 'maybe'", "choose from: valid, same")),
        ("shape --in 5x5 -k 3 --padding vaild", ("did you mean 'valid'?",)),
        ("shape --in 5x5 -k 3 -p -1", ("-1 is less than 0",)),
        ("shape --in 5x5 -k 3 -p 1:2,3", ("begin:end is missing here", "\n        ^\n")),
        ("shape --in 5x5 -k 3 --auto-pad SAM", ("auto_pad is 'SAM'", "SAME_UPPER, SAME_LOWER")),
        ("shape --in 5x5 -k 3 -D keras -g 2", ("keras has no -g/--groups", "torch, onnx")),
        ("shape --in 5x5 -k 3 -D keras -p 1", ("padding of keras is a word", "torch, onnx")),
        ("shape --in 5x5 -k 3 -D torch --auto-pad VALID", ("torch has no --auto-pad", "onnx")),
        (
            "shape --in 5x5 -k 3 -D tf -s 2 -p same",
            ("output_shape is required", "SAME takes 9x9 to 10x10. Give it as --output-size."),
        ),
        (
            "shape --in 5xN -k 3 -D tflite -s 2 -p valid",
            ("output_shape is required", "VALID takes 11 x 2N+1 to 12 x 2N+2. Give it as --out"),
        ),
        ("shape --in 5x5 -k 3 -D kers", ("dialect 'kers'", "did you mean 'keras'?")),
        ("shape --in 5x5 -k 3 -D keras@tenso", ("'tenso'", "'keras@tensorflow'")),
        ("shape --in 5 -k 3 -g 2 --in-channels 3", ("3 input channels", "2 equal groups")),
        ("shape --in 5 -k 3 -g 2 --out-channels 3", ("3 output channels", "multiple of 2")),
        ("shape --in 5 -k 3 -g 0", ("groups 0 is not positive",)),
        ("shape --in 5 -k 3 -g 2x2", ("-g/--groups '2x2': this is not a number",)),
        ("shape --in 5 -k 3 --batch 2x3", ("--batch '2x3': this is not a number",)),
        (
            "shape --in 2x1x5 nn.ConvTranspose1d(1,1,3) --batch 3",
            ("--batch is 3, the input has 2", "give it once"),
        ),
        (
            "shape --in 5 -k 3 -s 2 --op 2 -D torch",
            ("output_padding 2 is not smaller than stride 2", "use 1 or less", "only chooses"),
        ),
        ("shape --in 5 -k 3 -s 2 --op 2 -D keras", ("not smaller than strides 2", "use 1 or")),
        ("shape --in 5 -k 3 --op -1", ("output_padding -1 is negative",)),
        (
            "shape --in 1 -k 1 -p 3",
            ("the output would have size -5", "the smallest input that works is 7"),
        ),
        ("shape --in 2x9 -k 3 -p 2x0", ("height: the output would have size 0", "works is 3")),
        ("shape --in 5 -k 3 -s 2 -D torch --output-size 99", ("output_size 99 is outside 11",)),
        ("shape -k 3", ("input size is not known", "--in 5x5")),
        ("shape --in 5", ("kernel size is not known", "-k 3")),
        ("shape --in 5x5 nn.ConvTranspose2d(3,4)", ("write it into the pasted call",)),
        ("run -k 3", ("no input is named", "an .npy file", "--in 5x5")),
        ("shape 5x5 -k 3", ("'5x5' is not a pasted call", "--in 5x5")),
        ("shpe", ("no command 'shpe'", "did you mean 'shape'?", "deconv --help")),
        ("shape --kernl 3", ("no option --kernl", "did you mean --kernel?")),
        ("shape --in 5 -k 3 --format xml", ("'xml' is not known", "json, jsonl, markdown, text")),
        ("shape --in 5 -k 3 --format jsn", ("did you mean 'json'?",)),
        ("shape --in", ("--in needs a value", "see deconv shape --help")),
        ("explain --in 5 -k", ("-k needs a value", "see deconv explain --help")),
        ("shape --in 5 -k 3 -pad 1", ("no option -pad", "did you mean --padding?")),
        ("shape --in 5 -kernel 3", ("no option -kernel", "did you mean --kernel?")),
        ("shape --in 5 -k 3 -stride=2", ("no option -stride", "did you mean --stride?")),
        ("shape -in 5 -k 3", ("no option -in", "did you mean --in?")),
        ("run --in 5 -k 3 -op 1", ("no option -op", "did you mean --op?")),
        ("explain --in 5 -k 3 --macs", ("no option --macs",)),
        ("run --in 5 -k 3 --engine cuda", ("'cuda' is not known", "numba, numpy, reference")),
        ("run --in 5 -k 3 --dtype float23", ("'float23' is not known", "float32")),
        ("run --in 5 -k 3 --threads 0", ("--threads '0': 0 is less than 1",)),
        ("run --in 5 -k 3 --threads 9999", ("9999 is too large", "use 1024 or less")),
        ("run --in 5 -k 3 --seed -1", ("-1 is less than 0",)),
        ("run --in 5 -k 3 --rank two", ("--rank 'two': this is not a number",)),
    ],
)
def test_what_was_given_what_is_allowed_what_to_do(line: str, words: tuple[str, ...]) -> None:
    refused(deconv(line), *words)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("nn.ConvTranspose2d(3, 4, 0)", ("kernel_size 0 is not positive",)),
        ("nn.ConvTranspose2d(3, 4, 1.5)", ("kernel_size is 1.5", "one integer")),
        ("nn.ConvTranspose2d(3, 4, k)", ("kernel_size is k, which has a value only in your",)),
        ("nn.ConvTranspose2d(3, 4, (k, 3))", ("kernel_size is k, which has a value only",)),
        ("nn.ConvTranspose2d(3, 4, 3, *more)", ("the values in *more are only in your",)),
        ("nn.ConvTranspose2d(3, 4, 3, **more)", ("the values in **more are only in your",)),
        ("nn.ConvTranspose2d(3, 4, 3, foo=2)", ("no parameter 'foo'",)),
        ("nn.ConvTranspose1d(3, 4, (4, 1))", ("[4, 1], and the layer has 1 axis", "a list of 1")),
        ("Conv2DTranspose(4, 3, (2, 2, 2))", ("[2, 2, 2], and the layer has 2 axes",)),
        ("nn.ConvTranspose2d(3, 4, 3, foo=x)", ("no parameter 'foo'",)),
        ("nn.ConvTranspose2d(3, 4, 3, 3, stride=2)", ("stride both by position and by name",)),
        (f"nn.ConvTranspose2d({'1, ' * 13})", ("takes 12 positional arguments, not 13",)),
        ("nn.ConvTranspose2d(3, 4, 3, groups=2)", ("3 input channels cannot be split",)),
        ("nn.ConvTranspose2d(3, 4", ("it is not Python at column 19",)),
        ("nn.ConvTranspose3d(3, 4, 3)", ("5x5 has 2 sizes, the layer has 3 spatial axes",)),
        ("nn.Conv2d(3, 4, 3)", ("'nn.Conv2d' is a forward convolution", "nn.ConvTranspose2d")),
        ("y(); x()", ("no single call",)),
        ("F.conv_transpose2d(x, torch.zeros(3))", ("weights of shape [3] have 1 axes",)),
        ("op.ConvTranspose(x, np.zeros((3, 4)))", ("weights of 2 axes belong to no layer",)),
        (f"nn.ConvTranspose2d(3, 4, {LONG * 3})", ("a number that is too long",)),
        (f"nn.ConvTranspose2d(3, 4, {'k + ' * 30}k)", ("kernel_size is k + k", "k..., which")),
        (f"nn.ConvTranspose2d(3, 4, {LONG[:3900]})", ("kernel_size is 9999",)),
        ("f" + "(" * 500 + ")" * 500, ("cannot be read",)),
    ],
)
def test_pasted_calls(call: str, words: tuple[str, ...]) -> None:
    refused(deconv("shape --in 5x5", call), *words)


def test_a_call_of_another_dialect_names_its_owner() -> None:
    done = deconv("shape --in 5x5 -D keras", "nn.ConvTranspose2d(3, 4, 3)")
    refused(done, "keras", "torch and mlx have it: leave the dialect out")


@pytest.mark.parametrize(
    "line",
    [
        "shape --in 5x5 -k 3 F.conv_transpose2d(x,torch.zeros(3,4,5,5))",
        "shape --in 5x5 -k 3x5 tf.nn.conv2d_transpose(x,tf.zeros([5,5,4,3]),[1,9,9,4],1)",
    ],
)
def test_a_kernel_that_the_weights_do_not_have(line: str) -> None:
    refused(deconv(line), "the kernel is 3", "the weights have 5x5", "leave the kernel out")


def test_no_option_is_guessed_without_likeness() -> None:
    done = deconv("shape --zzz 3")
    refused(done, "no option --zzz")
    assert "did you mean" not in done.err


def test_a_parameter_given_twice() -> None:
    done = deconv("shape --in 5x5 -k 3", "nn.ConvTranspose2d(3, 4, 3)")
    refused(done, "-k/--kernel gives kernel_size a second time")


SHAPE = "--in -k -s -p --op -d -g --in-channels --out-channels --output-size --batch --expect"
RUN = "--rank --seed --threads --max-memory"
NUMERIC = [("shape", option) for option in SHAPE.split()] + [("run", o) for o in RUN.split()]


def with_number(command: str, option: str, text: str) -> Done:
    """The command with everything it needs, and this number."""
    given = {"--in": "5", "-k": "3"}
    words = [word for pair in given.items() if pair[0] != option for word in pair]
    return deconv(f"{command} -q", *words, option, text)


@pytest.mark.parametrize("text", [LONG, f"-{LONG}", f"5x{LONG}", f"{LONG}N", "9" * 19])
@pytest.mark.parametrize(("command", "option"), NUMERIC)
def test_integers_beyond_64_bits(command: str, option: str, text: str) -> None:
    done = with_number(command, option, text)
    refused(done)
    assert len(done.err) < 500


@pytest.mark.parametrize(("command", "option"), NUMERIC)
def test_thousands_of_zeros_are_a_number(command: str, option: str) -> None:
    done = with_number(command, option, "0" * 5000 + "1")
    assert done.code in (0, 1, 2)
    assert len(done.out + done.err) < 500


class TestFiles:
    LINE = "run -q -k 3 --engine numpy --out y.out"

    def refused(self, name: str, *words: str) -> None:
        """As input, as weights and as reference."""
        refused(deconv(f"{self.LINE} {name}"), *words)
        refused(deconv(f"{self.LINE} --in 5x5 --weights {name}"), *words)
        refused(deconv(f"{self.LINE} --in 5x5 --reference {name}"), *words)

    def test_truncated(self, folder: Path) -> None:
        whole = Path(saved(folder / "x.npy", np.ones((5, 5)))).read_bytes()
        for length in (0, 5, 60, len(whole) - 1):
            (folder / "x.npy").write_bytes(whole[:length])
            self.refused("x.npy", "x.npy: is not a whole .npy file")

    def test_pickled(self, folder: Path) -> None:
        np.save(folder / "x.npy", np.array([Boom()], dtype=object), allow_pickle=True)
        self.refused("x.npy", "pickled Python objects, which are never loaded")

    def test_structured(self, folder: Path) -> None:
        saved(folder / "x.npy", np.zeros(5, [("a", "f4"), ("b", "f4")]))
        self.refused("x.npy", "structured")

    @pytest.mark.parametrize("shape_", ["(-5, 5)", f"({2**62}, 2)", "(1000000000,)"])
    def test_impossible_shapes(self, folder: Path, shape_: str) -> None:
        header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape_}, }}\n".encode()
        start = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header))
        (folder / "x.npy").write_bytes(start + header + bytes(100))
        self.refused("x.npy", "is not a whole .npy file")

    @POSIX
    def test_a_pipe_that_nobody_writes_to(self, folder: Path) -> None:
        os.mkfifo(folder / "pipe.npy")
        self.refused("pipe.npy", "not a regular file")

    def test_a_folder(self) -> None:
        self.refused(".", "not a regular file")

    def test_nothing_there(self) -> None:
        self.refused("missing.npy", "missing.npy: cannot be read", "existing .npy file")

    def test_text_instead(self, folder: Path) -> None:
        (folder / "x.npy").write_text("1 2 3\n")
        self.refused("x.npy", "is not a whole .npy file")

    def test_an_empty_name(self) -> None:
        refused(deconv(self.LINE, ""), "(empty name): cannot be read")


class Boom:
    """Unpickling it would be noticed."""

    def __reduce__(self) -> Any:
        return os.abort, ()


ESC = "\x1b[31mred\x07\x9b"


class TestForeignText:
    """`refused` asserts that every character is printable."""

    @pytest.mark.parametrize(
        ("line", "argument"),
        [
            ("shape", ESC),
            ("shape --in", ESC),
            ("shape --in 5x5 -k", ESC),
            ("shape --in 5x5 -k 3 -p", ESC),
            ("shape --in 5x5 -k 3 -D", ESC),
            ("shape --in 5x5 -k 3 -D", f"keras@{ESC}"),
            ("shape --in 5x5 -k 3 --auto-pad", ESC),
            ("shape --in 5x5 -k 3 --data-format", ESC),
            ("shape --in 5x5 -k 3 --format", ESC),
            ("shape --in 5x5 -k 3", f"--{ESC}"),
            ("shape --in 5x5", f"nn.{ESC}(3)"),
            ("shape --in 5x5", f"nn.Conv2d('{ESC}')"),
            ("shape --in 5x5", f"f'{ESC}'(3)"),
            ("shape --in 5x5", f"nn.ConvTranspose2d(1, 2, f('{ESC}'))"),
            ("shape --in 5x5", f"nn.ConvTranspose2d(1, 2, f'{ESC}')"),
            ("shape --jsonl", ESC),
            ("run -k 3", f"{ESC}.npy"),
            ("run -k 3 a.npy", f"{ESC}.npy"),
            ("run -q --in 5 -k 3 --out", f"missing/{ESC}.npy"),
            ("run --in 5 -k 3 --max-memory", ESC),
            ("run --in 5 -k 3 --seed", ESC),
            ("", ESC),
            ("shape --in 5x5 -k 3 -D", "\udcff"),
            ("shape --in 5x5 -k 3 -D", "\u202eabc"),
        ],
    )
    def test_errors(self, line: str, argument: str) -> None:
        refused(deconv(line, argument))

    @pytest.mark.parametrize("format", ["text", "markdown", "json", "jsonl"])
    def test_results(self, format: str, folder: Path) -> None:
        line = f"--engine numpy --format {format} --out"
        done = deconv(f"run --in 5 -k 3 {line}", f"{ESC}.npy")
        assert done.code == 0
        assert all(c.isprintable() or c == "\n" for c in done.out + done.err)
        call = f"nn.ConvTranspose2d(1, 2, 3, device='{ESC}')"
        done = deconv(f"shape --in 5x5 --format {format}", call)
        assert done.code == 0
        assert all(c.isprintable() or c == "\n" for c in done.out + done.err)

    def test_a_mark_stands_below_the_right_character(self) -> None:
        done = deconv("shape -k 3 --in", "\x1b5")
        assert "\n    \\x1b5\n    ^\n" in done.err
        done = deconv("shape -k 3 --in", "5x\x1b5y")
        assert "\n    5x\\x1b5y\n      ^\n" in done.err

    def test_long_words_are_cut(self) -> None:
        for line in ("shape", "shape --in 5 -k 3 -D", "run --in 5 -k 3 --dtype"):
            done = deconv(line, "y" * 100_000)
            refused(done)
            assert len(done.err) < 1000


class TestBugs:
    @pytest.fixture(autouse=True)
    def broken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A bug in `deconv shape`."""

        def understand(*anything: Any) -> None:
            raise ZeroDivisionError("a \x1b bug\n" + "y" * 5000)

        monkeypatch.setattr(LayerRequest, "understand", understand)
        monkeypatch.delenv("DECONV_DEBUG", raising=False)

    def test_one_line_and_a_hint(self) -> None:
        done = deconv("shape --in 5 -k 3")
        refused(done, "error[bug]: ZeroDivisionError: a \\x1b bug", "DECONV_DEBUG=1", code=3)
        assert len(done.err) < 500

    def test_the_traceback_for_a_report(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DECONV_DEBUG", "1")
        done = deconv("shape --in 5 -k 3")
        assert (done.code, done.out) == (3, "")
        assert "Traceback (most recent call last)" in done.err
        assert "in understand\n" in done.err


def test_memory_that_is_used_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def understand(*anything: Any) -> None:
        raise MemoryError

    monkeypatch.setattr(LayerRequest, "understand", understand)
    refused(deconv("shape --in 5 -k 3"), "out of memory", "smaller layer")


class Broken(io.StringIO):
    """Standard output whose reader has gone."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


class BrokenLate(io.StringIO):
    """The same, noticed when the rest is sent."""

    def flush(self) -> None:
        if self.getvalue():
            raise BrokenPipeError(errno.EPIPE, "Broken pipe")


class TestStreams:
    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has /dev/full")
    @pytest.mark.parametrize("line", ["shape --in 5 -k 3", "shape --jsonl many.jsonl", "--help"])
    def test_a_full_disk(self, line: str, folder: Path) -> None:
        (folder / "many.jsonl").write_text("{}\n" * 1000)
        # Buffered, so that what could not be written is tried again at the end.
        env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        with open("/dev/full", "w") as full:
            done = process(line, stdout=full, env=env)
        refused(Done(done.returncode, "", done.stderr), "No space left on device", "incomplete")

    @POSIX
    def test_a_pipe_that_closes_early_is_silent(self, folder: Path) -> None:
        (folder / "many.jsonl").write_text("{}\n" * 20_000)
        with subprocess.Popen(
            [sys.executable, "-m", "deconvcli", "shape", "--jsonl", "many.jsonl"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as running:
            assert running.stdout is not None
            assert running.stderr is not None
            assert running.stdout.readline().startswith(b'{"id": null')
            running.stdout.close()
            assert running.stderr.read() == b""
        assert running.returncode == -signal.SIGPIPE

    @pytest.mark.parametrize("out", [Broken, BrokenLate])
    @pytest.mark.parametrize("line", ["shape --in 5 -k 3", "shape --jsonl one.jsonl"])
    def test_a_closed_pipe_without_the_signal(
        self, line: str, out: type[io.StringIO], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (folder / "one.jsonl").write_text("{}\n")
        monkeypatch.delattr(signal, "SIGPIPE", raising=False)
        done = deconv(line, out=out())
        assert (done.code, done.err) == (141, "")

    @POSIX
    def test_standard_output_is_closed(self) -> None:
        done = process("shape --in 5 -k 3", stdout=None, preexec_fn=lambda: os.close(1))
        refused(Done(done.returncode, "", done.stderr), "standard output is closed")

    @POSIX
    def test_standard_error_is_closed(self) -> None:
        done = process("shape --in 5 -k 0", stderr=None, preexec_fn=lambda: os.close(2))
        assert (done.returncode, done.stdout) == (2, "")

    @POSIX
    @pytest.mark.parametrize("engine", ["reference", "numba"])
    def test_ctrl_c_ends_a_long_run(self, engine: str, folder: Path) -> None:
        if engine == "numba" and config.DISABLE_JIT:
            pytest.skip("without compilation the task that Ctrl-C waits for takes minutes")
        line = f"run --in 300x300 -s 2 --engine {engine} --out y.out"
        weights = saved(folder / "w.npy", np.ones((32, 32, 31, 31), "float32"))
        with python("-m", "deconvcli", *line.split(), "--weights", weights) as running:
            while psutil.Process(running.pid).cpu_times().user < 1:  # it is past starting then
                assert running.poll() is None
                time.sleep(0.05)
            running.send_signal(signal.SIGINT)
            sent = time.monotonic()
            out, err = running.communicate(timeout=30)
        assert time.monotonic() - sent < 10
        assert (running.returncode, out, err) == (130, b"", b"\n")
