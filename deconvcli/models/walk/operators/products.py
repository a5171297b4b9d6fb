"""Products of matrices, and attention, which is made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deconvcli.models.model import write_sizes
from deconvcli.models.walk.elements import join_sizes
from deconvcli.models.walk.tensors import (
    UNKNOWN,
    Call,
    OpenSize,
    Operator,
    Problem,
    Tensor,
    compute,
    make_tensor,
)


def _multiply(call: Call) -> Sequence[Tensor]:
    return _multiply_matrices(call.input(0), call.input(1))


def _multiply_fused(call: Call) -> Sequence[Tensor]:
    """FusedMatMul transposes one of them, or both, before."""
    one, other = call.input(0), call.input(1)
    if call.number("transA", 0):
        one = _swap(one)
    if call.number("transB", 0):
        other = _swap(other)
    return _multiply_matrices(one, other)


def _multiply_quantized(call: Call) -> Sequence[Tensor]:
    """QLinearMatMul has scales and zero points between the two."""
    return _multiply_matrices(call.input(0), call.input(3))


def _swap(tensor: Tensor) -> Tensor:
    sizes = tensor.sizes
    return (
        tensor if sizes is None or len(sizes) < 2 else Tensor((*sizes[:-2], sizes[-1], sizes[-2]))
    )


def _multiply_matrices(one: Tensor, other: Tensor) -> Sequence[Tensor]:
    left, right = one.sizes, other.sizes
    if not left or not right:
        return [UNKNOWN]
    rows, columns = left[-2:-1], right[-1:] if len(right) > 1 else ()
    inner = right[-2] if len(right) > 1 else right[0]
    _check_inner(left, right, left[-1], inner)
    outer = join_sizes([Tensor(left[:-2]), Tensor(right[:-2])])
    return [make_tensor((*(outer or ()), *rows, *columns))]


def _check_inner(
    left: Sequence[OpenSize], right: Sequence[OpenSize], one: OpenSize, other: OpenSize
) -> None:
    """Refuse matrices that do not fit.

    Raises:
        Problem: the sizes over which they are summed differ.
    """
    if compute(lambda a, b: bool(a != b), one, other):
        raise Problem(
            "unequal-sizes",
            f"matrices of {write_sizes(left)} and {write_sizes(right)} do not fit: {one} is not"
            f" {other}",
            "use the input size with which the model was made.",
            (one, other),
        )


def _multiply_and_add(call: Call) -> Sequence[Tensor]:
    left, right = call.input(0).sizes, call.input(1).sizes
    turned = call.number("transA", 0), call.number("transB", 0)
    if left is not None and turned[0]:
        left = left[::-1]
    if right is not None and turned[1]:
        right = right[::-1]
    if left and right and len(left) == len(right) == 2:
        _check_inner(left, right, left[1], right[0])
    return [Tensor((left[0] if left else None, right[-1] if right else None))]


def _sum_products(call: Call) -> Sequence[Tensor]:
    """Einsum: each letter is an axis."""
    equation = call.text("equation", "").replace(" ", "")
    terms, arrow, result = equation.partition("->")
    letters: dict[str, OpenSize] = {}
    ellipsis: list[Tensor] = []
    for term, tensor in zip(terms.split(","), call.inputs, strict=False):
        sizes = None if tensor is None else tensor.sizes
        if sizes is None:
            return [UNKNOWN]
        before, dots, after = term.partition("...")
        if (not dots and len(before) != len(sizes)) or len(before) + len(after) > len(sizes):
            return [UNKNOWN]
        middle = len(sizes) - len(after)
        if dots:
            ellipsis.append(Tensor(sizes[len(before) : middle]))
            named = [*zip(before, sizes, strict=False), *zip(after, sizes[middle:], strict=True)]
        else:
            named = list(zip(before, sizes, strict=True))
        for letter, size in named:
            known = letters.get(letter)
            # A size of 1 is stretched.
            if known is None or (isinstance(known, int) and known == 1):
                letters[letter] = size
    if not arrow:
        alone = sorted(one for one in set(terms) if one.isalpha() and terms.count(one) == 1)
        result = ("..." if ellipsis else "") + "".join(alone)
    before, dots, after = result.partition("...")
    outer = join_sizes(ellipsis) if dots else ()
    listed = [letters.get(letter) for letter in before], [letters.get(one) for one in after]
    return [UNKNOWN if outer is None else make_tensor((*listed[0], *outer, *listed[1]))]


def _attend(call: Call) -> Sequence[Tensor]:
    """Attention (opset 23) and its relatives: the sizes of the query, the depth of the values."""
    query, values = call.input(0).sizes, call.input(2).sizes
    first = UNKNOWN
    if query is not None and values is not None and len(query) == len(values) == 4:
        first = Tensor((*query[:3], values[3]))
    return [first] + [UNKNOWN] * (call.outputs - 1)


def _find_determinant(call: Call) -> Sequence[Tensor]:
    sizes = call.input(0).sizes
    return [UNKNOWN if sizes is None else Tensor(sizes[:-2])]


OPERATORS: Mapping[str, Operator] = {
    "MatMul": _multiply,
    "MatMulInteger": _multiply,
    "MatMulIntegerToFloat": _multiply,
    "DynamicQuantizeMatMul": _multiply,
    "FusedMatMul": _multiply_fused,
    "QLinearMatMul": _multiply_quantized,
    "Gemm": _multiply_and_add,
    "FusedGemm": _multiply_and_add,
    "Einsum": _sum_products,
    "Attention": _attend,
    "Det": _find_determinant,
}
