"""One file a format: `render(report)` gives the text. Renderers compute nothing."""

from __future__ import annotations

from collections.abc import Callable

from deconvcli.report import Report
from deconvcli.shelf import Shelf

RENDERERS: Shelf[Callable[[Report], str]] = Shelf("deconvcli.renderers", "render", "format")
