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
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor
from deconvcli.frameworks.pasted.understand import name_arguments

Words = dict[str, Any]


class Borrowed(NamedTuple):
    """A call of another framework.

    title: the framework. paths: its dotted names; `{n}` stands for the number of axes. parameters:
    the call's own, in order. required: how many of them have no default. target: the call of the
    dialect that computes the same. means: the target's parameter for each of its own; one that is
    missing has no influence on the geometry. defaults: where they differ from the target's.
    change: what renaming alone does not express. remark: how the two differ. padding: its
    parameter that pads by numbers, or as Keras does by the words `same` and `valid`.
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
    padding: str = ""

    def find_rank(self, dotted: str, *, whole: bool) -> int | None:
        """Return the number of axes of a call with one of the names; 0 for a name that has none.

        whole: whether the module has to be part of the name.
        """
        for path in self.paths:
            for number in "123" if "{n}" in path else "-":
                name = path.replace("{n}", number)
                last = name.rpartition(".")[2]
                if dotted == name or (not whole and dotted.rpartition(".")[2] == last):
                    return next((int(sign) for sign in last if sign in "123"), 0)
        return None

    def fits(self, call: PythonCall) -> bool:
        """Return whether the call has these parameters, and all that are required."""
        named = dict(zip(self.parameters, call.positional, strict=False)) | dict(call.keywords)
        return (
            len(call.positional) <= len(self.parameters)
            and {*self.parameters[: self.required]} <= named.keys() <= {*self.parameters, "name"}
            and type(named.get("kernel")) is not int  # a tensor, wherever it has this name
        )

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
        if str(given.get(self.padding)).lower() in ("same", "valid"):
            return self._translate_to_keras(call.name, given, rank)
        words = {
            self.means[name]: value
            for name, value in given.items()
            if name in self.means and value is not None
        }
        data = next((value for value in named.values() if isinstance(value, Tensor)), call.data)
        return PythonCall(self.target.replace("{n}", str(rank)), (), words, data)

    def _translate_to_keras(self, name: str, given: Words, rank: int) -> PythonCall:
        """Return Keras' layer with channels first, where a word gives the padding.

        Raises:
            UsageError: Keras has no such layer.
        """
        roles = {self.means[own]: value for own, value in given.items() if own in self.means}
        many = {role for role, number in _NEUTRAL.items() if not _is_all(roles.get(role), number)}
        # Keras' layer has no groups, takes a stride or a dilation, not both, and means another
        # size by output_padding beside a word.
        beyond = many & {"groups", "output_padding"} or many & {"dilation", "stride"}
        if beyond - {"stride"} and beyond != {"dilation"}:
            raise UsageError(
                f"{name} of {self.title} with {self.padding} {given[self.padding]!r} and"
                f" {' and '.join(sorted(beyond))} is not read",
                help="write its padding in numbers, or leave one of them out.",
                code="pasted-call",
            )
        words = {
            new: roles[role] for role, new in _TORCH_TO_KERAS.items() if roles.get(role) is not None
        }
        padding = {"padding": given[self.padding].lower(), "data_format": "channels_first"}
        return PythonCall(f"keras.layers.Conv{rank}DTranspose", (), words | padding)


def find_borrowed(
    call: PythonCall, *, whole: bool, alone: bool = False
) -> tuple[str, str, PythonCall] | None:
    """Return (title, remark, translation) of another framework's call of this name, if any.

    whole: whether the call's module names the framework; else its arguments have to fit. alone:
    whether they may fit one framework only.

    Raises:
        UsageError: they fit several.
    """
    ranks = [(borrowed, borrowed.find_rank(call.name, whole=whole)) for borrowed in BORROWED]
    named = [(borrowed, rank) for borrowed, rank in ranks if rank is not None]
    # Keras 2 calls its layer as Keras 1 does, with other parameters.
    fitting = [pair for pair in named if pair[0].fits(call)]
    if alone and len({borrowed.title for borrowed, _ in fitting}) > 1:
        last = call.name.rpartition(".")[2]
        homes = [borrowed.paths[0].rpartition(".")[0] for borrowed, _ in fitting]
        raise UsageError(
            f"{call.name} fits {' and '.join(borrowed.title for borrowed, _ in fitting)}, whose"
            " defaults differ",
            help=f"write {' or '.join(f'{home}.{last}' for home in homes)}.",
            code="pasted-call",
        )
    for borrowed, rank in fitting or (named if whole else []):
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
        # Measured: dm-sonnet 2.0.2 gives the values of Keras 2 with output_padding stride - 1.
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


def _is_all(given: Any, neutral: int) -> bool:
    """Return whether a parameter has its neutral number on every axis, or is not given."""
    values = given if isinstance(given, list) else [given]
    return all(value in (None, neutral) for value in values)


def _change_mindspore(given: Words, rank: int) -> Words:
    """Return the parameters with one number per axis for the crop of both its ends."""
    word, padding = given.get("pad_mode"), given.get("padding")
    if word == "pad":
        return _join_ends(given, _pair_up(padding, 2 * rank), "MindSpore")
    if word not in ("same", "valid"):
        shown = word.text if isinstance(word, Name) else shorten(word)
        raise UsageError(
            f"pad_mode of MindSpore is {shown}",
            help="write 'same', 'valid' or 'pad'.",
            code="pasted-call",
        )
    if not _is_all(padding, 0):
        raise UsageError(
            "MindSpore, whose name this is, takes a padding only with pad_mode='pad'",
            help="write nn.ConvTransposeNd for PyTorch's layer, with N for the number of axes, or"
            " add pad_mode='pad'.",
            code="pasted-call",
        )
    return given


def _change_equinox(given: Words, rank: int) -> Words:
    """Return the parameters with one number per axis for the crop of both its ends."""
    padding, mode = given.get("padding"), given.get("padding_mode")
    if isinstance(padding, str) and padding.upper() == "VALID":
        return {**given, "padding": 0}
    odd = padding if isinstance(padding, str) and padding.upper() != "SAME" else None
    if odd or (isinstance(mode, str) and mode.upper() != "ZEROS"):
        raise UsageError(
            f"padding {odd or mode!r} of Equinox is not read",
            help="write 'SAME', 'VALID' or numbers.",
            code="pasted-call",
        )
    pairs = padding if isinstance(padding, list) else []
    is_paired = all(isinstance(pair, list) and len(pair) == 2 for pair in pairs)
    return _join_ends(given, pairs if is_paired else [], "Equinox")


def _pair_up(numbers: Any, count: int) -> list[Any]:
    """Return (begin, end) per axis for a list of `count` numbers."""
    if not isinstance(numbers, list) or len(numbers) != count:
        return []
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _join_ends(given: Words, pairs: list[Any], title: str) -> Words:
    """Return the parameters with one number per axis as padding, if there are pairs.

    Raises:
        UsageError: begin and end differ.
    """
    if not all(begin == end for begin, end in pairs):
        raise UsageError(
            f"{title}'s layer crops begin and end differently, which PyTorch does not",
            help="give options, with pairs: deconv shape -k 4 -s 2 -p 1:2,0:1.",
            code="pasted-call",
        )
    return {**given, "padding": [begin for begin, _ in pairs]} if pairs else given


def _change_slim(given: Words, rank: int) -> Words:
    return _lower_words({**given, "data_format": _name_layout(given.get("data_format"))})


def _name_layout(given: Any) -> Any:
    if not isinstance(given, str) or not given.startswith("N"):
        return given if isinstance(given, str) else None
    return "channels_last" if given.endswith("C") else "channels_first"


def _change_backend(given: Words, rank: int) -> Words:
    """Return the words as tf.nn writes them."""
    layouts = {"channels_last": "N{}C", "channels_first": "NC{}"}
    layout, padding = layouts.get(str(given.get("data_format"))), given["padding"]
    axes = {1: "W", 2: "HW", 3: "DHW"}[rank]
    return {
        **given,
        "padding": padding.upper() if isinstance(padding, str) else padding,
        "data_format": layout.format(axes) if layout else None,
    }


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
# What a layer whose padding is a word has in Keras, and the numbers that change nothing.
_TORCH_TO_KERAS = {
    "out_channels": "filters",
    "kernel_size": "kernel_size",
    "stride": "strides",
    "dilation": "dilation_rate",
    "bias": "use_bias",
}
_NEUTRAL = {"stride": 1, "dilation": 1, "groups": 1, "output_padding": 0}
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

_BACKENDS = (
    "K",
    "keras.backend",
    "tf.keras.backend",
    "tensorflow.keras.backend",
    "tf_keras.backend",
)

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
        # This function has no such parameter, and Paddle's layer has no default for it.
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
        change=_change_equinox,
        # Equinox convolves the dilated input forward, which meets the taps in reverse.
        remark="the same sizes, with the taps in reverse",
        padding="padding",
    ),
    Borrowed(
        "Equinox",
        ("eqx.nn.ConvTranspose{n}d", "equinox.nn.ConvTranspose{n}d"),
        # Unlike the class of any number of axes, these have output_padding before padding.
        (*_EQUINOX_START, "output_padding", "padding", *_EQUINOX_END),
        3,
        "torch.nn.ConvTranspose{n}d",
        {**_TORCH, "use_bias": "bias"},
        change=_change_equinox,
        remark="the same sizes, with the taps in reverse",
        padding="padding",
    ),
    *(
        Borrowed(
            "MindSpore",
            tuple(f"{home}.Conv{rank}dTranspose" for home in ("mindspore.nn", "ms.nn", "nn")),
            (*_MINDSPORE_START, *order, "has_bias", "weight_init", "bias_init", *_MINDSPORE_END),
            3,
            f"torch.nn.ConvTranspose{rank}d",
            {**_TORCH, "group": "groups", "has_bias": "bias"},
            {"has_bias": False, "pad_mode": "same"},
            _change_mindspore,
            padding="pad_mode",
        )
        for rank, order in (
            (1, ("dilation", "group")),
            (2, ("output_padding", "dilation", "group")),
            (3, ("dilation", "group", "output_padding")),
        )
    ),
    Borrowed(
        "Keras 2 (backend)",
        tuple(f"{home}.conv{{n}}d_transpose" for home in _BACKENDS),
        ("x", "kernel", "output_shape", "strides", "padding", "data_format", "dilation_rate"),
        3,
        "tf.nn.conv{n}d_transpose",
        {
            "x": "input",
            "kernel": "filters",
            "output_shape": "output_shape",
            "strides": "strides",
            "padding": "padding",
            "data_format": "data_format",
            "dilation_rate": "dilations",
        },
        {"strides": 1, "padding": "valid"},
        _change_backend,
        "the same function, whose default is SAME",
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
    *(
        Borrowed(
            "Keras 2",
            tuple(f"{home}.{name}" for home in ("keras.layers", "keras.layers.convolutional")),
            (*_TF_LAYER[:4], "output_padding", *_TF_LAYER[4:], *_INITIALIZERS, "input_shape"),
            2,
            f"tf_keras.layers.Conv{rank}DTranspose",
            {**_KERAS, "output_padding": "output_padding", "input_shape": "input_shape"},
        )
        for rank, name in (
            *((2, "Deconvolution2D"), (2, "Deconv2D")),
            *((3, "Deconvolution3D"), (3, "Deconv3D")),
        )
    ),
    Borrowed(
        "TensorFlow's gradient",
        ("tf.raw_ops.Conv2DBackpropInput", "tf.nn.conv2d_backprop_input"),
        (
            *("input_sizes", "filter", "out_backprop", "strides", "padding", "use_cudnn_on_gpu"),
            *("explicit_paddings", "data_format", "dilations"),
        ),
        5,
        "tf.nn.conv2d_transpose",
        {
            "input_sizes": "output_shape",
            "filter": "filters",
            "out_backprop": "input",
            **{name: name for name in ("strides", "padding", "data_format", "dilations")},
        },
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
