"""A finding's page: what it is, why it matters, how to fix it."""

from __future__ import annotations

import click

from deconvcli.cli.options import OUTPUT_OPTIONS, takes
from deconvcli.cli.output import show
from deconvcli.report import Lines, Report, Table
from deconvcli.rules import page, rules, take


@click.command(short_help=__doc__)
@click.argument("code", required=False)
@takes(*OUTPUT_OPTIONS)
def command(code: str | None, format: str, quiet: bool) -> None:
    """The page of one rule of deconv check, or a list of all.

    \b
    Examples:
      deconv rule
      deconv rule DCV201
      deconv rule uneven-overlap
    """
    show(_all() if code is None else _one(code), format, quiet=quiet)


def _all() -> Report:
    rows = [
        (code, str(rule.severity), name.replace("_", "-"), page(name).partition("\n")[0])
        for code, (name, rule) in rules().items()
    ]
    table = Table("", ("code", "severity", "rule", "what"), rows)
    keys = ("code", "severity", "rule", "what")
    data = {"rules": [dict(zip(keys, row, strict=True)) for row in rows]}
    return Report("deconv.rule/1", "\n".join(rules()), [table], data)


def _one(code: str) -> Report:
    name, rule = take(code)
    title = f"{rule.code} {name.replace('_', '-')} ({rule.severity})"
    text = page(name)
    data = {"code": rule.code, "rule": name, "severity": str(rule.severity), "page": text}
    return Report("deconv.rule/1", text, [Lines([title, "", *text.splitlines()])], data)
