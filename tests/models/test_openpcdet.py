"""Configs of OpenPCDet: the layers of the 2-D backbone, which have to end in one size."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.models.reading import find_reader, read_model
from tests.cli.commandline import deconv

POINTS = """
DATA_CONFIG:
    POINT_CLOUD_RANGE: [0, -4.0, -3, 6.4, 4.0, 1]
    DATA_PROCESSOR:
        - NAME: mask_points
        - NAME: transform_points_to_voxels
          VOXEL_SIZE: [0.1, 0.2, 4]
MODEL:
    MAP_TO_BEV:
        NAME: PointPillarScatter
        NUM_BEV_FEATURES: 6
    BACKBONE_2D:
        NAME: BaseBEVBackbone
        LAYER_NUMS: [1, 2]
        LAYER_STRIDES: [2, 2]
        NUM_FILTERS: [4, 8]
        UPSAMPLE_STRIDES: [1, 2]
        NUM_UPSAMPLE_FILTERS: [5, 7]
"""
OPEN = POINTS.replace("VOXEL_SIZE", "OTHER_SIZE")


def save(path: Path, text: str) -> str:
    (path / "net.yaml").write_text(text, encoding="utf-8")
    return str(path / "net.yaml")


def test_the_grid_is_that_of_the_points(tmp_path: Path) -> None:
    found = read_model(save(tmp_path, POINTS), {})
    assert found.findings == ()
    assert found.tensors == {
        "spatial_features": (1, 6, 40, 64),
        "blocks.0.0": (1, 4, 20, 32),
        "blocks.0.1": (1, 4, 20, 32),
        "deblocks.0": (1, 5, 20, 32),
        "blocks.1.0": (1, 8, 10, 16),
        "blocks.1.1": (1, 8, 10, 16),
        "blocks.1.2": (1, 8, 10, 16),
        "deblocks.1": (1, 7, 20, 32),
        "concat": (1, 12, 20, 32),
    }
    by_name = {layer.name: layer for layer in found.layers}
    assert by_name["deblocks.1"].parameters == 8 * 7 * 2 * 2
    assert by_name["blocks.1.0"].where is not None
    assert by_name["blocks.1.0"].where.line == 15
    assert [name for name, one in by_name.items() if one.reading] == ["deblocks.0", "deblocks.1"]


def test_an_open_grid_has_formulas_and_a_rule(tmp_path: Path) -> None:
    file = save(tmp_path, OPEN)
    found = read_model(file, {})
    assert found.tensors["concat"] == (1, 12, "H/2", "W/2")
    assert "it works for H = 4m" in found.notes[1]
    assert [axis.letter for axis in found.open_axes] == ["H", "W"]
    done = deconv(f"sizes {file} --at 41x40")
    assert (done.code, "4m" in done.out) == (0, True)
    found = read_model(file, {"spatial_features": (1, 6, 12, 16)})
    assert found.tensors["concat"] == (1, 12, 6, 8)
    with pytest.raises(UsageError, match="the first layer takes 6"):
        read_model(file, {"": (1, 5, 12, 16)})


def test_levels_that_end_in_other_sizes_are_an_error(tmp_path: Path) -> None:
    done = deconv(f"check {save(tmp_path, POINTS.replace('[1, 2]', '[1, 4]', 2))} --isolated")
    assert done.code == 1
    assert "net.yaml:17" in done.out
    assert "concat: the inputs have unequal sizes: [5, 20, 32] and [7, 40, 64]" in done.out


def test_strides_below_one_are_convolutions(tmp_path: Path) -> None:
    text = POINTS.replace("UPSAMPLE_STRIDES: [1, 2]", "UPSAMPLE_STRIDES: [0.5, 1]")
    found = read_model(save(tmp_path, text), {})
    kinds = {layer.name: layer.kind for layer in found.layers}
    assert (kinds["deblocks.0"], kinds["deblocks.1"]) == ("conv", "conv_transpose")
    assert found.tensors["concat"] == (1, 12, 10, 16)
    text = text.replace("        NUM_UP", "        USE_CONV_FOR_NO_STRIDE: True\n        NUM_UP")
    found = read_model(save(tmp_path, text), {})
    assert {layer.kind for layer in found.layers} == {"conv", "concat"}


def test_one_layer_more_comes_after_the_join(tmp_path: Path) -> None:
    text = POINTS.replace("STRIDES: [1, 2]\n", "STRIDES: [1, 2, 2]\n").replace(
        "[5, 7]", "[5, 7, 1]"
    )
    found = read_model(save(tmp_path, text), {})
    assert found.tensors["deblocks.2"] == (1, 13, 40, 64)


def test_a_voxel_backbone_halves_the_grid_three_times(tmp_path: Path) -> None:
    text = POINTS.replace("PointPillarScatter", "HeightCompression")
    text += "    BACKBONE_3D:\n        NAME: VoxelBackBone8x\n"
    assert read_model(save(tmp_path, text), {}).tensors["spatial_features"] == (1, 6, 5, 8)


def test_a_residual_backbone_has_blocks_of_two(tmp_path: Path) -> None:
    text = POINTS.replace("BaseBEVBackbone", "BaseBEVResBackbone")
    found = read_model(save(tmp_path, text), {})
    assert found.findings == ()
    assert found.tensors["blocks.0.0.downsample"] == (1, 4, 20, 32)
    assert found.tensors["blocks.0.1"] == found.tensors["blocks.0.1.conv2"] == (1, 4, 20, 32)
    assert "blocks.0.1.downsample" not in found.tensors
    assert found.tensors["concat"] == (1, 12, 20, 32)


def test_it_becomes_a_config_of_ours(tmp_path: Path) -> None:
    done = deconv(f"convert {save(tmp_path, POINTS)} --to config -o {tmp_path / 'own.yaml'}")
    assert (done.code, done.err) == (0, "")
    done = deconv(f"check {tmp_path / 'own.yaml'} --isolated --table --format json")
    [checked] = json.loads(done.out)["files"]
    [table] = checked["networks"].values()
    assert table[-1]["shape"] == "[12, 20, 32]"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("BaseBEVBackbone", "BaseBEVBackboneV1", "has the 2-D backbone BaseBEVBackboneV1"),
        ("NUM_BEV_FEATURES: 6", "OTHER: 6", "has no NUM_BEV_FEATURES"),
        ("LAYER_NUMS: [1, 2]", "LAYER_NUMS: [1]", "as many LAYER_NUMS as LAYER_STRIDES"),
        ("NUM_FILTERS: [4, 8]", "NUM_FILTERS: [4, 0]", "integers from 1 to"),
        ("NUM_FILTERS: [4, 8]", "NUM_FILTERS: 4", "a list of up to 16 integers for NUM_FILTERS"),
        ("UPSAMPLE_STRIDES: [1, 2]", "UPSAMPLE_STRIDES: [1, 0]", "strides from 1/64 to 64"),
        ("UPSAMPLE_STRIDES: [1, 2]", "UPSAMPLE_STRIDES: [1]", "for each level"),
    ],
)
def test_what_is_not_read_is_one_clear_line(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    with pytest.raises(Unreadable, match=message):
        read_model(save(tmp_path, POINTS.replace(old, new)), {})


def test_the_reader_is_found_by_its_key(tmp_path: Path) -> None:
    assert find_reader(save(tmp_path, POINTS)) == "openpcdet"


HAS_TORCH = find_spec("torch") is not None or "DECONV_REQUIRE_FRAMEWORKS" in os.environ


@pytest.mark.skipif(not HAS_TORCH, reason="needs torch")
@pytest.mark.parametrize(
    ("strides", "ups"),
    [([1, 2], [1, 2]), ([2, 2, 2], [1, 2, 4]), ([2, 2, 2], [0.5, 1, 2]), ([1, 3], [0.25, 1])],
)
@pytest.mark.parametrize("sizes", [(40, 64), (24, 12), (17, 31)])
def test_layers_of_torch_have_the_same_sizes(
    tmp_path: Path, strides: list[int], ups: list[float], sizes: tuple[int, int]
) -> None:
    import torch
    from torch import nn

    count = len(strides)
    text = OPEN.replace("[1, 2]\n        LAYER_S", f"{[1] * count}\n        LAYER_S")
    text = text.replace("[2, 2]", str(strides)).replace("[4, 8]", str([4, 8, 9][:count]))
    text = text.replace("STRIDES: [1, 2]", f"STRIDES: {ups}").replace("[5, 7]", str([5] * count))
    found = read_model(save(tmp_path, text), {"": (1, 6, *sizes)})
    x: Any = torch.zeros(1, 6, *sizes)
    for level, (stride, up) in enumerate(zip(strides, ups, strict=True)):
        out = [4, 8, 9][level]
        padded = nn.ZeroPad2d(1)(x)
        x = nn.Conv2d(x.shape[1], out, 3, stride=stride, bias=False)(padded)
        assert found.tensors[f"blocks.{level}.0"] == tuple(x.shape)
        whole = round(1 / up) if up < 1 else int(up)
        kind: Any = nn.Conv2d if up < 1 else nn.ConvTranspose2d
        own = kind(out, 5, whole, stride=whole, bias=False)(x)
        assert found.tensors[f"deblocks.{level}"] == tuple(own.shape)
