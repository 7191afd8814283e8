"""Services room: a merge is undone: each row is where it was, each field what it was.

What came after the merge, and fields that somebody has changed since, stay with the person.
"""

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Table, and_, insert, select, update

from clubcrm.core import audit, clock, events
from clubcrm.core.db import Model, db
from clubcrm.core.errors import DomainError
from clubcrm.core.ledger_guards import SHIFTED
from clubcrm.core.types import JsonObject
from clubcrm.people.events import PeopleParted
from clubcrm.people.merge_tables import Fate, PersonMerge, PersonMergePart
from clubcrm.people.models import Person
from clubcrm.people.queries.merges import standing_merges
from clubcrm.people.queries.ties import plain, primary_key, typed, typed_row


def undo_merge(made: PersonMerge, *, by: str | None = None) -> None:
    """The two records stand apart as before; raises TOO_LATE after 30 days, UNDONE twice."""
    actor = by or audit.current_actor_name()
    moment = clock.now()
    _claim(made, actor)
    parts = list(
        db.session.scalars(
            select(PersonMergePart)
            .where(PersonMergePart.merge_id == made.id)
            .order_by(PersonMergePart.id.desc())
        )
    )
    _restore_people(made)
    _part_merges(made)
    moved = sum(_move_back(made, part) for part in parts if part.fate is Fate.MOVED)
    returned = sum(_put_back(part) for part in parts if part.fate is Fate.ASIDE)
    told = {"merge": made.public_id, "moved": moved, "returned": returned}
    for person_id in (made.kept_id, made.gone_id):
        audit.note("people.parted", "person", person_id, after=told, by=actor)
    events.record(PeopleParted(made.club_id, moment, made.kept_id, made.gone_id))
    db.session.expire_all()


def _claim(made: PersonMerge, actor: str) -> None:
    moment = clock.now()
    people = select(Person.id).where(Person.id.in_((made.kept_id, made.gone_id)))
    db.session.execute(people.order_by(Person.id).with_for_update()).all()
    taken = db.session.execute(
        update(PersonMerge)
        .where(
            PersonMerge.id == made.id,
            PersonMerge.undone_at.is_(None),
            PersonMerge.sealed_at.is_(None),
            PersonMerge.undo_until > moment,
        )
        .values(undone_at=moment, undone_by=actor)
    )
    if taken.rowcount == 1:  # type: ignore[attr-defined]
        return
    db.session.refresh(made)
    if made.undone_at is not None:
        raise DomainError("UNDONE", _("This merge was undone already."))
    raise DomainError("TOO_LATE", _("A merge can be undone for 30 days. These are over."))


def _restore_people(made: PersonMerge) -> None:
    table = Model.metadata.tables["person"]
    current = plain(
        db.session.execute(select(table).where(table.c.id == made.kept_id)).one()._mapping
    )
    # Who was changed since has a version of his own: he keeps it, and what was changed.
    untouched = current["version"] == made.changes["version"][1]
    # Whoever stands behind yet another record by now has given away fields of that one.
    own = made.changes["id"][1] == made.kept_id
    fixed = {"id"} if untouched else {"id", "version", "changed_at"}
    back = {
        name: before
        for name, (before, after) in made.changes.items()
        if own and name not in fixed and current[name] == after
    }
    if back:
        db.session.execute(
            update(table).where(table.c.id == made.kept_id).values(typed_row(table, back))
        )
    shell = typed_row(table, dict(made.gone))
    db.session.execute(update(table).where(table.c.id == made.gone_id).values(shell))


def _part_merges(made: PersonMerge) -> None:
    """Records that had gone into the one that stands again belong to it, with all their own."""
    back = {made.gone_id}
    for earlier in reversed(standing_merges()):
        its_own = earlier.changes["id"][1] if earlier.kept_id == made.kept_id else None
        if earlier.id != made.id and its_own in back:
            earlier.kept_id = made.gone_id
            back.add(earlier.gone_id)
    db.session.flush()


def _move_back(made: PersonMerge, part: PersonMergePart) -> int:
    table = Model.metadata.tables.get(part.table_name)
    if table is None:
        return 0
    keys = [each.name for each in primary_key(table)]
    plainly = part.column_name not in keys and not (made.shift and SHIFTED in part.rows[0])
    if plainly and len(keys) == 1:
        return _move_back_plainly(made, part, table, keys[0])
    return sum(_move_one_back(made, part, table, row) for row in part.rows)


def _move_back_plainly(made: PersonMerge, part: PersonMergePart, table: Table, key: str) -> int:
    column, moved = table.columns[part.column_name], 0
    values = [typed(table.columns[key], row[key]) for row in part.rows]
    for start in range(0, len(values), 500):
        done = db.session.execute(
            update(table)
            .where(table.columns[key].in_(values[start : start + 500]), column == made.kept_id)
            .values({column.name: made.gone_id})
        )
        moved += done.rowcount  # type: ignore[attr-defined]
    return moved


def _move_one_back(made: PersonMerge, part: PersonMergePart, table: Table, was: JsonObject) -> int:
    now_is: dict[str, Any] = {**was, part.column_name: made.kept_id}
    values: dict[str, Any] = {part.column_name: made.gone_id}
    if made.shift and SHIFTED in was:
        now_is[SHIFTED] = was[SHIFTED] - made.shift
        values[SHIFTED] = was[SHIFTED]
    found = typed_row(table, now_is)
    where = and_(*(table.columns[name] == value for name, value in found.items()))
    done = db.session.execute(update(table).where(where).values(values))
    return int(done.rowcount)  # type: ignore[attr-defined]


def _put_back(part: PersonMergePart) -> int:
    table = Model.metadata.tables.get(part.table_name)
    if table is None:
        return 0
    known = set(table.columns.keys())
    rows = [
        typed_row(table, {name: value for name, value in row.items() if name in known})
        for row in part.rows
    ]
    back = 0
    for row in rows:
        found = and_(*(each == row[each.name] for each in primary_key(table)))
        if db.session.execute(select(*primary_key(table)).where(found)).first() is None:
            db.session.execute(insert(table), [row])
            back += 1
    return back
