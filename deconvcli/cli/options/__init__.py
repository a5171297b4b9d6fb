"""Each shared option, defined once: those of a layer, of dialects, and of the output."""

from __future__ import annotations

from deconvcli.cli.options.building import Word, option, takes
from deconvcli.cli.options.dialects import (
    ALL,
    CONFIG,
    DIALECT,
    DIALECT_OPTION,
    NONE,
    DialectName,
    DialectNames,
    name_option,
    names_option,
    targets_option,
)
from deconvcli.cli.options.layer import (
    ANY_NUMBERS,
    CALL_ARGUMENT,
    layer_options,
    read_standard_input,
)
from deconvcli.cli.options.output import (
    FORCE_OPTION,
    format_option,
    out_option,
    print_options,
    takes_output,
)

__all__ = [
    "ALL",
    "ANY_NUMBERS",
    "CALL_ARGUMENT",
    "CONFIG",
    "DIALECT",
    "DIALECT_OPTION",
    "FORCE_OPTION",
    "NONE",
    "DialectName",
    "DialectNames",
    "Word",
    "format_option",
    "layer_options",
    "name_option",
    "names_option",
    "option",
    "out_option",
    "print_options",
    "read_standard_input",
    "takes",
    "takes_output",
    "targets_option",
]
