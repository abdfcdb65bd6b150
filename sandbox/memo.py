"""What was worked out for a question is kept while there is room: the file never changes while it is served."""

from array import array
from collections.abc import Callable, Hashable, Iterable

ROOM = 20_000_000  # row numbers of 4 bytes each


class Memo:
    """Ordered row numbers by question; the ones asked for longest ago make room for new ones."""

    def __init__(self, room: int = ROOM) -> None:
        self.room = room
        self.used = 0
        self.kept: dict[Hashable, array[int]] = {}

    def get(self, key: Hashable, find: Callable[[], Iterable[int]]) -> "array[int]":
        """The sorted row numbers of `find`, which is called at most once while they are kept."""
        found = self.kept.pop(key, None)
        if found is None:
            found = array("i", sorted(find()))
            self.used += len(found) + 1
        self.kept[key] = found
        self._trim()
        return found

    def _trim(self) -> None:
        while self.used > self.room and len(self.kept) > 1:
            self.used -= len(self.kept.pop(next(iter(self.kept)))) + 1
