"""Random questions, whose answers must be exactly the layers that a slow search finds.

`python -m tests.solver.fuzz 5000` asks as many, over all dialects and implementations.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from deconvcli.common.errors import DeconvError
from deconvcli.frameworks.calls import write_call
from deconvcli.frameworks.dialects import DIALECTS
from deconvcli.frameworks.request import LayerRequest
from deconvcli.layers.layer import Reading
from deconvcli.solver import Bounds, Question, solve
from deconvcli.solver.question import Range
from tests.solver.brute import Row, list_axis, list_layers, row_of

# Paddings beyond these are left to the bounds of the search: the slow one has to end somewhere.
FAR = {1: 12, 2: 8, 3: 6}
# Calls of these are printed for people: no reader knows them, as they are no Python.
UNREAD = {"cudnn", "ncnn", "onednn"}
MAX_LAYERS = 3000
MAX_PASTED = 5


def list_names() -> list[str]:
    """Return every dialect and every implementation."""
    names = []
    for name in DIALECTS.names:
        names += [name, *(f"{name}@{one}" for one in DIALECTS.take(name).implementations)]
    return names


def throw_question(dice: random.Random, names: Sequence[str]) -> Question:
    """Return a question with one to three axes, small sizes and narrow bounds."""
    rank = dice.choice((1, 1, 1, 2, 2, 3))

    def throw(largest: int, width: int) -> Range:
        first = dice.randint(1, largest)
        return first, min(largest, first + dice.randint(0, width))

    own = rank if dice.random() < 0.5 else 1
    bounds = Bounds(
        tuple(throw(6, 2 if rank == 1 else 0) for _ in range(own)),
        tuple(throw(4, 2 if rank < 3 else 0) for _ in range(own)),
        tuple((1, 1) if dice.random() < 0.6 else throw(3, 1) for _ in range(own)),
    )
    strides = bounds.stride * rank if own == 1 else bounds.stride
    inputs = tuple(dice.randint(1, 7) for _ in range(rank))
    outputs = tuple(
        max(1, n * dice.randint(*stride) + dice.randint(-3, 4))
        for n, stride in zip(inputs, strides, strict=True)
    )
    if dice.random() < 0.3:
        inputs, outputs = inputs[:1] * rank, outputs[:1] * rank
    return Question(dice.choice(names), inputs, outputs, bounds)


def find_problem(question: Question) -> str:
    """Return how the answer differs from the slow search, or nothing."""
    answer, far = solve(question, MAX_LAYERS), FAR[question.rank]
    for place, axis in enumerate(answer.axes):
        rows = [row_of(solution.choice) for solution in axis.solutions()]
        if len({*rows}) != axis.count or len(rows) != axis.count:
            return f"{axis.name} has {len({*rows})} solutions and counts {axis.count}"
        if problem := _compare({*rows}, list_axis(question, place, far), far):
            return f"{axis.name}: {problem}"
    if question.rank > 1 and answer.count <= MAX_LAYERS:
        layers = [tuple(row_of(axis.choice) for axis in one.axes) for one in answer.solutions]
        if len({*layers}) != answer.count or len(layers) != answer.count:
            return f"{len({*layers})} layers and counts {answer.count}"
        if problem := _compare({*layers}, list_layers(question, far), far):
            return f"layers: {problem}"
    for solution in answer.solutions:
        if solution.reading.output_sizes != question.output:
            return f"{solution.reading} has another size"
    for solution in answer.solutions[:MAX_PASTED]:
        if problem := _paste(solution.reading, question):
            return problem
    if (answer.count == 0) != bool(answer.reason):
        return f"{answer.count} layers and the reason {answer.reason!r}"
    for near in answer.nearest:
        if near.output == question.output or near.reading.output_sizes != near.output:
            return f"{near} is not near"
    return ""


def _paste(reading: Reading, question: Question) -> str:
    """Return how the printed call differs from its layer when it is read again."""
    if reading.spelling.dialect in UNREAD:
        return ""
    call, roles = write_call(reading, question.unknown), {}
    if reading.spelling.arguments.keys().isdisjoint({"kernel_size", "kernel", "kernel_shape"}):
        roles["kernel"] = reading.layer.kernel
    request = LayerRequest(call, reading.spelling.name, reading.spatial, roles=roles)
    try:
        there = request.understand().reading
    except DeconvError as error:
        return f"{call} is refused: {error}"
    if there.output_sizes == reading.output_sizes and there.layer.axes == reading.layer.axes:
        return ""
    return f"{call} is {there}"


def _compare(found: AbstractSet[object], wanted: AbstractSet[object], far: int) -> str:
    near = {one for one in found if _is_near(one, far)}
    if near == wanted:
        return ""
    missing, extra = sorted(map(str, wanted - near)), sorted(map(str, near - wanted))
    return f"missing {missing[:3]}, extra {extra[:3]}"


def _is_near(one: object, far: int) -> bool:
    if not isinstance(one, Row):
        assert isinstance(one, tuple)
        return all(_is_near(row, far) for row in one)
    if isinstance(one.padding, str):
        return True
    ends = one.padding if isinstance(one.padding, tuple) else (one.padding,)
    return all(abs(end) <= far for end in ends)


def run(count: int, seed: int, names: Sequence[str]) -> list[str]:
    """Return the problems of this many random questions."""
    dice, problems = random.Random(seed), []
    for _ in range(count):
        question = throw_question(dice, names)
        if problem := find_problem(question):
            problems.append(f"{question}: {problem}")
    return problems


if __name__ == "__main__":
    count, seed = int(sys.argv[1]), int(sys.argv[2]) if sys.argv[2:] else 1
    found = run(count, seed, list_names())
    print(f"{count} questions, {len(found)} problems")
    print("\n".join(found))
    sys.exit(bool(found))
