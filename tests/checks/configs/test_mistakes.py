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
    ],
)
def test_a_mistake_is_one_finding(old: str, new: str, message: str, help: str) -> None:
    assert old in CONFIG
    text = CONFIG.replace(old, new, 1)
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.message.startswith(message)
    assert found.help.startswith(help)


def test_every_round_has_the_problems_of_its_layer() -> None:
    """A layer that cannot be read is unknown in each round, and has no second error in any."""
    text = CONFIG.replace("kernel: 4", "kernl: 4, inputs: input")
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.message == "conv_transpose has no key 'kernl'"
