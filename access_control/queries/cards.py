"""What a member holds to show at doors."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from access_control.models import Credential, CredentialState
from access_control.rules.codes import CredentialKind
from clubcrm.core.clubs import Scope
from clubcrm.core.db import db
from clubcrm.people.models import Person


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card, PIN or code of a person."""

    id: int
    person_id: int
    kind: CredentialKind
    value: str
    state: CredentialState
    issued_at: datetime
    issued_by: str


def cards_of(person_id: int) -> list[CardRow]:
    """Return everything a person holds or held, what opens doors first."""
    rows = db.session.execute(
        select(
            Credential.id,
            Credential.person_id,
            Credential.kind,
            Credential.value,
            Credential.state,
            Credential.issued_at,
            Credential.issued_by,
        )
        .where(Credential.person_id == person_id)
        .order_by(Credential.state, Credential.id.desc())
    )
    return [CardRow(*row) for row in rows]


def card_for(scope: Scope, person_public_id: str, card_id: int) -> CardRow | None:
    """Return one card of a person who belongs to the clubs in scope."""
    person_id = db.session.execute(
        select(Person.id).where(
            Person.public_id == person_public_id, Person.club_id.in_(scope.club_ids)
        )
    ).scalar()
    if person_id is None:
        return None
    return next((card for card in cards_of(person_id) if card.id == card_id), None)


def name_of(scope: Scope, person_public_id: str) -> tuple[int, str] | None:
    """Return the id and name of a person of the clubs in scope."""
    row = db.session.execute(
        select(Person.id, Person.given_name, Person.family_name).where(
            Person.public_id == person_public_id, Person.club_id.in_(scope.club_ids)
        )
    ).first()
    return None if row is None else (row.id, f"{row.given_name} {row.family_name}".strip())
