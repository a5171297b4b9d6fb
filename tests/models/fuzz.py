"""Mutants of model files: `python -m tests.models.fuzz onnx 100000` reads as many of them.

Each is read once as it is. Declared errors are expected; any other is printed with its mutant, as
is one that takes longer than a second.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from deconvcli.common.errors import DeconvError
from deconvcli.models.reading import read_model
from tests.models import archives, keras_configs, onnx_files, test_openvino, test_tflite
from tests.models.onnx_files import Stored, graph, integers, model, node, number, weights

MAX_SECONDS = 1.0


def make_onnx(*sizes: int | str) -> bytes:
    """Return a model with what a mutant may damage: shapes as data, a branch, a function."""
    branch = graph([node("Relu", "up", "b")], outputs=["b"])
    nodes = [
        node("Conv", "x w", "c", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("ConvTranspose", "c v", "up", strides=[2, 2], pads=[1, 1, 1, 1]),
        node("Shape", "x", "s"),
        node("Gather", "s two", "h"),
        node("Unsqueeze", "h zero", "hs"),
        node("Concat", "begin hs", "sizes", axis=0),
        node("ConstantOfShape", "sizes", "filled"),
        node("Expand", "filled sizes", "stretched"),
        node("Slice", "up zero hs two", "cut"),
        node("Pad", "cut pads", "padded"),
        node("Resize", "padded - scales", "large"),
        node("Reshape", "large form", "flat"),
        node("Range", "h h h", "range"),
        node("If", "yes", "chosen", then_branch=branch, else_branch=branch),
        node("Einsum", "flat flat", "squared", equation="...i,...j->...ij"),
        node("own", "up", "y", domain="own", metadata={"pkg.torch.onnx.stack_trace": "File"}),
    ]
    function = b"".join(
        [
            onnx_files.field(1, "own"),
            onnx_files.field(4, "a"),
            onnx_files.field(5, "z"),
            onnx_files.field(7, node("MaxPool", "a", "z", kernel_shape=[2, 2], ceil_mode=1)),
            onnx_files.field(10, "own"),
        ]
    )
    constants = {
        "w": weights(4, 3, 3, 3),
        "v": weights(4, 2, 4, 4),
        "two": number(2),
        "zero": integers(0),
        "begin": integers(1, 2),
        "pads": integers(0, 0, 1, 1, 0, 0, 1, 1),
        "scales": onnx_files.floats(1, 1, 2, 2),
        "form": integers(0, -1),
        "yes": Stored((), (True,), onnx_files.BOOL),
    }
    stored = {"up": (1, 2, 10, 12)}
    return model(
        graph(nodes, {"x": (1, 3, *(sizes or (10, 12)))}, ["y"], constants, stored),
        functions=[function],
    )


def make_pt2() -> bytes:
    """Return a program of torch.export in an archive."""
    with tempfile.TemporaryDirectory() as folder:
        return archives.write(Path(folder) / "net.pt2", archives.program()).read_bytes()


def make_keras_config() -> dict[str, Any]:
    """Return a model of Keras 3 with what a mutant may damage: joins, a model inside, a chain."""
    layer = keras_configs.layer
    inner = keras_configs.functional(
        [keras_configs.start("z", None, 10, 12, 4), keras_configs.up("grow", ["z"], 4)], ["grow"]
    )
    words = {"kernel_size": [3, 3], "filters": 4, "padding": "same", "strides": [1, 1]}
    timed = {"layer": {"class_name": "Conv2D", "config": {"name": "conv", **words}}}
    chain = {
        "layers": [
            {"class_name": "Conv2D", "config": {"name": "first", **words}},
            {"class_name": "Cropping2D", "config": {"name": "cut", "cropping": [[1, 0], [0, 1]]}},
        ]
    }
    layers = [
        keras_configs.start("x", None, 20, 24, 4),
        layer("Conv2D", "down", ["x"], **{**words, "strides": [2, 2]}),
        {**layer("Functional", "inner", ["down"]), "config": inner["config"]},
        layer("Concatenate", "both", ["x", "inner"], axis=-1),
        layer("Reshape", "form", ["both"], target_shape=[4, 5, 24, 8]),
        layer("TimeDistributed", "timed", ["form"], **timed),
        {**layer("Sequential", "chain", ["both"]), "config": chain},
        layer("Lambda", "own", ["chain"], function={"class_name": "__lambda__", "config": {}}),
        keras_configs.up("last", ["own"], 3, output_padding=[1, 1], dilation_rate=[1, 1]),
    ]
    stored = {"own": (None, 19, 23, 4), "x": (None, 20, 24, 4)}
    return keras_configs.functional(layers, ["last", "timed"], stored=stored)


def make_keras_text() -> bytes:
    """Return the config of a model of Keras 3."""
    return json.dumps(make_keras_config()).encode()


def save_keras(save: Callable[[Path, dict[str, Any]], str]) -> bytes:
    """Return a file that is written with this model of Keras 3."""
    with tempfile.TemporaryDirectory() as folder:
        return Path(save(Path(folder) / "net", make_keras_config())).read_bytes()


def make_vocoder() -> bytes:
    """Return a config of HiFi-GAN."""
    rates = {"upsample_rates": [8, 8, 2, 2], "upsample_kernel_sizes": [16, 15, 4, 4]}
    model = {"upsample_initial_channel": 512, **rates}
    return json.dumps({"data": {"hop_length": 256}, "segment_size": 8192, "model": model}).encode()


MELGAN = b"""hop_size: 300
generator_type: MelGANGenerator
generator_params: &own
  channels: 384
  out_channels: 4
  upsample_scales: [5, 5, 3]
  use_causal_conv: true
other: {<<: *own, list: [*own, *own]}
"""

NCNN = b"""7767517
14 16
Input x 0 1 x
Split split 1 2 x x0 x1
Convolution down 1 1 x0 a -23330=4,3,8,8,8 0=8 1=3 3=2 4=1 5=1 6=216 -23310=1,0.1
Pooling pool 1 1 a p 0=0 1=2 2=2
Deconvolution up 1 1 p b 0=3 1=4 3=2 4=-233 20=8 21=8 6=384
Interp resize 1 1 b c 0=2 1=2.0 2=2.0
Crop crop 2 1 c x1 d
Reshape reshape 1 1 d e 0=4 1=-1 2=3
Reshape again 1 1 e f 6="1,0h,-1"
Permute permute 1 1 f g 0=3
MemoryData memory 0 1 h 0=1
BinaryOp add 2 1 g h i 0=0
Slice slice 1 2 i j k -23300=2,1,-233 1=0
Concat join 2 1 k j y 0=0
"""

CAFFE = b"""input: "data" input_shape { dim: 1 dim: 3 dim: 33 dim: 45 }
layer { name: "c" type: "Convolution" bottom: "data" top: "c"
  convolution_param { num_output: 8 kernel_size: 3 stride: 2 pad: 1 group: 1 } }
layer { name: "r" type: "ReLU" bottom: "c" top: "c" include { phase: TEST } }
layers < name: 'p' type: POOLING bottom: 'c' top: 'p' pooling_param < kernel_size: 2 stride: 2 > >
layer { name: "u" type: "Deconvolution" bottom: "p" top: "u" convolution_param {
  num_output: 8 kernel_h: 4 kernel_w: 4 stride: 2 } }
layer { name: "k" type: "Crop" bottom: "u" bottom: "c" top: "k" crop_param { offset: [1, 1] } }
layer { name: "e" type: "Eltwise" bottom: "k" bottom: "c" top: "e" }
layer { name: "f" type: "Reshape" bottom: "e" top: "f" reshape_param { shape { dim: 0 dim: -1 } } }
layer { name: "s" type: "Slice" bottom: "c" top: "s" top: "t" slice_param { slice_point: 2 } }
layer { name: "j" type: "Concat" bottom: "s" bottom: "t" top: "j" }
layer { name: "i" type: "InnerProduct" bottom: "j" top: "i" inner_product_param { num_output: 5 } }
"""

POINTS = b"""DATA_CONFIG:
  POINT_CLOUD_RANGE: [0, -4.0, -3, 6.4, 4.0, 1]
  DATA_PROCESSOR:
    - VOXEL_SIZE: [0.1, 0.2, 4]
MODEL:
  MAP_TO_BEV: {NAME: PointPillarScatter, NUM_BEV_FEATURES: 6}
  BACKBONE_2D:
    NAME: BaseBEVBackbone
    LAYER_NUMS: [1, 2]
    LAYER_STRIDES: [2, 2]
    NUM_FILTERS: [4, 8]
    UPSAMPLE_STRIDES: [0.5, 1]
    NUM_UPSAMPLE_FILTERS: [5, 7]
"""

FILES: Mapping[str, Callable[[], bytes]] = {
    "openpcdet-yaml": lambda: POINTS,
    "onnx": make_onnx,
    "open-onnx": lambda: make_onnx("h", "w"),
    "pt2": make_pt2,
    "graph-pt2": lambda: json.dumps(archives.program()).encode(),
    "keras-json": make_keras_text,
    "keras": lambda: save_keras(keras_configs.save_archive),
    "config-keras": make_keras_text,
    "h5": lambda: save_keras(keras_configs.save_hdf5),
    "tflite": test_tflite.model,
    "xml": lambda: test_openvino.net().encode(),
    "vocoder-json": make_vocoder,
    "vocoder-yaml": lambda: MELGAN,
    "ncnn-param": lambda: NCNN,
    "caffe-prototxt": lambda: CAFFE,
}

MEMBERS = {"graph-pt2": "net/models/model.json", "config-keras": "config.json"}
"""The member of an archive that is damaged, where it is not the archive itself."""


def save(path: Path, name: str, data: bytes) -> None:
    """Write a file of this name's kind, the data as a member where that is what is damaged."""
    if name in MEMBERS:
        with ZipFile(path, "w") as archive:
            archive.writestr(MEMBERS[name], data)
    else:
        path.write_bytes(data)


def mutate(data: bytes, dice: random.Random) -> bytes:
    """Return the data with a few bytes changed, left out, repeated or put elsewhere."""
    changed = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        place = dice.randrange(len(changed))
        end = place + dice.choice((1, 1, 2, 8, 50))
        match dice.randrange(6):
            case 0 | 1:
                changed[place] = dice.choice((0, 1, 127, 128, 255, dice.randrange(256)))
            case 2:
                del changed[place:end]
            case 3:
                changed[place:place] = changed[place:end]
            case 4:
                other = dice.randrange(len(changed))
                changed[other : other + end - place] = changed[place:end]
            case 5:
                changed[place:place] = bytes([255] * dice.randint(1, 9) + [dice.randrange(128)])
        if not changed:
            break
    return bytes(changed[: dice.randrange(len(changed) + 1)] if dice.random() < 0.05 else changed)


def find_errors(name: str, count: int, seed: int) -> Iterator[str]:
    """Yield a text for each mutant that gives an error of another kind, or takes too long."""
    dice, original = random.Random(seed), FILES[name]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"mutant.{name.rpartition('-')[2]}"
        for number in range(count):
            data = mutate(original, dice)
            save(path, name, data)
            started = time.process_time()
            try:
                model = read_model(str(path), {})
                json.dumps([model.tensors, model.notes, [one.name for one in model.layers]])
            except DeconvError:
                pass
            except Exception:
                yield f"{name} {seed} {number}: {traceback.format_exc()}{data!r}"
            if time.process_time() - started > MAX_SECONDS:
                yield f"{name} {seed} {number}: {time.process_time() - started:.1f} s: {data!r}"


if __name__ == "__main__":
    name, count, *seeds = sys.argv[1:]
    seed = int(seeds[0]) if seeds else int(time.time())
    errors = list(find_errors(name, int(count), seed))
    print(*errors[:5], f"{len(errors)} of {count} mutants with seed {seed}", sep="\n")
    sys.exit(bool(errors))
