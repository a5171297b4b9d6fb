"""Programs of torch.export.

Suffixes: .pt2.

Recognised by the graph `models/NAME.json` in the archive. Sizes are those that PyTorch stored for
every tensor, numbers or expressions of symbols; ours of each transposed convolution are compared
with them. Weights, sample inputs and pickles are not opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from typing import Any

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.common.values import shorten_list
from deconvcli.frameworks.spelling import read_layer
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import size_text
from deconvcli.models.exported.program import (
    Operation,
    Program,
    Tensor,
    read_programs,
    refuse_other_forms,
)
from deconvcli.models.expressions import Expression, Size, evaluate
from deconvcli.models.inputs import match_inputs
from deconvcli.models.model import (
    GivenSizes,
    Model,
    ModelLayer,
    ModelStep,
    ModelSteps,
    Reader,
    Sizes,
    keep_connected,
)
from deconvcli.models.steps.torch import AtenCall, describe_step

_TRANSPOSED = {f"aten.conv_transpose{rank}d": rank for rank in (1, 2, 3)}
# The parameters that the operation shares with torch's functions.
_PARAMETERS = ("stride", "padding", "output_padding", "groups", "dilation")


class TorchExport(Reader):
    """Programs of torch.export, PyTorch 2.8 and later."""

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the first program of the archive, which mostly has one."""
        [program, *others] = read_programs(path)
        values = _find_values(program, sizes)
        with refuse_other_forms():
            model = _Model(program, values).build()
        notes = [f"{len(others)} more programs are in the archive"] if others else []
        return model._replace(notes=(*model.notes, *notes))

    def list_steps(self, path: str, sizes: GivenSizes) -> ModelSteps:
        """Return the operations of the first program; where sizes are open, none is a step."""
        program = read_programs(path)[0]
        values = _find_values(program, sizes)
        with refuse_other_forms():
            return _Model(program, values).list_steps()


class _Model:
    """One program at given sizes: the values of its symbols, and an example for those left open."""

    def __init__(self, program: Program, values: Mapping[str, int]) -> None:
        self._program = program
        self._values = dict(values)
        self._sample = {**program.hints, **self._values}
        for name in program.inputs:
            for place, size in enumerate(program.sizes[name]):
                if (found := evaluate(size, self._sample)) is not None:
                    self._sample[f"{name}.{place}"] = found
                if (found := evaluate(size, self._values)) is not None:
                    self._values[f"{name}.{place}"] = found

    def build(self) -> Model:
        """Return the model."""
        # The others compute with sizes alone.
        operations = [one for one in self._program.operations if one.outputs]
        layers = tuple([self._layer(operation) for operation in operations])
        findings = [*self._find_refusals(), *self._compare(layers, operations)]
        return Model(
            f"torch.export, PyTorch {self._program.version}",
            {name: self._write(sizes) for name, sizes in self._program.sizes.items()},
            keep_connected(layers, self._program.inputs),
            tuple(findings),
            tuple(self._explain_symbols()),
        )

    def list_steps(self) -> ModelSteps:
        """Return the operations on tensors as steps."""
        tensors = {name: self._write(sizes) for name, sizes in self._program.sizes.items()}
        steps = []
        for one in self._program.operations:
            if not one.outputs:
                continue
            layer, taken = self._layer(one), list(_find_tensors(one.arguments.values()))
            weight = one.arguments.get("weight")
            call = AtenCall(
                layer.kind,
                {name: self._compute(value) for name, value in one.arguments.items()},
                tensors.get(taken[0]) if taken else None,
                tensors.get(weight.name) if isinstance(weight, Tensor) else None,
                tensors.get(one.outputs[0]),
                len(taken),
            )
            steps.append(
                ModelStep(
                    layer.name,
                    layer.kind,
                    layer.takes,
                    layer.gives,
                    tensors.get(one.outputs[0]),
                    describe_step(call),
                )
            )
        inputs = {name: tensors[name] for name in self._program.inputs}
        return ModelSteps("torch", inputs, keep_connected(steps, self._program.inputs))

    def _compute(self, value: Any) -> Any:
        """Return an argument with numbers in place of formulas where these have values."""
        if isinstance(value, list):
            return [self._compute(one) for one in value]
        return evaluate(value, self._values) if isinstance(value, Expression) else value

    def _write(self, sizes: tuple[Size, ...]) -> Sizes:
        """Return sizes as numbers where the symbols have values, and as formulas elsewhere."""
        found = [evaluate(size, self._values) for size in sizes]
        return tuple(
            [str(size) if one is None else one for size, one in zip(sizes, found, strict=True)]
        )

    def _layer(self, operation: Operation) -> ModelLayer:
        kind = operation.target.removeprefix("aten.").rpartition(".")[0] or operation.target
        output = operation.outputs[0]
        stored = self._program.sizes.get(output)
        place = operation.place
        weights = [
            self._program.sizes.get(value.name, ())
            for name, value in operation.arguments.items()
            if isinstance(value, Tensor) and value.name in self._program.parameters
        ]
        return ModelLayer(
            operation.module or operation.name,
            kind,
            None if stored is None else self._write(stored),
            sum(prod(int(str(size)) for size in shape) for shape in weights),
            self._read(operation),
            str(place or ""),
            takes=tuple(_find_tensors(operation.arguments.values())),
            gives=operation.outputs,
        )

    def _read(self, operation: Operation) -> Reading | None:
        """Return a transposed convolution, at the sample's sizes; None for all others."""
        rank = _TRANSPOSED.get(operation.target.rpartition(".")[0])
        if rank is None:
            return None
        given, weight = operation.arguments["input"], operation.arguments["weight"]
        shapes = [self._numbers(self._program.sizes[one.name]) for one in (given, weight)]
        if None in shapes:
            return None
        parameters = {
            name: [evaluate(one, self._sample) for one in value]
            if isinstance(value := operation.arguments[name], list)
            else value
            for name in _PARAMETERS
            if name in operation.arguments
        }
        has_bias = operation.arguments.get("bias") is not None
        words = {"api": "functional", "bias": has_bias, **parameters}
        # What PyTorch has computed once is not refused; a kind of number that it is not, may be.
        try:
            return read_layer("torch", words, shapes[0] or (), shapes[1], rank)
        except DeconvError:
            return None

    def _numbers(self, sizes: tuple[Size, ...]) -> tuple[int, ...] | None:
        found = [evaluate(size, self._sample) for size in sizes]
        return None if None in found else tuple([size for size in found if size is not None])

    def _compare(
        self, layers: Sequence[ModelLayer], operations: Sequence[Operation]
    ) -> Iterator[Diagnostic]:
        """Yield a finding where a stored size is not ours."""
        for layer, operation in zip(layers, operations, strict=True):
            if layer.reading is None:
                continue
            stored = self._numbers(self._program.sizes[operation.outputs[0]])
            if stored is not None and stored != layer.reading.output_shape:
                yield Diagnostic(
                    "expect",
                    Severity.ERROR,
                    f"{layer.name}: the file stores {size_text(stored)}, the layer gives"
                    f" {size_text(layer.reading.output_shape)}",
                    "export the program again; its sizes and its parameters do not agree.",
                )

    def _find_refusals(self) -> Iterator[Diagnostic]:
        """Yield a finding for each condition of the program that the given sizes break."""
        for guard in self._program.guards:
            if guard.evaluate(self._values) is False:
                names = sorted(name for name in guard.names() if name in self._values)
                given = shorten_list([f"{name} = {self._values[name]}" for name in names])
                yield Diagnostic(
                    "illegal-value",
                    Severity.ERROR,
                    f"the program was exported for sizes with {guard}, and {given}",
                    "give other sizes, or export it again with this one.",
                )
        for symbol, limits in self._program.symbols.items():
            value = self._values.get(symbol)
            if value is None:
                continue
            low, high = limits.least, limits.most
            # 2 is where PyTorch starts to treat sizes alike, and was measured not to be enforced.
            if (low is not None and value < low > 2) or (high is not None and value > high):
                name = self._name(symbol)
                yield Diagnostic(
                    "illegal-value",
                    Severity.ERROR,
                    f"the program was exported for {name} from {low or 0} to"
                    f" {'any size' if high is None else high}; {value} was given",
                    "give a size in this range, or export it again.",
                )

    def _name(self, symbol: str) -> str:
        """Return a symbol with the axis of an input that it is."""
        for name in self._program.inputs:
            for place, size in enumerate(self._program.sizes[name]):
                if isinstance(size, Expression) and size == Expression("name", (symbol,)):
                    return f"{symbol}, axis {place} of {name},"
        return symbol

    def _explain_symbols(self) -> Iterator[str]:
        for symbol in self._program.symbols:
            if symbol not in self._values:
                yield f"{self._name(symbol).rstrip(',')} is open"


def _find_tensors(values: Iterable[Any]) -> Iterator[str]:
    """Yield the names of the tensors among arguments."""
    for value in values:
        if isinstance(value, Tensor):
            yield value.name
        elif isinstance(value, list):
            yield from _find_tensors(value)


def _find_values(program: Program, sizes: GivenSizes) -> dict[str, int]:
    """Return the values of the symbols at given sizes.

    Raises:
        UsageError: an input, or a number of axes, that does not exist; or a fixed size is another.
    """
    values: dict[str, int] = {}
    given = match_inputs(sizes, {name: program.sizes[name] for name in program.inputs})
    for name, shape in given.items():
        stored = program.sizes[name]
        for size, own in zip(shape, stored, strict=True):
            if not isinstance(size, int):
                continue
            if isinstance(own, Expression) and own.operation == "name":
                values[own.operands[0]] = size
            elif evaluate(own, values) not in (size, None):
                raise UsageError(
                    f"--size gives {name} {size_text(shape)}; the program was exported for"
                    f" {size_text(stored)}",
                    help="give numbers for what is open there, or export it again.",
                    code="fixed-size",
                )
    return values


READER: Reader = TorchExport()
