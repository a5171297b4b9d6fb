"""How the options of a layer are written, and which dialect can say what they ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deconvcli.common.errors import UsageError
from deconvcli.frameworks.dialect import Dialect
from deconvcli.frameworks.dialect.parameters import Form
from deconvcli.frameworks.dialects import in_order, take

# Options that are parameters of the layer, and how they are typed.
FLAGS = {
    "kernel": "-k/--kernel",
    "stride": "-s/--stride",
    "padding": "-p/--padding",
    "output_padding": "--op/--output-padding",
    "dilation": "-d/--dilation",
    "groups": "-g/--groups",
    "in_channels": "--in-channels",
    "out_channels": "--out-channels",
    "output_size": "--output-size",
    "auto_pad": "--auto-pad",
    "transpose_kernel": "--transpose-kernel",
    "data_format": "--data-format",
}
# The weights' shape can say these where a dialect has no parameter for them.
IN_WEIGHTS = ("kernel", "in_channels", "out_channels")


def common_rank(given: Mapping[str, Sequence[Any]]) -> int:
    """The number of axes that all values agree on, where one number goes with any.

    Raises:
        UsageError: two of them disagree.
    """
    longest = max(given, key=lambda flag: len(given[flag]), default=None)
    if longest is None:
        return 2
    rank = len(given[longest])
    for flag, value in given.items():
        if len(value) not in (1, rank):
            raise UsageError(
                f"{flag} has {len(value)} numbers, {longest} has {rank}",
                help=f"give one number, or {rank}: one per axis.",
                code="rank",
            )
    return rank


def form_of(value: Any) -> Form:
    """How the value was written."""
    if isinstance(value, bool):
        return Form.FLAG
    if isinstance(value, str):
        return Form.WORD
    return Form.PAIRS if isinstance(value[0], tuple) else Form.INTS


def says(dialect: Dialect, role: str, value: Any) -> bool:
    """Whether the dialect has a parameter that takes this, or shows it in the weights' shape."""
    if role == "groups" and dialect.grouping is not None:
        return True
    return role in IN_WEIGHTS or any(a.takes(role, form_of(value)) for a in dialect.arguments)


def foreign(dialect: Dialect, role: str, value: Any) -> UsageError:
    """A parameter, or a form of it, that only other dialects have."""
    others = [name for name in in_order() if says(take(name)[0], role, value)]
    has = "has" if len(others) == 1 else "have"
    who = f"{', '.join(others)} {has} it; choose with --dialect." if others else "leave it out."
    own = dialect.argument(role)
    if own is None:
        what = f"{dialect.name} has no {FLAGS[role]}"
    else:
        forms = " or ".join(form.value for form in own.forms)
        what = f"{own.name} of {dialect.name} is {forms}, not {form_of(value).value}"
    return UsageError(what, help=who, code="foreign-parameter")
