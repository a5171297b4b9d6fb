"""Sizes in letters: every layer's size as one formula, for the sizes that work."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.common.errors import NotLinear
from deconvcli.layers.axis import Linear, Size
from deconvcli.networks.graph import Network, Node, find_axis_sizes, find_valid_sizes, walk
from deconvcli.networks.graph.letters import LetterValues, _straighten
from deconvcli.networks.graph.memo import RunWalker
from deconvcli.networks.operation import Shape
from tests.networks.graph.nets import paper, unet

H, W = Linear("H"), Linear("W")


def shapes(network: Network) -> list[str]:
    return [str(outcome.error or outcome.shape) for outcome in walk(network)]


def test_the_sizes_of_a_unet_in_letters() -> None:
    assert shapes(unet(2, (H, W))) == [
        "[8, H, W]",
        "[8, H/2, W/2]",
        "[8, H/2, W/2]",
        "[8, H/4, W/4]",
        "[8, H/4, W/4]",
        "[8, H/2, W/2]",
        "[16, H/2, W/2]",
        "[8, H, W]",
        "[16, H, W]",
    ]


def test_convolutions_without_padding_subtract_from_the_letter() -> None:
    last = shapes(paper((H, H)))[-1]
    assert last == "[2, H-184, H-184]"


def test_a_letter_on_two_axes_follows_the_rules_of_both() -> None:
    pool = Node("pool", "max_pool", {"kernel": [2, 3]}, ("x",))
    network = Network("two", {"x": Shape(1, (H, H))}, (pool,))
    assert shapes(network) == ["[1, H/2, H/3]"]


def test_a_multiple_of_a_letter_is_answered_for_the_letter() -> None:
    pool = Node("pool", "max_pool", {"kernel": 4}, ("x",), expect=(H,))
    network = Network("four", {"x": Shape(1, (Linear("H", 4, 2),))}, (pool,))
    assert find_valid_sizes(network).text("H") == "every H"
    assert shapes(network) == ["[1, H]"]


def test_an_expect_in_letters_holds_for_every_size() -> None:
    network = Network(
        "same",
        {"x": Shape(1, (H,))},
        (
            Node(
                "down", "conv", {"out_channels": 1, "kernel": 4, "stride": 2, "padding": 1}, ("x",)
            ),
            Node(
                "up",
                "conv_transpose",
                {"out_channels": 1, "kernel": 4, "stride": 2, "padding": 1},
                ("down",),
                expect=(H,),
            ),
        ),
    )
    assert find_valid_sizes(network).text("H") == "H = 2m, H >= 2"


def test_without_a_size_that_works_the_letter_stays() -> None:
    short = Node("crop", "crop", {"amount": 1}, ("x",), expect=(H,))
    network = Network("never", {"x": Shape(1, (H,))}, (short,))
    assert find_valid_sizes(network).text("H") == "no H"
    assert "the output is [H-2], expected [H]" in shapes(network)[0]


@pytest.mark.parametrize("n", [188, 204, 572])
def test_the_formula_gives_what_the_number_gives(n: int) -> None:
    symbolic, numeric = walk(paper((H, H))), walk(paper((n, n)))
    for named, numbered in zip(symbolic, numeric, strict=True):
        assert named.shape is not None
        assert numbered.shape is not None
        text = str(named.shape.spatial[0])
        assert eval(text.replace("/", "//"), {"H": n}) == numbered.shape.spatial[0]


def test_a_letter_halved_too_often_stays() -> None:
    nodes, above = [], "x"
    for level in range(200):
        nodes.append(Node(f"pool{level}", "max_pool", {"kernel": 2}, (above,)))
        above = nodes[-1].name
    first, *_ = shapes(Network("deep", {"x": Shape(1, (H,))}, tuple(nodes)))
    assert "has no single formula in H" in first


def two_inputs(*nodes: Node, a: Size = H, b: Size = W) -> Network:
    return Network("two", {"a": Shape(1, (a, a)), "b": Shape(1, (b, b))}, nodes)


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        ([Node("last", "crop_like", {}, ("a", "b"))], "last: H and W are sizes in different"),
        ([Node("last", "pad_to", {}, ("a", "b"))], "last: H and W are sizes in different"),
        ([Node("last", "add", {}, ("a", "b"))], "last: the inputs have unequal sizes"),
        ([Node("last", "concat", {}, ("a", "b"))], "last: the inputs have unequal sizes"),
        ([Node("last", "relu", {}, ("a",), expect=(W, W))], "last: the output is [H, H], exp"),
        (
            [
                Node("up", "upsample", {"scale": 2}, ("b",)),
                Node("last", "crop_like", {}, ("a", "up")),
            ],
            "last: H and 2W are sizes in different letters",
        ),
    ],
)
def test_two_letters_that_meet_have_no_answer(nodes: list[Node], message: str) -> None:
    network = two_inputs(*nodes)
    with pytest.raises(NotLinear) as caught:
        find_axis_sizes(network)
    assert message in str(caught.value)
    *_, last = walk(network)
    assert last.error is not None
    assert message == f"last: {last.error.message}"[: len(message)]


def test_a_formula_begins_after_the_last_comparison_that_changes() -> None:
    """Below 30 there is nothing to crop; halving then needs every second size."""
    nodes = (
        Node("crop", "crop_like", {"size": 30}, ("x",)),
        Node("pool", "max_pool", {"kernel": 2}, ("x",)),
    )
    walker = RunWalker(Network("net", {"x": Shape(1, (H,))}, nodes), 0, "x")
    values = _straighten(walker, LetterValues(1, 1))
    assert values.first >= 30
    assert values == LetterValues(values.first, 2)


def test_two_letters_that_never_meet_are_answered() -> None:
    network = two_inputs(
        Node("one", "max_pool", {"kernel": 2}, ("a",)),
        Node("two", "max_pool", {"kernel": 4}, ("b",)),
    )
    assert shapes(network) == ["[1, H/2, H/2]", "[1, W/4, W/4]"]
    assert [
        axis.without_remainder and axis.without_remainder.text(axis.letter)
        for axis in find_axis_sizes(network)
    ] == [
        "H = 2m, H >= 2",
        "H = 2m, H >= 2",
        "W = 4m, W >= 4",
        "W = 4m, W >= 4",
    ]


@pytest.mark.parametrize(
    ("kernel", "rule"), [(2, "H = 2m, H >= 2"), ([2, 4], "H = 4m, H >= 4"), (1, "every H")]
)
def test_one_letter_on_two_axes_may_be_expected(kernel: object, rule: str) -> None:
    network = Network(
        "square",
        {"x": Shape(1, (H, H))},
        (
            Node("down", "max_pool", {"kernel": kernel}, ("x",)),
            Node("up", "upsample", {"scale": kernel}, ("down",), expect=(H, H)),
            Node("join", "add", {}, ("up", "x")),
        ),
    )
    rules = [axis.working.text("H") for axis in find_axis_sizes(network)]
    assert rule in rules
    assert shapes(network)[-1] == "[1, H, H]"
    wrong = network._replace(nodes=(Node("relu", "relu", {}, ("x",), expect=(H + 1, H)),))
    assert find_axis_sizes(wrong)[0].working.text("H") == "no H"


def test_one_letter_on_two_inputs_is_one_size() -> None:
    network = two_inputs(Node("last", "crop_like", {}, ("a", "b")), a=H + 8, b=H)
    assert shapes(network) == ["[1, H, H]"]
    assert {axis.working.text("H") for axis in find_axis_sizes(network)} == {"every H"}


def skip_cropped_at(offset: int, n: Size) -> Network:
    """Return a network that crops its input, at an offset, to the size after a pooling."""
    nodes = (
        Node("down", "max_pool", {"kernel": 4}, ("x",)),
        Node("up", "upsample", {"scale": 4}, ("down",)),
        Node("crop", "crop_like", {"offset": offset}, ("x", "up")),
    )
    return Network("skip", {"x": Shape(1, (n,))}, nodes)


@pytest.mark.parametrize(
    ("offset", "rule"),
    [
        (0, "every n >= 4"),
        (1, "n = 4m + 1 or 4m + 2 or 4m + 3, n >= 5"),
        (2, "n = 4m + 2 or 4m + 3, n >= 6"),
        (3, "n = 4m + 3, n >= 7"),
        (4, "no n"),
    ],
)
def test_an_offset_leaves_fewer_sizes(offset: int, rule: str) -> None:
    assert find_valid_sizes(skip_cropped_at(offset, 64)).text() == rule
    for n in range(4, 20):
        *_, last = walk(skip_cropped_at(offset, n))
        assert (last.error is None) == (n % 4 >= offset)


def test_an_offset_is_followed_in_letters() -> None:
    assert shapes(skip_cropped_at(3, H)) == ["[1, (H-3)/4]", "[1, H-3]", "[1, H-3]"]
    *_, last = walk(skip_cropped_at(4, Linear("H", 4)))
    assert "4H elements cannot be cropped to 4H after the first 4" in str(last.error)


def up_to_skip(n: Size, padding: int = 1, dialect: str = "torch") -> Network:
    """Return a network whose transposed convolution takes its output size from a skip."""
    up = {"out_channels": 1, "kernel": 3, "stride": 2, "padding": padding}
    nodes = (
        Node("skip", "relu", {}, ("x",)),
        Node("down", "conv", {"out_channels": 1, "kernel": 3, "stride": 2, "padding": 1}, ("x",)),
        Node("up", "conv_transpose", up, ("down", "skip")),
        Node("join", "add", {}, ("up", "skip")),
    )
    return Network("skips", {"x": Shape(1, (n, n))}, nodes, dialect=dialect)


@pytest.mark.parametrize(
    "dialect", ["torch", "paddle", "webnn", "onnx", "openvino", "onednn", "cudnn", "mxnet"]
)
def test_an_output_takes_the_size_of_a_skip(dialect: str) -> None:
    assert find_valid_sizes(up_to_skip(64, dialect=dialect)).text() == "every n"
    for n in range(1, 12):
        assert shapes(up_to_skip(n, dialect=dialect))[-1] == f"[1, {n}, {n}]"
    assert shapes(up_to_skip(H, dialect=dialect))[-2:] == ["[1, H, H]", "[1, H, H]"]


def test_a_skip_that_an_output_cannot_reach_is_a_failure() -> None:
    assert find_valid_sizes(up_to_skip(64, padding=0)).text() == "no n"
    assert "output_size 64 is outside 65 to 66" in shapes(up_to_skip(64, padding=0))[2]


@pytest.mark.parametrize(
    ("operation", "words", "n", "rule"),
    [
        ("crop_like", {"size": [H, H]}, H + 2, "every H"),
        ("crop_like", {"size": [H, H]}, H - 1, "no H"),
        ("crop_like", {"size": [H, 8]}, H, "every H"),
        ("pad_to", {"size": [Linear("H", 2), H]}, H, "every H"),
        ("pad_to", {"size": [H - 4, H]}, H, "no H"),
        ("upsample", {"size": [Linear("H", 2), H]}, H, "every H"),
        ("upsample", {"size": [H - 4, H]}, H, "every H >= 5"),
        (
            "conv_transpose",
            {"kernel": 3, "stride": 2, "padding": 1, "out_channels": 1, "output_size": [2 * H] * 2},
            H,
            "every H",
        ),
        (
            "conv_transpose",
            {"kernel": 3, "stride": 2, "padding": 1, "out_channels": 1, "output_size": [H, H]},
            H,
            "H = 1",
        ),
    ],
)
def test_a_size_in_letters_follows_the_input(
    operation: str, words: dict[str, object], n: Size, rule: str
) -> None:
    node = Node("last", operation, words, ("x",))
    network = Network("letters", {"x": Shape(1, (n, n))}, (node,))
    assert find_valid_sizes(network).text("H") == rule
    if rule == "every H":
        [size] = {key: words[key] for key in ("size", "output_size") if key in words}.values()
        assert shapes(network) == [f"[1, {', '.join(map(str, size))}]"]  # type: ignore[call-overload]


def test_a_size_in_a_letter_that_no_input_has_is_no_size() -> None:
    crop = Node("crop", "crop_like", {"size": W}, ("x",))
    with pytest.raises(NotLinear, match="H and W are sizes in different letters"):
        find_axis_sizes(Network("letters", {"x": Shape(1, (H,))}, (crop,)))


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("crop_like", {}),
        ("crop_like", {"offset": 5}),
        ("pad_to", {}),
        ("conv_transpose", {"kernel": 3, "stride": 2, "out_channels": 1}),
        ("add", {}),
        ("concat", {}),
    ],
)
def test_a_letter_that_meets_a_number_is_named_with_its_network(
    operation: str, words: dict[str, object]
) -> None:
    inputs = {"x": Shape(1, (H,)), "y": Shape(1, (7,))}
    network = Network("mixed", inputs, (Node("last", operation, words, ("x", "y")),))
    with pytest.raises(NotLinear, match=r"mixed: .*H") as error:
        find_axis_sizes(network)
    assert "i+1" not in error.value.message


def measure_fcn(n: int) -> list[int]:
    """Return the sizes of Caffe's poolings 1 to 5 and of the score, with a first pad of 100."""
    sizes = [n + 198]
    for _ in range(5):
        sizes.append((sizes[-1] + 1) // 2)  # Caffe rounds up
    return [*sizes[1:], sizes[-1] - 6]


@pytest.mark.parametrize(("kernel", "stride", "offset"), [(64, 32, 19), (32, 16, 27), (16, 8, 31)])
@pytest.mark.parametrize("size", [500, 334, 1, 97, H])
def test_the_crops_of_caffes_fcn(kernel: int, stride: int, offset: int, size: Size) -> None:
    pad = {"kernel": 3, "padding": 100, "out_channels": 1}
    nodes = [Node("pool0", "conv", pad, ("x",))]
    for place in range(1, 6):
        words = {"kernel": 2, "ceil_mode": True}
        nodes.append(Node(f"pool{place}", "max_pool", words, (f"pool{place - 1}",)))
    nodes.append(Node("score", "conv", {"kernel": 7, "out_channels": 1}, ("pool5",)))
    twice = {"kernel": 4, "stride": 2, "out_channels": 1}
    for place, skip_offset in ((4, 5), (3, 9)):
        if stride < 2 ** (place + 1):
            nodes += [
                Node(f"up{place}", "conv_transpose", twice, (nodes[-1].name,)),
                Node(
                    f"crop{place}",
                    "crop_like",
                    {"offset": skip_offset},
                    (f"pool{place}", f"up{place}"),
                ),
                Node(f"fuse{place}", "add", {}, (f"up{place}", f"crop{place}")),
            ]
    last = {"kernel": kernel, "stride": stride, "out_channels": 1}
    nodes += [
        Node("up", "conv_transpose", last, (nodes[-1].name,)),
        Node("out", "crop_like", {"offset": offset}, ("up", "x"), expect=(size,)),
    ]
    network = Network("fcn", {"x": Shape(1, (size,))}, tuple(nodes), dialect="caffe")
    outcomes = {outcome.node.name: outcome for outcome in walk(network)}
    assert [outcome.error for outcome in outcomes.values() if outcome.error] == []
    if isinstance(size, int):
        *pools, score = measure_fcn(size)
        assert outcomes["pool4"].shape == Shape(1, (pools[3],))
        back = score
        for _ in range({32: 0, 16: 1, 8: 2}[stride]):
            back = 2 * back + 2
        assert outcomes["up"].shape == Shape(1, ((back - 1) * stride + kernel,))
        free = network._replace(
            nodes=(*network.nodes[:-1], network.nodes[-1]._replace(expect=None))
        )
        assert find_valid_sizes(free).text("n") == "every n"
    else:
        assert find_valid_sizes(network).text("H") == "every H"


letter_sizes = st.sampled_from([H, 2 * H, H + 1, H - 2, 3 * H - 1, 7])
small = st.integers(1, 4)
_UP = {"out_channels": 4, "kernel": 3, "stride": 2, "padding": 1}
_CONV = {"out_channels": 4, "kernel": 3, "stride": 2}
layers = st.one_of(
    st.builds(lambda n: ("crop_like", {"size": n}, False), letter_sizes),
    st.builds(lambda n: ("pad_to", {"size": n}, False), letter_sizes),
    st.builds(lambda n: ("upsample", {"size": n}, False), letter_sizes),
    st.builds(lambda n: ("conv_transpose", {**_UP, "output_size": n}, False), letter_sizes),
    st.builds(lambda n: ("crop_like", {"offset": n}, True), small),
    st.builds(lambda n: ("max_pool", {"kernel": n}, False), small),
    st.sampled_from(
        [("conv", _CONV, False), ("conv_transpose", _UP, True), ("upsample", {}, True)]
    ),
)


def put(h: int) -> Callable[[Linear], Size]:
    return lambda size: size.factor * h + size.offset


@given(st.lists(layers, min_size=1, max_size=4), st.sampled_from([H, 2 * H, H + 3]))
def test_sizes_in_letters_hold_as_their_numbers(
    chain: list[tuple[str, dict[str, object], bool]], other: Size
) -> None:
    nodes, above = [], "a"
    for place, (operation, parameters, like) in enumerate(chain):
        inputs = (above, "b") if like else (above,)
        nodes.append(Node(f"n{place}", operation, parameters, inputs))
        above = f"n{place}"
    network = Network("law", {"a": Shape(4, (H,)), "b": Shape(4, (other,))}, tuple(nodes))
    working = find_valid_sizes(network)
    for h in range(1, 16):
        numbers = network.with_letters(put(h))
        assert working.contains(h) == all(found.error is None for found in walk(numbers))
