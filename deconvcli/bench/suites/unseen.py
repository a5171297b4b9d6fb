"""Layers of published models that the study lacks: other kernels, strides, ranks and sizes."""

from __future__ import annotations

from deconvcli.bench.suites._suite import Suite
from deconvcli.bench.suites.real import SUITE as REAL

NAMES = (
    "pix2pix/up2",
    "pix2pix/up7",
    "SimpleBaseline/deconv_layers.0",
    "Mask-RCNN/mask_head.deconv",
    "SAM/output_upscaling.3",
    "SECOND-RPN/deconv3",
    "DPT-Large/act_postprocess1.4",
    "FCN-16s/upscore16",
    "FSRCNN/last_part",
    "Keras-GAN/7to14",
    "VoxelPose/decoder_upsample1",
    "3D-UNet/TransposeConvUpsampling",
    "EnCodec/decoder.1",
    "Demucs/decoder.2",
    "WaveGlow/upsample",
    "DAC-128x/decoder.stride1",
)
_BY_NAME = {named.name: named for named in REAL}
SUITE: Suite = tuple(_BY_NAME[name] for name in NAMES)
