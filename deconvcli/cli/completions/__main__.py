"""Write the completion scripts into a folder, or compare them with the files there."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from deconvcli.cli.completions import scripts

REPOSITORY = Path(__file__).parents[3] / "completions"


@click.command(short_help=__doc__)
@click.argument(
    "folder", default=REPOSITORY, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option(
    "--check", is_flag=True, help="Write nothing; name the files that differ and exit with 1."
)
def command(folder: Path, check: bool) -> None:
    """Write deconv.bash, _deconv (zsh) and deconv.fish into FOLDER."""
    if check:
        sys.exit(_check(folder))
    for name, script in scripts().items():
        (folder / name).write_bytes(script)


def _check(folder: Path) -> int:
    differing = [name for name, script in scripts().items() if _read(folder / name) != script]
    for name in differing:
        print(f"{folder / name} differs from the commands")
    if differing:
        print("  help: python -m deconvcli.cli.completions writes them again.", file=sys.stderr)
    return 1 if differing else 0


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


if __name__ == "__main__":
    command(prog_name="python -m deconvcli.cli.completions")
