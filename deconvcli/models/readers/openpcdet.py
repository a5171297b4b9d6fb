"""Configs of OpenPCDet, whose BACKBONE_2D states the layers over the bird's-eye view.

YAML with: BACKBONE_2D.

Recognised by that key. Each level is a block of convolutions, of which the first has the stride of
the level, and a layer that brings its output to one size: transposed, or a convolution where the
stride is below 1. The outputs are concatenated, so that they have to have the same size.
Source: open-mmlab/OpenPCDet 8caccce, pcdet/models/backbones_2d/base_bev_backbone.py,
pcdet/models/backbones_3d/spconv_backbone.py and pcdet/datasets/processor/data_processor.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.models.model import OTHER_FILE, GivenSizes, Model, ModelSteps, Reader
from deconvcli.models.settings import Settings, load_settings, refuse
from deconvcli.models.stated import StatedNetwork, make_model, make_steps, take_sizes
from deconvcli.networks.graph import Network, Node

SOURCE = "open-mmlab/OpenPCDet 8caccce, base_bev_backbone.py"
INPUT = "spatial_features"
PLAIN, RESIDUAL = "BaseBEVBackbone", "BaseBEVResBackbone"
MAX_LEVELS = 16
MAX_LAYERS = 64
_DOWNS = 3
"""How often the backbones named `8x` halve the grid of voxels, with kernels of 3."""


class OpenPcdet(Reader):
    """The 2-D backbone of a detector in point clouds."""

    finds_working = True

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the backbone over the grid that the config states, or over H x W cells."""
        return make_model(_state(path, sizes))

    def list_steps(self, path: str, sizes: GivenSizes) -> ModelSteps:
        """Return the layers of the backbone."""
        return make_steps(_state(path, sizes))


def _state(path: str, sizes: GivenSizes) -> StatedNetwork:
    settings = load_settings(path)
    backbone, view = settings.find("BACKBONE_2D"), settings.find("MAP_TO_BEV")
    name = backbone.get("NAME") if isinstance(backbone, dict) else None
    if name not in (PLAIN, RESIDUAL) or not isinstance(backbone, dict):
        raise refuse(f"has the 2-D backbone {name}, which is not read", OTHER_FILE)
    channels = _read_integer(view, "NUM_BEV_FEATURES") if isinstance(view, dict) else None
    if channels is None:
        raise refuse("has no NUM_BEV_FEATURES, the channels of the bird's-eye view", OTHER_FILE)
    shape = take_sizes(INPUT, channels, _find_grid(settings), sizes)
    levels = _Levels(backbone, is_residual=name == RESIDUAL)
    nodes = levels.list_nodes()
    places = {
        node.name: settings.locate(levels.keys[node.name])._replace(path=node.name)
        for node in nodes
    }
    network = Network("backbone", {INPUT: shape}, tuple(nodes))
    return StatedNetwork(f"OpenPCDet {name}", network, places, settings.text, (f"as in {SOURCE}",))


class _Levels:
    """The layers of a backbone, in the order of the program. keys: that of each layer, by name."""

    def __init__(self, table: Mapping[str, Any], *, is_residual: bool) -> None:
        self.keys: dict[str, str] = {}
        self._nodes: list[Node] = []
        self._counts = _list_integers(table, "LAYER_NUMS")
        self._strides = _list_integers(table, "LAYER_STRIDES")
        self._filters = _list_integers(table, "NUM_FILTERS")
        if not len(self._counts) == len(self._strides) == len(self._filters):
            raise refuse("needs as many LAYER_NUMS as LAYER_STRIDES and NUM_FILTERS")
        self._ups = [_read_stride(one) for one in table.get("UPSAMPLE_STRIDES") or ()]
        self._up_filters = _list_integers(table, "NUM_UPSAMPLE_FILTERS") if self._ups else []
        if len(self._ups) != len(self._up_filters) or 0 < len(self._ups) < len(self._counts):
            raise refuse("needs UPSAMPLE_STRIDES and NUM_UPSAMPLE_FILTERS for each level")
        # Only the plain backbone looks at this key.
        self._plain = not is_residual and table.get("USE_CONV_FOR_NO_STRIDE") is True
        self._is_residual = is_residual

    def list_nodes(self) -> list[Node]:
        """Return the layers: blocks, the layers after them, and what joins these."""
        ends, before = [], INPUT
        for level, count in enumerate(self._counts):
            before = self._add_block(level, count, before)
            ends.append(self._add_up(level, before) if self._ups else before)
        joined = ends[-1]
        if len(ends) > 1:
            joined = self._add("concat", "concat", {}, ends, "UPSAMPLE_STRIDES")
        if len(self._ups) > len(self._counts):
            self._add_up(len(self._counts), joined, sum(self._up_filters))
        return self._nodes

    def _add_block(self, level: int, count: int, before: str) -> str:
        for number in range(count + 1):
            stride = self._strides[level] if number == 0 else 1
            key = "LAYER_STRIDES" if number == 0 else "LAYER_NUMS"
            # The program's own numbers count norms and functions too.
            name = f"blocks.{level}.{number}"
            if self._is_residual:
                before = self._add_residual(name, level, stride, before, key)
            else:
                before = self._add_conv(name, level, stride, before, key)
        return before

    def _add_residual(self, name: str, level: int, stride: int, before: str, key: str) -> str:
        first = self._add_conv(f"{name}.conv1", level, stride, before, key)
        second = self._add_conv(f"{name}.conv2", level, 1, first, key)
        if key == "LAYER_STRIDES":
            keys = {"out_channels": self._filters[level], "kernel": 1, "stride": stride}
            keys["bias"] = False
            before = self._add(f"{name}.downsample", "conv", keys, [before], key)
        return self._add(name, "add", {}, [second, before], key)

    def _add_conv(self, name: str, level: int, stride: int, before: str, key: str) -> str:
        keys = {"out_channels": self._filters[level], "kernel": 3, "padding": 1, "bias": False}
        own = keys | ({"stride": stride} if stride != 1 else {})
        return self._add(name, "conv", own, [before], key)

    def _add_up(self, level: int, before: str, channels: int | None = None) -> str:
        stride = self._ups[level]
        is_transposed = stride > 1 or (stride == 1 and not self._plain)
        whole = round(stride) if is_transposed else round(1 / stride)
        keys = {
            "out_channels": channels or self._up_filters[level],
            "kernel": whole,
            **({"stride": whole} if whole != 1 else {}),
            "bias": False,
        }
        kind = "conv_transpose" if is_transposed else "conv"
        return self._add(f"deblocks.{level}", kind, keys, [before], "UPSAMPLE_STRIDES")

    def _add(
        self, name: str, kind: str, keys: Mapping[str, Any], inputs: Sequence[str], key: str
    ) -> str:
        self._nodes.append(Node(name, kind, dict(keys), tuple(inputs)))
        self.keys[name] = key
        return name


def _find_grid(settings: Settings) -> tuple[int | None, int | None]:
    """Return the height and the width of the bird's-eye view; None where another file has them."""
    area, voxel = settings.find("POINT_CLOUD_RANGE"), None
    processors = settings.find("DATA_PROCESSOR")
    for one in processors if isinstance(processors, list) else ():
        if isinstance(one, dict) and isinstance(one.get("VOXEL_SIZE"), list):
            voxel = one["VOXEL_SIZE"]
    numbers = [_read_number(one) for one in [*(area or ()), *(voxel or ())]]
    if len(numbers) != 9 or not all(numbers[-3:]):
        return None, None
    view = settings.find("MAP_TO_BEV")
    backbone = settings.find("BACKBONE_3D")
    kind = str(backbone.get("NAME")) if isinstance(backbone, dict) else ""
    is_scattered = isinstance(view, dict) and "Scatter" in str(view.get("NAME"))
    if not is_scattered and "8x" not in kind:
        return None, None
    width, height = (
        round((numbers[axis + 3] - numbers[axis]) / numbers[axis + 6]) for axis in (0, 1)
    )
    if not is_scattered:
        for _ in range(_DOWNS):
            width, height = (width - 1) // 2 + 1, (height - 1) // 2 + 1
    is_legal = 0 < width <= 1 << 20 and 0 < height <= 1 << 20
    return (height, width) if is_legal else (None, None)


def _read_number(value: Any) -> float:
    try:
        found = float(value)
    except (TypeError, ValueError):
        return 0.0
    return found if abs(found) < 1e9 else 0.0


def _read_stride(value: Any) -> float:
    found = _read_number(value)
    if not 1 / 64 <= found <= 64:
        raise refuse("needs strides from 1/64 to 64 for UPSAMPLE_STRIDES")
    return found


def _read_integer(table: Mapping[str, Any], key: str) -> int | None:
    found = table.get(key)
    if isinstance(found, bool) or not isinstance(found, int):
        return None
    return found if 0 < found <= 1 << 20 else None


def _list_integers(table: Mapping[str, Any], key: str) -> list[int]:
    found = table.get(key)
    if not isinstance(found, list) or not 0 < len(found) <= MAX_LEVELS:
        raise refuse(f"needs a list of up to {MAX_LEVELS} integers for {key}")
    least, most = (0, MAX_LAYERS) if key == "LAYER_NUMS" else (1, 1 << 20)
    if not all(type(one) is int and least <= one <= most for one in found):
        raise refuse(f"needs integers from {least} to {most:,} for {key}")
    return found


READER: Reader = OpenPcdet()
