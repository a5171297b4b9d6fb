"""Weights and bias of a layer, read from files and written for the framework that it goes to."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.common.files import format_path
from deconvcli.compute.arrayfiles import (
    Place,
    check_place,
    choose_array,
    has_names,
    open_arrays,
    read_place,
    write_files,
)
from deconvcli.compute.runner import Array
from deconvcli.conversion import Conversion
from deconvcli.conversion.layouts import find_layout
from deconvcli.frameworks.request import LayerRequest, Understood
from deconvcli.layers.text import size_text

# Names in a new file, where none are given.
WEIGHT, BIAS = "weight", "bias"


class Written(NamedTuple):
    """An array that is written. what: `weights` or `bias`. note: what its shape means."""

    what: str
    place: Place
    shape: tuple[int, ...]
    dtype: str
    note: str = ""

    def __str__(self) -> str:
        text = f"{self.place} {size_text(self.shape)} {self.dtype}"
        return f"{text}; {self.note}" if self.note else text

    def describe(self) -> dict[str, Any]:
        """Return the array for programs."""
        path, name = self.place
        return {"path": path, "name": name or None, "shape": self.shape, "dtype": self.dtype}


class Files(NamedTuple):
    """Where weights and bias are read and written; no bias where it is None."""

    weights: Place
    out_weights: Place
    bias: Place | None
    out_bias: Place | None

    def refuse_beside(self, names: Sequence[str], out: str | None, *, is_module: bool) -> None:
        """Refuse files beside several targets, a module, or a report in one of them.

        Raises:
            UsageError: they are written for one target, and by the report.
        """
        if len(names) > 1:
            raise UsageError(
                f"--out-weights is written for one framework, and --to names {len(names)}",
                help="name one.",
            )
        if is_module:
            raise UsageError(
                "--out-weights was given beside --format python, whose build() takes the weights"
                " of the layer as they are",
                help="give build() the array of --weights, or take --format text.",
            )
        written = [self.out_weights.path, *([self.out_bias.path] if self.out_bias else [])]
        if out is not None and os.path.realpath(out) in map(os.path.realpath, written):
            raise UsageError(
                f"the report of -o and an array go to one file, {format_path(out)}",
                help="give them different names.",
            )


def take_files(
    weights: str | None, out_weights: str | None, bias: str | None, out_bias: str | None
) -> Files | None:
    """Return the files that the options name; None where none is given.

    Raises:
        UsageError: one lacks another, or is of a kind that holds no arrays.
    """
    given = {
        "--weights": weights,
        "--out-weights": out_weights,
        "--bias": bias,
        "--out-bias": out_bias,
    }
    if not any(value is not None for value in given.values()):
        return None
    first = next(flag for flag, value in given.items() if value is not None)
    for flag in ("--weights", "--out-weights"):
        if given[flag] is None:
            raise UsageError(f"{first} was given without {flag}", help=f"give {flag} FILE.")
    if bias is None and out_bias is not None:
        raise UsageError("--out-bias was given without --bias", help="give --bias FILE.")
    places = {flag: read_place(value) for flag, value in given.items() if value is not None}
    for place in places.values():
        check_place(place)
    target = _name(places["--out-weights"], WEIGHT)
    out = places.get("--out-bias")
    if bias is not None and out is None:
        if not has_names(target.path):
            raise UsageError(
                f"--bias was given, and {target} holds one array",
                help="give --out-bias FILE, or --out-weights as .npz or .safetensors.",
            )
        out = Place(target.path)
    if out is not None:
        out = _name(out, BIAS)
        if os.path.realpath(out.path) == os.path.realpath(target.path):
            # One file has one name, however it is written.
            out = out._replace(path=target.path)
    if out == target:
        raise UsageError(
            f"weights and bias both go to {target}", help="give them different files or names."
        )
    return Files(places["--weights"], target, places.get("--bias"), out)


def _name(place: Place, name: str) -> Place:
    return place._replace(name=place.name or name) if has_names(place.path) else place


def understand(request: LayerRequest, files: Files | None) -> Understood:
    """Return the layer; numbers that nobody gave are those of the weights.

    Raises:
        DeconvError: the layer is not complete or refused, or the weights cannot be read.
    """
    if files is None:
        return request.understand()
    try:
        understood = request.understand()
    except UsageError as error:
        if error.code != "no-kernel":
            raise
        wanted: Sequence[Any] | None = None
    else:
        if not understood.unknown:
            return understood
        wanted = understood.weight_shape

    def fits(shape: tuple[int, ...]) -> bool:
        if wanted is None:
            return len(shape) > 2
        numbers = zip(shape, wanted, strict=False)
        return len(shape) == len(wanted) and all(
            one == other or not isinstance(other, int) for one, other in numbers
        )

    with open_arrays(files.weights.path) as opened:
        name = choose_array(opened, files.weights.name, "the weights", fits)
        return request._replace(weight=opened.entries[name].shape).understand()


@contextmanager
def carry(
    files: Files | None, understood: Understood, conversion: Conversion | None, *, force: bool
) -> Iterator[tuple[Written, ...]]:
    """Write weights and bias, and yield what is written; the files are there when the block ends.

    Raises:
        DeconvError: an array cannot be read, or is none of this layer's; or a file exists
            (without `force`), or cannot be written.
    """
    if files is None or conversion is None:
        yield ()
        return
    plan = conversion.plan
    weight = _read_weight(files.weights, understood, conversion)
    arrays = {files.out_weights: plan.recipe.apply(weight)}
    if files.bias is not None and files.out_bias is not None:
        arrays[files.out_bias] = _read_bias(files.bias, understood)
    parts = plan.grouping.parts
    note = f"the first axis counts the {parts} layers" if parts > 1 else ""
    contents: dict[str, dict[str, Array]] = {}
    for place, array in arrays.items():
        contents.setdefault(place.path, {})[place.name] = array
    with write_files(contents, force=force):
        yield tuple(
            [
                Written(what, place, array.shape, str(array.dtype), said)
                for (place, array), what, said in zip(
                    arrays.items(), ("weights", "bias"), (note, ""), strict=False
                )
            ]
        )


def _read_weight(place: Place, understood: Understood, conversion: Conversion) -> Array:
    shape = understood.own.weight_shape
    try:
        return _read(place, "weights", shape)
    except _ShapeError as error:
        layer = understood.own.spelling.name
        owner = find_layout(understood.own, error.shape, conversion.target.spelling.name)
        if owner is None:
            raise error.explain(f"give them in {layer}'s layout.") from None
        name, lines = owner
        raise error.explain(
            f"that is the shape in the layout of {name}; from there to {layer}: {'; '.join(lines)}."
        ) from None


def _read_bias(place: Place, understood: Understood) -> Array:
    layer = understood.own.layer
    if not layer.has_bias:
        raise UsageError(
            "--bias was given, and the layer has no bias",
            help="leave it out, or give the layer a bias.",
        )
    try:
        return _read(place, "bias", (layer.out_channels,))
    except _ShapeError as error:
        raise error.explain("give one number for each output channel.") from None


class _ShapeError(Exception):
    """An array of another shape."""

    def __init__(self, message: str, shape: tuple[int, ...]) -> None:
        super().__init__(message)
        self.shape = shape

    def explain(self, help: str) -> DeconvError:
        return UsageError(str(self), help=help, code="array-shape")


def _read(place: Place, what: str, wanted: tuple[int, ...]) -> Array:
    """Return the array of this shape; one of another shape is not read."""
    with open_arrays(place.path) as file:
        described = f"the {what} of the shape {size_text(wanted)}"
        name = choose_array(file, place.name, described, lambda shape: shape == wanted)
        shape = file.entries[name].shape
        if shape != wanted:
            given = size_text(shape) if shape else "that of one number"
            raise _ShapeError(
                f"{Place(place.path, name)} has the shape {given}, the layer's {what}"
                f" {size_text(wanted)}",
                shape,
            )
        return file.read(name)
