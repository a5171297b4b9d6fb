"""Weights and bias of a layer, read from files and written for the framework that it goes to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from deconvcli.common.errors import UsageError
from deconvcli.common.files import format_path
from deconvcli.compute.arrayfiles import (
    ArrayFile,
    Place,
    check_place,
    choose_array,
    has_names,
    open_arrays,
    read_place,
    write_files,
)
from deconvcli.compute.runner import Array
from deconvcli.conversion.layouts import explain_shape, is_shape
from deconvcli.conversion.recipe import Recipe
from deconvcli.conversion.reparametrized import refuse_reparametrized
from deconvcli.frameworks.request import LayerRequest, Understood
from deconvcli.layers.counts import Shape
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


class Target(NamedTuple):
    """What weights are written for. parts: the number of layers side by side."""

    name: str
    recipe: Recipe
    parts: int = 1


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


class _Wanted(NamedTuple):
    """An array of the layer. shape: None where it is not known; help: what to do about another."""

    what: str
    shape: Shape | None
    help: Callable[[tuple[int, ...]], str]

    def fits(self, shape: tuple[int, ...]) -> bool:
        """Return whether an array can be the wanted one."""
        # A kernel has two axes of channels, and one at least that is spatial.
        return len(shape) > 2 if self.shape is None else is_shape(shape, self.shape)

    def __str__(self) -> str:
        """Return the array as messages name it."""
        shape = "" if self.shape is None else f" of the shape {size_text(self.shape)}"
        return f"the {self.what}{shape}"


@contextmanager
def _open(place: Place, wanted: _Wanted) -> Iterator[tuple[ArrayFile, str]]:
    """Open a file, and yield it with the name of the wanted array, which is not yet read.

    Raises:
        DeconvError: the file cannot be read, or has no such array.
    """
    with open_arrays(place.path) as file:
        name = choose_array(file, place.name, str(wanted), wanted.fits)
        refuse_reparametrized(name, file.entries)
        shape = file.entries[name].shape
        if wanted.shape is not None and not wanted.fits(shape):
            given = size_text(shape) if shape else "one number"
            raise UsageError(
                f"{Place(place.path, name)} is {given}, and the layer's {wanted.what}"
                f" {size_text(wanted.shape)}",
                help=wanted.help(shape),
                code="array-shape",
            )
        yield file, name


def understand(request: LayerRequest, files: Files | None, first: str) -> Understood:
    """Return the layer; numbers that nobody gave are those of the weights.

    first: the framework whose layout weights of another shape have most likely.

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
        wanted = _Wanted("weights", None, str)
    else:
        if not understood.unknown:
            return understood
        wanted = _want_weight(understood, first)
    with _open(files.weights, wanted) as (file, name):
        return request._replace(weight=file.entries[name].shape).understand()


def carry(
    files: Files | None, understood: Understood, target: Target | None, *, force: bool
) -> tuple[Written, ...]:
    """Write weights and bias for the target, and return what was written.

    target: None where nothing says the layer there, and then nothing is written.

    Raises:
        DeconvError: an array cannot be read, or is none of this layer's; or a file exists
            (without `force`), or cannot be written. Then no file is there.
    """
    if files is None or target is None:
        return ()
    weight = _read(files.weights, _want_weight(understood, target.name))
    arrays = [("weights", files.out_weights, target.recipe.apply(weight))]
    if files.bias is not None and files.out_bias is not None:
        arrays.append(("bias", files.out_bias, _read(files.bias, _want_bias(understood))))
    contents: dict[str, dict[str, Array]] = {}
    for _, place, array in arrays:
        contents.setdefault(place.path, {})[place.name] = array
    write_files(contents, force=force)
    layers = f"the first axis counts the {target.parts} layers"
    notes = {"weights": layers} if target.parts > 1 else {}
    return tuple(
        [
            Written(what, place, array.shape, str(array.dtype), notes.get(what, ""))
            for what, place, array in arrays
        ]
    )


def _read(place: Place, wanted: _Wanted) -> Array:
    with _open(place, wanted) as (file, name):
        return file.read(name)


def _want_weight(understood: Understood, first: str) -> _Wanted:
    shape = understood.weight_shape
    return _Wanted(
        "weights", shape, lambda given: explain_shape(understood.own, shape, given, first)
    )


def _want_bias(understood: Understood) -> _Wanted:
    """Return the bias that the layer has.

    Raises:
        UsageError: it has none.
    """
    layer = understood.own.layer
    if not layer.has_bias:
        raise UsageError(
            "--bias was given, and the layer has no bias",
            help="leave it out, or give the layer a bias.",
        )
    return _Wanted(
        "bias", (layer.out_channels,), lambda _: "give one number for each output channel."
    )
