"""What a family of vocoders says: the layers that its program makes of a config."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import NamedTuple

from deconvcli.models.settings import Settings

HOP = ("hop_length", "hop_size")
"""The keys of the number of samples between frames."""


class Upsampling(NamedTuple):
    """A transposed convolution along time, in torch's parameters.

    repeated: frames that the program repeats before the input. trim: samples that it cuts off at
    the start and at the end of the output.
    """

    kernel: int
    stride: int
    padding: int
    in_channels: int
    out_channels: int
    output_padding: int = 0
    bias: bool = True
    repeated: int = 0
    trim: tuple[int, int] = (0, 0)


class Decoder(NamedTuple):
    """The decoder that a config describes.

    rates: the key of the list of strides. names: the program's own names of the layers. samples:
    how many samples of audio come of one element of the last layer's output. segment: the
    key of the length of the audio that the program cuts for training, if frames have to fit it.
    """

    title: str
    source: str
    rates: str
    names: str
    layers: tuple[Upsampling, ...]
    samples: int = 1
    segment: str | None = None


class Family(ABC):
    """Vocoders whose programs build their decoders in the same way."""

    @abstractmethod
    def read(self, settings: Settings) -> Decoder | None:
        """Return the decoder; None for a config of another family.

        Raises:
            Unreadable: a value is none that the program takes.
        """
