"""Sizes as people write them, and the least of the limits that hold."""

from __future__ import annotations

import sys
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deconvcli.common import memory
from deconvcli.common.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("1e9", 10**9),
        ("2.5e+3", 2500),
        ("500MB", 500 * 10**6),
        ("500 mb", 500 * 10**6),
        ("2GiB", 2 * 2**30),
        ("12.4G", int(12.4 * 2**30)),
        ("1K", 1024),
        ("1kB", 1000),
        ("7B", 7),
        (" 3TiB ", 3 * 2**40),
    ],
)
def test_sizes_are_understood(text: str, expected: int) -> None:
    assert memory.parse_size(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "GiB", "-1", "0", "0.1", "1e", "1e999", "9e99", "5iB", "5XB", "1,5G", "nan", "inf", "٣GB"],
)
def test_other_words_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match=r"is not a memory size from 1 byte to 8192\.0 PiB"):
        memory.parse_size(text)


@given(st.text())
def test_any_text_gives_a_size_or_a_usage_error(text: str) -> None:
    try:
        size = memory.parse_size(text)
    except UsageError:
        return
    assert 1 <= size <= memory.MAX_BYTES


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (0, "0 B"),
        (1023, "1023 B"),
        (1024, "1.0 KiB"),
        (1024**2 - 1, "1.0 MiB"),
        (int(12.4 * 2**30), "12.4 GiB"),
        (-2048, "-2.0 KiB"),
        (2**60, "1024.0 PiB"),
    ],
)
def test_sizes_are_written_for_people(size: int, expected: str) -> None:
    assert memory.format_bytes(size) == expected


@given(st.integers(1, 2**59))
def test_what_is_written_can_be_read_again(size: int) -> None:
    again = memory.parse_size(memory.format_bytes(size))
    assert abs(again - size) <= max(1, size * 0.05)


def test_available_is_at_most_what_the_machine_has() -> None:
    assert 0 < memory.available_bytes() <= psutil.virtual_memory().total


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux enforces RLIMIT_AS")
def test_the_limit_of_the_address_space_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    import resource

    mapped = psutil.Process().memory_info().vms
    monkeypatch.setattr(resource, "getrlimit", lambda what: (mapped + 2**20, mapped + 2**30))
    assert memory.available_bytes() <= 2**20
    monkeypatch.setattr(resource, "getrlimit", lambda what: (1, 1))
    assert memory.available_bytes() == 0


def files(root: Path, contents: dict[str, str]) -> None:
    for name, text in contents.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)


def test_control_groups_version_2_count_with_their_parents(tmp_path: Path) -> None:
    files(
        tmp_path,
        {
            "proc/self/cgroup": "0::/outer/inner\n",
            "sys/fs/cgroup/outer/memory.max": "1000\n",
            "sys/fs/cgroup/outer/memory.current": "700\n",
            "sys/fs/cgroup/outer/memory.stat": "anon 400\ninactive_file 50\n",
            "sys/fs/cgroup/outer/inner/memory.max": "max\n",
            "sys/fs/cgroup/outer/inner/memory.current": "600\n",
        },
    )
    assert list(memory._cgroup_bytes(tmp_path)) == [350]


def test_control_groups_version_1_count_where_the_path_is_the_hosts(tmp_path: Path) -> None:
    files(
        tmp_path,
        {
            "proc/self/cgroup": "5:cpu,cpuacct:/a\n4:memory:/host/a:b\n1:name=systemd:/\n",
            "sys/fs/cgroup/memory/memory.limit_in_bytes": "2000\n",
            "sys/fs/cgroup/memory/memory.usage_in_bytes": "1500\n",
            "sys/fs/cgroup/memory/memory.stat": "total_inactive_file 100\n",
        },
    )
    assert list(memory._cgroup_bytes(tmp_path)) == [600]


def test_a_control_group_without_statistics_has_no_cache_to_free(tmp_path: Path) -> None:
    group = {"memory.max": "1000\n", "memory.current": "700\n", "memory.stat": "anon 400\n"}
    files(tmp_path, {"proc/self/cgroup": "0::/\n"})
    files(tmp_path / "sys/fs/cgroup", group)
    assert list(memory._cgroup_bytes(tmp_path)) == [300]


@pytest.mark.parametrize("text", ["", "nonsense\n", "0::\n", "::::\n"])
def test_control_groups_that_say_nothing_are_no_limit(tmp_path: Path, text: str) -> None:
    files(tmp_path, {"proc/self/cgroup": text})
    assert list(memory._cgroup_bytes(tmp_path)) == []
    assert list(memory._cgroup_bytes(tmp_path / "nowhere")) == []
