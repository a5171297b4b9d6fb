"""Repairs of several layers at once, and in unusual places; the cases are public questions."""

from __future__ import annotations

from typing import Any

import pytest

from deconvcli.networks.graph import Network, Node, walk
from deconvcli.networks.graph.diagnosis import diagnose
from deconvcli.networks.graph.edits import apply_edits
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
        (13, 3, 1, "set output_padding of up2 to 0 and set output_padding of up3 to 0"),
        (25, 4, 0, "set output_padding of up1 to 1"),
        (
            25,
            4,
            1,
            "set output_padding of up2 to 0 and set output_padding of up3 to 0"
            " and set output_padding of up4 to 0",
        ),
        (31, 3, 0, "set output_padding of up1 to 1 and set output_padding of up2 to 1"),
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
