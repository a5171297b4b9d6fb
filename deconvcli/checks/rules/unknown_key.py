"""A key that the file, the network or this kind of layer does not have.

What: the key is not one of those that are allowed here. The finding suggests the nearest one.

Why: a key that nothing reads silently leaves its setting at the default.

Example:
    - {op: conv_transpose, out_channels: 64, kernel: 4, strides: 2, paddding: 1}

Fix: write the intended key, here `padding`. The frameworks' own names, such as `kernel_size`,
`strides` and `filters`, are accepted as well.

Source: deconvcli/checks/configs/README.md; `deconv schema` has the same keys for editors.
"""

from __future__ import annotations

from deconvcli.checks.rules._rule import Rule
from deconvcli.common.findings import Severity

RULE = Rule("DCV102", Severity.ERROR, ("unknown-key",))
