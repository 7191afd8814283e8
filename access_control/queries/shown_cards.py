"""Whose card was shown at a counter: a question that locks nobody."""

from sqlalchemy import select

from access_control.models import Credential, CredentialState
from access_control.rules.codes import CredentialKind
from clubcrm.core.db import db
from clubcrm.people.models import Person

CARDS = (CredentialKind.CARD, CredentialKind.QR, CredentialKind.PIN)


def holder_of_card(club_id: int, shown: str) -> int | None:
    """Return the member of the club who holds a living card or code, None when nobody does."""
    return db.session.scalar(
        select(Credential.person_id)
        .join(Person, Person.id == Credential.person_id)
        .where(
            Credential.kind.in_(CARDS),
            Credential.value.in_({shown.strip(), shown.strip().upper(), shown.strip().lower()}),
            Credential.state == CredentialState.ACTIVE,
            Person.club_id == club_id,
        )
    )
