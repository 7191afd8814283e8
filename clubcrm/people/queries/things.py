"""Queries room: the change log of any kind of record, told to those who work in its club."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import String, Table, cast, select

from clubcrm.core.audit import AuditLine
from clubcrm.core.clubs import Scope, has_every_club
from clubcrm.core.db import Model, db
from clubcrm.people.queries.history import Change, changes_of_lines

MOST = 200
# Kinds whose lines are kept under another name than their table.
TABLES: Mapping[str, str] = {"user": "user_account", "token": "api_token", "article": "article"}
NAMES = ("name", "title", "label", "number", "subject", "code")


@dataclass(frozen=True, slots=True)
class Logged:
    """A line of a log with the record it is about: by name, and by what leads to its own log."""

    change: Change
    record: str
    public_id: str


def log_of(scope: Scope, kind: str, public_id: str = "") -> list[Logged]:
    """Return the newest changes of a kind of record, or of one record, the newest first.

    Records of other clubs stay untold; those of the whole company are told to who works in all.
    """
    table = Model.metadata.tables.get(TABLES.get(kind, kind))
    query = select(AuditLine).where(AuditLine.subject_kind == kind)
    if table is None or "id" not in table.columns:
        if not has_every_club(scope) or public_id:
            return []
    else:
        query = query.where(AuditLine.subject_id.in_(_records(table, scope, public_id)))
    lines = db.session.scalars(query.order_by(AuditLine.id.desc()).limit(MOST)).all()
    named = _named(table, {line.subject_id for line in lines})
    return [
        Logged(change, *named.get(subject_id, (subject_id, "")))
        for subject_id, change in changes_of_lines(lines)
    ]


def _records(table: Table, scope: Scope, public_id: str) -> Any:
    columns = table.columns
    found = select(cast(columns["id"], String))
    if table.name == "club":
        found = found.where(columns["id"].in_(scope.club_ids))
    elif "club_id" in columns:
        found = found.where(columns["club_id"].in_(scope.club_ids))
    elif not has_every_club(scope):
        found = found.where(columns["id"] < 0)
    if public_id and "public_id" in columns:
        found = found.where(columns["public_id"] == public_id)
    return found


def _named(table: Table | None, ids: set[str]) -> dict[str, tuple[str, str]]:
    numbers = [int(one) for one in ids if one.isdigit()]
    if table is None or not numbers or "id" not in table.columns:
        return {}
    shown: Sequence[str] = [name for name in NAMES if name in table.columns][:1]
    has_key = "public_id" in table.columns
    wanted = ["id", *shown, *(["public_id"] if has_key else [])]
    rows = db.session.execute(
        select(*(table.columns[name] for name in wanted)).where(table.columns["id"].in_(numbers))
    ).mappings()
    return {
        str(row["id"]): (
            str(row[shown[0]]) if shown else str(row["id"]),
            str(row["public_id"]) if has_key else "",
        )
        for row in rows
    }
