"""Which framework's call is meant, where several have one of the same name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialects import take as take_dialect
from deconvcli.frameworks.pasted.layer import Name
from deconvcli.frameworks.pasted.python_call import PythonCall, Tensor
from deconvcli.frameworks.pasted.search import RETIRED
from deconvcli.networks.operation import Call, Key, KeyForm
from deconvcli.networks.operations import take

# The modules in which programs have the calls of frameworks that share names.
_HOMES = {
    "keras": ("keras.layers", "layers", "keras", "L", "KL", "tfl"),
    "torch": ("nn", "torch.nn"),
    "paddle": ("nn", "paddle.nn"),
    "mxnet": ("nn", "gluon.nn"),
    "mlx": ("nn", "mlx.nn"),
    "flax": ("nn", "linen", "nnx"),
}
# Modules of frameworks whose forward layers are not read: their names are those of others.
_UNREAD = {
    "hk": "Haiku",
    "haiku": "Haiku",
    "snt": "Sonnet",
    "sonnet": "Sonnet",
    "mindspore": "MindSpore",
    "chainer": "Chainer",
    "slim": "TF-Slim",
}
# Arguments that affect no size, such as initializers and names.
INERT = re.compile(
    r"activation|name|dtype|device|trainable|input_shape|data_format|padding_mode|api|\w+_"
    r"(initializer|regularizer|constraint)|return_indices|count_include_pad|divisor_override|"
    r"track_running_stats|use_running_average|use_global_stats|key|synchronized|fused|renorm\w*|virtual_batch_size|"
    r"layout|weight_attr|return_mask|exclusive|rms_scaling|autocast|axis_name|param_dtype|rngs|"
    r"\w+_init|align_mode|pytorch_compatible"
)


def choose_call(
    read: PythonCall, calls: Sequence[tuple[str, Call]], dialect: str
) -> tuple[str, Call]:
    """Return the framework's call that is meant: by its module, its arguments, the dialect.

    Raises:
        UsageError: the arguments fit two frameworks in different roles, and nothing decides.
    """
    home, _, _ = read.name.rpartition(".")
    if title := next((_UNREAD[name] for name in home.split(".") if name in _UNREAD), ""):
        raise UsageError(
            f"{read.name} is a layer of {title}, which is not read here",
            help="write its op and keys.",
            code="pasted-call",
        )
    if len(calls) == 1:
        return calls[0]
    # `gluon.nn` names one framework, where `nn` names several.
    shared = {pair[1].framework: _measure_home(home, pair[1].framework) for pair in calls}
    named = [pair for pair in calls if shared[pair[1].framework] == max(shared.values())]
    fits = [pair for pair in named if _count_misfits(read, *pair) == 0]
    fits = fits or [pair for pair in calls if _count_misfits(read, *pair) == 0]
    # A call that fits none is refused, in the words of the likeliest.
    is_refused = not fits
    fits = fits or named
    own = [pair for pair in fits if pair[1].framework == find_family(dialect)]
    if own or len(fits) == 1:
        return (own or fits)[0]
    first, *others = [pair for pair in fits if pair[1].framework not in RETIRED] or fits
    # A module called nn leaves only the living framework; a bare name may be of any.
    count = len(read.positional)
    for other in () if is_refused or home else others:
        if _order_roles(*other)[:count] != _order_roles(*first)[:count]:
            raise _ambiguous(read, first[1], other[1])
    return first


def find_family(dialect: str) -> str:
    """Return the framework of a dialect; Keras 2 has the layers of Keras 3."""
    return dialect.partition("@")[0].removesuffix("2")


def _measure_home(module: str, framework: str) -> int:
    """Return how many characters of a call's module are this framework's; 0 for another's."""
    homes = _HOMES.get(framework, ())
    found = [home for home in homes if module == home or module.endswith("." + home)]
    return max(map(len, found), default=0)


def _order_roles(operation: str, call: Call) -> list[str]:
    """Return our key for each parameter, in order."""
    keys = {alias: key.name for key in take(operation).keys for alias in (key.name, *key.aliases)}
    names = [call.means.get(name, name) for name in call.parameters or ()]
    return [keys.get(name, name) for name in names]


def _count_misfits(read: PythonCall, operation: str, call: Call) -> int:
    """Return how many arguments the framework's call does not take or lacks; 0 if it fits."""
    order = call.parameters or ()
    # Not strict: arguments left out have defaults, and surplus ones are counted below.
    named = dict(zip(order, read.positional, strict=False)) | dict(read.keywords)
    misfits = max(0, len(read.positional) - len(order))
    misfits += sum(name not in named for name in (*order[: call.required], *call.by_name))
    for name, value in named.items():
        if name not in order:
            misfits += not INERT.fullmatch(name)
        elif not _takes_value(value, _find_key(operation, call, name), call.framework):
            misfits += 1
    return misfits


def _find_key(operation: str, call: Call, name: str) -> Key | None:
    meant = call.means.get(name, name)
    return next((key for key in take(operation).keys if meant in (key.name, *key.aliases)), None)


def _takes_value(value: Any, key: Key | None, framework: str) -> bool:
    """Return whether a value has the form of its key, in this framework; a variable may have."""
    if key is None or isinstance(value, Name | Tensor | None):
        return True
    if key.name == "padding":
        windows = take_dialect(framework)[0].windows
        if isinstance(value, str):
            return value.lower() in windows.words
        return windows.numbers or isinstance(value, list)
    if key.form is KeyForm.INTEGER:
        return type(value) is int
    return key.form is not KeyForm.SIZES or type(value) in (int, list)


def _ambiguous(read: PythonCall, one: Call, other: Call) -> UsageError:
    ways = " or ".join(
        f"{call.framework}'s ({', '.join((call.parameters or ())[: len(read.positional)])})"
        for call in (one, other)
    )
    return UsageError(
        f"{read.name}({', '.join(map(str, read.positional))}) may be {ways}",
        help="write the names of the arguments, or set the dialect of the network.",
        code="pasted-call",
    )
