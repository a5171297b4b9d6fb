"""Configs of vocoders and codecs: the family, the sizes, and what does not fit the hop length."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.models.model import Model
from deconvcli.models.reading import find_reader, read_model
from tests.cli.commandline import deconv
from tests.models.vocoder_configs import CONFIGS, make_codec, make_hifigan, make_wavegan

# Measured with torch 2.13.0 by test_vocoder_live, for 32 frames.
LENGTHS = {
    "hifigan": 8192,
    "rvc": 15360,
    "odd": 1924,
    "odd-by-one": 1936,
    "wavegan": 9600,
    "wavegan-other-kernels": 643,
    "wavegan-causal": 641,
    "melgan": 960,
    "melgan-causal": 320,
    "dac": 16384,
    "dac-odd": 7672,
    "encodec": 10240,
    "encodec-centred": 480,
    "encodec-half": 480,
}


def save(folder: Path, config: Any, name: str = "config.json") -> str:
    path = folder / name
    path.write_text(config if isinstance(config, str) else json.dumps(config, indent=1))
    return str(path)


def read(folder: Path, config: Any, **sizes: Any) -> Model:
    return read_model(save(folder, config), sizes)


def list_messages(model: Model) -> list[str]:
    return [found.message for found in model.findings]


@pytest.mark.parametrize("name", CONFIGS)
def test_the_audio_has_the_measured_length(name: str, tmp_path: Path) -> None:
    path = save(tmp_path, CONFIGS[name])
    channels = read_model(path, {}).layers[0].reading.sizes.channels  # type: ignore[union-attr]
    found = read_model(path, {"frames": (1, channels, 32)})  # type: ignore[dict-item]
    assert found.layers[-1].output is not None
    assert found.layers[-1].output[-1] == LENGTHS[name]


def test_the_layers_and_the_note_have_formulas(tmp_path: Path) -> None:
    model = read(tmp_path, CONFIGS["hifigan"] | {"hop_size": 256, "segment_size": 8192})
    outputs = [layer.output for layer in model.layers]
    assert outputs == [(1, 32, "8T"), (1, 16, "64T"), (1, 8, "128T"), (1, 4, "256T")]
    assert model.findings == ()
    assert model.notes[-1] == "256T samples of audio for T frames"
    assert model.layers[0].where is not None
    assert model.layers[0].where.line == 3


def test_a_layer_that_adds_a_sample_is_named_and_its_kernel_fixes_it(tmp_path: Path) -> None:
    model = read(tmp_path, make_hifigan([8, 8, 2, 2], [16, 15, 4, 4], hop_size=256))
    assert list_messages(model) == [
        "ups.1: a kernel of 15 with stride 8 gives 1 more than 8 samples for each input;"
        " T frames are 256T+4 samples of audio"
    ]
    assert "use a kernel of 16" in model.findings[0].help
    assert read(tmp_path, make_hifigan([8, 8, 2, 2], [16, 16, 4, 4], hop_size=256)).findings == ()


def test_a_rate_that_misses_the_hop_is_named_and_changed(tmp_path: Path) -> None:
    model = read(tmp_path, make_hifigan([8, 8, 2, 2], [16, 16, 4, 4], hop_size=320))
    assert list_messages(model) == ["upsample_rates: 8 * 8 * 2 * 2 is 256, and hop_size is 320"]
    assert "make rate 1 of 4 10" in model.findings[0].help
    fixed = make_hifigan([10, 8, 2, 2], [20, 16, 4, 4], hop_size=320)
    assert read(tmp_path, fixed).findings == ()
    far = read(tmp_path, make_hifigan([8, 8], [16, 16], hop_size=77)).findings[0]
    assert far.help == "use rates whose product is 77, or hop_size 64."


def test_a_segment_is_whole_frames(tmp_path: Path) -> None:
    config = make_hifigan([8, 8], [16, 16], hop_size=64)
    [found] = read(tmp_path, config | {"segment_size": 100}).findings
    assert found.message == "segment_size: 100 samples are no whole number of frames of 64"
    assert found.help == "use 64 or 128."
    assert read(tmp_path, config | {"segment_size": 128}).findings == ()


def test_bands_and_fourier_frames_are_part_of_the_hop(tmp_path: Path) -> None:
    bands = make_wavegan("MelGANGenerator", upsample_scales=[5, 5, 3], out_channels=4)
    assert read(tmp_path, bands | {"hop_size": 300}).findings == ()
    frames = make_hifigan([8, 8], [16, 16], gen_istft_hop_size=4, hop_size=256)
    assert read(tmp_path, frames).findings == ()
    with pytest.raises(Unreadable, match="no decoder"):  # the rates are not used there
        read(tmp_path, frames | {"gen_istft_hop_size": 256})


def test_an_odd_stride_of_dac_loses_a_sample(tmp_path: Path) -> None:
    model = read(tmp_path, make_codec("dac", [2, 3, 8], decoder_hidden_size=64))
    [found] = model.findings
    assert found.message.startswith("decoder.block.1: a kernel of 6 with stride 3 gives 1 fewer")
    assert "output_padding 1" in found.help
    assert model.notes[-1] == "48T-2 samples of audio for T frames"


def test_torch_refuses_a_kernel_shorter_than_its_stride(tmp_path: Path) -> None:
    model = read(tmp_path, make_hifigan([8, 8], [6, 16]))
    assert [found.severity.name for found in model.findings] == ["ERROR"]
    assert model.findings[0].message.startswith("ups.0: torch: padding -1")
    assert [layer.output for layer in model.layers] == [None, None]


YAML = """# of ParallelWaveGAN
hop_size: 100
generator_type: "MelGANGenerator"
generator_params:
    channels: 64
    upsample_scales: [5, 5, 4]   # their product is the hop
discriminator_params:
    downsample_scales: [4, 4]
"""


def test_yaml_of_other_programs_is_found_by_its_keys(tmp_path: Path) -> None:
    path = save(tmp_path, YAML, "melgan.yaml")
    assert find_reader(path) == "vocoder"
    model = read_model(path, {})
    assert model.title == "ParallelWaveGAN MelGAN config"
    assert [layer.where.line for layer in model.layers if layer.where] == [6, 6, 6]
    own = "networks:\n  a:\n    layers:\n      - {upsample_rates: 2}\n        upsample_rates: 3\n"
    others = [own, "name: a\n", "# upsample_rates: 2\n", "my_upsample_rates: 2\n", ""]
    for number, text in enumerate(others):
        assert find_reader(save(tmp_path, text, f"{number}.yml")) is None
    assert find_reader(save(tmp_path, {"name": "a", "scripts": {}}, "package.json")) is None
    assert find_reader(str(tmp_path / "absent.yaml")) is None


def test_a_folder_has_vocoders_and_passes_over_other_programs(tmp_path: Path) -> None:
    save(tmp_path, YAML.replace("100", "80"), "melgan.yaml")
    save(tmp_path, YAML.replace('"MelGANGenerator"', "StyleMelGANGenerator"), "style.yaml")
    save(tmp_path, "services: {a: b}\n", "compose.yaml")
    done = deconv(f"check {tmp_path}")
    assert "melgan.yaml:6:5: warning[DCV209]" in done.out
    assert "in 1 file" in done.out
    assert "style" not in done.out


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        (make_hifigan([10**9] * 4, [10**9] * 4), "1,048,576 are read"),
        (make_hifigan([2] * 10**4, [4] * 10**4), "at most 32"),
        (make_hifigan([2, 2], [4]), "2 numbers for upsample_rates and 1"),
        (make_hifigan([2, True], [4, 4]), "has 'True'"),
        (make_hifigan([2, -2], [4, 4]), "has '-2'"),
        (make_hifigan([], []), "a list of integers"),
        (make_hifigan([2] * 8, [4] * 8), "leaves none"),
        (make_codec("encodec", [2], trim_right_ratio="a"), "from 0 to 1"),
        ('{"upsample_kernel_sizes": ' + "[" * 100_000, "no JSON"),
        ('{"upsample_kernel_sizes": [' + "9" * 9999 + "]}", "no JSON"),
        ('{"upsample_kernel_sizes": ' + " " * (1 << 18), "256 KiB"),
    ],
)
def test_hostile_configs_have_one_line(config: Any, reason: str, tmp_path: Path) -> None:
    started = time.process_time()
    with pytest.raises(Unreadable, match=reason):
        read(tmp_path, config)
    assert time.process_time() - started < 1


def test_hostile_yaml_has_one_line(tmp_path: Path) -> None:
    merges = "".join(
        f"a{n}: &a{n} {{<<: *a{n - 1}, b: [*a{n - 1}, *a{n - 1}]}}\n" for n in range(1, 60)
    )
    for text in (
        "upsample_rates: " + "[" * 50_000,
        "a0: &a0 {b: 1}\n" + merges + "upsample_rates: [2]\n",
        "a: &a [*a]\nupsample_rates: [2]\n",
        "upsample_rates: !!python/object:os.system [2]\n",
        "upsample_rates: \x00",
    ):
        with pytest.raises(Unreadable):
            read_model(save(tmp_path, text, "a.yaml"), {}, "vocoder")


def test_sizes_are_for_the_frames(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="names the input"):
        read(tmp_path, CONFIGS["hifigan"], other=(1, 64, 3))
    with pytest.raises(UsageError, match="takes 64"):
        read(tmp_path, CONFIGS["hifigan"], frames=(1, 80, 3))
