"""One file a format: `render(report)` gives the text. Renderers compute nothing."""

from __future__ import annotations

from collections.abc import Callable

from deconvcli.common.shelf import Shelf
from deconvcli.views.report import Report

RENDERERS: Shelf[Callable[[Report], str]] = Shelf("deconvcli.views.renderers", "render", "format")
