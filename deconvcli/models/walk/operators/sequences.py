"""Layers over time, transforms of signals, and quantization with its scales."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deconvcli.models.walk.tensors import (
    UNKNOWN,
    Call,
    OpenSize,
    Operator,
    Tensor,
    compute,
    find_place,
    make_tensor,
)


def _recur(call: Call) -> Sequence[Tensor]:
    """RNN, GRU and LSTM: all outputs, then the last one, and for LSTM the last cell."""
    given, hidden = call.input(0).sizes, call.attributes.get("hidden_size")
    if not isinstance(hidden, int):
        weights = call.input(2).sizes
        hidden = weights[-1] if weights else None
    directions = 2 if call.text("direction", "forward") == "bidirectional" else 1
    if given is None or len(given) != 3:
        return [UNKNOWN] * call.outputs
    first, second, _ = given
    if call.number("layout", 0):
        every: tuple[OpenSize, ...] = (first, second, directions, hidden)
        last: tuple[OpenSize, ...] = (first, directions, hidden)
    else:
        every = (first, directions, second, hidden)
        last = (directions, second, hidden)
    return [make_tensor(every), make_tensor(last), make_tensor(last)][: call.outputs]


def _transform(call: Call) -> Sequence[Tensor]:
    """DFT: real and imaginary parts; one-sided results have half of the frequencies."""
    sizes = call.input(0).sizes
    if sizes is None:
        return [UNKNOWN]
    axis = call.values(2) if call.version >= 20 else (call.number("axis", 1),)
    if not axis and call.has(2):
        return [Tensor((None,) * len(sizes))]
    place = find_place(axis[0] if axis else -2, len(sizes))
    length = call.values(1)
    count = sizes[place] if not call.has(1) else length[0] if length else None
    found = [*sizes[:-1], 2]
    is_half = call.number("onesided", 0)
    is_back = call.number("inverse", 0)
    found[place] = compute(lambda n: n // 2 + 1, count) if is_half and not is_back else count
    if is_half and is_back:
        return [Tensor((None,) * len(sizes))]
    return [make_tensor(found)]


def _transform_frames(call: Call) -> Sequence[Tensor]:
    """STFT: a spectrum for each frame of the signal."""
    signal, window = call.input(0).sizes, call.input(2).sizes
    hop, given = call.values(1), call.values(3)
    length = given[0] if given else window[0] if window else None
    if signal is None or len(signal) < 2:
        return [UNKNOWN]
    step = hop[0] if hop else None
    frames = compute(lambda n, k, s: (n - k) // s + 1, signal[1], length, step)
    bins = length
    if call.number("onesided", 1):
        bins = compute(lambda n: n // 2 + 1, length)
    return [make_tensor((signal[0], frames, bins, 2))]


def _quantize(call: Call) -> Sequence[Tensor]:
    """DynamicQuantizeLinear: the data, one scale and one zero point."""
    return [Tensor(call.input(0).sizes), Tensor(()), Tensor(())][: call.outputs]


def _suppress(call: Call) -> Sequence[Tensor]:
    """NonMaxSuppression: three numbers for each box that is chosen."""
    return [Tensor((None, 3))]


OPERATORS: Mapping[str, Operator] = {
    **dict.fromkeys(("RNN", "GRU", "LSTM", "DynamicQuantizeLSTM"), _recur),
    "DFT": _transform,
    "STFT": _transform_frames,
    "DynamicQuantizeLinear": _quantize,
    "NonMaxSuppression": _suppress,
}
