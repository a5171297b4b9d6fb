"""Our engine and the installed frameworks, timed on the same layers in one run."""

from __future__ import annotations
