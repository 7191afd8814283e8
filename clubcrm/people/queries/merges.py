"""Queries room: what a merge would move and what stands in its way; the merges made so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import Table, and_, or_, select
from sqlalchemy.orm import aliased

from clubcrm.core.clubs import Scope
from clubcrm.core.db import Model, db
from clubcrm.core.errors import not_found
from clubcrm.people.merge_tables import PersonMerge
from clubcrm.people.models import Person
from clubcrm.people.queries.ties import colliding_rows, row_count, ties
from clubcrm.people.rules.merging import CHOICES

# What both cannot have at once, because somebody has to decide which of the two goes on.
UNDECIDED = frozenset({"booking", "debt_case", "family"})
# Tables with two people in a row who must be different ones.
TWO_PEOPLE = frozenset({"contract_transfer", "guest_pass", "person", "referral", "waiver"})
Stop = Callable[[int, int], list[str]]


@dataclass(frozen=True, slots=True)
class MergeLine:
    """A merge as a list shows it."""

    public_id: str
    kept_name: str
    kept_public_id: str
    gone_name: str
    merged_at: datetime
    merged_by: str
    undo_until: datetime
    undone_at: datetime | None


def moved_counts(gone_id: int) -> dict[str, int]:
    """Return how many rows of each table hang on a person."""
    counts: dict[str, int] = {}
    for tie in ties():
        if count := row_count(tie, gone_id):
            name = tie[0].name
            counts[name] = counts.get(name, 0) + count
    return counts


def merge_stops(kept: Person, gone: Person) -> list[str]:
    """Return why the two cannot become one now, as sentences."""
    if kept.id == gone.id:
        return [_("This is one record already.")]
    if kept.club_id != gone.club_id:
        return [_("The two belong to different clubs.")]
    if not kept.sort_name or not gone.sort_name:
        return [_("One of the two has no name any more.")]
    found = []
    if _as_two(kept.id, gone.id):
        found.append(_("The two act as different people: guest and host, guardian and child."))
    sentences = {
        "booking": _("Both are booked in the same class. Cancel one of the bookings first."),
        "debt_case": _("Both have an open case of debt. Close one of them first."),
        "family": _("Both hold a family membership. End one of them first."),
    }
    found += [
        sentences[tie[0].name]
        for tie in ties()
        if tie[0].name in UNDECIDED and colliding_rows(tie, kept.id, gone.id)
    ]
    stops: Sequence[Stop] = current_app.extensions.get("club_merge_stops", ())
    found += [sentence for stop in stops for sentence in stop(kept.id, gone.id)]
    return list(dict.fromkeys(found))


def _as_two(kept_id: int, gone_id: int) -> bool:
    for name in TWO_PEOPLE:
        table = Model.metadata.tables[name]
        columns = [column for owner, column in ties() if owner is table]
        if name == "person":
            columns.append(table.columns["id"])
        if _stand_together(table, columns, kept_id, gone_id):
            return True
    return False


def _stand_together(table: Table, columns: list[Any], kept_id: int, gone_id: int) -> bool:
    pairs = [
        and_(one == kept_id, other == gone_id)
        for one in columns
        for other in columns
        if one is not other
    ]
    if not pairs:
        return False
    return db.session.execute(select(table).where(or_(*pairs)).limit(1)).first() is not None


def survivor_of(scope: Scope, public_id: str) -> Person | None:
    """Return who stands for a record that was merged away, within the scope."""
    gone = aliased(Person)
    return db.session.scalars(
        select(Person)
        .join(PersonMerge, PersonMerge.kept_id == Person.id)
        .join(gone, gone.id == PersonMerge.gone_id)
        .where(
            gone.public_id == public_id,
            PersonMerge.undone_at.is_(None),
            Person.club_id.in_(scope.club_ids),
        )
    ).first()


def merge_in(scope: Scope, public_id: str) -> PersonMerge:
    """Return the merge of that public id; raises NOT_FOUND outside the scope too."""
    found = None
    if public_id.isascii() and public_id.isalnum():
        found = db.session.scalars(
            select(PersonMerge).where(
                PersonMerge.public_id == public_id, PersonMerge.club_id.in_(scope.club_ids)
            )
        ).first()
    if found is None:
        raise not_found(_("There is no such merge in your clubs."))
    return found


def newest_merges(scope: Scope, limit: int = 30, merge_id: int | None = None) -> list[MergeLine]:
    """Return the newest merges of the scope, or the one that is asked for."""
    query = (
        select(PersonMerge, Person)
        .join(Person, Person.id == PersonMerge.kept_id)
        .where(PersonMerge.club_id.in_(scope.club_ids))
    )
    if merge_id is not None:
        query = query.where(PersonMerge.id == merge_id)
    rows = db.session.execute(query.order_by(PersonMerge.id.desc()).limit(limit))
    return [
        MergeLine(
            merge.public_id,
            kept.full_name,
            kept.public_id,
            _gone_name(merge),
            merge.merged_at,
            merge.merged_by,
            merge.undo_until,
            merge.undone_at,
        )
        for merge, kept in rows
    ]


def _gone_name(merge: PersonMerge) -> str:
    return " ".join(str(merge.gone[name]) for name in CHOICES["name"] if merge.gone.get(name))


def standing_merges(gone_id: int | None = None) -> list[PersonMerge]:
    """Return the merges that have not been undone, all or those of one record, oldest first."""
    query = select(PersonMerge).where(PersonMerge.undone_at.is_(None)).order_by(PersonMerge.id)
    if gone_id is not None:
        query = query.where(PersonMerge.gone_id == gone_id)
    return list(db.session.scalars(query))


def unsealed_merges(moment: datetime) -> list[PersonMerge]:
    """Return the merges whose time for an undo is over and that still hold the other record."""
    query = select(PersonMerge).where(
        PersonMerge.undo_until <= moment, PersonMerge.sealed_at.is_(None)
    )
    return list(db.session.scalars(query.order_by(PersonMerge.id)))
