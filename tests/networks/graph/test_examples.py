"""Real networks: every size that their authors state, and the errors of those that fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from deconvcli.checks.checking import read_configs
from deconvcli.networks.graph import Network, walk
from deconvcli.networks.graph.diagnosis import diagnose
from deconvcli.networks.graph.edits import apply_edits

EXAMPLES = Path(__file__).parents[2] / "examples"
# The sizes after every layer of these were stated or computed where the networks come from.
LAST = {
    "dcgan": "[3, 64, 64]",
    "unet_padded": "[2, 512, 512]",
    "unet_paper": "[2, 388, 388]",
    "nnunet_3d": "[4, 128, 128, 128]",
    "sam_mask_decoder": "[32, 256, 256]",
    "pose_head": "[17, 64, 48]",
    "pointpillars": "[384, 248, 216]",
    "hifigan_v1": "[1, 8192]",
    "hifigan_jsut": "[1, 8400]",
    "dac_44khz": "[1, 44032]",
    "dcgan_keras": "[1, 28, 28]",
    "autoencoder_keras": "[1, 28, 28]",
    "densepose_hrfpn": "[480, 196, 196]",
}


def networks(path: Path) -> list[Network]:
    """Return the graphs of one file."""
    return [read.graph for config in read_configs([str(path)]) for read in config.networks]


@pytest.mark.parametrize("name", LAST)
def test_the_sizes_that_authors_state(name: str) -> None:
    first, *others = networks(EXAMPLES / "good" / f"{name}.yaml")
    assert str(walk(first)[-1].shape) == LAST[name]
    for network in (first, *others):
        assert [outcome.node.name for outcome in walk(network) if outcome.error] == []


@pytest.mark.parametrize(
    ("name", "node", "message", "culprit", "fix"),
    [
        (
            "hifigan_16khz",
            "conv_post",
            "the output is [1, 6406], expected [1, 6400]",
            "ups.2: 1281 -> 6406, 1 more than 5 * 1281",
            "add a crop_like with size [6400], offset 0 after conv_post",
        ),
        (
            "demucs_unpadded",
            "dec5",
            "the output is [8, 341332], expected [8, 345000]",
            "dec5: 85332 -> 341332, 4 more than 4 * 85332",
            "add a pad_to with size [345428] after input"
            ", and add a crop_like with size [345000], offset 0 after dec5"
            " (the values of 5 layers move)",
        ),
    ],
)
def test_networks_that_fail(name: str, node: str, message: str, culprit: str, fix: str) -> None:
    [network] = networks(EXAMPLES / "bad" / f"{name}.yaml")
    [failed] = [outcome for outcome in walk(network) if outcome.error]
    assert failed.error is not None
    assert (failed.node.name, failed.error.message) == (node, message)
    found = diagnose(network, node, most=1)
    assert str(found.culprits[0]) == culprit
    assert str(found.fixes[0]) == fix
    fixed = apply_edits(network, found.fixes[0].edits)
    assert [outcome.node.name for outcome in walk(fixed) if outcome.error] == []
