"""The Numba engine: sums along rows in unit stride, four output channels at a time.

* All axes but the last are flattened into rows; a table lists, for each output row, the
  (input row, kernel row) pairs that reach it.
* Output o of the last axis is slot o // stride of phase o % stride. Kept phase by phase, what one
  tap adds is a plain shifted copy of the input row, so the inner loops have unit stride.
* The batch lies innermost, so rows are long even where images are small.
* Each output is summed in an order that depends on the layer only: every thread count and every
  run gives the same bits. Nothing is multiplied that the definition does not multiply.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import prod
from typing import NamedTuple

import numpy as np

from deconvcli.kernels.compiled import compiled
from deconvcli.kernels.reference import Array, AxisNumbers, accumulator, output_shape

CHANNELS = 4
"""Output channels summed together: each input element loaded serves four of them."""

TASK_PRODUCTS = 20_000_000
"""Products per task: 1 to 5 ms where rows are long, under 40 ms where they have 4 elements."""

SEGMENT_ELEMENTS = 2048
"""Outputs of one channel summed together, batch included, so that four channels stay in cache."""


class RowPairs(NamedTuple):
    """Output row r is reached by the pairs starts[r] ... starts[r+1]-1 of input and kernel row."""

    starts: Array
    inputs: Array
    taps: Array


class Line(NamedTuple):
    """The last axis: input i meets tap j in slot i + shift[j] of phase[j], length slots at once."""

    shift: Array
    phase: Array
    stride: int
    length: int


class Meeting(NamedTuple):
    """One tap over a run of inputs: where its sums, weights and inputs lie in their tables."""

    line: int
    at: int
    weight: int
    source: int
    low: int
    length: int


def transposed_convolution(
    x: Array,
    w: Array,
    bias: Array | None,
    axes: Sequence[AxisNumbers],
    groups: int,
    threads: int = 1,
) -> Array:
    """Transposed convolution of any rank; shapes, dtypes and errors as in reference.py.

    Memory beyond y: one copy of x and of w, and of y for float16. Ctrl-C is answered after the
    tasks under way, some milliseconds.
    """
    wide = accumulator(x.dtype)
    y = np.empty(output_shape(x, w, axes, groups), wide)
    bias = np.zeros(y.shape[1]) if bias is None else bias
    with np.errstate(all="ignore"):  # Inf and NaN are results here, not accidents
        if y.size:
            _fill(y, x.astype(wide, copy=False), w.astype(wide, copy=False), bias, axes, threads)
        return y.astype(x.dtype, copy=False)


def _fill(
    y: Array, x: Array, w: Array, bias: Array, axes: Sequence[AxisNumbers], threads: int
) -> None:
    """Compute all of y, whose dtype x and w have."""
    batch, channels, *out = y.shape
    target = y.reshape(batch, channels, prod(out[:-1]), out[-1])
    rows = _row_pairs(x.shape[2:-1], out[:-1], axes[:-1])
    terms = w.shape[0] * w.shape[1] // channels * w.shape[-1] * int(np.diff(rows.starts).max())
    line = _line(axes[-1], out[-1], batch, terms)
    segments = -(-out[-1] // (line.stride * line.length))
    blocks = channels // w.shape[1] * -(-w.shape[1] // CHANNELS)
    work = partial(
        _sum_items,
        target,
        _read_only(_input_by_row(x)),
        _read_only(_weights_by_tap(w, channels)),
        _read_only(bias.astype(y.dtype)),
        w.shape[1],
        rows,
        line,
    )
    step = max(1, TASK_PRODUCTS // _products(line.length * batch, terms))
    _run(work, _ranges(blocks * target.shape[2] * segments, step), threads)


def _products(outputs: int, terms: int) -> int:
    """Multiplications in `outputs` sums of `terms` terms, for each of the channels in a block."""
    return CHANNELS * max(1, outputs) * max(1, terms)


def _row_pairs(
    sizes: Sequence[int], outputs: Sequence[int], axes: Sequence[AxisNumbers]
) -> RowPairs:
    """The pairs of flattened rows that meet, sorted by output row; no axes make one row."""
    reached = sources = taps = np.zeros(1, np.intp)
    for n, out, axis in zip(sizes, outputs, axes, strict=True):
        o, i, j = _axis_pairs(n, out, axis)
        reached = np.add.outer(reached * out, o).ravel()
        sources = np.add.outer(sources * n, i).ravel()
        taps = np.add.outer(taps * axis[0], j).ravel()
    order = np.argsort(reached, kind="stable")
    starts = np.searchsorted(reached[order], np.arange(prod(outputs) + 1))
    return RowPairs(starts, sources[order], taps[order])


def _axis_pairs(n: int, out: int, axis: AxisNumbers) -> tuple[Array, Array, Array]:
    """All (output, input, tap) along one axis that meet inside the crops."""
    kernel, stride, dilation, crop_begin, _ = axis
    i, j = np.divmod(np.arange(n * kernel), kernel)
    o = i * stride + j * dilation - crop_begin
    inside = (o >= 0) & (o < out)
    return o[inside], i[inside], j[inside]


def _line(axis: AxisNumbers, out: int, batch: int, terms: int) -> Line:
    """The last axis in slots and phases, in segments small enough for the cache and one task."""
    kernel, stride, dilation, crop_begin, _ = axis
    shift, phase = np.divmod(np.arange(kernel) * dilation - crop_begin, stride)
    in_cache = SEGMENT_ELEMENTS // (stride * batch)
    in_task = TASK_PRODUCTS // _products(batch, terms)
    wide_enough = -(-32 // batch)  # shorter rows would only keep the loops' ends busy
    length = min(-(-out // stride), max(wide_enough, min(in_cache, in_task)))
    return Line(shift, phase, stride, length)


def _input_by_row(x: Array) -> Array:
    """x (N, Cin, *rows, n) as (rows*Cin, n*N): the batch innermost."""
    batch, channels, *rows, n = x.shape
    flat = x.reshape(batch, channels, prod(rows), n)
    return np.ascontiguousarray(flat.transpose(2, 1, 3, 0)).reshape(
        prod(rows) * channels, n * batch
    )


def _weights_by_tap(w: Array, channels: int) -> Array:
    """w (Cin, Cout/groups, *rows, k) as (rows*k*Cout, Cin/groups)."""
    groups = channels // w.shape[1]
    rows, kernel = prod(w.shape[2:-1]), w.shape[-1]
    split = w.reshape(groups, w.shape[0] // groups, w.shape[1], rows, kernel)
    by_tap = np.ascontiguousarray(split.transpose(3, 4, 0, 2, 1))
    return by_tap.reshape(rows * kernel * channels, w.shape[0] // groups)


def _read_only(array: Array) -> Array:
    """A read-only view: Numba compiles once, whether or not the caller's array can be written."""
    view = array.view()
    view.flags.writeable = False
    return view


def _ranges(items: int, step: int) -> list[tuple[int, int]]:
    return [(first, min(first + step, items)) for first in range(0, items, step)]


def _run(work: Callable[[int, int], None], tasks: Sequence[tuple[int, int]], threads: int) -> None:
    """Do all tasks, on the calling thread if there is nothing to share."""
    if threads == 1 or len(tasks) == 1:
        for task in tasks:
            work(*task)
        return
    pool = ThreadPoolExecutor(min(threads, len(tasks)))
    try:
        for done in [pool.submit(work, *task) for task in tasks]:
            done.result()
    finally:
        pool.shutdown(cancel_futures=True)  # after an error or Ctrl-C nothing new starts


@compiled
def _sum_items(
    y: Array,
    x: Array,
    w: Array,
    bias: Array,
    group_outputs: int,
    rows: RowPairs,
    line: Line,
    first: int,
    last: int,
) -> None:
    """Compute the items first ... last-1 of y, each a block of channels x output row x segment.

    y: (N, Cout, rows, out), x: (rows*Cin, n*N), w: (rows*k*Cout, Cin/groups), bias: (Cout,).
    No array is sliced here: a slice counts a reference in memory that all threads share.
    """
    batch, channels, out_rows, out = y.shape
    n, group_inputs, taps = x.shape[1] // batch, w.shape[1], len(line.shift)
    inputs = channels // group_outputs * group_inputs
    blocks = -(-group_outputs // CHANNELS)
    slots = -(-out // line.stride)
    segments = -(-slots // line.length)
    starts, sources, kernel_rows = rows
    shift, phase, stride, length = line
    sums = np.empty((stride * CHANNELS, length * batch), y.dtype)
    for item in range(first, last):
        block, row = item // (out_rows * segments), item // segments % out_rows
        group = block // blocks
        channel = group * group_outputs + block % blocks * CHANNELS
        count = min(CHANNELS, (group + 1) * group_outputs - channel)
        begin = item % segments * length
        end = min(begin + length, slots)
        for m in range(len(sums)):
            sums[m] = bias[channel + min(m % CHANNELS, count - 1)]
        for pair in range(starts[row], starts[row + 1]):
            for tap in range(taps):
                low = max(0, begin - shift[tap])
                high = min(n, end - shift[tap])
                meeting = Meeting(
                    phase[tap] * CHANNELS,
                    (low + shift[tap] - begin) * batch,
                    (kernel_rows[pair] * taps + tap) * channels + channel,
                    sources[pair] * inputs + group * group_inputs,
                    low * batch,
                    (high - low) * batch,
                )
                done = 0
                if count == CHANNELS:
                    done = _add_four(sums, w, x, meeting)
                for m in range(count):
                    _add_one(sums, w, x, meeting, m, done)
        _store(y, sums, channel, count, row, begin, end)


@compiled
def _add_four(sums: Array, w: Array, x: Array, meeting: Meeting) -> int:
    """Add one meeting for four channels, inputs by fours; return how many inputs that covers.

    16 products for 8 loads and 4 stores, which is what makes it fast.
    """
    line, at, u, v, low, length = meeting
    fours: int = w.shape[1] // 4 * 4
    for c in range(0, fours, 4):
        s0, s1 = sums[line][at : at + length], sums[line + 1][at : at + length]
        s2, s3 = sums[line + 2][at : at + length], sums[line + 3][at : at + length]
        x0, x1 = x[v + c][low : low + length], x[v + c + 1][low : low + length]
        x2, x3 = x[v + c + 2][low : low + length], x[v + c + 3][low : low + length]
        a0, a1, a2, a3 = w[u, c], w[u, c + 1], w[u, c + 2], w[u, c + 3]
        b0, b1, b2, b3 = w[u + 1, c], w[u + 1, c + 1], w[u + 1, c + 2], w[u + 1, c + 3]
        c0, c1, c2, c3 = w[u + 2, c], w[u + 2, c + 1], w[u + 2, c + 2], w[u + 2, c + 3]
        d0, d1, d2, d3 = w[u + 3, c], w[u + 3, c + 1], w[u + 3, c + 2], w[u + 3, c + 3]
        for q in range(length):
            s0[q] += a0 * x0[q] + a1 * x1[q] + a2 * x2[q] + a3 * x3[q]
            s1[q] += b0 * x0[q] + b1 * x1[q] + b2 * x2[q] + b3 * x3[q]
            s2[q] += c0 * x0[q] + c1 * x1[q] + c2 * x2[q] + c3 * x3[q]
            s3[q] += d0 * x0[q] + d1 * x1[q] + d2 * x2[q] + d3 * x3[q]
    return fours


@compiled
def _add_one(sums: Array, w: Array, x: Array, meeting: Meeting, m: int, done: int) -> None:
    """Add one meeting for channel m of the block, from input `done` of the group on."""
    line, at, u, v, low, length = meeting
    fours = done + (w.shape[1] - done) // 4 * 4
    for c in range(done, fours, 4):
        s = sums[line + m][at : at + length]
        x0, x1 = x[v + c][low : low + length], x[v + c + 1][low : low + length]
        x2, x3 = x[v + c + 2][low : low + length], x[v + c + 3][low : low + length]
        a0, a1, a2, a3 = w[u + m, c], w[u + m, c + 1], w[u + m, c + 2], w[u + m, c + 3]
        for q in range(length):
            s[q] += a0 * x0[q] + a1 * x1[q] + a2 * x2[q] + a3 * x3[q]
    for c in range(fours, w.shape[1]):
        s, xc, a = sums[line + m][at : at + length], x[v + c][low : low + length], w[u + m, c]
        for q in range(length):
            s[q] += a * xc[q]


@compiled
def _store(y: Array, sums: Array, channel: int, count: int, row: int, begin: int, end: int) -> None:
    """Copy slots begin ... end-1 of all phases and of `count` channels into a row of y."""
    batch, _, _, out = y.shape
    stride = len(sums) // CHANNELS
    for b in range(batch):
        for m in range(count):
            for slot in range(begin, end):
                for phase in range(min(stride, out - slot * stride)):
                    value = sums[phase * CHANNELS + m, (slot - begin) * batch + b]
                    y[b, channel + m, row, slot * stride + phase] = value
