"""Formats of a report, one file each: `render(report)` returns the text and computes nothing."""

from __future__ import annotations

from collections.abc import Callable

from deconvcli.common.shelf import Shelf
from deconvcli.views.answers.report import Report

RENDERERS: Shelf[Callable[[Report], str]] = Shelf(
    "deconvcli.views.answers.renderers", "render", "format"
)
