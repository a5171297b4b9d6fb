"""What the open sizes of a model mean: for people, as notes and findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deconvcli.common.findings import Diagnostic, Severity
from deconvcli.models.model import OpenAxis
from deconvcli.models.walk.box import BoxSize
from deconvcli.models.walk.opening import Inputs, Opened, find_letter, find_places
from deconvcli.models.walk.tensors import OpenSize
from deconvcli.models.walk.walking import Outcome
from deconvcli.networks.graph.size_set import SizeSet


def explain_letters(inputs: Inputs, opened: Opened) -> Iterator[str]:
    """Yield for each open size what it is, and for which values the formulas hold."""
    for letter, place in find_places(inputs).items():
        text = f"{letter}, {place}, is open"
        if opened.box is None:
            yield f"{text}, and has no formulas; give it with --size"
            continue
        run = opened.box[letter]
        if run.period == 0:
            text += f"; sizes are those of {letter} = {run.first}"
        elif run.period > 1 or run.first > 1:
            step = "m" if run.period == 1 else f"{run.period}m"
            text += f"; formulas hold for {letter} = {step} + {run.first}, m >= 0"
        working = opened.working.get(letter)
        if working is not None:
            text += f"; it works for {working.text(letter)}"
            text += "" if opened.is_certain else ", as far as sizes are known"
        yield text


def list_open_axes(inputs: Inputs, opened: Opened) -> Iterator[OpenAxis]:
    """Yield the axis at which each letter first stands, with the sizes that work."""
    seen: set[str] = set()
    for name, shape in inputs.items():
        for axis, size in enumerate(shape or ()):
            letter = find_letter(size)
            if letter is not None and letter not in seen:
                seen.add(letter)
                yield OpenAxis(name, axis, letter, opened.working.get(letter), opened.is_certain)


def find_fixed_sizes(inputs: Inputs, opened: Opened) -> Iterator[tuple[Outcome | None, Diagnostic]]:
    """Yield what fails at other sizes and a finding, for each size that is not as open as stated.

    That only the multiples of a number work, or only sizes from one on, is as networks are.
    """
    for letter, place in find_places(inputs).items():
        working = opened.working.get(letter)
        if working is None or not working.progressions or _is_usual(working):
            continue
        yield (
            opened.failures.get(letter),
            Diagnostic(
                "fixed-size",
                Severity.WARNING,
                f"{place} is open in the file, and this fails but for {working.text(letter)}",
                "use one of these, or crop after the layer that doubles the size and export again.",
            ),
        )


def _is_usual(sizes: SizeSet) -> bool:
    """Return whether the multiples of a number work, from some size on."""
    return 0 in sizes.residues


def find_stretched(outcomes: Sequence[Outcome]) -> Iterator[tuple[Outcome, Diagnostic]]:
    """Yield the joins that stretch a size of 1 which a larger input would make larger."""
    for outcome in outcomes:
        output = outcome.outputs[0].sizes if outcome.outputs else None
        shapes = [one.sizes for one in outcome.inputs if one is not None and one.sizes is not None]
        if output is None or outcome.node.operation not in JOINING:
            continue
        for shape in shapes:
            pairs = zip(reversed(shape), reversed(output), strict=False)
            if any(_is_stretched(own, joined) for own, joined in pairs):
                yield (
                    outcome,
                    Diagnostic(
                        "stretched-size",
                        Severity.WARNING,
                        "a size of 1 is stretched, and a larger input makes it larger than 1",
                        "use a larger input; at this size the model computes something else.",
                    ),
                )
                break


JOINING = ("Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean", "Where")


def _is_stretched(own: OpenSize, joined: OpenSize) -> bool:
    if not isinstance(own, BoxSize) or own.offset != 1:
        return False
    return isinstance(joined, BoxSize | int) and _find_number(joined) != 1


def _find_number(size: BoxSize | int) -> int:
    return size.offset if isinstance(size, BoxSize) else size
