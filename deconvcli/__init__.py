"""Transposed convolution in every framework's convention: sizes, crops, values, reasons.

Names resolve on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from deconvcli.common.version import __version__

TYPE_CHECKING = False  # typing.TYPE_CHECKING without the milliseconds that importing typing takes
if TYPE_CHECKING:
    from typing import Any

    from deconvcli.api import check, convert, explain, layer, paste, prepare, run
    from deconvcli.common.errors import DeconvError, NotExpressible, Refused
    from deconvcli.layers.layer import Reading

_HOME = {
    "DeconvError": "deconvcli.common.errors",
    "NotExpressible": "deconvcli.common.errors",
    "Reading": "deconvcli.layers.layer",
    "Refused": "deconvcli.common.errors",
    "check": "deconvcli.api",
    "convert": "deconvcli.api",
    "explain": "deconvcli.api",
    "layer": "deconvcli.api",
    "paste": "deconvcli.api",
    "prepare": "deconvcli.api",
    "run": "deconvcli.api",
}

__all__ = [
    "DeconvError",
    "NotExpressible",
    "Reading",
    "Refused",
    "__version__",
    "check",
    "convert",
    "explain",
    "layer",
    "paste",
    "prepare",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'deconvcli' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
