"""HiFi-GAN and its relatives: BigVGAN, VITS, RVC, Coqui TTS, and those of transformers.

Each layer has padding=(k - u)//2, so that where k - u is odd one sample more than u*T comes out.
Source: jik876/hifi-gan 4769534d, models.py; NVIDIA/BigVGAN 7d2b4545, bigvgan.py; jaywalnut310/vits
2e561ba5, models.py; RVC 4338f12c, infer/module/models.py; coqui-ai/TTS dbf1a08a,
TTS/vocoder/models/hifigan_generator.py; transformers 5.24.0, modeling_speecht5.py, modeling_vits.py
and modeling_fastspeech2_conformer.py.
"""

from __future__ import annotations

from deconvcli.models.settings import Settings, halve, pair
from deconvcli.models.vocoders._family import HOP, Decoder, Family, Upsampling

_KEYS = (
    ("upsample_rates", "upsample_kernel_sizes", "upsample_initial_channel"),
    ("upsample_rates_decoder", "upsample_kernel_sizes_decoder", "upsample_initial_channel_decoder"),
)


class HifiGan(Family):
    """Generators with a list of rates and one of kernels."""

    def read(self, settings: Settings) -> Decoder | None:
        """Return the layers `ups` of the generator."""
        keys = next(
            (keys for keys in _KEYS if settings.name(keys[0]) and settings.name(keys[1])), None
        )
        if keys is None:
            return None
        rates, kernels = pair(settings, *keys[:2])
        channels = halve(settings.read_integer(keys[2], 512), len(rates))
        layers = [
            Upsampling(kernel, rate, (kernel - rate) // 2, *channels[at])
            for at, (rate, kernel) in enumerate(zip(rates, kernels, strict=True))
        ]
        # iSTFTNet ends in an inverse Fourier transform, which makes this many samples of a frame.
        samples = settings.read_integer("gen_istft_hop_size", 1)
        if samples > 1 and samples == settings.find_integer(settings.name(*HOP)):
            return None  # as in Lightvoc, which keeps the rates and has no such layers
        return Decoder(
            "HiFi-GAN" if samples == 1 else "iSTFTNet",
            "jik876/hifi-gan 4769534d, models.py",
            keys[0],
            "upsampler" if settings.name("model_type") else "ups",
            tuple(layers),
            samples,
            segment="segment_size",
        )


FAMILY: Family = HifiGan()
