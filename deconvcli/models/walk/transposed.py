"""ConvTranspose, which the dialect of ONNX reads."""

from __future__ import annotations

from collections.abc import Sequence

from deconvcli.common.errors import NotLinear, Refused, UsageError
from deconvcli.frameworks.dialects import take
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading
from deconvcli.models.walk.tensors import Call, Problem, Tensor, make_tensor

_DIALECT = take("onnx")[0]
# Besides these two, the dialect's parameters are the operator's attributes.
_ATTRIBUTES = {argument.name for argument in _DIALECT.arguments} - {"B", "opset"}


def transpose_convolution(call: Call) -> tuple[Sequence[Tensor], Reading | None]:
    """Return the output, and the layer as the dialect reads it where all sizes are known.

    Raises:
        Problem: the operator's specification refuses the layer.
    """
    given, weights = call.input(0).sizes, call.input(1).sizes
    if given is None or len(given) < 3:
        rank = len(weights) if weights is not None else None
        return [Tensor(None if rank is None else (None,) * rank)], None
    if weights is None or None in weights or None in given[1:]:
        return [Tensor((given[0], *(None,) * (len(given) - 1)))], None
    # The dialect wants a batch, and no formula depends on its size.
    batch = given[0] if isinstance(given[0], int) else 1
    parameters = {name: call.attributes[name] for name in call.attributes if name in _ATTRIBUTES}
    try:
        reading = read_layer(
            "onnx",
            {**parameters, "B": call.has(2), "opset": call.version},
            (batch, *given[1:]),  # type: ignore[arg-type]
            weights,  # type: ignore[arg-type]
        )
    except NotLinear:
        return [Tensor((None,) * len(given))], None
    except (Refused, UsageError) as error:
        raise Problem(error.code, error.message, error.help) from error
    sizes = (given[0], *reading.output_shape[1:])
    return [make_tensor(sizes)], reading
