"""Generators of ParallelWaveGAN: HiFi-GAN, MelGAN and multi-band MelGAN.

Each layer has padding = s//2 + s%2 and output_padding = s%2, which is s*T for a kernel of 2s. A
causal one repeats the first frame and cuts s samples at both ends. Its Parallel WaveGAN and
StyleMelGAN stretch by interpolation, and are not read.
Source: kan-bayashi/ParallelWaveGAN 86740373, models/hifigan.py, models/melgan.py and
layers/causal_conv.py.
"""

from __future__ import annotations

from deconvcli.models.settings import Settings, halve, pair
from deconvcli.models.vocoders._family import Decoder, Family, Upsampling

_KINDS = {
    "HiFiGANGenerator": "HiFi-GAN",
    "DiscreteSymbolHiFiGANGenerator": "HiFi-GAN",
    "MelGANGenerator": "MelGAN",
}
_RATES = "upsample_scales"


class ParallelWaveGan(Family):
    """Generators named by `generator_type`."""

    def read(self, settings: Settings) -> Decoder | None:
        """Return the transposed convolutions of the generator."""
        kind = settings.root.get("generator_type")
        given = settings.root.get("generator_params")
        if not (isinstance(kind, str) and kind in _KINDS and isinstance(given, dict)):
            return None
        # Discriminators have keys of the same names.
        own = Settings(settings.text, given)
        if kind == "MelGANGenerator":
            rates = own.list_integers(_RATES)
            kernels = [2 * rate for rate in rates]
        else:
            rates, kernels = pair(own, _RATES, "upsample_kernel_sizes")
        channels = halve(own.read_integer("channels", 512), len(rates))
        has_bias, is_causal = own.find("bias") is not False, own.find("use_causal_conv") is True
        layers = [
            Upsampling(
                kernel,
                rate,
                rate if is_causal else rate // 2 + rate % 2,
                *channels[at],
                0 if is_causal else rate % 2,
                has_bias,
                repeated=int(is_causal),
            )
            for at, (rate, kernel) in enumerate(zip(rates, kernels, strict=True))
        ]
        bands = own.read_integer("out_channels", 1)
        file = "melgan" if kind == "MelGANGenerator" else "hifigan"
        return Decoder(
            f"ParallelWaveGAN {_KINDS[kind]}" + (f" of {bands} bands" if bands > 1 else ""),
            f"kan-bayashi/ParallelWaveGAN 86740373, models/{file}.py",
            _RATES,
            "upsamples" if file == "hifigan" else "melgan",
            tuple(layers),
            bands,
        )


FAMILY: Family = ParallelWaveGan()
