"""`deconv solve`: tables for people, all solutions for programs, and exit codes."""

from __future__ import annotations

import json
from typing import Any

import pytest

import deconvcli
from tests.cli.commandline import deconv


@pytest.mark.parametrize("name", ["torch", "keras", "onnx", "paddle", "mlx", "flax", "caffe"])
def test_each_row_pasted_into_shape_gives_the_size(name: str) -> None:
    done = deconv(f"solve --in 5x7 --out 15x14 -D {name} --format json --limit 5")
    assert done.code == 0
    found = json.loads(done.out)
    assert len(found["solutions"]) == 5
    for layer in found["solutions"]:
        pasted = deconv(f"shape -q --in 5x7 -D {name}", layer["call"])
        assert pasted.out == "15x14\n", layer["call"]


def test_people_see_a_table_and_the_order() -> None:
    done = deconv("solve --in 7x7 --out 28x28")
    title, head, best, *_ = done.out.splitlines()
    assert title == "torch: 1,108,809 layers (1,053 on each axis), 7x7 to 28x28"
    assert head.split()[:4] == ["layer", "size", "overlap", "crop"]
    assert best.split()[-4:] == ["4N", "even", "0:0,0:0", "784"]
    assert "order: exact for every input first" in done.out


def test_a_dialect_whose_calls_have_no_kernel_gets_a_column_for_it() -> None:
    done = deconv("solve --in 7x7 --out 28x28 -D tensorflow --limit 1")
    assert "kernel" in done.out.splitlines()[1]
    assert "  4x4  " in done.out


def test_none_has_a_reason_the_nearest_sizes_and_exit_code_1() -> None:
    done = deconv("solve --in 46x62 --out 368x489 -k 16 -s 8 -p same -D keras")
    assert done.code == 1
    assert "height needs output_padding None (46*8 = 368)" in done.out
    assert "pad 1 at the end of height" in done.out
    found = json.loads(
        deconv("solve --in 46x62 --out 368x489 -k 16 -s 8 -p same -D keras --format json").out
    )
    assert found["count"] == 0
    assert found["solutions"] == []
    assert [near["output"] for near in found["nearest"]] == [[367, 489], [368, 496]]


def test_json_has_each_axis_alone_and_all_together() -> None:
    found = json.loads(deconv("solve --in 7x9 --out 28x18 --format json").out)
    height, width = found["axes"]
    assert found["schema"] == "deconv.solve/1"
    assert found["dialect"] == "torch"
    assert found["bounds"]["kernel"] == [1, 16]
    assert (height["name"], height["input"], height["output"]) == ("height", 7, 28)
    assert found["count"] == height["count"] * width["count"]
    assert len(height["solutions"]) == height["count"]
    assert len(found["solutions"]) == 1000
    first = height["solutions"][0]
    assert first["parameters"] == {
        "kernel_size": 4,
        "stride": 4,
        "dilation": 1,
        "padding": 0,
        "output_padding": 0,
    }
    assert (first["formula"], first["exact"], first["overlap"]) == ("4N", True, "even")
    assert found["solutions"][0]["parameters"]["stride"] == [4, 2]


def test_a_pasted_call_fixes_its_numbers_and_options_free_them() -> None:
    call = "nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1)"
    assert deconv("solve --in 7x7 --out 14x14 -q", call).out == (
        "nn.ConvTranspose2d(64, 32, 3, stride=2, padding=1, output_padding=1)\n"
    )
    freed = deconv("solve --in 7x7 --out 14x14 -q -k 2..6", call)
    assert freed.out == "nn.ConvTranspose2d(64, 32, 4, stride=2, padding=1)\n"
    keras = 'Conv2DTranspose(8, 3, strides=2, padding="same")'
    assert "output_padding=0" in deconv("solve --in 12x12 --out 23x23 -q", keras).out


def test_ranges_and_pads_per_axis_are_bounds() -> None:
    found = json.loads(
        deconv("solve --in 7x7 --out 14x14 -k 3x2..4 -s 2 -p 0..1 -D torch --format json").out
    )
    height, width = found["axes"]
    assert {one["parameters"]["kernel_size"] for one in height["solutions"]} == {3}
    assert {one["parameters"]["kernel_size"] for one in width["solutions"]} == {2, 3, 4}
    assert {one["parameters"]["padding"] for one in width["solutions"]} <= {0, 1}
    pairs = json.loads(
        deconv("solve --in 7 --out 14 -k 3 -s 2 -p 0:0..3 -D onnx --format json").out
    )
    assert {tuple(one["parameters"]["pads"]) for one in pairs["axes"][0]["solutions"]} == {
        (0, 1),
        (0, 2),
    }


@pytest.mark.parametrize(
    ("options", "best"),
    [
        ("-p same", 'layers.Conv2DTranspose(filters, 2, strides=2, padding="same")'),
        ("-p SAME -D keras", 'layers.Conv2DTranspose(filters, 2, strides=2, padding="same")'),
        ("-p SAME_UPPER -D onnx", 'strides=[2, 2], auto_pad="SAME_UPPER")'),
        ("-p same_lower -D onnx", 'strides=[2, 2], auto_pad="SAME_LOWER")'),
        ("-p 0", "nn.ConvTranspose2d(in_channels, out_channels, 2, stride=2)"),
    ],
)
def test_a_word_means_what_it_means_to_its_dialect(options: str, best: str) -> None:
    assert deconv(f"solve --in 7x7 --out 14x14 -q {options}").out.endswith(f"{best}\n")


def test_one_of_several_dialects_may_lack_a_parameter() -> None:
    done = deconv("solve --in 7x7 --out 14x14 -D keras,torch -p same")
    assert done.code == 0
    assert "padding of torch is one number, or one per axis, not a word" in done.out


def test_several_dialects_have_an_answer_each() -> None:
    done = deconv("solve --in 7x7 --out 28x28 -D torch,keras,tflite --limit 1")
    assert [line.partition(":")[0] for line in done.out.splitlines() if " layers (" in line] == [
        "torch",
        "keras",
        "tflite",
    ]
    found = json.loads(deconv("solve --in 7x7 --out 28x28 -D torch,keras --format json").out)
    assert [answer["dialect"] for answer in found["answers"]] == ["torch", "keras"]


def test_whole_shapes_have_the_order_of_their_dialect() -> None:
    torch = deconv("solve --in 1x64x7x7 --out 1x32x28x28 -q")
    keras = deconv("solve --in 1x7x7x64 --out 1x28x28x32 -q -D keras")
    assert torch.out.endswith("4, stride=4)\n")
    assert keras.out.endswith("4, strides=4)\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--in 7x7", "--out is missing"),
        ("--out 7x7", "--in is missing"),
        ("--in 7x7 --out 28x28x28", "the output has 3 sizes, the input 2"),
        ("--in 7x7 --out 28x28 -k 9..3", "kernel 9..3 is an empty range"),
        ("--in 7x7 --out 28x28 -k 0", "kernel 0 is outside 1 to 4096"),
        ("--in 7x7 --out 28x28 -k 3..", "a number is missing here"),
        ("--in NxN --out 28x28", "N is a symbol"),
        ("--in 7x7 --out 28x28 -D nope", "nope"),
        ("--in 7x7 --out 28x28 nn.Conv2d(3,4,3)", "forward"),
        ("--in 7x7 --out 28x28 -p 1 -D keras", "-p/--padding of keras is a word"),
        ("--in 7x7 --out 28x28 --op 1 -D flax", "flax has no --op/--output-padding"),
        ("--in 7x7 --out 28x28 -d 2 -D tflite", "tflite has no -d/--dilation"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused(options: str, message: str) -> None:
    done = deconv(f"solve {options}")
    assert done.code == 2
    assert message in done.err


def test_python_takes_numbers_ranges_and_lists() -> None:
    answer = deconvcli.solve((7, 7), (28, 28), "keras", kernel=range(3, 9), stride=4)
    assert answer.count == 53
    assert len(answer) == 10
    assert answer.solutions[0].formula == "4N"
    one = deconvcli.solve(7, 13, "onnx", kernel=3, stride=2, padding=[(1, 1)], in_channels=8)
    assert [layer.parameters["pads"] for layer in one] == [[1, 1]]
    none = deconvcli.solve((5, 5), (13, 9), kernel=[3, 4], stride=2)
    assert not none
    assert none.reason == "height: kernel 3 and stride 2 give at most 12 for 5, not 13"


def test_a_factor_holds_for_every_input() -> None:
    done = deconv("solve --factor 2 -k 4 -D torch,keras")
    assert done.code == 0
    assert "torch: 1 layer, N to 2N" in done.out
    for name in ("torch", "keras", "tensorflow", "onnx", "mlx"):
        found = json.loads(deconv(f"solve --factor 3x2 --format json --limit 3 -D {name}").out)
        height, width = found["axes"]
        assert (height["input"], height["output"]) == ("H", "3H")
        assert (width["input"], width["output"]) == ("W", "2W")
        assert all(axis["exact"] for axis in height["solutions"])
        for layer in found["solutions"]:
            # Only the weights' shape gives the kernel there.
            kernel = f"-k {_write_kernel(layer)} " if name == "tensorflow" else ""
            for size, output in (("1x1", "3x2"), ("5x8", "15x16")):
                call = layer["call"].replace("H", size[0]).replace("W", size[-1])
                pasted = deconv(f"shape -q --in {size} {kernel}-D {name}", call)
                assert pasted.out == f"{output}\n", layer["call"]


def _write_kernel(layer: dict[str, Any]) -> str:
    kernel = layer["parameters"]["kernel"]
    return "x".join(map(str, kernel)) if isinstance(kernel, list) else str(kernel)


def test_a_factor_is_that_of_a_call_or_of_the_input() -> None:
    call = "nn.ConvTranspose2d(8, 4, 4, stride=2)"
    done = deconv("solve -q --factor 2", call)
    assert done.out == "nn.ConvTranspose2d(8, 4, 4, stride=2, padding=1)\n"
    done = deconv("solve -q --in 7x9 --factor 2 -k 4 -D tensorflow")
    assert "output_shape=[batch, 14, 18, out_channels]" in done.out
    done = deconv("solve --factor 2", "nn.ConvTranspose2d(8, 4, 3, stride=2, padding=1)")
    assert done.out.startswith("torch: 1 layer (1 on each axis), HxW to 2Hx2W")


def test_a_factor_that_no_stride_has_says_how_many_stages_do() -> None:
    done = deconv("solve --factor 600")
    assert done.code == 1
    assert "600 is no stride from 1 to 16; 3 to 6 strides multiply to it" in done.out


def test_stages_are_the_rates_of_a_vocoder_as_calls_to_paste() -> None:
    done = deconv("solve --hop 600 --stages 4")
    assert done.code == 0
    title, head, best, *_ = done.out.splitlines()
    assert title == "torch: 132 chains of 4 layers, N to 600N"
    assert head.split()[:4] == ["strides", "kernels", "padding", "output_padding"]
    assert best.startswith("10, 6, 5, 2  ")
    calls = deconv("solve --hop 600 --stages 4 -q").out
    values = "in_channels=4,out_channels=4"
    assert deconv(f"shape -q --in 4x7 --set {values}", calls).out == "4x4200\n"


def test_json_has_the_stages_of_each_chain() -> None:
    options = "--factor 275 --stages 2 -s 1..32 -k 1..64"
    found = json.loads(deconv(f"solve {options} --format json").out)
    assert found["schema"] == "deconv.solve/1"
    assert (found["count"], found["factor"], found["stages"]) == (2, 275, 2)
    strides = [chain["strides"] for chain in found["solutions"]]
    assert strides == [[25, 11], [11, 25]]
    stage = found["solutions"][1]["stages"][1]
    assert stage["parameters"] == {
        "kernel_size": 50,
        "stride": 25,
        "dilation": 1,
        "padding": 13,
        "output_padding": 1,
    }
    assert (stage["input"], stage["output"], stage["formula"]) == (["11N"], ["275N"], "25N")


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ("--hop 601 --stages 4", 1, "601 is prime, and strides end at 16"),
        ("--hop 600 --stages 2", 1, "3 to 6 strides multiply to it"),
        ("--stages 4", 2, "--stages needs --factor"),
        ("--hop 6 --stages 2 -p same -D torch", 2, "is one number, or one per axis, not a word"),
        ("--factor 2 --out 14", 2, "--factor and --out both give the output"),
        ("--factor 2x3 --stages 2", 2, "--factor 2x3 differs between the axes"),
        ("--factor 2x3 --in 7x7x7", 2, "the factor has 2 numbers, the input 3"),
        ("--factor 600 --stages 20", 2, "20 stages are outside 1 to 19"),
        ("--factor 2000000 --stages 4", 2, "the factor 2000000 is outside"),
        ("--factor 0", 2, "0"),
    ],
)
def test_a_factor_without_an_answer_says_why(options: str, code: int, message: str) -> None:
    done = deconv(f"solve {options}")
    assert done.code == code
    assert message in done.out + done.err


def test_python_has_factors_and_stages() -> None:
    answer = deconvcli.solve(factor=2, kernel=4)
    assert [str(layer.reading.output_sizes[0]) for layer in answer.solutions] == ["2N"]
    assert deconvcli.solve(factor=(2, 3), dialect="keras").question.rank == 2
    assert deconvcli.solve((5, 6), factor=2).solutions[0].reading.output_sizes == (10, 12)
    assert deconvcli.solve((5, 6), factor=(2, 3)).solutions[0].reading.output_sizes == (10, 18)
    rates = deconvcli.solve(factor=600, stages=4)
    assert rates.chains[0].strides == (10, 6, 5, 2)
    assert deconvcli.solve(factor=600, stages=2).reason.startswith("600 is no product of 2")
    with pytest.raises(deconvcli.DeconvError, match="input and an output size, or for a factor"):
        deconvcli.solve((5, 5))
    with pytest.raises(deconvcli.DeconvError, match="one factor for all axes"):
        deconvcli.solve(factor=(2, 3), stages=2)


WHOLE = "nn.ConvTranspose2d(64, 32, 16, stride=8, padding=4)"


def test_a_whole_layer_with_its_output_alone_has_inputs() -> None:
    assert deconv("solve -q --out 488x368", WHOLE).out == "61x46\n"
    assert deconv("solve -q --out 32x488x368", WHOLE).out == "64x61x46\n"
    assert deconv("solve -q --out 2x32x488x368", WHOLE).out == "2x64x61x46\n"
    done = deconv("solve --out 14 -k 3 -s 2 -p same -D keras,tensorflow,torch")
    assert done.code == 0
    assert "keras: 1 input with the output 14" in done.out
    assert "output_shape=[1, 14, 1]" in done.out
    assert "torch: -p/--padding of torch is one number" in done.out
    found = json.loads(deconv("solve --out 488x368 --format json", WHOLE).out)
    assert (found["count"], found["inputs"], found["call"]) == (1, [[61, 46]], WHOLE)
    assert found["axes"][0] == {
        "name": "height",
        "output": 488,
        "count": 1,
        "first": 61,
        "last": 61,
    }


def test_no_input_names_the_two_nearest() -> None:
    done = deconv("solve --out 489x368", WHOLE)
    assert done.code == 1
    assert "height: 61 gives 488 and 62 gives 496, and no input 489" in done.out
    assert "61x46  488x368  pad 1 at the end of height" in done.out
    assert "62x46  496x368  crop 7 at the end of height" in done.out
    found = json.loads(deconv("solve --out 489x368 --format json", WHOLE).out)
    assert found["count"] == 0
    assert [near["input"] for near in found["nearest"]] == [[61, 46], [62, 46]]


def test_a_requested_size_may_have_any_number_of_inputs() -> None:
    done = deconv("solve --out 21 -k 4 -s 2 -D onnx --limit 3")
    assert "onnx: no input has the output 21" in done.out
    node = "kernel_shape=[4], strides=[2], output_shape=[21]"
    call = f'helper.make_node("ConvTranspose", ["X", "W"], ["Y"], {node})'
    done = deconv("solve --out 21", call)
    assert "onnx: any number of inputs with the output 21" in done.out
    assert "length: every input from 1 on" in done.out
    assert deconv("solve -q --out 28 -k 4 -s 2 -p same -D tflite --limit 1 --out 28x28").out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--out 14 -k 3..4 -s 2"], "-k/--kernel 3..4 is a range, and a layer has one number"),
        (["--out 14 -k 4 -s 2 --op 5"], "output_padding 5 is not smaller than stride 2"),
        (["--out 3x488x368", WHOLE], "--out has 3 channels, the layer 32"),
        (["--out 28x28 -k 4x4x4"], "--out has 2 numbers, -k/--kernel has 3"),
        (["--out Nx28 -k 4"], "N is a symbol"),
        (["--out 14"], "--in is missing"),
    ],
)
def test_an_output_that_no_layer_could_have_is_refused(options: list[str], message: str) -> None:
    done = deconv("solve " + options[0], *options[1:])
    assert done.code == 2
    assert message in done.err


def test_python_has_the_inputs_of_a_layer() -> None:
    layer = deconvcli.paste(WHOLE, (7, 7))
    assert deconvcli.solve(output_size=(488, 368), layer=layer).solutions == ((61, 46),)
    assert deconvcli.solve(output_size=64, layer=layer).solutions == ((8, 8),)
    none = deconvcli.solve(output_size=(489, 368), layer=layer)
    assert [one.output_sizes for one in none.nearest] == [(488, 368), (496, 368)]
    with pytest.raises(deconvcli.DeconvError, match="a whole layer is searched for the inputs"):
        deconvcli.solve((5, 5), (7, 7), layer=layer)  # type: ignore[call-overload]
