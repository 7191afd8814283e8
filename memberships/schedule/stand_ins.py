"""Services room: who is on the list of a class hears when another teacher gives it.

An absence, its substitute, its end and a changed line of the week all change who really gives a
class; so the classes are looked at before and after the act, and the difference is told.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from clubcrm.core import clock, events
from clubcrm.core.db import db
from memberships.schedule.board import ClassRow, coming_classes
from memberships.schedule.events import TeacherChanged


@contextmanager
def telling_teachers(first: date, last: date) -> Iterator[None]:
    """Whoever has a place or waits hears of each class whose teacher changes within the block.

    A class that nobody gives is told to nobody: staff see it and name somebody, or call it off.
    """
    before = _teachers(first, last)
    yield
    db.session.flush()
    for session_id, row in _teachers(first, last).items():
        known = before.get(session_id)
        is_same = known is not None and known.teacher_id == row.teacher_id
        if known is None or is_same or row.is_uncovered or row.teacher_id is None:
            continue
        if row.taken or row.waiting:
            events.record(TeacherChanged(row.club_id, clock.now(), session_id, row.teacher_id))


def _teachers(first: date, last: date) -> dict[int, ClassRow]:
    return {row.session_id: row for row in coming_classes(first, last, clock.now())}
