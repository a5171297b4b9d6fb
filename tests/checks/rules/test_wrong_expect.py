"""An `expect` that is wrong itself: the layers below, which agree with the real size, are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deconvcli.checks.checking import Settings, check_bytes
from deconvcli.common.findings import Diagnostic

GOOD = Path(__file__).parents[2] / "examples" / "good"
CLAIM = re.compile(r"expect: (\d+)x(\d+)")


def claims() -> list[tuple[str, int]]:
    """Return (file, number) of each `expect` of a layer in the examples with several of them."""
    files = ("dcgan.yaml", "unet_paper.yaml")
    return [
        (name, number)
        for name in files
        for number, _ in enumerate(CLAIM.finditer((GOOD / name).read_text(encoding="utf-8")))
    ]


def errors_in(text: str) -> list[Diagnostic]:
    """Return the errors in a config."""
    settings = Settings(select=("DCV1",))
    return list(check_bytes("a.yaml", text.encode(), "yaml", settings).findings)


@pytest.mark.parametrize(("name", "number"), claims())
# Not 1, which a pooling below rounds away, so that no layer contradicts the claim.
@pytest.mark.parametrize("more", [2, -1, 7])
def test_a_wrong_claim_is_the_only_error(name: str, number: int, more: int) -> None:
    text = (GOOD / name).read_text(encoding="utf-8")
    claim = list(CLAIM.finditer(text))[number]
    height, width = int(claim[1]), int(claim[2])
    wrong = f"expect: {height + more}x{width}"
    [found] = errors_in(text[: claim.start()] + wrong + text[claim.end() :])
    assert found.where is not None
    assert found.where.line == text.count("\n", 0, claim.start()) + 1
    assert (
        f"the output is [{height}, {width}], expected [{height + more}, {width}]" in found.message
    )
    assert found.help == f"set expect to {height}x{width}, which the layers below agree with."


def test_a_layer_that_misses_its_claim_is_not_blamed_on_the_claim() -> None:
    """The layers below agree with the claim, so the layer is what has to change."""
    text = (GOOD / "dcgan.yaml").read_text(encoding="utf-8")
    [found] = errors_in(text.replace("kernel: 4, stride: 2", "kernel: 5, stride: 2", 1))
    assert "the output is [9, 9], expected [8, 8]" in found.message
    assert "set expect" not in found.help


def test_independent_wrong_claims_are_findings_of_their_own() -> None:
    text = (GOOD / "unet_paper.yaml").read_text(encoding="utf-8")
    for old, new in (("282x282", "283x283"), ("102x102", "103x103")):
        text = text.replace(old, new)
    first, second = errors_in(text)
    assert first.help == "set expect to 282x282, which the layers below agree with."
    assert second.help == "set expect to 102x102, which the layers below agree with."
