"""`deconv solve`: tables for people, all solutions for programs, and exit codes."""

from __future__ import annotations

import json

import pytest

import deconvcli
from tests.cli.commandline import deconv


def test_each_row_pasted_into_shape_gives_the_size() -> None:
    for name in ("torch", "keras", "onnx", "paddle", "mlx", "flax", "caffe"):
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
