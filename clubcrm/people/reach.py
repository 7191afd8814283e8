"""Services room: what upper floors learn about an address."""

from sqlalchemy import update

from clubcrm.core import audit
from clubcrm.core.db import db
from clubcrm.people.models import ContactKind, ContactPoint, ReachState


def flag_bounced(person_id: int, kind: ContactKind, value: str, why: str) -> None:
    """The address counts as dead for everybody who has it, until somebody corrects it."""
    changed = db.session.execute(
        update(ContactPoint)
        .where(
            ContactPoint.kind == kind,
            ContactPoint.value == value,
            ContactPoint.state == ReachState.GOOD,
        )
        .values(state=ReachState.BOUNCED, state_why=why[:300])
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount:  # type: ignore[attr-defined]
        audit.note(
            "contact.bounced", "person", person_id, after={"kind": kind.value, "why": why[:300]}
        )
