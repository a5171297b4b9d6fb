"""Configs of vocoders and codecs, and the modules that their programs make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any

Config = dict[str, Any]


def make_hifigan(rates: Sequence[int], kernels: Sequence[int], **other: Any) -> Config:
    """Return a config of HiFi-GAN."""
    lists = {"upsample_rates": [*rates], "upsample_kernel_sizes": [*kernels]}
    return {"upsample_initial_channel": 64, **lists, **other}


def make_wavegan(kind: str, **params: Any) -> Config:
    """Return a config of ParallelWaveGAN."""
    return {"generator_type": kind, "generator_params": {"channels": 64, **params}}


def make_codec(kind: str, rates: Sequence[int], **other: Any) -> Config:
    """Return a config of a codec of transformers."""
    key = {"dac": "downsampling_ratios", "encodec": "upsampling_ratios"}[kind]
    return {"model_type": kind, key: [*rates], **other}


CONFIGS: Mapping[str, Config] = {
    "hifigan": make_hifigan([8, 8, 2, 2], [16, 16, 4, 4]),
    "rvc": {"model": make_hifigan([10, 6, 2, 2, 2], [16, 16, 4, 4, 4])},
    "odd": make_hifigan([5, 4, 3], [11, 9, 8]),
    "odd-by-one": make_hifigan([5, 4, 3], [12, 9, 4]),
    "wavegan": make_wavegan(
        "HiFiGANGenerator", upsample_scales=[5, 5, 4, 3], upsample_kernel_sizes=[10, 10, 8, 6]
    ),
    "wavegan-other-kernels": make_wavegan(
        "HiFiGANGenerator", upsample_scales=[5, 4], upsample_kernel_sizes=[11, 7]
    ),
    "wavegan-causal": make_wavegan(
        "HiFiGANGenerator",
        upsample_scales=[5, 4],
        upsample_kernel_sizes=[10, 9],
        use_causal_conv=True,
    ),
    "melgan": make_wavegan("MelGANGenerator", upsample_scales=[5, 3, 2]),
    "melgan-causal": make_wavegan("MelGANGenerator", upsample_scales=[5, 2], use_causal_conv=True),
    "dac": make_codec("dac", [2, 4, 8, 8], decoder_hidden_size=64),
    "dac-odd": make_codec("dac", [2, 3, 5, 8], decoder_hidden_size=64),
    "encodec": make_codec("encodec", [8, 5, 4, 2], num_filters=4),
    "encodec-centred": make_codec("encodec", [5, 3], num_filters=4, use_causal_conv=False),
    "encodec-half": make_codec("encodec", [5, 3], num_filters=4, trim_right_ratio=0.5),
}


def compute_length(config: Config, frames: int) -> int:
    """Return the samples that torch's modules give for frames, built as the programs build them."""
    import torch

    x = torch.zeros(1, 1, frames)
    for step in _make_steps(config):
        x = step(x)
    return int(x.shape[-1])


def _make_steps(config: Config) -> list[Callable[[Any], Any]]:
    import torch

    layer = torch.nn.ConvTranspose1d
    if "generator_type" in config:
        params = config["generator_params"]
        scales = params["upsample_scales"]
        kernels = params.get("upsample_kernel_sizes", [s * 2 for s in scales])
        if not params.get("use_causal_conv"):
            return [
                layer(1, 1, k, s, padding=s // 2 + s % 2, output_padding=s % 2)
                for s, k in zip(scales, kernels, strict=True)
            ]
        repeat = torch.nn.ReplicationPad1d((1, 0))
        return [
            _follow(repeat, layer(1, 1, k, s), slice(s, -s))
            for s, k in zip(scales, kernels, strict=True)
        ]
    if config.get("model_type") == "dac":
        return [
            layer(1, 1, 2 * s, s, padding=ceil(s / 2)) for s in config["downsampling_ratios"][::-1]
        ]
    if config.get("model_type") == "encodec":
        steps = []
        for s in config["upsampling_ratios"]:
            right = s // 2
            if config.get("use_causal_conv", True):
                right = ceil(s * config.get("trim_right_ratio", 1.0))
            cut = slice(s - right, 0)
            steps.append(_follow(layer(1, 1, 2 * s, s), cut, right))
        return steps
    own = config.get("model", config)
    pairs = zip(own["upsample_rates"], own["upsample_kernel_sizes"], strict=True)
    return [layer(1, 1, k, u, padding=(k - u) // 2) for u, k in pairs]


def _follow(*steps: Any) -> Callable[[Any], Any]:
    def call(x: Any) -> Any:
        match steps:
            case (repeat, layer, slice() as cut):
                return layer(repeat(x))[:, :, cut]
            case (layer, slice() as cut, right):
                y = layer(x)
                return y[..., cut.start : y.shape[-1] - right]
        raise AssertionError(steps)

    return call
