"""WebNN on the CPU in Chromium: LiteRT with XNNPACK, which builds few of the legal layers."""

from __future__ import annotations

from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from deconvcli.frameworks.drivers.webnn import WebNN, evaluate

COMPUTE = """
const {context, builder, x, y} = await make(given);
const graph = await builder.build({y});
const tensor = (shape, more) => context.createTensor({...describe(shape), ...more});
const from = await tensor(given.input_shape, {writable: true});
const into = await tensor(y.shape, {readable: true});
context.writeTensor(from, new Float32Array(given.x));
context.dispatch(graph, {x: from}, {y: into});
return [y.shape, [...new Float32Array(await context.readTensor(into))]];
"""


class WebNNOnLiteRt(WebNN):
    """A graph of one layer, built and dispatched."""

    dialect = "webnn@litert"
    has_values: ClassVar[bool] = True

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        trace.stage = "build"
        return compute(case.params, x, w)


def compute(params: Any, x: Any, w: Any) -> Any:
    """Return the output of one layer."""
    import numpy

    shape, values = evaluate(COMPUTE, Case(params, x.shape, w.shape, 2), x, w)
    return numpy.array(values, "float32").reshape(shape)


FRAMEWORK: Framework = WebNNOnLiteRt()
