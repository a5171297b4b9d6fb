"""Operations on each element: some keep the sizes of their input, others join several tensors."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from struct import pack, unpack
from typing import Any

from deconvcli.layers.axis import Linear
from deconvcli.models.walk.elements import expand_values, join_sizes, map_elements
from deconvcli.models.walk.tensors import Call, Operator, Tensor, find_place, make_tensor

# The first output has the sizes of the first input.
_KEEPING = (
    "Acos",
    "Acosh",
    "Affine",
    "Asin",
    "Asinh",
    "Atan",
    "Atanh",
    "BatchNormalization",
    "Bernoulli",
    "BiasAdd",
    "BiasGelu",
    "BitwiseNot",
    "Celu",
    "Clip",
    "Cos",
    "Cosh",
    "CumProd",
    "CumSum",
    "DequantizeLinear",
    "Elu",
    "EmbedNormalization",
    "Erf",
    "Exp",
    "EyeLike",
    "FastGelu",
    "Gelu",
    "GroupNormalization",
    "HardSigmoid",
    "HardSwish",
    "Hardmax",
    "ImageScaler",
    "InstanceNormalization",
    "IsInf",
    "IsNaN",
    "LRN",
    "LeakyRelu",
    "Log",
    "LogSoftmax",
    "LpNormalization",
    "MeanVarianceNormalization",
    "Mish",
    "PRelu",
    "ParametricSoftplus",
    "QuantizeLinear",
    "QuickGelu",
    "RMSNormalization",
    "RandomNormalLike",
    "RandomUniformLike",
    "Relu",
    "ReverseSequence",
    "RotaryEmbedding",
    "ScaledTanh",
    "Scatter",
    "ScatterElements",
    "ScatterND",
    "Selu",
    "Shrink",
    "Sigmoid",
    "SimplifiedLayerNormalization",
    "Sin",
    "Sinh",
    "SkipLayerNormalization",
    "SkipSimplifiedLayerNormalization",
    "Softmax",
    "Softplus",
    "Softsign",
    "Sqrt",
    "Swish",
    "Tan",
    "Tanh",
    "TensorScatter",
    "ThresholdedRelu",
    "Trilu",
)

_INTEGERS = {2, 3, 4, 5, 6, 7, 9, 12, 13}
"""TensorProto.DataType: the types of integers, with bool."""


def _keep(call: Call) -> Sequence[Tensor]:
    first = Tensor(call.input(0).sizes)
    # Masks and running statistics: only the first output is the same.
    return [first] + [Tensor()] * (call.outputs - 1)


def _drop(call: Call) -> Sequence[Tensor]:
    """Dropout: the data, and a mask of its size."""
    return [Tensor(call.input(0).sizes)] * call.outputs


def _copy(call: Call) -> Sequence[Tensor]:
    return [call.input(0)]


def _normalize(call: Call) -> Sequence[Tensor]:
    """LayerNormalization: the data, and a mean and a deviation for each slice of it."""
    sizes = call.input(0).sizes
    if sizes is None:
        return [Tensor()] * call.outputs
    place = find_place(call.number("axis", -1), len(sizes))
    means = Tensor((*sizes[:place], *[1] * (len(sizes) - place)))
    return [Tensor(sizes), means, means][: call.outputs]


def _divide(one: Any, other: Any) -> Any:
    if isinstance(one, float) or isinstance(other, float):
        return one / other
    if isinstance(one, Linear) or isinstance(other, Linear):
        # Sizes are not negative, so that rounding down is cutting off.
        return one // other
    quotient = abs(one) // abs(other)
    return quotient if (one < 0) == (other < 0) else -quotient


def _power(one: Any, other: Any) -> Any:
    if isinstance(one, Linear):
        return one if other == 1 else None
    found = one**other if abs(other) <= 64 and abs(one) < 2**31 else None
    return found if not isinstance(found, complex) else None


def round_to_single(value: Any) -> Any:
    """Return a number with the precision of 32 bits, as runtimes compute it."""
    if isinstance(value, float) and math.isfinite(value):
        return float(unpack("<f", pack("<f", value))[0])
    return value


def _single(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function with its result in 32 bits: sizes are computed from such scales."""
    return lambda *parts: round_to_single(function(*parts))


def _modulo(call: Call) -> Sequence[Tensor]:
    if call.number("fmod", 0):
        return map_elements(call, lambda a, b: None if isinstance(a, Linear) else math.fmod(a, b))
    return map_elements(call, lambda a, b: a % b)


_COMPUTED: Mapping[str, Callable[..., Any] | None] = {
    "Add": _single(lambda a, b: a + b),
    "Sub": _single(lambda a, b: a - b),
    "Mul": _single(lambda a, b: a * b),
    "Div": _single(_divide),
    "Pow": _single(_power),
    "Min": lambda *parts: min(parts),
    "Max": lambda *parts: max(parts),
    "Sum": _single(lambda *parts: sum(parts)),
    "Mean": None,
    "Equal": lambda a, b: bool(a == b),
    "Less": lambda a, b: bool(a < b),
    "LessOrEqual": lambda a, b: bool(a <= b),
    "Greater": lambda a, b: bool(a > b),
    "GreaterOrEqual": lambda a, b: bool(a >= b),
    "And": lambda a, b: bool(a and b),
    "Or": lambda a, b: bool(a or b),
    "Xor": lambda a, b: bool(a) != bool(b),
    "Not": lambda a: not a,
    "Neg": lambda a: -a,
    "Abs": lambda a: a if isinstance(a, Linear) and a >= 0 else abs(a),
    "Sign": lambda a: (a > 0) - (a < 0),
    "Ceil": lambda a: a if isinstance(a, Linear) else float(math.ceil(a)),
    "Floor": lambda a: a if isinstance(a, Linear) else float(math.floor(a)),
    "Round": lambda a: a if isinstance(a, Linear) else float(round(a)),
    "Reciprocal": lambda a: None if isinstance(a, Linear) else round_to_single(1 / a),
    "Sqrt": lambda a: None if isinstance(a, Linear) else round_to_single(math.sqrt(a)),
    "BitShift": None,
    "BitwiseAnd": lambda a, b: a & b,
    "BitwiseOr": lambda a, b: a | b,
    "BitwiseXor": lambda a, b: a ^ b,
}


def _map(function: Callable[..., Any] | None) -> Operator:
    return lambda call: map_elements(call, function)


def _cast(call: Call) -> Sequence[Tensor]:
    """Cast cuts off what follows the point; sizes in letters are integers already."""
    target = call.number("to", 0)

    def convert(value: Any) -> Any:
        if isinstance(value, Linear):
            return value
        if target == 9:
            return bool(value)
        return int(value) if target in _INTEGERS else round_to_single(float(value))

    return map_elements(call._replace(inputs=call.inputs[:1]), convert)


def _where(call: Call) -> Sequence[Tensor]:
    tensors = [call.input(place) for place in range(3)]
    sizes = join_sizes(tensors)
    if sizes is None:
        return [Tensor()]
    conditions, yes, no = [expand_values(tensor, sizes) for tensor in tensors]
    if conditions is None:
        return [Tensor(sizes)]
    # One of the two may be unknown where it is not chosen.
    values = [
        (yes[place] if yes else None) if condition else (no[place] if no else None)
        for place, condition in enumerate(conditions)
    ]
    if None in [None if condition is None else 0 for condition in conditions]:
        return [Tensor(sizes)]
    return [make_tensor(sizes, values)]


OPERATORS: Mapping[str, Operator] = {
    **dict.fromkeys(_KEEPING, _keep),
    **{name: _map(function) for name, function in _COMPUTED.items()},
    "Identity": _copy,
    "Dropout": _drop,
    "LayerNormalization": _normalize,
    "Cast": _cast,
    "CastLike": _keep,
    "Mod": _modulo,
    "Where": _where,
}
