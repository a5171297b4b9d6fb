"""Drivers of frameworks with a place of their own, which an environment variable names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from deconvcli.frameworks.driver.base import install_command
from deconvcli.frameworks.driver.process import DriverProcess, NotStarted
from deconvcli.frameworks.drivers import FRAMEWORKS
from deconvcli.frameworks.drivers.caffe import write_weights
from deconvcli.frameworks.releases import Need

PLACED = [
    name for name in FRAMEWORKS.names if any(one.variable for one in FRAMEWORKS.take(name).needs)
]


@pytest.mark.parametrize("name", PLACED)
def test_the_variable_decides_and_the_command_names_it(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    framework = FRAMEWORKS.take(name)
    [need] = [one for one in framework.needs if one.variable]
    monkeypatch.delenv(need.variable, raising=False)
    # Some need a package of this Python too, which may be missing.
    others = [one for one in framework.find_missing() if one != need]
    assert [one.variable for one in others] == [""] * len(others)
    assert need in framework.find_missing()
    monkeypatch.setenv(need.variable, "somewhere")
    assert framework.find_missing() == others
    command = install_command(framework)
    assert f"{need.installer} install " in command
    assert command.endswith(f"; {need.variable} names {need.place}")


def test_npm_has_names_of_its_own() -> None:
    need = Need("tool", "@scope/tool", "1.2.3")
    assert (need.installer, need.requirement) == ("npm", "@scope/tool@1.2.3")


def test_another_python_runs_the_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\necho \'{"versions": {"cv2": "the other one"}}\'\n')
    python.chmod(0o755)
    framework = FRAMEWORKS.take("caffe")
    monkeypatch.setenv(framework.interpreter, str(python))
    with DriverProcess(framework) as process:
        process.start()
        assert process.versions == {"cv2": "the other one"}
    monkeypatch.setenv(framework.interpreter, str(tmp_path / "absent"))
    with pytest.raises((NotStarted, OSError)), DriverProcess(framework) as process:
        process.start()
    with DriverProcess(framework, python=str(python)) as process:
        process.start()
        assert process.versions == {"cv2": "the other one"}


def test_a_model_of_caffe_is_protocol_buffers() -> None:
    # Layer 100 (tag 162, 6) has a name, a type and a blob: shape, then data.
    written = write_weights(np.ones((1, 1, 1, 300), "float32"))
    assert written[:2] == bytes([0xA2, 0x06])
    assert b"\x0a\x02up\x12\x0dDeconvolution" in written
    assert b"\x3a\x07\x0a\x05\x01\x01\x01\xac\x02" in written
    assert written.endswith(np.ones(300, "<f4").tobytes())
