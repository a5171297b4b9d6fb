"""Networks of PyTorch, exported to ONNX with open sizes, and tried at every size.

`python -m tests.models.networks` compares the sizes that work with ONNX Runtime's answer at each
size from 1 on, and every formula with the size of the tensor that ONNX Runtime computes.
"""

from __future__ import annotations

import io
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn import functional

onnxruntime.set_default_logger_severity(4)


class Network(NamedTuple):
    """A module with the size of the input that it is traced at, and how far it is tried."""

    module: Callable[[], nn.Module]
    traced: tuple[int, ...]
    most: int = 40


class Net(nn.Module):  # type: ignore[misc]
    """A module made of named layers and a function of them."""

    def __init__(self, function: Callable[..., Any], **layers: nn.Module) -> None:
        super().__init__()
        for name, layer in layers.items():
            setattr(self, name, layer)
        self.function = function

    def forward(self, x: torch.Tensor) -> Any:
        return self.function(self, x)


def conv(inputs: int, outputs: int, kernel: int = 3, **others: Any) -> nn.Conv2d:
    others.setdefault("padding", kernel // 2)
    return nn.Conv2d(inputs, outputs, kernel, **others)


def up(inputs: int, outputs: int, kernel: int = 2, **others: Any) -> nn.ConvTranspose2d:
    return nn.ConvTranspose2d(inputs, outputs, kernel, stride=2, **others)


def unet(depth: int, join: Callable[[torch.Tensor, torch.Tensor], torch.Tensor]) -> nn.Module:
    layers = {f"d{place}": conv(2, 2) for place in range(depth)}
    layers |= {f"u{place}": up(2, 2) for place in range(depth)}

    def function(self: Any, x: torch.Tensor) -> torch.Tensor:
        skips = []
        for place in range(depth):
            x = getattr(self, f"d{place}")(x)
            skips.append(x)
            x = functional.max_pool2d(x, 2)
        for place in reversed(range(depth)):
            x = join(getattr(self, f"u{place}")(x), skips[place])
        return x

    return Net(function, **layers)


def crop(x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
    return x + skip[..., : x.shape[-2], : x.shape[-1]]


def crop_middle(x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
    top, left = (skip.shape[-2] - x.shape[-2]) // 2, (skip.shape[-1] - x.shape[-1]) // 2
    return x + skip[..., top : top + x.shape[-2], left : left + x.shape[-1]]


def pad_to_skip(x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
    high, wide = skip.shape[-2] - x.shape[-2], skip.shape[-1] - x.shape[-1]
    return functional.pad(x, (0, wide, 0, high)) + skip


def pad_to_multiple(self: Any, x: torch.Tensor) -> torch.Tensor:
    h, w = x.shape[-2:]
    padded = functional.pad(x, (0, (8 - w % 8) % 8, 0, (8 - h % 8) % 8))
    return self.body(padded)[..., :h, :w]


def resnet_output_size(self: Any, x: torch.Tensor) -> torch.Tensor:
    a = self.a(x)
    b = self.b(a)
    a = self.ub(b, output_size=a.shape[2:]) + a
    return self.ua(a, output_size=x.shape[2:]) + x


def pool_rounding_up(self: Any, x: torch.Tensor) -> torch.Tensor:
    pooled = functional.max_pool2d(x, 3, 2, ceil_mode=True)
    return crop(self.up(pooled), functional.pad(x, (9,) * 4))


def double(self: Any, x: torch.Tensor) -> torch.Tensor:
    a = self.a(x)
    return functional.interpolate(a, scale_factor=2, mode="bilinear", align_corners=False) + x


def attend(self: Any, x: torch.Tensor) -> torch.Tensor:
    n, c, h, w = x.shape
    flat = x.reshape(n, c, h * w)
    weights = torch.softmax(flat.transpose(1, 2) @ flat, -1)
    return (flat @ weights).reshape(n, c, h, w)


def embed_positions(self: Any, x: torch.Tensor) -> torch.Tensor:
    patches = self.patch(x).flatten(2).transpose(1, 2)
    return patches + self.positions(torch.zeros(1, dtype=torch.long)).reshape(1, 9, 2)


def stages(*layers: nn.Module) -> Callable[[], nn.Module]:
    return lambda: nn.Sequential(*layers)


IMAGE = (1, 2, 24, 32)
NETWORKS: Mapping[str, Network] = {
    "unet with additions": Network(lambda: unet(3, lambda x, skip: x + skip), IMAGE),
    "unet with crops of the skip": Network(lambda: unet(2, crop), (1, 2, 27, 33)),
    "unet with crops in the middle": Network(lambda: unet(3, crop_middle), (1, 2, 27, 33)),
    "unet with pads": Network(lambda: unet(2, pad_to_skip), (1, 2, 27, 33)),
    "unet with resized skips": Network(
        lambda: unet(2, lambda x, skip: functional.interpolate(x, size=skip.shape[2:]) + skip),
        (1, 2, 27, 33),
    ),
    "unet with joined channels": Network(
        lambda: Net(
            lambda self, x: self.out(torch.cat([self.up(functional.max_pool2d(x, 2)), x], 1)),
            up=up(2, 2),
            out=conv(4, 1),
        ),
        IMAGE,
    ),
    "pads to a multiple of 8": Network(
        lambda: Net(pad_to_multiple, body=unet(3, lambda x, skip: x + skip)), (1, 2, 27, 33)
    ),
    "output_size, even": Network(
        lambda: Net(
            resnet_output_size,
            a=conv(2, 2, stride=2),
            b=conv(2, 2, stride=2),
            ua=up(2, 2, 3, padding=1),
            ub=up(2, 2, 3, padding=1),
        ),
        (1, 2, 24, 32),
    ),
    "output_size, odd": Network(
        lambda: Net(
            resnet_output_size,
            a=conv(2, 2, stride=2),
            b=conv(2, 2, stride=2),
            ua=up(2, 2, 3, padding=1),
            ub=up(2, 2, 3, padding=1),
        ),
        (1, 2, 25, 35),
    ),
    "decoder of a GAN": Network(
        stages(up(2, 2, 4, padding=1), nn.BatchNorm2d(2), nn.ReLU(), up(2, 1, 4, padding=1)),
        (1, 2, 4, 4),
    ),
    "reflected pads": Network(
        stages(
            nn.ReflectionPad2d(3),
            conv(2, 2, 7, padding=0),
            conv(2, 2, stride=2),
            up(2, 2, 3, padding=1, output_padding=1),
        ),
        IMAGE,
    ),
    "super-resolution": Network(stages(conv(2, 8), nn.PixelShuffle(2), conv(2, 1)), IMAGE),
    "space to channels": Network(
        lambda: Net(lambda self, x: self.up(functional.pixel_unshuffle(x, 2)) + x, up=up(8, 2)),
        IMAGE,
    ),
    "bilinear decoder": Network(
        lambda: Net(double, a=conv(2, 2, stride=2)),
        IMAGE,
    ),
    "pools that round up": Network(
        lambda: Net(pool_rounding_up, up=up(2, 2)),
        (1, 2, 25, 35),
    ),
    "dilations": Network(
        stages(conv(2, 2, dilation=4, padding=0), conv(2, 2, dilation=2, padding=0, stride=3)),
        IMAGE,
    ),
    "valid convolutions": Network(
        lambda: Net(
            lambda self, x: self.up(functional.max_pool2d(self.a(x), 2)) + x[..., 4:-4, 4:-4],
            a=conv(2, 2, 5, padding=0),
            up=up(2, 2, 3, padding=2),
        ),
        (1, 2, 25, 35),
        30,
    ),
    "gate from a global pool": Network(
        lambda: Net(
            lambda self, x: torch.sigmoid(self.fc(functional.adaptive_avg_pool2d(x, 1))) * x,
            fc=conv(2, 2, 1),
        ),
        IMAGE,
    ),
    "attention": Network(lambda: Net(attend), (1, 2, 6, 7), 16),
    "fixed positions": Network(
        lambda: Net(
            embed_positions, patch=conv(2, 2, 4, stride=4, padding=0), positions=nn.Embedding(1, 18)
        ),
        (1, 2, 12, 12),
    ),
    "every second element": Network(
        lambda: Net(lambda self, x: x[..., ::2, 1::2] + functional.max_pool2d(x, 2)), IMAGE
    ),
    "halves of the channels": Network(
        lambda: Net(lambda self, x: torch.mul(*self.a(x).chunk(2, 1)), a=conv(2, 4, 5, padding=0)),
        IMAGE,
    ),
    "halves of the height": Network(
        lambda: Net(lambda self, x: x[..., : x.shape[2] // 2, :] + x[..., x.shape[2] // 2 :, :]),
        IMAGE,
    ),
    "vocoder": Network(
        lambda: nn.Sequential(
            nn.Conv1d(2, 4, 7, padding=3),
            nn.ConvTranspose1d(4, 2, 16, stride=8, padding=4),
            nn.LeakyReLU(),
            nn.ConvTranspose1d(2, 2, 5, stride=3, padding=1),
            nn.Conv1d(2, 1, 7, padding=9, dilation=3),
        ),
        (1, 2, 10),
    ),
    "waves": Network(
        lambda: Net(
            lambda self, x: (
                (y := self.up(self.down(x)))
                + x[..., (x.shape[-1] - y.shape[-1]) // 2 :][..., : y.shape[-1]]
            ),
            down=nn.Conv1d(2, 2, 8, stride=4),
            up=nn.ConvTranspose1d(2, 2, 8, stride=4),
        ),
        (1, 2, 45),
        60,
    ),
    "volumes": Network(
        lambda: Net(
            lambda self, x: self.up(functional.avg_pool3d(x, 2)) + x,
            up=nn.ConvTranspose3d(2, 2, 2, stride=2),
        ),
        (1, 2, 8, 10, 12),
        20,
    ),
}


def export(network: Network) -> bytes:
    """Return the network as ONNX, with all sizes but the channels open."""
    torch.manual_seed(0)
    names = ["n", *[f"s{axis}" for axis in range(2, len(network.traced))]]
    places = [0, *range(2, len(network.traced))]
    file = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network.module().eval(),
            (torch.zeros(network.traced),),
            file,
            dynamo=False,
            opset_version=17,
            input_names=["x"],
            output_names=["y"],
            dynamic_axes={"x": dict(zip(places, names, strict=True))},
        )
    return file.getvalue()


class Runtime:
    """ONNX Runtime with every tensor of a model among its outputs."""

    def __init__(self, data: bytes) -> None:
        model = onnx.load_from_string(data)
        known = {one.name for one in model.graph.output}
        names = [name for one in model.graph.node for name in one.output if name not in known]
        model.graph.output.extend([onnx.ValueInfoProto(name=name) for name in names if name])
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 4
        self._session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        self._names = [one.name for one in self._session.get_outputs()]

    def run(self, sizes: tuple[int, ...]) -> dict[str, tuple[int, ...]] | None:
        """Return the sizes of all tensors; None where it fails."""
        try:
            found = self._session.run(None, {"x": np.zeros(sizes, np.float32)})
        except Exception:
            return None
        return {name: one.shape for name, one in zip(self._names, found, strict=True)}


def find_differences(name: str, path: str) -> Iterator[str]:
    """Yield where our answer for a network differs from ONNX Runtime's; its file is `path`."""
    from deconvcli.models.onnx_model.file import read_onnx
    from deconvcli.models.onnx_model.letters import name_open_sizes
    from deconvcli.models.reading import read_model
    from deconvcli.models.walk.opening import walk_open
    from deconvcli.models.walk.walking import Walker

    network = NETWORKS[name]
    data = export(network)
    with open(path, "wb") as written:
        written.write(data)
    file = read_onnx(path)
    opened = walk_open(Walker(file), name_open_sizes(file.graph, {}))
    runtime = Runtime(data)
    if opened.box is None:
        yield f"{name}: no formulas"
        return
    # The other sizes stay at the first that work.
    others = {letter: run.first + 3 * run.period for letter, run in opened.box.items()}
    others["n"] = 2
    letters = ["n", *[f"s{axis}" for axis in range(2, len(network.traced))]]
    for letter in letters[1:]:
        if letter not in opened.working:
            yield f"{name}: it is not known for which {letter} it works"
            continue
        for size in range(1, network.most + 1):
            values = {**others, letter: size}
            given = (values["n"], network.traced[1], *[values[one] for one in letters[1:]])
            true = runtime.run(given)
            ours = read_model(path, {"": given})
            works = opened.working[letter].contains(size)
            # What is not known may fail: a product of two letters that has to be a number.
            if works != (true is not None) and (true is not None or opened.is_certain):
                yield f"{name}: {letter} = {size} {'fails' if works else 'works'}, ours differs"
            if opened.is_certain and (true is not None) == any(
                one.severity == "error" for one in ours.findings
            ):
                yield f"{name}: {given}: {[one.message for one in ours.findings]}"
            for tensor, shape in (true or {}).items():
                if ours.tensors.get(tensor) != shape:
                    yield f"{name}: {given}: {tensor} {shape}, ours {ours.tensors.get(tensor)}"
    for step in range(4):
        values = {name: run.first + step * run.period for name, run in opened.box.items()}
        given = (values["n"], network.traced[1], *[values[one] for one in letters[1:]])
        formulas = read_model(path, {}).tensors
        for tensor, shape in (runtime.run(given) or {}).items():
            found = [eval(str(size), dict(values)) for size in formulas.get(tensor) or shape]
            known = [own if size is None else size for size, own in zip(found, shape, strict=True)]
            if known != list(shape) or (None in found and opened.is_certain):
                yield f"{name}: {values}: {tensor} is {shape}, ours {formulas.get(tensor)}"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        wrong = 0
        for name in sys.argv[1:] or NETWORKS:
            differences = list(find_differences(name, f"{folder}/net.onnx"))
            wrong += bool(differences)
            print(
                f"{name}: {len(differences)} differences", *differences[:5], sep="\n  ", flush=True
            )
    print(f"{len(NETWORKS) - wrong} of {len(NETWORKS)} networks agree")
    sys.exit(bool(wrong))
