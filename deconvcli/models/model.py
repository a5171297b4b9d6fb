"""A model file as data: its tensors with their sizes, its layers, and what is wrong with it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, TypeAlias, TypeVar

from deconvcli.common.errors import UsageError
from deconvcli.common.findings import Diagnostic, Where
from deconvcli.layers.axis import Linear
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import size_text
from deconvcli.networks.graph.size_set import SizeSet
from deconvcli.networks.pasted.layer import Arguments

Sizes: TypeAlias = tuple[int | str | None, ...]
"""The sizes of a tensor: numbers, formulas as text, and None where one is not known."""
GivenSizes: TypeAlias = Mapping[str, Sequence[int | Linear]]
"""The sizes of inputs by name; under the empty name those of the first one."""


OTHER_FILE = "other-file"
"""The code of an error for a file that may be another program's: in a folder it is passed over."""


def write_sizes(sizes: Sequence[Any]) -> str:
    """Return sizes as text, with a question mark for each that is not known."""
    return size_text(["?" if size is None else size for size in sizes]) if sizes else "one element"


class ModelLayer(NamedTuple):
    """One operation of a model, in the model's own names.

    output: the sizes of its output; None if they are not known. reading: what a transposed
    convolution is. place: the line of the author's source, in another file. where: its place in
    this file, if that is source itself. dialect, arguments: of the call that makes it there.
    takes, gives: the names of the tensors that it computes with and of those that it computes,
    without constants; empty where a reader does not follow the graph.
    """

    name: str
    kind: str
    output: Sizes | None
    parameters: int | None = None
    reading: Reading | None = None
    place: str = ""
    where: Where | None = None
    dialect: str = ""
    arguments: Arguments = Arguments()
    takes: tuple[str, ...] = ()
    gives: tuple[str, ...] = ()


class OpenAxis(NamedTuple):
    """An axis of a model's input whose size the file leaves open.

    working: the sizes for which the model works; None where they are not known. is_certain:
    whether every size in the model is known, so that nothing unknown can fail.
    """

    input: str
    axis: int
    letter: str
    working: SizeSet | None
    is_certain: bool


class Model(NamedTuple):
    """What a reader found. title: the format and the program that wrote it.

    tensors: None for one of which not even the number of axes is known.
    findings: with codes that rules claim. notes: what the formulas hold for, what is not known.
    text: the file, where it is source that people write, which has comments for us. open_axes:
    those of the inputs, with the sizes that work, from a reader that finds these.
    """

    title: str
    tensors: Mapping[str, Sizes | None]
    layers: tuple[ModelLayer, ...]
    findings: tuple[Diagnostic, ...] = ()
    notes: tuple[str, ...] = ()
    text: str | None = None
    open_axes: tuple[OpenAxis, ...] = ()


class Step(NamedTuple):
    """An operation as a config has it. note: what of it a config cannot have."""

    operation: str
    parameters: Mapping[str, Any] = MappingProxyType({})
    note: str = ""


class ModelStep(NamedTuple):
    """One operation of a model, with the step that it is; None where configs have no such step.

    kind: in the model's words. output: the sizes of the first tensor that it gives.
    """

    name: str
    kind: str
    takes: tuple[str, ...]
    gives: tuple[str, ...]
    output: Sizes | None
    step: Step | None


class ModelSteps(NamedTuple):
    """A model as steps, each after those that it takes tensors from.

    dialect: the framework in whose words its parameters are. inputs: their sizes, batch first and
    channels second.
    """

    dialect: str
    inputs: Mapping[str, Sizes | None]
    steps: tuple[ModelStep, ...]


_Joined = TypeVar("_Joined", ModelLayer, ModelStep)


def keep_connected(layers: Sequence[_Joined], inputs: Iterable[str]) -> tuple[_Joined, ...]:
    """Return layers that take only tensors which one of them gives, and inputs of the model.

    The others are constants and sizes, which are computed by steps that are no layers.
    """
    known = {*inputs, *[name for layer in layers for name in layer.gives]}
    return tuple(
        [
            layer._replace(takes=tuple([name for name in layer.takes if name in known]))
            for layer in layers
        ]
    )


class Reader(ABC):
    """A reader of one format. finds_working: whether it finds the input sizes that work."""

    finds_working: ClassVar[bool] = False

    @abstractmethod
    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the model of a file, at these sizes of its inputs; letters are free.

        Raises:
            Unreadable: the file cannot be read, or is no such model.
            UsageError: an input or a number of axes does not exist.
        """

    def list_steps(self, path: str, sizes: GivenSizes) -> ModelSteps:
        """Return the model as steps that configs have, at these sizes of its inputs.

        Raises:
            Unreadable: the file cannot be read, or is no such model.
            UsageError: an input or a number of axes does not exist, or the reader lists no steps.
        """
        raise UsageError(
            f"{path}: the layers of such a file are not written as a config",
            help="export the model as ONNX, or write its layers into a config.",
            code="no-steps",
        )
