"""Golden vectors: layers with input, weights, bias and exact output in files, for any backend.

`edges` is the table of layers that stress a backend. The manifest is written last, so that a
folder without one is not complete.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any, NamedTuple

from deconvcli.common.errors import NotExpressible, Refused, Unreadable
from deconvcli.common.files import (
    describe_os_error,
    format_path,
    open_atomically,
    report_write_errors,
)
from deconvcli.compute import npyfile
from deconvcli.compute.golden import Golden, make_golden
from deconvcli.compute.runner import Array, refuse_without_values
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.vectors.edges import list_edges
from deconvcli.layers.layer import Layer, Reading, Sizes

SCHEMA = "deconv.vectors/1"
MANIFEST = "manifest.json"
FILES = {"input": "x.npy", "weight": "w.npy", "bias": "b.npy", "output": "y.npy"}
# The rank that `deconv run` takes an input of so many axes to have.
_USUAL_RANKS = {4: 2, 5: 3}


class Suite(NamedTuple):
    """Named layers in one dialect; left_out: the names of others, and why it has none of them."""

    layers: Mapping[str, Reading]
    left_out: Mapping[str, str]


def take_edges(dialect: str) -> Suite:
    """Return the layers that stress a backend, as far as the dialect can express them."""
    layers: dict[str, Reading] = {}
    left_out: dict[str, str] = {}
    for edge in list_edges():
        sizes = Sizes(edge.spatial, (edge.batch,))
        try:
            layers[edge.name] = _spell(dialect, edge.layer, sizes)
        except (NotExpressible, Refused) as error:
            left_out[edge.name] = error.message
    return Suite(layers, left_out)


def _spell(dialect: str, layer: Layer, sizes: Sizes) -> Reading:
    writer, implementation = take(dialect)
    own = writer.sizes_for(layer, sizes)
    spelling = writer.spell(layer, own)._replace(implementation=implementation)
    reading = writer.read(spelling, own)
    refuse_without_values(reading)
    return reading


def write_vectors(
    folder: str, suite: Suite, dtype: str, seed: int, *, force: bool = False
) -> dict[str, Any]:
    """Write the vectors of these layers, and return the manifest, which is written last.

    The files are equal for one seed. A layer alone has its files beside the manifest, each of
    several a folder of its own. force: the folder may have other files; those of a vector that it
    has already are replaced.

    Raises:
        Refused: a layer has no values.
        Unreadable: the folder is not empty (without `force`), or cannot be written.
    """
    refuse_folder(folder, force=force)
    # Before anything is written: a layer may have no values.
    made = {name: make_golden(reading, seed) for name, reading in suite.layers.items()}
    target = os.path.join(folder, MANIFEST)
    with report_write_errors(format_path(folder)):
        os.makedirs(folder, exist_ok=True)
        with suppress(FileNotFoundError):
            os.unlink(target)  # a folder that is written again is not complete until the end
    entries = []
    for name, golden in made.items():
        prefix = f"{name}/" if len(made) > 1 else ""
        with report_write_errors(format_path(folder)):
            os.makedirs(os.path.join(folder, prefix), exist_ok=True)
        tensors = _write_arrays(folder, prefix, suite.layers[name], golden, dtype, force)
        entries.append(_describe(name, suite.layers[name], golden, tensors))
    manifest = {
        "schema": SCHEMA,
        "seed": seed,
        "dtype": dtype,
        "vectors": entries,
        "left_out": [{"name": name, "reason": reason} for name, reason in suite.left_out.items()],
    }
    with open_atomically(target, force=force) as file:
        file.write(f"{json.dumps(manifest, indent=1)}\n".encode())
    return manifest


def refuse_folder(folder: str, *, force: bool) -> None:
    """Refuse a folder that has files, without `force`, and what is no folder.

    Raises:
        Unreadable: it is not empty, cannot be read, or is a file.
    """
    name = format_path(folder)
    try:
        is_used = bool(os.listdir(folder))
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{name}: cannot become a folder: {describe_os_error(error)}",
            help="name a folder that does not exist, or an empty one.",
        ) from error
    if is_used and not force:
        raise Unreadable(
            f"{name}: is not empty", help="give --force, or name another folder.", code="exists"
        )


def _write_arrays(
    folder: str, prefix: str, reading: Reading, golden: Golden, dtype: str, force: bool
) -> dict[str, Any]:
    """Write the files of one vector, and return what the manifest says about each."""
    rank = len(reading.spatial)
    arrays: dict[str, tuple[Array | None, str]] = {
        "input": (golden.x, reading.data_layout.letters(rank)),
        "weight": (golden.weight, reading.weight_layout.letters(rank)),
        "bias": (golden.bias, "O"),
        "output": (golden.y, reading.output_layout.letters(rank)),
    }
    tensors: dict[str, Any] = {}
    for tensor, (array, layout) in arrays.items():
        if array is None:
            tensors[tensor] = None
            continue
        file = prefix + FILES[tensor]
        path = os.path.join(folder, file)
        npyfile.write(path, array.astype(dtype), force=force)
        with open(path, "rb") as written:
            digest = sha256(written.read()).hexdigest()
        tensors[tensor] = {
            "file": file,
            "shape": list(array.shape),
            "dtype": dtype,
            "layout": layout,
            "sha256": digest,
        }
    return tensors


def _describe(
    name: str, reading: Reading, golden: Golden, tensors: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a vector's entry in the manifest."""
    # With the weights' shape known, no count of the call is a variable.
    sizes = reading.sizes._replace(weight=reading.weight_shape, channels=reading.layer.in_channels)
    call = write_call(reading._replace(sizes=sizes))
    return {
        "name": name,
        "dialect": reading.spelling.name,
        "parameters": dict(reading.spelling.arguments),
        "call": call,
        **tensors,
        "crop": [list(pair) for pair in reading.crop],
        "flipped": reading.flipped,
        "macs": reading.macs,
        "largest_sum": golden.largest_sum,
        "exact_in": golden.exact_in,
    }


def write_check(folder: str, vector: Mapping[str, Any]) -> str:
    """Return the command that compares an output, first our own, with the layer's values."""
    files = {
        tensor: shlex.quote(os.path.join(folder, vector[tensor]["file"]))
        for tensor in FILES
        if vector[tensor]
    }
    rank = len(vector["crop"])
    words = ["deconv run", files["input"], shlex.quote(vector["call"]), "-D", vector["dialect"]]
    if _USUAL_RANKS.get(len(vector["input"]["shape"])) != rank:
        words += ["--rank", str(rank)]
    words += ["--weights", files["weight"]]
    if "bias" in files:
        words += ["--bias", files["bias"]]
    if "int" in vector["input"]["dtype"]:
        words.append("--cast")
    return " ".join([*words, "--reference", files["output"]])
