"""Layers of published models with one to three output channels."""

from __future__ import annotations

from deconvcli.bench.suites._suite import Suite
from deconvcli.bench.suites.real import SUITE as REAL

SUITE: Suite = tuple(named for named in REAL if named.reading().layer.out_channels <= 3)
