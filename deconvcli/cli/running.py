"""What `deconv run` does, in order: sizes, memory, arrays, the computation, the comparisons."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from math import prod
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from deconvcli import memory, npyfile
from deconvcli.cli.output import say
from deconvcli.cli.request import MOST_AXES, Request, Understood
from deconvcli.cli.rows import layer_rows
from deconvcli.cli.verdict import judged, verdict_data, verdict_text
from deconvcli.errors import OutOfMemory, UsageError
from deconvcli.kernels.bound import Agreement
from deconvcli.layers import numbers
from deconvcli.report import Fields, Report, size_text
from deconvcli.runner import (
    Array,
    memory_needed,
    prepare,
    random_array,
    refuse_without_values,
)

if TYPE_CHECKING:
    from deconvcli.cli.against import Held
    from deconvcli.framework import Framework

# Streams of the seed, so that each array is the same whatever else is given.
INPUT, WEIGHTS, BIAS = range(3)


class Job:
    """One `deconv run`: the layer, its arrays, and the comparisons that were asked for."""

    def __init__(
        self,
        source: str | None,
        options: Mapping[str, Any],
        request: Request,
        hint: Callable[[str], None],
    ) -> None:
        self.source = source
        self.options = options
        self.hint = hint
        self.understood = self._understood(request)
        self.reading = self.understood.reading
        numbers(self.reading.spatial)  # a symbol cannot be computed with
        refuse_without_values(self.reading)
        self.dtype = self._dtype()
        self._refuse_too_much()
        self._refuse_target()
        self._frameworks = self._named_frameworks()

    def _understood(self, request: Request) -> Understood:
        """The layer, with sizes from files where they show them."""
        weights = self.options["weights"]
        if weights is not None:
            request = request._replace(weight=npyfile.read_header(weights).shape)
        if self.source is not None:
            request = self._with_input(request)
        if "kernel" not in request.roles and request.call is None and weights is None:
            self.hint("assumed: kernel 3; give -k or --weights for another")
            request = request._replace(roles={**request.roles, "kernel": (3,)})
        return request.understood()

    def _with_input(self, request: Request) -> Request:
        if request.input_size is not None:
            raise UsageError(
                "--in and an input file were both given", help="drop --in: the file has the size."
            )
        if request.batch is not None:
            raise UsageError(
                "--batch and an input file were both given", help="drop --batch: the file has it."
            )
        assert self.source is not None
        shape = npyfile.read_header(self.source).shape
        rank = self.options["rank"] or {3: 2, 4: 2, 5: 3}.get(len(shape), len(shape))
        if not 1 <= rank <= MOST_AXES or not rank <= len(shape) <= rank + 2:
            raise UsageError(
                f"{npyfile.shown(self.source)} has {len(shape)} axes; an input has 1 to 3 that are"
                " spatial, and may have channels and a batch",
                help="reshape it, or give the number of its spatial axes with --rank.",
                code="rank",
            )
        form = ("spatial only", "channels and spatial, no batch", "a batch")[len(shape) - rank]
        self.hint(f"input {size_text(shape)}: rank {rank}, {form}")
        channels = 1 if len(shape) == rank else None
        return request._replace(input_size=shape, rank=rank, channels=channels)

    def _dtype(self) -> str:
        if self.source is None:
            return str(self.options["dtype"] or "float32")
        held = npyfile.read_header(self.source).dtype
        dtype = str(held.newbyteorder("=")) if held.kind == "f" else "float64"
        if self.options["dtype"] not in (None, dtype):
            raise UsageError(
                f"--dtype {self.options['dtype']} does not change an input file, which is {dtype}",
                help="drop --dtype, or convert the file.",
                code="dtype",
            )
        return dtype

    def _named_frameworks(self) -> list[Framework]:
        """Before any work: those that are to compute the layer too."""
        if self.options["against"] is None:
            return []
        from deconvcli.cli.against import frameworks

        return frameworks(self.options["against"])

    def _refuse_too_much(self) -> None:
        needed = memory_needed(self.reading, self.dtype, checked=self._compares)
        given = self.options["max_memory"]
        limit = memory.available() if given is None else memory.parse_size(given)
        if needed.total > limit:
            parts = ", ".join(
                f"{name} {memory.human(part)}"
                for name, part in zip(needed._fields, needed, strict=True)
            )
            whose = "are available" if given is None else "is the limit of --max-memory"
            raise OutOfMemory(
                f"this layer needs {memory.human(needed.total)} ({parts});"
                f" {memory.human(limit)} {whose}",
                help="use a smaller input or batch, or raise --max-memory.",
            )

    def _refuse_target(self) -> None:
        """Before any work: an output that may not be written, or that is an input."""
        out = self.options["out"]
        if out is None:
            return
        for name in ("weights", "bias", "reference"):
            self._refuse_same(out, self.options[name])
        self._refuse_same(out, self.source)
        is_file = os.path.isfile(out) or not os.path.exists(out)
        if not os.path.isdir(os.path.dirname(out) or os.curdir) or not is_file or not out:
            raise UsageError(
                f"{npyfile.shown(out)} cannot become a file: its folder does not exist, or it is"
                " something else already",
                help="create the folder, or choose another name for --out.",
            )
        if os.path.lexists(out) and not self.options["force"]:
            raise UsageError(
                f"{npyfile.shown(out)} exists", help="choose another name, or give --force."
            )

    @staticmethod
    def _refuse_same(out: str, source: str | None) -> None:
        if source is not None and os.path.exists(out) and os.path.samefile(out, source):
            raise UsageError(
                f"{npyfile.shown(out)} is also read from", help="choose another name for --out."
            )

    @property
    def _compares(self) -> bool:
        return bool(self.options["check"] or self.options["reference"])

    def report(self) -> tuple[Report, bool]:
        """Compute, compare, write; (what to print, whether everything agrees)."""
        reading, options = self.reading, self.options
        x, weight, bias = self._input(), self._weight(), self._bias()
        step = prepare(reading, weight, bias, threads=options["threads"], engine=options["engine"])
        if step.engine != options["engine"]:
            say(f"{options['engine']} cannot be imported here; {step.engine} computes instead")
        begin = perf_counter()
        y = step(x)
        included = ", compilation included" if step.engine == "numba" else ""
        self.hint(f"computed in {perf_counter() - begin:.3g} s{included}")
        self._say_not_finite(x, "input")
        verdicts = self._verdicts(x, weight, bias, y)
        others = self._held(x, weight)
        if options["out"] is not None:
            npyfile.write(options["out"], self._in_form(y), force=options["force"])
        return self._told(y, step.engine, verdicts, others)

    def _input(self) -> Array:
        shape = numbers(self.reading.input_shape)
        if self.source is None:
            return random_array(shape, self.dtype, self.options["seed"], INPUT)
        return npyfile.read(self.source, cast=self.options["cast"]).reshape(shape)

    def _weight(self) -> Array:
        shape = self.reading.weight_shape
        if self.options["weights"] is None:
            return random_array(shape, self.dtype, self.options["seed"], WEIGHTS)
        return self._read("weights", shape)

    def _bias(self) -> Array | None:
        shape = (self.reading.layer.out_channels,)
        if self.options["bias"] is not None:
            return self._read("bias", shape)
        if not self._random_bias:
            return None
        return random_array(shape, self.dtype, self.options["seed"], BIAS)

    @property
    def _random_bias(self) -> bool:
        """Somebody's own weights are not disturbed by a bias that nobody gave."""
        return self.reading.layer.has_bias and self.options["weights"] is None

    def _read(self, name: str, shape: tuple[int, ...]) -> Array:
        array = npyfile.read(self.options[name], cast=self.options["cast"])
        if array.shape != shape:
            raise UsageError(
                f"{npyfile.shown(self.options[name])} has shape {list(array.shape)}, the layer's"
                f" {name} is {list(shape)}",
                help=f"give it in {self.reading.spelling.dialect}'s layout.",
                code="array-shape",
            )
        return self._as(self.dtype, array, self.options[name])

    @staticmethod
    def _as(dtype: Any, array: Array, path: str) -> Array:
        """The array in this dtype; digits are not dropped without a word."""
        if array.dtype.itemsize > np.dtype(dtype).itemsize:
            say(f"{npyfile.shown(path)}: {array.dtype} is rounded to {dtype}")
        with np.errstate(over="ignore"):  # what overflows is infinite, and counted where it matters
            return array.astype(dtype, copy=False)

    def _say_not_finite(self, array: Array, name: str) -> None:
        bad = int(array.size - np.count_nonzero(np.isfinite(array)))
        if bad:
            say(f"the {name} holds {bad} NaN or infinite numbers; they travel as in the definition")

    def _verdicts(
        self, x: Array, weight: Array, bias: Array | None, y: Array
    ) -> list[tuple[str, Agreement]]:
        """Each array that was to be checked, held against an independent computation."""
        named = [("values", y)] if self.options["check"] else []
        if self.options["reference"] is not None:
            given = npyfile.read(self.options["reference"], cast=self.options["cast"])
            named.append(("reference", self._like(given, y)))
        return [(name, judged(self.reading, x, weight, bias, array)) for name, array in named]

    def _held(self, x: Array, weight: Array) -> list[Held]:
        """What each named framework computes of the same arrays."""
        if not self._frameworks:
            return []
        from deconvcli.cli.against import held

        return [held(framework, self.reading, x, weight) for framework in self._frameworks]

    def _like(self, given: Array, y: Array) -> Array:
        if given.shape != y.shape and given.shape != tuple(self.understood.shown_output):
            raise UsageError(
                f"the reference has shape {list(given.shape)}, the output {list(y.shape)}",
                help="give the output of this layer in the same layout.",
                code="array-shape",
            )
        return self._as(y.dtype, given, self.options["reference"]).reshape(y.shape)

    def _told(
        self, y: Array, engine: str, verdicts: list[tuple[str, Agreement]], others: list[Held]
    ) -> tuple[Report, bool]:
        predicted = size_text(self.understood.shown_output)
        actual_shape = self._shown(y.shape)
        actual = size_text(actual_shape)
        agrees = predicted == actual and all(verdict.agrees for _, verdict in verdicts)
        agrees = agrees and not any(other.agrees is False for other in others)
        reading = self.reading
        rows = [
            ("predicted", predicted),
            ("actual", actual),
            ("agree", "yes" if predicted == actual else "NO"),
            *((name, verdict_text(verdict)) for name, verdict in verdicts),
            *((other.name, other.text) for other in others),
            *layer_rows(self.understood),
            ("numbers", self._origins()),
            ("engine", f"{engine}, {self.dtype}"),
        ]
        if self.options["out"] is not None:
            written = size_text(self._in_form(y).shape)
            rows.append(("written", f"{npyfile.shown(self.options['out'])}, {written}"))
        data = {
            "dialect": reading.spelling.name,
            "predicted": self.understood.shown_output,
            "actual": actual_shape,
            "output_shape": y.shape,
            "agree": predicted == actual,
            "engine": engine,
            "dtype": self.dtype,
            "seed": self.options["seed"],
            "checks": {name: verdict_data(verdict) for name, verdict in verdicts},
            "against": {other.name: other.data for other in others},
            "out": self.options["out"],
        }
        return Report("deconv.run/1", actual, [Fields(rows)], data, reading.findings), agrees

    def _origins(self) -> str:
        """Where input, weights and bias come from."""
        given = {"input": self.source, "weights": self.options["weights"]}
        given["bias"] = self.options["bias"] or (None if self._random_bias else "none")
        listed = ", ".join(f"{name} {origin or 'random'}" for name, origin in given.items())
        seed = "" if all(given.values()) else f" (seed {self.options['seed']})"
        return npyfile.shown(f"{listed}{seed}")

    def _in_form(self, y: Array) -> Array:
        """The output in the form of the question, unless channels or batch would be lost."""
        shape = self._shown(y.shape)
        return y.reshape(shape) if prod(shape) == y.size else y

    def _shown(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The computed shape in the form of the question."""
        if self.understood.leading == 0:
            parts = self.reading.output_layout.split(shape, len(self.reading.spatial))
            return parts["*"]
        batch = len(self.reading.sizes.batch)
        return shape if self.understood.leading == 2 else shape[batch:]
