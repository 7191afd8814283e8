"""Connections to PostgreSQL that outlive an app: a fresh backend has to learn the tables anew.

A connection that an app closes is made as good as new and lent to the next one that asks for the
same. Only tests import this.
"""

from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

MOST = 4
Asked = tuple[Any, ...]
_connect = PGDialect_psycopg.connect
_close = PGDialect_psycopg.do_close


class Lender:
    """Keeps idle connections to one database."""

    def __init__(self) -> None:
        """Nothing is kept."""
        self.database = ""
        self._idle: list[tuple[Asked, Any]] = []
        self._asked: dict[int, Asked] = {}

    def backends(self) -> list[int]:
        """Return the process ids of the kept connections."""
        return [connection.info.backend_pid for _, connection in self._idle]

    def let_go(self) -> None:
        """No connection is kept."""
        while self._idle:
            self._idle.pop()[1].close()

    def lend(self, asked: Asked) -> Any:
        """Return a kept connection that was asked for in the same words, None without one."""
        for place, (words, connection) in enumerate(self._idle):
            if words == asked:
                del self._idle[place]
                if _answers(connection):
                    self._asked[id(connection)] = asked
                    return connection
                return None
        return None

    def note(self, connection: Any, asked: Asked) -> None:
        """It is known how the connection was asked for."""
        self._asked[id(connection)] = asked

    def take_back(self, connection: Any) -> bool:
        """Tell whether the connection is kept for others, as good as new."""
        asked = self._asked.pop(id(connection), None)
        if asked is None or len(self._idle) >= MOST or not self._is_mine(connection):
            return False
        try:
            connection._prepared.clear()
            connection._notice_handlers.clear()
            connection.autocommit = True
            connection.execute("DISCARD ALL")
            connection.autocommit = False
        except psycopg.Error:
            return False
        self._idle.append((asked, connection))
        return True

    def _is_mine(self, connection: Any) -> bool:
        if connection.closed or connection.broken:
            return False
        is_idle = connection.info.transaction_status is TransactionStatus.IDLE
        return is_idle and connection.info.dbname == self.database


LENDER = Lender()


def _answers(connection: Any) -> bool:
    try:
        connection.autocommit = True
        connection.execute("SELECT 1")
        connection.autocommit = False
    except psycopg.Error:
        connection.close()
        return False
    return True


def _lent(dialect: PGDialect_psycopg, *words: Any, **more: Any) -> Any:
    told = {name: value for name, value in more.items() if name != "context"}
    asked = (*words, *sorted(told.items()))
    connection = LENDER.lend(asked)
    if connection is None:
        connection = _connect(dialect, *words, **more)
        LENDER.note(connection, asked)
    return connection


def _given_back(dialect: PGDialect_psycopg, connection: Any) -> None:
    if not LENDER.take_back(connection):
        _close(dialect, connection)  # type: ignore[no-untyped-call]


def install() -> None:
    """Apps of a run lend each other their connections."""
    PGDialect_psycopg.connect = _lent  # type: ignore[method-assign,assignment]
    PGDialect_psycopg.do_close = _given_back  # type: ignore[method-assign,assignment]
