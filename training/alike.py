"""Which files are of one song: those with the very same bytes, or with a loop in common."""

import hashlib
from collections.abc import Mapping, Sequence

from loopwright.training.corpus import SongLoops


def groups_of_songs(songs: Sequence[SongLoops], known: Mapping[str, str]) -> dict[str, str]:
    """Return the group of each file that has loops; `known` are groups by file, if there are any.

    Files that share a loop, whoever saved it under whatever name, come into one group.
    """
    together = Together()
    for song in songs:
        for loop in song.loops:
            together.join(group_of(song, known), hashlib.sha256(loop.tobytes()).digest())
    return {s.name: together.first(group_of(s, known)) for s in songs if len(s.loops)}


def group_of(song: SongLoops, known: Mapping[str, str]) -> str:
    """Return the group of a file by itself."""
    return known.get(song.name, song.sha256)


class Together:
    """Groups that became one. It changes as it is told; whoever made it has it to itself."""

    def __init__(self) -> None:
        self._owner: dict[bytes, str] = {}
        self._above: dict[str, str] = {}

    def join(self, group: str, mark: bytes) -> None:
        """Take in that a group has a mark: it is one with whatever had it before."""
        one, other = self.first(group), self.first(self._owner.setdefault(mark, group))
        if one != other:
            self._above[max(one, other)] = min(one, other)

    def first(self, group: str) -> str:
        """Return the name that a group goes by now."""
        while group in self._above:
            group = self._above[group]
        return group
