"""A key that the file, the network or this kind of layer does not have.

What: the key is not in the table of keys; the nearest one is named.

Why: a key that nobody reads is a setting that silently has its default.

Example:
    - {op: conv_transpose, out_channels: 64, kernel: 4, strides: 2, paddding: 1}

Fix: take the key that was meant, here `padding`. Frameworks' own names, as `kernel_size`, `strides`
or `filters`, are known beside ours.

Source: deconvcli/checks/configs/README.md; `deconv schema` has the same keys for editors.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV102", Severity.ERROR, ("unknown-key",))
