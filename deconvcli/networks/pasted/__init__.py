"""Pasted layers of any kind, parsed and never executed: an operation and its keys."""

from __future__ import annotations

from deconvcli.networks.pasted.calls import Arguments, PastedLayer, read_pasted_layer

__all__ = ["Arguments", "PastedLayer", "read_pasted_layer"]
