"""Every rule with an exact edit shows it: a layer, the finding, and the layer after the edit."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

import pytest

from deconvcli.checks.documents import Path, read
from deconvcli.checks.edits import NotWritable, edit_text
from deconvcli.checks.edits.writing import write_change
from deconvcli.checks.rules import page, rules, take
from deconvcli.common.findings import Change, Verb
from tests.checks.edits.edits import check_text, network

# A layer, the rule, the layer with the edit made; input: 4 channels, 8x8.
CALLS = [
    ("nn.Conv2d(5, 8, 3)", "DCV107", "nn.Conv2d(4, 8, 3)"),
    ("nn.Conv2d(out_channels=8, kernel_size=3, in_channels=5)", "DCV107", "nn.Conv2d(out_channels=8, kernel_size=3, in_channels=4)"),
    ("nn.ConvTranspose2d(4, 4, 4, 2, 1, 0)", "DCV205", "nn.ConvTranspose2d(4, 4, 4, 2, 1, output_padding=0)"),
    ("nn.ConvTranspose2d(4, 4, (4, 4), 2, 1, 0, 2, bias=True)", "DCV205", "nn.ConvTranspose2d(4, 4, (4, 4), 2, 1, output_padding=0, groups=2, bias=True)"),
    ("nn.ConvTranspose2d(4, 4, 4, 2, 1, 3)", "DCV104", "nn.ConvTranspose2d(4, 4, 4, 2, 1, 1)"),
]  # fmt: skip
UP = "{op: conv_transpose, out_channels: 4, "
KERNELS = [
    (UP + "kernel: 3, stride: 2, padding: 1, output_padding: 1}", "DCV201", UP + "kernel: 4, stride: 2, padding: 1, output_padding: 0}"),
    (UP + "kernel: [3, 4], stride: 2, padding: 1, output_padding: [1, 0]}", "DCV201", UP + "kernel: 4, stride: 2, padding: 1, output_padding: 0}"),
    (UP + "kernel: 5, stride: 3, padding: 1}", "DCV201", UP + "kernel: 3, stride: 3, padding: 0}"),
    (UP + "kernel: 1, stride: 2, output_padding: 1}", "DCV202", UP + "kernel: 2, stride: 2, output_padding: 0}"),
    (UP + "kernel: 2, stride: 2, dilation: 2, padding: 1, output_padding: 1}", "DCV202", UP + "kernel: 2, stride: 2, dilation: 1, padding: 0, output_padding: 0}"),
    (UP + "kernel: 10, stride: 5, padding: 3, output_padding: 1}", "DCV203", UP + "kernel: 15, stride: 5, padding: 5, output_padding: 0}"),
    (UP + "kernel: 3, stride: 2, padding: same, dialect: keras}", "DCV201", UP + "kernel: 4, stride: 2, padding: same, dialect: keras}"),
    (UP + "kernel: 1, stride: 2, dialect: keras}", "DCV202", UP + "kernel: 2, stride: 2, dialect: keras}"),
    ("nn.ConvTranspose2d(4, 4, 3, stride=2, padding=1, output_padding=1)", "DCV201", "nn.ConvTranspose2d(4, 4, 4, stride=2, padding=1, output_padding=0)"),
    ("Conv2DTranspose(4, 3, strides=2, padding='same')", "DCV201", "Conv2DTranspose(4, 4, strides=2, padding='same')"),
]  # fmt: skip
VALUES = [
    (UP + "kernel: 4, stride: 2, padding: 1, output_padding: 3}", "DCV104", UP + "kernel: 4, stride: 2, padding: 1, output_padding: 1}"),
    (UP + "kernel: 64, stride: [32, 64], padding: 0, output_padding: 64}", "DCV104", UP + "kernel: 64, stride: [32, 64], padding: 0, output_padding: [31, 63]}"),
    (UP + "kernel: 128, stride: 64, output_padding: 9223372036854775807}", "DCV104", UP + "kernel: 128, stride: 64, output_padding: 63}"),
    (UP + "kernel: 4, stride: 2, output_padding: [0, 2]}", "DCV104", UP + "kernel: 4, stride: 2, output_padding: [0, 1]}"),
    (UP + "kernel: 4, stride: 2, output_size: 33}", "DCV104", UP + "kernel: 4, stride: 2, output_size: 19}"),
    (UP + "kernel: 4, stride: 2, output_size: [9, 18]}", "DCV104", UP + "kernel: 4, stride: 2, output_size: 18}"),
    (UP + "kernel: 4, stride: 2, padding: same}", "DCV104", UP + "kernel: 4, stride: 2, padding: 1}"),
    (UP + "kernel: 4, stride: 2, padding: valid}", "DCV104", UP + "kernel: 4, stride: 2, padding: 0}"),
    (UP + "kernel: 4, stride: 2, padding: 1, dialect: keras}", "DCV104", UP + "kernel: 4, stride: 2, padding: same, dialect: keras}"),
    ("{op: conv, out_channels: 4, kernel: 5, stride: 2, padding: same}", "DCV104", "{op: conv, out_channels: 4, kernel: 5, stride: 2, padding: 2}"),
    ("{op: conv, out_channels: 4, kernel: 3, padding: 0, dialect: keras}", "DCV104", "{op: conv, out_channels: 4, kernel: 3, padding: valid, dialect: keras}"),
    ("{op: conv, out_channels: 4, kernel: 3, padding: smae}", "DCV104", "{op: conv, out_channels: 4, kernel: 3, padding: same}"),
    ("{op: conv, out_channels: 6, kernel: 3, groups: 3}", "DCV108", "{op: conv, out_channels: 6, kernel: 3, groups: 2}"),
    (UP + "kernel: 4, stride: 2, groups: 64}", "DCV108", UP + "kernel: 4, stride: 2, groups: 4}"),
]  # fmt: skip
WORDS = [
    ("{op: conv, out_channels: 4, kernel: 3, bias: no}", "DCV104", "{op: conv, out_channels: 4, kernel: 3, bias: false}"),
    ("{op: max_pool, kernel: 2, ceil_mode: 'On'}", "DCV104", "{op: max_pool, kernel: 2, ceil_mode: true}"),
    ("{op: conv, out_channels: '4', kernel: 3}", "DCV104", "{op: conv, out_channels: 4, kernel: 3}"),
    ("{op: conv, out_channels: 4, krenel: 3}", "DCV102", "{op: conv, out_channels: 4, kernel: 3}"),
    ("nn.Conv2d(4, 4, kernl_size=3)", "DCV102", "nn.Conv2d(4, 4, kernel_size=3)"),
    ("{op: max_poll, kernel: 2}", "DCV105", "{op: max_pool, kernel: 2}"),
    ("sigmiod", "DCV105", "sigmoid"),
    ("{op: relu, dialect: torhc}", "DCV105", "{op: relu, dialect: torch}"),
    ("{op: relu, dialect: keras@tensorflwo}", "DCV105", '{op: relu, dialect: "keras@tensorflow"}'),
    ("{op: relu, inputs: inptu}", "DCV105", "{op: relu, inputs: input}"),
    ("{repeat: {width: [4, 8]}, layers: [{op: norm, name: a$widht}]}", "DCV105", '{repeat: {width: [4, 8]}, layers: [{op: norm, name: "a$width"}]}'),
    ("{op: conv, out_channels: 4, kernel: 3, in_channels: 5}", "DCV107", "{op: conv, out_channels: 4, kernel: 3, in_channels: 4}"),
    (UP + "kernel: 2, stride: 2, expect: 17x17}", "DCV109", UP + "kernel: 2, stride: 2, expect: 17x17, output_padding: 1}"),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "code", "edited"), CALLS + KERNELS + VALUES + WORDS)
def test_the_edit_is_shown(layer: str, code: str, edited: str) -> None:
    assert after(layer, code) == edited


# Rules whose edit is not in the layer itself; tests below and those of the command cover them.
ELSEWHERE = {"DCV106", "DCV110", "DCV204"}


@pytest.mark.parametrize("code", rules())
def test_a_rule_has_an_edit_or_its_page_says_why_not(code: str) -> None:
    known = {row[1] for row in [*CALLS, *KERNELS, *VALUES, *WORDS]} | ELSEWHERE
    text = page(take(code)[0])
    assert code in known or "No automatic edit" in text or "if there is one" in text


def after(layer: str, code: str) -> str:
    """Return the layer after the edits for this rule's finding."""
    text = network("relu", layer)
    one = check_text(text)
    [edits] = [fix.edits for found, fix in one.fixes.items() if found.code == code]
    before, _, rest = text.partition(layer)
    return edit_text(text, edits).removeprefix(before).removesuffix(rest)


def test_a_layer_that_a_target_cannot_express_gets_an_even_kernel() -> None:
    layer = UP + "kernel: 3, stride: 2, padding: 1, output_padding: 1}"
    one = check_text(network(layer, head="targets: [keras]\n"))
    [(found, fix)] = one.fixes.items()
    assert (found.code, *found.also) == ("DCV201", "DCV203", "DCV204")
    assert [edit.new for edit in fix.edits] == ["4", "0"]


def test_a_huge_kernel_is_searched_near_its_size() -> None:
    layer = UP + "kernel: 1000000001, stride: 2, padding: 500000000, output_padding: 1}"
    assert after(layer, "DCV201") == UP + (
        "kernel: 1000000002, stride: 2, padding: 500000000, output_padding: 0}"
    )


def test_an_odd_size_of_stride_2_is_cropped_at_one_end() -> None:
    """No even kernel crops both ends equally, so that a note takes the place of the warning."""
    layer, edited = (
        UP + "kernel: 3, stride: 2, padding: 1}",
        UP + "kernel: 4, stride: 2, padding: 2",
    )
    assert after(layer, "DCV201") == f"{edited}, output_padding: 1}}"
    codes = [
        (found.code, found.severity)
        for found in check_text(network(edited + ", output_padding: 1}")).findings
    ]
    assert codes == [("DCV203", "note")]


def test_there_is_no_edit_if_every_kernel_has_another_warning() -> None:
    """With an even kernel torch crops more at the start, and keras at the end."""
    one = check_text(network(UP + "kernel: 3, stride: 2, padding: 1}", head="targets: [keras]\n"))
    assert [found.code for found in one.findings] == ["DCV201"]
    assert not one.fixes


@pytest.mark.parametrize(
    "layer",
    [
        # keras' `same` crops the end, torch the start: the values would move by one.
        UP + "kernel: 3, stride: 2, padding: same}",
        UP + "kernel: 3, stride: 2, padding: 1, output_padding: 1, dialect: keras}",
        "{op: conv, out_channels: 4, kernel: [3, 3, 3], padding: 1, dialect: keras}",
        "{op: conv, out_channels: 4, kernel: 4, stride: 2, padding: [[1, 2], [0, 1]]}",
    ],
)
def test_paddings_that_would_move_values_are_left_alone(layer: str) -> None:
    one = check_text(network(layer))
    assert [found.code for found in one.findings] == ["DCV104"]
    assert not one.fixes


@pytest.mark.parametrize(
    ("head", "tail", "code", "edited"),
    [
        ("dialect: kreas\n", "", "DCV105", "keras"),
        ("targets: [onnxrntime]\n", "", "DCV105", "onnxruntime"),
        ("", "    output: rleu1\n", "DCV105", "relu1"),
        ("taregts: [keras]\n", "", "DCV102", "targets"),
    ],
)
def test_words_around_the_layers_have_edits(head: str, tail: str, code: str, edited: str) -> None:
    one = check_text(network("{op: relu, name: relu1}", "relu", head=head) + tail)
    new = [edit.new for found, fix in one.fixes.items() for edit in fix.edits if found.code == code]
    assert new == [edited]


@pytest.mark.parametrize("value", ["017", "5:30", "0x10", "1_000", "2026-11-23", "three", "nan"])
def test_ambiguous_values_have_no_edit(value: str) -> None:
    one = check_text(network(f"{{op: conv, out_channels: 4, kernel: {value}}}"))
    assert [found.code for found in one.findings] == ["DCV104"]
    assert not one.fixes


def test_another_input_is_an_edit_of_its_size() -> None:
    one = check_text(network("{op: conv, out_channels: 4, kernel: 11}"))
    by_code = {found.code: [edit.new for edit in fix.edits] for found, fix in one.fixes.items()}
    assert by_code == {"DCV106": ["11x11"]}


UNEVEN = UP + "kernel: 3, stride: 2, padding: 1, output_padding: 1}"


def test_an_output_with_a_name_moves_to_the_new_layer() -> None:
    layer = "{op: conv, out_channels: 4, kernel: 3, name: last, expect: 8x8}"
    text = network(layer) + "    output: last\n"
    [fix] = check_text(text).fixes.values()
    assert edit_text(text, fix.edits).endswith(
        "      - {op: crop_like, name: last_cropped, size: [8, 8], expect: 8x8}\n"
        "    output: last_cropped\n"
    )


def test_a_layer_is_added_at_the_end_of_a_list_between_brackets() -> None:
    head, tail = "networks: {net: {input: {channels: 4, size: 8x8}, layers: [", "]}}\n"
    layer = "{op: conv, out_channels: 4, kernel: 3"
    text = f"{head}{layer}, expect: 8x8}}{tail}"
    [fix] = check_text(text).fixes.values()
    assert edit_text(text, fix.edits) == (
        f"{head}{{op: pad_to, name: input_padded, size: [10, 10]}}, {layer}}}, "
        f"{{op: crop_like, name: conv1_cropped, size: [8, 8], expect: 8x8}}{tail}"
    )


def test_a_claim_that_is_the_first_key_does_not_move() -> None:
    text = network("{expect: 8x8, op: conv, out_channels: 4, kernel: 3}")
    [([edit], _)] = check_text(text).fixes.values()
    assert (edit.old, edit.new) == ("8x8", "10x10")
    assert edit_text(text, [edit]) == text.replace("size: 8x8", "size: 10x10")


@pytest.mark.parametrize(
    ("layer", "code"),
    [
        # A value or a key on two lines, between which a comment may stand.
        (UP + "kernel: [3,\n        3], stride: 2, padding: 1, output_padding: 1}", "DCV201"),
        ("inputs:\n          - input\n        " + UP[1:-2].replace(", ", "\n        ") + "\n"
         "        kernel: 2\n        stride: 2\n        expect: 17x17", "DCV109"),
        # A key or a call that the file writes with escapes.
        ('{op: conv, out_channels: 4, "kern\\u006c": 3}', "DCV102"),
        ('"nn.Conv2d(4, 4, kernl_size=3, padding_mode=\\"zeros\\")"', "DCV102"),
    ],
)  # fmt: skip
def test_an_edit_that_needs_more_than_one_line_is_not_made(layer: str, code: str) -> None:
    one = check_text(network(layer))
    assert code in {found.code for found in one.findings}
    assert code not in {found.code for found in one.fixes}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: {kernel: [3,\n  3]}\n", ("a", "kernel")),
        ("a:\n  kernel:\n    - 3\n  stride: 2\n", ("a", "padding")),
    ],
    ids=["a value on two lines", "a key after one whose value is a block"],
)
def test_a_change_that_is_more_than_one_line_is_not_written(text: str, path: Path) -> None:
    document = read("a.yaml", text.encode(), "yaml")
    with pytest.raises(NotWritable):
        write_change(document, Change(Verb.SET, path, 4))


def test_long_networks_are_not_searched_for_other_kernels() -> None:
    short, long = (check_text(network(*["relu"] * count, UNEVEN)) for count in (3, 300))
    [[found], [same]] = short.findings, long.findings
    assert (found.code, *found.also) == (same.code, *same.also) == ("DCV201", "DCV203")
    assert {len(fix.edits) for fix in short.fixes.values()} == {2}
    assert not long.fixes
