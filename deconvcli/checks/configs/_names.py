"""What layers are called, and which layer a name means."""

from __future__ import annotations

from collections import Counter


class Names:
    """The names of one network; a layer in a repeated block has the round behind its name."""

    def __init__(self) -> None:
        self.known: list[str] = []
        self._latest: dict[str, str] = {}
        self._counts: Counter[str] = Counter()

    def add(self, given: str, rounds: tuple[int, ...]) -> str | None:
        """The full name, as `block.2`; None where it is taken."""
        name = _full(given, rounds)
        if name in self._latest:
            return None
        self._keep(given, name)
        return name

    def invent(self, operation: str) -> str:
        """A name for a layer without one: its kind and a number, as `conv3`."""
        while True:
            self._counts[operation] += 1
            name = f"{operation}{self._counts[operation]}"
            if name not in self._latest:
                self._keep(name, name)
                return name

    def meant(self, given: str, rounds: tuple[int, ...]) -> str:
        """The full name: of this round, else of the rounds around it, else the last one given."""
        for depth in range(len(rounds), 0, -1):
            name = _full(given, rounds[:depth])
            if name in self._latest:
                return name
        return self._latest.get(given, given)

    def _keep(self, given: str, name: str) -> None:
        self.known.append(name)
        self._latest[given] = self._latest[name] = name


def _full(given: str, rounds: tuple[int, ...]) -> str:
    return ".".join([given, *map(str, rounds)])
