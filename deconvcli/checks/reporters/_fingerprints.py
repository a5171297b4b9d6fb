"""What makes a finding the same one after lines have moved: its code, file, path and number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._words import place
from deconvcli.common.findings import Diagnostic


def fingerprinted(verdict: Verdict) -> Iterator[tuple[CheckedFile, Diagnostic, str]]:
    """(file, finding, fingerprint), each fingerprint once."""
    seen: Counter[str] = Counter()
    for file in verdict.files:
        for found in file.findings:
            same = "\0".join((found.code, file.name, place(found).path))
            seen[same] += 1
            digest = sha256(f"{same}\0{seen[same]}".encode("utf-8", "surrogatepass"))
            yield file, found, digest.hexdigest()
