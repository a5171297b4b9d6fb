"""Parts of a file are parts of its array; a reserved file is there whole or not at all."""

from __future__ import annotations

import errno
import os
import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deconvcli.common.errors import Unreadable, UsageError
from deconvcli.compute import npyfile

DTYPES = ["<f2", "<f4", "<f8", ">f2", ">f4", ">f8"]
SHAPES = [(), (0,), (3,), (2, 0, 4), (2, 3, 4)]

anywhere = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.npy"


def everything(shape: tuple[int, ...]) -> tuple[slice, ...]:
    return (slice(None),) * len(shape)


def fill(file: Path, array: Any, **settings: Any) -> None:
    """Return the array written through a reserved file."""
    with npyfile.reserve(file, array.shape, array.dtype, **settings) as new:
        new[everything(array.shape)] = array


@st.composite
def arrangements(draw: st.DrawFn) -> tuple[tuple[int, ...], list[int], list[tuple[slice, ...]]]:
    """Draw (shape, an order of its axes, disjoint places that cover the ordered array)."""
    shape = tuple(draw(st.lists(st.integers(1, 5), min_size=1, max_size=4)))
    order = draw(st.permutations(range(len(shape))))
    places: list[tuple[slice, ...]] = [()]
    for axis in order:
        middle = draw(st.integers(0, shape[axis]))
        halves = (slice(0, middle), slice(middle, shape[axis]))
        parts = [half for half in halves if half.start < half.stop]
        places = [(*place, part) for place in places for part in parts]
    return shape, list(order), places


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", SHAPES)
def test_all_of_it_is_what_is_read_whole(
    file: Path, dtype: str, order: Any, shape: tuple[int, ...]
) -> None:
    array = np.random.default_rng(0).standard_normal(shape).astype(dtype)
    np.save(file, np.asarray(array, order=order))
    with npyfile.open_stored(file) as stored:
        assert (stored.shape, stored.dtype.str) == (shape, dtype)
        np.testing.assert_array_equal(stored[everything(shape)], npyfile.read(file))


@anywhere
@given(drawn=arrangements(), fortran=st.booleans())
def test_parts_are_read_in_any_order_of_axes(file: Path, drawn: Any, fortran: bool) -> None:
    shape, order, places = drawn
    array = np.arange(np.prod(shape), dtype=np.int32).reshape(shape)
    np.save(file, np.asfortranarray(array) if fortran else array)
    with npyfile.open_stored(file, cast=True) as stored:
        ordered = stored.rearrange(shape, order)
        assert ordered.shape == array.transpose(order).shape
        for place in places:
            np.testing.assert_array_equal(ordered[place], array.transpose(order)[place])


@anywhere
@given(drawn=arrangements())
def test_parts_are_written_in_any_order_of_axes(file: Path, drawn: Any) -> None:
    shape, order, places = drawn
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    with npyfile.reserve(file, shape, "<f4", force=True) as new:
        ordered = new.rearrange(shape, order)
        for place in places:
            ordered[place] = array.transpose(order)[place].astype(np.float64)
            np.testing.assert_array_equal(ordered[place], array.transpose(order)[place])
    np.testing.assert_array_equal(npyfile.read(file), array, strict=True)


@pytest.mark.parametrize("order", ["C", "F"])
def test_axes_of_one_element_come_and_go(file: Path, order: Any) -> None:
    array = np.asarray(np.arange(6.0).reshape(2, 1, 3), order=order)
    np.save(file, array)
    with npyfile.open_stored(file) as stored:
        np.testing.assert_array_equal(stored.rearrange((2, 3), (1, 0))[:, 1:], array[1:, 0].T)
        more = stored.rearrange((1, 2, 3, 1), (0, 3, 1, 2))
        np.testing.assert_array_equal(more[:, :, 1:, :2], array[None, None, 1:, 0, :2])


def test_integers_need_cast(file: Path) -> None:
    np.save(file, np.arange(3, dtype=np.int64))
    with pytest.raises(UsageError, match="holds int64") as caught, npyfile.open_stored(file):
        pass
    assert "--cast" in caught.value.help


def test_a_damaged_file_is_refused(file: Path) -> None:
    np.save(file, np.ones(5))
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(Unreadable, match="39 bytes of data"), npyfile.open_stored(file):
        pass


def test_a_file_that_shrinks_is_told(file: Path) -> None:
    np.save(file, np.ones(100_000))
    with npyfile.open_stored(file) as stored:
        os.truncate(file, 400_000)
        assert stored[:10,].shape == (10,)
        with pytest.raises(Unreadable, match=r"a\.npy: .* became shorter while it was read"):
            stored[10:,]


def test_errors_of_others_stay_what_they_are(file: Path) -> None:
    np.save(file, np.ones(5))
    with pytest.raises(ValueError, match="mine"), npyfile.open_stored(file):
        raise ValueError("mine")


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES)
def test_what_is_filled_is_what_numpy_would_save(
    file: Path, dtype: str, shape: tuple[int, ...]
) -> None:
    array = np.ones(shape, dtype)
    fill(file, array)
    np.save(file.with_name("numpy.npy"), array)
    assert file.read_bytes() == file.with_name("numpy.npy").read_bytes()


def test_nothing_is_seen_before_it_is_whole(file: Path) -> None:
    with npyfile.reserve(file, (3,), "<f4") as new:
        assert not file.exists()
        np.testing.assert_array_equal(new[:,], [0, 0, 0])
    assert os.listdir(file.parent) == [file.name]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, OSError])
def test_what_goes_wrong_while_it_is_filled_leaves_nothing(
    file: Path, error: type[BaseException]
) -> None:
    with pytest.raises(error), npyfile.reserve(file, (3,), "<f4"):
        raise error
    assert os.listdir(file.parent) == []


def test_an_existing_file_is_replaced_only_by_force(file: Path) -> None:
    file.write_text("precious")
    with pytest.raises(Unreadable, match="already exists"):
        fill(file, np.ones(1))
    assert file.read_text() == "precious"
    fill(file, np.ones(1), force=True)
    np.testing.assert_array_equal(np.load(file), [1])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes of files")
def test_the_mode_follows_the_umask(file: Path) -> None:
    before = os.umask(0o027)
    try:
        fill(file, np.ones(1))
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on file sizes")
@pytest.mark.parametrize("can_reserve", [True, False])
def test_a_disk_without_room_is_told_before_anything_is_computed(
    file: Path, monkeypatch: pytest.MonkeyPatch, can_reserve: bool
) -> None:
    import resource

    if not can_reserve:
        monkeypatch.delattr(os, "posix_fallocate", raising=False)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with (
            pytest.raises(Unreadable, match="cannot be written: File too large"),
            npyfile.reserve(file, (100_000,), "<f8"),
        ):
            pytest.fail("nothing is to be computed for a file that has no room")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.listdir(file.parent) == []


@pytest.mark.parametrize("code", [errno.EOPNOTSUPP, errno.EINVAL])
def test_a_file_system_that_cannot_reserve_is_written_to(
    file: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(*given: Any) -> None:
        raise OSError(code, "cannot reserve")

    monkeypatch.setattr(os, "posix_fallocate", refuse, raising=False)
    fill(file, np.arange(5.0))
    np.testing.assert_array_equal(np.load(file), np.arange(5.0))


@pytest.mark.skipif(
    not hasattr(os, "posix_fallocate"), reason="only POSIX reserves space in a file"
)
def test_the_room_is_taken_at_once(file: Path) -> None:
    with npyfile.reserve(file, (1 << 20,), "<f4"):
        [new] = file.parent.iterdir()
        assert new.stat().st_blocks * 512 >= 4 << 20


def test_much_is_sent_to_the_disk_on_the_way(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deconvcli.compute.npyfile._stored.PIECE_BYTES", 100)
    sent: list[int] = []
    monkeypatch.setattr(os, "fsync", sent.append)
    with npyfile.reserve(file, (100,), "<f4") as new:
        for start in range(0, 100, 10):
            new[start : start + 10,] = np.ones(10)
        assert len(sent) == 3


def test_an_interrupt_as_soon_as_the_file_is_there_leaves_nothing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def create(path: str) -> None:
        Path(path).touch()
        raise KeyboardInterrupt

    monkeypatch.setattr("deconvcli.common.files._create", create)
    with pytest.raises(KeyboardInterrupt), npyfile.reserve(file, (3,), "<f4"):
        pass
    assert os.listdir(file.parent) == []
