"""Repeated blocks, expanded to layers in order, with the values of each round filled in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from deconvcli.checks.configs._problems import Problems
from deconvcli.checks.configs._tables import BLOCK
from deconvcli.checks.documents import Path
from deconvcli.common.shelf import nearest, suggestion
from deconvcli.common.values import shorten, shorten_list

MAX_ROUNDS = 1_000
MAX_LAYERS = 2_000
# Rounds multiply whatever a block contains, so one layer and one text must stay small.
MAX_LAYER_VALUES = 100
MAX_NAME_LENGTH = 200
VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_VARIABLE_HELP = "define it in a repeated block, such as repeat: {width: [64, 128]}."
_REPEAT_HELP = "write repeat: 3, or lists of equal length, such as repeat: {width: [64, 128]}."


class LayerEntry(NamedTuple):
    """One layer of the file, with its variables filled in.

    rounds: the number of the round in each enclosing block, from 1.
    """

    value: Any
    path: Path
    rounds: tuple[int, ...] = ()


def expand_layers(layers: Any, path: Path, problems: Problems) -> list[LayerEntry]:
    """Return every layer of a list, those of a block once for each round."""
    if not isinstance(layers, list) or not layers:
        help = (
            "write a dash and a space before each layer: - {op: conv, out_channels: 64, kernel: 3}."
        )
        problems.report("illegal-value", path, "layers is not a list of layers", help)
        return []
    # Nested blocks of 1,000 rounds would give a million layers: stop one beyond the limit.
    found = list(islice(_layers(layers, path, (), {}, problems), MAX_LAYERS + 1))
    if len(found) > MAX_LAYERS:
        message = f"this network has more than {MAX_LAYERS:,} layers, counting repeated blocks"
        problems.report("too-many-layers", path, message, "use fewer rounds.")
        return []
    return found


def _layers(
    layers: list[Any],
    path: Path,
    rounds: tuple[int, ...],
    variables: Mapping[str, Any],
    problems: Problems,
) -> Iterator[LayerEntry]:
    parts = 0
    for place, layer in enumerate(layers):
        here = (*path, place)
        if parts := max(parts - 1, 0):
            continue
        if parts := _count_parts(layers[place:]):
            help = "put the call in quotes, or write each layer on a line of its own, after a dash."
            problems.report("illegal-value", here, "YAML splits this call at its commas", help)
            problems.settle(here)
        if isinstance(layer, dict) and "repeat" in layer:
            yield from _block(layer, here, rounds, variables, problems)
        elif _count(layer) > MAX_LAYER_VALUES:
            message = f"this layer has more than {MAX_LAYER_VALUES} values"
            problems.report("illegal-value", here, message, "write only the keys of its kind.")
        else:
            yield LayerEntry(_fill(layer, here, variables, problems), here, rounds)


def _count_parts(layers: list[Any]) -> int:
    """Return into how many items YAML has split the first one, a call in brackets; else 0."""
    [first, *others] = layers[:MAX_LAYER_VALUES]
    if not isinstance(first, str) or first.count("(") <= first.count(")"):
        return 0
    opened = first.count("(") - first.count(")")
    for number, part in enumerate(others, 2):
        if isinstance(part, dict | list):
            break
        opened += str(part).count("(") - str(part).count(")")
        if opened <= 0:
            return number
    return 0


def _count(value: Any) -> int:
    """Return the number of values inside this one, plus one for itself."""
    if not isinstance(value, dict | list):
        return 1
    # Recursion is safe: a document is at most MAX_DOCUMENT_DEPTH deep.
    return 1 + sum(map(_count, value.values() if isinstance(value, dict) else value))


def _block(
    block: Mapping[str, Any],
    path: Path,
    rounds: tuple[int, ...],
    variables: Mapping[str, Any],
    problems: Problems,
) -> Iterator[LayerEntry]:
    problems.check_keys(block, BLOCK, path, "a repeated block")
    inner, inside = block.get("layers"), (*path, "layers")
    if not isinstance(inner, list) or not inner:
        problems.report_missing(path, "this block", "layers", "list the layers to repeat.")
        return
    for number, values in enumerate(_rounds(block["repeat"], path, problems), 1):
        inner_variables = {**variables, **values}
        yield from _layers(inner, inside, (*rounds, number), inner_variables, problems)


def _rounds(given: Any, path: Path, problems: Problems) -> list[Mapping[str, Any]]:
    """Return the variables of each round."""
    if type(given) is int and 1 <= given <= MAX_ROUNDS:
        # One mapping for all rounds is safe: nothing writes to it.
        return [{}] * given
    if isinstance(given, dict) and _are_equal_lists(given):
        return [
            dict(zip(given, values, strict=True)) for values in zip(*given.values(), strict=True)
        ]
    message = f"repeat is {shorten(given)}"
    if isinstance(given, dict) and all(isinstance(values, list) for values in given.values()):
        lengths = [f"{name} has {len(values)}" for name, values in given.items()]
        message = f"the lists of repeat are not of one length: {shorten_list(lengths)}"
    problems.report("illegal-value", (*path, "repeat"), message, _REPEAT_HELP)
    # Without a round, layers that take one of the block would be findings as well.
    problems.settle((*path, "layers"))
    return [{}]


def _are_equal_lists(given: Mapping[str, Any]) -> bool:
    lists = list(given.values())
    return (
        bool(lists)
        and all(isinstance(values, list) and 1 <= len(values) <= MAX_ROUNDS for values in lists)
        and all(len(str(value)) <= MAX_NAME_LENGTH for values in lists for value in values)
        and len({len(values) for values in lists}) == 1
        and all(VARIABLE.fullmatch(f"${name}") for name in given)
    )


def _fill(value: Any, path: Path, variables: Mapping[str, Any], problems: Problems) -> Any:
    """Return the value with the variables of this round in place of each $name."""
    if isinstance(value, list):
        return [_fill(v, (*path, i), variables, problems) for i, v in enumerate(value)]
    if isinstance(value, dict):
        return {k: _fill(v, (*path, k), variables, problems) for k, v in value.items()}
    # Longer texts are no values of a layer, and each round would search them again.
    if not isinstance(value, str) or "$" not in value or len(value) > MAX_NAME_LENGTH:
        return value
    return _fill_text(value, path, variables, problems)


def _fill_text(text: str, path: Path, variables: Mapping[str, Any], problems: Problems) -> Any:
    for name in VARIABLE.findall(text):
        if name not in variables:
            known = list(variables)
            listed = [f"${each}" for each in known]
            help = suggestion(f"${name}", listed) if known else _VARIABLE_HELP
            close = nearest(name, known)
            better = text.replace(f"${name}", f"${close}") if close else None
            message = f"${name} is not defined here"
            problems.report("unknown-name", path, message, help, better)
            # The whole list, if the text is in one; a pasted call is an item of the layers.
            is_item = isinstance(path[-1], int) and path[-2] != "layers"
            problems.settle(path[:-1] if is_item else path)
            return text
    # `$width` alone keeps the value's type, so that `kernel: $k` is a number; within a longer text
    # it becomes text, as in `name: up$width`.
    whole = VARIABLE.fullmatch(text)
    if whole:
        return variables[whole[1]]
    return VARIABLE.sub(lambda found: str(variables[found[1]]), text)
