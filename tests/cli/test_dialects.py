"""`deconv dialects`: every dialect, and how it was verified."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from deconvcli.cli.commands.dialects import write_example
from deconvcli.frameworks.dialects import DIALECTS, in_order, take
from tests.cli.commandline import deconv, rows


def listed() -> list[dict[str, Any]]:
    """Return all dialects as data."""
    found: list[dict[str, Any]] = json.loads(deconv("dialects --format json").out)["dialects"]
    return found


def test_every_dialect_and_implementation_has_a_line() -> None:
    done = deconv("dialects")
    assert done.code == 0
    firsts = [line.split()[0] for line in done.out.splitlines() if line]
    for name in DIALECTS.names:
        assert firsts.count(name) == 3  # one line in each table
        assert {f"{name}@{other}" for other in DIALECTS.take(name).implementations} <= set(firsts)


def test_it_says_what_was_measured_and_what_was_only_read() -> None:
    lines = deconv("dialects").out.splitlines()
    assert ["torch", "900", "measured"] in [line.split()[:3] for line in lines]
    [coreml] = [line for line in lines if line.startswith("coreml") and "coremltools" in line]
    assert "sizes measured" in coreml
    [text] = [line for line in lines if line.startswith("onnx  ") and "specification" in line]
    assert " - " in text
    assert "documents only" in text


def test_weights_are_shown_in_words() -> None:
    lines = deconv("dialects").out.splitlines()
    assert "torch       in, out/groups, *k  in order" in lines
    assert "keras       *k, out, in         in order" in lines
    assert "mlx         out, *k, in/groups  in order" in lines


@pytest.mark.parametrize("name", DIALECTS.names)
def test_each_has_a_page(name: str) -> None:
    done = deconv(f"dialects {name}")
    assert done.code == 0
    dialect = DIALECTS.take(name)
    assert f"{name}: {dialect.title}" in done.out
    for argument in dialect.arguments:
        assert argument.name in done.out
    for module, own in dialect.modules.items():
        assert f"{own} is {module}" in done.out


def test_an_implementation_has_a_page_of_its_own() -> None:
    done = deconv("dialects keras@jax")
    assert "verified  measured with Keras 3.15.1 on JAX 0.10.2, CPU" in done.out
    assert "700 measured layers" in done.out


def test_programs_get_the_same() -> None:
    torch = next(dialect for dialect in listed() if dialect["name"] == "torch")
    assert torch["verified"] == {
        "by": "measurement",
        "what": "torch 2.13.0, CPU",
        "rows": 900,
        "values": True,
    }
    assert torch["weight_layout"] == ["GI", "O", "*"]
    assert {key: value for key, value in torch["parameters"][3].items() if key != "meaning"} == {
        "name": "stride",
        "role": "stride",
        "default": 1,
    }
    onnx = next(dialect for dialect in listed() if dialect["name"] == "onnx")
    assert onnx["verified"]["by"] == "documents"
    assert onnx["implementations"]["onnxruntime"]["rows"] == 900


def test_quiet_prints_every_name_that_dialect_takes() -> None:
    names = deconv("dialects -q").out.split()
    assert "torch" in names
    assert "keras@tensorflow" in names
    assert deconv(f"shape -q --in 5 -k 3 -s 2 -D {names[0]}").out == "11\n"


def test_an_unknown_name_is_met_with_its_nearest() -> None:
    done = deconv("dialects tortch")
    assert done.code == 2
    assert "did you mean 'torch'" in done.err
    assert "keras@jax" in deconv("dialects keras@jaxx").err


def test_what_implementations_were_seen_to_do_is_listed_with_its_source() -> None:
    page = " ".join(deconv("dialects onnx@reference").out.split())
    assert "onnx-reference" in page or "reference evaluator" in page
    assert "onnx/reference/ops/op_conv_transpose.py" in page
    printed = json.loads(deconv("dialects keras@jax --format json").out)["deviations"]
    assert "xla-abort" in [found["code"] for found in printed]
    printed = json.loads(deconv("dialects keras@torch --format json").out)["deviations"]
    assert "xla-abort" not in [found["code"] for found in printed]


@pytest.mark.parametrize("name", in_order())
def test_the_examples_are_read_by_shape(name: str) -> None:
    dialect, page = take(name)[0], deconv(f"dialects {name}").out
    command = next(line for line in page.splitlines() if line.startswith("try"))
    assert deconv(command.partition("deconv ")[2], "-q").out == "16x16\n"
    for signature in dialect.signatures:
        call = write_example(dialect, signature)
        assert f"\n{call}\n" in page
        size = "x".join(["8"] * (signature.rank or 2))
        # A function takes the kernel from its weights, and most of their names have no shape here.
        named = {own.name for own in dialect.arguments if own.role == "kernel"}
        has_kernel = not named.isdisjoint(signature.parameters) or re.search(r"\bkernel_s", call)
        kernel = [] if has_kernel else ["-k", "4"]
        done = deconv("shape", "-q", "--in", size, "-D", name, call, *kernel)
        assert done.out == f"{size.replace('8', '16')}\n", (call, done)
        # It names its own dialect, unless several have a call of this name.
        dialects = rows(deconv("shape", "--in", size, call, *kernel).out)["why"]
        assert dialects.startswith(f"{name},"), call
