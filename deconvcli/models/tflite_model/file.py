"""The tensors and operators of a TensorFlow Lite file.

Source of the numbers of fields, types and operators: tensorflow/lite/schema/schema.fbs.
"""

from __future__ import annotations

import mmap
import os
from typing import Any, NamedTuple

from deconvcli.common.errors import Unreadable
from deconvcli.common.files import describe_os_error
from deconvcli.models.tflite_model.flatbuffer import Data, Table, read_number

IDENTIFIER = b"TFL3"
CUSTOM = 32
MOST_VALUES = 64
"""The largest constant whose values are read: shapes are, weights are not."""


class Tensor(NamedTuple):
    """A tensor. sizes: as stored, None where they are open or there are none.

    values: those of a small constant of integers.
    """

    name: str
    sizes: tuple[int | None, ...] | None
    values: tuple[int, ...] | None = None


class Operator(NamedTuple):
    """An operator. kind: as the schema names it, or the name of a custom one.

    inputs, outputs: the numbers of tensors, -1 for one that is left out. options: the first numbers
    of its parameters, as the schema orders them; custom_options: those of a custom one, as bytes.
    """

    kind: str
    is_custom: bool
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    options: tuple[int, ...]
    custom_options: bytes


class Subgraph(NamedTuple):
    """One graph of the file. inputs: the numbers of the tensors that a caller gives."""

    name: str
    tensors: tuple[Tensor, ...]
    inputs: tuple[int, ...]
    operators: tuple[Operator, ...]


class TfliteFile(NamedTuple):
    """A file. version: of the schema. description: what its converter wrote."""

    version: int
    description: str
    subgraphs: tuple[Subgraph, ...]


def read_tflite(path: str) -> TfliteFile:
    """Return what is in a file, without its weights.

    Raises:
        Unreadable: the file cannot be read, is damaged, or is no file of TensorFlow Lite.
    """
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            if size < 8 or os.pread(file.fileno(), 4, 4) != IDENTIFIER:
                raise refuse("does not begin as one of TensorFlow Lite")
            with mmap.mmap(file.fileno(), size, access=mmap.ACCESS_READ) as data:
                return _read(data)
    except OSError as error:
        raise refuse(f"cannot be read: {describe_os_error(error)}") from error
    except ValueError as error:
        raise refuse(f"is damaged: {error}") from error


def refuse(reason: str) -> Unreadable:
    """Return the error for a file that is no such model."""
    return Unreadable(f"the file {reason}", help="convert the model again.")


def _read(data: Data) -> TfliteFile:
    model = Table(data, read_number(data, 0, "I"))
    codes = [_name_code(code) for code in model.tables(1)]
    buffers = model.tables(4)
    graphs = tuple([_read_subgraph(graph, codes, buffers) for graph in model.tables(2)])
    return TfliteFile(model.number(0, "I"), model.text(3), graphs)


def _name_code(code: Table) -> tuple[str, bool]:
    """Return the name of an operator, and whether it is a custom one."""
    # Files of before 2020 have the number in one byte, later ones in both fields.
    number = max(code.number(0, "b"), code.number(3, "i"))
    if number == CUSTOM:
        return code.text(1) or "custom", True
    return (KINDS[number] if number < len(KINDS) else f"operator {number}"), False


def _read_subgraph(graph: Table, codes: list[tuple[str, bool]], buffers: Any) -> Subgraph:
    operators = []
    for operator in graph.tables(3):
        kind, is_custom = codes[_check(operator.number(0, "I"), len(codes), "operator code")]
        operators.append(
            Operator(
                kind,
                is_custom,
                operator.numbers(1),
                operator.numbers(2),
                _read_options(kind, operator.table(4)),
                operator.raw(5)[:MOST_VALUES],
            )
        )
    tensors = tuple([_read_tensor(tensor, buffers) for tensor in graph.tables(0)])
    for one in operators:
        for number in (*one.inputs, *one.outputs):
            _check(number + 1, len(tensors) + 1, "tensor")
    inputs = tuple([_check(number, len(tensors), "tensor") for number in graph.numbers(1)])
    return Subgraph(graph.text(4), tensors, inputs, tuple(operators))


def _read_options(kind: str, table: Table | None) -> tuple[int, ...]:
    """Return the parameters of an operator that a reader asks for."""
    if table is None:
        return ()
    return tuple([table.number(at, letter) for at, letter in enumerate(OPTIONS.get(kind, ""))])


def _check(number: int, count: int, name: str) -> int:
    if not 0 <= number < count:
        raise ValueError(f"there is no {name} {number}")
    return number


def _read_tensor(tensor: Table, buffers: Any) -> Tensor:
    stored, signature = tensor.numbers(0), tensor.numbers(7)
    # A size that is open is 1 in the shape and -1 in the signature.
    sizes = signature if len(signature) == len(stored) else stored
    known = tuple([None if size < 0 else size for size in sizes])
    # Without a shape it is a scalar, or a tensor of which nothing is known.
    is_known = bool(stored) or tensor.number(8, "b") != 0
    return Tensor(tensor.text(3), known if is_known else None, _read_values(tensor, buffers))


def _read_values(tensor: Table, buffers: Any) -> tuple[int, ...] | None:
    kind = INTEGERS.get(tensor.number(1, "b"))
    number = tensor.number(2, "I")
    if kind is None or not 0 < number < len(buffers):
        return None
    raw = buffers[number].raw(0) if buffers[number].has(0) else b""
    width = {"i": 4, "q": 8}[kind]
    if not 0 < len(raw) <= MOST_VALUES * width or len(raw) % width:
        return None
    return tuple([read_number(raw, at, kind) for at in range(0, len(raw), width)])


OPTIONS = {"TRANSPOSE_CONV": "bii"}
"""The letters of `struct` of the parameters that are read, by operator."""
INTEGERS = {2: "i", 4: "q"}
"""The types whose constants are read, by their number, with the letter of `struct`."""
_KINDS = """
ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE
EMBEDDING_LOOKUP FLOOR FULLY_CONNECTED HASHTABLE_LOOKUP L2_NORMALIZATION L2_POOL_2D
LOCAL_RESPONSE_NORMALIZATION LOGISTIC LSH_PROJECTION LSTM MAX_POOL_2D MUL RELU RELU_N1_TO_1 RELU6
RESHAPE RESIZE_BILINEAR RNN SOFTMAX SPACE_TO_DEPTH SVDF TANH CONCAT_EMBEDDINGS SKIP_GRAM CALL
CUSTOM EMBEDDING_LOOKUP_SPARSE PAD UNIDIRECTIONAL_SEQUENCE_RNN GATHER BATCH_TO_SPACE_ND
SPACE_TO_BATCH_ND TRANSPOSE MEAN SUB DIV SQUEEZE UNIDIRECTIONAL_SEQUENCE_LSTM STRIDED_SLICE
BIDIRECTIONAL_SEQUENCE_RNN EXP TOPK_V2 SPLIT LOG_SOFTMAX DELEGATE BIDIRECTIONAL_SEQUENCE_LSTM CAST
PRELU MAXIMUM ARG_MAX MINIMUM LESS NEG PADV2 GREATER GREATER_EQUAL LESS_EQUAL SELECT SLICE SIN
TRANSPOSE_CONV SPARSE_TO_DENSE TILE EXPAND_DIMS EQUAL NOT_EQUAL LOG SUM SQRT RSQRT SHAPE POW
ARG_MIN FAKE_QUANT REDUCE_PROD REDUCE_MAX PACK LOGICAL_OR ONE_HOT LOGICAL_AND LOGICAL_NOT UNPACK
REDUCE_MIN FLOOR_DIV REDUCE_ANY SQUARE ZEROS_LIKE FILL FLOOR_MOD RANGE RESIZE_NEAREST_NEIGHBOR
LEAKY_RELU SQUARED_DIFFERENCE MIRROR_PAD ABS SPLIT_V UNIQUE CEIL REVERSE_V2 ADD_N GATHER_ND COS
WHERE RANK ELU REVERSE_SEQUENCE MATRIX_DIAG QUANTIZE MATRIX_SET_DIAG ROUND HARD_SWISH IF WHILE
NON_MAX_SUPPRESSION_V4 NON_MAX_SUPPRESSION_V5 SCATTER_ND SELECT_V2 DENSIFY SEGMENT_SUM
BATCH_MATMUL PLACEHOLDER_FOR_GREATER_OP_CODES CUMSUM CALL_ONCE BROADCAST_TO RFFT2D CONV_3D IMAG
REAL COMPLEX_ABS HASHTABLE HASHTABLE_FIND HASHTABLE_IMPORT HASHTABLE_SIZE REDUCE_ALL
CONV_3D_TRANSPOSE VAR_HANDLE READ_VARIABLE ASSIGN_VARIABLE BROADCAST_ARGS RANDOM_STANDARD_NORMAL
BUCKETIZE RANDOM_UNIFORM MULTINOMIAL GELU DYNAMIC_UPDATE_SLICE RELU_0_TO_1 UNSORTED_SEGMENT_PROD
UNSORTED_SEGMENT_MAX UNSORTED_SEGMENT_SUM ATAN2 UNSORTED_SEGMENT_MIN SIGN BITCAST BITWISE_XOR
RIGHT_SHIFT STABLEHLO_LOGISTIC STABLEHLO_ADD STABLEHLO_DIVIDE STABLEHLO_MULTIPLY STABLEHLO_MAXIMUM
STABLEHLO_RESHAPE STABLEHLO_CLAMP STABLEHLO_CONCATENATE STABLEHLO_BROADCAST_IN_DIM
STABLEHLO_CONVOLUTION STABLEHLO_SLICE STABLEHLO_CUSTOM_CALL STABLEHLO_REDUCE STABLEHLO_ABS
STABLEHLO_AND STABLEHLO_COSINE STABLEHLO_EXPONENTIAL STABLEHLO_FLOOR STABLEHLO_LOG
STABLEHLO_MINIMUM STABLEHLO_NEGATE STABLEHLO_OR STABLEHLO_POWER STABLEHLO_REMAINDER
STABLEHLO_RSQRT STABLEHLO_SELECT STABLEHLO_SUBTRACT STABLEHLO_TANH STABLEHLO_SCATTER
STABLEHLO_COMPARE STABLEHLO_CONVERT STABLEHLO_DYNAMIC_SLICE STABLEHLO_DYNAMIC_UPDATE_SLICE
STABLEHLO_PAD STABLEHLO_IOTA STABLEHLO_DOT_GENERAL STABLEHLO_REDUCE_WINDOW STABLEHLO_SORT
STABLEHLO_WHILE STABLEHLO_GATHER STABLEHLO_TRANSPOSE DILATE STABLEHLO_RNG_BIT_GENERATOR
REDUCE_WINDOW STABLEHLO_COMPOSITE STABLEHLO_SHIFT_LEFT STABLEHLO_CBRT STABLEHLO_CASE
"""
KINDS = tuple(_KINDS.split())
"""The built-in operators by their numbers."""
