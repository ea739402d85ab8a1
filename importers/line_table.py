"""Which line said something first, for a million lines in few megabytes."""

from array import array
from collections.abc import Hashable, Sequence
from typing import Final

_SIZE_MIN: Final = 1 << 12


class LineTable:
    """Keeps 64 bits of what was said and the line, 12 bytes in all, not the objects.

    That two of a million different things have the same 64 bits happens once in forty million files; the hash is
    seeded anew in each process, so nobody can bring it about.
    """

    def __init__(self) -> None:
        self._count = 0
        self._resize(_SIZE_MIN)

    def _resize(self, size: int) -> None:
        self._mask = size - 1
        self._digests = array("q", bytes(8 * size))
        self._lines = array("I", bytes(4 * size))

    def first_line(self, said: Hashable) -> int | None:
        """The line that is remembered for what is said, or None."""
        return self._lines[self._place(hash(said) or 1)] or None

    def remember(self, said: Hashable, line: int) -> None:
        """Remembers the line, 1 at least; what was said before must not be said again."""
        if self._count * 3 > self._mask * 2:
            self._grow()
        digest = hash(said) or 1
        place = self._place(digest)
        self._digests[place] = digest
        self._lines[place] = line
        self._count += 1

    def remember_all(self, said: Sequence[Hashable], lines: Sequence[int]) -> None:
        """As ``remember`` of each."""
        while (self._count + len(lines)) * 3 > self._mask * 2:
            self._grow()
        self._put([hash(it) or 1 for it in said], lines)
        self._count += len(lines)

    def knows_any(self, said: Sequence[Hashable]) -> bool:
        """Whether one of them is remembered, or two are the same."""
        different = {hash(it) or 1 for it in said}
        if len(different) < len(said):
            return True
        digests, mask = self._digests, self._mask
        for digest in different:
            place = digest & mask
            while found := digests[place]:
                if found == digest:
                    return True
                place = (place + 1) & mask
        return False

    def _place(self, digest: int) -> int:
        """Where the digest is, or the empty place where it would be."""
        digests, mask = self._digests, self._mask
        place = digest & mask
        while (found := digests[place]) and found != digest:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        digests, lines = self._digests, self._lines
        self._resize(2 * (self._mask + 1))
        self._put(digests, lines)

    def _put(self, new_digests: Sequence[int], new_lines: Sequence[int]) -> None:
        """Puts digests that are not there yet where they belong; a 0 is none."""
        digests, lines, mask = self._digests, self._lines, self._mask
        for digest, line in zip(new_digests, new_lines, strict=True):
            if digest:
                place = digest & mask
                while digests[place]:
                    place = (place + 1) & mask
                digests[place] = digest
                lines[place] = line
