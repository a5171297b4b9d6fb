"""A module of a framework around the lines of code that a conversion consists of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from deconvcli.conversion.wrapping import TAB, wrap
from deconvcli.layers.layer import Reading
from deconvcli.layers.text import size_text


class Module(NamedTuple):
    """What a module consists of.

    title, call: its docstring. documentation: that of `build`, as its lines. setup: the lines that
    make of the array `w` what `apply` uses. apply: the body of that function. ending: what stands
    between it and the last line. preamble: the lines before the imports.
    """

    title: str
    call: str
    documentation: Sequence[str]
    setup: Sequence[str]
    apply: Sequence[str]
    ending: Sequence[str] = ()
    preamble: Sequence[str] = ()

    def write(self, list_imports: Callable[[str], list[str]]) -> str:
        """Return Python source that defines `build(weight, bias=None)`.

        list_imports: returns the imports that code needs.
        """
        body = [
            "w = np.asarray(weight)",
            *self.setup,
            "",
            "def apply(x):",
            *[TAB + line for line in self.apply],
            "",
            *self.ending,
            "return apply",
        ]
        text = _indent(body)
        lines = [
            f'"""{self.title}',
            "",
            *wrap(self.call),
            '"""',
            "",
            *self.preamble,
            "import numpy as np",
            *list_imports(text),
            "",
            "",
            "def build(weight, bias=None):",
            _indent(self.documentation),
            text,
            "",
        ]
        return "\n".join(lines)


def document_build(source: Reading, layouts: tuple[str, str]) -> list[str]:
    """Return the docstring of `build`. layouts: the letters of the input and the output."""
    weight = size_text(source.weight_shape)
    return [
        f'"""Return the layer as a function of an {layouts[0]} array to an {layouts[1]} array.',
        "",
        f"weight: that of {source.spelling.name}, {weight}. bias: one number for each output",
        "channel, or None.",
        '"""',
    ]


def _indent(lines: Iterable[str]) -> str:
    """Return lines of a function's body as text."""
    return "\n".join([one for line in lines for one in wrap(line and TAB + line)])
