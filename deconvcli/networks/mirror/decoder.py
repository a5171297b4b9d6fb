"""The decoder that returns the output of an encoder to exactly its input, as a config.

The layers are mirrored in reverse order. A convolution that keeps its size stays a convolution, as
people write decoders; every other one, and a pooling, becomes a transposed convolution. Norms and
activations come after the mirror of the convolution that they preceded, where their channels fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deconvcli.common.errors import NotExpressible, UsageError
from deconvcli.common.values import compact
from deconvcli.frameworks.dialects import take as take_dialect
from deconvcli.frameworks.wording import can_express
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.networks.graph import Network, Node, NodeOutcome
from deconvcli.networks.mirror.config import Decoder, Line, name_layer
from deconvcli.networks.mirror.convolution import POOLS, Convolution
from deconvcli.networks.mirror.layer import LayerMirror, list_roles
from deconvcli.networks.operation import Operation
from deconvcli.networks.operations import take
from deconvcli.solver import Bounds, Question, solve
from deconvcli.solver.choices import Choice

_KEPT = ("activation", "dropout", "norm")
_IGNORED = ("identity",)
# They have other channels or elements before them, so that no norm of one side fits the other.
_RESHAPES = ("flatten", "global_pool", "pixel_shuffle", "pixel_unshuffle", "reshape")
_SHUFFLES = {"pixel_shuffle": "pixel_unshuffle", "pixel_unshuffle": "pixel_shuffle"}
# Keys that state what is checked, or the order of the framework's own axes.
_UNWRITTEN = ("num_features", "in_channels", "inplace", "data_format", "moving_statistics")


def mirror_network(
    network: Network, outcomes: Sequence[NodeOutcome], dialect: str = "", kinds: Kinds | None = None
) -> Decoder:
    """Return the decoder of an encoder that has been walked at sizes in numbers.

    dialect: of the decoder; by default the encoder's. kinds: the function of an activation, where
    its parameters do not have it.

    Raises:
        UsageError: a layer fails, has several inputs of a kind that cannot be mirrored, or no
            mirror.
    """
    builder = _Builder(network, dialect or network.dialect, kinds or {})
    return builder.build(outcomes)


Kinds = Mapping[str, str]


class _Builder:
    """The lines of one decoder as they are found, from the encoder's end to its start."""

    def __init__(self, network: Network, dialect: str, kinds: Kinds) -> None:
        self.network, self.dialect, self.kinds = network, dialect, kinds
        self.lines: list[Line] = []
        self.notes: list[str] = []
        self.has_weights = False

    def build(self, outcomes: Sequence[NodeOutcome]) -> Decoder:
        """Return the decoder."""
        chain = self._follow(outcomes)
        last = chain[-1].shape
        assert last is not None
        for place in reversed(range(len(chain))):
            outcome = chain[place]
            operation = take(outcome.node.operation)
            if operation.name in _IGNORED:
                continue
            if operation.name in _KEPT:
                if not self.has_weights:
                    self._leave_out(outcome, "a decoder begins with its weights")
                continue
            self.lines += self._mirror(outcome, operation)
            is_trained = _is_trained(operation)
            self.has_weights |= is_trained
            if is_trained or operation.name in _RESHAPES:
                self._keep(chain[:place])
        if not self.lines:
            raise _no_mirror("the encoder", "all its layers keep the shape")
        first = chain[0].inputs[0]
        kinds = {outcome.node.name: self._title(outcome.node) for outcome in chain}
        return Decoder(self.dialect, last, first, tuple(self.lines), tuple(self.notes), kinds)

    def _follow(self, outcomes: Sequence[NodeOutcome]) -> list[NodeOutcome]:
        """Return the outcomes from the input to the output, without shortcuts around a block."""
        by_name = {outcome.node.name: outcome for outcome in outcomes}
        failed = next((found for found in outcomes if found.error or found.shape is None), None)
        if failed is not None:
            reason = failed.error.message if failed.error else "its input is not known"
            raise UsageError(
                f"{name_layer(failed.node.name, self._title(failed.node))}: {reason}",
                help="the encoder has to work before it has a mirror.",
                code="no-mirror",
            )
        if len(self.network.outputs) > 1 or not outcomes:
            raise _no_mirror("the encoder", f"it has {len(self.network.outputs)} outputs")
        name = self.network.outputs[0] if self.network.outputs else outcomes[-1].node.name
        chain: list[NodeOutcome] = []
        depths: dict[str, int] = {}
        for outcome in outcomes:
            inputs = outcome.node.inputs
            depths[outcome.node.name] = 1 + max((depths.get(one, 0) for one in inputs), default=0)
        while name in by_name:
            outcome = by_name[name]
            inputs = outcome.node.inputs
            operation = take(outcome.node.operation).name
            if len(inputs) > 1 and operation != "add":
                raise _no_mirror(name, f"{operation} joins {len(inputs)} layers")
            # A block has its layers on the longer way; the other one is the shortcut around it.
            name = max(inputs, key=lambda one: depths.get(one, 0))
            if operation == "add":
                self._leave_out(outcome, "the shortcut around a block")
            else:
                chain.append(outcome)
        if not chain:
            raise _no_mirror("the encoder", "it has no layers")
        return chain[::-1]

    def _leave_out(self, outcome: NodeOutcome, reason: str) -> None:
        name = name_layer(outcome.node.name, self._title(outcome.node))
        self.notes.append(f"{name} is left out: {reason}")

    def _title(self, node: Node) -> str:
        return self.kinds.get(node.name, node.operation)

    def _keep(self, above: Sequence[NodeOutcome]) -> None:
        """Add the norms and activations that come before a layer in the encoder."""
        kept: list[NodeOutcome] = []
        for outcome in reversed(above):
            operation = take(outcome.node.operation)
            if operation.name in _KEPT:
                kept.insert(0, outcome)
            # What is before a reshape is added after the mirror of the reshape.
            elif _is_trained(operation) or operation.name in _RESHAPES:
                if self.has_weights:
                    self.lines += [self._copy(one) for one in kept]
                return
        for one in kept if self.has_weights else ():
            self._leave_out(one, "no convolution comes before it")

    def _copy(self, outcome: NodeOutcome) -> Line:
        node = outcome.node
        operation = take(node.operation)
        values = {
            key: value
            for key, value in node.parameters.items()
            if key not in _UNWRITTEN and value is not None
        }
        op = self.kinds.get(node.name) or node.operation
        kind = values.get("kind")
        if op == operation.name and isinstance(kind, str):
            named = kind if operation.name == "activation" else f"{kind}_{operation.name}"
            if named in operation.aliases:
                op = named
        if op != operation.name:
            values.pop("kind", None)
        return Line(op, values, node.name)

    def _mirror(self, outcome: NodeOutcome, operation: Operation) -> Iterator[Line]:
        """Yield the layers that undo one layer."""
        node, given, out = outcome.node, outcome.inputs[0], outcome.shape
        assert out is not None
        values, name = operation.values(node.parameters), operation.name
        same_size = given.spatial == out.spatial
        if name == "conv" or name == "depthwise_conv":
            yield from self._mirror_convolution(outcome, is_same_size=same_size)
        elif name in POOLS or name == "adaptive_pool":
            if same_size:
                self._leave_out(outcome, "it keeps the size")
            elif name in POOLS:
                yield from self._mirror_pool(outcome)
            else:
                yield Line("upsample", {"size": [*given.spatial]}, node.name)
        elif name == "global_pool":
            rank = len(given.spatial)
            if not out.spatial:
                yield Line("reshape", {"shape": [out.channels, *[1] * rank]}, node.name)
            yield Line("upsample", {"size": [*given.spatial]}, node.name)
        elif name in ("flatten", "reshape"):
            if not given.spatial:
                yield Line("flatten", {}, node.name)
            elif given != out:
                yield Line("reshape", {"shape": [*given.sizes]}, node.name)
        elif name == "dense":
            bias = {} if values["bias"] else {"bias": False}
            yield Line("dense", {"units": given.channels, **bias}, node.name)
        elif name in ("pad", "crop"):
            inverse = "crop" if name == "pad" else "pad"
            yield Line(inverse, {"amount": values["amount"]}, node.name)
        elif name in _SHUFFLES:
            yield Line(_SHUFFLES[name], dict(node.parameters), node.name)
        else:
            raise _no_mirror(node.name, f"{self._title(node)} has no layer that undoes it")

    def _mirror_convolution(self, outcome: NodeOutcome, *, is_same_size: bool) -> Iterator[Line]:
        node, given = outcome.node, outcome.inputs[0]
        dialect = self.network.dialect_of(node)
        sizes = tuple(require_numbers(given.spatial))
        [channels] = require_numbers([given.channels])
        operation = take(node.operation)
        axes = operation.adjoint(node.parameters, outcome.inputs, dialect)
        if is_same_size and all(axis.stride == 1 for axis in axes):
            yield self._keep_convolution(node, operation, channels, dialect)
            return
        yield from self._transpose_convolution(outcome, sizes)

    def _transpose_convolution(
        self, outcome: NodeOutcome, sizes: tuple[int, ...]
    ) -> Iterator[Line]:
        """Yield the transposed convolution that undoes a window, and what its dialect lacks."""
        node, [channels] = outcome.node, require_numbers([outcome.inputs[0].channels])
        convolution = Convolution(node, self.network.dialect_of(node), len(sizes), channels)
        try:
            found = LayerMirror(convolution, self.dialect, sizes)
        except NotExpressible as error:
            raise NotExpressible(
                f"{node.name}: {error.message}", help=error.help, code=error.code
            ) from error
        assert found.reading is not None
        yield self._transpose(node.name, found.reading, found.choices, convolution.roles)
        yield from _change_ends(node.name, found.after)

    def _keep_convolution(
        self, node: Node, operation: Operation, channels: int, dialect: str
    ) -> Line:
        """Return the convolution with its channels exchanged."""
        values = dict(node.parameters)
        if operation.name == "conv":
            values["out_channels"] = channels
        elif values.pop("multiplier", 1) != 1:
            raise _no_mirror(node.name, "a depthwise convolution adds channels")
        if dialect != self.dialect:
            values["dialect"] = dialect
        order = ("out_channels", "kernel", "stride", "padding", "dilation", "groups", "bias")
        keys = [key for key in (*order, "dialect") if key in values]
        return Line(operation.name, {key: values[key] for key in keys}, node.name)

    def _transpose(
        self, name: str, reading: Reading, choices: Sequence[Choice], others: Mapping[str, Any]
    ) -> Line:
        """Return the transposed convolution of one choice for each axis.

        others: its other roles: groups, bias.
        """
        own = list_roles(choices)
        order = ("kernel", "stride", "padding", "output_padding", "dilation")
        roles = {**{role: own[role] for role in order if role in own}, **others}
        keys: dict[str, Any] = {"out_channels": reading.layer.out_channels}
        for role, value in roles.items():
            argument = take_dialect(self.dialect)[0].argument(role)
            # Keras' output_padding is None by default, and 0 is another layer.
            is_default = argument is not None and value == (argument.default,) * len(choices)
            if role not in ("in_channels", "out_channels") and not is_default:
                keys[role] = _write_role(self.dialect, role, value)
        if choices[0].way.requests:
            keys["output_size"] = [*reading.output_sizes]
        return Line("conv_transpose", keys, name)

    def _mirror_pool(self, outcome: NodeOutcome) -> Iterator[Line]:
        """Yield a transposed convolution with the stride of a pooling, as in a U-Net.

        Its kernel is the stride where that gives the size; else it is the best that does.
        """
        node, given, out = outcome.node, outcome.inputs[0], outcome.shape
        assert out is not None
        axes = take(node.operation).adjoint(
            node.parameters, outcome.inputs, self.network.dialect_of(node)
        )
        sizes = tuple(require_numbers(given.spatial))
        middle = tuple(require_numbers(out.spatial))
        strides = tuple([(axis.stride, axis.stride) for axis in axes])
        roles = {"in_channels": (out.channels,), "out_channels": (given.channels,)}
        for times in (1, 2, 4):
            kernels = tuple([(first, first * times) for first, _ in strides])
            bounds = Bounds(kernels, strides)
            answer = solve(Question(self.dialect, middle, sizes, bounds, roles), 1, distinct=True)
            if answer:
                best = answer.solutions[0]
                choices = [axis.choice for axis in best.axes]
                yield self._transpose(node.name, best.reading, choices, {})
                return
        yield from self._transpose_convolution(outcome, sizes)


def _is_trained(operation: Operation) -> bool:
    return operation.name in ("conv", "depthwise_conv", "dense")


def _no_mirror(name: str, reason: str) -> UsageError:
    return UsageError(
        f"{name} has no mirror: {reason}",
        help="give the layers of the encoder alone, one after another.",
        code="no-mirror",
    )


def _change_ends(name: str, after: Sequence[tuple[int, int]]) -> Iterator[Line]:
    """Yield the crop and the pad of what the dialect could not say."""
    for op, sign in (("crop", 1), ("pad", -1)):
        amount = [[max(sign * begin, 0), max(sign * end, 0)] for begin, end in after]
        if any(map(any, amount)):
            yield Line(op, {"amount": amount}, name)


def _write_role(dialect: str, role: str, value: Any) -> Any:
    """Return the value of a role as a config has it."""
    if not isinstance(value, tuple):
        return value
    if isinstance(value[0], tuple):
        ends = {end for pair in value for end in pair}
        # One number for all ends, where the dialect takes numbers beside pairs.
        if len(ends) == 1 and can_express(take_dialect(dialect)[0], role, tuple(ends)):
            return ends.pop()
        return [list(pair) for pair in value]
    found = compact(value)
    return list(found) if isinstance(found, tuple) else found
