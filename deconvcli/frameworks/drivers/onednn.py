"""oneDNN on the CPU, called through its C interface, with every tensor in its plain format."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any, ClassVar

from deconvcli.frameworks.driver.base import Case, Framework, Trace, format_literal
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import ONEDNN

# Numbers of the enumerations in dnnl_types.h.
CPU, FLOAT32, INFERENCE, DIRECT, IN_ORDER = 1, 3, 96, 10, 1
SOURCE, WEIGHTS, DESTINATION = 1, 33, 17
# A plain format is named by its axes: a is 2, ab is 3, abc is 4 ...
BEFORE_PLAIN = 1
ALLOCATE = ctypes.c_void_p(-1)
# The library depends on these, which lie beside it and which the loader does not look for there.
COMPANIONS = ("libintlc.so.5", "libimf.so", "libsvml.so", "libtbb.so.12", "libsycl.so.9")


class Argument(ctypes.Structure):
    """A memory, and its role in the primitive."""

    _fields_: ClassVar = [("role", ctypes.c_int), ("memory", ctypes.c_void_p)]


class Version(ctypes.Structure):
    """The start of the library's version."""

    _fields_: ClassVar = [(name, ctypes.c_int) for name in ("major", "minor", "patch")]


class OneDnn(Framework):
    """dnnl_deconvolution_forward."""

    dialect = "onednn"
    needs = (ONEDNN,)

    def versions(self) -> dict[str, str]:
        """Return the version that the library itself reports."""
        library = load()
        library.dnnl_version.restype = ctypes.POINTER(Version)
        found = library.dnnl_version().contents
        return {"dnnl": f"{found.major}.{found.minor}.{found.patch}"}

    def draw(self, random: Random) -> Case:
        """Return a layer whose dst_dims mostly map back to its input."""
        dice = Dice(random)
        geometry, groups = dice.geometry(), dice.groups()
        into, out = dice.channels(groups)
        rank = geometry.rank
        begin = dice.up_to([span // 2 + 1 for span in geometry.span])
        end = begin if dice.chance(0.5) else dice.up_to([span // 2 + 1 for span in geometry.span])
        if dice.chance(0.1):
            end = [dice.between(1 - s, 0) for s in geometry.s]
        more = dice.up_to([s - 1 for s in geometry.s])
        axes = zip(
            geometry.full, begin, end, dice.spoil(more, 0.15, -1, geometry.s[0]), strict=True
        )
        batch = max(1, dice.batch())
        params: dict[str, Any] = {
            "strides": dice.spoil(geometry.s, 0.02, 0),
            "dilates": [d - 1 for d in geometry.d],
            "padding_l": begin,
            "padding_r": end,
            "dst_dims": [batch, out, *(full - b - e + m for full, b, e, m in axes)],
        }
        weight = (out // groups, into // groups, *geometry.k)
        if groups > 1 or dice.chance(0.3):
            params["groups"] = groups
            weight = (groups, *weight)
        return Case(params, (batch, into, *geometry.n), weight, rank)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        return compute(case.params, x, w, trace)

    def code(self, case: Case) -> str:
        """Return a call of `compute`, since oneDNN has no Python of its own."""
        home = "from deconvcli.frameworks.drivers.onednn import compute"
        params = ", ".join(f'"{name}": {format_literal(v)}' for name, v in case.params.items())
        return f"{home}; y = compute({{{params}}}, x, w)"


def load() -> ctypes.CDLL:
    """Return the library that DECONV_ONEDNN names."""
    path = Path(os.environ[ONEDNN.variable]).absolute()
    # Its engine for the CPU is found through OpenCL.
    os.environ.setdefault("OCL_ICD_FILENAMES", str(path.with_name("libintelocl.so")))
    for name in COMPANIONS:
        if (beside := path.with_name(name)).exists():
            ctypes.CDLL(str(beside), mode=ctypes.RTLD_GLOBAL)
    return ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)


def compute(params: Mapping[str, Any], x: Any, w: Any, trace: Trace | None = None) -> Any:
    """Return the output of one layer; every object that it makes lives as long as the process."""
    import numpy

    trace = trace or Trace()
    library, pointer = load(), ctypes.c_void_p

    def call(function: str, *arguments: Any) -> None:
        status = getattr(library, f"dnnl_{function}")(*arguments)
        if status:
            raise ValueError(f"dnnl_{function} returns status {status}")

    def make(function: str, *arguments: Any) -> Any:
        made = pointer()
        call(function, ctypes.byref(made), *arguments)
        return made

    def describe(shape: Any) -> Any:
        sizes, count = (ctypes.c_int64 * 12)(*shape), len(shape)
        return make("memory_desc_create_with_tag", count, sizes, FLOAT32, count + BEFORE_PLAIN)

    trace.stage = "construct"
    engine = make("engine_create", CPU, ctypes.c_size_t(0))
    stream = make("stream_create", engine, IN_ORDER)
    shapes = {SOURCE: x.shape, WEIGHTS: w.shape, DESTINATION: tuple(params["dst_dims"])}
    described = {role: describe(shape) for role, shape in shapes.items()}
    lists = [
        (ctypes.c_int64 * 12)(*params[name])
        for name in ("strides", "dilates", "padding_l", "padding_r")
    ]
    kind = make(
        "deconvolution_forward_primitive_desc_create",
        *(engine, INFERENCE, DIRECT, described[SOURCE], described[WEIGHTS], None),
        *(described[DESTINATION], *lists, None),
    )
    primitive = make("primitive_create", kind)
    trace.stage = "call"
    memories = {
        role: make("memory_create", one, engine, ALLOCATE) for role, one in described.items()
    }
    y = numpy.zeros(shapes[DESTINATION], "float32")

    def copy(role: int, array: Any, *, back: bool = False) -> None:
        place = pointer()
        call("memory_map_data", memories[role], ctypes.byref(place))
        own = ctypes.c_void_p(array.ctypes.data)
        into, source = (own, place) if back else (place, own)
        ctypes.memmove(into, source, array.nbytes)
        call("memory_unmap_data", memories[role], place)

    copy(SOURCE, numpy.ascontiguousarray(x, "float32"))
    copy(WEIGHTS, numpy.ascontiguousarray(w, "float32"))
    given = (Argument * 3)(*(Argument(role, memory.value) for role, memory in memories.items()))
    call("primitive_execute", primitive, stream, 3, given)
    call("stream_wait", stream)
    copy(DESTINATION, y, back=True)
    return y


FRAMEWORK: Framework = OneDnn()
