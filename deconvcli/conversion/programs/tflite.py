"""TensorFlow Lite's operators, in a model that TensorFlow converts and LiteRT runs."""

from __future__ import annotations

from typing import ClassVar

from deconvcli.conversion.plan import Plan
from deconvcli.conversion.program import Program
from deconvcli.conversion.programs.tensorflow import TensorFlow
from deconvcli.conversion.wrapping import TAB
from deconvcli.frameworks.dialects import take


class TfLite(TensorFlow):
    """A model whose TRANSPOSE_CONV is written as the call that the converter makes it of."""

    imports: ClassVar[tuple[str, ...]] = (
        "import tensorflow as tf",
        "from ai_edge_litert.interpreter import Interpreter",
    )

    def write(self, plan: Plan) -> str:
        """Return the module as Python source.

        Raises:
            NotExpressible: the batch is empty.
        """
        if 0 in plan.target.sizes.batch:
            raise take("tflite")[0].not_expressible_error(
                "LiteRT's interpreter fails to return the empty output of a converted model",
                "give the layer one image or more.",
            )
        return super().write(plan)

    def write_setup(self, plan: Plan) -> list[str]:
        """Return the lines that make a model, and what runs it."""
        sizes = ", ".join(map(str, (*plan.source.spatial, plan.source.layer.in_channels)))
        function = "compute.get_concrete_function()"
        return [
            "kind = w.dtype",
            *super().write_setup(plan),
            "",
            f"@tf.function(input_signature=[tf.TensorSpec([None, {sizes}], kind)])",
            "def compute(x):",
            *[TAB + line for line in self.write_steps(plan)],
            f"{TAB}return y",
            "",
            "layer = tf.Module()",
            "layer.compute = compute",
            f"converter = tf.lite.TFLiteConverter.from_concrete_functions([{function}], layer)",
            "model = converter.convert()",
            "run = Interpreter(model_content=model).get_signature_runner()",
        ]

    def write_apply(self, plan: Plan) -> list[str]:
        """Return the run of the model."""
        return ['return run(x=np.asarray(x, kind))["output_0"]']

    def write_ending(self) -> list[str]:
        """Return the lines after `apply`, by which a user has the model too."""
        return ["apply.model = model"]

    def write_steps(self, plan: Plan) -> list[str]:
        """Return the lines from x to y; the converter makes the first addition the operator's."""
        lines = super().write_steps(plan)
        if self.adds_bias(plan):
            return lines
        layer = 1 + len(self.write_before(plan))
        bias = ["if b is not None:", f"{TAB}y = y + b"]
        return [*lines[:layer], *bias, *lines[layer:]]

    def write_function(self, plan: Plan) -> str:
        """Return TensorFlow's call for any number of images, which has the weights' axes HWOI."""
        words = plan.target.spelling.arguments
        _, *sizes = words["output_shape"]
        shape = ", ".join(["tf.shape(x)[0]", *map(str, sizes)])
        strides = words["stride_h"], words["stride_w"]
        word = "VALID" if "VALID" in words.values() else "SAME"
        return (
            f"tf.nn.conv2d_transpose(x, tf.transpose(w, (1, 2, 0, 3)), [{shape}],"
            f' {strides}, "{word}")'
        )


PROGRAM: Program = TfLite()
