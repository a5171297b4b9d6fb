"""The layers to blame for a wrong size, and the fixes for it, each of which is walked."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deconvcli.layers.axis import Linear
from deconvcli.networks.graph import Network, Node, walk
from deconvcli.networks.graph.diagnosis import diagnose, diagnose_all
from deconvcli.networks.graph.edits import apply_edits
from deconvcli.networks.operation import Shape
from tests.networks.graph.nets import unet


def failing(network: Network) -> list[str]:
    return [outcome.node.name for outcome in walk(network) if outcome.error is not None]


def test_a_unet_on_an_odd_size() -> None:
    network = unet(2, (34, 32))
    found = diagnose(network, "cat1")
    assert failing(network) == ["cat1"]
    assert [str(culprit) for culprit in found.culprits] == [
        "pool1: height 17 -> 8, and 2 * 8 is 1 less than 17"
    ]
    assert [str(fix) for fix in found.fixes] == [
        "set output_padding of up1 to [1, 0]",
        "give up1 the size of conv1 as its output_size",
        "add a crop_like to the size of up1 between conv1 and cat1",
        "add a pad_to to the size of conv1 between up1 and cat1",
        "feed x with 36x32",
    ]


def test_another_input_fixes_every_level_at_once() -> None:
    found = diagnose(unet(3, (34, 30)), "cat2", most=9)
    complete = [str(fix) for fix in found.fixes if fix.is_complete]
    assert complete == ["feed x with 40x32"]


def test_upsampling_that_gives_one_too_few() -> None:
    up = {"out_channels": 8, "kernel": 3, "stride": 2, "padding": 1}
    found = diagnose(unet(1, (32,), up), "cat0")
    assert str(found.culprits[0]) == "up0: 16 -> 31, 1 less than 2 * 16"
    assert str(found.fixes[0]) == "set output_padding of up0 to 1"
    assert found.fixes[0].is_complete


def vocoder(dialect: str, padding: object) -> Network:
    up = {"out_channels": 4, "kernel": 10, "stride": 5, "padding": padding}
    nodes = (
        Node("up1", "conv_transpose", up, ("x",)),
        Node("up2", "conv_transpose", up, ("up1",), expect=(800,)),
    )
    return Network("vocoder", {"x": Shape(8, (32,))}, nodes, dialect=dialect)


def test_a_vocoder_that_misses_whole_strides() -> None:
    found = diagnose(vocoder("torch", 2), "up2")
    assert [str(culprit) for culprit in found.culprits] == [
        "up2: 161 -> 806, 1 more than 5 * 161",
        "up1: 32 -> 161, 1 more than 5 * 32",
    ]
    assert [str(fix) for fix in found.fixes[:2]] == [
        "add a crop_like with size [800], offset 0 after up2",
        "set padding of up1 and up2 to 3, and output_padding to 1"
        " (the values of up1 and up2 move by 1 toward the start)",
    ]
    assert [fix.caution != "" for fix in found.fixes] == [False, True]


def test_a_dialect_with_words_is_fixed_with_a_word() -> None:
    found = diagnose(vocoder("keras", "valid"), "up2")
    assert str(found.fixes[1]) == (
        "set padding of up1 and up2 to same (the values of up1 and up2 move by 2 toward the start)"
    )


def test_an_output_that_is_too_short_needs_a_longer_input() -> None:
    down = Node("down", "conv", {"out_channels": 1, "kernel": 8, "stride": 4}, ("x",))
    up = Node("up", "conv_transpose", {"out_channels": 1, "kernel": 8, "stride": 4}, ("down",))
    network = Network("codec", {"x": Shape(1, (103,))}, (down, up._replace(expect=(104,))))
    first, *_ = diagnose(network, "up").fixes
    assert str(first) == (
        "add a pad_to with size [104] after x, and add a crop_like with size [104] after up"
    )


def test_an_illegal_output_padding() -> None:
    words = {"out_channels": 1, "kernel": 3, "stride": 2, "output_padding": 4}
    node = Node("up", "conv_transpose", words, ("x",))
    found = diagnose(Network("one", {"x": Shape(1, (8,))}, (node,)), "up")
    assert [str(fix) for fix in found.fixes[:1]] == ["set output_padding of up to 1"]


def test_channels_that_do_not_fit() -> None:
    node = Node("c", "conv", {"in_channels": 4, "out_channels": 1, "kernel": 1}, ("x",))
    found = diagnose(Network("one", {"x": Shape(3, (8,))}, (node,)), "c")
    assert [str(fix) for fix in found.fixes] == ["set in_channels of c to 3"]


@pytest.mark.parametrize(
    "node",
    [
        Node("n", "pixel_shuffle", {"factor": 2}, ("x",)),
        Node("n", "norm", {"kind": "group", "groups": 2}, ("x",)),
    ],
    ids=lambda node: node.operation,
)
def test_channels_that_the_layer_does_not_declare_are_not_changed(node: Node) -> None:
    found = diagnose(Network("one", {"x": Shape(3, (8,))}, (node,)), "n")
    assert found.fixes == ()


def test_a_claim_in_letters_is_not_met_by_a_crop() -> None:
    node = Node("c", "relu", {}, ("x",), expect=(Linear("T", 2),))
    network = Network("one", {"x": Shape(3, (Linear("T"),))}, (node,))
    assert failing(network) == ["c"]
    assert diagnose(network, "c").fixes == ()


def test_nothing_left_needs_a_larger_input() -> None:
    node = Node("c", "conv", {"out_channels": 1, "kernel": 9}, ("x",))
    found = diagnose(Network("one", {"x": Shape(3, (8, 20))}, (node,)), "c")
    assert [str(fix) for fix in found.fixes] == ["feed x with 9x20"]


def test_a_node_that_works_has_no_culprit() -> None:
    assert diagnose(unet(2, (32, 32)), "cat0") == ((), ())


@given(st.integers(1, 3), st.integers(9, 70), st.integers(9, 70), st.sampled_from([0, 1]))
@settings(max_examples=60, deadline=None)
def test_every_fix_fixes_its_node(depth: int, h: int, w: int, more: int) -> None:
    up = {"out_channels": 8, "kernel": 2 + more, "stride": 2}
    network = unet(depth, (h, w), up)
    for name in failing(network):
        for fix in diagnose(network, name, most=9).fixes:
            changed = apply_edits(network, fix.edits)
            assert name not in failing(changed)
            assert fix.is_complete == (failing(changed) == [])


@pytest.mark.parametrize("operation", ["concat", "add"])
def test_every_kind_of_join_is_fixed(operation: str) -> None:
    nodes = (
        Node("pool", "max_pool", {"kernel": 2, "stride": 2}, ("x",)),
        Node("up", "upsample", {"scale": 2}, ("pool",)),
        Node("join", operation, {}, ("x", "up")),
    )
    found = diagnose(Network("net", {"x": Shape(1, (7,))}, nodes), "join")
    assert [str(fix) for fix in found.fixes] == [
        "add a crop_like to the size of up between x and join",
        "add a pad_to to the size of x between up and join",
        "feed x with 8",
    ]


def test_a_crop_to_more_than_there_is_has_no_culprit_above() -> None:
    crop = Node("crop", "crop_like", {"size": 9}, ("x",))
    found = diagnose(Network("net", {"x": Shape(1, (8,))}, (crop,)), "crop")
    assert found.culprits == ()
    assert [str(fix) for fix in found.fixes] == ["feed x with 9"]


def test_inputs_of_other_ranks_are_not_resized() -> None:
    join = Node("join", "concat", {}, ("x", "y"))
    network = Network("net", {"x": Shape(1, (8, 8)), "y": Shape(1, (8,))}, (join,))
    assert diagnose(network, "join").fixes == ()


def test_a_new_layer_gets_a_name_that_is_free() -> None:
    network = unet(2, (34, 32))
    nodes = (Node("conv1_cropped", "relu", {}, ("x",)), *network.nodes)
    fixes = diagnose(network._replace(nodes=nodes), "cat1").fixes
    names = {node.name for fix in fixes for node in fix.network.nodes}
    assert "conv1_cropped_" in names


def test_a_dialect_without_output_padding_gets_other_fixes() -> None:
    network = unet(1, (33,), {"out_channels": 8, "kernel": 2, "stride": 2, "padding": "VALID"})
    nodes = [node._replace(dialect="jax") if "up" in node.name else node for node in network.nodes]
    found = diagnose(network._replace(nodes=tuple(nodes)), "cat0")
    assert [str(fix) for fix in found.fixes] == [
        "add a crop_like to the size of up0 between conv0 and cat0",
        "add a pad_to to the size of conv0 between up0 and cat0",
        "feed x with 34",
    ]


def test_an_input_in_letters_is_not_padded() -> None:
    network = vocoder("torch", 2)
    lettered = network._replace(inputs={"x": Shape(8, (Linear("T"),))})
    found = diagnose(lettered, "up2", most=9)
    assert [str(fix) for fix in found.fixes if "after x" in str(fix)] == []


def test_too_many_inputs_are_counted() -> None:
    crop = Node("crop", "crop_like", {}, ("x", "x", "x"))
    relu = Node("relu", "relu", {}, ("x", "x"))
    for node, message, allowed in (
        (crop, "crop_like has 3 inputs", "1 to 2"),
        (relu, "relu has 2 inputs", "1"),
    ):
        [outcome] = walk(Network("net", {"x": Shape(1, (8,))}, (node,)))
        assert outcome.error is not None
        assert outcome.error.message == message
        assert outcome.error.help == f"list {allowed} of the layers above under `inputs`."


def test_one_run_finds_every_join_that_fails() -> None:
    """The U-Net of a public question on 222x222: three of its four joins fail."""
    network = unet(4, (222, 222))
    assert failing(network) == ["cat3"]
    found = diagnose_all(network, walk(network), 8)
    assert [(each.outcome.node.name, each.assumed) for each in found] == [
        ("cat3", ()),
        ("cat2", ("cat3",)),
        ("cat1", ("cat3", "cat2")),
    ]
    assert [str(each.diagnosis.culprits[0]) for each in found] == [
        "pool3: height and width 27 -> 13, and 2 * 13 is 1 less than 27",
        "pool2: height and width 55 -> 27, and 2 * 27 is 1 less than 55",
        "pool1: height and width 111 -> 55, and 2 * 55 is 1 less than 111",
    ]
    works = "the network then works for n = 16m + 14, n >= 30"
    feed = "feed x with 224x224 (the network then works for n = 16m, n >= 16)"
    assert [str(each.diagnosis.fixes[0]) for each in found] == [
        f"set output_padding of up3 to 1 (with the fixes of cat2 and cat1 {works})",
        f"set output_padding of up2 to 1 (with the fixes of cat3 and cat1 {works})",
        f"set output_padding of up1 to 1 ({works})",
    ]
    assert [str(each.diagnosis.fixes[-1]) for each in found] == [feed] * 3
    first_fixes = [edit for each in found for edit in each.diagnosis.fixes[0].edits]
    assert failing(apply_edits(network, first_fixes)) == []
    for n, fails in ((14, True), (30, False), (222, False), (223, True), (224, True), (238, False)):
        resized = network._replace(inputs={"x": Shape(1, (n, n))})
        assert bool(failing(apply_edits(resized, first_fixes))) == fails


def test_sizes_that_work_are_named_for_each_axis() -> None:
    network = unet(4, (222, 250))
    *_, last = diagnose_all(network, walk(network), 8)
    assert last.diagnosis.fixes[0].works_for == (
        "the network then works for height n = 16m + 14, n >= 30, and width n = 16m + 10, n >= 26"
    )


def test_what_a_fix_above_corrects_as_well_is_no_second_failure() -> None:
    nodes = (
        Node("wide", "conv", {"in_channels": 4, "out_channels": 8, "kernel": 1}, ("x",)),
        Node("down", "max_pool", {"kernel": 2}, ("wide",)),
        Node("up", "conv_transpose", {"out_channels": 8, "kernel": 2, "stride": 2}, ("down",)),
        Node("join", "add", {}, ("up", "wide")),
        Node("join2", "add", {}, ("join", "wide")),
        Node("tall", "conv", {"in_channels": 3, "out_channels": 8, "kernel": 1}, ("x",)),
        Node("narrow", "conv", {"in_channels": 4, "out_channels": 8, "kernel": 1}, ("join2",)),
    )
    network = Network("net", {"x": Shape(3, (9,))}, nodes)
    assert failing(network) == ["wide"]
    found = diagnose_all(network, walk(network), 8)
    names = [(each.outcome.node.name, each.assumed) for each in found]
    assert names == [("wide", ()), ("join", ("wide",)), ("narrow", ("wide", "join"))]
    edits = [edit for each in found for edit in each.diagnosis.fixes[0].edits]
    assert failing(apply_edits(network, edits)) == []
    # Another input is offered once nothing else fails.
    network = network._replace(nodes=nodes[:-1])
    _, join = diagnose_all(network, walk(network), 8)
    assert [str(fix) for fix in join.diagnosis.fixes if fix.resizes] == [
        "feed x with 10 (the network then works for n = 2m, n >= 2)"
    ]


def test_another_input_is_not_assumed() -> None:
    """A kernel of 9 needs a larger input: what comes after it is another question."""
    nodes = (
        Node("c", "conv", {"out_channels": 1, "kernel": 9}, ("x",)),
        Node("join", "add", {}, ("c", "x")),
    )
    network = Network("net", {"x": Shape(1, (8,))}, nodes)
    [found] = diagnose_all(network, walk(network), 8)
    assert [str(fix) for fix in found.diagnosis.fixes] == []
    [found] = diagnose_all(network._replace(nodes=nodes[:1]), walk(network), 8)
    assert [str(fix) for fix in found.diagnosis.fixes] == ["feed x with 9"]


def test_failures_past_the_limit_are_found_without_a_diagnosis() -> None:
    network = unet(4, (222, 222))
    first, second = diagnose_all(network, walk(network), 1)
    assert first.diagnosis.fixes
    assert second.outcome.node.name == "cat2"
    assert [str(fix).partition(" (")[0] for fix in second.diagnosis.fixes] == [
        "feed x with 224x224"
    ]
    assert second.diagnosis.culprits == ()
