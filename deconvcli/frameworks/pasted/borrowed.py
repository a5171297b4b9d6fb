"""Calls of frameworks that have no dialect here, and the dialect that computes the same.

Each is read in that dialect's parameters, and the answer names both.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.common.values import shorten
from deconvcli.frameworks.pasted.layer import Name
from deconvcli.frameworks.pasted.python_call import PythonCall
from deconvcli.frameworks.pasted.understand import name_arguments

Words = dict[str, Any]


class Borrowed(NamedTuple):
    """A call of another framework.

    title: the framework. paths: its dotted names; `{n}` stands for the number of axes. parameters:
    the call's own, in order. required: how many of them have no default. target: the call of the
    dialect that computes the same. means: the target's parameter for each of its own; one that is
    missing has no influence on the geometry. defaults: where they differ from the target's.
    change: what renaming alone does not express. remark: how the two differ.
    """

    title: str
    paths: tuple[str, ...]
    parameters: tuple[str, ...]
    required: int
    target: str
    means: Mapping[str, str]
    defaults: Mapping[str, Any] = MappingProxyType({})
    change: Callable[[Words, int], Words] | None = None
    remark: str = "the same layer"

    def find_rank(self, dotted: str, *, whole: bool) -> int | None:
        """Return the number of axes of a call with one of the names; 0 for a name without it.

        whole: whether the module has to be part of the name.
        """
        for path in self.paths:
            for rank in (1, 2, 3) if "{n}" in path else (0,):
                name = path.replace("{n}", str(rank))
                last = name.rpartition(".")[2]
                if dotted == name or (not whole and dotted.rpartition(".")[2] == last):
                    return rank
        return None

    def fits(self, call: PythonCall) -> bool:
        """Return whether the call has these parameters, and all that are required."""
        named = {*self.parameters[: len(call.positional)], *call.keywords}
        return len(call.positional) <= len(self.parameters) and {
            *self.parameters[: self.required]
        } <= named <= {*self.parameters, "name"}

    def translate(self, call: PythonCall, rank: int) -> PythonCall:
        """Return the call of the dialect.

        rank: the number of axes, or 0 where an argument has it.
        """
        named = name_arguments(call, self.parameters)
        for name in named:
            if name not in self.parameters and name != "name":
                raise UsageError(
                    f"{call.name} of {self.title} has no parameter {name!r}",
                    help=f"its parameters are {', '.join(self.parameters)}.",
                    code="unknown-parameter",
                )
        if "num_spatial_dims" in self.parameters:
            rank = _read_rank(named)
        given = {**self.defaults, **named}
        if self.change:
            given = self.change(given, rank)
        words = {
            self.means[name]: value
            for name, value in given.items()
            if name in self.means and value is not None
        }
        return PythonCall(self.target.replace("{n}", str(rank)), (), words)


def find_borrowed(call: PythonCall, *, whole: bool) -> tuple[str, str, PythonCall] | None:
    """Return (title, remark, translation) of another framework's call of this name, if any.

    whole: whether the call's module names the framework; else its arguments have to fit.
    """
    for borrowed in BORROWED:
        rank = borrowed.find_rank(call.name, whole=whole)
        if rank is not None and (whole or borrowed.fits(call)):
            return borrowed.title, borrowed.remark, borrowed.translate(call, rank)
    return None


def list_names() -> list[str]:
    """Return every dotted name."""
    return [
        path.replace("{n}", str(rank))
        for borrowed in BORROWED
        for path in borrowed.paths
        for rank in ((1, 2, 3) if "{n}" in path else (0,))
    ]


def _read_rank(named: Words) -> int:
    rank = named.get("num_spatial_dims")
    if type(rank) is int and 1 <= rank <= 3:
        return rank
    raise UsageError(
        f"num_spatial_dims is {rank.text if isinstance(rank, Name) else shorten(rank)}",
        help="write 1, 2 or 3.",
        code="pasted-call",
    )


def _require_channels_last(given: Words, title: str) -> None:
    data_format = given.get("data_format")
    if isinstance(data_format, str) and (
        data_format == "channels_first" or data_format.startswith("NC")
    ):
        raise UsageError(
            f"{title} with data_format {data_format!r} is not read",
            help="write it with channels last: the sizes are the same.",
            code="pasted-call",
        )


def _change_haiku(given: Words, rank: int) -> Words:
    _require_channels_last(given, "Haiku")
    if given.get("output_shape") is not None:
        raise UsageError(
            "output_shape of Haiku is not read", help="leave it out.", code="pasted-call"
        )
    kernel = given.get("kernel_shape")
    if type(kernel) is int:  # Flax takes one number for one axis only
        given = {**given, "kernel_shape": [kernel] * rank}
    return given


def _change_sonnet(given: Words, rank: int) -> Words:
    """Return the parameters for the largest of the output sizes that are possible, as in Sonnet."""
    if given.get("output_shape") is not None:
        raise UsageError(
            "output_shape of Sonnet is not read",
            help="write tf.nn.conv2d_transpose(x, w, output_shape, stride, padding) and the kernel"
            " as an option.",
            code="pasted-call",
        )
    stride = given.get("stride", 1)
    if given.get("padding") == "VALID" and type(stride) in (int, list):
        each = stride if isinstance(stride, list) else [stride] * rank
        given = {**given, "output_padding": [n - 1 if type(n) is int else n for n in each]}
    return _lower_words({**given, "data_format": _name_layout(given.get("data_format"))})


def _change_paddle1(given: Words, rank: int) -> Words:
    if given.get("filter_size") is None:
        raise UsageError(
            "filter_size is missing, and PaddlePaddle finds it by output_size, which is not read",
            help="write filter_size into the call.",
            code="pasted-call",
        )
    return given


def _change_mindspore(given: Words, rank: int) -> Words:
    """Return the parameters as they are; only pad_mode 'pad' crops by numbers."""
    word = given.get("pad_mode", "same")
    if word == "pad":
        return given
    if "pad_mode" not in given and given.get("padding", 0) != 0:
        raise UsageError(
            "MindSpore, whose name this is, takes a padding only with pad_mode='pad'",
            help="write nn.ConvTransposeNd for PyTorch's layer, with N for the number of axes, or"
            " add pad_mode='pad'.",
            code="pasted-call",
        )
    raise UsageError(
        f"pad_mode {word!r} of MindSpore is not read, only 'pad', which crops as PyTorch does",
        help="Keras has the same output size: write ConvNDTranspose(filters, kernel_size,"
        f" strides=..., padding={word!r}), with N for the number of axes.",
        code="pasted-call",
    )


def _change_slim(given: Words, rank: int) -> Words:
    return _lower_words({**given, "data_format": _name_layout(given.get("data_format"))})


def _name_layout(given: Any) -> Any:
    if not isinstance(given, str) or not given.startswith("N"):
        return given if isinstance(given, str) else None
    return "channels_last" if given.endswith("C") else "channels_first"


def _lower_words(given: Words) -> Words:
    padding = given.get("padding")
    return {**given, "padding": padding.lower()} if isinstance(padding, str) else given


def _change_keras1(given: Words, rank: int) -> Words:
    """Return one kernel size for rows and columns; drop the output's shape, which follows."""
    given = {**given, "kernel_size": [given.get("nb_row"), given.get("nb_col")]}
    layouts = {"th": "channels_first", "tf": "channels_last"}
    ordering = given.get("dim_ordering")
    given["data_format"] = layouts.get(ordering) if isinstance(ordering, str) else None
    return given


def _change_chainer(given: Words, rank: int) -> Words:
    if type(given.get("nobias")) is bool:
        given = {**given, "bias": not given["nobias"]}
    return {name: value for name, value in given.items() if not (name == "outsize" and not value)}


_TORCH = {
    name: name
    for name in (
        *("in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding"),
        *("dilation", "groups"),
    )
}
_KERAS = {
    name: name
    for name in ("filters", "kernel_size", "strides", "padding", "data_format", "use_bias")
}
_TF_LAYER = (
    "filters",
    "kernel_size",
    "strides",
    "padding",
    "data_format",
    "activation",
    "use_bias",
)
_INITIALIZERS = (
    *("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer"),
    *("activity_regularizer", "kernel_constraint", "bias_constraint", "trainable"),
)
_SLIM = (
    *("inputs", "num_outputs", "kernel_size", "stride", "padding", "data_format", "activation_fn"),
    *("normalizer_fn", "normalizer_params", "weights_initializer", "weights_regularizer"),
    *("biases_initializer", "biases_regularizer", "reuse", "variables_collections"),
    *("outputs_collections", "trainable", "scope"),
)
_HAIKU = (
    *("output_channels", "kernel_shape", "stride", "output_shape", "padding", "with_bias"),
    *("w_init", "b_init", "data_format", "mask"),
)
_HAIKU_MEANS = {
    "output_channels": "features",
    "kernel_shape": "kernel_size",
    "stride": "strides",
    "padding": "padding",
    "with_bias": "use_bias",
}
_EQUINOX_START = ("in_channels", "out_channels", "kernel_size", "stride")
_EQUINOX_END = ("dilation", "groups", "use_bias", "padding_mode", "dtype", "key")
_PADDLE1 = (
    *("output_size", "padding", "stride", "dilation", "groups", "param_attr", "bias_attr"),
    *("use_cudnn", "act"),
)
_PADDLE1_MEANS = {
    **{name: name for name in ("output_size", "padding", "stride", "dilation", "groups")},
    **{name: name for name in ("bias_attr", "data_format", "in_channels")},
    "num_channels": "in_channels",
    "num_filters": "out_channels",
    "filter_size": "kernel_size",
}
# Each number of axes has an order of its own for what follows.
_MINDSPORE_START = ("in_channels", "out_channels", "kernel_size", "stride", "pad_mode", "padding")
_MINDSPORE_END = ("data_format", "dtype")

BORROWED = (
    Borrowed(
        "Haiku",
        ("hk.Conv{n}DTranspose", "haiku.Conv{n}DTranspose"),
        _HAIKU,
        2,
        "flax.linen.ConvTranspose",
        _HAIKU_MEANS,
        change=_change_haiku,
    ),
    Borrowed(
        "Haiku",
        ("hk.ConvNDTranspose", "haiku.ConvNDTranspose"),
        ("num_spatial_dims", *_HAIKU),
        3,
        "flax.linen.ConvTranspose",
        _HAIKU_MEANS,
        change=_change_haiku,
    ),
    Borrowed(
        "Sonnet",
        ("snt.Conv{n}DTranspose", "sonnet.Conv{n}DTranspose"),
        (
            *("output_channels", "kernel_shape", "output_shape", "stride", "rate", "padding"),
            *("with_bias", "w_init", "b_init", "data_format"),
        ),
        2,
        "tf_keras.layers.Conv{n}DTranspose",
        {
            **{name: name for name in ("padding", "output_padding", "data_format")},
            "output_channels": "filters",
            "kernel_shape": "kernel_size",
            "stride": "strides",
            "rate": "dilation_rate",
            "with_bias": "use_bias",
        },
        {"padding": "SAME"},
        _change_sonnet,
    ),
    Borrowed(
        "PaddlePaddle 1",
        (
            *("fluid.layers.conv{n}d_transpose", "paddle.fluid.layers.conv{n}d_transpose"),
            *("paddle.static.nn.conv{n}d_transpose", "static.nn.conv{n}d_transpose"),
        ),
        ("input", "num_filters", "output_size", "filter_size", *_PADDLE1[1:], "data_format"),
        2,
        "paddle.nn.Conv{n}DTranspose",
        _PADDLE1_MEANS,
        {"in_channels": Name("in_channels")},
        _change_paddle1,
    ),
    Borrowed(
        "PaddlePaddle 1",
        ("fluid.dygraph.Conv{n}DTranspose", "paddle.fluid.dygraph.Conv{n}DTranspose"),
        ("num_channels", "num_filters", "filter_size", *_PADDLE1),
        3,
        "paddle.nn.Conv{n}DTranspose",
        _PADDLE1_MEANS,
        change=_change_paddle1,
    ),
    Borrowed(
        "Equinox",
        ("eqx.nn.ConvTranspose", "equinox.nn.ConvTranspose"),
        ("num_spatial_dims", *_EQUINOX_START, "padding", "output_padding", *_EQUINOX_END),
        4,
        "torch.nn.ConvTranspose{n}d",
        {**_TORCH, "use_bias": "bias"},
        remark="the same sizes, with the taps in reverse",
    ),
    Borrowed(
        "Equinox",
        ("eqx.nn.ConvTranspose{n}d", "equinox.nn.ConvTranspose{n}d"),
        # Unlike the class of any number of axes, these have output_padding before padding.
        (*_EQUINOX_START, "output_padding", "padding", *_EQUINOX_END),
        3,
        "torch.nn.ConvTranspose{n}d",
        {**_TORCH, "use_bias": "bias"},
        remark="the same sizes, with the taps in reverse",
    ),
    *(
        Borrowed(
            "MindSpore",
            tuple(f"{home}.Conv{rank}dTranspose" for home in ("mindspore.nn", "ms.nn", "nn")),
            (*_MINDSPORE_START, *order, "has_bias", "weight_init", "bias_init", *_MINDSPORE_END),
            3,
            f"torch.nn.ConvTranspose{rank}d",
            {**_TORCH, "group": "groups", "has_bias": "bias"},
            {"has_bias": False},
            _change_mindspore,
        )
        for rank, order in (
            (1, ("dilation", "group")),
            (2, ("output_padding", "dilation", "group")),
            (3, ("dilation", "group", "output_padding")),
        )
    ),
    Borrowed(
        "TensorFlow 1",
        ("tf.layers.conv{n}d_transpose", "tf.compat.v1.layers.conv{n}d_transpose"),
        ("inputs", *_TF_LAYER, *_INITIALIZERS, "reuse"),
        3,
        "tf_keras.layers.Conv{n}DTranspose",
        _KERAS,
    ),
    Borrowed(
        "TensorFlow 1",
        ("tf.layers.Conv{n}DTranspose", "tf.compat.v1.layers.Conv{n}DTranspose"),
        (*_TF_LAYER, *_INITIALIZERS),
        2,
        "tf_keras.layers.Conv{n}DTranspose",
        _KERAS,
    ),
    Borrowed(
        "TF-Slim",
        (
            *("slim.conv{n}d_transpose", "slim.convolution{n}d_transpose"),
            *("tf.contrib.layers.conv{n}d_transpose", "tf_slim.conv{n}d_transpose"),
            *("tf.contrib.layers.convolution{n}d_transpose", "tf.contrib.slim.conv{n}d_transpose"),
        ),
        _SLIM,
        3,
        "tf_keras.layers.Conv{n}DTranspose",
        {
            **_KERAS,
            "num_outputs": "filters",
            "stride": "strides",
        },
        {"padding": "same"},
        _change_slim,
    ),
    Borrowed(
        "Keras 1",
        ("keras.layers.Deconvolution2D", "keras.layers.convolutional.Deconvolution2D"),
        (
            *("nb_filter", "nb_row", "nb_col", "output_shape", "init", "activation", "weights"),
            *("border_mode", "subsample", "dim_ordering", "W_regularizer", "b_regularizer"),
            *("activity_regularizer", "W_constraint", "b_constraint", "bias", "input_shape"),
            *("batch_input_shape",),
        ),
        3,
        "tf_keras.layers.Conv2DTranspose",
        {
            "nb_filter": "filters",
            "kernel_size": "kernel_size",
            "subsample": "strides",
            "border_mode": "padding",
            "data_format": "data_format",
            "bias": "use_bias",
            "input_shape": "input_shape",
            "batch_input_shape": "batch_input_shape",
        },
        change=_change_keras1,
        remark="the same layer where output_shape agrees with the other parameters",
    ),
    Borrowed(
        "Chainer",
        ("chainer.links.Deconvolution{n}D", "L.Deconvolution{n}D"),
        (
            *("in_channels", "out_channels", "ksize", "stride", "pad", "nobias", "outsize"),
            *("initialW", "initial_bias", "dilate", "groups"),
        ),
        3,
        "torch.nn.ConvTranspose{n}d",
        {
            **_TORCH,
            "ksize": "kernel_size",
            "pad": "padding",
            "outsize": "output_size",
            "dilate": "dilation",
            "bias": "bias",
        },
        change=_change_chainer,
    ),
)
