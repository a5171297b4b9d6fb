"""Modules of networks, right where both frameworks are installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deconvcli.frameworks.drivers import FRAMEWORKS

NETWORKS = Path(__file__).parent / "networks"
DRIVERS = {
    "torch": "torch",
    "keras": "keras_tensorflow",
    "flax": "flax",
    "onnx": "onnx_onnxruntime",
}
PAIRS = [
    *[("torch", target) for target in ("keras", "flax", "onnx")],
    *[("keras", target) for target in ("torch", "flax", "onnx")],
]


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_every_layer_has_the_values_of_its_source(source: str, target: str) -> None:
    environment: dict[str, str] = {}
    for name in (source, target):
        driver = FRAMEWORKS.take(DRIVERS[name])
        environment |= driver.environment
        if driver.find_missing():
            assert not (driver.in_extra and os.environ.get("DECONV_REQUIRE_FRAMEWORKS"))
            pytest.skip(f"{name} is not installed")
    files = [NETWORKS / f"{source}.yaml", *NETWORKS.glob(f"{source}_{target}.yaml")]
    command = ["-m", "tests.networks.porting.executed", source, target, *map(str, files)]
    done = subprocess.run(
        [sys.executable, *command],
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
        env={**os.environ, **environment},
    )
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.endswith(" layers")] == []
    assert len(lines) > 1
