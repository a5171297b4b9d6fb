"""Descript's audio codec (DAC), as transformers configures it.

Each layer has a kernel of 2s and padding=ceil(s/2), so that an odd s gives one sample less than
s*T. Source: transformers 5.24.0, modeling_dac.py; descript-audio-codec, dac/model/dac.py.
"""

from __future__ import annotations

from deconvcli.models.settings import Settings, halve
from deconvcli.models.vocoders._family import Decoder, Family, Upsampling

_RATES = "downsampling_ratios"


class Dac(Family):
    """Decoders whose strides are those of the encoder, reversed."""

    def read(self, settings: Settings) -> Decoder | None:
        """Return the layers `conv_t1` of the decoder."""
        if settings.root.get("model_type") != "dac" or settings.name(_RATES) is None:
            return None
        rates = settings.list_integers(_RATES)[::-1]
        channels = halve(settings.read_integer("decoder_hidden_size", 1536), len(rates))
        layers = [
            Upsampling(2 * rate, rate, -(-rate // 2), *channels[at])
            for at, rate in enumerate(rates)
        ]
        source = "transformers 5.24.0, modeling_dac.py"
        return Decoder("DAC", source, _RATES, "decoder.block", tuple(layers))


FAMILY: Family = Dac()
