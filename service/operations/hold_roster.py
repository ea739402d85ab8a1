"""Keeps a roster that was tried until it is sent, so that nobody has to choose the file twice."""

from service.context import Context
from service.domain.client import Client
from service.held_rosters import HELD_FOR, HELD_MAX, HeldRoster

__all__ = [
    "HELD_FOR",
    "HELD_MAX",
    "HeldRoster",
    "drop_roster",
    "find_held_roster",
    "forget_expired_rosters",
    "hold_roster",
]


def hold_roster(context: Context, client: Client, session_token: str, roster: HeldRoster) -> str:
    """The token by which this sign-in of the client's finds the roster again for HELD_FOR. Of more than HELD_MAX of a
    client the oldest goes. Refusal ``unavailable``."""
    return context.held_rosters.put(client.client_id, session_token, roster, context.clock())


def find_held_roster(context: Context, client: Client, session_token: str, token: str) -> HeldRoster | None:
    """The roster; None when its hour is over, it was dropped, or another sign-in holds it."""
    return context.held_rosters.find(client.client_id, session_token, token, context.clock())


def drop_roster(context: Context, client: Client, session_token: str, token: str) -> None:
    """Forgets it before its time."""
    context.held_rosters.drop(client.client_id, session_token, token, context.clock())


def forget_expired_rosters(context: Context) -> None:
    """Removes every roster whose hour is over, whosever it was."""
    context.held_rosters.expire(context.clock())
