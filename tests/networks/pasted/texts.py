"""Networks in the forms in which people paste them, with an input and the output of each.

The printed models are what torch 2.13.0 writes; their sizes are what its modules return.
"""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """A pasted network.

    size: its input, without a batch; None where the text has it. dialect: where the text leaves
    it open.
    """

    text: str
    size: tuple[int, ...] | None
    output: tuple[int, ...]
    dialect: str = ""


DCGAN = """Generator(
  (main): Sequential(
    (0): ConvTranspose2d(100, 512, kernel_size=(4, 4), stride=(1, 1), bias=False)
    (1): BatchNorm2d(512, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    (2): ReLU(inplace=True)
    (3): ConvTranspose2d(512, 256, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), bias=False)
    (4): BatchNorm2d(256, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
    (5): ReLU(inplace=True)
    (6): ConvTranspose2d(256, 3, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), bias=False)
    (7): Tanh()
  )
)"""
REPEATED = """Decoder(
  (proj): Linear(in_features=32, out_features=4096, bias=True)
  (shape): Unflatten(dim=1, unflattened_size=(64, 8, 8))
  (blocks): ModuleList(
    (0-2): 3 x Block(
      (norm): GroupNorm(8, 64, eps=1e-05, affine=True)
      (act): SiLU()
      (up): ConvTranspose2d(64, 64, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))
    )
  )
  (drop): DropPath(drop_prob=0.100)
  (out): ParametrizedConv2d(
    64, 3, kernel_size=(3, 3), stride=(1, 1), padding=same, padding_mode=reflect
    (parametrizations): ModuleDict(
      (weight): ParametrizationList(
        (0): _WeightNorm()
      )
    )
  )
  (loss): MSELoss()
  (skip): None
)"""
CLASSIFIER = """Net(
  (features): Sequential(
    (0): ReflectionPad2d((1, 2, 3, 4))
    (1): Conv2d(3, 8, kernel_size=(3, 3), stride=(2, 2))
    (2): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
    (3): Upsample(scale_factor=2.0, mode='nearest')
    (4): PixelUnshuffle(downscale_factor=2)
    (5): PixelShuffle(upscale_factor=2)
  )
  (pool): AdaptiveAvgPool2d(output_size=(6, 5))
  (fc): Linear(in_features=240, out_features=10, bias=True)
)"""
UNET = """UNet(
  (inc): Sequential(
    (0): Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    (1): ReLU()
  )
  (pool): MaxPool2d(kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False)
  (down): Conv2d(8, 16, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
  (up): ConvTranspose2d(16, 8, kernel_size=(2, 2), stride=(2, 2))
  (dec): Conv2d(16, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
)"""
# As PaddlePaddle 3.3.1 prints them.
PADDLE = """Sequential(
  (0): Conv2D(3, 8, kernel_size=[3, 3], stride=[2, 2], padding=1, data_format=NCHW)
  (1): BatchNorm2D(num_features=8, momentum=0.9, epsilon=1e-05)
  (2): Conv2DTranspose(8, 4, kernel_size=[4, 4], stride=[2, 2], padding=1, data_format=NCHW)
  (3): MaxPool2D(kernel_size=2, stride=None, padding=0)
  (4): Upsample(scale_factor=2, mode=nearest, align_corners=False, align_mode=0, data_format=None)
  (5): AdaptiveAvgPool2D(output_size=1)
  (6): Flatten()
  (7): Linear(in_features=4, out_features=4, dtype=float32)
)"""
# As MLX 0.32.4 prints them.
MLX = """Sequential(
  (layers.0): Conv2d(3, 8, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1), dilation=1, groups=1)
  (layers.1): BatchNorm(8, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)
  (layers.2): ConvTranspose2d(8, 4, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1), dilation=1)
  (layers.3): Linear(input_dims=4, output_dims=4, bias=True)
  (layers.4): GroupNorm(2, 4, eps=1e-05, affine=True, pytorch_compatible=False)
  (layers.5): MaxPool2d(kernel_size=(2, 2), stride=(2, 2), padding=(0, 0))
)"""
LINES = """  (0): ConvTranspose2d(64, 32, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))
  (1): LazyConvTranspose2d(0, 3, kernel_size=(4, 4), stride=(2, 2), padding=(1, 1))"""
CLASS = """class Up(nn.Module):
    def __init__(self, ngf=64):
        super().__init__()
        self.up1 = nn.ConvTranspose2d(64, 32, 4, 2, 1)
        self.main = nn.Sequential(OrderedDict([
            ("norm", nn.InstanceNorm2d(32)),
            ("up2", weight_norm(nn.ConvTranspose2d(32, 3, 4, 2, 1))),
        ]))

    def forward(self, x):
        return torch.tanh(self.main(F.relu(self.up1(x))))"""
FUNCTIONAL = """inputs = keras.Input((16, 16, 8))
s = layers.Conv2D(16, 3, padding="same", activation="relu")(inputs)
x = layers.MaxPooling2D()(s)
x = layers.Conv2D(32, 3, padding="same")(x)
x = layers.Conv2DTranspose(16, 2, strides=2, padding="same")(x)
x = layers.Concatenate()([x, s])
x = layers.Conv2D(4, 1)(x)
model = keras.Model(inputs, x)"""
TEXTS = {
    "calls": Text(
        "nn.ConvTranspose2d(64, 32, 4, 2, 1), nn.ReLU(), nn.ConvTranspose2d(32, 3, 4, 2, 1)",
        (64, 8, 8),
        (3, 32, 32),
    ),
    "a list": Text("[nn.Conv1d(4, 8, 3, 2), nn.ConvTranspose1d(8, 2, 4)]", (4, 11), (2, 8)),
    "lines": Text(
        "nn.ConvTranspose2d(64, 32, 4, 2, 1),\n  nn.ReLU(),\n  nn.ConvTranspose2d(32, 3, 4),",
        (64, 8, 8),
        (3, 19, 19),
    ),
    "nested": Text(
        "nn.Sequential(nn.Sequential(nn.Conv3d(2, 4, 3), nn.ReLU()), nn.ConvTranspose3d(4, 2, 3))",
        (2, 5, 6, 7),
        (2, 5, 6, 7),
    ),
    "keras": Text(
        "keras.Sequential([Input((8, 8, 64)), layers.Conv2DTranspose(32, 4, strides=2,"
        " padding='same'), layers.GlobalAveragePooling2D(), layers.Dense(48),"
        " layers.Reshape((4, 4, 3)), layers.UpSampling2D(2)])",
        None,
        (8, 8, 3),
    ),
    "separable": Text(
        "keras.Sequential([Input((9, 8, 6)), layers.SeparableConv2D(8, 3, depth_multiplier=2),"
        " layers.BatchNormalization(axis=1), layers.DepthwiseConv2D(3, 2, 'same'),"
        " layers.PReLU(shared_axes=[1, 2]), layers.Conv2DTranspose(3, 4, data_format=None)])",
        None,
        (7, 6, 3),
    ),
    "vocoder": Text(
        "nn.Conv1d(80, 64, 7, padding=3), nn.GLU(dim=1), nn.Upsample(scale_factor=1.5),"
        " nn.MaxUnpool1d(3, 2, 1), nn.ConvTranspose1d(32, 1, 16, 8, 4)",
        (80, 20),
        (1, 472),
    ),
    "add": Text(
        "model.add(Dense(128, input_shape=(10,)))\nmodel.add(Reshape((4, 4, 8)))\n"
        "model.add(LeakyReLU(0.2))\nmodel.add(Conv2DTranspose(3, 5, strides=2, padding='same'))",
        None,
        (8, 8, 3),
    ),
    "chained": Text(
        'x = layers.Conv2DTranspose(32, 4, strides=2, padding="same")(x)\n'
        "x = layers.BatchNormalization()(x)\nx = layers.Activation('relu')(x)\n"
        'x = layers.Conv2DTranspose(3, 4, strides=2, padding="same")(x)',
        (8, 8, 64),
        (32, 32, 3),
    ),
    "functional": Text(FUNCTIONAL, None, (16, 16, 4)),
    "joined": Text(
        FUNCTIONAL.replace("layers.Concatenate()([x, s])", "concatenate([s, x, s], axis=3)"),
        None,
        (16, 16, 4),
    ),
    "class": Text(CLASS, (64, 8, 8), (3, 32, 32)),
    "dcgan": Text(DCGAN, (100, 1, 1), (3, 16, 16)),
    "repeated": Text(REPEATED, (32,), (3, 64, 64)),
    "classifier": Text(CLASSIFIER, (3, 32, 30), (10,)),
    "paddle": Text(PADDLE, (3, 32, 32), (4,)),
    "mlx": Text(MLX, (32, 32, 3), (16, 16, 4), "mlx"),
    "printed lines": Text(LINES, (64, 8, 8), (3, 32, 32)),
}
