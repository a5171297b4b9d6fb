"""A vocoder whose audio is not a whole hop for each frame.

What: the rates in the config of a vocoder do not multiply to its hop length; or a layer gives a
sample more or fewer than its stride for each input; or the training segment is no whole number of
frames.

Why: such a vocoder trains without complaint. Its audio is longer or shorter than that of the
frames, so that a loss compares samples that are not of the same time.

Example:
    # Vocoder: a config of HiFi-GAN
    upsample_rates: [8, 8, 2, 2]
    upsample_kernel_sizes: [16, 15, 4, 4]
    hop_size: 256

Fix: use the kernel or the rate that the finding names. No automatic edit: the weights of another
kernel have to be trained, and only the author knows which of two numbers is the wrong one.

Source: jik876/hifi-gan 4769534d, models.py: padding=(k-u)//2, which rounds down where k-u is odd.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV209", Severity.WARNING, ("hop-length", "segment-size"))
