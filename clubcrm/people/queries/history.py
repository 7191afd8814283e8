"""Queries room: what was changed of one thing, when and by whom, from what to what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from clubcrm.accounts.queries import names_of_actors
from clubcrm.core.audit import AuditLine
from clubcrm.core.db import Model, db
from clubcrm.people.merge_tables import PersonMerge
from clubcrm.people.models import Person
from clubcrm.people.privacy_tables import PersonChange

MOST = 200
# Things of a person whose changes stand in his log, by the table that keeps them.
OF_PEOPLE = ("contract", "package_lot", "lead", "ticket", "task", "booking", "voucher", "block")


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a change log; `old` and `new` are empty where only the act is known."""

    at: datetime
    by: str
    what: str
    thing: str
    field: str
    old: str
    new: str


def changes_of_person(person: Person, *, with_things: bool) -> list[Change]:
    """Return the newest changes of a person and of what hangs on him, the newest first."""
    ids = [person.id, *_former(person.id)]
    found = [*_fields(ids), *_lines("person", ids)]
    if with_things:
        for kind in OF_PEOPLE:
            found += _lines(kind, _ids_of(kind, person.id))
    return _named(sorted(found, key=lambda one: one.at, reverse=True)[:MOST])


def changes_of(kind: str, ids: Sequence[int]) -> list[Change]:
    """Return the newest changes of things of one kind, the newest first."""
    found = _lines(kind, ids)
    return _named(sorted(found, key=lambda one: one.at, reverse=True)[:MOST])


def changes_of_lines(lines: Sequence[AuditLine]) -> list[tuple[str, Change]]:
    """Return the changes that lines of the audit tell, each with the record it is about."""
    told = [(line.subject_id, change) for line in lines for change in _of_line(line)]
    named = _named([change for _subject, change in told])
    return [(subject, change) for (subject, _old), change in zip(told, named, strict=True)]


def _former(person_id: int) -> list[int]:
    """Return the records that became part of this one."""
    gone = select(PersonMerge.gone_id).where(
        PersonMerge.kept_id == person_id, PersonMerge.undone_at.is_(None)
    )
    return list(db.session.scalars(gone))


def _ids_of(kind: str, person_id: int) -> list[int]:
    table = Model.metadata.tables.get(kind)
    if table is None or "person_id" not in table.columns:
        return []
    own = select(table.columns["id"]).where(table.columns["person_id"] == person_id)
    return list(db.session.scalars(own.order_by(table.columns["id"].desc()).limit(MOST)))


def _fields(ids: Sequence[int]) -> list[Change]:
    rows = db.session.scalars(
        select(PersonChange)
        .where(PersonChange.person_id.in_(ids))
        .order_by(PersonChange.id.desc())
        .limit(MOST)
    )
    return [
        Change(row.at, row.by, "person.changed", "person", row.field, row.old, row.new)
        for row in rows
    ]


def _lines(kind: str, ids: Sequence[int]) -> list[Change]:
    if not ids:
        return []
    rows = db.session.scalars(
        select(AuditLine)
        .where(
            AuditLine.subject_kind == kind,
            AuditLine.subject_id.in_([str(number) for number in ids]),
        )
        .order_by(AuditLine.id.desc())
        .limit(MOST)
    )
    return [change for row in rows for change in _of_line(row)]


def _of_line(line: AuditLine) -> list[Change]:
    """Return a change for each value that differs, or one for an act without values."""
    before, after = line.before or {}, line.after or {}
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    if not names or line.action == "person.changed":
        names = [] if line.action == "person.changed" else [""]
    return [
        Change(
            line.at,
            line.actor,
            line.action,
            line.subject_kind,
            name,
            _text(before.get(name)),
            _text(after.get(name)),
        )
        for name in names
    ]


def _text(value: Any) -> str:
    return "" if value is None else str(value)[:200]


def _named(changes: list[Change]) -> list[Change]:
    names = names_of_actors({one.by for one in changes})
    return [
        Change(one.at, names.get(one.by, one.by), one.what, one.thing, one.field, one.old, one.new)
        for one in changes
    ]
