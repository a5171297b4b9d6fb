"""Layers of published models as their repositories have them, every geometry once."""

from __future__ import annotations

from deconvcli.bench.suites._suite import Suite, read_suite

SUITE: Suite = read_suite("real.jsonl")
