"""Every rule has a code of its own and a page, and finds the example on it."""

# ruff: noqa: E501 - a row of the table is one line

from __future__ import annotations

from pathlib import Path

import pytest

import deconvcli
from deconvcli.checks.checking import Settings, check, check_bytes
from deconvcli.checks.rules import RULES, Rule, _claims, page, rules, take
from deconvcli.common.errors import UsageError
from tests.checks.rules.examples import complete, example_of, lock_of, write_example
from tests.cli.commandline import deconv

PARTS = ("What: ", "Why: ", "Example:\n", "Fix: ", "Source: ")


@pytest.mark.parametrize("code", rules())
def test_every_page_has_its_parts(code: str) -> None:
    text = page(take(code)[0])
    places = [text.find(f"\n{part}") for part in PARTS]
    assert places == sorted(places)
    assert -1 not in places
    assert deconv("rule -q", code).out == f"{text}\n"


@pytest.mark.parametrize("code", rules())
def test_every_page_fits_a_terminal(code: str) -> None:
    lines = deconv("rule", code).out.splitlines()
    assert [line for line in lines if len(line) > 80 and not line.startswith("    ")] == []
    assert " ".join(page(take(code)[0]).split()) in " ".join(" ".join(lines).split())


@pytest.mark.parametrize("code", rules())
def test_every_example_is_found_by_its_rule(code: str, tmp_path: Path) -> None:
    name, _ = take(code)
    file = write_example(example_of(name), tmp_path)
    [checked] = check([str(file)], Settings(lock=True)).files
    lock = {
        checked.name: {
            network: lock_of(file.read_text(encoding="utf-8"), sizes)
            for network, sizes in checked.sizes.items()
        }
    }
    verdict = check([str(file)], Settings(locked=lock))
    assert code in {found.code for found in verdict.findings}


def test_an_example_that_finds_nothing_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "example.yaml"
    file.write_text(complete("- {op: conv, out_channels: 8, kernel: 3}\n"), encoding="utf-8")
    assert list(deconvcli.check(str(file), isolated=True).findings) == []


def test_codes_and_names_are_taken_in_any_case() -> None:
    assert take("dcv201") == take("uneven-overlap") == take("Uneven_Overlap")
    with pytest.raises(UsageError, match="rule 'DCV202x' is not known") as caught:
        take("DCV202x")
    assert "did you mean 'DCV202'?" in caught.value.help


class _Shelf:
    """A shelf of two rules."""

    names = ("first", "second")

    def __init__(self, *found: Rule) -> None:
        self._found = dict(zip(self.names, found, strict=True))

    def take(self, name: str) -> Rule:
        return self._found[name]


def test_two_rules_with_one_code_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES.take("gaps")
    monkeypatch.setattr("deconvcli.checks.rules.RULES", _Shelf(rule, rule._replace(claims=("a",))))
    with pytest.raises(ValueError, match="first and second both have the code DCV202"):
        rules.__wrapped__()


def test_two_rules_with_one_claim_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = RULES.take("no_formula")
    both = {rule.code: ("first", rule), "DCV999": ("second", rule._replace(code="DCV999"))}
    monkeypatch.setattr("deconvcli.checks.rules.rules", lambda: both)
    with pytest.raises(ValueError, match="DCV111 and DCV999 both claim 'not-linear'"):
        _claims.__wrapped__()


def test_all_are_listed() -> None:
    assert deconv("rule -q").out.split() == list(rules())
    assert "DCV201  warning   uneven-overlap" in deconv("rule").out


# A layer or a network, and all that is found in it: (code, part of the message, part of the help).
TABLE = [
    ("{op: conv, kernel: 3}", "DCV103", "conv has no out_channels", "add out_channels"),
    ("{op: conv, out_channels: no, kernel: 3}", "DCV104", "out_channels is 'no'", "1 or more"),
    ("{op: conv, out_channels: 4, kernel: 5:30}", "DCV104", "'5:30'", "Programs disagree"),
    ("{op: conv, out_channels: 4, kernel: 0}", "DCV104", "kernel is 0", "1 or more"),
    (
        "{op: conv, out_channels: 4, filters: 4, kernel: 3}",
        "DCV104",
        "filters sets out_channels a second time",
        "keep one",
    ),
    (
        "{op: conv, out_channels: 4, kernel: 3, padding: [1, [1, 2]]}",
        "DCV104",
        "padding is [1, [1, 2]]",
        "per axis, or a word",
    ),
    (
        "{op: conv, kernel: [" + "1, " * 100 + "]}",
        "DCV104",
        "more than 100 values",
        "only the keys of its kind",
    ),
    ("{op: norm, kind: bacth}", "DCV104", "kind is 'bacth'", "batch"),
    (
        "'nn.Conv2d(3, width, 3)'",
        "DCV104",
        "out_channels is width, which has a value only in your program",
        "write its value into the call",
    ),
    ("{op: convolve}", "DCV105", "'convolve' is not known", "'conv'"),
    ("{op: add, inputs: [input]}", "DCV105", "add has 1 input", "2 or more"),
    ("{op: relu, inputs: [skp]}", "DCV105", "no layer 'skp' above", "input"),
    ("{op: relu, dialect: torhc}", "DCV105", "'torhc' is not known", "'torch'"),
    ("{op: relu, name: input}", "DCV105", "'input' is already in use", "name of its own"),
    ("{op: relu, name: $w}", "DCV105", "$w is not defined", "repeated block"),
    ("{op: conv, out_channels: 4, kernel: 11}", "DCV106", "would have size -2", "input"),
    (
        "{op: conv, out_channels: 4, kernel: 3, in_channels: 5}",
        "DCV107",
        "3 channels",
        "in_channels",
    ),
    (
        "{op: conv, out_channels: 4, kernel: 3, groups: 2}",
        "DCV108",
        "2 equal groups",
        "set groups of conv1 to 1",
    ),
    ("{op: relu, expect: 9x8}", "DCV109", "[8, 8], expected [9, 8]", "pad_to"),
    ("'nn.ConvTranspose2d(3, 4, 4, 2, 1, 2)'", "DCV104", "output_padding 2", "output_padding"),
    ("'nn.Conv2d(3, 4, 4, in_channels=3)'", "DCV104", "both by position and by name", "the order"),
    ("'nn.Conv2d(3, 4, kernl_size=4)'", "DCV102", "no key 'kernl_size'", "'kernel_size'"),
    ("'nn.MaxPool2d(1, 1, 0, 1, 0, 0, 7)'", "DCV104", "6 positional arguments, not 7", "in order"),
    ("'Conv2D(8, 3, 1, \"same\", None, 0)'", "DCV104", "dilation_rate is 0", "1 or more"),
    ("'nn.Convv2d(3, 4, 4)'", "DCV104", "'Convv2d' is not a known layer", "Conv2"),
    (
        "{op: conv_transpose, out_channels: 4, kernel: 3, stride: 2}",
        "DCV201",
        "1 to 2 (input, tap) pairs",
        "2 or 4",
    ),
    (
        "{op: conv_transpose, out_channels: 4, kernel: 1, stride: 3}",
        "DCV202",
        "2 of every 3",
        "kernel 3",
    ),
    (
        "{op: conv_transpose, out_channels: 4, kernel: 4, stride: 2, padding: 1, output_padding: 1}",
        "DCV203",
        "1:0,1:0",
        "change the output size by one",
    ),
    (
        "{op: conv_transpose, out_channels: 4, kernel: 16, stride: 1, padding: 11}",
        "DCV206",
        "of its multiply-accumulates",
        "smaller kernel",
    ),
]


@pytest.mark.parametrize(("layer", "code", "message", "help"), TABLE)
def test_a_layer_has_one_finding(layer: str, code: str, message: str, help: str) -> None:
    text = f"networks: {{n: {{input: {{channels: 3, size: 8x8}}, layers: ['relu', {layer}]}}}}"
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.code == code
    assert message in found.message
    assert help in found.help
    assert found.where is not None
    assert found.where.path.startswith("networks.n.layers[1]")


def test_the_first_of_several_inputs_must_be_named() -> None:
    text = (
        "networks: {n: {inputs: {a: {channels: 3, size: 8}, b: {channels: 3, size: 8}},"
        " layers: [relu, relu]}}"
    )
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.message == "the first layer of a network with several inputs has no inputs"
    assert found.help == "write inputs: [NAME] in the first layer."


def test_an_overlap_that_depends_on_the_input_is_not_counted() -> None:
    """At a fixed output size the letter is cropped away, and no axis has a first output."""
    layer = "{op: conv_transpose, out_channels: 3, kernel: 3, stride: 2, output_shape: 17}"
    text = (
        f"networks: {{n: {{dialect: onnx, input: {{channels: 3, size: SIZE}}, layers: [{layer}]}}}}"
    )
    codes = [
        {found.code for found in check_bytes("a.yaml", data.encode(), "yaml", Settings()).findings}
        for data in (text.replace("SIZE", "8"), text.replace("SIZE", "T"))
    ]
    assert ["DCV201" in each for each in codes] == [True, False]


def test_a_deviation_of_a_target_is_reported() -> None:
    layer = "{op: conv_transpose, out_channels: 4, kernel: 4, stride: 2, padding: 1, groups: 2}"
    text = (
        "networks: {n: {targets: [tensorflow], input: {channels: 4, size: 8x8},"
        f" layers: [{layer}]}}}}"
    )
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings(select=("DCV204",))).findings
    assert found.message.startswith("conv_transpose1: not portable to tensorflow: ")
    assert "oneDNN" in found.message + found.help


@pytest.mark.parametrize(
    ("dialect", "target", "kernel", "is_reversed"),
    [
        ("torch", "flax", "4", True),
        ("torch", "jax", "4", True),
        ("keras", "jax", "4", True),
        ("onnx", "flax", "1x3", True),
        ("jax", "onnxruntime", "4", True),
        ("flax", "torch", "4", True),
        ("flax", "jax", "4", False),
        ("torch", "keras", "4", False),
        ("torch", "flax", "1", False),
    ],
)
def test_a_target_with_reversed_taps_is_reported(
    dialect: str, target: str, kernel: str, is_reversed: bool
) -> None:
    # Flax pads by default.
    padding = ", padding: VALID" if dialect in ("jax", "flax") else ""
    layer = f"{{op: conv_transpose, out_channels: 4, kernel: {kernel}{padding}}}"
    text = (
        f"networks: {{n: {{dialect: {dialect}, targets: [{target}],"
        f" input: {{channels: 4, size: 8x8}}, layers: [{layer}]}}}}"
    )
    found = check_bytes("a.yaml", text.encode(), "yaml", Settings(select=("DCV204",))).findings
    assert len(found) == is_reversed
    assert all("with the taps reversed" in each.message for each in found)


def test_no_other_kernel_is_proposed_for_reversed_taps() -> None:
    """Only a kernel of one tap would silence the finding."""
    layer = "{op: conv_transpose, out_channels: 4, kernel: 3, padding: 1}"
    text = (
        f"networks: {{n: {{targets: [jax], input: {{channels: 4, size: 8x8}}, layers: [{layer}]}}}}"
    )
    settings = Settings(select=("DCV204",), fix_hints=True)
    [found] = check_bytes("a.yaml", text.encode(), "yaml", settings).findings
    assert not found.fixes


@pytest.mark.parametrize(
    ("keys", "help"),
    [
        ("{input: {channels: 3, size: 8x8}, layers: [relu]}", "these keys"),
        ("{inputs: {a: {channels: 3, size: 8}}, layers: [relu], expect: 8}", "these keys"),
        ("{layers: [relu], dialect: torch, targets: [onnx], output: relu1}", "these keys"),
        ("{dialect: torch}", "input and layers"),
        ("{}", "input and layers"),
    ],
)
def test_a_network_at_the_top_of_a_file_is_one_finding(keys: str, help: str) -> None:
    [found] = check_bytes("a.yaml", keys.encode(), "yaml", Settings()).findings
    assert found.message == "the file has no networks"
    assert found.help == f"write networks:, and under it a name with {help}."


def test_a_network_that_is_no_mapping_is_one_finding() -> None:
    [found] = check_bytes("a.yaml", b"networks: {n: 3}", "yaml", Settings()).findings
    assert found.message == "network 'n' is 3, not a mapping"


def test_each_target_is_checked() -> None:
    layer = (
        "{op: conv_transpose, out_channels: 4, kernel: 3, stride: 2, padding: 1, output_padding: 1}"
    )
    text = (
        "networks: {n: {targets: [keras, onnxruntime], input: {channels: 3, size: 8x8},"
        f" layers: [{layer}]}}}}"
    )
    found = check_bytes("a.yaml", text.encode(), "yaml", Settings(select=("DCV204",))).findings
    assert [each.message.partition(": ")[2][:24] for each in found] == ["not portable to keras: k"]
    assert found[0].source.startswith("Keras 3")


def test_unequal_sizes_name_the_layer_that_lost_an_element() -> None:
    text = """
networks:
  n:
    input: {channels: 3, size: 33x33}
    layers:
      - {op: max_pool, kernel: 2, name: down}
      - {op: conv_transpose, out_channels: 3, kernel: 2, stride: 2, name: up}
      - {op: add, inputs: [previous, input]}
"""
    [found] = check_bytes("a.yaml", text.encode(), "yaml", Settings()).findings
    assert found.code == "DCV110"
    assert "down: height and width 33 -> 16" in found.message
    assert "output_padding of up to 1" in found.help
