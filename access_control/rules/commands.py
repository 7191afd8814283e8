"""Commands to terminals: the few that exist, their life, and what may be sent twice."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum


class CommandKind(StrEnum):
    """The only things a terminal is ever told; free text is never sent."""

    OPEN_DOOR = "open_door"
    SYNC_USER = "sync_user"
    DELETE_USER = "delete_user"
    REREAD = "reread"


class CommandState(StrEnum):
    """Life of a command."""

    QUEUED = "queued"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"
    EXPIRED = "expired"


COMMAND_MOVES: Mapping[StrEnum, frozenset[StrEnum]] = {
    CommandState.QUEUED: frozenset({CommandState.SENT, CommandState.EXPIRED}),
    CommandState.SENT: frozenset(
        {CommandState.DONE, CommandState.FAILED, CommandState.EXPIRED, CommandState.QUEUED}
    ),
}

DOOR_LIFE = timedelta(seconds=10)
OTHER_LIFE = timedelta(days=7)
RESEND_AFTER = timedelta(minutes=2)
RESEND_AT_MOST = 5


def life_of(kind: CommandKind) -> timedelta:
    """Return how long a command may wait: a door opening ten seconds, the rest a week."""
    return DOOR_LIFE if kind is CommandKind.OPEN_DOOR else OTHER_LIFE


def may_resend(kind: CommandKind, times_sent: int) -> bool:
    """Tell whether an unanswered command may go out again; a door opening never does."""
    return kind is not CommandKind.OPEN_DOOR and times_sent < RESEND_AT_MOST


def result_state(code: int) -> CommandState:
    """Return what a terminal's return code means: negative failed, zero or a row count done."""
    return CommandState.FAILED if code < 0 else CommandState.DONE
