"""Programs of models have the values of ONNX Runtime, or none is written."""

from __future__ import annotations

import os
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.commandline import deconv
from tests.models.onnx_files import Stored, floats, graph, integers, model, node, write

NEEDS = ("onnx", "onnxruntime", "torch")
HAS_ALL = all(map(find_spec, NEEDS)) or "DECONV_REQUIRE_FRAMEWORKS" in os.environ
pytestmark = pytest.mark.skipif(not HAS_ALL, reason="needs onnx, onnxruntime and torch")

IMAGE = (1, 4, 6, 6)
Constants = dict[str, Stored]
NOTHING: Constants = {}
WINDOW: Any = {"kernel_shape": [3, 3]}
PADS = {"pads": integers(0, 0, 1, 2, 0, 0, 0, 1)}


def resize(modes: Any) -> bytes:
    return node("Resize", "x - scales", "y", **modes)


EQUAL: list[tuple[bytes, Constants, int]] = [
    (node("Elu", "x", "y"), NOTHING, 18),
    (node("Elu", "x", "y", alpha=0.5), NOTHING, 18),
    (node("Selu", "x", "y"), NOTHING, 18),
    (node("LeakyRelu", "x", "y", alpha=0.3), NOTHING, 18),
    (node("LeakyRelu", "x", "y"), NOTHING, 18),
    (node("Gelu", "x", "y"), NOTHING, 20),
    (node("Gelu", "x", "y", approximate="tanh"), NOTHING, 20),
    (node("HardSwish", "x", "y"), NOTHING, 18),
    (node("Mish", "x", "y"), NOTHING, 18),
    (node("Softplus", "x", "y"), NOTHING, 18),
    (node("Softmax", "x", "y", axis=1), NOTHING, 18),
    (node("Clip", "x a b", "y"), {"a": floats(0.0), "b": floats(6.0)}, 18),
    (node("AveragePool", "x", "y", **WINDOW), NOTHING, 18),
    (node("AveragePool", "x", "y", pads=[1] * 4, **WINDOW), NOTHING, 18),
    (node("AveragePool", "x", "y", pads=[1] * 4, count_include_pad=1, **WINDOW), NOTHING, 18),
    (node("MaxPool", "x", "y", **WINDOW), NOTHING, 18),
    (node("MaxPool", "x", "y", strides=[2, 2], pads=[1] * 4, **WINDOW), NOTHING, 18),
    (node("GlobalAveragePool", "x", "y"), NOTHING, 18),
    (node("Pad", "x pads", "y"), PADS, 18),
    (node("Pad", "x pads", "y", mode="reflect"), PADS, 18),
    (node("Pad", "x pads", "y", mode="edge"), PADS, 18),
    (node("Pad", "x pads zero", "y"), {**PADS, "zero": floats(0.0)}, 18),
    (node("DepthToSpace", "x", "y", blocksize=2, mode="CRD"), NOTHING, 18),
    (node("Add", "x x", "y"), NOTHING, 18),
    (node("Sum", "x x x", "y"), NOTHING, 18),
    (node("Mean", "x x", "y"), NOTHING, 18),
    (node("Concat", "x x", "y", axis=1), NOTHING, 18),
    (node("Upsample", "x scales", "y"), {"scales": floats(1, 1, 2, 3)}, 9),
    *[
        (resize(modes), {"scales": floats(1, 1, 2, 3)}, 18)
        for modes in (
            {},
            {"nearest_mode": "floor", "coordinate_transformation_mode": "asymmetric"},
            {"mode": "linear"},
            {"mode": "linear", "coordinate_transformation_mode": "pytorch_half_pixel"},
            {"mode": "linear", "coordinate_transformation_mode": "align_corners"},
        )
    ],
]
REFUSED: list[tuple[bytes, Constants, int]] = [
    (node("Selu", "x", "y", alpha=1.0), NOTHING, 18),
    (node("Clip", "x a b", "y"), {"a": floats(-1.0), "b": floats(1.0)}, 18),
    (node("Pad", "x pads one", "y"), {**PADS, "one": floats(1.0)}, 18),
    (node("Transpose", "x", "y", perm=[0, 1, 3, 2]), NOTHING, 18),
    (node("Cast", "x", "y", to=7), NOTHING, 18),
    (node("DepthToSpace", "x", "y", blocksize=2, mode="DCR"), NOTHING, 18),
    (node("Div", "x two", "y"), {"two": floats(2.0)}, 18),
    (node("Exp", "x", "y"), NOTHING, 18),
    (node("PRelu", "x s", "y"), {"s": Stored((6,), (0.5,) * 6)}, 18),
    *[
        (resize(modes), {"scales": floats(1, 1, 2, 3)}, 18)
        for modes in (
            {"nearest_mode": "floor", "coordinate_transformation_mode": "half_pixel"},
            {"nearest_mode": "ceil", "coordinate_transformation_mode": "asymmetric"},
            {"coordinate_transformation_mode": "align_corners"},
            {"mode": "linear", "coordinate_transformation_mode": "asymmetric"},
        )
    ],
]


def write_id(case: Any) -> str:
    """Return the printable part of a node, which names it and its attributes."""
    return re.sub(rb"[^\w.]+", b" ", case[0]).decode("ascii").strip()


def convert(folder: Path, case: tuple[bytes, Constants, int], target: str) -> tuple[str, str]:
    """Return the path of a model of one node, and its program; or an empty text."""
    made, constants, opset = case
    whole = graph([made], inputs={"x": IMAGE}, outputs=["y"], constants=constants)
    path = write(folder / "net.onnx", model(whole, opset))
    done = deconv(f"convert {path} --to {target} --format python")
    assert (done.code == 0) is (not done.err), done.err
    return path, done.out


def compute(program: str, target: str, x: Any) -> Any:
    import onnxruntime
    import torch

    scope: dict[str, Any] = {}
    exec(program, scope)
    if target == "torch":
        [kind] = [one for one in scope.values() if isinstance(one, type)]
        with torch.no_grad():
            return kind().eval()(torch.from_numpy(x)).numpy()
    session = onnxruntime.InferenceSession(scope["build"]().SerializeToString())
    return session.run(None, {"x": x})[0]


@pytest.mark.parametrize("target", ["torch", "onnx"])
@pytest.mark.parametrize("case", EQUAL, ids=write_id)
def test_a_program_has_the_values_of_its_model(
    case: tuple[bytes, Constants, int], target: str, tmp_path: Path
) -> None:
    import onnxruntime

    path, program = convert(tmp_path, case, target)
    x = np.random.default_rng(3).normal(size=IMAGE).astype("float32")
    [want] = onnxruntime.InferenceSession(path).run(None, {"x": x})
    found = compute(program, target, x)
    assert found.shape == want.shape
    np.testing.assert_allclose(found, want, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("case", REFUSED, ids=write_id)
def test_no_program_has_other_values(case: tuple[bytes, Constants, int], tmp_path: Path) -> None:
    assert convert(tmp_path, case, "torch")[1] == ""


def list_modules() -> list[tuple[str, Any, bool]]:
    """Return the name of a module, the module, and whether it is a program of ours."""
    import torch
    from torch import nn

    class Scaled(nn.Module):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            return torch.add(x, x, alpha=2)

    class Whole(nn.Module):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            return x.to(torch.int32)

    return [
        ("elu", nn.ELU(0.5), True),
        ("gelu", nn.GELU("tanh"), True),
        ("leaky", nn.LeakyReLU(0.3), True),
        ("softplus", nn.Softplus(), True),
        ("steep softplus", nn.Softplus(2), False),
        ("average", nn.AvgPool2d(3, 1, 1, count_include_pad=False), True),
        ("average of all", nn.AvgPool2d(3, 2, 1), True),
        ("corners", nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), True),
        ("bilinear", nn.Upsample(size=(9, 7), mode="bilinear"), True),
        ("exact", nn.Upsample(scale_factor=3, mode="nearest-exact"), True),
        ("exact size", nn.Upsample(size=(9, 7), mode="nearest-exact"), False),
        ("zeros", nn.ZeroPad2d(2), True),
        ("ones", nn.ConstantPad2d(1, 1.0), False),
        ("flatten", nn.Flatten(2, 3), True),
        ("sum", Scaled(), False),
        ("integers", Whole(), False),
    ]


def test_programs_of_exported_modules_have_their_values(tmp_path: Path) -> None:
    import torch

    x = np.random.default_rng(3).normal(size=IMAGE).astype("float32")
    for name, module, is_written in list_modules():
        path = tmp_path / "net.pt2"
        torch.export.save(torch.export.export(module.eval(), (torch.from_numpy(x),)), path)
        program = deconv(f"convert {path} --to torch --format python").out
        assert bool(program) is is_written, name
        if program:
            want = module(torch.from_numpy(x)).numpy()
            np.testing.assert_allclose(compute(program, "torch", x), want, 1e-5, 1e-5, err_msg=name)
