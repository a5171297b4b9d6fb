"""Repairs of several layers at once, and in unusual places; the cases are public questions."""

from __future__ import annotations

from itertools import combinations_with_replacement
from math import prod
from time import process_time
from typing import Any

import pytest

from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph import Network, Node, walk
from deconvcli.networks.graph.diagnosis import diagnose
from deconvcli.networks.graph.edits import apply_edits
from deconvcli.networks.graph.repairs.strides import rank_strides
from deconvcli.networks.operation import Shape

DOWN = {"out_channels": 8, "kernel": 3, "stride": 2, "padding": 1}


def mirrored(n: int, levels: int, output_padding: int = 0, expect: int | None = None) -> Network:
    """Return `levels` convolutions of torch that halve, and as many that double again.

    expect: the size of the last one, by default that of the input.
    """
    up = {**DOWN, "output_padding": output_padding} if output_padding else DOWN
    downs = [(f"down{level}", "conv", DOWN) for level in range(1, levels + 1)]
    ups = [(f"up{level}", "conv_transpose", up) for level in range(1, levels + 1)]
    above, nodes = "x", list[Node]()
    for name, operation, parameters in downs + ups:
        nodes.append(Node(name, operation, parameters, (above,)))
        above = name
    nodes[-1] = nodes[-1]._replace(expect=(expect or n,) * 2)
    return Network("mirrored", {"x": Shape(1, (n, n))}, tuple(nodes))


def first_fix(network: Network, node: str) -> str:
    """Return the first fix of a node, which must leave nothing that fails."""
    fix = diagnose(network, node).fixes[0]
    changed = apply_edits(network, fix.edits)
    assert [outcome.node.name for outcome in walk(changed) if outcome.error] == []
    return str(fix)


@pytest.mark.parametrize(
    ("n", "levels", "given", "fix"),
    [
        # A published question: 13x13, three levels. The layers double to 16 with 1, to 9 with 0.
        (13, 3, 0, "set output_padding of up1 to 1"),
        (13, 3, 1, "set output_padding of up2 and up3 to 0"),
        (25, 4, 0, "set output_padding of up1 to 1"),
        (25, 4, 1, "set output_padding of up2, up3 and up4 to 0"),
        (31, 3, 0, "set output_padding of up1 and up2 to 1"),
        (27, 3, 0, "set output_padding of up2 to 1"),
        (30, 3, 1, "set output_padding of up2 to 0"),
    ],
)
def test_as_few_output_paddings_as_possible(n: int, levels: int, given: int, fix: str) -> None:
    assert first_fix(mirrored(n, levels, given), f"up{levels}") == fix


@pytest.mark.parametrize(
    ("n", "expect", "kernel", "stride", "values"),
    [
        # keras#9883: 12 -> 23. None gives 24, and only 0 gives 23.
        ((12,), (23,), 3, 2, 0),
        ((12,), (35,), 4, 3, 2),
        # keras#13231: a number on one axis needs one on the other too.
        ((5, 5), (9, 10), 3, 2, [0, 1]),
        ((7, 7), (13, 13), 5, 2, 0),
        ((4, 6, 6), (7, 12, 11), 3, 2, [0, 1, 0]),
        ((6,), (11,), 2, 2, 1),
    ],
)
def test_keras_output_padding_none_becomes_numbers(
    n: tuple[int, ...], expect: tuple[int, ...], kernel: int, stride: int, values: Any
) -> None:
    parameters = {"out_channels": 1, "kernel": kernel, "stride": stride, "padding": "same"}
    up = Node("up", "conv_transpose", parameters, ("x",), expect=expect)
    network = Network("net", {"x": Shape(1, n)}, (up,), dialect="keras")
    fixes = [str(fix).partition(" (")[0] for fix in diagnose(network, "up").fixes]
    assert f"set output_padding of up to {values}" in fixes


def test_the_end_of_a_keras_layer_moves_with_its_output_padding() -> None:
    """Without output_padding the crop is at the end alone; with 0 it is one element at each."""
    parameters = {"out_channels": 1, "kernel": 3, "stride": 2, "padding": "same"}
    up = Node("up", "conv_transpose", parameters, ("x",), expect=(23,))
    network = Network("net", {"x": Shape(1, (12,))}, (up,), dialect="keras")
    crop, setting = diagnose(network, "up").fixes
    assert (str(crop), crop.caution) == ("add a crop_like with size [23] after up", "")
    assert setting.caution == "the values of up move by 1 toward the start"


def vocoder(rates: tuple[int, ...], n: Size, expect: Size, dialect: str = "torch") -> Network:
    """Return transposed convolutions with these strides, each kernel two of them long."""
    nodes, above = list[Node](), "x"
    for number, rate in enumerate(rates):
        padding = rate // 2 if dialect == "torch" else "same"
        parameters = {"out_channels": 4, "kernel": 2 * rate, "stride": rate, "padding": padding}
        nodes.append(Node(f"ups.{number}", "conv_transpose", parameters, (above,)))
        above = f"ups.{number}"
    nodes.append(Node("post", "relu", {}, (above,), expect=(expect,)))
    return Network("vocoder", {"x": Shape(80, (n,))}, tuple(nodes), dialect=dialect)


@pytest.mark.parametrize(
    ("rates", "hop", "fix"),
    [
        # A published question: the strides of a vocoder for a hop of 256, and a hop of 600.
        (
            (8, 8, 2, 2),
            600,
            "set stride of ups.0, ups.1 and ups.2 to 10, 6 and 5, and kernel to 20, 12 and 10,"
            " and padding to 5, 3 and 3, and output_padding of ups.2 to 1"
            " (ups.0, ups.1 and ups.2 must be trained again)",
        ),
        (
            (2, 2, 8, 8),
            480,
            "set stride of ups.0, ups.2 and ups.3 to 4, 10 and 6, and kernel to 8, 20 and 12,"
            " and padding to 2, 5 and 3 (ups.0, ups.2 and ups.3 must be trained again)",
        ),
        (
            (16, 16),
            275,
            "set stride of ups.0 and ups.1 to 25 and 11, and kernel to 50 and 22,"
            " and padding to 13 and 6, and output_padding to 1"
            " (ups.0 and ups.1 must be trained again)",
        ),
        (
            (8, 8, 4),
            512,
            "set stride of ups.2 to 8, and kernel to 16, and padding to 4"
            " (ups.2 must be trained again)",
        ),
    ],
)
@pytest.mark.parametrize("letters", [False, True])
def test_strides_that_multiply_to_the_hop(
    rates: tuple[int, ...], hop: int, fix: str, letters: bool
) -> None:
    frames: Size = Linear("T") if letters else 32
    network = vocoder(rates, frames, frames * hop)
    found = diagnose(network, "post")
    strides = ", ".join(map(str, rates))
    cause = f"the strides {strides} multiply to {prod(rates)}, and {hop} is needed"
    assert found.culprits[0] == cause
    assert first_fix(network, "post") == fix
    assert found.fixes[0].caution


def test_strides_in_a_dialect_with_words() -> None:
    assert first_fix(vocoder((8, 8), 32, 32 * 30, "keras"), "post") == (
        "set stride of ups.0 and ups.1 to 6 and 5, and kernel to 12 and 10"
        " (ups.0 and ups.1 must be trained again)"
    )


def test_a_product_of_fewer_strides_is_cropped() -> None:
    """28 of 4 elements: no two strides multiply to 7, so 4 -> 8 -> 16 -> 32 is cropped."""
    found = diagnose(vocoder((2, 2, 2), 4, 28), "post")
    assert found.culprits == ()
    assert str(found.fixes[0]) == "add a crop_like with size [28], offset 0 after post"


def test_layers_side_by_side_are_no_chain() -> None:
    up = {"out_channels": 4, "kernel": 4, "stride": 2, "padding": 1}
    nodes = (
        Node("a", "conv_transpose", up, ("x",)),
        Node("b", "conv_transpose", up, ("x",)),
        Node("sum", "add", {}, ("a", "b")),
        Node("post", "relu", {}, ("sum",), expect=(48,)),
    )
    network = Network("net", {"x": Shape(4, (8,))}, nodes)
    assert not any("stride" in str(fix) for fix in diagnose(network, "post").fixes)


@pytest.mark.parametrize(
    ("product", "count", "best"),
    [
        (256, 4, (4, 4, 4, 4)),
        (600, 4, (10, 6, 5, 2)),
        (300, 4, (6, 5, 5, 2)),
        (512, 4, (8, 4, 4, 4)),
        (275, 2, (25, 11)),
        (7, 2, None),
        (8, 4, None),
        (13, 1, (13,)),
    ],
)
def test_strides_come_in_order(product: int, count: int, best: tuple[int, ...] | None) -> None:
    found = rank_strides(product, count)
    assert next(iter(found), None) == best
    assert len(set(found)) == len(found)
    assert all(prod(strides) == product and min(strides) > 1 for strides in found)
    every = (
        [
            s
            for s in combinations_with_replacement(range(product, 1, -1), count)
            if prod(s) == product
        ]
        if product**count < 10**6
        else found
    )
    assert sorted(every) == sorted(found)


@pytest.mark.parametrize(("kernel", "padding", "even"), [(3, 1, 4), (5, 2, 6), (1, 0, 2)])
def test_the_smallest_change_and_an_even_one(kernel: int, padding: int, even: int) -> None:
    parameters = {"out_channels": 1, "kernel": kernel, "stride": 2, "padding": padding}
    up = Node("up", "conv_transpose", parameters, ("x",), expect=(32,))
    found = diagnose(Network("net", {"x": Shape(1, (16,))}, (up,)), "up").fixes
    assert [str(fix) for fix in found[:2]] == [
        "set output_padding of up to 1",
        f"set kernel of up to {even} (the weights of up become {even}; padded with zeros 0:1"
        " (begin:end), trained ones give the same values)",
    ]
    assert [bool(fix.caution) for fix in found[:2]] == [False, True]


@pytest.mark.parametrize(("targets", "groups"), [((), 2), (("onnx",), 1)])
def test_a_fix_that_a_target_cannot_run_comes_after_one_that_it_can(
    targets: tuple[str, ...], groups: int
) -> None:
    """The reference evaluator of ONNX fails on groups of several channels."""
    parameters = {"out_channels": 8, "kernel": 4, "stride": 2, "groups": 3}
    up = Node("up", "conv_transpose", parameters, ("x",))
    network = Network("net", {"x": Shape(8, (16,))}, (up,), targets=targets)
    assert first_fix(network, "up") == f"set groups of up to {groups}"


def test_an_output_padding_that_a_target_lacks_comes_last() -> None:
    """TensorFlow and Keras crop the smaller half at the start; torch crops the larger one."""
    up = {"out_channels": 8, "kernel": 4, "stride": 2, "padding": 1}
    nodes = (
        Node("down", "conv", {"out_channels": 8, "kernel": 3, "stride": 2}, ("x",)),
        Node("up", "conv_transpose", up, ("down",), expect=(33,)),
    )
    network = Network("net", {"x": Shape(1, (33,))}, nodes)
    assert first_fix(network, "up") == "set output_padding of up to 1"
    fixes = [str(fix) for fix in diagnose(network._replace(targets=("keras",)), "up").fixes]
    assert fixes[0] == (
        "add a pad_to with size [35] after x, and add a crop_like with size [33] after up"
    )
    assert fixes[-1] == "set output_padding of up to 1"


@pytest.mark.parametrize(("kernel", "letters"), [(18, "64T"), (20, "64T+6"), (18, "64T+2")])
def test_a_claim_in_letters_is_met_by_a_crop_of_some_elements(kernel: int, letters: str) -> None:
    up = {"out_channels": 1, "kernel": kernel, "stride": 8}
    offset = int(letters.partition("+")[2] or 0)
    nodes = (
        Node("up1", "conv_transpose", {**up, "padding": 4}, ("x",)),
        Node(
            "up2",
            "conv_transpose",
            {**up, "padding": 5},
            ("up1",),
            expect=(Linear("T", 64, offset),),
        ),
    )
    network = Network("net", {"x": Shape(1, (Linear("T"),))}, nodes)
    fixes = [str(fix) for fix in diagnose(network, "up2").fixes]
    assert f"add a crop_like with size [{letters}], offset 0 after up2" in fixes


def test_odd_strides_get_equal_crops_where_a_target_needs_them() -> None:
    network = vocoder((16, 16), 32, 32 * 275)._replace(targets=("tensorflow",))
    assert first_fix(network, "post") == (
        "set stride of ups.0 and ups.1 to 25 and 11, and kernel to 75 and 33,"
        " and padding to 25 and 11 (ups.0 and ups.1 must be trained again)"
    )


def test_an_output_padding_is_dropped_where_a_word_gives_the_size() -> None:
    network = vocoder((8, 8), 32, 32 * 30, "keras")
    first, *others = network.nodes
    padded = first._replace(parameters={**first.parameters, "output_padding": 3})
    assert first_fix(network._replace(nodes=(padded, *others)), "post") == (
        "set stride of ups.0 and ups.1 to 6 and 5, and kernel to 12 and 10,"
        " and output_padding of ups.0 to None (ups.0 and ups.1 must be trained again)"
    )


def test_many_large_strides_are_solved_quickly() -> None:
    """Eight layers of stride 8 have 8**8 combinations, of which one axis needs a few."""
    nodes, above = list[Node](), "x"
    for number in range(8):
        up = {"out_channels": 1, "kernel": 8, "stride": 8}
        nodes.append(Node(f"up{number}", "conv_transpose", up, (above,)))
        above = f"up{number}"
    size = 5 * 8**8
    nodes[-1] = nodes[-1]._replace(expect=(size + 8**5 + 8**2 + 3, size))
    network = Network("net", {"x": Shape(1, (5, 5))}, tuple(nodes))
    begun = process_time()
    fix = first_fix(network, "up7")
    assert process_time() - begun < 1
    assert fix == ("set output_padding of up2, up5 and up7 to [1, 0], [1, 0] and [3, 0]")


def test_each_axis_has_its_own_output_padding() -> None:
    """pytorch#70518: an odd depth needs 0, an even height and width need 1."""
    up = Node("up", "conv_transpose", DOWN, ("down",), expect=(5, 6, 6))
    network = Network("net", {"x": Shape(8, (5, 6, 6))}, (Node("down", "conv", DOWN, ("x",)), up))
    assert first_fix(network, "up") == "set output_padding of up to [0, 1, 1]"


def test_a_size_that_keras_cannot_have_is_cropped() -> None:
    """keras#13231: 46x62 to 368x489, where the height needs None and the width a number."""
    parameters = {"out_channels": 1, "kernel": 16, "stride": 8, "padding": "same"}
    up = Node("up", "conv_transpose", parameters, ("x",), expect=(368, 489))
    network = Network("net", {"x": Shape(1, (46, 62))}, (up,), dialect="keras")
    assert first_fix(network, "up") == "add a crop_like with size [368, 489], offset 0 after up"


@pytest.mark.parametrize(
    ("dialect", "padding", "expect", "size"),
    [
        # A kernel of 5 with stride 2 makes 15 or 16 of 8 with SAME, 19 or 20 with VALID.
        ("tensorflow", "SAME", None, 16),
        ("tensorflow", "VALID", None, 19),
        ("tensorflow", "SAME", 15, 15),
        ("tensorflow", "VALID", 20, 20),
        ("onednn", None, None, 19),
    ],
)
def test_a_size_that_a_framework_needs_is_given(
    dialect: str, padding: str | None, expect: int | None, size: int
) -> None:
    parameters = {"out_channels": 1, "kernel": 5, "stride": 2, "padding": padding}
    given = {key: value for key, value in parameters.items() if value is not None}
    up = Node("up", "conv_transpose", given, ("x",), expect=(expect,) if expect else None)
    network = Network("net", {"x": Shape(1, (8,))}, (up,), dialect=dialect)
    assert first_fix(network, "up") == f"set output_size of up to {size}"


def test_a_size_in_letters_is_not_given() -> None:
    parameters = {"out_channels": 1, "kernel": 5, "stride": 2, "padding": "SAME"}
    up = Node("up", "conv_transpose", parameters, ("x",))
    network = Network("net", {"x": Shape(1, (Linear("T"),))}, (up,), dialect="tensorflow")
    assert diagnose(network, "up").fixes == ()
