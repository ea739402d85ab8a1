"""Registers hours: the one way into the ledger, for one entry, a batch and a roster alike."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from service.context import Context
from service.domain.access import Credential
from service.domain.client import Client
from service.domain.entry import EntryDraft
from service.domain.errors import Refusal
from service.operations.register_chunk import register_chunk, register_unlocked
from service.operations.registering import Registration, Result, SentDraft
from service.store.database import Connection
from service.store.keysets import KEYS_MAX

__all__ = ["Registration", "Result", "register_batch", "register_entries", "register_entry"]

T = TypeVar("T")


class _Undone(Exception):
    """Rolls the transaction back and carries what would have come of it."""

    def __init__(self, registrations: list[Registration]) -> None:
        super().__init__()
        self.registrations = registrations


def register_entry(
    context: Context, client: Client, draft: EntryDraft, credential: Credential | None = None
) -> Registration:
    """Registers one entry, or finds that it was registered before. Raises Unconfirmed, with nothing done, for a
    ``credential`` that no longer holds.

    Refusals: ``forbidden_division``, ``reference_conflict`` (with ``fields``), ``name_mismatch``,
    ``duplicate_entry`` (with ``existing_entry_id``), ``unavailable``.
    """
    (item,) = hash_drafts(context, [draft])
    registration = None
    if context.database.commits_alone:
        registration = _register_with_others(context, client, item, credential)
    if registration is None:
        (registration,) = context.database.write(
            lambda connection: register_chunk(context, client, connection, [item], credential=credential)
        )
    if registration.refusal is not None:
        raise registration.refusal
    return registration


def _register_with_others(
    context: Context, client: Client, item: SentDraft, credential: Credential | None
) -> Registration | None:
    """At once with what other threads register for the same client; None: it is to be registered by itself."""

    def register(items: list[SentDraft]) -> list[Registration | None]:
        return context.database.record(
            lambda connection: register_unlocked(context, client, connection, items, credential)
        )

    group = client if credential is None else credential.mark
    return context.database.registering_together.ask(item, group, register)


def register_entries(
    context: Context,
    client: Client,
    drafts: Sequence[EntryDraft],
    *,
    atomic: bool = False,
    dry_run: bool = False,
) -> list[Registration]:
    """Registers drafts in order, in one transaction; a refused one does not stop the others.

    Drafts that repeat each other are treated as if they came one after the other. ``atomic``: when any is
    refused nothing is stored, and those that would have been created are refused as ``atomic_batch_refused``.
    ``dry_run``: the same, then rolled back. A fixed number of statements for each KEYS_MAX drafts.
    """
    return register_batch(context, client, drafts, _as_they_are, atomic=atomic, dry_run=dry_run)


def _as_they_are(registrations: list[Registration]) -> list[Registration]:
    return registrations


def register_batch(
    context: Context,
    client: Client,
    drafts: Sequence[EntryDraft],
    tell: Callable[[list[Registration]], T],
    *,
    atomic: bool = False,
    dry_run: bool = False,
) -> T:
    """What ``tell`` makes of the registrations of ``register_entries``: while the database stores them, and anew where
    something else comes of them."""
    hashed = hash_drafts(context, drafts)

    def work(connection: Connection) -> T:
        registrations: list[Registration] = []
        told: list[T] = []

        def note(chunk: list[Registration]) -> None:
            registrations.extend(chunk)
            if len(registrations) == len(hashed):
                told.append(tell(registrations))

        for start in range(0, len(hashed), KEYS_MAX):
            register_chunk(context, client, connection, hashed[start : start + KEYS_MAX], tell=note)
        refused = atomic and any(registration.refusal is not None for registration in registrations)
        if refused:
            registrations = [_withheld(registration) for registration in registrations]
        if refused or dry_run:
            raise _Undone(registrations)
        return told[0]

    if not hashed:
        return tell([])
    try:
        return context.database.write(work)
    except _Undone as undone:
        return tell(undone.registrations)


def _withheld(registration: Registration) -> Registration:
    if registration.result != "created":
        return registration
    return Registration("refused", None, Refusal("atomic_batch_refused"))


def hash_drafts(context: Context, drafts: Sequence[EntryDraft]) -> list[SentDraft]:
    """The drafts with the keyed hashes by which their people are known."""
    lookup_hash, name_hash = context.vault.lookup_hash, context.vault.name_hash
    return [SentDraft(draft, lookup_hash(draft.identity), name_hash) for draft in drafts]
