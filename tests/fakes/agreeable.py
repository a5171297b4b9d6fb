"""A framework that agrees, and prints on every stream."""

from __future__ import annotations

import os
import sys
from typing import Any

from deconvcli.frameworks.driver.base import Case, Framework, Trace
from tests.fakes._fake import Fake


class Agreeable(Fake):
    """A framework with right values and much output."""

    def run(self, case: Case, x: Any, w: Any, trace: Trace) -> Any:
        """Return our own output, after printing in every way."""
        print("chatter", flush=True)
        os.write(1, b'{"id": null, "output_shape": [0]}\n')
        os.system("echo chatter of a child")
        trace.details["eof"] = sys.stdin.read() == ""
        trace.details["threads"] = os.environ.get("OMP_NUM_THREADS"), os.environ.get("NPROC")
        return super().run(case, x, w, trace)


FRAMEWORK: Framework = Agreeable()
