"""Repeated blocks written out: layers in order, with the values of each round put in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from deconvcli.checks.configs._problems import Problems
from deconvcli.checks.configs._tables import BLOCK
from deconvcli.checks.documents import Path
from deconvcli.common.shelf import nearest, suggestion
from deconvcli.common.values import shorten

MOST_ROUNDS = 1_000
MOST_LAYERS = 2_000
# Of one layer and of one text, so that what rounds multiply stays small.
MOST_VALUES = 100
LONGEST = 200
VARIABLE = re.compile(r"\$([A-Za-z_]\w*)")
_REPEAT_HELP = "write repeat: 3, or lists of equal length as repeat: {width: [64, 128]}."


class Written(NamedTuple):
    """One layer as it stands in the file. rounds: those of the blocks around it, from 1."""

    value: Any
    path: Path
    rounds: tuple[int, ...] = ()


def written_out(layers: Any, path: Path, problems: Problems) -> list[Written]:
    """Every layer of a list, those of blocks as often as they come."""
    if not isinstance(layers, list) or not layers:
        help = "write a list: - {op: conv, out_channels: 64, kernel: 3}."
        problems.tell("illegal-value", path, "layers is not a list of layers", help)
        return []
    found = list(islice(_layers(layers, path, (), {}, problems), MOST_LAYERS + 1))
    if len(found) > MOST_LAYERS:
        message = f"with its repeated blocks this has more than {MOST_LAYERS:,} layers"
        problems.tell("too-many-layers", path, message, "repeat less.")
        return []
    return found


def _layers(
    layers: list[Any],
    path: Path,
    rounds: tuple[int, ...],
    variables: Mapping[str, Any],
    problems: Problems,
) -> Iterator[Written]:
    for place, layer in enumerate(layers):
        here = (*path, place)
        if isinstance(layer, dict) and "repeat" in layer:
            yield from _block(layer, here, rounds, variables, problems)
        elif _count(layer) > MOST_VALUES:
            help = "keep to the keys of its kind."
            problems.tell("illegal-value", here, "this layer holds too many values", help)
        else:
            yield Written(_filled(layer, here, variables, problems), here, rounds)


def _count(value: Any) -> int:
    """Values in this one, itself included."""
    if not isinstance(value, dict | list):
        return 1
    return 1 + sum(map(_count, value.values() if isinstance(value, dict) else value))


def _block(
    block: Mapping[str, Any],
    path: Path,
    rounds: tuple[int, ...],
    variables: Mapping[str, Any],
    problems: Problems,
) -> Iterator[Written]:
    problems.unknown_keys(block, BLOCK, path, "a repeated block")
    inner, inside = block.get("layers"), (*path, "layers")
    if not isinstance(inner, list) or not inner:
        problems.missing(path, "this block", "layers", "list the layers that come again.")
        return
    for number, values in enumerate(_rounds(block["repeat"], path, problems), 1):
        put_in = {**variables, **values}
        yield from _layers(inner, inside, (*rounds, number), put_in, problems)


def _rounds(given: Any, path: Path, problems: Problems) -> list[Mapping[str, Any]]:
    """The values of each round, by name."""
    if type(given) is int and 1 <= given <= MOST_ROUNDS:
        return [{}] * given
    if isinstance(given, dict) and _are_equal_lists(given):
        return [
            dict(zip(given, values, strict=True)) for values in zip(*given.values(), strict=True)
        ]
    place = (*path, "repeat")
    problems.tell("illegal-value", place, f"repeat is {shorten(given)}", _REPEAT_HELP)
    return []


def _are_equal_lists(given: Mapping[str, Any]) -> bool:
    lists = list(given.values())
    return (
        bool(lists)
        and all(isinstance(values, list) and 1 <= len(values) <= MOST_ROUNDS for values in lists)
        and all(len(str(value)) <= LONGEST for values in lists for value in values)
        and len({len(values) for values in lists}) == 1
        and all(VARIABLE.fullmatch(f"${name}") for name in given)
    )


def _filled(value: Any, path: Path, variables: Mapping[str, Any], problems: Problems) -> Any:
    """The value with each $name in it replaced by what it stands for in this round."""
    if isinstance(value, list):
        return [_filled(v, (*path, i), variables, problems) for i, v in enumerate(value)]
    if isinstance(value, dict):
        return {k: _filled(v, (*path, k), variables, problems) for k, v in value.items()}
    if not isinstance(value, str) or "$" not in value or len(value) > LONGEST:
        return value
    return _text_filled(value, path, variables, problems)


def _text_filled(text: str, path: Path, variables: Mapping[str, Any], problems: Problems) -> Any:
    for name in VARIABLE.findall(text):
        if name not in variables:
            known = list(variables)
            help = suggestion(name, known) if known else "only repeated blocks have such values."
            close = nearest(name, known)
            better = text.replace(f"${name}", f"${close}") if close else None
            message = f"${name} stands for nothing here"
            problems.tell("unknown-name", path, message, help, better)
            return text
    whole = VARIABLE.fullmatch(text)
    if whole:
        return variables[whole[1]]
    return VARIABLE.sub(lambda found: str(variables[found[1]]), text)
