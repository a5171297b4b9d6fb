"""Transposed convolution in every framework's convention: sizes, crops, values, reasons.

Names resolve on first use, so that importing the package costs next to nothing.
"""

from __future__ import annotations

from deconvcli.common.version import __version__

TYPE_CHECKING = False  # typing.TYPE_CHECKING without the milliseconds that importing typing takes
if TYPE_CHECKING:
    from typing import Any

    from deconvcli.api import (
        check,
        convert,
        equivalents,
        explain,
        layer,
        network,
        paste,
        prepare,
        run,
        solve,
        weights,
    )
    from deconvcli.common.errors import DeconvError, NotExpressible, Refused
    from deconvcli.conversion.joining import from_subpixel
    from deconvcli.public import PublicConversion as Conversion
    from deconvcli.public import PublicEquivalent as Equivalent
    from deconvcli.public import PublicNetwork as Network
    from deconvcli.public import PublicReading as Reading

_HOME = {
    "Conversion": "deconvcli.public.PublicConversion",
    "DeconvError": "deconvcli.common.errors.DeconvError",
    "Equivalent": "deconvcli.public.PublicEquivalent",
    "Network": "deconvcli.public.PublicNetwork",
    "NotExpressible": "deconvcli.common.errors.NotExpressible",
    "Reading": "deconvcli.public.PublicReading",
    "Refused": "deconvcli.common.errors.Refused",
    "check": "deconvcli.api.check",
    "convert": "deconvcli.api.convert",
    "equivalents": "deconvcli.api.equivalents",
    "explain": "deconvcli.api.explain",
    "from_subpixel": "deconvcli.conversion.joining.from_subpixel",
    "layer": "deconvcli.api.layer",
    "network": "deconvcli.api.network",
    "paste": "deconvcli.api.paste",
    "prepare": "deconvcli.api.prepare",
    "run": "deconvcli.api.run",
    "solve": "deconvcli.api.solve",
    "weights": "deconvcli.api.weights",
}

__all__ = [
    "Conversion",
    "DeconvError",
    "Equivalent",
    "Network",
    "NotExpressible",
    "Reading",
    "Refused",
    "__version__",
    "check",
    "convert",
    "equivalents",
    "explain",
    "from_subpixel",
    "layer",
    "network",
    "paste",
    "prepare",
    "run",
    "solve",
    "weights",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'deconvcli' has no attribute {name!r}")
    from importlib import import_module

    module, _, attribute = _HOME[name].rpartition(".")
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
