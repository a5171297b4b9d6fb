"""What `import deconvcli` offers: one function a use, each a few calls into the rooms below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, overload

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialect.live import to_shape
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading
from deconvcli.public import PublicConversion, PublicEquivalent, PublicNetwork, PublicReading

__all__ = [
    "check",
    "convert",
    "equivalents",
    "explain",
    "layer",
    "network",
    "paste",
    "prepare",
    "run",
    "solve",
    "weights",
]

if TYPE_CHECKING:
    from deconvcli.checks.checking import Verdict
    from deconvcli.checks.checking.decoders import DecoderMirror
    from deconvcli.networks.mirror import LayerMirror
    from deconvcli.solver import Answer, Rates
    from deconvcli.solver.inputs import Inputs
    from deconvcli.views.explanation import Explanation


def layer(
    dialect: str | object,
    *,
    input_shape: Sequence[int],
    weight_shape: Sequence[int] | None = None,
    rank: int | None = None,
    **parameters: Any,
) -> PublicReading:
    """Return a layer as its framework reads it.

    dialect: `torch`, `keras`, `keras@tensorflow` ...; or a layer object of PyTorch, Keras, Flax,
    Paddle, MLX, tinygrad, Equinox, Haiku or MXNet (Gluon), which brings its own parameters; also
    compiled by TorchScript, or alone in a Sequential. input_shape, weight_shape: in that
    framework's own layouts. parameters: under its own names. rank: the number of spatial
    axes, where the shapes leave it open (an unbatched input without weights).

    Raises:
        Refused: the framework would refuse the layer.
        UsageError: an unknown dialect or parameter, a value of the wrong form, or an object that
            is no transposed convolution.
    """
    input_shape, weight_shape = to_shape(input_shape), to_shape(weight_shape)
    if isinstance(dialect, str):
        return _publish(read_layer(dialect, parameters, input_shape, weight_shape, rank))
    from deconvcli.frameworks.live import read_live  # which most layers do not need

    return _publish(read_live(dialect, parameters, input_shape, weight_shape, rank))


def paste(
    text: str,
    input_shape: Sequence[int] | None = None,
    *,
    weight_shape: Sequence[int] | None = None,
    dialect: str | None = None,
    values: Mapping[str, Any] | None = None,
) -> PublicReading:
    """Return the layer of a pasted call, which is parsed and never executed.

    input_shape: in the framework's own layout, or the spatial sizes alone; may be left out where
    the call has it. weight_shape: for calls that take a weight tensor. dialect: where several
    frameworks have such a call. values: of variables in the call, such as {"ngf": 64}.

    A call of a framework without a dialect is the layer of the dialect that computes the same, and
    takes that dialect's weights.

    Raises:
        Refused: the framework would refuse the layer.
        UsageError: the text is no call of a transposed convolution, or something is missing.
    """
    from deconvcli.frameworks.request.paste import read_pasted  # which most layers do not need

    shape, weight = to_shape(input_shape), to_shape(weight_shape)
    return _publish(read_pasted(text, shape, weight, dialect, values))


def network(
    text: str,
    input_shape: Sequence[int] | None = None,
    *,
    dialect: str | None = None,
    values: Mapping[str, Any] | None = None,
    reader: str | None = None,
) -> PublicNetwork:
    """Return the layers of a pasted network, with the size of each; the text is never executed.

    text: what print(model) writes, or the calls that create the layers; or the path of a model
    file, such as model.pt2, of which `deconv check` reads more. input_shape: with or without a
    batch, in the framework's own layout; may be left out where the text has it. That of a model has
    the batch, and what a model leaves open is a formula, as text. dialect: of calls that several
    frameworks have. values: of variables in the text, such as {"ngf": 64}. reader: that of a model,
    by default as the name of its file ends.

    Raises:
        Refused: the framework would refuse a layer.
        Unreadable: a file cannot be read, or is no such model.
        UsageError: the text is no network, has an unknown layer, or the input is missing.
    """
    if reader is not None or ("." in text and "(" not in text and "\n" not in text):
        from deconvcli.models.answer import answer_path  # which no pasted text needs

        words = {"dialect": dialect, "values": values}
        if (found := answer_path(text, to_shape(input_shape), reader, words)) is not None:
            return PublicNetwork(found)
    # Importing all kinds of layers takes a while, which a single layer does not need.
    from deconvcli.frameworks.request.paste import PYTHON_NAMES, read_values
    from deconvcli.networks.pasted.answer import answer_network
    from deconvcli.networks.pasted.network import read_network

    pasted = read_network(text, dialect, read_values(values))
    answer = answer_network(pasted, to_shape(input_shape), PYTHON_NAMES)
    if answer.error is not None:
        raise answer.error
    return PublicNetwork(answer)


@overload
def solve(
    input_size: Sequence[int] | int | None = None,
    output_size: Sequence[int] | int | None = None,
    dialect: str | None = None,
    *,
    mirror: None = None,
    stages: None = None,
    layer: None = None,
    **parameters: Any,
) -> Answer: ...


@overload
def solve(
    input_size: Sequence[int] | int | None = None,
    *,
    dialect: str | None = None,
    factor: Sequence[int] | int,
    stages: int,
    **parameters: Any,
) -> Rates: ...


@overload
def solve(*, output_size: Sequence[int] | int, layer: Reading, limit: int = 10) -> Inputs: ...


@overload
def solve(
    input_size: Sequence[int] | int | None = None,
    *,
    dialect: str | None = None,
    mirror: str,
) -> LayerMirror | DecoderMirror: ...


def solve(
    input_size: Sequence[int] | int | None = None,
    output_size: Sequence[int] | int | None = None,
    dialect: str | None = None,
    *,
    factor: Sequence[int] | int | None = None,
    stages: int | None = None,
    mirror: str | None = None,
    layer: Reading | None = None,
    kernel: Any = None,
    stride: Any = None,
    dilation: Any = None,
    padding: Any = None,
    output_padding: Any = None,
    limit: int = 10,
    **roles: Any,
) -> Answer | Rates | Inputs | LayerMirror | DecoderMirror:
    """Return the layers that make the output size of the input size, the best first.

    input_size, output_size: one number for each spatial axis. factor: in place of the output size;
    every input has so many times its size. stages: the number of layers in a row whose strides
    multiply to the factor; the answer has such chains. dialect: torch by default. kernel, stride,
    dilation, padding, output_padding: a number, a range(3, 10), or a list with one of these for
    each axis; padding may be a word or (begin, end) too. What is not given is searched: kernel and
    stride from 1 to 16, every padding. limit: the number of layers. roles: groups, in_channels,
    out_channels ... mirror: in place of all these, a convolution or an encoder, pasted or as the
    path of a config: what returns to exactly its input, of size `input_size`. layer: beside the
    output size alone, a whole layer: the inputs that have this output.

    Raises:
        NotExpressible: the dialect has no layer that undoes this one.
        UsageError: an unknown dialect, a parameter that it lacks, or sizes and numbers that fit no
            layer.
    """
    into, out, factors = map(_read_sizes, (input_size, output_size, factor))
    given = {
        "kernel": kernel,
        "stride": stride,
        "dilation": dilation,
        "padding": padding,
        "output_padding": output_padding,
    }
    if layer is not None:
        numbers = (input_size, factor, stages, mirror, dialect, *given.values())
        if roles or not out or any(number is not None for number in numbers):
            raise UsageError(
                "a whole layer is searched for the inputs that have an output size",
                help="give layer with output_size alone.",
            )
        from deconvcli.solver.inputs import find_inputs

        own, sizes = take(layer.spelling.name)[0], layer.sizes
        return find_inputs(
            lambda spatial: own.read(layer.spelling, sizes._replace(spatial=spatial)),
            out * len(sizes.spatial) if len(out) == 1 else out,
            limit,
        )
    if mirror is not None:
        numbers = (output_size, factor, stages, *given.values())
        if roles or any(number is not None for number in numbers):
            raise UsageError(
                "a mirror has all numbers of the layer that it undoes",
                help="give mirror with input_size and dialect alone.",
            )
        from deconvcli.checks.checking.decoders import mirror as find_mirror

        return find_mirror(mirror, into or None, dialect)
    from deconvcli.solver import (
        Question,
        ask_factor,
        find_rates,
        read_bounds,
        solve,
        spread_factor,
        widen_kernels,
    )

    name, bounds = dialect or "torch", read_bounds(given)
    counts = {role: (value,) if type(value) is int else value for role, value in roles.items()}
    if bool(factors) == bool(out) or not (factors or into):
        raise UsageError(
            "a layer is searched for an input and an output size, or for a factor",
            help="give input_size and output_size, or factor.",
            code="no-size",
        )
    factors, shown = spread_factor(factors, into) if factors else ((), ())
    if stages is not None:
        if len(set(factors)) != 1:
            raise UsageError("stages need one factor for all axes", help="give factor=600.")
        limits = widen_kernels(bounds) if kernel is None else bounds
        rank = len(factors)
        return find_rates(name, factors[0], stages, shown, limits, counts, limit, rank=rank)
    question = (
        ask_factor(name, factors, shown, bounds, counts)
        if factors
        else Question(name, into, out, bounds, counts)
    )
    answer = solve(question, limit, distinct=True)
    answer.require_parameters()
    return answer


def _read_sizes(sizes: Sequence[int] | int | None) -> tuple[int, ...]:
    """Return one size for each axis; nothing for None."""
    return () if sizes is None else (sizes,) if isinstance(sizes, int) else tuple(sizes)


def convert(reading: Reading, dialect: str) -> PublicConversion:
    """Return the same layer in another framework, at the same input size.

    The result is that framework's own layer, a reading, with what is done around it: `before` and
    `after`; `weights` carries the weights over, and `module` is code that runs.

    Raises:
        NotExpressible: nothing says the layer there, and why.
    """
    from deconvcli.conversion import convert

    return PublicConversion.make(convert(reading, dialect))


def equivalents(reading: Reading, dialect: str) -> list[PublicEquivalent]:
    """Return the same layer in a framework's other operations, the fewest multiplications first.

    None of them has a transposed convolution. `weights` carries the weights over, and `module` is
    code that runs.

    Raises:
        NotExpressible: no code is written for the framework, or it has no such operations.
        NotLinear: the crop depends on a size that is a letter.
    """
    from deconvcli.conversion.equivalents import list_equivalents

    return [PublicEquivalent(found) for found in list_equivalents(reading, dialect)]


def explain(reading: Reading) -> Explanation:
    """How the layer's words became its output size, step by step."""
    from deconvcli.views.explanation import explain

    return explain(reading)


def check(*paths: str, isolated: bool = False) -> Verdict:
    """What the rules find in config files, folders and globs.

    isolated: without the settings of the project that we are in.

    Raises:
        UsageError: a path does not exist, or holds no file that could be a config.
    """
    from deconvcli.checks.checking import Settings, check, discover_settings

    return check(paths, Settings() if isolated else discover_settings("."))


def run(
    reading: Reading, x: Any, weight: Any, bias: Any = None, *, threads: int | None = None
) -> Any:
    """The layer computed: arrays in the dialect's own layouts, x.dtype kept."""
    from deconvcli.compute.runner import run

    return run(reading, x, weight, bias, threads=threads)


def prepare(reading: Reading, weight: Any, bias: Any = None, *, threads: int | None = None) -> Any:
    """A function from x to y with the weights brought into place once."""
    from deconvcli.compute.runner import prepare

    return prepare(reading, weight, bias, threads=threads)


def weights(reading: Reading, kind: str, *, normalize: bool = False, dtype: str = "float32") -> Any:
    """Return the weights that a layer starts from, in its dialect's own layout.

    kind: bilinear, nearest or ones, on the diagonal of the channels. normalize: whether the taps on
    every output away from the edges are divided by their sum. dtype: float16, float32 or float64.

    Raises:
        UsageError: the kind or dtype is unknown, or an output that is to be normalized has no tap.
        Refused: the framework gives the layer a shape, but no values.
    """
    from deconvcli.compute.initial_weights import make_weights

    return make_weights(reading, kind, normalize=normalize, dtype=dtype).array


def _publish(reading: Reading) -> PublicReading:
    """Return the reading with the methods of the views."""
    return PublicReading(*reading)
