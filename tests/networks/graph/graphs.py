"""Random networks along one axis: chains with skips, floors, ceils, dilation and every dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from deconvcli.networks.graph import Network, Node
from deconvcli.networks.operation import Shape

LEAST, MOST = 1, 5


@st.composite
def windows(draw: st.DrawFn, dialect: str) -> dict[str, Any]:
    """Draw kernel, stride, dilation, and a padding that the dialect accepts."""
    kernel, stride = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    words: dict[str, Any] = {"kernel": kernel, "stride": stride}
    if draw(st.booleans()):
        words["dilation"] = draw(st.integers(1, 3))
    if dialect == "torch":
        words["padding"] = draw(st.integers(0, kernel // 2))
    elif dialect == "keras":
        words["padding"] = draw(st.sampled_from(["same", "valid"]))
    else:
        words["padding"] = draw(
            st.sampled_from(["same_upper", "same_lower", [[0, 0]], [[1, 0]], [[0, 2]]])
        )
    return words


@st.composite
def transposed(draw: st.DrawFn, dialect: str) -> dict[str, Any]:
    """Draw a transposed convolution, some of which the dialect refuses."""
    kernel, stride = draw(st.integers(1, 5)), draw(st.integers(1, 4))
    words: dict[str, Any] = {"out_channels": 2, "kernel": kernel, "stride": stride}
    if draw(st.booleans()):
        words["output_padding"] = draw(st.integers(0, max(0, stride - 1)))
    if dialect == "torch":
        words["padding"] = draw(st.integers(0, kernel // 2 + 1))
        words["dilation"] = draw(st.integers(1, 2))
        if draw(st.integers(0, 9)) == 0:
            words = {**words, "output_size": draw(st.integers(1, 60))}
    elif dialect == "keras":
        words["padding"] = draw(st.sampled_from(["same", "valid"]))
    else:
        words["auto_pad"] = draw(st.sampled_from(["SAME_UPPER", "SAME_LOWER", "VALID"]))
    return words


@st.composite
def nodes(draw: st.DrawFn, number: int, above: tuple[str, ...], dialect: str) -> Node:
    """Draw one layer; one that joins or compares takes a second input from anywhere above."""
    name, before = f"l{number}", above[-1]
    kinds = ["conv", "conv_transpose", "max_pool", "upsample", "pad", "crop", "pad_to", "relu"]
    joins = ["concat", "add", "crop_like", "pad_to_like"]
    kind = draw(st.sampled_from(kinds + joins))
    if kind in joins:
        other = draw(st.sampled_from(above))
        return Node(
            name, kind.removesuffix("_like") if kind != "crop_like" else kind, {}, (before, other)
        )
    return Node(name, kind, draw(_parameters(kind, dialect)), (before,))


def _parameters(kind: str, dialect: str) -> st.SearchStrategy[Mapping[str, Any]]:
    small = st.integers(0, 3)
    if kind == "conv":
        return windows(dialect).map(lambda words: {**words, "out_channels": 2})
    if kind == "conv_transpose":
        return transposed(dialect)
    if kind == "max_pool":
        rounding = st.booleans() if dialect != "keras" else st.just(False)
        return st.tuples(windows(dialect), rounding).map(
            lambda drawn: {**drawn[0], "ceil_mode": drawn[1]}
        )
    if kind == "upsample":
        return st.fixed_dictionaries({"scale": st.integers(1, 3)})
    if kind in ("pad", "crop"):
        return st.tuples(small, small).map(lambda ends: {"amount": [list(ends)]})
    if kind == "pad_to":
        return st.fixed_dictionaries({"multiple": st.integers(1, 4)})
    return st.just({})


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Draw one to seven layers on an input of one axis, some with an expected size."""
    dialect = draw(st.sampled_from(["torch", "keras", "onnx"]))
    above: tuple[str, ...] = ("x",)
    made: list[Node] = []
    for number in range(draw(st.integers(1, 7))):
        node = draw(nodes(number, above, dialect))
        if draw(st.integers(0, 11)) == 0:
            node = node._replace(expect=(draw(st.integers(1, 40)),))
        made.append(node)
        above = (*above, node.name)
    return Network("random", {"x": Shape(2, (1,))}, tuple(made), dialect=dialect)
