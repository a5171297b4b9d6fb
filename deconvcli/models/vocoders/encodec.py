"""EnCodec, as transformers configures it.

Each layer has a kernel of 2s and no padding; s samples are cut off, at the end where it is causal
and else half of them, rounded down, at the end. So s*T samples come out for every s.
Source: transformers 5.24.0, modeling_encodec.py.
"""

from __future__ import annotations

from math import ceil

from deconvcli.models.settings import Settings, refuse
from deconvcli.models.vocoders._family import Decoder, Family, Upsampling

_RATES = "upsampling_ratios"


class Encodec(Family):
    """Decoders that cut off what a stride adds."""

    def read(self, settings: Settings) -> Decoder | None:
        """Return the transposed convolutions of the decoder."""
        if settings.root.get("model_type") != "encodec" or settings.name(_RATES) is None:
            return None
        rates = settings.list_integers(_RATES)
        is_causal = settings.find("use_causal_conv") is not False
        ratio = settings.find("trim_right_ratio")
        ratio = 1.0 if ratio is None else ratio
        if isinstance(ratio, bool) or not isinstance(ratio, int | float) or not 0 <= ratio <= 1:
            raise refuse("needs a number from 0 to 1 for trim_right_ratio")
        filters, count = settings.read_integer("num_filters", 32), len(rates)
        layers = []
        for at, rate in enumerate(rates):
            end = ceil(rate * ratio) if is_causal else rate // 2
            channels = (filters << (count - at), filters << (count - at - 1))
            layers.append(Upsampling(2 * rate, rate, 0, *channels, trim=(rate - end, end)))
        source = "transformers 5.24.0, modeling_encodec.py"
        return Decoder("EnCodec", source, _RATES, "decoder.layers", tuple(layers))


FAMILY: Family = Encodec()
