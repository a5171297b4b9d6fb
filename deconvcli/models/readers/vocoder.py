"""Configs of vocoders and audio codecs.

JSON with: "upsample_kernel_sizes, "upsample_scales":[, "model_type":"dac", "model_type":"encodec".
YAML with: upsample_rates, upsample_scales.

Recognised by its keys. The layers are those that the program of the family makes of them; the
audio of T frames is compared with the hop length that the config states.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod
from typing import NamedTuple

from deconvcli.common.errors import DeconvError, UsageError
from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.frameworks.dialects import take
from deconvcli.layers.axis import Linear, Size, linear
from deconvcli.layers.layer import Sizes, Spelling
from deconvcli.models.inputs import match_inputs
from deconvcli.models.model import OTHER_FILE, GivenSizes, Model, ModelLayer, Reader
from deconvcli.models.settings import Settings, load_settings, refuse
from deconvcli.models.vocoders import (
    FAMILIES,
    HOP,
    Decoder,
    Upsampling,
)

INPUT = "frames"
_TORCH = take("torch")[0]


class VocoderConfig(Reader):
    """A config of a vocoder or codec, of which the decoder is read."""

    def read(self, path: str, sizes: GivenSizes) -> Model:
        """Return the transposed convolutions of the decoder for T frames, or for those given."""
        settings = load_settings(path)
        decoder = _find_decoder(settings)
        own = (1, decoder.layers[0].in_channels, "T")
        given = match_inputs(sizes, {INPUT: own}).get(INPUT, (1, own[1], linear("T", 1, 0)))
        if given[1] != own[1]:
            raise UsageError(
                f"--size gives {INPUT} {given[1]} channels; the first layer takes {own[1]}",
                help=f"give {INPUT} as 1x{own[1]}xT: what the first transposed convolution takes.",
                code="channels",
            )
        walk = _Walk(settings, decoder, given)
        findings = [*walk.findings, *_compare(settings, decoder, walk)]
        return Model(
            f"{decoder.title} config",
            {layer.name: layer.output for layer in walk.layers},
            tuple(walk.layers),
            tuple(findings),
            (f"layers as in {decoder.source}", *walk.notes),
            settings.text,
        )


def _find_decoder(settings: Settings) -> Decoder:
    for name in FAMILIES.names:
        if decoder := FAMILIES.take(name).read(settings):
            return decoder
    raise refuse("has no decoder of transposed convolutions that is known", OTHER_FILE)


class _Surplus(NamedTuple):
    """A layer that gives more or fewer samples than its stride times its input."""

    name: str
    layer: Upsampling
    excess: int


class _Walk:
    """Collects the layers of a decoder and their sizes."""

    def __init__(self, settings: Settings, decoder: Decoder, given: Sequence[int | Linear]) -> None:
        self.layers: list[ModelLayer] = []
        self._last = INPUT
        self.findings: list[Diagnostic] = []
        self.surplus: list[_Surplus] = []
        self.batch = given[0]
        self.first: Size = given[2]
        self.length: Size | None = given[2]
        self._where = settings.locate(decoder.rates)
        for at, layer in enumerate(decoder.layers):
            self._add(f"{decoder.names}.{at}", layer)
        self.audio = None if self.length is None else self.length * decoder.samples
        self.notes: tuple[str, ...] = ()
        if self.audio is not None:
            self.notes = (f"{self.audio} samples of audio for {self.first} frames",)

    def _add(self, name: str, layer: Upsampling) -> None:
        where = self._where._replace(path=name)
        unread = ModelLayer(
            name,
            "ConvTranspose1d",
            None,
            where=where,
            dialect="torch",
            takes=(self._last,),
            gives=(name,),
        )
        self._last = name
        if self.length is None:
            self.layers.append(unread)
            return
        weight = (layer.in_channels, layer.out_channels, layer.kernel)
        sizes = Sizes((self.length + layer.repeated,), (1,), layer.in_channels, weight)
        words = {
            "kernel_size": layer.kernel,
            "stride": layer.stride,
            "padding": layer.padding,
            "output_padding": layer.output_padding,
            "bias": layer.bias,
        }
        try:
            reading = _TORCH.read(Spelling("torch", words), sizes)
        except DeconvError as error:
            message = f"{name}: {error.message}"
            self.findings.append(
                Diagnostic(error.code, Severity.ERROR, message, error.help, error.source, where)
            )
            self.layers.append(unread)
            self.length = None
            return
        wanted = self.length * layer.stride
        [out] = reading.output_sizes
        self.layers.append(
            unread._replace(
                output=_write(self.batch, layer.out_channels, out),
                parameters=reading.layer.parameter_count,
                reading=reading,
            )
        )
        self.length = out - sum(layer.trim)
        if any(layer.trim):
            output = _write(self.batch, layer.out_channels, self.length)
            cut = f"{name}.trim"
            self.layers.append(
                ModelLayer(cut, "Slice", output, 0, where=where, takes=(name,), gives=(cut,))
            )
            self._last = cut
        over = self.length - wanted
        if isinstance(over, int) and over:
            self.surplus.append(_Surplus(name, layer, over))


def _write(*sizes: Size) -> tuple[int | str, ...]:
    return tuple([size if isinstance(size, int) else str(size) for size in sizes])


def _compare(settings: Settings, decoder: Decoder, walk: _Walk) -> Iterator[Diagnostic]:
    """Yield a finding for each reason that audio and frames do not fit."""
    key = settings.name(*HOP)
    hop = settings.find_integer(key)
    rates = [layer.stride for layer in decoder.layers]
    product = prod(rates) * decoder.samples
    where = settings.locate(decoder.rates)._replace(path=decoder.rates)
    if hop is not None and product != hop:
        shown = " * ".join(map(str, rates))
        if decoder.samples > 1:
            shown += f" * {decoder.samples}"
        message = f"{decoder.rates}: {shown} is {product:,}, and {key} is {hop:,}"
        help = _suggest_rates(rates, hop, decoder.samples, str(key))
        yield Diagnostic("hop-length", Severity.WARNING, message, help, decoder.source, where)
    for name, layer, excess in walk.surplus:
        much = f"{abs(excess)} {'more' if excess > 0 else 'fewer'}"
        message = (
            f"{name}: a kernel of {layer.kernel} with stride {layer.stride} gives {much} than"
            f" {layer.stride} samples for each input"
        )
        if walk.audio is not None:
            message += f"; {walk.first} frames are {walk.audio} samples of audio"
        place = where._replace(path=name)
        help = _suggest_kernel(layer, excess)
        yield Diagnostic("hop-length", Severity.WARNING, message, help, decoder.source, place)
    part, step = decoder.segment, hop or product
    size = settings.find_integer(part)
    if part and size is not None and size % step:
        below = size - size % step
        message = f"{part}: {size:,} samples are no whole number of frames of {step:,}"
        near = f"{below:,} or {below + step:,}" if below else f"{step:,}"
        place = settings.locate(part)._replace(path=part)
        help = f"use {near}."
        yield Diagnostic("segment-size", Severity.WARNING, message, help, decoder.source, place)


def _suggest_rates(rates: Sequence[int], hop: int, samples: int, key: str) -> str:
    """Return the one rate to change, the one that changes least, if one is enough."""
    changes = []
    for at, rate in enumerate(rates):
        others = prod(rates) // rate * samples
        if hop % others == 0:
            changes.append((abs(hop // others - rate), at, hop // others))
    total = prod(rates) * samples
    if not changes:
        return f"use rates whose product is {hop // samples:,}, or {key} {total:,}."
    _, at, rate = min(changes)
    return f"make rate {at + 1} of {len(rates)} {rate}, with its kernel, or {key} {total:,}."


def _suggest_kernel(layer: Upsampling, excess: int) -> str:
    """Return what makes the output the stride times the input."""
    # The kernel's size and the crop depend on each other where the program halves k - u.
    if layer.padding == (layer.kernel - layer.stride) // 2 and excess == 1:
        return (
            f"use a kernel of {layer.kernel + 1}, which differs from the stride by an even number."
        )
    if excess < 0 and layer.output_padding - excess < layer.stride:
        return f"give this layer output_padding {layer.output_padding - excess} in its program."
    return f"use a kernel of {layer.kernel - excess}."


READER: Reader = VocoderConfig()
