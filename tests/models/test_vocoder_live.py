"""Vocoders and codecs: the audio has the length that torch's modules give it."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from deconvcli.models.reading import read_model
from tests.models.vocoder_configs import CONFIGS, compute_length

HAS_TORCH = find_spec("torch") is not None or "DECONV_REQUIRE_FRAMEWORKS" in os.environ
pytestmark = pytest.mark.skipif(not HAS_TORCH, reason="PyTorch is not installed")


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("frames", [1, 2, 7, 32, 101])
def test_the_audio_is_as_long_as_torch_makes_it(name: str, frames: int, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIGS[name]))
    [channels] = {read_model(str(path), {}).layers[0].reading.sizes.channels}  # type: ignore[union-attr]
    found = read_model(str(path), {"": (1, channels, frames)})  # type: ignore[dict-item]
    assert found.layers[-1].output is not None
    assert found.layers[-1].output[-1] == compute_length(CONFIGS[name], frames)
