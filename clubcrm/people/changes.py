"""Services room: what a field of a person was and what it is, kept beside the audit chain.

The chain can never forget and so keeps no personal words; these lines go with an erasure.
"""

from typing import Any

from clubcrm.core import audit, clock
from clubcrm.core.db import db, unit_id
from clubcrm.people.privacy_tables import PersonChange


def note_change(person_id: int, field: str, old: Any, new: Any, *, by: str | None = None) -> None:
    """The change log holds what the field was, what it is, when and by whom it was changed."""
    db.session.add(
        PersonChange(
            person_id=person_id,
            field=field,
            old="" if old is None else str(old),
            new="" if new is None else str(new),
            by=by or audit.current_actor_name(),
            at=clock.now(),
            unit_id=unit_id(),
        )
    )
