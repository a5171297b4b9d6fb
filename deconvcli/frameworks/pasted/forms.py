"""A layer in whatever form people hold it, made into one call; parsed and never executed."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, NamedTuple

from deconvcli.frameworks.pasted.python_call import PythonCall, ValueReader
from deconvcli.frameworks.pasted.python_code import MAKERS, ONNX_NODE, find_call
from deconvcli.frameworks.pasted.refusals import (
    MAX_CALL_CHARACTERS,
    refuse_network,
    refuse_unreadable,
)


class LayerText(NamedTuple):
    """A layer as one call.

    kind: the word for its form: a call, a configuration, a node, a layer. used: the variables that
    were needed for its arguments. defaults: those of them that a function has by default.
    """

    call: PythonCall
    kind: str
    used: frozenset[str]
    defaults: Mapping[str, Any] = MappingProxyType({})


def read_layer(text: str, variables: Mapping[str, Any] = MappingProxyType({})) -> LayerText:
    """Return the one transposed convolution in a text.

    variables: values of variables that the text names.

    Raises:
        UsageError: there is none or more than one, or the text has no known form.
    """
    if len(text) > MAX_CALL_CHARACTERS:
        raise refuse_network(f"it has {len(text):,} characters", ())
    reader = ValueReader(variables)
    with refuse_unreadable(text):
        call, kind = _read_python(text, reader), "call"
        if call is None:
            # Loaded late: its patterns take some ms, which a plain call should not cost.
            from deconvcli.frameworks.pasted.other_forms import read_other_form

            call, kind = read_other_form(text, reader)
        elif call.name == ONNX_NODE:
            kind = "node"
        elif call.name.rpartition(".")[2] in MAKERS:
            from deconvcli.frameworks.pasted.other_forms import read_made_layer  # as above

            call, kind = read_made_layer(call)
    defaults = {name: value for name, value in reader.defaults.items() if name in reader.used}
    return LayerText(call, kind, frozenset(reader.used), defaults)


def is_layer_text(text: str) -> bool:
    """Return whether a text may describe a layer, rightly or not: it has brackets or lines."""
    # A viewer's panel has no brackets, but kernel_shape or kernel_size; the last sign is a bracket
    # of Chinese and Japanese keyboards.
    return any(sign in text for sign in ("(", "{", "<", "\n", "kernel_s", "（"))  # noqa: RUF001


def _read_python(text: str, reader: ValueReader) -> PythonCall | None:
    """Return the call in a text that is Python code as it stands."""
    plain = text.strip().rstrip(",;")
    if plain.startswith(("{", "In [")):  # IPython's prompt looks like an annotation
        return None
    with suppress(SyntaxError):
        return find_call(ast.parse(plain), reader)
    return None
