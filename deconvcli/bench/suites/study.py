"""Sixteen layers of all kinds that the design of the kernel was measured on."""

from __future__ import annotations

from deconvcli.bench.suites._lines import Suite, lines

SUITE: Suite = lines("study.jsonl")
