"""What a unit of work has read once and need not read again; forgotten with its transaction.

The end of a savepoint forgets all of it as well: what was locked or written within may be undone.
A change of one of the watched tables forgets what was read of them.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

from clubcrm.core.db import Model, db

T = TypeVar("T")
_NAME = "remembered"
# Tables whose rows are remembered under their own name.
_watched: dict[str, str] = {}
_held: set[type] = set()


def remembered(key: tuple[object, ...], read: Callable[[], T]) -> T:
    """Return what stands under the key, read now if this transaction has not done so yet."""
    kept = _kept(_written())
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found


def recall(key: tuple[object, ...]) -> Any:
    """Return what stands under the key in this transaction, None when nothing does."""
    return _kept(_written()).get(key)


def keep(key: tuple[object, ...], value: object) -> None:
    """The value stands under the key until the transaction ends."""
    _kept(db.session())[key] = value


def forget(name: object) -> None:
    """Nothing stands any more under keys that begin with the name."""
    kept = _kept(db.session())
    for key in [key for key in kept if key[0] == name]:
        del kept[key]


def watch(name: str, *tables: str) -> None:
    """What is remembered under the name is forgotten when the session writes to a table."""
    _watched.update(dict.fromkeys(tables, name))


def hold(kind: type[Model]) -> None:
    """Rows of the kind stay at hand once they are read, so that `session.get` finds them."""
    _held.add(kind)


def _written() -> Session:
    """Write what was changed before answering, as the session does before any question."""
    session = db.session()
    if session.autoflush and (session.new or session.dirty or session.deleted):
        session.flush()
    return session


def _kept(session: Session) -> dict[tuple[object, ...], Any]:
    kept: dict[tuple[object, ...], Any] = session.info.setdefault(_NAME, {})
    return kept


@event.listens_for(Session, "after_transaction_end")
def _forget_all(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested or transaction.parent is None:
        session.info.pop(_NAME, None)


@event.listens_for(Session, "loaded_as_persistent")
def _hold(session: Session, row: object) -> None:
    if type(row) in _held:
        # The session itself keeps rows by weak references only.
        _kept(session)["held", id(row)] = row


@event.listens_for(Session, "do_orm_execute")
def _forget_told(state: ORMExecuteState) -> None:
    if state.is_select or not state.session.info.get(_NAME):
        return
    table = getattr(state.statement, "table", None)
    name = _watched.get(getattr(table, "name", ""))
    if name is not None:
        forget(name)


@event.listens_for(Session, "after_flush")
def _forget_changed(session: Session, _flush: UOWTransaction) -> None:
    if not session.info.get(_NAME):
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        name = _watched.get(row.__tablename__)
        if name is not None:
            forget(name)
