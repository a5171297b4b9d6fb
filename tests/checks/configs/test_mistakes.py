"""Mistakes of people who write their first config: each is one finding, which says what to do."""

from __future__ import annotations

import pytest

from deconvcli.checks.checking import Settings, check_bytes

CONFIG = """\
networks:
  decoder:
    input: {channels: 100, size: 4x4}
    layers:
      - repeat: {width: [64, 32]}
        layers:
          - {op: conv_transpose, out_channels: $width, kernel: 4, stride: 2, padding: 1, name: up}
          - {op: conv, out_channels: $width, kernel: 3, padding: 1}
      - {op: concat, inputs: [previous, up]}
"""
UP = "{op: conv_transpose, out_channels: $width, kernel: 4, stride: 2, padding: 1, name: up}"
CONV = "{op: conv, out_channels: $width, kernel: 3, padding: 1}"


@pytest.mark.parametrize(
    ("old", "new", "message", "help"),
    [
        (
            "networks:\n  decoder:\n    input: {channels: 100, size: 4x4}\n    layers:",
            "decoder:\n    input: {channels: 100, size: 4x4}\n    layers:",
            "the file has no networks",
            "write networks: above decoder, and indent what is below it.",
        ),
        ("channels: $width", "channels: $widht", "$widht is not", "did you mean '$width'?"),
        ("kernel: 3", "kernel: $k", "$k is not defined here", "choose from: $width."),
        ("kernel: 3", "kernel: [$k, 3]", "$k is not defined here", "choose from: $width."),
        ("padding: 1}", "padding: 1, expect: $k}", "$k is not defined here", "choose from: $width"),
        (
            "- {op: concat",
            "- {name: $k, op: concat",
            "$k is not defined here",
            "define it in a rep",
        ),
        ("[previous, up]", "[previous, up$k]", "$k is not defined here", "define it in a repeated"),
        ("kernel: 4", "kernel: (4, 4)", "YAML splits kernel: (4, 4) at", "write kernel: [4, 4]."),
        ("stride: 2", "stride: (2,2)", "YAML splits stride: (2, 2) at", "write stride: [2, 2]."),
        ("padding: 1}", "padding: (1, 1)}", "YAML splits padding: (1, 1)", "write padding: [1, 1]"),
        ("{op: conv,", "{type: conv,", "this layer has no op", "write op in place of type."),
        ("{op: conv,", "{kind: conv,", "this layer has no op", "write op in place of kind."),
        (CONV, "relu: {}", "this layer has no op", "write op: relu, and its keys beside it"),
        (CONV, "conv: {kernel: 3}", "this layer has no op", "write op: conv, and its keys beside"),
        (CONV, "{kernel: 3}", "this layer has no op", "name its kind, such as op: conv."),
        (
            "kernel: 3",
            "kernel: 3, activation: relu",
            "conv has no key 'activation'",
            "write relu as",
        ),
        (
            "kernel: 3",
            "kernel: 3, batch_norm: true",
            "conv has no key 'batch_norm'",
            "write batch_n",
        ),
        (
            "kernel: 3",
            "kernel: 3, dropout: 0.5",
            "conv has no key 'dropout'",
            "write dropout as a l",
        ),
        (
            "kernel: 3",
            "kernel: 3, max_pool: 2",
            "conv has no key 'max_pool'",
            "write max_pool as a",
        ),
        ("kernel: 3", "kernl: 3", "conv has no key 'kernl'", "did you mean 'kernel'?"),
        (
            "{channels: 100, size: 4x4}",
            "100x4x4",
            "this shape is '100x4x4'",
            "write channels and size",
        ),
        (
            "{channels: 100, size: 4x4}",
            "[100, 4]",
            "this shape is a list",
            "write channels and size",
        ),
        (
            "    layers:\n",
            "    output: concat\n    layers:\n",
            "output is 'concat', which is no layer",
            "did you mean 'concat1'?",
        ),
        (
            "      - {op: concat",
            "     - {op: concat",
            "this is not YAML: this does not",
            "check the ind",
        ),
        (
            "        layers",
            "       layers",
            "this is not YAML: this does not continue",
            "check the in",
        ),
        (
            "    layers:\n",
            "      layers:\n",
            "this is not YAML: this does not continue the lines above",
            "check the indentatio",
        ),
        (
            "name: up}",
            "name: 'it's'}",
            "this is not YAML: did not find expected ',' or",
            "correct the",
        ),
        (
            "decoder:",
            "decoder: a:",
            "this is not YAML: a colon is not allowed here",
            "check the inden",
        ),
        (CONV, "{layers: [relu]}", "this layer has no op", "write repeat: 3 in a block of layers"),
        (CONV, "{nn.Conv2d(3, 8, 3)}", "this layer has no op", "write a call as text, without b"),
        (CONV, "{op:conv, kernel:3}", "this layer has no op", "write a space after each colon"),
        (
            CONV,
            "nn.Sequential(nn.ReLU())",
            "the pasted call 'Sequential'",
            "write the layers in it one",
        ),
        ("kernel: 3", "kernel:3", "conv has no key 'kernel:3'", "write a space after the colon: k"),
        (
            "channels: 100,",
            "channels:100,",
            "this shape has no key",
            "write a space after the colon",
        ),
        (
            "    input: {",
            "    input_size: {",
            "network 'decoder' has no key 'input_size'",
            "did you",
        ),
        (
            "[previous, up]",
            "[last, up], name: last",
            "last: there is no layer 'last' above",
            "it is below",
        ),
        ("[64, 32]", "[64, 32], k: [3]", "the lists of repeat are not of one length: w", "write r"),
        (
            "kernel: 3",
            "bias: 1/2, kernel: 3",
            "bias is '1/2'",
            "write true or false. Nothing is com",
        ),
        (
            "      - {op: concat",
            "      - {op: foo}\n      - {op: concat",
            "operation 'foo'",
            "choose from: a",
        ),
        ("size: 4x4", "size: H/2xW/2", "this size is 'H/2xW/2'", "write sizes such as 572x572 or"),
    ],
)
def test_a_mistake_is_one_finding(old: str, new: str, message: str, help: str) -> None:
    assert old in CONFIG
    text = CONFIG.replace(old, new, 1)
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.message.startswith(message)
    assert found.help.startswith(help)


@pytest.mark.parametrize(
    ("kind", "text", "message", "help"),
    [
        ("yaml", "", "the file is empty", "write networks:, and under it a name with input"),
        ("yaml", "networks: [{name: a}]", "networks is a list", "write each network under its n"),
        ("yaml", "networks: {}", "networks contains no network", "write a name with input and l"),
        (
            "json",
            '{"networks": {},}',
            "this is not JSON: there is a comma before '}'",
            "remove the",
        ),
        ("json", '{"networks": [1, ]}', "this is not JSON: there is a comma before", "remove the"),
        ("json", '{ // a\n"networks": {}}', "JSON has no comments", "remove the comment, or write"),
        ("json", '{"networks": {} # a\n}', "JSON has no comments", "remove the comment, or write"),
        (
            "json",
            '{"networks" /* a */: {}}',
            "JSON has no comments",
            "remove the comment, or write",
        ),
    ],
)
def test_a_mistake_in_a_file_is_one_finding(kind: str, text: str, message: str, help: str) -> None:
    [found] = check_bytes(f"a.{kind}", text.encode(), kind, Settings()).findings
    assert found.message.startswith(message)
    assert found.help.startswith(help)


@pytest.mark.parametrize(
    "layers",
    [
        "[nn.Conv2d(100, 8, 3), relu]",
        "[relu, 'nn.ReLU()', nn.Conv2d(100, 8, 3)]",
        "[nn.Conv2d(100, 8, kernel_size=(3, 3)), relu]",
        "[nn.Conv2d(100, 8, (3, 3)), nn.ReLU(), relu]",
    ],
)
def test_a_call_that_yaml_splits_is_one_finding(layers: str) -> None:
    text = f"networks: {{n: {{input: {{channels: 100, size: 8x8}}, layers: {layers}}}}}"
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.message == "YAML splits this call at its commas"


def test_every_round_has_the_problems_of_its_layer() -> None:
    """A layer that cannot be read is unknown in each round, and has no second error in any."""
    text = CONFIG.replace("kernel: 4", "kernl: 4, inputs: input")
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.message == "conv_transpose has no key 'kernl'"


def test_variables_without_values_hide_no_other_mistake() -> None:
    text = CONFIG.replace("kernel: 3", "kernel: [$k, 3], stride: $s").replace(
        "  input:", "  inptu:"
    )
    found = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert [each.message for each in found] == [
        "network 'decoder' has no key 'inptu'",
        "$k is not defined here",
        "$s is not defined here",
    ]
    text = CONFIG.replace("op: conv,", "opp: conv, bias: $p,")
    found = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert [each.message for each in found] == ["this layer has no op", "$p is not defined here"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("networks:", "netwroks:", "the file has no key 'netwroks'"),
        ("    layers:\n      -", "    layrs:\n      -", "network 'decoder' has no key 'layrs'"),
        ("    input:", "    inptu:", "network 'decoder' has no key 'inptu'"),
        ("name: up}", "nam: up}", "conv_transpose has no key 'nam'"),
        ("channels: 100", "chanels: 100", "this shape has no key 'chanels'"),
        ("{op: concat, inputs", "{op: concat, input", "concat has no key 'input'"),
        ("{op: concat", "{opp: concat", "this layer has no op"),
    ],
)
def test_a_misspelled_key_is_not_missing_as_well(old: str, new: str, message: str) -> None:
    """Nor are layers that name a layer whose name has a misspelled key."""
    text = CONFIG.replace(old, new, 1)
    assert text != CONFIG
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.message == message


@pytest.mark.parametrize("mistake", ["up2", "{op: conv, out_channels: 0, kernel: 3}"])
def test_letters_are_not_guessed_where_something_else_is_wrong(mistake: str) -> None:
    """No class of sizes works then, so that a layer which rounds has no formula."""
    layers = f"[{{op: conv, out_channels: 8, kernel: 3}}, {{op: max_pool, kernel: 2}}, {mistake}]"
    text = f"networks: {{n: {{input: {{channels: 3, size: HxW}}, layers: {layers}}}}}"
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.code in ("DCV104", "DCV105")


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("dialect: kears", "dialect 'kears' is not known"),
        ("dialect: keras@tensorflwo", "keras has no implementation 'tensorflwo'"),
        ("dialct: keras", "the file has no key 'dialct'"),
        ("dialect: Tensroflow", "dialect 'Tensroflow' is not known"),
    ],
)
def test_layers_are_read_in_the_dialect_that_was_meant(head: str, message: str) -> None:
    layer = "{op: conv_transpose, out_channels: 8, kernel: 4, stride: 2, padding: same}"
    layer = layer.replace("same", "same, output_size: [16, 16]" if "Tens" in head else "same")
    text = f"{head}\nnetworks: {{n: {{input: {{channels: 3, size: 8x8}}, layers: [{layer}]}}}}\n"
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert message in found.message


def test_a_misspelled_key_of_inputs_is_no_error_of_ours() -> None:
    text = CONFIG.replace("inputs: [previous, up]", "ninputs: [previous, upp]")
    found = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert "concat has no key 'ninputs'" in {each.message for each in found}


def test_an_input_beside_a_key_that_looks_like_it_is_read() -> None:
    text = CONFIG.replace("    input:", "    inputt: 3\n    input:").replace(
        "kernel: 3", "kernel: 99"
    )
    first, second = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert first.message == "network 'decoder' has no key 'inputt'"
    assert "the output would have size" in second.message
