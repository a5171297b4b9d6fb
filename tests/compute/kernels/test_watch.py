"""A number that another thread writes is seen, and the wait for it ends."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from deconvcli.compute.kernels.machine import config
from deconvcli.compute.kernels.watch import watch

SOON = 20.0
pytestmark = pytest.mark.skipif(
    bool(config.DISABLE_JIT), reason="without compilation nobody could write it meanwhile"
)


def test_what_another_thread_writes_is_seen() -> None:
    number, begun = np.ones(1, np.int64), threading.Event()

    def write() -> None:
        begun.wait(SOON)
        time.sleep(0.01)
        number[0] = 0

    writer = threading.Thread(target=write)
    writer.start()
    watch(number, 1, 1)  # compiled here, and given up at once
    begun.set()
    before = time.perf_counter()
    watch(number, 1 << 40, 10)
    assert number[0] == 0
    assert time.perf_counter() - before < SOON
    writer.join(SOON)


def test_it_gives_up() -> None:
    number = np.ones(1, np.int64)
    watcher = threading.Thread(target=watch, args=(number, 1000, 1000), daemon=True)
    watcher.start()
    watcher.join(SOON)
    assert not watcher.is_alive()
