"""What `import deconvcli` offers: one function a use, each a few calls into the rooms below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from deconvcli.frameworks.dialect.live import to_shape
from deconvcli.frameworks.spelling import convert, read_layer
from deconvcli.layers.layer import Reading

__all__ = ["check", "convert", "explain", "layer", "paste", "prepare", "run"]

if TYPE_CHECKING:
    from deconvcli.checks.checking import Verdict
    from deconvcli.views.explanation import Explanation


def layer(
    dialect: str | object,
    *,
    input_shape: Sequence[int],
    weight_shape: Sequence[int] | None = None,
    rank: int | None = None,
    **parameters: Any,
) -> Reading:
    """Return a layer as its framework reads it.

    dialect: `torch`, `keras`, `keras@tensorflow` ...; or a layer object of PyTorch, Keras, Flax,
    Paddle, MLX, tinygrad or Equinox, which brings its own parameters. input_shape, weight_shape:
    in that framework's own layouts. parameters: under its own names. rank: the number of spatial
    axes, where the shapes leave it open (an unbatched input without weights).

    Raises:
        Refused: the framework would refuse the layer.
        UsageError: an unknown dialect or parameter, a value of the wrong form, or an object that
            is no transposed convolution.
    """
    input_shape, weight_shape = to_shape(input_shape), to_shape(weight_shape)
    if isinstance(dialect, str):
        return read_layer(dialect, parameters, input_shape, weight_shape, rank)
    from deconvcli.frameworks.live import read_live  # which most layers do not need

    return read_live(dialect, parameters, input_shape, weight_shape, rank)


def paste(
    text: str,
    *,
    input_shape: Sequence[int] | None = None,
    weight_shape: Sequence[int] | None = None,
    dialect: str | None = None,
) -> Reading:
    """Return the layer of a pasted call, which is parsed and never executed.

    input_shape: in the framework's own layout, or the spatial sizes alone; may be left out where
    the call has it. weight_shape: for calls that take a weight tensor. dialect: where several
    frameworks have such a call.

    Raises:
        Refused: the framework would refuse the layer.
        UsageError: the text is no call of a transposed convolution, or something is missing.
    """
    from deconvcli.frameworks.request import read_pasted  # which most layers do not need

    return read_pasted(text, to_shape(input_shape), to_shape(weight_shape), dialect)


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
