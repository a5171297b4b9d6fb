"""Explain a finding: what it means, why it matters, how to fix it.

Help section: A network, 3
"""

from __future__ import annotations

import re
from textwrap import wrap

import click

from deconvcli.checks.rules import page, rules, take
from deconvcli.cli.help import Command
from deconvcli.cli.options import takes_output
from deconvcli.cli.output import Output
from deconvcli.views.answers.report import Lines, Report, Table


def _complete_code(context: click.Context, parameter: click.Parameter, word: str) -> list[str]:
    """Return the codes and names of rules that start with the word."""
    known = [*rules(), *(name.replace("_", "-") for name, _ in rules().values())]
    return [each for each in known if each.startswith(word)]


@click.command(cls=Command, short_help=__doc__)
@click.argument("code", required=False, shell_complete=_complete_code)
@takes_output("the codes, or the page")
def command(code: str | None, output: Output) -> None:
    """Print the page of one rule of deconv check, or a list of all rules.

    \b
    Examples:
      deconv rule
      deconv rule DCV201
      deconv rule uneven-overlap
    """
    output.show(_list_rules() if code is None else _show_rule(code))


def _list_rules() -> Report:
    rows = [
        (code, str(rule.severity), name.replace("_", "-"), page(name).partition("\n")[0])
        for code, (name, rule) in rules().items()
    ]
    table = Table("", ("code", "severity", "rule", "summary"), rows)
    keys = ("code", "severity", "rule", "what")
    data = {"rules": [dict(zip(keys, row, strict=True)) for row in rows]}
    return Report("deconv.rule/1", "\n".join(rules()), [table], data)


def _show_rule(code: str) -> Report:
    name, rule = take(code)
    title = f"{rule.code} {name.replace('_', '-')} ({rule.severity})"
    text = page(name)
    data = {"code": rule.code, "rule": name, "severity": str(rule.severity), "page": text}
    return Report("deconv.rule/1", text, [Lines([title, "", *_fold(text)])], data)


def _fold(text: str) -> list[str]:
    """Return paragraphs folded to 80 columns; examples, which are indented, stay as they are."""
    # A line end joins two lines of a paragraph, unless an example or a list item follows.
    paragraphs = re.sub(r"(?<=\S)\n(?=[^\s*])", " ", text).split("\n")
    return [part for line in paragraphs for part in _parts(line)]


def _parts(line: str) -> list[str]:
    return (
        [line] if not line.strip() or line[0].isspace() else wrap(line, 80, break_on_hyphens=False)
    )
