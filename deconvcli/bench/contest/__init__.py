"""Our engine beside the frameworks installed here, on one layer after the other, in one run."""

from __future__ import annotations
