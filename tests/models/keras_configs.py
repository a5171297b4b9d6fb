"""Configs as Keras 2 and 3 write them, made from lists of layers, and the files that hold them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

Stored = Mapping[str, Sequence[int | None]]


def layer(kind: str, name: str, inputs: Sequence[str] = (), **config: Any) -> dict[str, Any]:
    """Return one layer without a generation. inputs: names, or `name:call:tensor`."""
    return {"class_name": kind, "name": name, "config": config, "inputs": list(inputs)}


def up(name: str, inputs: Sequence[str], filters: int, kernel: int = 4, **other: Any) -> Any:
    words = {"kernel_size": [kernel] * 2, "strides": [2, 2], "padding": "same", **other}
    return layer("Conv2DTranspose", name, inputs, filters=filters, **words)


def start(name: str, *shape: int | None) -> dict[str, Any]:
    return layer("InputLayer", name, batch_shape=list(shape))


def functional(
    layers: Sequence[Mapping[str, Any]], outputs: Sequence[str], *, stored: Stored | None = None
) -> dict[str, Any]:
    """Return a model of Keras 3. stored: the shapes beside the references."""
    shapes = stored or {}

    def refer(text: str) -> dict[str, Any]:
        history = _split(text)
        shape = shapes.get(text)
        config = {"keras_history": history} | ({"shape": list(shape)} if shape else {})
        return {"class_name": "__keras_tensor__", "config": config}

    written = []
    for one in layers:
        references = [refer(name) for name in one["inputs"]]
        args = references[:1] if len(references) == 1 else [references]
        nodes: list[Any] = [{"args": args, "kwargs": {}}] if references else []
        entry = {key: value for key, value in one.items() if key != "inputs"}
        written.append({"module": "keras.layers", **entry, "inbound_nodes": nodes})
    return _wrap(written, layers, outputs)


def second(layers: Sequence[Mapping[str, Any]], outputs: Sequence[str]) -> dict[str, Any]:
    """Return a model of Keras 2."""
    written = []
    for one in layers:
        nodes: list[Any] = (
            [[[*_split(name), {}] for name in one["inputs"]]] if one["inputs"] else []
        )
        config = dict(one["config"])
        if "batch_shape" in config:
            config["batch_input_shape"] = config.pop("batch_shape")
        written.append(
            {
                "class_name": one["class_name"],
                "name": one["name"],
                "config": config,
                "inbound_nodes": nodes,
            }
        )
    return _wrap(written, layers, outputs) | {"keras_version": "2.15.0"}


def _split(text: str) -> list[Any]:
    name, *numbers = text.split(":")
    return [name, *[int(number) for number in numbers or ("0", "0")]]


def _wrap(
    written: list[dict[str, Any]], layers: Sequence[Mapping[str, Any]], outputs: Sequence[str]
) -> dict[str, Any]:
    starts = [one["name"] for one in layers if one["class_name"] == "InputLayer"]
    config = {
        "name": "net",
        "layers": written,
        "input_layers": [[name, 0, 0] for name in starts],
        "output_layers": [_split(name) for name in outputs],
    }
    return {"class_name": "Functional", "config": config}


def save_json(path: Path, model: Mapping[str, Any]) -> str:
    path.write_text(json.dumps(model))
    return str(path)


def save_archive(path: Path, model: Mapping[str, Any], version: str = "3.15.1") -> str:
    with ZipFile(path, "w") as archive:
        archive.writestr("metadata.json", json.dumps({"keras_version": version}))
        archive.writestr("config.json", json.dumps(model))
        archive.writestr("model.weights.h5", b"weights")
    return str(path)


def save_hdf5(path: Path, model: Mapping[str, Any]) -> str:
    """Write a file that begins as HDF5, with the text of the config in one piece."""
    parts = (b"\x89HDF\r\n\x1a\n", b"keras_version", b"2.15.0", json.dumps(model).encode(), b"w")
    path.write_bytes((b"\0" * 40).join(parts))
    return str(path)
