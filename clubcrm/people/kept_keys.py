"""Services room: which rows of somebody's tables were kept before, asked and noted by the piece."""

from collections.abc import Collection, Mapping

from sqlalchemy import insert, select

from clubcrm.core import clock
from clubcrm.core.db import db
from clubcrm.people.key_tables import ImportKey
from clubcrm.people.rules.table_kinds import TablePlace


def keys_kept(place: TablePlace, kind: str, keys: Collection[str]) -> set[str]:
    """Return the keys whose rows an earlier run has kept; one select."""
    return set(
        db.session.scalars(
            select(ImportKey.key).where(
                ImportKey.club_id == place.club_id,
                ImportKey.kind == kind,
                ImportKey.source == place.source,
                ImportKey.key.in_(keys),
            )
        )
    )


def note_keys(place: TablePlace, kind: str, subjects: Mapping[str, int]) -> None:
    """The rows of these keys are kept as these things; a later run knows them again."""
    if not subjects:
        return
    moment = clock.now()
    lines = [
        {
            "club_id": place.club_id,
            "kind": kind,
            "source": place.source,
            "key": key,
            "subject_id": subject_id,
            "kept_at": moment,
        }
        for key, subject_id in subjects.items()
    ]
    db.session.execute(insert(ImportKey), lines)
