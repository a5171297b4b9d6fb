"""PyTorch: a class of nn.Module, whose layers are attributes."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.errors import NotExpressible
from deconvcli.conversion.program import write_cut
from deconvcli.conversion.wrapping import TAB
from deconvcli.networks.porting.modules._code import (
    Code,
    Placed,
    Raw,
    indent,
    name_class,
    unless,
    write_call,
    write_sum,
)
from deconvcli.networks.porting.modules._loader import Store, write_loader
from deconvcli.networks.porting.modules._module import Module
from deconvcli.networks.porting.step import Port, Step

_FUNCTIONS = {
    "relu": "F.relu",
    "relu6": "F.relu6",
    "selu": "F.selu",
    "silu": "F.silu",
    "mish": "F.mish",
    "hard_swish": "F.hardswish",
    "hard_sigmoid": "F.hardsigmoid",
    "sigmoid": "torch.sigmoid",
    "tanh": "torch.tanh",
    "log_sigmoid": "F.logsigmoid",
    "softplus": "F.softplus",
    "softsign": "F.softsign",
}
_STORE = Store(
    "model.{name}",
    weight=(
        "layer.weight.data = torch.from_numpy(np.array(w))",
        "if b is not None:",
        f"{TAB}layer.bias.data = torch.from_numpy(np.array(b))",
    ),
    bias=("layer.data = torch.from_numpy(np.array(b))",),
    arrays=(
        'names = ("weight", "bias", "running_mean", "running_var")',
        "own = [getattr(layer, name, None) for name in names]",
        "for one, array in zip([one for one in own if one is not None], arrays):",
        f"{TAB}one.data = torch.from_numpy(np.array(array))",
    ),
    dense=("O", "I"),
)
_LINEAR = ("", "linear", "bilinear", "trilinear")


class Torch(Module):
    """Layers are attributes with the names of the network; functions have no weights."""

    dialect = "torch"
    imports = ("import torch", "from torch import nn", "from torch.nn import functional as F")
    reserved = ("torch", "nn", "F", "np", "self", "model", "forward", "training", "type", "load")

    def write(self, port: Port) -> str:
        """Return the module: a class, and a function that gives it the source's weights."""
        lines, variables = self.write_lines(port)
        layers = [line.layer for line in lines if line.layer]
        inputs = [variables[name] for name in port.inputs]
        outputs = ", ".join([variables[name] for name in port.outputs])
        body = [
            f"class {name_class(port.name)}(nn.Module):",
            *indent([f'"""{self.describe(port)}"""', "", "def __init__(self):"], 1),
            *indent(["super().__init__()"], 2),
            *indent([f"self.{layer.name} = {layer.code.layer}" for layer in layers], 2),
            "",
            *indent([f"def forward({', '.join(['self', *inputs])}):"], 1),
            *indent([*[line.text for line in lines], f"return {outputs}"], 2),
        ]
        return self.join_parts(port, body, write_loader(port, layers, _STORE))

    def write_layer(self, placed: Placed) -> str:
        """Return the attribute that is the layer."""
        return f"self.{placed.name}"

    def transpose(self, x: str, order: Sequence[int]) -> str:
        """Return a call of permute."""
        return f"{x}.permute({', '.join(map(str, order))})"

    def reshape_to(self, x: str, sizes: Sequence[int]) -> str:
        """Return a call of reshape, for any batch."""
        if len(sizes) == 1:
            return f"{x}.flatten(1)"
        return f"{x}.reshape({', '.join(map(str, (-1, *sizes)))})"

    def write_bias(self, step: Step) -> Code:
        """Return a parameter that is added."""
        axes = "".join([", 1"] * step.rank)
        return Code(
            f"nn.Parameter(torch.zeros({step.output.channels}))",
            lambda bias, x: f"{x} + {bias}.reshape(-1{axes})",
            "bias",
        )

    def conv(self, step: Step) -> list[Code]:
        """Return a convolution."""
        keys = step.keys
        call = write_call(
            f"nn.Conv{step.rank}d",
            step.channels,
            keys["out_channels"],
            keys["kernel"],
            stride=unless(keys["stride"], 1),
            padding=unless(keys["padding"], 0),
            dilation=unless(keys["dilation"], 1),
            groups=unless(keys["groups"], 1),
            bias=unless(keys["bias"], True),
        )
        return [Code(call, None, step.part)]

    def conv_transpose(self, step: Step) -> list[Code]:
        """Return a transposed convolution with what is done around it."""
        return self.write_transposed(step)

    def max_pool(self, step: Step) -> list[Code]:
        """Return a max pooling."""
        keys = step.keys

        def apply(x: str) -> str:
            return write_call(
                f"F.max_pool{step.rank}d",
                Raw(x),
                keys["kernel"],
                _unless_equal(keys["stride"], keys["kernel"]),
                padding=unless(keys["padding"], 0),
                dilation=unless(keys["dilation"], 1),
            )

        return [Code("", apply)]

    def avg_pool(self, step: Step) -> list[Code]:
        """Return an average pooling."""
        keys = step.keys
        counts = None if keys["counts_zeros"] or unless(keys["padding"], 0) is None else False

        def apply(x: str) -> str:
            return write_call(
                f"F.avg_pool{step.rank}d",
                Raw(x),
                keys["kernel"],
                _unless_equal(keys["stride"], keys["kernel"]),
                padding=unless(keys["padding"], 0),
                count_include_pad=counts,
            )

        return [Code("", apply)]

    def pad(self, step: Step) -> list[Code]:
        """Return a call of F.pad, which counts axes from the last."""
        pairs, mode = step.keys["amount"], step.keys["mode"]
        flat = tuple([size for pair in reversed(pairs) for size in pair])
        if mode == "symmetric":
            raise NotExpressible(
                "torch does not add the elements of the ends once more",
                help="use reflect or replicate.",
            )
        named = {"mode": mode} if isinstance(mode, str) else {"value": mode}
        named = {} if mode == "zeros" else named
        return [Code("", lambda x: write_call("F.pad", Raw(x), Raw(flat), **named))]

    def crop(self, step: Step) -> list[Code]:
        """Return a slice."""
        cuts = ", ".join([write_cut(*pair) for pair in step.keys["amount"]])
        return [Code("", lambda x: f"{x}[..., {cuts}]")]

    def upsample(self, step: Step) -> list[Code]:
        """Return a call of F.interpolate."""
        keys, rank = step.keys, step.rank
        words = {"nearest": "nearest", "linear": _LINEAR[rank], "cubic": "bicubic"}
        if keys["mode"] == "cubic" and rank != 2:
            raise NotExpressible("torch has bicubic images alone", help="use another mode.")
        sized = {"size": keys["size"]} if keys["scale"] is None else {"scale_factor": keys["scale"]}
        named = {
            **sized,
            "mode": unless(words[keys["mode"]], "nearest"),
            "align_corners": unless(keys["align_corners"], False),
        }
        return [Code("", lambda x: write_call("F.interpolate", Raw(x), **named))]

    def activation(self, step: Step) -> list[Code]:
        """Return a function of each element."""
        keys, kind = step.keys, step.keys["kind"]
        if kind == "prelu":
            return [Code(write_call("nn.PReLU", *[n for n in [keys["num_parameters"]] if n != 1]))]
        if kind in ("softmax", "log_softmax"):
            return [Code("", lambda x: f"F.{kind}({x}, dim=1)")]
        named = {
            "leaky_relu": {"negative_slope": keys.get("negative_slope")},
            "elu": {"alpha": unless(keys.get("alpha"), 1)},
            "gelu": {"approximate": "tanh" if keys.get("approximate") else None},
        }.get(kind, {})
        name = _FUNCTIONS.get(kind, f"F.{kind}")
        return [Code("", lambda x: write_call(name, Raw(x), **named))]

    def norm(self, step: Step) -> list[Code]:
        """Return a normalisation, with the channels last where it is over them."""
        keys, kind, channels = step.keys, step.keys["kind"], step.channels
        eps = {"eps": unless(keys["eps"], 1e-5)}
        if kind in ("layer", "rms"):
            name = {"layer": "nn.LayerNorm", "rms": "nn.RMSNorm"}[kind]
            shift = {"bias": unless(keys["center"], True)} if kind == "layer" else {}
            shift = {"elementwise_affine": False} if not keys["scale"] else shift
            call = write_call(name, channels, eps=keys["eps"], **shift)
            if not step.rank:
                return [Code(call)]
            return [Code(call, lambda layer, x: f"{layer}({x}.movedim(1, -1)).movedim(-1, 1)")]
        if keys["scale"] != keys["center"]:
            raise NotExpressible(
                "torch has a scale and a shift, or none of them", help="train both."
            )
        is_instance = kind == "instance" or (kind == "group" and keys["groups"] == -1)
        affine = {"affine": unless(keys["scale"], not is_instance)}
        if is_instance:
            return [Code(write_call(f"nn.InstanceNorm{step.rank}d", channels, **eps, **affine))]
        if kind == "group":
            return [Code(write_call("nn.GroupNorm", keys["groups"], channels, **eps, **affine))]
        momentum = unless(round(1 - keys["kept"], 9), 0.1)
        name = f"nn.BatchNorm{step.rank or 1}d"
        return [Code(write_call(name, channels, **eps, momentum=momentum, **affine))]

    def dropout(self, step: Step) -> list[Code]:
        """Return a dropout."""
        return [Code(write_call("nn.Dropout", step.keys["rate"]))]

    def dense(self, step: Step) -> list[Code]:
        """Return a matrix product, as a convolution of kernel 1 where there are axes."""
        keys, bias = step.keys, unless(step.keys["bias"], True)
        if not step.rank:
            return [Code(write_call("nn.Linear", step.channels, keys["units"], bias=bias))]
        name = f"nn.Conv{step.rank}d"
        return [Code(write_call(name, step.channels, keys["units"], 1, bias=bias))]

    def concat(self, step: Step) -> list[Code]:
        """Return a call of torch.cat."""
        return [Code("", lambda *x: f"torch.cat([{', '.join(x)}], dim=1)")]

    def add(self, step: Step) -> list[Code]:
        """Return a sum, or another function of several tensors."""
        return [Code("", lambda *x: write_sum(step.keys["kind"], x, "torch.maximum"))]

    def global_pool(self, step: Step) -> list[Code]:
        """Return a mean or a maximum over the spatial axes."""
        method = {"avg": "mean", "max": "amax"}[step.keys["kind"]]
        axes = tuple(range(2, step.rank + 2))
        kept = unless(step.keys["keepdims"], False)
        return [Code("", lambda x: write_call(f"{x}.{method}", dim=Raw(axes), keepdim=kept))]

    def adaptive_pool(self, step: Step) -> list[Code]:
        """Return an adaptive pooling."""
        name = f"F.adaptive_{step.keys['kind']}_pool{step.rank}d"
        return [Code("", lambda x: write_call(name, Raw(x), step.keys["size"]))]

    def glu(self, step: Step) -> list[Code]:
        """Return a gated linear unit over the channels."""
        return [Code("", lambda x: f"F.glu({x}, dim=1)")]


def _unless_equal(value: tuple[int, ...], default: tuple[int, ...]) -> tuple[int, ...] | None:
    return None if value == default else value


MODULE: Module = Torch()
