"""Networks of fresh exports as networks of ours; at two sizes each, as PyTorch computes them."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from deconvcli.models.as_network import read_network
from deconvcli.networks.graph import walk

HAS_TORCH = find_spec("torch") is not None or "DECONV_REQUIRE_FRAMEWORKS" in os.environ
pytestmark = pytest.mark.skipif(not HAS_TORCH, reason="needs torch")


def list_layers() -> list[Any]:
    """Return layers that follow each other, most kinds that configs have."""
    from torch import nn

    return [
        nn.Conv2d(3, 8, 3, stride=2, padding=1),
        nn.BatchNorm2d(8),
        nn.LeakyReLU(0.2),
        nn.Conv2d(8, 8, (3, 5), padding=(1, 2), groups=4, bias=False),
        nn.GroupNorm(2, 8),
        nn.PReLU(8),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.ConvTranspose2d(8, 6, 4, stride=2, padding=1),
        nn.InstanceNorm2d(6, affine=True),
        nn.SiLU(),
        nn.AvgPool2d(3, stride=1, padding=1),
        nn.ConvTranspose2d(6, 8, 3, stride=2, padding=1, output_padding=1, groups=2),
        nn.PixelShuffle(2),
        nn.ReflectionPad2d((1, 2, 0, 3)),
        nn.Upsample(scale_factor=2, mode="bilinear"),
        nn.ConvTranspose2d(2, 3, (2, 5), stride=(1, 3), padding=(0, 1), dilation=(2, 1)),
        nn.Dropout(),
        nn.Tanh(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(3, 5),
    ]


@pytest.mark.parametrize("sizes", [(16, 16), (20, 24)])
def test_an_exported_program_has_the_sizes_of_each_layer(
    tmp_path: Path, sizes: tuple[int, int]
) -> None:
    import torch

    layers = list_layers()
    whole = torch.nn.Sequential(*layers).eval()
    image = torch.zeros(1, 3, *sizes)
    torch.export.save(torch.export.export(whole, (image,)), tmp_path / "net.pt2")
    found = read_network(str(tmp_path / "net.pt2"), "net")
    made = []
    for layer in layers:
        image = layer.eval()(image)
        # Of the network of a model, what changes nothing is left out.
        if not isinstance(layer, torch.nn.Dropout):
            made.append(tuple(image.shape[1:]))
    assert [outcome.shape and outcome.shape.sizes for outcome in walk(found.network)] == made
    assert list(found.notes) == []


# PyTorch recommends its newer exporter, and most files that exist are of this one.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.skipif(find_spec("onnx") is None, reason="needs onnx")
@pytest.mark.parametrize("size", [17, 32])
def test_a_u_net_in_onnx_has_its_sizes(tmp_path: Path, size: int) -> None:
    import torch
    from torch import nn

    class Net(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.down = nn.Conv2d(3, 8, 3, stride=2, padding=1)
            self.up = nn.ConvTranspose2d(8, 4, 2, stride=2)
            self.last = nn.Conv2d(7, 2, 1)

        def forward(self, x: Any) -> Any:
            up = self.up(torch.relu(self.down(x)))[..., : x.shape[2], : x.shape[3]]
            return self.last(torch.cat([up, x], dim=1))

    file = tmp_path / "net.onnx"
    axes = {"x": {2: "h", 3: "w"}}
    torch.onnx.export(
        Net().eval(),
        (torch.zeros(1, 3, 16, 16),),
        str(file),
        input_names=["x"],
        dynamic_axes=axes,
        dynamo=False,
    )
    found = read_network(str(file), "net", [size, size + 3])
    last = list(walk(found.network))[-1]
    assert last.shape is not None
    assert last.shape.sizes == (2, size, size + 3)
