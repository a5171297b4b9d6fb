"""Steps in the words that one framework has: how its windows are padded."""

from __future__ import annotations

from deconvcli.common.errors import NotExpressible
from deconvcli.frameworks.dialect.windows import Windows
from deconvcli.frameworks.dialects import take
from deconvcli.networks.porting.padding import ZEROS, make_pad
from deconvcli.networks.porting.step import Pairs, Step

LEAST = float("-inf")
"""What a max pooling never takes."""


def lower(step: Step, target: str) -> list[Step]:
    """Return steps of which the target has each. Windows have `padding` in place of `pads`.

    Raises:
        NotExpressible: the target has no such operation.
    """
    windows = take(target)[0].windows
    if "pads" not in step.keys:
        return [step]
    pads: Pairs = step.keys["pads"]
    keys = {name: value for name, value in step.keys.items() if name != "pads"}
    plain = step._replace(keys={**keys, "padding": _write_numbers(pads, windows)})
    is_mean = step.op == "avg_pool"
    if not any(any(pair) for pair in pads):
        nothing = 0 if windows.numbers else "valid"
        return [step._replace(keys={**keys, "padding": nothing})]
    # The zeros around the input count in the mean of some frameworks only.
    if not is_mean or not keys["counts_zeros"] or target.partition("@")[0] == "torch":
        if plain.keys["padding"] is not None and not _is_too_wide(step, pads, windows):
            return [plain]
        word = _find_word(step, pads, windows)
        if word and not (is_mean and keys["counts_zeros"]):
            return [step._replace(keys={**keys, "padding": word})]
    if is_mean and not keys["counts_zeros"]:
        raise NotExpressible(
            "the mean leaves out the zeros around the input",
            help="pool an input whose size the stride divides.",
        )
    before = make_pad(step.inputs[0], pads, LEAST if step.op == "max_pool" else ZEROS)
    nothing = 0 if windows.numbers else "valid"
    return [before, step._replace(keys={**keys, "padding": nothing}, inputs=(before.output,))]


def _write_numbers(pads: Pairs, windows: Windows) -> Pairs | tuple[int, ...] | None:
    """Return the padding as numbers, in the form that the framework takes."""
    if all(begin == end for begin, end in pads) and windows.numbers:
        return tuple([begin for begin, _ in pads])
    return pads if windows.pairs else None


def _is_too_wide(step: Step, pads: Pairs, windows: Windows) -> bool:
    """Return whether a pooling has more around its input than half its kernel."""
    if not windows.at_most_half_kernel or step.op == "conv":
        return False
    pairs = zip(pads, step.keys["kernel"], strict=True)
    return any(2 * max(pair) > size for pair, size in pairs)


def _find_word(step: Step, pads: Pairs, windows: Windows) -> str:
    """Return the word that means these numbers at this size; empty without one."""
    if "same" not in windows.words:
        return ""
    keys = step.keys
    # Where there are numbers, the word is of convolutions alone.
    if step.op != "conv" and windows.numbers:
        return ""
    if step.op == "conv" and max(keys["stride"]) > 1 and not windows.same_has_strides:
        return ""
    window = zip(
        step.inputs[0].spatial,
        step.output.spatial,
        keys["kernel"],
        keys["stride"],
        keys["dilation"],
        pads,
        strict=True,
    )
    for n, out, kernel, stride, dilation, pair in window:
        count = -(-n // stride)
        added = max(0, (count - 1) * stride + dilation * (kernel - 1) + 1 - n)
        # Elements after the last window change nothing.
        if count != out or added // 2 != pair[0]:
            return ""
        if pair[1] < added - added // 2:
            return ""
    return "same"
