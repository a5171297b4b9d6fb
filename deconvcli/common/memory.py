"""The memory that this process may still use, and sizes as people write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path, PurePosixPath

import psutil

from deconvcli.common.errors import UsageError

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_SIZE_PATTERN = re.compile(
    r"([0-9]{1,18}(?:\.[0-9]{1,18})?(?:e\+?[0-9]{1,2})?)\s*([kmgtp]?)(i?)(b?)", re.I
)
MAX_BYTES = 2**63 - 1


def available_bytes() -> int:
    """Return the bytes that can still be allocated, as machine, control group and limits allow."""
    limits = [
        int(psutil.virtual_memory().available),
        *_cgroup_bytes(Path("/")),
        *_address_space_bytes(),
    ]
    return max(0, min(limits))


def parse_size(text: str) -> int:
    """Return the bytes of a size such as 2GiB, 500MB, 1e9 or 12.4G.

    K, M, G alone are powers of 1024.

    Raises:
        UsageError: it is not a size, less than one byte, or more than any machine has.
    """
    match = _SIZE_PATTERN.fullmatch(text.strip())
    # "5i" and "5iB" have the mark of a power of 1024, but no power.
    if match and not (match[3] and not match[2]):
        number, prefix, binary, byte = match.groups()
        base = 1000 if byte and not binary else 1024
        size = Decimal(number) * base ** "_kmgtp".index(prefix.lower() or "_")
        if 1 <= size <= MAX_BYTES:
            return int(size)
    raise UsageError(
        f"{text!r} is not a memory size from 1 byte to {format_bytes(MAX_BYTES)}",
        help="write a number with or without a unit, such as 2GiB, 500MB or 1e9",
    )


def format_bytes(size: int) -> str:
    """Return `size` bytes as a person writes them: "512 B", "12.4 GiB"."""
    if abs(size) < 1024:
        return f"{size} B"
    amount, unit = float(size), 0
    # 1023.95 would be rounded to 1024.0 of the smaller unit.
    while abs(amount) >= 1023.95 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}"


def _address_space_bytes() -> Iterator[int]:
    """Yield the bytes that RLIMIT_AS leaves, if the system has it and it is set."""
    try:
        import resource
    except ImportError:  # pragma: no cover - Windows
        return
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    if limit != resource.RLIM_INFINITY:
        yield limit - int(psutil.Process().memory_info().vms)


def _cgroup_bytes(root: Path) -> Iterator[int]:
    """Yield the bytes that each control group of this process leaves; `root` has proc and sys.

    Source: Linux Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst, "Memory".
    """
    groups = root / "sys/fs/cgroup"
    for line in _read_lines(root / "proc/self/cgroup"):
        _, controllers, path = [*line.split(":", 2), "", ""][:3]
        if not controllers:
            yield from _group_bytes(groups, path, "memory.max", "memory.current", "inactive_file")
        elif "memory" in controllers.split(","):
            names = "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"
            yield from _group_bytes(groups / "memory", path, *names)


def _group_bytes(mount: Path, path: str, limit: str, usage: str, cache: str) -> Iterator[int]:
    """Yield the free bytes in the group at `path` and in each group above it."""
    inner = PurePosixPath(path.lstrip("/"))
    # In a container the path may be the host's and not exist below `mount`; the mount itself does.
    for group in dict.fromkeys([mount / inner, *(mount / above for above in inner.parents), mount]):
        most, used = _read_number(group / limit), _read_number(group / usage)
        if most is not None and used is not None:
            # Cached file pages count as used, but are freed before anything is refused.
            yield most - used + _read_statistic(group / "memory.stat", cache)


def _read_statistic(file: Path, name: str) -> int:
    for line in _read_lines(file):
        word, _, value = line.partition(" ")
        if word == name and value.isdecimal():
            return int(value)
    return 0


def _read_number(file: Path) -> int | None:
    """Return the number in a one-line file; None if it is missing or contains "max"."""
    text = "".join(_read_lines(file)).strip()
    return int(text) if text.isdecimal() else None


def _read_lines(file: Path) -> list[str]:
    try:
        return file.read_text(errors="replace").splitlines()
    except OSError:
        return []
