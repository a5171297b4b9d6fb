"""Runtimes that read the same words otherwise, and the pads that all of them read alike.

Explicit pads with an output_padding below the stride mean the same in every runtime that was
measured; auto_pad SAME_* and output_shape do not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from deconvcli.common.errors import DeconvError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialects.onnx.attributes import ConvTranspose
from deconvcli.frameworks.releases import ONNXRUNTIME, OPENCV, OPENVINO, TRACT, TVM, Need
from deconvcli.layers.layer import Layer, Reading
from deconvcli.layers.text import size_text

CODE = "onnx-not-portable"
RUNTIMES: Mapping[str, Need] = {
    "onnxruntime": ONNXRUNTIME,
    "openvino": OPENVINO,
    "opencv": OPENCV,
    "tract": TRACT,
    "tvm": TVM,
}


def find_unportable_words(
    reading: Reading, implementations: Mapping[str, ConvTranspose]
) -> tuple[Diagnostic, ...]:
    """Return a note on a layer whose crop comes from auto_pad or output_shape; empty for others."""
    arguments = reading.spelling.arguments
    word = str(arguments.get("auto_pad", ""))
    words = [f"auto_pad {word}"] if word.startswith("SAME") else []
    words += ["output_shape"] if arguments.get("output_shape") is not None else []
    if not words:
        return ()
    read = "; ".join(_list_others(reading, implementations)) or "here the measured ones agree"
    return (
        Diagnostic(
            CODE,
            Severity.NOTE,
            f"runtimes do not read {' with '.join(words)} alike: {read}",
            suggest_pads(reading.layer),
            f"measured with {', '.join(map(str, RUNTIMES.values()))}",
        ),
    )


def _list_others(reading: Reading, implementations: Mapping[str, ConvTranspose]) -> Iterator[str]:
    """Yield a clause for each runtime whose size or crop is another one."""
    if not all(isinstance(size, int) for size in reading.spatial):
        yield "numbers as sizes show which differ"
        return
    for name, need in RUNTIMES.items():
        if name == reading.spelling.implementation:
            continue
        spelling = reading.spelling._replace(implementation=name)
        try:
            found = implementations[name].read(spelling, reading.sizes)
        except DeconvError:
            yield f"{need} refuses it"
            continue
        if (found.output_sizes, found.crop) != (reading.output_sizes, reading.crop):
            yield f"{need} gives {size_text(found.output_sizes)}, crop {_write_crop(found)}"


def _write_crop(reading: Reading) -> str:
    """Return the crops as begin:end, once where all axes have the same."""
    crops = [f"{begin}:{end}" for begin, end in reading.crop]
    return crops[0] if len(set(crops)) == 1 else ",".join(crops)


def suggest_pads(layer: Layer) -> str:
    """Return the attributes that mean this layer everywhere, or what to do where none do."""
    begins, ends, appended = [], [], []
    for axis in layer.axes:
        begin, end, stride = axis.crop_begin, axis.crop_end, axis.stride
        if begin < 0 or -end >= stride:
            return (
                "no pads mean this crop everywhere: leave it to a Slice or a Pad after the layer."
            )
        # Equal pads are taken by more runtimes than others, so output_padding gives the difference.
        more = begin - end if 0 <= begin - end < stride else max(0, -end)
        begins.append(begin)
        ends.append(end + more)
        appended.append(more)
    text = f"write pads={[*begins, *ends]}" + (
        f", output_padding={appended}" if any(appended) else ""
    )
    if begins == ends:
        return f"{text} in its place: every runtime that was measured reads them alike."
    return (
        f"{text} in its place: all that take unequal pads read them alike. OpenCV 4, IREE and"
        " onnx2torch take none; for them crop with a Slice after the layer."
    )
