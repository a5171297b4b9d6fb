"""The objects of our Python interface: a layer, a conversion and a network that show themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deconvcli.common.comparison import Comparable
from deconvcli.common.errors import UsageError
from deconvcli.common.values import format_count
from deconvcli.frameworks.spelling import note_reversal
from deconvcli.layers.layer import Reading, require_numbers
from deconvcli.layers.text import size_text

if TYPE_CHECKING:
    from deconvcli.conversion import Conversion
    from deconvcli.conversion.equivalent import Equivalent
    from deconvcli.conversion.proof import Proof
    from deconvcli.networks.pasted.answer import NetworkAnswer
    from deconvcli.views.drawing.picture import Picture
    from deconvcli.views.explanation import Explanation


class PublicReading(Reading):
    """A reading that can show itself; its public name is deconvcli.Reading.

    These methods need the views, which lie above the layers and above the dialects that make
    readings. So this is a class of its own up here, which every function below returns; pickle
    finds it by its name, and it equals the reading that it was made of.
    """

    __slots__ = ()

    def explain(self) -> Explanation:
        """Return how the parameters became the output size, step by step."""
        from deconvcli.views.explanation import explain

        return explain(self)

    def draw(self) -> Picture:
        """Return the animated picture, as SVG text that notebooks show and `save` writes.

        Raises:
            NotLinear: an input size is a symbol.
        """
        from deconvcli.views.drawing.picture import Picture, draw_layer
        from deconvcli.views.drawing.svg import write_animation

        return Picture(write_animation(draw_layer(self)))

    def _repr_html_(self) -> str:
        from deconvcli.views.explanation.notebook import write_element

        return write_element(self)


class PublicConversion(PublicReading):
    """A layer in another framework; its public name is deconvcli.Conversion.

    It is the reading of that framework's layer alone: where `before` or `after` have steps, its
    shapes are those of the layer between them.
    """

    # No __slots__: unlike a reading, it knows the layer that it was made of.
    _converted: Reading

    @classmethod
    def make(cls, conversion: Conversion) -> PublicConversion:
        """Return the target's reading, with a finding where its taps are reversed."""
        made = cls(*note_reversal(conversion.target, conversion.source))
        made._converted = conversion.source
        return made

    @property
    def call(self) -> str:
        """The call that makes or computes the layer."""
        return self._conversion.call

    @property
    def before(self) -> list[str]:
        """The expressions of x that make the layer's input, in the framework's own code."""
        return self._conversion.before

    @property
    def after(self) -> list[str]:
        """The expressions of y that make the output of what the layer gives."""
        return self._conversion.after

    @property
    def is_exact(self) -> bool:
        """Whether the layer alone gives the source's values."""
        return self._conversion.plan.is_exact

    @property
    def costs(self) -> list[str]:
        """What is computed in addition, in one sentence each."""
        return self._conversion.costs

    @property
    def weight_code(self) -> str:
        """The lines of NumPy that make the weights `w` of the source those of this layer."""
        return "\n".join(self._conversion.plan.recipe.lines)

    def weights(self, weight: Any) -> Any:
        """Return the layer's weights, a new array or a view, from those of the source.

        weight: in the source's layout. Of several layers the first axis of the result counts them.

        Raises:
            UsageError: the weights have another shape, or are no array.
        """
        return self._conversion.plan.recipe.apply(_read_weight(self._converted, weight))

    def prove(self) -> Proof:
        """Return how many values are equal on small integers; large layers are made smaller.

        Raises:
            NotLinear: the crop depends on an input size that is a symbol.
        """
        from deconvcli.conversion.proof import prove

        return prove(self._conversion.plan)

    def module(self) -> str:
        """Return Python code that defines build(weight, bias=None), as `deconv convert` prints it.

        Raises:
            NotExpressible: no code is written for this framework.
        """
        return self._conversion.write_program()

    def __str__(self) -> str:
        before, after = self._conversion.lines
        return "\n".join([super().__str__(), *before, *after])

    @property
    def _conversion(self) -> Conversion:
        # Not kept: its steps are functions, which cannot be pickled.
        from deconvcli.conversion import convert

        return convert(self._converted, self.spelling.name)


class PublicEquivalent(Comparable):
    """A layer in other operations of a framework; its public name is deconvcli.Equivalent."""

    def __init__(self, equivalent: Equivalent) -> None:
        self._equivalent = equivalent

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle and copy find it again: its steps are functions, which they refuse."""
        return _find_equivalent, self._identity()

    def _identity(self) -> tuple[Any, ...]:
        found = self._equivalent
        return found.source, found.name, found.way

    @property
    def way(self) -> str:
        """The way in which the layer is computed: `zeros`, `subpixel` or `matrix`."""
        return self._equivalent.way

    @property
    def call(self) -> str:
        """The expression of x and w that has the multiplications."""
        return self._equivalent.call

    @property
    def before(self) -> list[str]:
        """The expressions of x that make the call's input, in the framework's own code."""
        return self._equivalent.before

    @property
    def after(self) -> list[str]:
        """The expressions of y that make the output of what the call gives."""
        return self._equivalent.after

    @property
    def multiplications(self) -> int | str:
        """The number of multiplications; a formula where sizes are letters."""
        return self._equivalent.multiplications

    @property
    def weight_code(self) -> str:
        """The lines of NumPy that make the weights `w` of the source those of the call."""
        return "\n".join(self._equivalent.steps.recipe.lines)

    def weights(self, weight: Any) -> Any:
        """Return the weights of the call, a new array or a view, from those of the source.

        weight: in the source's layout.

        Raises:
            UsageError: the weights have another shape, or are no array.
        """
        found = self._equivalent
        return found.steps.recipe.apply(_read_weight(found.source, weight))

    def prove(self) -> Proof:
        """Return how many values are equal on small integers; large layers are made smaller."""
        from deconvcli.conversion.proof import prove_equivalent

        return prove_equivalent(self._equivalent)

    def module(self) -> str:
        """Return Python code that defines build(weight, bias=None), as `deconv convert` prints it.

        Raises:
            NotLinear: a size is a letter.
        """
        require_numbers(self._equivalent.source.spatial)
        return self._equivalent.write_module()

    def __str__(self) -> str:
        before = [f"x = {line}" for line in self.before]
        after = [f"y = {line}" for line in self.after]
        return "\n".join([*before, f"y = {self.call}", *after])

    def __repr__(self) -> str:
        found = self._equivalent
        return f"<{found.source.spelling.name} layer in {found.name}, way {self.way}>"


def _find_equivalent(source: Reading, name: str, way: str) -> PublicEquivalent:
    """Return the layer in a framework, or one of its implementations, by this way."""
    from deconvcli.conversion.equivalents import find_equivalent

    return PublicEquivalent(find_equivalent(source, name, way))


def _read_weight(source: Reading, weight: Any) -> Any:
    """Return the weights of a layer as an array.

    Raises:
        UsageError: they have another shape, or are no array.
    """
    from deconvcli.compute.runner.foreign import as_array

    array = as_array(weight, "weight")
    if array.shape != source.weight_shape:
        raise UsageError(
            f"weight has the shape {array.shape}, the layer {source.weight_shape}",
            help=f"give those of the {source.spelling.name} layer, in its layout.",
            code="weight-shape",
        )
    return array


class PublicNetwork(Comparable):
    """A network of which each layer's size is known; its public name is deconvcli.Network.

    layers: in order, each with its name, kind, output, parameters and macs; line is its line in
    the text. parameters, macs: of all layers, None where one is not known. notes: what was assumed.
    """

    def __init__(self, answer: NetworkAnswer) -> None:
        self.dialect = answer.dialect
        self.input_shape = answer.input_shape
        self.output_shape = answer.output_shape
        self.layers = answer.layers
        self.parameters = answer.parameters
        self.macs = answer.macs
        self.notes = answer.notes
        self._cells = answer.cells

    def _identity(self) -> tuple[Any, ...]:
        return self.dialect, self.input_shape, self.output_shape, self.layers, self.notes

    def __str__(self) -> str:
        """Return the table of the layers, and the notes below it."""
        from deconvcli.views.answers.renderers.text import columns_text

        return "\n".join([*columns_text(self._cells), *self.notes])

    def __repr__(self) -> str:
        """Return the number of layers and the sizes, in one line."""
        count, output = format_count(len(self.layers), "layer"), size_text(self.output_shape or ())
        return f"<Network of {count}: {size_text(self.input_shape)} -> {output}>"
