"""Fingerprints, by which a service recognizes a finding after an edit.

A line number would change with every line that is inserted above. The code, the file, the path in
the document and a counter do not.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from deconvcli.checks.checking import CheckedFile, Verdict
from deconvcli.checks.reporters._common import place_of
from deconvcli.common.findings import Diagnostic


def fingerprint_findings(verdict: Verdict) -> Iterator[tuple[CheckedFile, Diagnostic, str]]:
    """Yield (file, finding, fingerprint), each with a fingerprint of its own."""
    seen: Counter[str] = Counter()
    for file in verdict.files:
        for found in file.findings:
            key = "\0".join((found.code, file.name, place_of(found).path))
            seen[key] += 1
            # Names of files can contain bytes that are not UTF-8, which Python keeps as surrogates.
            digest = sha256(f"{key}\0{seen[key]}".encode("utf-8", "surrogatepass"))
            yield file, found, digest.hexdigest()
