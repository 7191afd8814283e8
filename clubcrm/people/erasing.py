"""Services room: a person is erased: nothing names him any more, and every total stays the same.

What he bought and when he came is still counted, under a record without a name. Papers that the
law makes a club keep stay for the set years and stand in the certificate.
"""

import hashlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import JSON, Column, LargeBinary, Row, String, Table, delete, select, update

from clubcrm.core import audit, clock, events
from clubcrm.core.db import db, unit_of_work
from clubcrm.core.errors import DomainError, not_found
from clubcrm.people.erased import note_erasure
from clubcrm.people.events import PersonErased
from clubcrm.people.merge_tables import PersonMerge, PersonMergePart
from clubcrm.people.models import Person, StoredFile
from clubcrm.people.privacy_tables import Erasure
from clubcrm.people.queries.privacy import erasure_of, erasure_stops
from clubcrm.people.queries.ties import typed
from clubcrm.people.queries.traces import (
    Hanging,
    row_where,
    rows_about,
    traced_rows,
    traces_of_person,
)
from clubcrm.people.rules.erasing import (
    BLANK,
    ENDED,
    NUMBERED,
    PAPERS,
    WHOLE,
    Traces,
    is_words,
)

OVER: dict[str, Any] = {
    "given_name": BLANK,
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
Found = tuple[Table, list[str], Row[Any]]


def erase_person(person_id: int, cause: str, *, by: str) -> str:
    """The person is erased; returns the public id of the certificate.

    Runs its own units: his traces are looked for while others go on writing. Raises
    ERASURE_STOPPED while a contract runs or money is owed, ERASED for the second time.
    """
    with unit_of_work(write=False) as session:
        person = session.get(Person, person_id)
        if person is None:
            raise not_found(_("There is no such person in your clubs."))
        traces = traces_of_person(person)
        found = [(table, names, row) for table, names, row in traced_rows(traces, papers=False)]
        public_id = person.public_id
    with unit_of_work() as session:
        person = session.get_one(Person, person_id)
        number, files = _erase(person, cause, (traces, found), by)
        note_erasure(public_id)
    for path in files:
        (_data() / path).unlink(missing_ok=True)
    _wipe_pages()
    return number


def _erase(
    person: Person, cause: str, traced: tuple[Traces, list[Found]], by: str
) -> tuple[str, list[str]]:
    if erasure_of(person.id) is not None:
        raise DomainError("ERASED", _("This person was erased already."))
    if stops := erasure_stops(person):
        raise DomainError("ERASURE_STOPPED", " ".join(stops), extra={"reasons": stops})
    erasure = Erasure(
        club_id=person.club_id, person_id=person.id, cause=cause, asked_by=by, certificate={}
    )
    db.session.add(erasure)
    db.session.flush()
    erased: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    files = _pictures(person)
    for hanging in list(rows_about(person.id)):
        files += _files_of(hanging)
        _blank_rows(hanging, erased, kept)
    _forget_merges(person.id, erased)
    _take_out(*traced, erased)
    _shell(person)
    erasure.certificate = {
        "erased": dict(sorted(erased.items())),
        "kept": dict(sorted(kept.items())),
        "files": len(files),
        "proof": hashlib.sha256(f"{erasure.public_id}:{person.public_id}".encode()).hexdigest(),
    }
    erasure.finished_at = clock.now()
    db.session.flush()
    audit.note("person.erased", "person", person.id, after=dict(erasure.certificate), by=by)
    events.record(PersonErased(person.club_id, clock.now(), person.id))
    number = erasure.public_id
    db.session.flush()
    db.session.expire_all()
    return number, files


def _shell(person: Person) -> None:
    table = Person.__table__
    values = {**OVER, "changed_at": clock.now(), "version": person.version + 1}
    db.session.execute(update(table).where(table.c.id == person.id).values(values))  # type: ignore[arg-type]
    photo = person.photo_id
    if photo is not None:
        db.session.execute(delete(StoredFile).where(StoredFile.id == photo))


def _pictures(person: Person) -> list[str]:
    if person.photo_id is None:
        return []
    return [db.session.get_one(StoredFile, person.photo_id).path]


def _files_of(hanging: Hanging) -> list[str]:
    """Return the files that rows name; an empty name is none."""
    if "path" not in hanging.table.columns:
        return []
    return [row._mapping["path"] for row in hanging.rows if row._mapping["path"]]


def _blank_rows(hanging: Hanging, erased: Counter[str], kept: Counter[str]) -> None:
    table = hanging.table
    if table.name in PAPERS:
        kept[table.name] += len(hanging.rows)
        return
    if table.name in WHOLE:
        for row in hanging.rows:
            db.session.execute(delete(table).where(row_where(table, row)))
        erased[table.name] += len(hanging.rows)
        return
    columns = [each for each in table.columns if is_words(table.name, each.name)]
    if "path" in table.columns:
        columns.append(table.columns["path"])
    for row in hanging.rows:
        blank = _blanked(table, columns, row) | _ended(table, row)
        if blank:
            db.session.execute(update(table).where(row_where(table, row)).values(blank))
            erased[table.name] += 1


def _ended(table: Table, row: Row[Any]) -> dict[str, Any]:
    """Return how what opened doors or paid for him works no more."""
    state = ENDED.get(table.name)
    if state is None:
        return {}
    column = table.columns["state"]
    ended = typed(column, state)
    return {} if row._mapping["state"] == ended else {"state": ended}


def _blanked(table: Table, columns: Sequence[Column[Any]], row: Row[Any]) -> dict[str, Any]:
    found = {}
    for column in columns:
        value = row._mapping[column.name]
        if column.primary_key or value in (None, "", {}, [], b""):
            continue
        if (table.name, column.name) in NUMBERED:
            found[column.name] = f"erased-{row._mapping['id']}"
        else:
            found[column.name] = _nothing(column, value)
    return found


def _nothing(column: Column[Any], value: Any) -> Any:
    if column.nullable:
        return None
    if isinstance(column.type, LargeBinary):
        return b""
    if isinstance(column.type, JSON):
        return [] if isinstance(value, list) else {}
    return ""


def _forget_merges(person_id: int, erased: Counter[str]) -> None:
    """What a merge kept of him for an undo is gone; the merge itself is still known."""
    merges = db.session.scalars(
        select(PersonMerge).where(
            (PersonMerge.kept_id == person_id) | (PersonMerge.gone_id == person_id)
        )
    ).all()
    for made in merges:
        db.session.execute(delete(PersonMergePart).where(PersonMergePart.merge_id == made.id))
        made.gone = {}
        made.changes = {"id": made.changes.get("id", [made.kept_id, made.kept_id])}
        made.sealed_at = made.sealed_at or clock.now()
        erased["person_merge"] += 1
    db.session.flush()


def _take_out(traces: Traces, found: Sequence[Found], erased: Counter[str]) -> None:
    for table, names, known in found:
        where = row_where(table, known)
        row = db.session.execute(select(table).where(where)).first()
        if row is None:
            continue
        clean = {name: _cleaned(table.columns[name], row._mapping[name], traces) for name in names}
        clean = {name: value for name, value in clean.items() if value != row._mapping[name]}
        if clean:
            db.session.execute(update(table).where(where).values(clean))
            erased[table.name] += 1


def _cleaned(column: Column[Any], value: Any, traces: Traces) -> Any:
    if isinstance(value, str):
        length = column.type.length if isinstance(column.type, String) else None
        return traces.without(value)[:length]
    if isinstance(value, bytes):
        return traces.without(value.decode("utf-8", "replace")).encode()
    if isinstance(value, dict):
        return {
            traces.without(str(name)): _cleaned(column, each, traces)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_cleaned(column, each, traces) for each in value]
    return value


def _wipe_pages() -> None:
    """Nothing of the old rows is left in the files of the store or its log."""
    with db.engine.connect() as connection:
        driver: Any = connection.connection.dbapi_connection
        if db.engine.dialect.name == "sqlite":
            driver.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _data() -> Path:
    folder: Path = current_app.extensions["club_settings"].data_dir
    return folder


def forget_papers(erasure: Erasure) -> int:
    """Papers kept for the books have lost the name as well; returns how many there were."""
    erased: Counter[str] = Counter()
    erasure.finished_at = None
    db.session.flush()
    for hanging in list(rows_about(erasure.person_id)):
        if hanging.table.name in PAPERS:
            _blank_paper(hanging, erased)
    told = dict(erasure.certificate)
    told["papers_erased"] = dict(erased)
    told["kept"] = {}
    erasure.certificate, erasure.finished_at = told, clock.now()
    db.session.flush()
    audit.note("person.papers_erased", "person", erasure.person_id, after=dict(erased), by="system")
    return erased.total()


def _blank_paper(hanging: Hanging, erased: Counter[str]) -> None:
    table = hanging.table
    columns = [each for each in table.columns if is_words(table.name, each.name)]
    for row in hanging.rows:
        blank = _blanked(table, columns, row)
        if blank:
            db.session.execute(update(table).where(row_where(table, row)).values(blank))
            erased[table.name] += 1
