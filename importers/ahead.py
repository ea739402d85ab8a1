"""Reads a large roster in a process of its own, so that checking rows and writing them go on at the same time.

The reading process is a fork: it has the layout, the policies and the keys already, and touches no database. Whatever
ends one of the two ends the other: they are joined by a pipe.
"""

import os
import pickle
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import active_count
from typing import Any, BinaryIO, Final

from importers.roster import EachChunk, Roster
from importers.rows import SoundRow
from importers.sheet import FileRefused, Upload
from service.domain.entry import EntryDraft
from service.domain.identity import Identity

FILE_SIZE_MIN: Final = 2 * 1024 * 1024
"""A smaller file is read sooner than a process is started."""

_LENGTH: Final = struct.Struct("!Q")
_AT: Final = EntryDraft._fields.index("identity")


class ReaderLost(OSError):
    """The reading process ended without a word: killed, or out of memory."""


def is_worth_it(upload: Upload) -> bool:
    """Whether a roster is read in a process of its own: a large file, a second processor, and nobody else here whose
    locks a fork would copy."""
    return (
        isinstance(upload, Path)
        and sys.platform == "linux"
        and (os.cpu_count() or 1) > 1
        and active_count() == 1
        and upload.stat().st_size >= FILE_SIZE_MIN
    )


def read_ahead(read: Callable[[EachChunk], Roster], each_chunk: EachChunk) -> Roster:
    """As ``read(each_chunk)``: ``read`` runs in the other process, ``each_chunk`` in this one.

    Raises what ``read`` does (FileRefused), and ReaderLost.
    """
    with _reading(read) as messages:
        for message in messages:
            if isinstance(message, FileRefused):
                raise message
            roster: Roster = message[0]
            columns: list[Sequence[Any]] | None = message[1]
            if columns is None:
                return roster
            roster.sound = _sound_rows(columns)
            each_chunk(roster)
    raise ReaderLost("the process that read the roster has ended: killed, or out of memory")


@contextmanager
def _reading(read: Callable[[EachChunk], Roster]) -> Iterator[Iterator[Any]]:
    """The messages of a process that reads; it is gone when this ends, however it ends."""
    out, into = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(out)
        _send_all(read, into)
    os.close(into)
    try:
        with os.fdopen(out, "rb", buffering=1024 * 1024) as pipe:
            yield _received(pipe)
    finally:
        # With nobody to read from it, its next word ends it.
        os.waitpid(process, 0)


def _send_all(read: Callable[[EachChunk], Roster], into: int) -> None:
    """The reading process. It ends here: nothing of what it inherited is closed or flushed by it."""
    status = 1
    try:
        with suppress(BrokenPipeError), os.fdopen(into, "wb") as pipe:

            def send(message: object) -> None:
                content = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
                pipe.write(_LENGTH.pack(len(content)) + content)
                pipe.flush()

            def each_chunk(roster: Roster) -> None:
                rows, roster.sound = roster.sound, []
                send((_head_of(roster), _columns(rows)))

            try:
                send((read(each_chunk), None))
            except FileRefused as refused:
                send(refused)
            status = 0
    except BaseException:  # the other process must never run on from here
        status = 1
    finally:
        os._exit(status)


def _head_of(roster: Roster) -> Roster:
    """What is needed of it while it is read: not the faults, which grow."""
    return Roster(roster.header, lines_expected=roster.lines_expected)


def _columns(rows: Sequence[SoundRow]) -> list[Sequence[Any]]:
    """Plain values column by column: a tenth of the objects, and what repeats down a column is written once."""
    if not rows:
        return []
    lines, drafts, id_hashes, name_hashes = zip(*rows, strict=True)
    columns: list[Sequence[Any]] = list(zip(*drafts, strict=True))
    identities = columns[_AT]
    columns[_AT] = [identity.id_type for identity in identities]
    return [lines, id_hashes, name_hashes, [identity.id_number for identity in identities], *columns]


def _sound_rows(columns: list[Sequence[Any]]) -> list[SoundRow]:
    if not columns:
        return []
    lines, id_hashes, name_hashes, id_numbers, *of_drafts = columns
    of_drafts[_AT] = list(map(Identity, of_drafts[_AT], id_numbers))
    drafts = map(EntryDraft._make, zip(*of_drafts, strict=True))
    return list(map(SoundRow._make, zip(lines, drafts, id_hashes, name_hashes, strict=True)))


def _received(pipe: BinaryIO) -> Iterator[Any]:
    while len(length := pipe.read(_LENGTH.size)) == _LENGTH.size:
        content = pipe.read(_LENGTH.unpack(length)[0])
        try:
            yield pickle.loads(content)  # noqa: S301  # from our own fork
        except (pickle.UnpicklingError, EOFError):
            return
