"""deconv convert --without transposed: other operations, their cost, and modules that compute."""

from __future__ import annotations

import json
from pathlib import Path

import click
import numpy as np
import pytest

from deconvcli.cli.commands import COMMANDS
from deconvcli.conversion.equivalents import WAYS
from tests.cli.commandline import deconv, refused

LAYER = "nn.ConvTranspose2d(8, 4, 4, 2, 1)"


def test_the_report_has_operations_weights_cost_and_proof() -> None:
    done = deconv("convert --in 5x5 --to keras --way zeros", LAYER)
    assert (done.code, done.err) == (0, "")
    for line in (
        'keras    keras.ops.conv(x, w, data_format="channels_last")',
        "before   x = keras.ops.reshape(x, (-1, 5, 1, 5, 1, 8))",
        "after    y = y + bias",
        "weights  w = w.transpose(2, 3, 0, 1)",
        "cost     51,200 multiplications; the layer itself has 12,800",
        "layout   NCHW in torch, NHWC in keras",
        "proof    400 values equal, on small integers",
    ):
        assert f"\n{line}\n" in done.out


def test_json_names_the_way_and_all_ways() -> None:
    done = deconv("convert --in 5x5 --to torch --way zeros --format json", LAYER)
    found = json.loads(done.out)
    assert (found["schema"], found["way"], found["call"]) == (
        "deconv.convert/1",
        "zeros",
        "F.conv2d(x, w)",
    )
    assert found["multiplications"] == 51200
    assert found["weights"]["shape"] == [4, 8, 4, 4]
    assert found["proof"]["values"] == "equal"
    assert {"way": "zeros", "multiplications": 51200, "reason": ""} in found["ways"]


def test_a_module_has_no_transposed_convolution() -> None:
    done = deconv("convert --in 5x5 --to torch --way zeros --format python", LAYER)
    assert done.code == 0
    assert "y = F.conv2d(x, w)" in done.out
    assert "ConvTranspose" not in done.out
    assert "from torch import nn\n" not in done.out


@pytest.mark.parametrize("form", ["text", "json", "python"])
def test_a_framework_without_code_is_answered_with_a_reason(form: str) -> None:
    done = deconv(f"convert --in 5x5 --to caffe --without transposed --format {form}", LAYER)
    assert done.code == 1
    assert "deconv writes no code of Caffe without a transposed convolution" in done.out + done.err


def test_several_targets_are_rows_and_one_is_enough() -> None:
    done = deconv("convert --in 5x5 --to all --without transposed", LAYER)
    assert done.code == 0
    assert "deconv writes no code of Caffe" in done.out


def test_letters_stay_letters() -> None:
    done = deconv("convert --in HxWx8 --to jax --way zeros", "Conv2DTranspose(4, 3, 2)")
    assert done.code == 0
    assert "288*(2H+1)*(2W+1) multiplications; the layer itself has 288*H*W\n" in done.out


def test_every_way_can_be_chosen() -> None:
    [option] = [one for one in COMMANDS.take("convert").params if one.name == "way"]
    assert isinstance(option.type, click.Choice)
    assert sorted(option.type.choices) == WAYS.names


def test_without_a_way_the_cheapest_is_shown() -> None:
    ways = json.loads(deconv("convert --in 5x5 --to torch --way zeros --format json", LAYER).out)
    costs = {one["way"]: one["multiplications"] for one in ways["ways"]}
    done = deconv("convert --in 5x5 --to torch --without transposed --format json", LAYER)
    assert costs[json.loads(done.out)["way"]] == min(costs.values())


def test_channels_are_needed() -> None:
    done = deconv("convert -k 4 -s 2 --in 8 --to jax --without transposed")
    refused(done, "other operations need the channels, and nobody gave --in-channels")


def test_two_targets_are_no_module() -> None:
    done = deconv("convert --in 5x5 --to torch,jax --way zeros --format python", LAYER)
    refused(done, "a module is written for one framework")


def test_a_resize_says_for_which_weights_it_holds() -> None:
    done = deconv("convert --in 5x5 --to torch --way resize", LAYER)
    assert done.code == 0
    for line in (
        'y = F.interpolate(y, scale_factor=2, mode="bilinear")',
        "holds    only for weights of a bilinear kernel, times one number for each pair of"
        " channels",
        "cost     800 multiplications; the layer itself has 12,800",
        "proof    400 values equal, on small integers",
    ):
        assert f"{line}\n" in done.out
    found = json.loads(deconv("convert --in 5x5 --to torch --way resize --format json", LAYER).out)
    assert found["kernel"] == "bilinear"
    assert [one["way"] for one in found["ways"]] == ["matrix", "subpixel", "zeros"]


def test_a_resize_of_another_kernel_has_a_reason() -> None:
    done = deconv("convert --in 5x5 --to torch --way resize", "nn.ConvTranspose2d(8, 4, 3, 2, 1)")
    assert done.code == 1
    assert "a kernel of 3x3 taps is not that of a resize by 2x2" in done.out


def test_only_weights_of_a_resize_are_carried_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    layer = "nn.ConvTranspose2d(8, 8, 4, 2, 1)"
    assert deconv("weights bilinear --in 5x5 -o up.npy", layer).code == 0
    words = "convert --in 5x5 --to keras --way resize --out-weights mix.npy --weights"
    assert deconv(f"{words} up.npy", layer).code == 0
    np.testing.assert_array_equal(np.load("mix.npy")[0, 0], np.eye(8))
    np.save("other.npy", np.load("up.npy") ** 2)
    done = deconv(f"{words} other.npy --force", layer)
    refused(done, "the weights are no bilinear kernel for each pair of channels")
    np.testing.assert_array_equal(np.load("mix.npy")[0, 0], np.eye(8))
