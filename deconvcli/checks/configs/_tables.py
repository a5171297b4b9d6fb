"""The keys of a file, a network, a shape, a block, and those that every layer has.

Their descriptions are shown by editors.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LAYER: Mapping[str, str] = MappingProxyType(
    {
        "op": "the kind of layer: conv, conv_transpose, max_pool ...",
        "name": "the name by which other layers and findings refer to it",
        "inputs": "the names of its input layers; `previous` is the layer before, and the default",
        "expect": "the required output size, such as 64x64 or {channels: 3, size: 64x64}",
        "dialect": "the framework whose parameters these are, if not the network's",
    }
)
BLOCK: Mapping[str, str] = MappingProxyType(
    {
        "repeat": "the number of rounds, or a value for each: {width: [64, 128]} defines $width",
        "layers": "the layers to repeat",
    }
)
SHAPE: Mapping[str, str] = MappingProxyType(
    {
        "channels": "the number of channels, wherever the framework puts them",
        "size": "spatial sizes such as 572x572, or letters such as HxW; omit it for a flat input",
    }
)
NETWORK: Mapping[str, str] = MappingProxyType(
    {
        "input": "the shape of the input, such as {channels: 3, size: 572x572}",
        "inputs": "several inputs by name, in place of `input`",
        "layers": "the layers in order; each takes the one before it, unless it names its inputs",
        "expect": "the required size of the output",
        "output": "the layer that is the output, if it is not the last one",
        "dialect": "the framework whose parameters the layers have, if not the file's",
        "targets": "where the network must run as well: onnxruntime, tensorrt, coreml, tflite ...",
    }
)
FILE: Mapping[str, str] = MappingProxyType(
    {
        "networks": "the networks by name",
        "dialect": "the framework of the layers' parameters: torch (the default), keras, onnx ...",
        "targets": "the targets of every network that lists none itself",
        "$schema": "the JSON Schema, for editors",
    }
)
