"""Services room: two records of one person become one, and for 30 days two again.

Every row that points to the record that goes follows, whatever table it is in; what was moved or
set aside is written down row by row. The record itself stays as an empty shell, so that a row that
was on its way to it can follow later.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Table, and_, delete, or_, select, update

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db
from clubcrm.core.errors import DomainError
from clubcrm.core.ledger_guards import SHIFTED
from clubcrm.core.types import JsonObject
from clubcrm.people.events import PeopleMerged
from clubcrm.people.merge_tables import Fate, PersonMerge, PersonMergePart
from clubcrm.people.models import Person
from clubcrm.people.queries.merges import merge_stops
from clubcrm.people.queries.ties import (
    Tie,
    colliding_rows,
    has_rows,
    is_counted,
    keys_of,
    ledgers,
    plain,
    primary_key,
    ties,
    typed_row,
)
from clubcrm.people.rules.merging import UNDO_FOR, after_merge
from clubcrm.people.rules.naming import sort_name

# Guesses about two records are nothing once there is only one.
GUESSES = frozenset({"double_pair"})
SHELL: Mapping[str, Any] = {
    "given_name": "",
    "family_name": "",
    "search_text": "",
    "sort_name": "",
    "birth_date": None,
    "language": None,
    "photo_id": None,
    "desk_note": "",
    "guardian_id": None,
    "do_not_contact": True,
    "external_ref": None,
}
STEP = 1000
PIECE = 500


def merge(
    kept: Person, gone: Person, choice: Mapping[str, str], *, by: str | None = None
) -> PersonMerge:
    """The two are one person, who keeps `kept`'s number; raises MERGE_STOPPED with every reason."""
    actor = by or audit.current_actor_name()
    _hold(kept.id, gone.id)
    db.session.refresh(kept)
    db.session.refresh(gone)
    if stops := merge_stops(kept, gone):
        raise DomainError("MERGE_STOPPED", " ".join(stops), extra={"reasons": stops})
    made = _open(kept, gone, actor)
    counts = _follow(made)
    _settle_person(made, kept, gone, choice)
    _note("people.merged", made, counts, actor)
    db.session.expire_all()
    return made


def follow_merge(made: PersonMerge) -> int:
    """What arrived for the record that is gone since belongs to the one that stays; how many."""
    _hold(made.kept_id, made.gone_id)
    counts = _follow(made)
    db.session.flush()
    return sum(counts.values())


def _hold(*ids: int) -> None:
    wanted = select(Person.id).where(Person.id.in_(ids)).order_by(Person.id)
    db.session.execute(wanted.with_for_update()).all()


def _open(kept: Person, gone: Person, actor: str) -> PersonMerge:
    moment = clock.now()
    made = PersonMerge(
        club_id=kept.club_id,
        kept_id=kept.id,
        gone_id=gone.id,
        gone={},
        changes={},
        merged_at=moment,
        merged_by=actor,
        undo_until=moment + UNDO_FOR,
    )
    db.session.add(made)
    db.session.flush()
    # Cycles of two records are counted apart for ever when both have some.
    counted = [tie for tie in ties() if is_counted(*tie)]
    if any(has_rows(tie, kept.id) for tie in counted):
        made.shift = STEP * made.id
        db.session.flush()
    return made


def _follow(made: PersonMerge) -> dict[str, int]:
    counts: dict[str, int] = {}
    for tie in ties():
        if tie[0].name == "person_merge":
            continue
        _set_aside(made, tie)
        if moved := _move(made, tie):
            counts[tie[0].name] = counts.get(tie[0].name, 0) + moved
    _follow_merges(made)
    return counts


def _follow_merges(made: PersonMerge) -> None:
    """Records that had gone into the one that goes now stand behind the one that stays."""
    db.session.execute(
        update(PersonMerge)
        .where(PersonMerge.kept_id == made.gone_id, PersonMerge.undone_at.is_(None))
        .values(kept_id=made.kept_id)
    )


def _set_aside(made: PersonMerge, tie: Tie) -> None:
    table, column = tie
    if table.name in ledgers() or (made.shift and is_counted(table, column)):
        return
    if table.name in GUESSES:
        rows = db.session.execute(select(table).where(column == made.gone_id)).all()
    else:
        rows = list(colliding_rows(tie, made.kept_id, made.gone_id))
    if not rows:
        return
    kept = [plain(row._mapping) for row in rows]
    keys = [{each.name: row[each.name] for each in primary_key(table)} for row in kept]
    for start in range(0, len(keys), PIECE):
        db.session.execute(delete(table).where(_among(table, keys[start : start + PIECE])))
    _keep_part(made, table, "", Fate.ASIDE, kept)


def _move(made: PersonMerge, tie: Tie) -> int:
    table, column = tie
    keys = keys_of(tie, made.gone_id)
    stay = set()
    if table.name in ledgers() and not (made.shift and is_counted(table, column)):
        # A line of a ledger is never set aside: where its place is taken, it stays where it is.
        stay = {
            tuple(plain(row._mapping)[each.name] for each in primary_key(table))
            for row in colliding_rows(tie, made.kept_id, made.gone_id)
        }
    keys = [key for key in keys if tuple(key[each.name] for each in primary_key(table)) not in stay]
    if not keys:
        return 0
    values: dict[str, Any] = {column.name: made.kept_id}
    if made.shift and is_counted(table, column):
        values[SHIFTED] = table.columns[SHIFTED] - made.shift
    where = column == made.gone_id
    if not stay:
        db.session.execute(update(table).where(where).values(values))
    else:
        for start in range(0, len(keys), PIECE):
            among = _among(table, keys[start : start + PIECE])
            db.session.execute(update(table).where(where, among).values(values))
    _keep_part(made, table, column.name, Fate.MOVED, keys)
    return len(keys)


def _among(table: Table, keys: list[JsonObject]) -> Any:
    """Return the condition that finds these rows."""
    columns = primary_key(table)
    typed = [typed_row(table, {each.name: key[each.name] for each in columns}) for key in keys]
    if len(columns) == 1:
        only: Column[Any] = columns[0]
        return only.in_([row[only.name] for row in typed])
    return or_(*(and_(*(each == row[each.name] for each in columns)) for row in typed))


def _keep_part(
    made: PersonMerge, table: Table, column: str, fate: Fate, rows: list[JsonObject]
) -> None:
    db.session.add(
        PersonMergePart(
            merge_id=made.id, table_name=table.name, column_name=column, fate=fate, rows=rows
        )
    )
    db.session.flush()


def _settle_person(
    made: PersonMerge, kept: Person, gone: Person, choice: Mapping[str, str]
) -> None:
    table = Person.__table__
    ours, theirs = (_row(one.id) for one in (kept, gone))
    wanted = after_merge(ours, theirs, choice)
    wanted |= {"changed_at": clock.now(), "version": ours["version"] + 1}
    wanted["sort_name"] = sort_name(wanted["given_name"], wanted["family_name"])
    # Found by the names of both records, as the words of both have come together.
    both = f"{ours['search_text']} {theirs['search_text']}".split()
    wanted["search_text"] = " ".join(dict.fromkeys(both))
    made.gone = plain({name: theirs[name] for name in (*SHELL, "source", "version", "changed_at")})
    before = plain(ours)
    after = plain(wanted)
    made.changes = {
        name: [before[name], after[name]] for name in after if before[name] != after[name]
    } | {"id": [kept.id, kept.id]}
    # The shell first: a number of another system can only belong to one record.
    db.session.execute(update(table).where(table.c.id == gone.id).values(dict(SHELL)))  # type: ignore[arg-type]
    db.session.execute(update(table).where(table.c.id == kept.id).values(wanted))  # type: ignore[arg-type]
    db.session.flush()


def _row(person_id: int) -> dict[str, Any]:
    table = Person.__table__
    found = db.session.execute(select(table).where(table.c.id == person_id)).one()
    return dict(found._mapping)


def _note(action: str, made: PersonMerge, counts: Mapping[str, int], actor: str) -> None:
    told = {"merge": made.public_id, "rows": dict(counts)}
    audit.note(action, "person", made.kept_id, after=told | {"gone": made.gone_id}, by=actor)
    audit.note(action, "person", made.gone_id, after=told | {"kept": made.kept_id}, by=actor)
    events.record(PeopleMerged(made.club_id, clock.now(), made.kept_id, made.gone_id, made.id))


def seal_merge(made: PersonMerge) -> None:
    """The merge is final: what an undo would have needed, the old record above all, is let go."""
    parts = delete(PersonMergePart).where(PersonMergePart.merge_id == made.id)
    db.session.execute(parts)
    made.gone, made.changes = {}, {"id": made.changes["id"]}
    made.sealed_at = clock.now()
    db.session.flush()
