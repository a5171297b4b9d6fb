"""Weights of a model that PyTorch saved, in the layer that is printed for Keras: equal values."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deconvcli.frameworks.drivers import FRAMEWORKS

# A model and its file, as people have them; small integers are exact.
TORCH = """
import numpy as np, torch
from safetensors.torch import save_file
torch.manual_seed(0)
model = torch.nn.Sequential()
model.add_module("up1", torch.nn.ConvTranspose2d(8, 4, 3, 2, 1, 1, dtype=torch.{dtype}))
model.add_module("up2", torch.nn.ConvTranspose2d(4, 4, 3, 2, 1, 1, dtype=torch.{dtype}))
with torch.no_grad():
    for parameter in model.parameters():
        parameter.copy_(torch.randint(-3, 4, parameter.shape))
save_file(model.state_dict(), "model.safetensors")
x = torch.randint(-3, 4, (2, 8, 5, 5)).to(torch.{dtype})
np.savez("data.npz", x=x.float(), y=model.up1(x).detach().float())
"""
KERAS = """
import json
import numpy as np
from safetensors.numpy import load_file
import keras
said = json.load(open("said.json"))
for line in said["imports"]:
    exec(line)
arrays = load_file("up1.safetensors")
data = np.load("data.npz")
layer = eval(said["call"])
x = np.moveaxis(data["x"], 1, -1)
layer.build(x.shape)
layer.set_weights([arrays["weight"].astype("float32"), arrays["bias"].astype("float32")])
y = layer(keras.ops.convert_to_tensor(x))
for line in said["after"]:
    y = eval(line)
np.testing.assert_array_equal(keras.ops.convert_to_numpy(y), np.moveaxis(data["y"], 1, -1))
assert np.abs(data["y"]).max() > 3
print(arrays["weight"].dtype)
"""


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_keras_computes_what_pytorch_did(tmp_path: Path, dtype: str) -> None:
    drivers = [FRAMEWORKS.take(name) for name in ("torch", "keras_torch")]
    if any(driver.find_missing() for driver in drivers):
        assert not os.environ.get("DECONV_REQUIRE_FRAMEWORKS")
        pytest.skip("PyTorch or Keras is not installed")
    own = str(Path(__file__).parents[3])
    environment = {**os.environ, "KERAS_BACKEND": "torch", "PYTHONPATH": own}

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("-c", TORCH.format(dtype=dtype))
    call = "nn.ConvTranspose2d(8, 4, 3, 2, 1, 1)"
    files = ["--weights", "model.safetensors:up1.weight", "--bias", "model.safetensors:up1.bias"]
    options = ["--in", "5x5", "--to", "keras", *files, "--out-weights", "up1.safetensors"]
    run("-m", "deconvcli", "convert", call, *options, "--format", "json", "-o", "said.json")
    assert run("-c", KERAS).split()[-1] == dtype
