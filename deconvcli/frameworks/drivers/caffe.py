"""Caffe's models, run by OpenCV: no release of Caffe itself can be installed any more."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace, format_literal
from deconvcli.frameworks.drivers._dice import Dice
from deconvcli.frameworks.releases import OPENCV4


class Caffe(Framework):
    """A layer of type Deconvolution, in two axes: OpenCV computes no others of Caffe's."""

    dialect = "caffe"
    needs = (OPENCV4,)
    interpreter = OPENCV4.variable

    def draw(self, random: Random) -> Case:
        """Return a layer by one number, by lists, or by the fields of height and width."""
        dice = Dice(random)
        geometry, groups = dice.geometry(2, dilated=0.15), dice.groups()
        into, out = dice.channels(groups)
        params: dict[str, Any] = {"num_output": out, "bias_term": False, "group": groups}
        # Some pads leave nothing, which is refused.
        pad = dice.up_to([span // 2 + 1 for span in geometry.span])
        by_side = dice.chance(0.3)
        for name, values in (("kernel", geometry.k), ("stride", geometry.s), ("pad", pad)):
            if by_side:
                params |= {f"{name}_h": values[0], f"{name}_w": values[1]}
            else:
                params["kernel_size" if name == "kernel" else name] = dice.form(values)
        if max(geometry.d) > 1:
            params["dilation"] = dice.form(geometry.d)
        batch = dice.choose(1, 1, 1, 2, 3)
        return Case(params, (batch, into, *geometry.n), (into, out // groups, *geometry.k), 2)

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return the output as an array."""
        return compute(case.params, x, w, trace)

    def code(self, case: Case) -> str:
        """Return a call of `compute`, since OpenCV reads layers from files alone."""
        params = ", ".join(f'"{name}": {format_literal(v)}' for name, v in case.params.items())
        home = "from deconvcli.frameworks.drivers.caffe import compute"
        return f"{home}; y = compute({{{params}}}, x, w)"


def compute(params: Mapping[str, Any], x: Any, w: Any, trace: Trace | None = None) -> Any:
    """Return the output of a network with one layer."""
    import cv2
    import numpy

    (trace or Trace()).stage = "call"
    fields = " ".join(
        f"{name}: {str(value).lower()}"
        for name, given in params.items()
        for value in (given if isinstance(given, (list, tuple)) else [given])
    )
    sizes = " ".join(f"dim: {size}" for size in x.shape)
    text = (
        f'input: "x" input_shape {{ {sizes} }}\n'
        'layer { name: "up" type: "Deconvolution" bottom: "x" top: "y"'
        f" convolution_param {{ {fields} }} }}\n"
    )
    net = cv2.dnn.readNetFromCaffe(
        numpy.frombuffer(text.encode(), "uint8"), numpy.frombuffer(write_weights(w), "uint8")
    )
    net.setInput(x)
    return net.forward()


def write_weights(w: Any) -> bytes:
    """Return a model in the protocol buffers of caffe.proto: one layer with its weights."""
    shape = _field(1, b"".join(_varint(size) for size in w.shape))
    blob = _field(7, shape) + _field(5, w.astype("<f4").tobytes())
    return _field(100, _field(1, b"up") + _field(2, b"Deconvolution") + _field(7, blob))


def _field(number: int, content: bytes) -> bytes:
    """Return a field of bytes: its number with the wire type 2, its length, its content."""
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    """Return a number in groups of seven bits, the lowest first."""
    groups = b""
    while number > 127:
        groups += bytes([number & 127 | 128])
        number >>= 7
    return groups + bytes([number])


FRAMEWORK: Framework = Caffe()
