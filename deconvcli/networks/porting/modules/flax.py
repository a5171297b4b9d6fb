"""Flax: a compact module of flax.linen, whose layers have names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deconvcli.common.errors import NotExpressible
from deconvcli.conversion.program import write_cut
from deconvcli.conversion.wrapping import TAB
from deconvcli.networks.porting.modules._code import (
    Code,
    Placed,
    Raw,
    add_argument,
    indent,
    name_class,
    unless,
    write_call,
    write_sum,
)
from deconvcli.networks.porting.modules._loader import Store, write_loader
from deconvcli.networks.porting.modules._module import Module
from deconvcli.networks.porting.step import Pairs, Port, Step

_FUNCTIONS = {"mish": "jax.nn.mish", "softsign": "nn.soft_sign"}
_PADS = {"replicate": "edge", "circular": "wrap"}
_STORE = Store(
    '"{name}"',
    weight=(
        'parameters[layer] = {"kernel": jnp.asarray(w)}',
        "if b is not None:",
        f'{TAB}parameters[layer]["bias"] = jnp.asarray(b)',
    ),
    bias=("parameters[layer] = jnp.asarray(b)",),
    arrays=(
        'names = ("scale", "bias", "negative_slope")',
        "own = [one for one in names if one in parameters.get(layer, {})]",
        "arrays = [jnp.asarray(one) for one in arrays]",
        "parameters[layer] = dict(zip(own, arrays))",
        "if layer in statistics:",
        f'{TAB}statistics[layer] = dict(zip(("mean", "var"), arrays[len(own) :]))',
    ),
    dense=("I", "O"),
    find_part='[f"{name}_{{number}}" for number in range({parts})]',
    part=('parameters[one] = {"kernel": jnp.asarray(part)}',),
    slopes="()",
    model="variables",
    before=(
        'parameters = dict(variables["params"])',
        'statistics = dict(variables.get("batch_stats", {}))',
    ),
    result='{**variables, "params": parameters, "batch_stats": statistics}',
)


class Flax(Module):
    """Layers are made where they are applied; functions are those of linen and jax.numpy."""

    dialect = "flax"
    imports = ("import jax", "import jax.numpy as jnp", "from flax import linen as nn")
    is_last = True
    reserved = ("jax", "jnp", "nn", "np", "self", "train", "load", "number", "part")

    def write(self, port: Port) -> str:
        """Return the module: a class, and a function that gives its variables the weights."""
        lines, variables = self.write_lines(port)
        placed = [line.layer for line in lines if line.layer]
        trains = any("train" in layer.code.layer for layer in placed)
        inputs = [variables[name] for name in port.inputs]
        outputs = ", ".join([variables[name] for name in port.outputs])
        given = ["self", *inputs, *(["train=False"] if trains else [])]
        body = [
            f"class {name_class(port.name)}(nn.Module):",
            *indent([f'"""{self.describe(port)}"""', "", "@nn.compact"], 1),
            *indent([f"def __call__({', '.join(given)}):"], 1),
            *indent([*[line.text for line in lines], f"return {outputs}"], 2),
        ]
        return self.join_parts(port, body, write_loader(port, placed, _STORE))

    def write_layer(self, placed: Placed) -> str:
        """Return the call that makes the layer, with its name."""
        code, name = placed.code, placed.name
        if code.part == "bias":
            return f'self.param("{name}", {code.layer})'
        # Layers side by side are numbered.
        text = f'f"{name}_{{number}}"' if code.parts > 1 else f'"{name}"'
        return add_argument(code.layer, f"name={text}")

    def transpose(self, x: str, order: Sequence[int]) -> str:
        """Return a transpose."""
        return f"{x}.transpose({', '.join(map(str, order))})"

    def reshape_to(self, x: str, sizes: Sequence[int]) -> str:
        """Return a reshape, for any batch."""
        if len(sizes) == 1:
            return f"{x}.reshape({x}.shape[0], -1)"
        return f"{x}.reshape({', '.join(map(str, (-1, *sizes)))})"

    def write_bias(self, step: Step) -> Code:
        """Return a parameter that is added."""
        layer = f"nn.initializers.zeros, ({step.output.channels},)"
        return Code(layer, lambda bias, x: f"{x} + {bias}", "bias")

    def write_parts(self, step: Step, call: str, parts: int) -> Code:
        """Return a layer, or one for each group of channels."""
        if parts == 1:
            return Code(call)

        def apply(layer: str, x: str) -> str:
            groups = f"enumerate(jnp.split({x}, {parts}, axis=-1))"
            return f"jnp.concatenate([{layer}(part) for number, part in {groups}], axis=-1)"

        return Code(call, apply, parts=parts)

    def conv(self, step: Step) -> list[Code]:
        """Return a convolution."""
        keys = step.keys
        call = write_call(
            "nn.Conv",
            keys["out_channels"],
            Raw(keys["kernel"]),
            strides=_unless_one(keys["stride"]),
            padding=_write_pads(keys["padding"], step.rank),
            kernel_dilation=_unless_one(keys["dilation"]),
            feature_group_count=unless(keys["groups"], 1),
            use_bias=unless(keys["bias"], True),
        )
        return [Code(call, None, step.part)]

    def conv_transpose(self, step: Step) -> list[Code]:
        """Return a transposed convolution with what is done around it."""
        return self.write_transposed(step)

    def max_pool(self, step: Step) -> list[Code]:
        """Return a max pooling."""
        return self._pool(step, "nn.max_pool")

    def avg_pool(self, step: Step) -> list[Code]:
        """Return an average pooling."""
        counts = None if step.keys["counts_zeros"] else False
        return self._pool(step, "nn.avg_pool", count_include_pad=counts)

    def _pool(self, step: Step, name: str, **named: Any) -> list[Code]:
        keys = step.keys
        if max(keys["dilation"]) > 1:
            raise NotExpressible("Flax has no dilated pooling", help="pool without a dilation.")
        # The default is a stride of 1.
        words = {
            "strides": Raw(keys["stride"]),
            "padding": _write_pads(keys["padding"], step.rank, unless_word="VALID"),
            **named,
        }
        return [Code("", lambda x: write_call(name, Raw(x), Raw(keys["kernel"]), **words))]

    def pad(self, step: Step) -> list[Code]:
        """Return a call of jnp.pad."""
        pairs, mode = step.keys["amount"], step.keys["mode"]
        named = {"mode": _PADS.get(mode, mode)} if isinstance(mode, str) else {}
        named = {"constant_values": mode} if not isinstance(mode, str) else named
        named = {} if mode == "zeros" else named
        every = Raw(((0, 0), *pairs, (0, 0)))
        return [Code("", lambda x: write_call("jnp.pad", Raw(x), every, **named))]

    def crop(self, step: Step) -> list[Code]:
        """Return a slice."""
        cuts = ", ".join([write_cut(*pair) for pair in step.keys["amount"]])
        return [Code("", lambda x: f"{x}[..., {cuts}, :]")]

    def upsample(self, step: Step) -> list[Code]:
        """Return repeated elements, or a call of jax.image.resize."""
        keys = step.keys
        if keys["scale"] is None or keys["align_corners"] or keys["mode"] == "cubic":
            raise NotExpressible(
                "Flax resizes by whole factors, nearest or linear, and aligns no corners",
                help="choose such an upsampling.",
            )
        if keys["mode"] == "nearest":
            steps = "".join(
                [f".repeat({times}, axis={axis + 1})" for axis, times in enumerate(keys["scale"])]
            )
            return [Code("", lambda x: f"{x}{steps}")]
        sizes = ", ".join(map(str, (*step.output.spatial, step.output.channels)))
        return [Code("", lambda x: f'jax.image.resize({x}, ({x}.shape[0], {sizes}), "linear")')]

    def activation(self, step: Step) -> list[Code]:
        """Return a function of each element."""
        keys, kind = step.keys, step.keys["kind"]
        if kind == "prelu":
            if keys["num_parameters"] != 1:
                raise NotExpressible("a PReLU of Flax has one slope", help="use one slope.")
            return [Code("nn.PReLU()")]
        named = {
            "leaky_relu": {"negative_slope": unless(keys.get("negative_slope"), 0.01)},
            "elu": {"alpha": unless(keys.get("alpha"), 1)},
            "gelu": {"approximate": unless(keys.get("approximate"), True)},
        }.get(kind, {})
        name = _FUNCTIONS.get(kind, f"nn.{kind}")
        return [Code("", lambda x: write_call(name, Raw(x), **named))]

    def norm(self, step: Step) -> list[Code]:
        """Return a normalisation."""
        keys, kind = step.keys, step.keys["kind"]
        scale = {"use_scale": unless(keys["scale"], True)}
        named = {**scale, "use_bias": unless(keys["center"], True)}
        if kind == "batch":
            call = write_call(
                "nn.BatchNorm",
                use_running_average=Raw("not train"),
                momentum=unless(keys["kept"], 0.99),
                epsilon=unless(keys["eps"], 1e-5),
                **named,
            )
            return [Code(call)]
        named["epsilon"] = unless(keys["eps"], 1e-6)
        if kind == "instance" or (kind == "group" and keys["groups"] == -1):
            return [Code(write_call("nn.InstanceNorm", **named))]
        if kind == "group":
            return [Code(write_call("nn.GroupNorm", keys["groups"], **named))]
        if kind == "rms":
            return [Code(write_call("nn.RMSNorm", epsilon=named["epsilon"], **scale))]
        return [Code(write_call("nn.LayerNorm", **named))]

    def dropout(self, step: Step) -> list[Code]:
        """Return a dropout."""
        rate = step.keys["rate"]
        return [Code(write_call("nn.Dropout", rate, deterministic=Raw("not train")))]

    def dense(self, step: Step) -> list[Code]:
        """Return a matrix product over the last axis, which has the channels."""
        keys = step.keys
        return [Code(write_call("nn.Dense", keys["units"], use_bias=unless(keys["bias"], True)))]

    def concat(self, step: Step) -> list[Code]:
        """Return a call of jnp.concatenate."""
        return [Code("", lambda *x: f"jnp.concatenate([{', '.join(x)}], axis=-1)")]

    def add(self, step: Step) -> list[Code]:
        """Return a sum, or another function of several tensors."""
        return [Code("", lambda *x: write_sum(step.keys["kind"], x, "jnp.maximum"))]

    def global_pool(self, step: Step) -> list[Code]:
        """Return a mean or a maximum over the spatial axes."""
        method = {"avg": "mean", "max": "max"}[step.keys["kind"]]
        axes = Raw(tuple(range(1, step.rank + 1)))
        kept = unless(step.keys["keepdims"], False)
        return [Code("", lambda x: write_call(f"{x}.{method}", axis=axes, keepdims=kept))]

    def adaptive_pool(self, step: Step) -> list[Code]:
        """Refuse windows of several sizes."""
        raise NotExpressible(
            "the windows of this pooling have several sizes",
            help="choose an output size that divides the input.",
        )

    def glu(self, step: Step) -> list[Code]:
        """Return a gated linear unit over the channels."""
        return [Code("", lambda x: f"nn.glu({x}, axis=-1)")]


def _unless_one(values: tuple[int, ...]) -> Raw | None:
    """Return numbers for each axis, or None for ones; Flax broadcasts no single number."""
    return None if set(values) == {1} else Raw(values)


def _write_pads(value: Any, rank: int, unless_word: str = "") -> Raw | str | None:
    """Return the padding as a word or as pairs; None for a word that is the default."""
    if isinstance(value, str):
        return None if value.upper() == unless_word else value.upper()
    sides: Sequence[Any] = value if isinstance(value, tuple) else (value,) * rank
    pairs: Pairs = tuple([one if isinstance(one, tuple) else (one, one) for one in sides])
    if not any(any(pair) for pair in pairs):
        return None if unless_word == "VALID" else "VALID"
    return Raw(pairs)


MODULE: Module = Flax()
