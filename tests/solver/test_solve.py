"""Questions that people asked in public, the order of answers, and why some have none."""

from __future__ import annotations

import pytest

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.request import LayerRequest
from deconvcli.solver import Answer, Bounds, Question, solve
from deconvcli.solver.choices import read_choices
from deconvcli.solver.order import list_traits


def ask(dialect: str, input: tuple[int, ...], output: tuple[int, ...], **bounds: object) -> Answer:
    ranges = {
        name: value if isinstance(value, str | tuple) else ((value, value),)
        for name, value in bounds.items()
    }
    return solve(Question(dialect, input, output, Bounds(**ranges)), 1000)  # type: ignore[arg-type]


def test_keras_9883_needs_output_padding_0() -> None:
    [layer] = ask("keras", (12, 12), (23, 23), kernel=3, stride=2, padding="same").solutions
    assert layer.axes[0].parameters["output_padding"] == 0
    assert layer.formula == "2N-1"


def test_keras_13231_has_none_because_axes_share_output_padding() -> None:
    answer = ask("keras", (46, 62), (368, 489), kernel=16, stride=8, padding="same")
    assert not answer
    assert answer.reason == (
        "height needs output_padding None (46*8 = 368), width needs output_padding 1"
        " (61*8 + 1 = 489), and Keras 3 takes None for all axes or a number for each"
    )
    assert [(near.output, near.closing) for near in answer.nearest][:2] == [
        ((367, 489), "pad 1 at the end of height"),
        ((368, 496), "crop 7 at the end of width"),
    ]


def test_pytorch_70518_has_an_output_padding_for_each_axis() -> None:
    [layer] = ask("torch", (4, 4, 4), (7, 8, 8), kernel=3, stride=2, padding=1).solutions
    assert write_call(layer.reading).endswith("3, stride=2, padding=1, output_padding=(0, 1, 1))")


@pytest.mark.parametrize(
    ("n", "out", "wanted"), [(1000, 11000, (22, 11, 6, 1)), (11000, 275000, (50, 25, 13, 1))]
)
def test_the_layers_of_a_hop_of_275_are_among_the_answers(
    n: int, out: int, wanted: tuple[int, ...]
) -> None:
    kernel, stride, *_ = wanted
    answer = ask("torch", (n,), (out,), kernel=kernel, stride=stride)
    found = [tuple(axis.parameters.values()) for axis in answer.axes[0].solutions()]
    assert (kernel, stride, 1, wanted[2], wanted[3]) in found


def test_the_best_layers_are_exact_even_and_symmetric_with_a_small_kernel() -> None:
    answer = ask("torch", (7, 7), (28, 28))
    best = answer.solutions[:4]
    assert [layer.reading.layer.kernel for layer in best] == [(4, 4), (8, 8), (12, 12), (16, 16)]
    assert {(layer.formula, layer.overlap, layer.exact) for layer in best} == {("4N", "even", True)}
    assert answer.count == answer.axes[0].count ** 2


def test_the_order_is_the_one_that_is_documented() -> None:
    for dialect in ("torch", "keras", "onnx", "jax"):
        layers = ask(dialect, (7, 9), (14, 36)).solutions
        keys = [
            (
                sum(not axis.exact for axis in layer.axes),
                sum(("even", "uneven", "gaps").index(axis.overlap) for axis in layer.axes),
                sum(axis.crop[0] != axis.crop[1] for axis in layer.axes),
            )
            for layer in layers
        ]
        assert keys == sorted(keys), dialect


def test_a_word_is_shared_by_all_axes() -> None:
    for layer in ask("keras", (7, 7), (28, 28)).solutions:
        assert isinstance(layer.reading.spelling.arguments["padding"], str)


@pytest.mark.parametrize(
    ("dialect", "input", "output", "bounds", "reason"),
    [
        ("torch", (10,), (5000,), {}, "kernel 1 to 16 and stride 1 to 16 give at most 175 for 10"),
        ("torch", (10, 10), (19, 23), {"kernel": 4, "stride": 2, "padding": 1}, "at least 20"),
        ("caffe", (10, 10), (20, 20), {"kernel": 3, "stride": 2}, "give 19 or 21 for 10"),
        ("tflite", (10,), (20,), {}, "TensorFlow Lite has no layer with 1 spatial axis"),
        ("keras", (5, 5), (10, 13), {"kernel": ((2, 2), (5, 5)), "stride": ((2, 2), (1, 1)),
         "dilation": ((1, 1), (2, 2))}, "strides"),
    ],
)  # fmt: skip
def test_a_reason_has_the_numbers(
    dialect: str,
    input: tuple[int, ...],
    output: tuple[int, ...],
    bounds: dict[str, object],
    reason: str,
) -> None:
    answer = ask(dialect, input, output, **bounds)
    assert not answer
    assert reason in answer.reason


def test_no_size_is_nearer_than_those_that_are_named() -> None:
    answer = ask("caffe", (10, 10), (20, 20), kernel=3, stride=2)
    assert {near.output for near in answer.nearest} == {(19, 19), (19, 21), (21, 19), (21, 21)}


def test_an_exact_layer_is_exact_for_other_inputs_and_no_other_layer_is() -> None:
    for dialect in ("torch", "keras", "onnx", "flax", "paddle"):
        answer = ask(dialect, (7,), (21,), kernel=((2, 6),), stride=((1, 4),))
        for axis in (layer.axes[0] for layer in answer.solutions):
            there = [
                read_choices(answer.question, (axis.choice,), (n,)).output_sizes == (3 * n,)
                for n in (8, 9, 10)
            ]
            assert all(there) == axis.exact, axis


@pytest.mark.parametrize(
    ("question", "message"),
    [
        (Question("torch", (5, 5), (10,)), "the output has 1 size, the input 2"),
        (Question("torch", (5, 0), (10, 3)), "a size of 0 has no elements"),
        (Question("torch", (5,), (10,), Bounds(kernel=((9, 3),))), "kernel 9..3 is an empty range"),
        (Question("torch", (5,), (10,), Bounds(kernel=((1, 9999),))), "outside 1 to 4096"),
        (Question("torch", (5,), (10,), Bounds(kernel=((1, 2), (1, 2)))), "kernel has 2 numbers"),
        (Question("pytorhc", (5,), (10,)), "dialect 'pytorhc' is not known"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(question: Question, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        solve(question)


def test_a_call_without_a_rank_in_its_name_shows_that_of_three_axes() -> None:
    for output in ((9, 9, 7), (9, 9, 9)):
        [layer] = ask("caffe", (4, 4, 4), output, kernel=3, stride=2).solutions
        request = LayerRequest(write_call(layer.reading), "caffe", (4, 4, 4))
        assert request.understand().reading.output_sizes == output


@pytest.mark.parametrize("dialect", ["cudnn", "onednn", "tensorflow", "tflite"])
def test_a_size_that_only_one_input_is_granted_is_not_exact(dialect: str) -> None:
    rank = 1 if dialect in ("onednn", "tensorflow") else 2
    for stride in (1, 2, 3):
        bounds = Bounds(kernel=((1, 6),))
        answer = solve(Question(dialect, (1,) * rank, (stride,) * rank, bounds), 1)
        exact = [one.choice for one in answer.axes[0].solutions() if one.exact]
        assert exact
        for choice in exact:
            for n in (2, 3, 7):
                reading = read_choices(answer.question, (choice,) * rank, (n,) * rank)
                assert reading.output_sizes == (stride * n,) * rank


@pytest.mark.parametrize(("factor", "kernel"), [(3, 6), (5, 10), (5, 12), (7, 14), (3, 8)])
def test_words_and_numbers_come_before_a_circular_layer_with_the_same_crop(
    factor: int, kernel: int
) -> None:
    bounds = Bounds(kernel=((kernel, kernel),), stride=((factor, factor),))
    answer = solve(Question("flax", (64,), (64 * factor,), bounds), 1000)
    paddings = [one.parameters.get("padding", "SAME") for one in answer.solutions]
    assert "CIRCULAR" in paddings
    assert paddings[0] == "SAME"


@pytest.mark.parametrize(
    ("dialect", "output", "bounds"),
    [
        ("torch", (76000,), {"kernel": ((1, 2000),), "stride": ((1, 1000),)}),
        ("torch", (200, 200), {"kernel": ((3, 3),), "stride": ((1, 4096),)}),
        ("torch", (70,), {"dilation": ((1, 4096),)}),
        ("onnx", (763,) * 3, {"kernel": ((1, 64),), "stride": ((1, 64),)}),
        ("keras", (50,), {"kernel": ((1, 4096),), "stride": ((1, 4096),), "dilation": ((1, 9),)}),
        ("jax", (50, 51), {"kernel": ((1, 1), (1, 4096)), "stride": ((1, 4096),)}),
    ],
)
def test_ranges_with_too_many_combinations_are_refused(
    dialect: str, output: tuple[int, ...], bounds: dict[str, tuple[tuple[int, int], ...]]
) -> None:
    question = Question(dialect, (10,) * len(output), output, Bounds(**bounds))
    with pytest.raises(UsageError, match="combinations within these ranges"):
        solve(question)


def test_a_factor_leaves_one_stride_so_that_wide_ranges_are_few_combinations() -> None:
    bounds = Bounds(kernel=((1, 4096),), stride=((1, 4096),))
    for dialect in ("torch", "jax"):
        answer = solve(Question(dialect, (64,), (64 * 3,), bounds, exact=True))
        assert answer.count >= 1365  # every multiple of 3
        assert {axis.choice.stride for layer in answer for axis in layer.axes} == {3}


@pytest.mark.parametrize("dialect", ["torch", "keras", "onnx", "flax", "paddle", "coreml"])
@pytest.mark.parametrize("most", [1, 7, 60])
def test_the_first_choices_of_an_axis_are_the_first_of_all(dialect: str, most: int) -> None:
    [axis] = ask(dialect, (7,), (22,), kernel=((2, 9),), stride=((1, 5),)).axes
    everything = [
        choice for family in axis.families for choice in map(family.choice, family.begins)
    ]
    assert len(everything) == axis.count == len(axis.solutions())
    keys = sorted(list_traits(choice, 7, 22) for choice in everything)
    shown = [list_traits(one.choice, 7, 22) for one in axis.solutions(most)]
    assert shown == keys[:most]


@pytest.mark.parametrize(
    ("dialect", "n", "out", "kernel", "stride", "nearest"),
    [
        ("jax", 3, 29, 3, 3, 13),
        ("flax", 5, 33, 4, 5, 32),
        ("flax", 3, 14, 4, 2, 10),
        ("coreml", 7, 29, 4, 3, 26),
        ("coreml", 1, 11, 4, 3, 8),
        ("flax", 13, 59, 3, 3, 43),
    ],
)
def test_the_nearest_size_may_append_at_both_ends(
    dialect: str, n: int, out: int, kernel: int, stride: int, nearest: int
) -> None:
    answer = ask(dialect, (n,), (out,), kernel=kernel, stride=stride)
    assert nearest in {near.output[0] for near in answer.nearest}
    for size in range(nearest + 1, out):
        assert not ask(dialect, (n,), (size,), kernel=kernel, stride=stride)
