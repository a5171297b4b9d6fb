"""Pasted layers and networks of any kind, parsed and never executed.

A call becomes an operation and its keys; several calls, or a printed model, become a graph.
"""

from __future__ import annotations

from deconvcli.networks.pasted.answer import NetworkAnswer, answer_network
from deconvcli.networks.pasted.calls import Arguments, PastedLayer, read_pasted_layer
from deconvcli.networks.pasted.network import PastedNetwork, read_network

__all__ = [
    "Arguments",
    "NetworkAnswer",
    "PastedLayer",
    "PastedNetwork",
    "answer_network",
    "read_network",
    "read_pasted_layer",
]
