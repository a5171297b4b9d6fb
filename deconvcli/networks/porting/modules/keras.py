"""Keras 3: a functional model, whose layers have names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.common.errors import NotExpressible
from deconvcli.networks.porting.modules._code import (
    Code,
    Placed,
    Raw,
    add_argument,
    indent,
    unless,
    write_call,
)
from deconvcli.networks.porting.modules._loader import Store, write_loader
from deconvcli.networks.porting.modules._module import Module, arrange
from deconvcli.networks.porting.step import Port, Step

_WORDS = {"hard_swish": "hard_silu"}
_SUMS = {
    "add": "Add",
    "multiply": "Multiply",
    "average": "Average",
    "maximum": "Maximum",
    "subtract": "Subtract",
}
_STORE = Store(
    'model.get_layer("{title}")',
    weight=("layer.set_weights([w] if b is None else [w, b])",),
    bias=("layer.set_weights([b])",),
    arrays=("layer.set_weights(arrays)",),
    dense=("I", "O"),
    find_part='[model.get_layer(f"{title}_{{number}}") for number in range({parts})]',
    part=("one.set_weights([part])",),
    slopes="{ones}-1",
)
# A layer of Keras with nothing but a bias is not there.
_BIAS = (
    "class Bias(layers.Layer):",
    '    """A number for each channel, which is added."""',
    "",
    "    def build(self, shape):",
    '        self.bias = self.add_weight(shape=(shape[-1],), initializer="zeros", name="bias")',
    "",
    "    def call(self, x):",
    "        return x + self.bias",
)


class Keras(Module):
    """Each operation is a layer; what has no layer is a function of keras.ops."""

    dialect = "keras"
    imports = ("import keras", "from keras import layers")
    is_last = True
    reserved = ("keras", "layers", "np", "build", "load", "Bias")

    def write(self, port: Port) -> str:
        """Return the module: a function that makes the model, and one that loads weights."""
        lines, variables = self.write_lines(port)
        placed = [line.layer for line in lines if line.layer]
        made = []
        for name, shape in port.inputs.items():
            sizes = Raw(tuple(arrange(shape, self.is_last)))
            call = write_call("keras.Input", sizes, name=_name(name))
            made.append(f"{variables[name]} = {call}")
        inputs = _list([variables[name] for name in port.inputs])
        outputs = _list([variables[name] for name in port.outputs])
        body = [
            "def build():",
            *indent([f'"""{self.describe(port)}"""', *made], 1),
            *indent([line.text for line in lines], 1),
            *indent([f"return {write_call('keras.Model', Raw(inputs), Raw(outputs))}"], 1),
        ]
        has_bias = any(layer.code.layer == "Bias()" for layer in placed)
        bias = list(_BIAS) if has_bias else []
        return self.join_parts(port, bias, body, write_loader(port, placed, _STORE))

    def write_layer(self, placed: Placed) -> str:
        """Return the call that makes the layer, with its name."""
        call, name = placed.code.layer, _name(placed.title)
        # Layers side by side are numbered.
        text = f'f"{name}_{{number}}"' if placed.code.parts > 1 else f'"{name}"'
        return add_argument(call, f"name={text}")

    def transpose(self, x: str, order: Sequence[int]) -> str:
        """Return a Permute layer, or a transpose of more axes."""
        return f"layers.Permute({tuple(order[1:])})({x})"

    def reshape_to(self, x: str, sizes: Sequence[int]) -> str:
        """Return a Reshape layer."""
        return f"layers.Reshape({tuple(sizes)})({x})"

    def write_bias(self, step: Step) -> Code:
        """Return a layer that adds a bias."""
        return Code("Bias()", None, "bias")

    def write_parts(self, step: Step, call: str, parts: int) -> Code:
        """Return a layer, or one for each group of channels."""
        if parts == 1:
            return Code(call)

        def apply(layer: str, x: str) -> str:
            groups = f"enumerate(keras.ops.split({x}, {parts}, axis=-1))"
            return f"layers.Concatenate()([{layer}(part) for number, part in {groups}])"

        return Code(call, apply, parts=parts)

    def conv(self, step: Step) -> list[Code]:
        """Return a convolution."""
        keys = step.keys
        if max(keys["stride"]) > 1 and max(keys["dilation"]) > 1:
            raise NotExpressible(
                "a convolution of Keras has strides or a dilation, not both",
                help="compute all positions, and take a slice of them.",
            )
        call = write_call(
            f"layers.Conv{step.rank}D",
            keys["out_channels"],
            keys["kernel"],
            strides=unless(keys["stride"], 1),
            padding=unless(keys["padding"], "valid"),
            dilation_rate=unless(keys["dilation"], 1),
            groups=unless(keys["groups"], 1),
            use_bias=unless(keys["bias"], True),
        )
        return [Code(call, None, step.part)]

    def conv_transpose(self, step: Step) -> list[Code]:
        """Return a transposed convolution with what is done around it."""
        return self.write_transposed(step)

    def max_pool(self, step: Step) -> list[Code]:
        """Return a max pooling."""
        return self._pool(step, "MaxPooling")

    def avg_pool(self, step: Step) -> list[Code]:
        """Return an average pooling."""
        return self._pool(step, "AveragePooling")

    def _pool(self, step: Step, name: str) -> list[Code]:
        keys = step.keys
        if max(keys["dilation"]) > 1:
            raise NotExpressible("Keras has no dilated pooling", help="pool without a dilation.")
        strides = None if keys["stride"] == keys["kernel"] else keys["stride"]
        padding = unless(keys["padding"], "valid")
        layer = f"layers.{name}{step.rank}D"
        return [Code(write_call(layer, keys["kernel"], strides=strides, padding=padding))]

    def pad(self, step: Step) -> list[Code]:
        """Return a ZeroPadding layer, or a call of ops.pad."""
        pairs, mode = step.keys["amount"], step.keys["mode"]
        if mode == "zeros":
            return [Code(_write_ends("ZeroPadding", step.rank, pairs))]
        if mode in ("replicate", "circular"):
            raise NotExpressible(
                f"Keras adds zeros or reflected elements, and no {mode} ones",
                help="use reflect.",
            )
        named = {"mode": mode} if isinstance(mode, str) else {"constant_values": mode}
        every = Raw(((0, 0), *pairs, (0, 0)))
        return [Code("", lambda x: write_call("keras.ops.pad", Raw(x), every, **named))]

    def crop(self, step: Step) -> list[Code]:
        """Return a Cropping layer."""
        return [Code(_write_ends("Cropping", step.rank, step.keys["amount"]))]

    def upsample(self, step: Step) -> list[Code]:
        """Return an UpSampling layer."""
        keys, rank = step.keys, step.rank
        if keys["scale"] is None:
            raise NotExpressible("Keras repeats elements a whole number of times", help="crop it.")
        if keys["align_corners"]:
            raise NotExpressible("Keras aligns no corners", help="leave align_corners out.")
        if keys["mode"] != "nearest" and rank != 2:
            raise NotExpressible("Keras interpolates images alone", help="use nearest.")
        word = {"nearest": None, "linear": "bilinear", "cubic": "bicubic"}[keys["mode"]]
        scale = keys["scale"][0] if rank == 1 else keys["scale"]
        return [Code(write_call(f"layers.UpSampling{rank}D", scale, interpolation=word))]

    def activation(self, step: Step) -> list[Code]:
        """Return a layer that is a function of each element."""
        keys, kind = step.keys, step.keys["kind"]
        if kind == "gelu" and keys["approximate"]:
            return [Code("", lambda x: f"keras.ops.gelu({x}, approximate=True)")]
        if kind == "prelu":
            axes = list(range(1, step.rank + (2 if keys["num_parameters"] == 1 else 1)))
            return [Code(write_call("layers.PReLU", shared_axes=axes or None))]
        calls = {
            "relu": "layers.ReLU()",
            "relu6": "layers.ReLU(6)",
            "leaky_relu": write_call("layers.LeakyReLU", keys.get("negative_slope")),
            "elu": write_call("layers.ELU", unless(keys.get("alpha"), 1)),
            "softmax": "layers.Softmax()",
        }
        return [Code(calls.get(kind) or f'layers.Activation("{_WORDS.get(kind, kind)}")')]

    def norm(self, step: Step) -> list[Code]:
        """Return a normalisation."""
        keys, kind = step.keys, step.keys["kind"]
        named: dict[str, Any] = {
            "epsilon": unless(keys["eps"], 1e-3),
            "center": unless(keys["center"], True),
            "scale": unless(keys["scale"], True),
        }
        if kind == "batch":
            momentum = unless(keys["kept"], 0.99)
            return [Code(write_call("layers.BatchNormalization", momentum=momentum, **named))]
        if kind in ("group", "instance"):
            groups = -1 if kind == "instance" else keys["groups"]
            return [Code(write_call("layers.GroupNormalization", groups, **named))]
        if kind == "rms":
            if not keys["scale"]:
                raise NotExpressible("Keras has a scale in this norm", help="train it.")
            return [Code(write_call("layers.RMSNormalization", epsilon=keys["eps"]))]
        return [Code(write_call("layers.LayerNormalization", **named))]

    def dropout(self, step: Step) -> list[Code]:
        """Return a dropout."""
        return [Code(write_call("layers.Dropout", step.keys["rate"]))]

    def dense(self, step: Step) -> list[Code]:
        """Return a matrix product over the last axis, which has the channels."""
        keys = step.keys
        return [
            Code(write_call("layers.Dense", keys["units"], use_bias=unless(keys["bias"], True)))
        ]

    def concat(self, step: Step) -> list[Code]:
        """Return a Concatenate layer."""
        return [Code("layers.Concatenate()", lambda layer, *x: f"{layer}([{', '.join(x)}])")]

    def add(self, step: Step) -> list[Code]:
        """Return an Add layer, or another function of several tensors."""
        name = _SUMS[step.keys["kind"]]
        return [Code(f"layers.{name}()", lambda layer, *x: f"{layer}([{', '.join(x)}])")]

    def global_pool(self, step: Step) -> list[Code]:
        """Return a global pooling."""
        name = {"avg": "Average", "max": "Max"}[step.keys["kind"]]
        kept = unless(step.keys["keepdims"], False)
        return [Code(write_call(f"layers.Global{name}Pooling{step.rank}D", keepdims=kept))]

    def adaptive_pool(self, step: Step) -> list[Code]:
        """Refuse windows of several sizes."""
        raise NotExpressible(
            "the windows of this pooling have several sizes",
            help="choose an output size that divides the input.",
        )

    def glu(self, step: Step) -> list[Code]:
        """Return a gated linear unit over the channels."""
        return [Code("", lambda x: f"keras.ops.glu({x}, axis=-1)")]


def _name(title: str) -> str:
    """Return a name that Keras takes for a layer."""
    return title.replace("/", "_").replace('"', "_").replace("\\", "_")


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"[{', '.join(names)}]"


def _write_ends(name: str, rank: int, pairs: Sequence[tuple[int, int]]) -> str:
    """Return a layer with (begin, end) of each axis."""
    given: Any = pairs[0] if rank == 1 else tuple(pairs)
    if all(pair == (pairs[0][0],) * 2 for pair in pairs):
        given = pairs[0][0]
    return f"layers.{name}{rank}D({given})"


MODULE: Module = Keras()
