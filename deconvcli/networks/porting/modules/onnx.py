"""ONNX: a model of nodes with the names of the layers, and with their weights in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.common.errors import NotExpressible
from deconvcli.conversion.programs.onnx import list_after, list_before
from deconvcli.networks.porting.modules._code import (
    Apply,
    Code,
    Placed,
    Raw,
    add_argument,
    indent,
    unless,
)
from deconvcli.networks.porting.modules._loader import Store, write_loader
from deconvcli.networks.porting.modules._module import Module, arrange
from deconvcli.networks.porting.modules._nodes import (
    GRAPH,
    apply_layer,
    flatten,
    list_window,
    quote,
    write_around,
    write_log_sigmoid,
    write_node,
    write_own,
    write_port,
    write_rms,
)
from deconvcli.networks.porting.step import Port, Step

_NODES = {
    "relu": "Relu",
    "leaky_relu": "LeakyRelu",
    "elu": "Elu",
    "gelu": "Gelu",
    "selu": "Selu",
    "mish": "Mish",
    "hard_swish": "HardSwish",
    "hard_sigmoid": "HardSigmoid",
    "softmax": "Softmax",
    "log_softmax": "LogSoftmax",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softplus": "Softplus",
    "softsign": "Softsign",
}
_SUMS = {"add": "Sum", "multiply": "Mul", "average": "Mean", "maximum": "Max", "subtract": "Sub"}
_PADS = {"replicate": "edge", "circular": "wrap"}
_STORE = Store(
    '"{title}"',
    weight=("graph.store(layer, weight=w, bias=b)",),
    bias=("graph.store(layer, bias=b)",),
    arrays=(
        'names = ("weight", "bias", "mean", "variance")',
        "graph.store(layer, **dict(zip(names, arrays)))",
    ),
    dense=("O", "I"),
    slopes="-1{ones_after}",
    model="graph",
    result="graph",
)


class Onnx(Module):
    """Each operation is a node; variables are the names of tensors."""

    dialect = "onnx"
    imports = ("from onnx import helper, numpy_helper",)
    reserved = (
        "helper",
        "numpy_helper",
        "np",
        "graph",
        "weights",
        "dtype",
        "build",
        "load",
        "Graph",
    )

    def write(self, port: Port) -> str:
        """Return the module: a function that makes the model, with the source's weights in it."""
        lines, variables = self.write_lines(port)
        loader = write_loader(port, [line.layer for line in lines if line.layer], _STORE)
        shapes = {**port.inputs, **{layer.name: layer.output for layer in port.layers}}
        inputs = [
            f"{variables[name]} = {write_port('take', quote(name), arrange(shape, False))}"
            for name, shape in port.inputs.items()
        ]
        made = {name: variables[name] for name in port.outputs}
        for layer in port.layers:
            # Without a node of its own it is the tensor of another layer, or the input.
            if layer.name in made and not layer.steps:
                node = write_node("Identity", made[layer.name])
                made[layer.name] = add_argument(node, f"name={quote(layer.name)}")
        outputs = [
            write_port("give", tensor, arrange(shape, False))
            for name, tensor in made.items()
            if (shape := shapes[name]) is not None
        ]
        given = "weights, " if loader else ""
        first = '"""Return the model, which onnx.save writes to a file.'
        notes = ["", "weights: as `load` takes them.", '"""'] if loader else []
        graph = "load(Graph(dtype), weights)" if loader else "Graph(dtype)"
        body = [
            f'def build({given}dtype="float32"):',
            *indent([first, *notes] if loader else [f'{first}"""'], 1),
            *indent([f"graph = {graph}"], 1),
            *indent([*inputs, *[line.text for line in lines], *outputs], 1),
            *indent([f"return graph.make_model({quote(port.name)})"], 1),
        ]
        return self.join_parts(port, list(GRAPH), loader, body)

    def write_layer(self, placed: Placed) -> str:
        """Return the arrays of the layer."""
        return f"*graph.own[{quote(placed.title)}]"

    def write_applied(self, placed: Placed, given: Sequence[str]) -> str:
        """Return the call that adds a node, with its name and that of its output."""
        call = super().write_applied(placed, given)
        call = add_argument(call, f"name={quote(placed.title)}")
        # What a layer makes has the layer's name, whatever is done after the node of that name.
        is_same = placed.made == placed.title
        return call if is_same else add_argument(call, f"output={quote(placed.made)}")

    def transpose(self, x: str, order: Sequence[int]) -> str:
        """Return a Transpose node."""
        return write_node("Transpose", x, perm=order)

    def reshape_to(self, x: str, sizes: Sequence[int]) -> str:
        """Return a Reshape node, for any batch."""
        return write_node("Reshape", x, [-1, *sizes])

    def write_bias(self, step: Step) -> Code:
        """Return an Add node, with an axis for each of the output's."""
        axes = list(range(1, step.rank + 1))

        def apply(own: str, x: str) -> str:
            return write_node("Add", x, Raw(write_node("Unsqueeze", own, axes)))

        return Code('helper.make_node("Add", ["X", "B"], ["Y"])', apply, "bias")

    def write_transposed(self, step: Step) -> list[Code]:
        """Return a ConvTranspose node with the nodes before and after it."""
        assert step.conversion is not None
        plan, call = step.conversion.plan, step.conversion.call
        has_bias = step.conversion.source.layer.has_bias
        return [
            *[write_around(node) for node in list_before(plan)],
            self.write_parts(step, call, plan.grouping.parts)._replace(apply=apply_layer(call)),
            *[write_around(node) for node in list_after(plan)],
            *([self.write_bias(step)] if has_bias and plan.has_late_bias else []),
        ]

    def conv(self, step: Step) -> list[Code]:
        """Return a Conv node."""
        keys = step.keys
        return [
            write_own(
                "Conv",
                step.part,
                **list_window(step),
                group=unless(keys["groups"], 1),
            )
        ]

    def conv_transpose(self, step: Step) -> list[Code]:
        """Return a transposed convolution with what is done around it."""
        return self.write_transposed(step)

    def max_pool(self, step: Step) -> list[Code]:
        """Return a MaxPool node."""
        return [Code("", lambda x: write_node("MaxPool", x, **list_window(step)))]

    def avg_pool(self, step: Step) -> list[Code]:
        """Return an AveragePool node, which leaves out the elements around the input."""
        return [Code("", lambda x: write_node("AveragePool", x, **list_window(step)))]

    def pad(self, step: Step) -> list[Code]:
        """Return a Pad node."""
        pairs, mode = step.keys["amount"], step.keys["mode"]
        if mode == "symmetric":
            raise NotExpressible(
                "ONNX does not add the elements of the ends once more",
                help="use reflect or replicate.",
            )
        value: list[Any] = [] if isinstance(mode, str) else [float(mode)]
        word = _PADS.get(mode, mode) if isinstance(mode, str) and mode != "zeros" else None
        pads = flatten(((0, 0), (0, 0), *pairs))
        return [Code("", lambda x: write_node("Pad", x, pads, *value, mode=word))]

    def crop(self, step: Step) -> list[Code]:
        """Return a Slice node."""
        pairs = step.keys["amount"]
        starts = [begin for begin, _ in pairs]
        sizes = step.output.spatial
        ends = [begin + size for begin, size in zip(starts, sizes, strict=True)]
        axes = list(range(2, step.rank + 2))
        return [Code("", lambda x: write_node("Slice", x, starts, ends, axes))]

    def upsample(self, step: Step) -> list[Code]:
        """Return a Resize node."""
        keys = step.keys
        mode = keys["mode"]
        named = {"coordinate_transformation_mode": "half_pixel"}
        if mode == "nearest":
            named = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
        if keys["align_corners"]:
            named = {"coordinate_transformation_mode": "align_corners"}
        sizes, axes = list(keys["size"]), list(range(2, step.rank + 2))

        def apply(x: str) -> str:
            word = unless(mode, "nearest")
            return write_node("Resize", x, "", "", sizes, axes=axes, mode=word, **named)

        return [Code("", apply)]

    def activation(self, step: Step) -> list[Code]:
        """Return nodes of each element."""
        keys, kind = step.keys, step.keys["kind"]
        if kind == "prelu":
            return [write_own("PRelu")]
        functions: Mapping[str, Apply] = {
            "relu6": lambda x: write_node("Clip", x, 0.0, 6.0),
            "silu": lambda x: write_node("Mul", x, write_node("Sigmoid", x)),
            "log_sigmoid": write_log_sigmoid,
        }
        if kind in functions:
            return [Code("", functions[kind])]
        named: dict[str, Any] = {
            "alpha": keys.get("negative_slope", keys.get("alpha")),
            "approximate": "tanh" if keys.get("approximate") else None,
            "axis": 1 if kind in ("softmax", "log_softmax") else None,
        }
        if kind == "hard_sigmoid":
            named = {"alpha": 1 / 6, "beta": 0.5}
        return [Code("", lambda x: write_node(_NODES[kind], x, **named))]

    def norm(self, step: Step) -> list[Code]:
        """Return a normalisation, with the channels last where it is over them."""
        keys, kind = step.keys, step.keys["kind"]
        eps = {"epsilon": keys["eps"]}
        if kind in ("layer", "rms"):
            first = self._move(step.rank, is_first=True)
            own = (
                write_rms(step) if kind == "rms" else self._norm("LayerNormalization", step, **eps)
            )
            return [*first, own, *self._move(step.rank, is_first=False)]
        if kind == "batch":
            return [self._norm("BatchNormalization", step, momentum=keys["kept"], **eps)]
        if kind == "instance" or keys["groups"] == -1:
            return [self._norm("InstanceNormalization", step, **eps)]
        return [self._norm("GroupNormalization", step, num_groups=keys["groups"], **eps)]

    def _move(self, rank: int, *, is_first: bool) -> list[Code]:
        order = [0, *range(2, rank + 2), 1] if is_first else [0, rank + 1, *range(1, rank + 1)]
        return [Code("", lambda x: self.transpose(x, order), "transpose")] if rank else []

    def _norm(self, kind: str, step: Step, **named: Any) -> Code:
        """Return a node that takes a scale and a shift, whether the layer has them or not."""
        scale, center = step.keys["scale"], step.keys["center"]
        ones, zeros = (Raw(f"np.{word}({step.channels})") for word in ("ones", "zeros"))
        if not scale and not center and kind != "BatchNormalization":
            return Code("", lambda x: write_node(kind, x, ones, zeros, **named))

        def apply(own: str, x: str) -> str:
            name = own.removeprefix("*")
            given = [own] if scale else [ones, own]
            if not center:
                given = [f"{name}[0]", zeros, f"{own}[1:]"] if scale else [ones, zeros, own]
            return write_node(kind, x, *map(Raw, given), **named)

        return Code(f'helper.make_node("{kind}", ["X", "W", "B"], ["Y"])', apply)

    def dropout(self, step: Step) -> list[Code]:
        """Return a Dropout node, which leaves its input as it is where nothing is trained."""
        return [Code("", lambda x: write_node("Dropout", x, float(step.keys["rate"])))]

    def dense(self, step: Step) -> list[Code]:
        """Return a matrix product, as a convolution of kernel 1 where there are axes."""
        if not step.rank:
            return [write_own("Gemm", transB=1)]
        return [write_own("Conv", kernel_shape=[1] * step.rank)]

    def concat(self, step: Step) -> list[Code]:
        """Return a Concat node."""
        return [Code("", lambda *x: write_node("Concat", *x, axis=1))]

    def add(self, step: Step) -> list[Code]:
        """Return a Sum node, or another function of several tensors."""
        kind = step.keys["kind"]

        def apply(*given: str) -> str:
            if kind != "multiply":
                return write_node(_SUMS[kind], *given)
            product, *others = given
            for one in others:
                product = write_node("Mul", product, one)
            return product

        return [Code("", apply)]

    def global_pool(self, step: Step) -> list[Code]:
        """Return a mean or a maximum over the spatial axes."""
        kind = {"avg": "ReduceMean", "max": "ReduceMax"}[step.keys["kind"]]
        axes, kept = list(range(2, step.rank + 2)), int(step.keys["keepdims"])
        return [Code("", lambda x: write_node(kind, x, axes, keepdims=unless(kept, 1)))]

    def adaptive_pool(self, step: Step) -> list[Code]:
        """Refuse windows of several sizes."""
        raise NotExpressible(
            "the windows of this pooling have several sizes",
            help="choose an output size that divides the input.",
        )

    def glu(self, step: Step) -> list[Code]:
        """Return a gated linear unit over the channels."""
        half = step.channels // 2

        def apply(x: str) -> str:
            first = write_node("Slice", x, [0], [half], [1])
            second = write_node("Slice", x, [half], [2 * half], [1])
            return write_node("Mul", first, write_node("Sigmoid", second))

        return [Code("", apply)]

    def pixel_shuffle(self, step: Step) -> list[Code]:
        """Return a DepthToSpace node, or reshapes where there are not two axes."""
        if step.rank != 2:
            return super().pixel_shuffle(step)
        mode = "CRD" if step.keys["blocks"] == "inner" else None
        size = step.keys["factor"]
        return [Code("", lambda x: write_node("DepthToSpace", x, blocksize=size, mode=mode))]

    def pixel_unshuffle(self, step: Step) -> list[Code]:
        """Return a SpaceToDepth node, which has the blocks first, or reshapes."""
        if step.rank != 2 or step.keys["blocks"] == "inner":
            return super().pixel_unshuffle(step)
        return [Code("", lambda x: write_node("SpaceToDepth", x, blocksize=step.keys["factor"]))]


MODULE: Module = Onnx()
