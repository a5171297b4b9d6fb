"""Chainer, whose layers are PyTorch's under other names."""

from __future__ import annotations

from deconvcli.frameworks.pasted.borrowed._call import TORCH, Borrowed, Words


def _change(given: Words, rank: int) -> Words:
    if type(given.get("nobias")) is bool:
        given = {**given, "bias": not given["nobias"]}
    return {name: value for name, value in given.items() if not (name == "outsize" and not value)}


CALLS: tuple[Borrowed, ...] = (
    Borrowed(
        "Chainer",
        ("chainer.links.Deconvolution{n}D", "L.Deconvolution{n}D"),
        (
            *("in_channels", "out_channels", "ksize", "stride", "pad", "nobias", "outsize"),
            *("initialW", "initial_bias", "dilate", "groups"),
        ),
        3,
        "torch.nn.ConvTranspose{n}d",
        {
            **TORCH,
            "ksize": "kernel_size",
            "pad": "padding",
            "outsize": "output_size",
            "dilate": "dilation",
            "bias": "bias",
        },
        change=_change,
    ),
)
