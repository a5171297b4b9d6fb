"""Sixteen layers of all kinds that the design of the kernel was measured on."""

from __future__ import annotations

from deconvcli.bench.suites._suite import Suite, read_suite

SUITE: Suite = read_suite("study.jsonl")
