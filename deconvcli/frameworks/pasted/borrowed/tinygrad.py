"""tinygrad's layers, whose dialect is the function that they call with weights of their own."""

from __future__ import annotations

from typing import Any

from deconvcli.frameworks.pasted.borrowed._call import Borrowed, Words
from deconvcli.frameworks.pasted.layer import Name, needs_number
from deconvcli.frameworks.pasted.python_call import Tensor

_PARAMETERS = (
    *("in_channels", "out_channels", "kernel_size", "stride", "padding", "output_padding"),
    *("dilation", "groups", "bias"),
)
_OWN = ("weight", "stride", "padding", "output_padding", "dilation", "groups", "bias")


def _change(given: Words, rank: int) -> Words:
    """Return the parameters with the weights in place of channels and kernel.

    Raises:
        UsageError: one of their numbers is only in the program.
    """
    kernel = given["kernel_size"]
    # A single number is a kernel of as many axes as the name has.
    sizes = kernel if isinstance(kernel, list) else [kernel] * rank
    known = {"in_channels": given["in_channels"], "out_channels": given["out_channels"]}
    known |= {"groups": given.get("groups", 1), **{f"kernel_size {n}": n for n in sizes}}
    for name, value in known.items():
        if type(value) is not int:
            text = value.text if isinstance(value, Name) else repr(value)
            raise needs_number(name.partition(" ")[0], text, "")
    groups: Any = max(1, known["groups"])
    shape = (known["in_channels"], known["out_channels"] // groups, *sizes)
    return {**given, "weight": Tensor(shape)}


CALLS: tuple[Borrowed, ...] = tuple(
    [
        Borrowed(
            "tinygrad",
            (f"tinygrad.nn.ConvTranspose{rank}d",),
            _PARAMETERS,
            3,
            "tinygrad.Tensor.conv_transpose2d",
            {name: name for name in _OWN},
            {"bias": True},
            change=_change,
            remark="the function that it calls",
        )
        for rank in (1, 2)
    ]
)
