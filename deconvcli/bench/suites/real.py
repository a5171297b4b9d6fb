"""Layers of published models as their repositories have them, every geometry once."""

from __future__ import annotations

from deconvcli.bench.suites._lines import Suite, lines

SUITE: Suite = lines("real.jsonl")
