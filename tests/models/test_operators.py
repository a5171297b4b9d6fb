"""Each operation that the walk knows, with sizes that ONNX Runtime gives too."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from deconvcli.models.reading import read_model
from tests.models.onnx_files import Stored, graph, model, node, write
from tests.models.operators import CASES, Case


def build(case: Case) -> tuple[bytes, dict[str, tuple[int, ...]]]:
    """Return a model of one operation, and the sizes of its inputs."""
    names = [f"i{place}" if one is not None else "" for place, one in enumerate(case.inputs)]
    pairs = dict(zip(names, case.inputs, strict=True))
    given = {n: one for n, one in pairs.items() if one is not None and not isinstance(one, Stored)}
    constants = {name: one for name, one in pairs.items() if isinstance(one, Stored)}
    outputs = [f"o{place}" for place in range(len(case.outputs))]
    whole = graph(
        [node(case.operation, names, outputs, domain=case.domain, **case.attributes)],
        given,
        outputs,
        constants,
    )
    return model(whole, case.opset), given


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation)
def test_sizes(case: Case, tmp_path: Path) -> None:
    data, _ = build(case)
    found = read_model(write(tmp_path / "net.onnx", data), {})
    assert [found.tensors[f"o{place}"] for place in range(len(case.outputs))] == list(case.outputs)
    assert found.findings == ()


@pytest.mark.skipif(find_spec("onnxruntime") is None, reason="needs onnxruntime")
def test_onnxruntime_gives_these_sizes() -> None:
    import numpy as np
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    for case in CASES:
        data, given = build(case)
        session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
        zeros = {name: np.zeros(sizes, np.float32) for name, sizes in given.items()}
        found = [one.shape for one in session.run(None, zeros)]
        assert found == list(case.outputs), case
