"""What `import deconvcli` offers: one function a use, each a few calls into the rooms below."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from deconvcli.api.solving import solve
from deconvcli.common.arguments import (
    require_count,
    require_dialect,
    require_flag,
    require_optional_text,
    require_path,
    require_sizes,
    require_text,
    to_plain_numbers,
)
from deconvcli.frameworks.dialect.live import to_shape
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading, require_reading
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
    from os import PathLike

    from deconvcli.checks.checking import Verdict
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
    parameters = {name: to_plain_numbers(value) for name, value in parameters.items()}
    rank = None if rank is None else require_count(rank, "rank")
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

    require_text(text, "text", "the text of a layer")
    dialect = None if dialect is None else require_dialect(dialect)
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
    require_text(text, "text", "the text of a network, or the path of a model")
    dialect = None if dialect is None else require_dialect(dialect)
    reader = require_optional_text(reader, "reader", "a reader's name")
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
    shape = None if input_shape is None else require_sizes(to_shape(input_shape), "input_shape")
    answer = answer_network(pasted, shape, PYTHON_NAMES)
    if answer.error is not None:
        raise answer.error
    return PublicNetwork(answer)


def convert(reading: Reading, dialect: str) -> PublicConversion:
    """Return the same layer in another framework, at the same input size.

    The result is that framework's own layer, a reading, with what is done around it: `before` and
    `after`; `weights` carries the weights over, and `module` is code that runs.

    Raises:
        NotExpressible: nothing says the layer there, and why.
    """
    from deconvcli.conversion import convert

    require_dialect(dialect)
    return PublicConversion.make(convert(require_reading(reading), dialect))


def equivalents(reading: Reading, dialect: str) -> list[PublicEquivalent]:
    """Return the same layer in a framework's other operations, the fewest multiplications first.

    None of them has a transposed convolution. `weights` carries the weights over, and `module` is
    code that runs.

    Raises:
        NotExpressible: no code is written for the framework, or it has no such operations.
        NotLinear: the crop depends on a size that is a letter.
    """
    from deconvcli.conversion.equivalents import list_equivalents

    require_dialect(dialect)
    equivalents = list_equivalents(require_reading(reading), dialect)
    return [PublicEquivalent(found) for found in equivalents]


def explain(reading: Reading) -> Explanation:
    """How the layer's words became its output size, step by step."""
    from deconvcli.views.explanation import explain

    return explain(require_reading(reading))


def check(*paths: str | PathLike[str], isolated: bool = False) -> Verdict:
    """What the rules find in config files, folders and globs.

    isolated: without the settings of the project that we are in.

    Raises:
        UsageError: a path does not exist, or holds no file that could be a config.
    """
    from deconvcli.checks.checking import Settings, check, discover_settings

    files = [require_path(path, "a path") for path in paths]
    is_isolated = require_flag(isolated, "isolated")
    return check(files, Settings() if is_isolated else discover_settings("."))


def run(
    reading: Reading, x: Any, weight: Any, bias: Any = None, *, threads: int | None = None
) -> Any:
    """The layer computed: arrays in the dialect's own layouts, x.dtype kept."""
    from deconvcli.compute.runner import run

    return run(require_reading(reading), x, weight, bias, threads=threads)


def prepare(reading: Reading, weight: Any, bias: Any = None, *, threads: int | None = None) -> Any:
    """A function from x to y with the weights brought into place once."""
    from deconvcli.compute.runner import prepare

    return prepare(require_reading(reading), weight, bias, threads=threads)


def weights(reading: Reading, kind: str, *, normalize: bool = False, dtype: str = "float32") -> Any:
    """Return the weights that a layer starts from, in its dialect's own layout.

    kind: bilinear, nearest or ones, on the diagonal of the channels. normalize: whether the taps on
    every output away from the edges are divided by their sum. dtype: float16, float32 or float64.

    Raises:
        UsageError: the kind or dtype is unknown, or an output that is to be normalized has no tap.
        Refused: the framework gives the layer a shape, but no values.
    """
    from deconvcli.compute.initial_weights import make_weights

    require_text(kind, "kind", "bilinear, nearest or ones")
    require_text(dtype, "dtype", "float16, float32 or float64")
    is_normal = require_flag(normalize, "normalize")
    made = make_weights(require_reading(reading), kind, normalize=is_normal, dtype=dtype)
    return made.array


def _publish(reading: Reading) -> PublicReading:
    """Return the reading with the methods of the views."""
    return PublicReading(*reading)
