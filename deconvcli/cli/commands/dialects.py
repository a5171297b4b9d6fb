"""List what each framework accepts and how that was verified.

Help section: Trust it, 3
"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import Any

import click

from deconvcli.cli.help import Command
from deconvcli.cli.options import DialectName, takes_output
from deconvcli.cli.output import Output
from deconvcli.cli.request import FLAGS
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.evidence import Evidence
from deconvcli.frameworks.dialect.parameters import Argument, Form, Signature
from deconvcli.frameworks.dialects import in_order, take
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Sizes, Spelling
from deconvcli.layers.layout import Layout
from deconvcli.views.answers.report import Block, Fields, Lines, Report, Table

RANK = 2
WIDTH = 64
_EXAMPLE_CHANNELS = (64, 32)
_EXAMPLE = {
    "in_channels": _EXAMPLE_CHANNELS[:1],
    "out_channels": _EXAMPLE_CHANNELS[1:],
    "kernel": (4,),
    "stride": (2,),
    "padding": (1,),
    "output_size": (16,),
}
_AXES = {
    "GI": "in",
    "GO": "out",
    "G": "groups",
    "I": "in/groups",
    "O": "out/groups",
    "*": "*k",
    "N": "batch",
    "C": "channels",
}


@click.command(cls=Command, short_help=__doc__)
@click.argument("name", required=False, type=DialectName())
@takes_output("the names")
def command(name: str | None, output: Output) -> None:
    """List every dialect: its parameters, its weights, and how its answers were verified.

    With NAME, print everything that is known of one dialect.

    \b
    Examples:
      deconv dialects
      deconv dialects torch
      deconv dialects keras@tensorflow
    """
    report = _overview() if name is None else _page(*take(name))
    output.show(report)


def _overview() -> Report:
    dialects = [take(name)[0] for name in in_order()]
    evidence = [row for dialect in dialects for row in _evidence_rows(dialect)]
    blocks: list[Block] = [
        Table("How the answers were verified", ("dialect", "rows", "verified"), evidence),
        Table(
            "Layout of the weights (k: the axes of the kernel)",
            ("dialect", "weights", "taps"),
            [(d.name, weight_text(d), d.orientation) for d in dialects],
        ),
        Table(
            "Names of the parameters",
            ("dialect", "parameters"),
            [row for dialect in dialects for row in _parameter_rows(dialect)],
        ),
    ]
    names = "\n".join(name for dialect in dialects for name in _names(dialect))
    return Report("deconv.dialects/1", names, blocks, {"dialects": [_data(d) for d in dialects]})


def _names(dialect: Dialect) -> list[str]:
    return [dialect.name, *(f"{dialect.name}@{other}" for other in dialect.implementations)]


def _evidences(dialect: Dialect) -> Iterator[tuple[str, Evidence]]:
    """Yield (name, evidence) of the dialect and of its implementations."""
    yield from zip(
        _names(dialect), (dialect.evidence, *dialect.implementations.values()), strict=True
    )


def _evidence_rows(dialect: Dialect) -> list[tuple[str, str, str]]:
    return [
        (name, f"{evidence.rows:,}" if evidence.rows else "-", str(evidence))
        for name, evidence in _evidences(dialect)
    ]


def weight_text(dialect: Dialect) -> str:
    """Return the axes of the weights in words: `in, out/groups, *k`."""
    text = _layout_text(dialect.weight_layout({}, RANK))
    return text if dialect.groups else text.replace("/groups", "")


def _layout_text(layout: Layout) -> str:
    return ", ".join(_AXES[axis] for axis in layout.axes)


def _parameter_rows(dialect: Dialect) -> list[tuple[str, str]]:
    """Return the parameters with an effect on sizes, on as many lines as they need."""
    named = " ".join(argument.name for argument in dialect.arguments if argument.role)
    lines = wrap(named, WIDTH, break_long_words=False)
    return [(dialect.name if not place else "", line) for place, line in enumerate(lines)]


def _page(dialect: Dialect, implementation: str) -> Report:
    """Return the page of one dialect, or of one of its implementations."""
    name = f"{dialect.name}@{implementation}" if implementation else dialect.name
    evidence = dialect.implementations.get(implementation, dialect.evidence)
    fields = [
        ("dialect", f"{name}: {dialect.title}"),
        ("verified", str(evidence)),
        ("rows", f"{evidence.rows:,} measured layers" if evidence.rows else "none"),
        ("source", dialect.source),
        ("data", _layout_text(dialect.data_layout({}, RANK))),
        ("weights", f"{weight_text(dialect)}; taps {dialect.orientation}"),
    ]
    fields.append(("try", write_command(dialect, name)))
    if names := _list_aliases(dialect, implementation):
        fields.append(("or", f"{', '.join(names)}; in any case"))
    blocks: list[Block] = [Fields(fields)]
    if dialect.implementations and not implementation:
        rows = _evidence_rows(dialect)[1:]
        blocks.append(Table("Implementations", ("name", "rows", "verified"), rows))
    columns = ("parameter", "option", "default", "meaning")
    arguments = [_argument_row(argument) for argument in dialect.arguments if argument.meaning]
    blocks.append(Table("Parameters", columns, arguments))
    if dialect.signatures:
        # TensorFlow's former names of the tensors make no other call.
        calls = dict.fromkeys(write_example(dialect, one) for one in dialect.signatures)
        blocks.append(Table("Calls that can be pasted, for example", (), [(one,) for one in calls]))
    if dialect.modules:
        shown = ", ".join(f"{own} is {module}" for module, own in dialect.modules.items())
        blocks.append(Lines([f"In these calls {shown}."]))
    blocks += _deviations(dialect, implementation)
    unread = [argument.name for argument in dialect.arguments if not argument.meaning]
    if unread:
        blocks.append(Lines(wrap(f"Accepted without effect: {', '.join(unread)}.", 80)))
    data = {"dialects": [_data(dialect)], "deviations": _deviations_data(dialect, implementation)}
    return Report("deconv.dialects/1", name, blocks, data)


def _list_aliases(dialect: Dialect, implementation: str) -> list[str]:
    """Return the other names of a dialect, or of one of its implementations."""
    others = dialect.implementation_aliases.items()
    own = () if implementation else dialect.aliases
    return [*own, *(alias for alias, meant in others if meant == implementation)]


def _deviations(dialect: Dialect, implementation: str) -> list[Block]:
    """Return each deviation of an implementation from the rule, in a paragraph of its own."""
    paragraphs = [
        "\n".join(
            wrap(f"{found.code}: {found.message} ({found.source})", 80, subsequent_indent="  ")
        )
        for found in dialect.deviations(implementation)
    ]
    return (
        [Table("Findings about implementations", (), [(text,) for text in paragraphs])]
        if paragraphs
        else []
    )


def _deviations_data(dialect: Dialect, implementation: str) -> list[dict[str, Any]]:
    return [
        {
            "code": found.code,
            "message": found.message,
            "source": found.source,
            "differs": found.differs,
        }
        for found in dialect.deviations(implementation)
    ]


def _argument_row(argument: Argument) -> tuple[str, str, str, str]:
    roles = (argument.role, *argument.also)
    flags = ", ".join(FLAGS[role].rpartition("/")[2] for role in roles if role in FLAGS)
    default = "-" if argument.default is None else repr(argument.default)
    return argument.name, flags or "-", default, argument.meaning


def write_command(dialect: Dialect, name: str) -> str:
    """Return a command that doubles a size in this dialect."""
    padding = dialect.argument("padding")
    number = "same" if padding and _takes_word(padding) else 1
    size = " --output-size 16x16" if dialect.requests_tensor else ""
    return f"deconv shape -D {name} --in 8x8 -k 4 -s 2 -p {number}{size}"


def _takes_word(argument: Argument) -> bool:
    """Return whether a word is the usual value: numbers crop only where they are the default."""
    return Form.WORD in argument.forms and not isinstance(argument.default, int)


def write_example(dialect: Dialect, signature: Signature) -> str:
    """Return a call of this signature with the parameters that most layers have."""
    if signature.example:
        return f"{signature.paths[0]}({signature.example})"
    named = [own for own in dialect.arguments if own.name in signature.parameters]
    # Attributes are given by name only, so that no order lists them.
    is_by_name = not any(argument.role == "stride" for argument in named)
    rank = signature.rank or RANK
    words = dict(signature.implies)
    for role in _EXAMPLE:
        owners = [own for own in (dialect.arguments if is_by_name else named) if own.role == role]
        if owners and (role != "output_size" or owners[0].name in signature.needs):
            words |= _write_role(dialect, owners[0], rank)
    layout, into, out = dialect.weight_layout(words, rank), *_EXAMPLE_CHANNELS
    layer = Layer((Axis(4),) * rank, into, out, groups=2 if "G" in layout.axes else 1)
    sizes = Sizes((8,) * rank, (1,), into, layer.weight_shape(layout))
    return write_call(dialect.read(Spelling(dialect.name, words), sizes), signature=signature)


def _write_role(dialect: Dialect, argument: Argument, rank: int) -> dict[str, Any]:
    """Return a parameter with the value of its role in examples."""
    value = _EXAMPLE[argument.role]
    if argument.role == "output_size":
        return {argument.name: [1, *value * rank, _EXAMPLE_CHANNELS[1]]}
    if _takes_word(argument):
        return argument.phrase(Form.WORD, "same", rank)
    if argument.forms:
        return argument.phrase(Form.INTS, value, rank)
    # Another function's name for a parameter has no form of its own.
    return {argument.name: list(value * rank) if argument.name in dialect.sequences else value[0]}


def _data(dialect: Dialect) -> dict[str, Any]:
    return {
        "name": dialect.name,
        "title": dialect.title,
        "aliases": dialect.aliases,
        "implementation_aliases": dialect.implementation_aliases,
        "source": dialect.source,
        "verified": _evidence_data(dialect.evidence),
        "implementations": {
            name: _evidence_data(evidence) for name, evidence in dialect.implementations.items()
        },
        "data_layout": dialect.data_layout({}, RANK).axes,
        "weight_layout": dialect.weight_layout({}, RANK).axes,
        "taps": dialect.orientation,
        "parameters": [
            {
                "name": argument.name,
                "role": argument.role or None,
                "default": argument.default,
                "meaning": argument.meaning,
            }
            for argument in dialect.arguments
        ],
        "calls": [
            {"paths": signature.paths, "parameters": signature.parameters}
            for signature in dialect.signatures
        ],
    }


def _evidence_data(evidence: Evidence) -> dict[str, Any]:
    return {
        "by": "measurement" if evidence.is_measured else "documents",
        "what": evidence.what,
        "rows": evidence.rows,
        "values": evidence.is_measured and evidence.values,
    }
