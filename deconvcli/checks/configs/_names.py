"""The names of layers, and the layer that a name refers to."""

from __future__ import annotations

from collections import Counter


class LayerNames:
    """The names of one network.

    A layer in a repeated block has the number of its round at the end of its name.
    """

    def __init__(self) -> None:
        self.known: list[str] = []
        # By the full name, and by the name as written, which a later round takes over.
        self._latest: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._reserved: set[str] = set()

    def reserve(self, given: object) -> None:
        """Keep a name that an author gives from being invented for another layer."""
        if isinstance(given, str):
            self._reserved.add(given)

    def add(self, given: str, rounds: tuple[int, ...]) -> str | None:
        """Add a layer and return its full name, such as `block.2`, or None if that is in use."""
        name = _full_name(given, rounds)
        if name in self._latest:
            return None
        self._keep(given, name)
        return name

    def invent(self, operation: str) -> str:
        """Return a name for a layer without one: its kind and a number, such as `conv3`."""
        while True:
            self._counts[operation] += 1
            name = f"{operation}{self._counts[operation]}"
            if name not in self._latest and name not in self._reserved:
                self._keep(name, name)
                return name

    def resolve(self, given: str, rounds: tuple[int, ...]) -> str:
        """Return the full name of the layer that a name refers to at this place.

        That is the one of the same round, else of an enclosing round, else the last one.
        """
        for depth in range(len(rounds), 0, -1):
            name = _full_name(given, rounds[:depth])
            if name in self._latest:
                return name
        return self._latest.get(given, given)

    def _keep(self, given: str, name: str) -> None:
        self.known.append(name)
        self._latest[given] = self._latest[name] = name


def _full_name(given: str, rounds: tuple[int, ...]) -> str:
    return ".".join([given, *map(str, rounds)])
