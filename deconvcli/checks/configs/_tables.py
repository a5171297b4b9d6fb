"""The keys around the layers' own: of a file, a network, its input, a layer, a block."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LAYER: Mapping[str, str] = MappingProxyType(
    {
        "op": "the kind of layer: conv, conv_transpose, max_pool ...",
        "name": "what other layers and findings call it",
        "inputs": "names of the layers it takes, `previous` for the one before; default: that one",
        "expect": "the size that must come out, as 64x64 or {channels: 3, size: 64x64}",
        "dialect": "whose words these are, where they are not the network's",
    }
)
BLOCK: Mapping[str, str] = MappingProxyType(
    {
        "repeat": "how many times, or lists of values: {width: [64, 128]} for $width in the layers",
        "layers": "the layers that come again",
    }
)
SHAPE: Mapping[str, str] = MappingProxyType(
    {
        "channels": "channels, wherever the framework keeps them",
        "size": "spatial sizes as 572x572, or letters as HxW; none for a flat input",
    }
)
NETWORK: Mapping[str, str] = MappingProxyType(
    {
        "input": "the shape of the input, as {channels: 3, size: 572x572}",
        "inputs": "several inputs by name, in place of `input`",
        "layers": "the layers in order; each takes the one before unless it names its inputs",
        "expect": "the size that the last layer, or the output, must have",
        "output": "the layer that comes out, where it is not the last",
        "dialect": "whose words these are, where they are not the file's",
        "targets": "where it is to run: onnxruntime, tensorrt, coreml, tflite, keras ...",
    }
)
FILE: Mapping[str, str] = MappingProxyType(
    {
        "networks": "the networks by name",
        "dialect": "whose words the layers are in: torch (the default), keras, onnx ...",
        "targets": "for every network that names none itself",
        "$schema": "for editors",
    }
)
