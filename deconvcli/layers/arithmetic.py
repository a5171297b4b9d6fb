"""The formulas by which a dialect's parameters become a crop, each written once.

The same strings are computed (with numbers or symbols), shown by `explain`, and checked as
limits, so a person reads exactly what the program computed. A formula is a Python expression
over integers: + - * // % comparisons, min, max, `x if c else y`, and ceil(a / b), floor(a / b).
A limit on all axes together is a formula over lists, for which there is also len.

Every arithmetic receives n (input), k (kernel), s (stride), d (dilation) and its dialect's own
numbers, and must have steps named crop_begin, crop_end and out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Mapping
from functools import cache
from types import CodeType
from typing import Any, NamedTuple, NoReturn, cast

Numbers = Mapping[str, Any]
Program = Callable[..., dict[str, Any]]


class Step(NamedTuple):
    """A step `name = formula`, with its meaning in one clause."""

    name: str
    formula: str
    meaning: str


class Limit(NamedTuple):
    """A condition on the numbers; message and help may contain {formulas}.

    only: the implementations that refuse a layer that breaks it, which is then a finding for the
    bare dialect; if empty, the dialect itself refuses. finding: nobody refuses. otherwise: how an
    implementation was seen to depart from this limit.
    """

    condition: str
    code: str
    message: str
    help: str
    only: tuple[str, ...] = ()
    finding: bool = False
    source: str = ""
    otherwise: str = ""

    def refuses(self, implementation: str) -> bool:
        """Return whether `implementation` refuses a layer that breaks this limit."""
        return not self.finding and (not self.only or implementation in self.only)

    def concerns(self, implementation: str) -> bool:
        """Return whether this limit matters to a user of `implementation` ('' for none)."""
        return not self.only or not implementation or implementation in self.only


class Broken(Exception):
    """A limit that refuses does not hold for these numbers."""

    def __init__(self, limit: Limit, numbers: Numbers) -> None:
        super().__init__(limit, numbers)  # both, so that pickle can rebuild it
        self.limit = limit
        self.numbers = numbers


SPAN = Step("span", "d*(k - 1) + 1", "the kernel with its dilation")
FULL = Step("full", "(n - 1)*s + span", "every input stamps the kernel, s apart: the full scatter")
OUT = Step("out", "full - crop_begin - crop_end", "the size after the crop")


# Formulas are written by dialects, never by users. Without builtins a mistyped name is an error.
# `locals` is for the programs themselves, which return all their steps.
_FUNCTIONS: dict[str, Any] = {
    "min": min,
    "max": max,
    "len": len,
    "locals": locals,
    "__builtins__": {},
}


class Arithmetic:
    """Steps and limits in order; one object serves every implementation of its dialect."""

    def __init__(self, *entries: Step | Limit) -> None:
        self.entries = entries
        self._programs: dict[tuple[str, tuple[str, ...]], Program] = {}

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how pickle and copy rebuild it: programs are compiled again on first use."""
        return Arithmetic, self.entries

    def __eq__(self, other: object) -> bool:
        """Return whether the formulas are the same, as those from another process are."""
        if not isinstance(other, Arithmetic):
            return NotImplemented
        return self is other or self.entries == other.entries

    def __hash__(self) -> int:
        return hash(self.entries)

    @property
    def steps(self) -> list[Step]:
        """The named formulas, in the order in which they are computed."""
        return [entry for entry in self.entries if isinstance(entry, Step)]

    @property
    def limits(self) -> list[Limit]:
        """The limits, in the order in which they are checked."""
        return [entry for entry in self.entries if isinstance(entry, Limit)]

    def program(self, names: tuple[str, ...], implementation: str = "") -> Program:
        """Return a function from the numbers called `names` to these and every step's, by name.

        Under "noted" it lists broken limits that `implementation` does not refuse.

        Raises (the function):
            Broken: a limit that this implementation refuses.
            NotLinear: a symbolic size has no single formula here.
        """
        # A program is compiled once: `deconv shape --jsonl` reads thousands of layers with it.
        found = self._programs.get((implementation, names))
        if found is None:
            found = self._programs[implementation, names] = self._compile(names, implementation)
        return found

    def evaluate(self, numbers: Numbers, implementation: str = "") -> dict[str, Any]:
        """Return the result of `program` for numbers by name."""
        return self.program(tuple(numbers), implementation)(*numbers.values())

    def broken_limits(self, numbers: Numbers) -> list[Limit]:
        """Return the limits that these numbers break without a refusal."""
        limits = (self.entries[place] for place in numbers["noted"])
        return [limit for limit in limits if isinstance(limit, Limit)]

    def _compile(self, names: tuple[str, ...], implementation: str) -> Program:
        """Compile all entries into one function, which a refusing limit ends."""
        lines = [f"def program({', '.join(names)}):", "noted = ()"]
        for place, entry in enumerate(self.entries):
            if isinstance(entry, Step):
                lines.append(f"{entry.name} = {entry.formula}")
            elif entry.refuses(implementation):
                lines.append(f"if not ({entry.condition}): refuse({place}, locals())")
            elif entry.concerns(implementation):
                lines.append(f"if not ({entry.condition}): noted += ({place},)")
        scope = {**_FUNCTIONS, "refuse": self._refuse}
        exec(_compile_text("\n ".join([*lines, "return locals()"]), "exec"), scope)
        return cast(Program, scope["program"])

    def _refuse(self, place: int, numbers: Numbers) -> NoReturn:
        limit = self.entries[place]
        assert isinstance(limit, Limit)
        raise Broken(limit, numbers)


class _Rounding(ast.NodeTransformer):
    """Turns floor(a / b) and ceil(a / b) into exact integer divisions."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        assert isinstance(node.func, ast.Name)
        if node.func.id not in {"floor", "ceil"}:
            return node
        [ratio] = node.args
        assert isinstance(ratio, ast.BinOp)
        assert isinstance(ratio.op, ast.Div)
        top, bottom = ratio.left, ratio.right
        if node.func.id == "floor":
            return ast.BinOp(top, ast.FloorDiv(), bottom)
        negated = ast.UnaryOp(ast.USub(), top)
        return ast.UnaryOp(ast.USub(), ast.BinOp(negated, ast.FloorDiv(), bottom))


@cache
def _compile_text(text: str, mode: str) -> CodeType:
    """Return the compiled text, with exact floor and ceil."""
    if "floor(" not in text and "ceil(" not in text:
        return compile(text, "<arithmetic>", mode)
    tree = ast.fix_missing_locations(_Rounding().visit(ast.parse(text, mode=mode)))
    return compile(tree, "<arithmetic>", mode)


def evaluate(formula: str, numbers: Numbers) -> Any:
    """Return the value of one formula for these numbers."""
    return eval(_compile_text(formula, "eval"), _FUNCTIONS, dict(numbers))


# The same three expressions stand in the page's script.
_OUTSIDE_ONE = r"\boutside (-?\d+) to \1(?!\w|\.\d)"
_ONE_NUMBER = r"(?:\bfrom )?(?<![\w.-])(-?\d+) to \1(?!\w|\.\d)"
_NO_NUMBER_BUT_ZERO = r"(?<![\w.-])0 or less\b"


def fill(template: str, numbers: Numbers) -> str:
    """Return the template with each {formula} replaced by its value.

    A range of one number is that number: `7` for `7 to 7`, and `0` for `0 or less`, since what is
    limited so is never negative.
    """
    # Templates are a dialect's own text, as formulas are; what users write comes as values only.
    text = str(evaluate(f"f{template!r}", numbers))
    text = re.sub(_OUTSIDE_ONE, r"not \1", text)
    return re.sub(_NO_NUMBER_BUT_ZERO, "0", re.sub(_ONE_NUMBER, r"\1", text))


# Not the name of a function, which a bracket follows.
_NAME = re.compile(r"\b[a-z_]\w*\b(?!\s*\()")
_KEYWORDS = {"if", "else", "and", "or", "not"}


def substitute(formula: str, numbers: Numbers) -> str:
    """Return the formula with numbers in place of names: `(n - 1)*s` becomes `(5 - 1)*2`."""

    def number(match: re.Match[str]) -> str:
        if match[0] in _KEYWORDS:
            return match[0]
        shown = str(numbers[match[0]])
        # A sign or a sum needs brackets beside another operator.
        return shown if shown.isalnum() else f"({shown})"

    return _NAME.sub(number, formula)
