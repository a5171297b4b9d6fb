"""LiteRT (TensorFlow Lite): its built-in kernel of TRANSPOSE_CONV; if timed, with its delegates."""

from __future__ import annotations

from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import (
    Case,
    Framework,
    Packing,
    Step,
    TimedFramework,
    Trace,
)
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import LITERT

# Numbers of the schema; they are part of the file format and do not change.
TRANSPOSE_CONV, FLOAT32, INT32 = 67, 0, 2
PADDING = {"SAME": 0, "VALID": 1}


class TfLite(TimedFramework):
    """A model of one TRANSPOSE_CONV in ai_edge_litert's interpreter."""

    dialect = "tflite"
    needs = (LITERT,)
    packing = Packing.BEFOREHAND

    def draw(self, random: Random) -> Case:
        """Return a layer with output sizes around those that a forward convolution maps back."""
        dice = Dice(random)
        geometry = dice.geometry(rank=2, dilated=0)
        into, out = dice.channels()
        word = dice.choose("SAME", "VALID")
        axes = zip(geometry.n, geometry.s, geometry.full, strict=True)
        largest = [n * s if word == "SAME" else full + s - 1 for n, s, full in axes]
        sizes = [dice.between(top - s + 1, top) for top, s in zip(largest, geometry.s, strict=True)]
        sizes = dice.spoil(sizes, 0.3, sizes[0] + geometry.s[0], max(1, sizes[0] - geometry.s[0]))
        batch = dice.between(1, 3)
        channels = out + 1 if dice.chance(0.03) else out
        params = {
            "output_shape": [batch, *sizes, channels],
            "padding": word,
            "stride_h": geometry.s[0],
            "stride_w": geometry.s[1],
        }
        seen = into + 1 if dice.chance(0.03) else into
        return Case(params, (batch, *geometry.n, seen), (out, *geometry.k, into), 2)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        from ai_edge_litert.interpreter import OpResolverType

        # The dialect describes the built-in kernel; a delegate may follow other rules.
        return self._step(case, x, w, 1, OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)()

    def prepare(self, case: Case, x: Any, w: Any, trace: Trace, threads: int = 1) -> Step:
        """Return an interpreter with its input set, and with the delegates that users get."""
        from ai_edge_litert.interpreter import OpResolverType

        return self._step(case, x, w, threads, OpResolverType.AUTO)

    def _step(self, case: Case, x: Any, w: Any, threads: int, kernels: Any) -> Step:
        from ai_edge_litert.interpreter import Interpreter

        interpreter = Interpreter(
            model_content=model(case.params, x.shape, w),
            num_threads=threads,
            experimental_op_resolver_type=kernels,
        )
        interpreter.allocate_tensors()
        interpreter.set_tensor(interpreter.get_input_details()[0]["index"], x)
        output = interpreter.tensor(interpreter.get_output_details()[0]["index"])

        def step() -> Any:
            interpreter.invoke()
            return output()

        return step

    def code(self, case: Case) -> str:
        """Return an interpreter of the model that `model` builds, since LiteRT cannot write one."""
        params = ", ".join(
            f'"{name}": "{value}"' if isinstance(value, str) else f'"{name}": {value}'
            for name, value in case.params.items()
        )
        return (
            "from deconvcli.frameworks.drivers.tflite import model;"
            " from ai_edge_litert.interpreter import Interpreter, OpResolverType as R;"
            f" i = Interpreter(model_content=model({{{params}}}, x.shape, w),"
            " experimental_op_resolver_type=R.BUILTIN_WITHOUT_DEFAULT_DELEGATES);"
            " i.allocate_tensors(); i.set_tensor(1, x); i.invoke(); y = i.get_tensor(3)"
        )


def model(params: Any, input_shape: Any, w: Any) -> bytes:
    """Return a .tflite file of one operation; its output shape and weights are constants."""
    import flatbuffers
    import numpy
    from ai_edge_litert import schema_py_generated as schema

    output_shape = numpy.array(params["output_shape"], numpy.int32)
    options = schema.TransposeConvOptionsT()
    options.padding = PADDING[params["padding"]]
    options.strideH, options.strideW = params["stride_h"], params["stride_w"]
    operator = schema.OperatorT()
    # The kernel wants the output's shape first, then the weights, and the input last.
    operator.inputs, operator.outputs = [0, 2, 1], [3]
    operator.builtinOptionsType = schema.BuiltinOptions.TransposeConvOptions
    operator.builtinOptions = options
    code = schema.OperatorCodeT()
    # Older readers know only the deprecated field, which holds codes up to 127.
    code.builtinCode = code.deprecatedBuiltinCode = TRANSPOSE_CONV
    graph = schema.SubGraphT()
    graph.tensors = [
        _tensor(schema, output_shape.shape, INT32, 1),
        _tensor(schema, input_shape, FLOAT32, 0),
        _tensor(schema, w.shape, FLOAT32, 2),
        _tensor(schema, params["output_shape"], FLOAT32, 0),
    ]
    graph.inputs, graph.outputs, graph.operators = [1], [3], [operator]
    whole = schema.ModelT()
    whole.version, whole.subgraphs, whole.operatorCodes = 3, [graph], [code]
    # Buffer 0 stays empty: by the format, tensors without data refer to it.
    whole.buffers = [_buffer(schema, data) for data in (None, output_shape, w)]
    builder = flatbuffers.Builder(1024)
    builder.Finish(whole.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _tensor(schema: Any, shape: Any, kind: int, buffer: int) -> Any:
    tensor = schema.TensorT()
    tensor.shape, tensor.type, tensor.buffer = [int(size) for size in shape], kind, buffer
    tensor.name = f"t{buffer}"
    return tensor


def _buffer(schema: Any, data: Any) -> Any:
    import numpy

    buffer = schema.BufferT()
    if data is not None:
        buffer.data = numpy.frombuffer(data.tobytes(), numpy.uint8)
    return buffer


FRAMEWORK: Framework = TfLite()
