"""`deconv shape`: the seed cases, every spelling of an option, pasted calls, symbols, formats."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from deconvcli.checks.reporters import REPORTERS
from deconvcli.views.answers.renderers import RENDERERS
from tests.cli.commandline import deconv, refused, rows

KERAS = "Conv2DTranspose(128, 3, strides=2, padding='same')"
TORCH = "nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)"


def size_of(*arguments: str) -> str:
    """Return the bare answer."""
    done = deconv("shape", "-q", *arguments)
    assert (done.code, done.err) == (0, "")
    return done.out.rstrip("\n")


@pytest.mark.parametrize(
    ("size", "call", "output"),
    [
        ("8x8x64", KERAS, "16x16x128"),
        ("5x5x32", "Conv2DTranspose(64, 3, strides=2, padding='valid')", "11x11x64"),
        (
            "5x5x32",
            "Conv2DTranspose(64, 3, strides=2, padding='valid', output_padding=(1,1))",
            "12x12x64",
        ),
        (
            "10x10x16",
            "Conv2DTranspose(32, 3, strides=1, dilation_rate=2, padding='same')",
            "10x10x32",
        ),
    ],
)
def test_the_seed_cases(size: str, call: str, output: str) -> None:
    assert size_of("--in", size, call) == output


def test_a_quiet_answer_is_bare() -> None:
    arguments = "shape -q --in 5x5 -k 3 -s 2 --padding valid"
    assert deconv(arguments) == (0, "11x11\n", "")


class Terminal(io.StringIO):
    """Standard output that people look at."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_the_same_words_in_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    line = "shape --in 5x5 -k 3 -s 2 -D torch"
    colored = deconv(line, out=Terminal()).out
    assert "\x1b[1m11x11" in colored
    words = re.sub(r"\x1b\[\d*m", "", colored).split()
    assert words == deconv(line).out.split()


INERT = (
    *("activation='relu'", "use_bias=True", "kernel_initializer='he_normal'", "name='up'"),
    *("bias_initializer=keras.initializers.Zeros()", "kernel_regularizer=L2(1e-4)"),
    *("bias_regularizer=None", "activity_regularizer=None", "kernel_constraint=None"),
    *("bias_constraint=MaxNorm(2)", "dtype='float32'", "trainable=False"),
)


def test_other_parameters_of_keras_are_accepted() -> None:
    call = f"keras.layers.Conv2DTranspose(128, 3, strides=2, padding='same', {', '.join(INERT)})"
    done = deconv("shape", "--in", "8x8x64", call)
    printed = rows(done.out)
    assert printed["output"] == "16x16x128"
    assert printed["also"] == (
        "activation, kernel_initializer, name, bias_initializer, 7 more: no effect on the shape"
    )
    assert max(map(len, done.out.splitlines())) <= 100


def test_inert_values_are_json() -> None:
    call = "Conv2DTranspose(3, 4, name=1e999, activation=[f, b'a', None], dtype=torch.float16)"
    done = deconv("shape", "--in", "5x5", call, "--format", "json")
    parameters = json.loads(done.out, parse_constant=pytest.fail)["parameters"]
    assert parameters["activation"] == ["f", "b'a'", None]
    assert (parameters["name"], parameters["dtype"]) == ("inf", "torch.float16")


def test_macs_count_the_bias_parameters() -> None:
    printed = rows(deconv("shape", "--in", "8x8x64", KERAS, "--macs").out)
    assert printed["parameters"] == f"{3 * 3 * 64 * 128 + 128:,}, 128 of them bias"
    assert printed["channels"] == "64 -> 128, groups 1"
    full = 8 * 8 * 9 * 64 * 128
    useful = (8 * 3 - 1) ** 2 * 64 * 128  # the last element of each axis is cropped
    share = f"{100 * useful / full:.1f} %"
    assert printed["macs"] == f"{full:,} full, {useful:,} useful after the crop ({share})"


def test_macs_without_bias() -> None:
    call = "nn.ConvTranspose2d(4, 6, 3, bias=False)"
    printed = rows(deconv("shape", "--in", "5", call, "--macs").out)
    assert printed["parameters"] == f"{4 * 6 * 9}, no bias"
    assert printed["layer"].endswith("bias=False")


def test_macs_say_which_channels_nobody_gave() -> None:
    printed = rows(deconv("shape", "--in", "5x5", "-k", "3", "--in-channels", "4", "--macs").out)
    assert printed["channels"] == "4 -> (out_channels), groups 1 (not given: --out-channels)"


@pytest.mark.parametrize(
    ("aliases", "value", "output"),
    [
        (("-k", "--kernel", "--kernel-size"), "4", "6x6"),
        (("-s", "--stride", "--strides"), "2x3", "7x9"),
        (("-p", "--padding"), "1x0", "3x5"),
        (("--op", "--output-padding"), "1", "8x8"),
        (("-d", "--dilation", "--dilation-rate"), "2", "7x7"),
    ],
)
def test_every_name_of_an_option(aliases: tuple[str, ...], value: str, output: str) -> None:
    options = {"-k": "3", "--op": "0"} | {aliases[0]: value}
    options |= {"-s": "2", "-d": "1"} if "--op" in aliases else {}
    known = [word for pair in options.items() if pair[0] != aliases[0] for word in pair]
    assert {size_of("--in", "3x3", *known, name, value) for name in aliases} == {output}


@pytest.mark.parametrize(
    ("names", "value", "field", "expected"),
    [
        (("-D", "--dialect", "--framework"), "onnx", "dialect", "onnx"),
        (("-g", "--groups"), "2", "weight_shape", [4, 3, 3, 3]),
        (("--in-channels",), "8", "weight_shape", [8, 6, 3, 3]),
        (("--out-channels", "--filters"), "8", "weight_shape", [4, 8, 3, 3]),
        (("--output-size", "--output-shape"), "10x11", "output", [10, 11]),
        (("--batch",), "7", "output_shape", [7, 6, 11, 11]),
        (("--data-format",), "channels_first", "output_shape", [1, 6, 11, 11]),
        (("--auto-pad",), "SAME_UPPER", "output", [10, 10]),
    ],
)
def test_every_name_of_a_further_option(
    names: tuple[str, ...], value: str, field: str, expected: object
) -> None:
    given = {"--in": "5x5", "-k": "3", "-s": "2", "--in-channels": "4", "--out-channels": "6"}
    given = {name: value for name, value in given.items() if name not in names}
    if "--output-size" in names:
        given |= {"-k": "4", "-p": "1"}
    words = [word for pair in given.items() for word in pair]
    for name in names:
        done = deconv("shape", *words, name, value, "--format", "json")
        assert json.loads(done.out)[field] == expected


@pytest.mark.parametrize(
    ("size", "call", "dialect", "output"),
    [
        ("5x5", TORCH, "torch", "10x10"),
        ("64x5x5", TORCH, "torch", "32x10x10"),
        ("2x64x5x5", TORCH, "torch", "2x32x10x10"),
        ("5", "torch.nn.ConvTranspose1d(4, 2, 3)", "torch", "7"),
        ("5", "nn.LazyConvTranspose3d(2, 3)", "torch", "7x7x7"),
        ("5x5", "self.up = nn.ConvTranspose2d(in_ch, out_ch, 4, 2, 1)", "torch", "10x10"),
        ("5x5", "nn.ConvTranspose2d(64 * 8, ch // 2, 2 * 2, 2, bias=b),", "torch", "12x12"),
        (
            "",
            "F.conv_transpose2d(torch.zeros(1, 64, 5, 5), torch.zeros(64, 32, 4, 4), stride=2)",
            "torch",
            "1x32x12x12",
        ),
        ("8x8", f"keras.layers.{KERAS}", "keras", "16x16"),
        ("8x8", f"tf.keras.layers.{KERAS}", "keras", "16x16"),
        ("8x8", f"x = tensorflow.keras.layers.{KERAS}(x)", "keras", "16x16"),
        ("", "Conv2DTranspose(4, 3, strides=2, input_shape=(5, 5, 8))", "keras", "11x11x4"),
        ("5x5", "keras.ops.conv_transpose(x, tf.zeros([3, 3, 8, 4]), 2)", "keras", "11x11"),
        (
            "",
            "tf.nn.conv2d_transpose(tf.zeros([1, 5, 5, 3]), tf.zeros([3, 3, 8, 3]),"
            " output_shape=[1, 10, 10, 8], strides=2, padding='SAME')",
            "tensorflow",
            "1x10x10x8",
        ),
        (
            "5x5",
            "op.ConvTranspose(x, np.zeros((3, 8, 3, 3)), strides=[2, 2], pads=[1, 1, 1, 1])",
            "onnx",
            "9x9",
        ),
        ("5x5", "op.ConvTranspose(x, W, kernel_shape=[3, 3], pads=[0, 1, 0, 1])", "onnx", "7x5"),
        ("4x5x5", "op.ConvTranspose(x, W, kernel_shape=[3, 3])", "onnx", "Nonex7x7"),
        ("2x4x5", "op.ConvTranspose(x, W, kernel_shape=[3])", "onnx", "2xNonex7"),
        (
            "8x8",
            "nn.ConvTranspose(features=8, kernel_size=(3, 3), strides=(2, 2))",
            "flax",
            "16x16",
        ),
        ("8x8x3", "nn.ConvTranspose(8, (3, 3), (2, 2), 'VALID')(x)", "flax", "17x17x8"),
        ("8x8", "nnx.ConvTranspose(3, 8, kernel_size=(3, 3), rngs=rngs)", "flax", "8x8"),
        (
            "",
            "lax.conv_transpose(jnp.zeros((1, 8, 8, 3)), jnp.zeros((3, 3, 3, 4)), (2, 2), 'SAME')",
            "jax",
            "1x16x16x4",
        ),
        (
            "1x3x8x8",
            "lax.conv_transpose(x, jax.random.normal(key, (3, 3, 3, 4)), (2, 2), padding='SAME',"
            " dimension_numbers=('NCHW', 'HWIO', 'NHWC'))",
            "jax",
            "1x16x16x4",
        ),
        (
            "",
            "jax.lax.conv_general_dilated(jnp.zeros((1, 4, 9)), jnp.zeros((6, 2, 3)), (1,),"
            " [(2, 2)], lhs_dilation=(2,), feature_group_count=2)",
            "jax",
            "1x6x19",
        ),
    ],
)
def test_pasted_calls(size: str, call: str, dialect: str, output: str) -> None:
    given = ["--in", size] if size else []
    done = deconv("shape", *given, call, "--format", "json")
    printed = json.loads(done.out)
    assert printed["dialect"] == dialect
    assert "x".join(map(str, printed["output"])) == output
    assert printed["why"].startswith("the pasted call is ")


@pytest.mark.parametrize(
    ("options", "output", "layer"),
    [
        (
            "tensorflow -p valid --output-size 7",
            "7x7",
            "strides=1, padding='VALID', output_shape=(batch, 7, 7, out_channels)",
        ),
        (
            "tflite -p valid --output-size 7",
            "7x7",
            "stride_h=1, stride_w=1, padding='VALID', output_shape=(batch, 7, 7, out_channels)",
        ),
        ("openvino -p 1", "5x5", "strides=(1, 1), pads_begin=(1, 1), pads_end=(1, 1)"),
        ("jax -p 1", "5x5", "strides=(1, 1), padding=((1, 1), (1, 1))"),
        ("jax -p 1 -s 2 -g 1", "9x9", "strides=(2, 2), padding=((1, 1), (1, 1))"),
        (
            "jax -p 1 -s 2 -g 2",
            "9x9",
            "window_strides=(1, 1), lhs_dilation=(2, 2), padding=((1, 1), (1, 1)),"
            " feature_group_count=2",
        ),
        ("flax --in-channels 4 --out-channels 6", "5x5", "features=6, kernel_size=(3, 3)"),
    ],
)
def test_what_a_framework_requires_is_completed(options: str, output: str, layer: str) -> None:
    dialect, *others = options.split()
    printed = rows(deconv("shape", "--in", "5x5", "-k", "3", "-D", dialect, *others).out)
    assert printed["output"] == output
    assert printed["layer"] == f"{dialect}: {layer}"


def test_an_incomplete_call_is_refused() -> None:
    refused(deconv("shape", TORCH), "input size is not known", "--in")
    call = "x = F.conv_transpose2d(x, w.weight, b, 2)"
    refused(deconv("shape", "--in", "5x5", call), "kernel size is not known", "-k 3")


def test_options_complete_a_pasted_call() -> None:
    assert size_of("--in", "5x5", "nn.ConvTranspose2d(3, 4, 3)", "-s", "2") == "11x11"
    assert size_of("--in", "5x5", "op.ConvTranspose(x, W, strides=[2, 2])", "-k", "3") == "11x11"


def test_weights_written_in_the_call_are_shown() -> None:
    call = "F.conv_transpose2d(x, torch.zeros(64, 32, 4, 4), stride=2)"
    printed = rows(deconv("shape", "--in", "5x5", call).out)
    assert (printed["layer"], printed["weights"]) == ("torch: stride=2", "64x32x4x4")


@pytest.mark.parametrize(
    ("size", "options", "output", "full"),
    [
        ("N", "-k 3 -s 2 -p 1", "2N-1", "2N+1"),
        ("HxW", "-k 4 -s 2 -p 1", "2Hx2W", "2H+2 x 2W+2"),
        ("320N-8", "-k 16 -s 8 -p 4", "2560N-64", "2560N-56"),
        ("5xN", "-k 3 -s 2 --padding same", "10x2N", "11 x 2N+1"),
        ("N", "-k 3 --padding valid", "N+2", "N+2"),
    ],
)
def test_symbolic_sizes(size: str, options: str, output: str, full: str) -> None:
    printed = rows(deconv("shape", "--in", size, *options.split()).out)
    assert printed["output"] == output
    assert printed["full"] == f"{full} (before the crop)"


def test_symbolic_sizes_say_from_which_value_on() -> None:
    printed = rows(deconv("shape", "--in", "HxW", "-k", "3x1", "-p", "2x0").out)
    assert printed["for"] == "H >= 3, W >= 1"


def test_symbolic_macs() -> None:
    options = "--in N -k 3 -s 2 -p 1 --in-channels 1 --out-channels 1"
    printed = rows(deconv("shape", *options.split(), "--macs").out)
    assert printed["macs"] == "3*N full, 3N-2 useful after the crop"


def test_a_symbol_without_a_formula_is_refused() -> None:
    done = deconv("shape --in N -k 3 -D onnx --output-size 10")
    refused(done, "no single formula in N", "give the input size as a number")


def test_a_crop_may_depend_on_the_symbol() -> None:
    printed = rows(deconv("shape --in N -k 4 -s 2 -D onnx --output-size 10").out)
    assert (printed["output"], printed["crop"]) == ("10", "N-4:N-4 (begin:end)")
    assert printed["for"] == "N >= 1"  # with fewer than 5, the crop is negative and appends


def test_sizes_and_the_batch_may_be_symbols() -> None:
    call = "F.conv_transpose2d(torch.zeros(1, 1, 5, 5), k)"
    assert deconv("shape -q -k 3 --out-channels 1 --in Bx1x5x5", call).out == "Bx1x7x7\n"
    assert deconv("shape -q -k 3 --out-channels 1 --in 1xCx5x5", call).out == "1x1x7x7\n"


@pytest.mark.parametrize(
    ("options", "wanted", "code", "row"),
    [
        ("--in 5x5 -p 1", "9x9", 0, "9x9: yes"),
        ("--in 5x5 -p 1", "9", 0, "9x9: yes"),
        ("--in 5x5 -p 1", "1x1x9x9", 0, "1x1x9x9: yes; not compared: (out_channels) with 1"),
        ("--in 5x5 -p 1", "10x9", 1, "10x9: no, the output differs by -1, +0"),
        ("--in N -p 1", "2N-1", 0, "2N-1: yes"),
        ("--in N -p 1", "2N", 1, "2N: no, the output differs by -1"),
        ("--in N -p 1", "2M", 1, "2M: no, the output differs by 2N-1 for 2M"),
    ],
)
def test_expect(options: str, wanted: str, code: int, row: str) -> None:
    done = deconv("shape", *options.split(), "-k", "3", "-s", "2", "--expect", wanted)
    assert (done.code, done.err) == (code, "")
    assert rows(done.out)["expected"] == row


def test_expect_in_json_and_quietly() -> None:
    arguments = "shape --in 5x5 -k 3 -s 2 -p 1 --expect 10"
    done = deconv(arguments, "--format", "json")
    printed = json.loads(done.out)
    assert (done.code, printed["met"], printed["expected"]) == (1, False, [10, 10])
    assert deconv(arguments, "-q") == (1, "9x9 is not 10x10\n", "")


def test_expect_of_another_rank_is_refused() -> None:
    done = deconv("shape --in 5x5 -k 3 --expect 7x7x7")
    refused(done, "--expect has 3 sizes", "one size per spatial axis")


def test_the_json_of_a_shape() -> None:
    done = deconv(
        "shape --in 5x5 -k 3 -s 2 -p 1 --op 1 --macs --format json --in-channels 1 --out-channels 1"
    )
    assert json.loads(done.out) == {
        "schema": "deconv.shape/1",
        "dialect": "torch",
        "why": "padding is a number",
        "parameters": {
            "kernel_size": 3,
            "stride": 2,
            "padding": 1,
            "output_padding": 1,
            "in_channels": 1,
            "out_channels": 1,
        },
        "input": [5, 5],
        "output": [10, 10],
        "input_shape": [1, 1, 5, 5],
        "output_shape": [1, 1, 10, 10],
        "full": [11, 11],
        "crop": [[1, 0], [1, 0]],
        "circular": False,
        "flipped": False,
        "weight_shape": [1, 1, 3, 3],
        "macs": {"full": 225, "useful": 196},
        "parameter_count": 10,
        "findings": [],
    }


def test_jsonl_is_the_same_in_one_line() -> None:
    arguments = "shape --in Nx5 -k 3 -s 2 --padding same"
    line = deconv(arguments, "--format", "jsonl").out
    assert line.count("\n") == 1
    assert json.loads(line) == json.loads(deconv(arguments, "--format", "json").out)
    assert json.loads(line)["output"] == ["2N", 10]


def test_markdown_is_a_table() -> None:
    lines = deconv("shape --in 5x5 -k 3 --format markdown").out.splitlines()
    assert lines[1] == "| --- | --- |"
    assert "| output | 7x7 |" in lines
    assert {line.count("|") for line in lines} == {3}


def test_every_format_of_every_report(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = ["shape --in 5x5 -k 3", "shape --in 5x5 -k 3 -D all", "explain --in 5x5 -k 3"]
    for report in reports:
        for format in RENDERERS.names:
            done = deconv(report, "--format", format)
            assert done.code == 0
            monkeypatch.setenv("DECONV_FORMAT", format)
            assert deconv(report) == done
            monkeypatch.delenv("DECONV_FORMAT")


@pytest.mark.parametrize(
    "line",
    [
        "shape --in 5x5 -k 3",
        "shape --in 5x5 -k 3 -D all",
        "explain --in 5x5 -k 3",
        "dialects",
        "rule",
        "bench --list",
    ],
)
def test_another_commands_format_in_the_environment_is_ignored(
    line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = deconv(line)
    for format in set(REPORTERS.names) - set(RENDERERS.names):
        monkeypatch.setenv("DECONV_FORMAT", format)
        assert deconv(line) == usual
        refused(deconv(f"{line} --format {format}"), f"'{format}' is not known")
    monkeypatch.setenv("DECONV_FORMAT", "jsn")
    refused(deconv(line), "'jsn' is not known; did you mean 'json'?")


def test_check_ignores_the_formats_of_other_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "a.deconv.yaml"
    config.write_text("networks: {a: {input: 5x5, layers: [{kernel: 3}]}}", "utf-8")
    usual = deconv("check", str(config))
    for format in set(RENDERERS.names) - set(REPORTERS.names):
        monkeypatch.setenv("DECONV_FORMAT", format)
        assert deconv("check", str(config)) == usual


@pytest.mark.parametrize(
    ("options", "dialect", "why"),
    [
        ("-p same", "keras", "padding 'same' is a word"),
        ("-p valid", "keras", "padding 'valid' is a word"),
        ("-p 1", "torch", "padding is a number"),
        ("-g 1", "torch", "no framework is named"),
        ("--auto-pad SAME_UPPER", "onnx", "this one has all these parameters"),
        ("-p 1:0 -g 1", "onnx", "this one has all these parameters"),
        ("-p 0 -D onnx@onnxruntime", "onnx@onnxruntime", "--dialect names it"),
    ],
)
def test_which_dialect_is_taken_and_why(options: str, dialect: str, why: str) -> None:
    done = deconv("shape", "--in", "5x5", "-k", "3", *options.split())
    printed = rows(done.out)
    assert printed["layer"].startswith(f"{dialect}: ")
    assert printed["why"].startswith(f"{dialect}, because ")
    assert why in printed["why"]


def test_a_finding_of_an_implementation() -> None:
    arguments = "shape --in 5x5 -k 3 -s 1 -d 4 --op 2 -D"
    done = deconv(arguments, "onnx")
    assert done.code == 0
    assert "warning[onnxruntime-output-padding]: ONNX Runtime" in done.out
    assert "\n  help: " in done.out
    assert "\n  source: measured" in done.out
    printed = json.loads(deconv(arguments, "onnx", "--format", "json").out)
    assert [finding["code"] for finding in printed["findings"]] == ["onnxruntime-output-padding"]
    refused(deconv(arguments, "onnx@onnxruntime"), "refuses output_padding 2 >= stride 1")


def test_a_refusal_names_what_an_implementation_does_instead() -> None:
    done = deconv("shape --in 1x4 -k 2 -p 1x0 -D torch")
    refused(done, "error[empty-output]: torch: height: the output would have size 0")
    assert "\nnote[empty-output]: PyTorch's oneDNN kernels" in done.err
    negative = deconv("shape --in 1x4 -k 2 -p 2x0 -D torch")
    refused(negative, "would have size -2")
    assert "note[" not in negative.err


def test_an_inferred_shape_without_sizes() -> None:
    arguments = "--in 3 -k 3 -s 2 --output-size 2 -D onnx@shape_inference"
    done = deconv(f"shape {arguments}")
    assert rows(done.out)["output"] == "no sizes"
    assert "warning[onnx-shape-inference-rank]" in done.out
    printed = json.loads(deconv(f"shape {arguments} --format json").out)
    assert (printed["output"], printed["output_shape"]) == ([], [1, None])
    assert deconv(f"explain {arguments}").out.startswith("output  no sizes\n")
    refused(deconv(f"shape {arguments} --expect 2"), "--expect has 1 sizes, the output 0")
    refused(deconv(f"run {arguments}"), "error[no-values]", "the shape [1, 1]", "it lacks axes")


def test_a_negative_crop_says_what_it_means() -> None:
    printed = rows(deconv("shape --in 5x5 -k 3 -s 2 --padding valid --op 1").out)
    assert printed["crop"] == "0:-1,0:-1 (begin:end, negative appends)"


class TestDocumentsOnly:
    """A dialect that was never measured says so with every answer and every refusal."""

    LINE = "shape --in 5x5 -k 3 -s 2 -p 1 -D tensorrt"
    NOTE = "note[documents-only]: what tensorrt does is taken from its documents"

    def test_text(self) -> None:
        done = deconv(self.LINE)
        assert done.code == 0
        assert self.NOTE in done.out
        assert "\n  source: TensorRT" in done.out

    def test_json(self) -> None:
        for format in ("json", "jsonl"):
            [finding] = json.loads(deconv(self.LINE, "--format", format).out)["findings"]
            assert (finding["code"], finding["severity"]) == ("documents-only", "note")

    def test_an_error(self) -> None:
        done = deconv(self.LINE, "-s", "0")
        refused(done, "stride_nd 0 is not positive", self.NOTE)

    def test_a_measured_dialect_says_nothing(self) -> None:
        assert "documents-only" not in deconv("shape --in 5x5 -k 3 -D onnx").out


class TestAllDialects:
    UNVERIFIED = ("cudnn", "tensorrt")

    def test_it_says_below_the_table_who_was_not_measured(self) -> None:
        for call in ((), ("nn.ConvTranspose2d(1, 1, 3)",)):
            kernel = () if call else ("-k", "3")
            done = deconv("shape --in 5x5 --dialect all", *kernel, *call)
            found = re.search(
                "^from documents only, not measured: (?:.+\n)+", done.out, re.MULTILINE
            )
            assert found
            named = set(found[0].partition(":")[2].replace(",", " ").split())
            assert set(self.UNVERIFIED) <= named
            assert {"torch", "keras", "onnx"}.isdisjoint(named)
            assert max(map(len, found[0].splitlines())) <= 80

    def test_json_says_who_was_measured(self) -> None:
        printed = json.loads(deconv("shape --in 5x5 -k 3 -D all --format json").out)["dialects"]
        verified = {row["dialect"]: row["verified"] for row in printed}
        assert not any(verified[name] for name in self.UNVERIFIED)
        assert verified["torch"]
        assert verified["onnx"]

    def test_the_same_options(self) -> None:
        done = deconv("shape --in 5x5 -k 3 -s 2 -p 1 --dialect all")
        read, expressed = done.out.split(
            "The same layer, output 9x9, in each dialect's own parameters"
        )
        assert rows(read)["torch"].split() == ["9x9", "1:1,1:1", "the", "same"]
        assert rows(read)["keras"].split()[0] == "refused"
        assert "padding of keras is a word" in read
        assert rows(expressed)["onnx"] == "kernel_shape=(3, 3), strides=(2, 2), pads=(1, 1, 1, 1)"

    def test_the_table_stays_narrow_and_reasons_follow_it(self) -> None:
        done = deconv("shape --in 5x5 -k 3 -s 2 -p same --dialect all")
        tables = [line for line in done.out.splitlines() if line.startswith(("torch  ", "keras  "))]
        assert max(map(len, tables)) <= 80
        assert (
            "torch cannot express this layer: it crops 0 at the start and 1 at the end" in done.out
        )

    def test_a_pasted_call_is_only_converted(self) -> None:
        done = deconv("shape", "--in", "8x8x64", KERAS, "--dialect", "all")
        assert "as each dialect reads them" not in done.out
        assert "output_shape=(batch, 16, 16, 128)" in rows(done.out)["tensorflow"]

    def test_json(self) -> None:
        done = deconv("shape --in 5x5 -k 3 -s 2 -p same -D all --format json")
        printed = json.loads(done.out)
        assert (printed["schema"], printed["reference"]) == ("deconv.shape.all/1", "keras")
        row = next(row for row in printed["dialects"] if row["dialect"] == "onnx")
        assert (row["output"], row["crop"], row["same_values"]) == ([10, 10], [[0, 1]] * 2, True)
        silent = {row["dialect"] for row in printed["dialects"] if row["why_not"]}
        assert "torch" in silent
        assert silent.isdisjoint({"keras", "tensorflow", "onnx"})

    def test_differing_readings_are_called_different(self) -> None:
        done = deconv("shape --in 5x5 -k 3 -s 2 -p same --op 0 -D all --format json")
        printed = {row["dialect"]: row for row in json.loads(done.out)["dialects"]}
        assert printed["keras"]["output"] == [9, 9]
        assert printed["onnx"]["output"] == [10, 10]
        assert printed["onnx"]["same_values"] is False

    def test_quiet(self) -> None:
        arguments = "shape -q --in 5x5 -k 3 -s 2 -p same -D all"
        assert deconv(arguments) == (0, "10x10\n", "")

    @pytest.mark.parametrize("option", [("--expect", "9"), ("--macs",)])
    def test_what_it_would_leave_undone_is_refused(self, option: tuple[str, ...]) -> None:
        done = deconv("shape --in 5x5 -k 3 -D all", *option)
        refused(done, option[0], "has no effect with several dialects")


def test_version() -> None:
    done = deconv("--version")
    assert done.out.startswith("deconv 0.")
    assert (done.code, done.out.count("\n")) == (0, 1)


class TestGroupsThatOnlyTheWeightsShow:
    def test_an_option_becomes_the_operation_and_the_shape_of_the_weights(self) -> None:
        found = rows(deconv("shape --in 8x8 -k 3 -s 2 -p 1 -D openvino -g 2 --in-channels 4").out)
        assert found["weights"] == "2x2x(out_channels / 2)x3x3"
        assert "op='GroupConvolutionBackpropData'" in found["layer"]

    def test_one_group_is_the_plain_operation(self) -> None:
        found = rows(
            deconv("shape --in 8x8 -k 3 -D openvino -g 1 --in-channels 4 --out-channels 6").out
        )
        assert found["weights"] == "4x6x3x3"

    def test_a_pasted_call_shows_its_rank_by_the_weights(self) -> None:
        call = "opset1.group_convolution_backprop_data(np.zeros((1,4,8)), np.zeros((2,2,3,3)), [2])"
        assert rows(deconv("shape", call).out)["output"] == "1x6x17"


class TestMethods:
    def test_a_method_is_known_on_any_variable(self) -> None:
        found = rows(
            deconv("shape --in 8x8 -k 4", "hidden.conv_transpose2d(w, stride=2, padding=1)").out
        )
        assert found["output"] == "16x16"
        assert found["why"].startswith("tinygrad")

    def test_the_class_takes_the_tensor_as_its_first_argument(self) -> None:
        found = rows(
            deconv("shape --in 8x8 -k 4", "Tensor.conv_transpose2d(x, w, stride=2, padding=1)").out
        )
        assert found["output"] == "16x16"


class TestSeveralDialects:
    def test_only_those_that_are_named_are_compared(self) -> None:
        done = deconv("shape --in 5x5 -k 3 -s 2 -p 1 --dialect torch,onnx@onnxruntime")
        firsts = [line.split()[0] for line in done.out.splitlines() if line]
        assert firsts.count("torch") == firsts.count("onnx@onnxruntime") == 2
        assert "keras" not in firsts

    def test_an_unknown_one_is_a_mistake(self) -> None:
        done = deconv("shape --in 5x5 -k 3 --dialect torch,nix")
        assert done.code == 2
        assert "dialect 'nix' is not known" in done.err
        assert deconv("shape --in 5x5 -k 3 --dialect torch,").code == 2


def test_a_circular_crop_is_reported() -> None:
    done = deconv("shape --in 8 -k 5 -s 2 -p circular -D flax")
    assert rows(done.out)["crop"] == "1:2 (begin:end, comes back at the other end)"
    assert json.loads(deconv("shape --in 8 -k 5 -p circular -D flax --format json").out)["circular"]


def test_a_refusal_that_was_measured_names_who_measured_it() -> None:
    call = "Conv2DTranspose(1, 4, strides=2, padding='same', output_padding=0)"
    done = deconv("shape --in 5x5 -D keras@tensorflow", call)
    assert done.code == 2
    assert "although compute_output_shape returns 8\n" in done.err
    assert "\n  source: measured with Keras 3.15.1 on TensorFlow 2.21.0" in done.err
    assert "source:" not in deconv("shape --in 5x5 -k 3 --op 2 -D torch").err


def test_one_pair_stands_for_every_axis() -> None:
    for name in ("onnx", "openvino", "paddle", "tinygrad", "coreml", "webnn", "tensorrt"):
        assert deconv(f"shape -q --in 5x5 -k 3 -p 0:1 -D {name}").out == "6x6\n", name
    assert deconv("shape -q --in 5x5 -k 3 -p 0:1 -D jax").out == "4x4\n"  # pads, not crops
    line = "shape -q --in 5x5 -k 3 -s 2 -p 0:1 --output-size 10 -D tensorflow"
    assert deconv(line).out == "10x10\n"


@pytest.mark.parametrize(
    "variables",
    [
        "--set k=4,s=2,p=1",
        "--set k=4 --set s=2,p=1",
        "--set k=(4,4),s=[2,2],p=1",
        "--set k=4x4,s=2,p=1",
    ],
)
def test_variables_of_a_call_get_values(variables: str) -> None:
    call = "nn.ConvTranspose2d(8, 4, k, s, p)"
    assert deconv(f"shape -q --in 5x5 {variables}", call).out == "10x10\n"


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ("--set k", "this is not NAME=VALUE"),
        ("--set k=", "this is not NAME=VALUE"),
        ("--set k=4,,s=2", "this is not NAME=VALUE"),
        ("--set k=4,k=5", "has a value already"),
        ("--set k=4 --set k=5", "--set gives k two values"),
        ("--set k=(4,x)", "this is not a number"),
        ("--set k=4;s=2", "write --set k=4,s=2"),
        ("--set k=4,s=k//2", "this is no number, no list and no word"),
        ("--set k=4.5.6", "this is not a number"),
        ("--set k=4.0", "kernel_size is 4.0"),
        ("--set k=99999999999999999999", "exceeds 64 bits"),
        ("--set k=4,q=1", "has no variable q"),
    ],
)
def test_wrong_variables_are_refused(variables: str, words: str) -> None:
    done = deconv(f"shape --in 5x5 {variables}", "nn.ConvTranspose2d(8, 4, k)")
    assert done.code == 2
    assert words in done.err


def test_the_first_named_dialect_is_the_reference() -> None:
    line = "shape --in 5x5 -k 3 -s 2 -p SAME --output-size 10x10 -D"
    done = deconv(f"{line} tensorflow,tflite")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("tensorflow: strides=2")
    assert deconv(f"{line} tflite,tensorflow").out.startswith("tflite: ")
    assert deconv(f"{line} all").code == 0
    mixed = deconv("shape --in 5x5 -k 3 -s 2 -p 1 -D keras,torch")
    assert mixed.out.startswith("torch: ")
    assert "\nkeras    refused  -" in mixed.out


@pytest.mark.parametrize("format", RENDERERS.names)
def test_reversed_taps_are_reported_in_every_format(format: str) -> None:
    call = "nn.ConvTranspose2d(256, 256, 4, 4)"
    for command in ("shape -D torch,flax", "explain --compare flax", "explain -D torch,flax"):
        done = deconv(f"{command} --in 24x24 --format {format}", call)
        if command[0] == "s" and format in ("json", "jsonl"):
            rows = json.loads(done.out)["dialects"]
            assert [row["reversed_words"] for row in rows] == [False, True]
        else:
            assert ", with the taps reversed" in " ".join(done.out.split())
