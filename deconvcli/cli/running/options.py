"""The options of `deconv run`, apart from those of the layer and of the report."""

from __future__ import annotations

from typing import NamedTuple


class RunOptions(NamedTuple):
    """What the user typed; None where an option was not given."""

    weights: str | None
    bias: str | None
    out: str | None
    check: bool
    against: tuple[str, ...] | None
    reference: str | None
    force: bool
    rank: int | None
    cast: bool
    dtype: str | None
    seed: int
    engine: str
    threads: int | None
    repeat: int | None
    max_memory: str | None
    mmap: bool
