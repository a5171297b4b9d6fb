"""The change of parameters that makes the output exactly the input times the stride."""

from __future__ import annotations

from collections.abc import Iterator

from deconvcli.common.errors import NotExpressible
from deconvcli.common.values import compact
from deconvcli.layers.axis import Axis
from deconvcli.layers.layer import Layer, Reading, Spelling
from deconvcli.layers.text import size_text
from deconvcli.views.explanation.parameters import (
    CHOICE_ROLES,
    CROP_ROLES,
    call_text,
    dialect_of,
    parameter_name,
    parameter_values,
)

_ROLES = ("kernel", *CROP_ROLES, *CHOICE_ROLES)


def suggest_scaling(reading: Reading) -> str:
    """Return one sentence: it is exact, or what to change, or that this dialect cannot do it."""
    target = _times([axis.stride for axis in reading.layer.axes])
    wanted = tuple(
        n * axis.stride for n, axis in zip(reading.spatial, reading.layer.axes, strict=True)
    )
    if reading.output_sizes == wanted:
        return f"The output is exactly {target}."
    found = next(_ways(reading), "")
    if not found:
        title = dialect_of(reading).title
        return f"No parameters of {title} give exactly {target} ({size_text(wanted)}) here."
    return f"For exactly {target} ({size_text(wanted)}), {found}."


def _times(strides: list[int]) -> str:
    """Return `twice the input`, `3 times the input` or `2x3 times the input`."""
    factor = compact(strides)
    named = {1: "the size of the input", 2: "twice the input"}
    text = str(factor) if isinstance(factor, int) else size_text(factor)
    return named.get(factor, f"{text} times the input")


def _ways(reading: Reading) -> Iterator[str]:
    """Yield the changes that give this size; those that keep the kernel come first."""
    dialect = dialect_of(reading)
    # Many dialects can express only some crops of the right sum, so several are tried.
    for layer in _layers(reading.layer):
        try:
            spelling = dialect.spell(layer, reading.sizes)
        except NotExpressible:
            continue
        yield _changes(reading, layer, spelling)


def _layers(layer: Layer) -> Iterator[Layer]:
    """Yield the layer with crops that leave n*s, then with a kernel one longer, one shorter."""
    for more in (0, 1, -1):
        axes = [axis._replace(kernel=axis.kernel + more) for axis in layer.axes]
        if all(axis.kernel > 0 for axis in axes):
            # All axes take the same kind of crop: dialects with words have one word for all.
            for crops in zip(*(list(_crops(axis)) for axis in axes), strict=True):
                cropped = zip(axes, crops, strict=True)
                yield layer._replace(
                    axes=tuple(a._replace(crop_begin=b, crop_end=e) for a, (b, e) in cropped)
                )


def _crops(axis: Axis) -> Iterator[tuple[int, int]]:
    """Yield each (begin, end) that crops span - stride in all: in halves, or at one end.

    A negative crop is at the end, where every framework appends.
    """
    surplus = axis.span - axis.stride
    less, more = max(surplus // 2, 0), min(surplus, surplus - surplus // 2)
    yield from ((less, more), (more, less), (0, surplus), (surplus, 0))


def _changes(reading: Reading, layer: Layer, spelling: Spelling) -> str:
    """Return `use stride=2 and leave out output_padding`: what differs from the reading."""
    before = parameter_values(reading, *_ROLES)
    after = parameter_values(reading._replace(spelling=spelling), *_ROLES)
    new = {name: value for name, value in after.items() if compact(value) != compact(before[name])}
    given = call_text({name: value for name, value in new.items() if value is not None})
    used = ", ".join([*_kernel(reading, layer), *filter(None, [given])])
    left_out = " and ".join(name for name, value in new.items() if value is None)
    parts = [f"use {used}" if used else "", f"leave out {left_out}" if left_out else ""]
    return " and ".join(filter(None, parts))


def _kernel(reading: Reading, layer: Layer) -> list[str]:
    """Return a new kernel if only the shape of the weights gives it."""
    if parameter_name(reading, "kernel") or layer.kernel == reading.layer.kernel:
        return []
    return [f"a kernel of size {compact(layer.kernel)}"]
