"""The console blocks of our pages: `python -m tests.readme` writes anew what the commands print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
PATH = ROOT / "README.md"
EXPLANATION, DIALECTS, CONVERTERS, SOLVER, CONVERSION, MIRROR, PORTING, RUNNER, CHECKING = (
    ROOT / "deconvcli" / room / "README.md"
    for room in (
        *("views/explanation", "frameworks/dialects", "frameworks/converters", "solver"),
        *("conversion", "networks/mirror"),
        *("networks/porting", "compute/runner", "checks/checking"),
    )
)
PAGES = (
    PATH,
    EXPLANATION,
    DIALECTS,
    CONVERTERS,
    SOLVER,
    CONVERSION,
    MIRROR,
    PORTING,
    RUNNER,
    CHECKING,
)
_BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
_SHOWN = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)


def shown(text: str) -> list[tuple[str, str]]:
    """Every command of the console blocks with the output that stands below it."""
    return [pair for block in _BLOCK.findall(text) for pair in _SHOWN.findall(block)]


def renewed(text: str, printed: Callable[[str], str]) -> str:
    """The text with each command's output as `printed` gives it."""
    return _BLOCK.sub(
        lambda block: _SHOWN.sub(
            lambda pair: f"$ {pair[1]}\n{cut(printed(pair[1]), pair[2])}", block[0]
        ),
        text,
    )


def cut(output: str, like: str) -> str:
    """The output as far as `like` shows it: one that ends in ... has as many parts as are shown."""
    if not like.endswith("\n...\n"):
        return output
    parts = output.split("\n\n")[: like.count("\n\n") + 1]
    return "\n\n".join(parts) + "\n...\n"


def printed(command: str) -> str:
    """What a shell would show: standard output, and messages of a refused request."""
    feed, _, last = command.rpartition(" | ")
    words = shlex.split(last)
    assert words[0] == "deconv"
    given = " ".join(shlex.split(feed)[1:]) if feed else None
    done = subprocess.run(
        [sys.executable, "-m", "deconvcli", *words[1:]],
        input=given,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode in (0, 1, 2), done.stderr
    return done.stderr if done.returncode == 2 else done.stdout


if __name__ == "__main__":
    for page in PAGES:
        page.write_text(renewed(page.read_text(encoding="utf-8"), printed), encoding="utf-8")
